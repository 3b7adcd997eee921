"""The gradient of a squared error, with and without the ½."""

from derive import Answer, Integers, Mistake, Part, Problem, Values
from derive.derivations.losses import squared_loss
from derive.derivations.perceptron_rules import adaline_gradient

MEAN = "L := sum((v[i] - y[i])**2, i)/n"

problem = Problem(
    title="Three squared errors",
    topics=("losses", "squared error", "conventions"),
    difficulty=1,
    params={"a": Integers(2, 6), "b": Integers(-5, -1), "c": Integers(1, 7)},
    statement=r"""
The squared error comes with several factors: look at each definition. $\nu \in \mathbb{R}^n$ is the output of a network and $y \in \mathbb{R}^n$ the target.
""",
    working=(squared_loss, adaline_gradient),
    parts={
        "a": Part(
            ask=r"$L = \frac12 \sum_{i=1}^{n} (y_i - \nu_i)^2$. Give $\partial L/\partial \nu_i$.",
            answer=Answer(squared_loss),
            mistakes=(
                Mistake(r"y_i - \nu_i", "Which way does $L$ go where the output is too large?", 0, "sign"),
                Mistake(r"2 (\nu_i - y_i)", "Look at the factor in front of the sum.", 0, "lost-half"),
                Mistake(r"\frac{1}{2} (\nu_i - y_i)", "What is the derivative of a square?", 0, "lost-two"),
                Mistake(
                    r"\sum_{i=1}^{n} (\nu_i - y_i)", r"One output $\nu_i$ stands in one term only.", 0, "extra-sum"
                ),
            ),
            hints=(
                r"One term of the sum holds $\nu_i$.",
                r"Its derivative is $\frac12 \cdot 2 (y_i - \nu_i)$ times the inner one.",
            ),
        ),
        "b": Part(
            ask=r"A linear unit has the output $z = \sum_{i=1}^{n} x_i \theta_i$ for $x, \theta \in \mathbb{R}^n$, the target $y \in \mathbb{R}$ and the loss $L = (y - z)^2$, without a ½. Give $\partial L/\partial \theta_i$ in terms of $x$, $y$ and $z$.",
            answer=Answer(adaline_gradient),
            marks=2,
            mistakes=(
                Mistake(r"-x_i (y - z)", "There is no ½ in this loss.", 1, "lost-two"),
                Mistake(r"2 x_i (y - z)", "The inner derivative has a sign.", 1, "sign"),
                Mistake(r"-2 (y - z)", r"That is the slope in $z$.", 1, "missing-chain-factor"),
            ),
            hints=(
                r"Chain rule: $\partial L/\partial z$ times $\partial z/\partial \theta_i$.",
                r"$\partial L/\partial z = -2 (y - z)$.",
            ),
        ),
        "c": Part(
            ask=r"The mean squared error is $L = \frac1n \sum_{i=1}^{n} (\nu_i - y_i)^2$. Give its gradient in $\nu$ exactly, three numbers, at $\nu = (<< a >>, << b >>, << c >>)$ and $y = (1, 1, 0)$.",
            answer=lambda p: Values(
                MEAN, {"v": [p["a"], p["b"], p["c"]], "y": [1, 1, 0], "n": 3}, "v_bar", latex={"v": r"\nu"}
            ),
            mistakes=(
                Mistake(
                    "(<< a - 1 >>, << b - 1 >>, << c >>)",
                    r"That is the gradient of $\frac12 \sum (\nu_i - y_i)^2$; here the factors differ.",
                    0,
                    "constant-dropped",
                ),
                Mistake(
                    "(<< 2*(a - 1) >>, << 2*(b - 1) >>, << 2*c >>)",
                    "A mean divides by the number of outputs.",
                    0,
                    "sum-for-mean",
                ),
                Mistake(
                    "(<< a - 1 >>/3, << b - 1 >>/3, << c >>/3)", "What is the derivative of a square?", 0, "lost-two"
                ),
            ),
            hints=(
                "Each entry is a factor times $\\nu_i - y_i$.",
                "The factor has a 2 from the square and a 3 from the mean.",
            ),
        ),
    },
)
