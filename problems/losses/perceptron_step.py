"""The perceptron's rule as a gradient step, in letters and in numbers."""

from derive import Answer, Integers, Mistake, Part, Problem, Values
from derive.derivations.perceptron_rules import perceptron_gradient, perceptron_step

TWO = (
    "a1 := sum(x[i]*w[i], i); v[i] := w[i] + y*x[i]*[-y*a1 > 0]; "
    "a2 := sum(z[i]*v[i], i); u[i] := v[i] + t*z[i]*[-t*a2 > 0]"
)
PAGE = {"w": r"\theta", "v": r"\theta'", "u": r"\theta''", "a1": "a", "a2": "a'", "z": "x'", "t": "y'"}


def given(p):
    return {"w": [0, 1], "x": [p["a"], p["b"]], "y": -1, "z": [-p["c"], p["d"]], "t": 1}


problem = Problem(
    title="Two steps of the perceptron",
    topics=("perceptron", "stochastic gradient descent"),
    difficulty=1,
    params={"a": Integers(1, 4), "b": Integers(1, 4), "c": Integers(1, 5), "d": Integers(1, 5)},
    where=lambda p: p["a"] * p["c"] + (1 - p["b"]) * p["d"] < 0,
    statement=r"""
The perceptron's loss on an example $x \in \mathbb{R}^n$ with the label $y \in \{-1, 1\}$ is $L = \max(0, -y a)$, where $a = \sum_{i=1}^{n} x_i \theta_i$ for the
weights $\theta \in \mathbb{R}^n$. There is no bias. Where $a = 0$ take the slope of the side without loss. Write `[−y a > 0]` for 1 where the condition holds, else 0.
""",
    working=(perceptron_gradient, perceptron_step),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial \theta_i$ in terms of $x$, $y$ and $a$.",
            answer=Answer(perceptron_gradient),
            marks=2,
            mistakes=(
                Mistake(r"-y x_i", "Where the sign is right, the loss is flat.", 1, "wrong-branch"),
                Mistake(r"-y x_i [y a > 0]", "On which side is there a loss?", 1, "wrong-branch"),
                Mistake(r"y x_i [-y a > 0]", "Differentiate $-y a$.", 1, "sign"),
                Mistake(r"-y a [-y a > 0]", "That is the value of the loss.", 0, "value-for-slope"),
            ),
            hints=(
                r"The maximum is 0 or $-ya$: treat the two sides by themselves.",
                r"Where $-ya > 0$, $L = -y \sum_i x_i \theta_i$.",
            ),
        ),
        "b": Part(
            ask=r"A step of size 1 goes against this gradient. Two examples come one after the other: $x = (<< a >>, << b >>)$ with $y = -1$, then "
            r"$x = (<< -c >>, << d >>)$ with $y = 1$. Start at $\theta = (0, 1)$ and give $\theta$ after both.",
            answer=lambda p: Values(TWO, given(p), "u", latex=PAGE, shown=("a1", "v", "a2", "u")),
            marks=2,
            mistakes=(
                Mistake(
                    "(<< -a >>, << 1 - b >>)",
                    "That is after the first one. Is the second one right with these weights?",
                    1,
                    "order-of-steps",
                ),
                Mistake("(<< a - c >>, << 1 + b + d >>)", "The label of the first example is −1.", 0, "sign"),
                Mistake("(<< -a + c >>, << 1 - b - d >>)", "The label of the second example is 1.", 1, "sign"),
            ),
            hints=(
                "The first example is on the wrong side: $a > 0$ and $y = -1$.",
                r"Then use the *new* weights for the second one.",
                r"Each mistake adds $y x$ to $\theta$.",
            ),
        ),
    },
)
