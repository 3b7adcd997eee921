"""How far a network can take two inputs apart: operator norms, and why their product is only a bound."""

import numpy as np

from derive import Choice, Example, Integers, Mistake, Part, Problem, Values
from derive.derivations import robustness

PRODUCT = "q := max(abs(a), abs(b)); s := max(abs(c), abs(d)); K := q*s"


def norm(matrix):
    return np.linalg.norm(np.asarray(matrix, dtype=float), 2)


CHECKS = (
    ("the operator norm of A is below 1", lambda A, **_: norm(A) - 0.999),  # noqa: N803
    ("the operator norm of B is below 1", lambda B, **_: norm(B) - 0.999),  # noqa: N803
    ("the operator norm of AB is 1/2 or more", lambda A, B: 0.5 - norm(A @ B)),  # noqa: N803
)

problem = Problem(
    title="How far a network takes two inputs apart",
    topics=("robustness", "operator norms", "Lipschitz constants"),
    difficulty=2,
    params={"a": Integers(2, 6), "b": Integers(-6, -2), "c": Integers(2, 5), "d": Integers(2, 5)},
    where=lambda p: abs(p["a"]) != abs(p["b"]) and p["c"] != p["d"] and abs(p["a"]) * p["c"] != abs(p["b"]) * p["d"],
    statement=r"""
The operator norm of a matrix is the most that it can stretch a vector, $\|A\| = \max_{x \ne 0} \|A x\|/\|x\|$ with Euclidean lengths. Two layers without biases compute
$A\, \mathrm{relu}(B x)$; relu never takes two numbers further apart.
""",
    working=(robustness.norms,),
    parts={
        "a": Part(
            ask=r"Take $A = \begin{bmatrix} << a >> & 0 \\ 0 & << b >> \end{bmatrix}$ and $B = \begin{bmatrix} 0 & << c >> \\ << d >> & 0 \end{bmatrix}$. Which bound does the product of both operator "
            "norms give for how much further apart than two inputs their outputs can be?",
            answer=lambda p: Values(
                PRODUCT,
                dict(p),
                "K",
                latex={"q": r"\|A\|", "s": r"\|B\|"},
                shown=("q", "s", "K"),
                comes=robustness.norms,
            ),
            mistakes=(
                Mistake(
                    "<< a*b*c*d >>",
                    "That multiplies all entries; each matrix stretches by its largest factor at most.",
                    id="own-determinants",
                ),
                Mistake(
                    r"\sqrt{<< a*a + b*b >>} \sqrt{<< c*c + d*d >>}",
                    "These are Frobenius norms: no single vector can be stretched along all axes at once.",
                    id="own-frobenius",
                ),
            ),
            hints=(
                "A diagonal matrix stretches each axis by the size of its entry.",
                "$B$ also exchanges the axes, which changes no length.",
            ),
        ),
        "b": Part(
            ask="Give two $2 \\times 2$ matrices with operator norms of at least 1 each for which $AB$ has an operator norm *below* $\\frac12$: "
            "`A = [[1, 0], [0, 1]]; B = [[1, 0], [0, 1]]`.",
            answer=Example(
                {"A": (2, 2), "B": (2, 2)},
                CHECKS,
                {"A": [[1, 0], [0, 0]], "B": [[0, 0], [0, 1]]},
                why="$B$ gives vectors along the second axis only, which $A$ sends to 0: the direction that one stretches never reaches the other.",
            ),
            marks=2,
            mistakes=(
                Mistake(
                    "A = [[1, 0], [0, 1]]; B = [[1, 0], [0, 1]]",
                    "The product stretches as much as both together: let what one stretches be lost on the other.",
                    id="own-aligned",
                ),
                Mistake(
                    "A = [[0.5, 0], [0, 0.5]]; B = [[0.5, 0], [0, 0.5]]",
                    "The product is small because both are. Each must stretch some vector by at least 1.",
                    id="own-both-small",
                ),
            ),
            hints=("Which vectors does $B$ stretch, and where do they go?", "Let $A$ send just these to zero."),
        ),
        "c": Part(
            ask="As a Lipschitz constant of the network, what is the product of the layers' operator norms?",
            answer=Choice(
                "an upper bound",
                "a lower bound",
                "exact",
                why="Each layer stretches a difference by at most its norm; but the direction that one layer stretches most need not be the one that the next does.",
            ),
            mistakes=(
                Mistake("exact", "Look at your example of (b).", id="wrong-bound"),
                Mistake("a lower bound", "In (b) the network stretches by less than the product.", id="wrong-bound"),
            ),
            hints=(
                r"$\|A B x\| \le \|A\|\, \|B x\|$.",
                r"Apply the same to $\|B x\|$: on which side of the product are you? Does your example of (b) reach it?",
            ),
        ),
    },
)
