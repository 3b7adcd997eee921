"""Polynomial filters of a graph's matrix: in numbers, that they commute with the shift, and a filter that does not."""

import numpy as np

from derive import Answer, Example, Integers, Mistake, Part, Problem, Values
from derive.derivations import spectra

RING = np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0]])
FILTER = "u[i] := sum(A[i,j]*x[j], j); v[i] := sum(A[i,j]*u[j], j); y[i] := a*x[i] + b*u[i] + c*v[i]"


def ring(p):
    return {"A": RING, "x": [p["x"], p["y"], p["z"]], "a": p["a"], "b": p["b"], "c": p["c"]}


def wrong(p, rule):
    return Values(f"{FILTER}; {rule}", ring(p), "m").typed()


problem = Problem(
    title="Filters on a graph",
    topics=("graph neural networks", "filters", "equivariance"),
    difficulty=3,
    params={
        "a": Integers(1, 3),
        "b": Integers(4, 6),
        "c": Integers(-3, -1),
        "x": Integers(1, 3),
        "y": Integers(4, 6),
        "z": Integers(7, 9),
    },
    statement=r"""
A graph with $n$ nodes has a real $n \times n$ matrix $A$, which "shifts" a signal $x$ (one number for each node) to $A x$. A filter with the coefficients $\theta_1, \dots, \theta_K$ is
$H = \sum_{k=1}^{K} \theta_k A^{k-1}$; it turns $x$ into $H x$.
""",
    working=(spectra.shifts,),
    parts={
        "a": Part(
            ask=r"The graph is a ring of three nodes, $A = \begin{bmatrix} 0 & 0 & 1 \\ 1 & 0 & 0 \\ 0 & 1 & 0 \end{bmatrix}$. Give $H x$ for $\theta = (<< a >>, << b >>, << c >>)$ and $x = (<< x >>, << y >>, << z >>)$.",
            answer=lambda p: Values(
                FILTER,
                ring(p),
                "y",
                latex={"y": "(Hx)", "u": "(Ax)", "v": "(A^2x)", "a": r"\theta_1", "b": r"\theta_2", "c": r"\theta_3"},
                shown=("u", "v", "y"),
            ),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "m[i] := a*u[i] + b*v[i] + c*x[i] + 0*y[i]"),
                    "The first coefficient belongs to $A^0$, the identity.",
                    keeps=1,
                    id="off-by-one",
                ),
                Mistake(
                    wrong(p, "m[i] := a*x[i] + b*v[i] + c*u[i] + 0*y[i]"),
                    "The matrix moves each value on to the next node: the first entry of $Ax$ is the last of $x$.",
                    keeps=1,
                    id="missing-transpose",
                ),
            ),
            hints=("Work out $A x$ and $A (A x)$.", "Add them up with the coefficients, $x$ itself included."),
        ),
        "b": Part(
            ask=r"Let $y = H A x$ be the shifted signal, filtered, for any $A$ and $\theta$. Give $y_i$ as the *filtered* signal, shifted: with sums over the entries of $A$, $H$ and $x$.",
            answer=Answer(spectra.shifts),
            marks=2,
            mistakes=(
                Mistake(
                    r"\sum_{j=1}^{n} \sum_{l=1}^{n} H_{j,l} A_{j,i} x_l",
                    "Rows of a matrix are what comes out: check the order of the indices of $A$.",
                    keeps=1,
                    id="missing-transpose",
                ),
                Mistake(
                    r"\sum_{j=1}^{n} A_{i,j} H_{i,j} x_j",
                    "That multiplies entry by entry. A product of matrices has a sum in between.",
                    id="missing-sum",
                ),
                Mistake(
                    r"\sum_{l=1}^{n} \sum_{j=1}^{n} A_{i,j} H_{l,j} x_l",
                    "The column of $H$ meets the signal, its row meets the shift.",
                    keeps=1,
                    id="missing-transpose",
                ),
            ),
            hints=(r"$A^{k-1} A = A\, A^{k-1}$ for every power.", r"So $H A = A H$: write out $(A H x)_i$."),
        ),
        "c": Part(
            ask="On the ring of (a), give a $3 \\times 3$ matrix $H$ that is *not* such a filter because it does not commute with the shift: some entry of $H A - A H$ is at least 1 in size. All entries of $H$ lie between $-1$ and 1. "
            "`H = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]`.",
            answer=Example(
                {"H": (3, 3)},
                (
                    (
                        "H A and A H are the same, or very close",
                        lambda **v: float(np.abs(v["H"] @ RING - RING @ v["H"]).max()) - 0.999,
                    ),
                    ("an entry is larger than 1", lambda **v: 1.001 - float(np.abs(v["H"]).max())),
                ),
                {"H": [[1, 0, 0], [0, 0, 0], [0, 0, 0]]},
                why="It treats one node unlike the others; a filter of the ring's matrix treats all nodes alike.",
            ),
            marks=2,
            mistakes=(
                Mistake(
                    "H = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]", "The identity commutes with everything.", id="own-commutes"
                ),
                Mistake(
                    "H = [[9, 0, 0], [0, 0, 0], [0, 0, 0]]",
                    "It does not commute, but its entries are too large.",
                    keeps=1,
                    id="wrong-bound",
                ),
            ),
            hints=("A filter treats all nodes of the ring alike.", "Take a matrix that singles out one node."),
        ),
    },
)
