"""A kernel made to measure."""

import numpy as np

from derive import Answer, Example, Mistake, Part, Problem
from derive.derivations.kernels import edge_kernel, shift_kernel

problem = Problem(
    title="A kernel made to measure",
    topics=("convolution", "kernels", "edges"),
    difficulty=2,
    statement=r"""
A $3 \times 3$ kernel $F$ goes over an image $X \in \mathbb{R}^{H \times W}$ as a cross-correlation, wherever it fits; indices count from 0:
$Y_{i,j} = \sum_{u=0}^{2} \sum_{v=0}^{2} F_{u,v}\, X_{i+u,\,j+v}$. Rows count from the top, columns from the left.
""",
    working=(edge_kernel, shift_kernel),
    parts={
        "a": Part(
            ask="Give a kernel that gives 0 wherever the image does not change from left to right, whatever it does from top to bottom, and a positive number at every edge between brighter pixels "
            "(larger values) on the left and darker ones on the right: `F = [[1, 0, 0], [0, 0, 0], [0, 0, 0]]`.",
            answer=Example(
                {"F": (3, 3)},
                (
                    (
                        "it gives something where nothing changes from left to right",
                        lambda **v: 1e-4 - np.abs(v["F"].sum(1)).max(),
                    ),
                    ("an edge after the first column is not found", lambda **v: v["F"][:, 0].sum() - 1e-3),
                    ("an edge after the second column is not found", lambda **v: v["F"][:, :2].sum() - 1e-3),
                ),
                {"F": [[1, 0, -1]] * 3},
                why="Each row adds up to 0, so a constant row gives 0. With the columns' sums $3, 0, -3$ an edge counts wherever it lies in the window.",
                comes=edge_kernel,
            ),
            marks=3,
            mistakes=(
                Mistake(
                    "F = [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]",
                    "The other way round: which side is the brighter one?",
                    1,
                    "sign",
                ),
                Mistake(
                    "F = [[1, 1, 1], [0, 0, 0], [-1, -1, -1]]",
                    "This one finds edges between top and bottom.",
                    0,
                    "missing-transpose",
                ),
                Mistake(
                    "F = [[1, 0, 0], [1, 0, 0], [1, 0, 0]]",
                    "What does it give on an image that is white all over?",
                    1,
                    "own-not-balanced",
                ),
            ),
            hints=(
                "On rows that are constant, only the sum of each row of the kernel counts.",
                "Left counts positive, right negative.",
            ),
        ),
        "b": Part(
            ask="The kernel $F = \\begin{bmatrix} 0 & 0 & 0 \\\\ 1 & 0 & 0 \\\\ 0 & 0 & 0 \\end{bmatrix}$ has a single 1. Give $Y_{i,j}$ in terms of $X$, with the indices $i$ and $j$ from 0 on.",
            answer=Answer(shift_kernel),
            mistakes=(
                Mistake("X_{i,j+1}", "The first index counts rows.", 0, "index-swapped"),
                Mistake("X_{i,j}", "Which entry of $F$ is the 1? Count from 0.", 0, "index-shift"),
                Mistake("X_{i-1,j}", "Nothing is turned round in a cross-correlation.", 0, "flipped-kernel"),
            ),
            hints=("One term of the sum is left: that with $F_{1,0}$.", "It has $u = 1$ and $v = 0$."),
        ),
    },
)
