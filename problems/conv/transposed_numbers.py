"""A transposed convolution in numbers: forward and back."""

from derive import Integers, Mistake, Part, Problem, Values

UP = "dims a = 5; T[a] := sum(z[i]*w[a-2*i], i); L := sum(G[a]*T[a], a)"
TABLE = "dims a = 5; dims i = 2; J[a,i] := w[a-2*i]"


def given(p):
    return {"z": [p["a"], p["b"]], "w": [1, p["c"], 2]}


def back(p):
    return given(p) | {"G": [1, 0, p["d"], 0, -1]}


def wrong(p, rule):
    return Values(f"{UP}; {rule}", back(p), "q").typed()


problem = Problem(
    title="A transposed convolution in numbers",
    topics=("transposed convolution", "backpropagation", "matrices"),
    difficulty=2,
    params={"a": Integers(1, 5), "b": Integers(-5, -1), "c": Integers(3, 6), "d": Integers(2, 5)},
    statement=r"""
A transposed convolution with the filter $w = (1, << c >>, 2)$ and the stride 2, without padding, turns two numbers $z = (z_1, z_2)$ into five: each $z_i$ adds $z_i w$ to
three neighbouring outputs, $z_1$ to $T_1, T_2, T_3$ and $z_2$ to $T_3, T_4, T_5$.
""",
    parts={
        "a": Part(
            ask="Give $T$ for $z = (<< a >>, << b >>)$, five numbers.",
            answer=lambda p: Values(UP, back(p), "T"),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "dims k = 5; q[k] := sum(z[i]*w[k-i], i)"),
                    "The stride is 2: the copies start two places apart.",
                    1,
                    "missing-stride",
                ),
                Mistake(
                    wrong(p, "dims k = 5; q[k] := sum(z[i]*w[2-k+2*i], i)"),
                    "The filter is not turned round here.",
                    1,
                    "flipped-kernel",
                ),
            ),
            hints=(
                "Write $z_1 w$ and $z_2 w$ below each other, the second one two places to the right.",
                "Where they overlap, add.",
            ),
        ),
        "b": Part(
            ask="Give the $5 \\times 2$ matrix $J$ with $T = Jz$.",
            answer=lambda p: Values(TABLE, {"w": [1, p["c"], 2]}, "J"),
            mistakes=lambda p: (
                Mistake(
                    f"[[1, 0], [{p['c']}, 1], [2, {p['c']}], [0, 2], [0, 0]]",
                    "The second copy starts two places further down.",
                    0,
                    "missing-stride",
                ),
                Mistake(
                    f"[[2, 0], [{p['c']}, 0], [1, 2], [0, {p['c']}], [0, 1]]",
                    "The filter is not turned round here.",
                    0,
                    "flipped-kernel",
                ),
            ),
            hints=(
                "A column is what one input gives when it is 1 and the other one 0.",
                "The first column starts with the filter in row 1, the second one in row 3, the stride further down; the rest is 0.",
            ),
        ),
        "c": Part(
            ask=r"Backpropagation has delivered $G = \partial L/\partial T = (1, 0, << d >>, 0, -1)$. Give $\partial L/\partial z$, two numbers.",
            answer=lambda p: Values(UP, back(p), "z_bar", latex={"z": "z"}),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "dims k = 2; q[k] := sum(G[k+u]*w[u], u)"),
                    "The copies are two places apart on the way back as well.",
                    1,
                    "missing-stride",
                ),
                Mistake(
                    wrong(p, "dims k = 2; q[k] := sum(G[2*k+u]*w[2-u], u=0..2)"),
                    "Nothing is turned round: which output did tap $u$ go to?",
                    1,
                    "flipped-kernel",
                ),
            ),
            hints=(
                r"$\partial L/\partial z = J^\top G$.",
                "So it is a convolution with the stride 2: the filter meets $G$ at places 1 to 3, then 3 to 5.",
            ),
        ),
    },
)
