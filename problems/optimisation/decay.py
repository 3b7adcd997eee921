"""An L2 penalty and decaying weights."""

from derive import Answer, Choice, Integers, Mistake, Part, Problem, Symbol, Values
from derive.derivations.steps import penalty_gradient, weight_decay

NAMES = {"g": Symbol(("n",), latex="g")}
MANY = "L := w*(1 - r*m)**T"

problem = Problem(
    title="Why an L2 penalty is called weight decay",
    topics=("optimisation", "weight decay", "regularisation"),
    difficulty=1,
    params={"w": Integers(1, 9), "m": Integers(1, 5), "T": Integers(2, 4)},
    statement=r"""
A loss $R(w)$ of the weights $w \in \mathbb{R}^n$ has the gradient $g_i = \partial R/\partial w_i$. With a penalty of strength $\mu > 0$ it becomes
$L(w) = R(w) + \frac{\mu}{2} \sum_{i=1}^{n} w_i^2$. A step of gradient descent has the learning rate $\eta > 0$.
""",
    working=(penalty_gradient, weight_decay),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial w_i$ in terms of $g$, $\mu$ and $w$.",
            answer=Answer(penalty_gradient, symbols=NAMES),
            mistakes=(
                Mistake(r"g_i + 2 \mu w_i", "Look at the factor in front of the sum.", 0, "lost-half"),
                Mistake(r"g_i + \mu", "The slope of a square is not a constant.", 0, "missing-power"),
                Mistake(r"g_i + \mu \sum_{i=1}^{n} w_i", "One weight stands in one term only.", 0, "extra-sum"),
            ),
            hints=(r"One term of the penalty holds $w_i$.", r"Its derivative is $\frac{\mu}{2} \cdot 2 w_i$."),
        ),
        "b": Part(
            ask=r"Give $w_i' $, the weight after one step of gradient descent on $L$, in terms of $w_i$, $g_i$, $\eta$ and $\mu$.",
            answer=Answer(weight_decay, symbols=NAMES),
            marks=2,
            mistakes=(
                Mistake(
                    r"w_i (1 - \mu) - \eta g_i", "The learning rate goes with the whole gradient.", 1, "rate-forgotten"
                ),
                Mistake(
                    r"w_i (1 + \eta \mu) - \eta g_i", "A step goes against the gradient, penalty and all.", 1, "sign"
                ),
                Mistake(r"w_i - \eta g_i", "The penalty is missing.", 0, "dropped-path"),
            ),
            hints=(r"$w_i' = w_i - \eta\, \partial L/\partial w_i$.", r"Collect the two terms with $w_i$."),
        ),
        "c": Part(
            ask=r"Suppose $g_i = 0$. With $\eta = 0.1$ and $\mu = << m >>$, what is left of a weight of << w >> after << T >> steps? Exactly.",
            answer=lambda p: Values(
                MANY.replace("T", str(p["T"])),
                {"w": p["w"], "r": 0.1, "m": p["m"]},
                "L",
                latex={"r": r"\eta", "m": r"\mu", "L": "w'"},
            ),
            mistakes=(
                Mistake(
                    "<< w >>*(1 - << m*T >>/10)", "Each step shrinks what the last one left.", 0, "own-sum-for-product"
                ),
                Mistake("<< w >>*(1 - << m >>/10)", "That is after one step.", 0, "missing-power"),
            ),
            hints=(
                "Each step multiplies the weight by the same factor.",
                r"With $g_i = 0$ the factor is $1 - \eta\mu$; take its power << T >>, times the weight.",
            ),
        ),
        "d": Part(
            ask="With Adam, is the penalty's gradient the same as shrinking every weight by the same factor?",
            answer=Choice(
                "no",
                "yes",
                "only without momentum",
                why="Adam divides the penalty's gradient, like all of the gradient, by a root that differs from weight to weight.",
            ),
            mistakes=(
                Mistake("yes", "What does Adam do to every gradient before the step?", 0, "own-adam-divides"),
                Mistake(
                    "only without momentum",
                    "Momentum is not what differs: look at the denominator.",
                    0,
                    "own-adam-divides",
                ),
            ),
            hints=(
                r"Adam divides the gradient, penalty included, by a root that differs from weight to weight.",
                r"Let the penalty be all of the gradient, $\mu w$: after this division, is the step still in proportion to $w$?",
            ),
        ),
    },
)
