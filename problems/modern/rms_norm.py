"""Root-mean-square normalisation: its value in numbers, and what comes back through it."""

from dataclasses import replace

from derive import Answer, Choice, Integers, Mistake, Part, Problem, Symbol, Values
from derive.derivations import modern_blocks

NAMES = {
    "y_bar": Symbol(("d",), latex="G", meaning="the gradient of the loss in the output"),
    "u_bar": Symbol(("d",), "derived", "H", "the gradient of the loss in the normalised input"),
}
gain = replace(modern_blocks.rms_gain, symbols={**modern_blocks.rms_gain.symbols, **NAMES})
through = replace(modern_blocks.rms_norm, symbols={**modern_blocks.rms_norm.symbols, **NAMES})
NORM = "r := sqrt(sum(x[i]**2, i)/4); y[i] := x[i]/r"


def vector(p):
    return {"x": [p["a"], p["b"], p["c"], p["d"]]}


problem = Problem(
    title="Root-mean-square normalisation",
    topics=("normalisation", "transformers", "backpropagation"),
    difficulty=3,
    params={"a": Integers(1, 5), "b": Integers(-5, -1), "c": Integers(1, 4), "d": Integers(2, 6)},
    statement=r"""
A layer divides its input $x$ with $d$ entries by their root mean square $r$ and multiplies by gains $g$, with a small $\epsilon > 0$:

$$r = \sqrt{\frac1d \sum_{i=1}^{d} x_i^2 + \epsilon}, \qquad \hat x_i = \frac{x_i}{r}, \qquad y_i = g_i\, \hat x_i.$$

Backpropagation has delivered $G_i = \partial L/\partial y_i$.
""",
    working=(gain, through),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial g_j$ in terms of $G$ and $\hat x$ (in Python `u[j]` for $\hat x_j$).",
            answer=Answer(gain, means={"u": "x / r"}),
            mistakes=(
                Mistake("G_j g_j", "That is what goes on to the normalised input.", id="slope-of-wrong-variable"),
                Mistake(r"\sum_{i=1}^{d} G_i \hat{x}_i", "Each gain multiplies its own entry only.", id="extra-sum"),
                Mistake(r"\hat{x}_j", "The chain rule brings in the gradient from above.", id="missing-chain-factor"),
            ),
            hints=("Which outputs hold $g_j$, and with which factor?",),
        ),
        "b": Part(
            ask=r"Let $H_i = \partial L/\partial \hat x_i$. Give $\partial L/\partial x_j$ in terms of $H$, $\hat x$, $r$ and $d$.",
            answer=Answer(through, means={"u": "x / r"}),
            marks=4,
            mistakes=(
                Mistake(r"\frac{H_j}{r}", "$r$ also depends on $x_j$.", keeps=1, id="direct-path-only"),
                Mistake(
                    r"\frac{H_j}{r} - \frac{\hat{x}_j}{r} \sum_{i=1}^{d} H_i \hat{x}_i",
                    "The sum under the root is a mean.",
                    keeps=2,
                    id="sum-for-mean",
                ),
                Mistake(
                    r"\frac{H_j}{r} + \frac{\hat{x}_j}{r d} \sum_{i=1}^{d} H_i \hat{x}_i",
                    "A larger $r$ makes every entry smaller.",
                    keeps=2,
                    id="sign",
                ),
                Mistake(
                    r"\frac{H_j}{r} - \frac{1}{r d} \sum_{i=1}^{d} H_i",
                    "That is for a mean that is subtracted. Here no mean is taken off.",
                    keeps=1,
                    id="own-layer-norm",
                ),
            ),
            hints=(
                r"$\partial \hat x_i/\partial x_j = \frac{[i = j]}{r} - \frac{x_i}{r^2} \frac{\partial r}{\partial x_j}$.",
                r"$\partial r/\partial x_j = \frac{x_j}{d\, r}$: the 2 of the square meets the $\frac12$ of the root.",
                "Add over all $i$ and write $x/r$ as $\\hat x$.",
            ),
        ),
        "c": Part(
            ask=r"Let $d = 4$, $\epsilon = 0$ and all gains be 1. Give $y$ for $x = (<< a >>, << b >>, << c >>, << d >>)$, to four decimals.",
            answer=lambda p: Values(NORM, vector(p), "y", digits=4, shown=("r", "y")),
            mistakes=lambda p: (
                Mistake(
                    Values(f"{NORM}; m[i] := x[i]/(2*r) + 0*y[i]", vector(p), "m", digits=4).typed(),
                    "Divide by the root of the *mean* square.",
                    id="mean-for-sum",
                ),
                Mistake(
                    Values(f"{NORM}; m[i] := x[i]/r**2 + 0*y[i]", vector(p), "m", digits=4).typed(),
                    "The root is missing.",
                    id="missing-root",
                ),
            ),
            hints=(
                "First the mean of the squares, then its root.",
                "Add up the four squares, divide by 4, take the root $r$, and divide each entry of $x$ by it.",
            ),
        ),
        "d": Part(
            ask=r"With $\epsilon = 0$: what happens to $y$ if all of $x$ is doubled?",
            answer=Choice(
                "nothing",
                "it is doubled",
                "it is halved",
                why="The root mean square is doubled as well, and the quotient stays.",
            ),
            mistakes=(
                Mistake("it is doubled", "$r$ is doubled, too.", id="own-scale"),
                Mistake("it is halved", "Both numerator and denominator change.", id="own-scale"),
            ),
            hints=(
                "What happens to $r$?",
                "$r$ is the root of a mean of squares: twice the numbers give twice the root.",
            ),
        ),
    },
)
