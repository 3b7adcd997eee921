"""A maxout unit: forward and back."""

from derive import Integers, Mistake, Number, Part, Problem, Values
from derive.derivations.pooling import dense_parameters

UNIT = "z[k] := sum(W[k,j]*x[j], j) + b[k]; h := amax(z[k], k); L := (h - y)**2/2"


def given(p):
    return {"W": [[p["a"], -1], [1, p["c"]], [-p["a"], 0]], "x": [p["x"], 2], "b": [0, 1, -1], "y": p["y"]}


def score(p):
    return [p["a"] * p["x"] - 2, p["x"] + 2 * p["c"] + 1, -p["a"] * p["x"] - 1]


def wrong(p, rule):
    return Values(f"{UNIT}; {rule}", given(p), "q").typed()


problem = Problem(
    title="Forward and back through a maxout unit",
    topics=("activations", "maxout", "backpropagation"),
    difficulty=2,
    params={
        "a": Integers(1, 4),
        "c": Integers(1, 4),
        "x": Integers(1, 6),
        "y": Integers(0, 4),
        "n": Integers(10, 40),
        "m": Integers(5, 30),
    },
    where=lambda p: score(p)[0] != score(p)[1] and max(score(p)) > p["y"] + 1,
    statement=r"""
A maxout unit has three linear pieces and gives the largest of them:

$$z = Wx + b, \quad h = \max_k z_k, \quad L = \tfrac12 (h - y)^2, \qquad
W = \begin{bmatrix} << a >> & -1 \\ 1 & << c >> \\ << -a >> & 0 \end{bmatrix}, \quad b = \begin{bmatrix} 0 \\ 1 \\ -1 \end{bmatrix}, \quad
x = \begin{bmatrix} << x >> \\ 2 \end{bmatrix}, \quad y = << y >>.$$
""",
    working=(dense_parameters,),
    parts={
        "a": Part(
            ask="Give $h$.",
            answer=lambda p: Values(UNIT, given(p), "h", shown=("z", "h")),
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "q := sum(z[k], k)"), "One piece wins; the others are not added.", 0, "own-sum-for-maximum"
                ),
                Mistake(
                    wrong(p, "q := sum(abs(z[k]), k)"),
                    "One piece wins; the others are not added.",
                    0,
                    "own-sum-for-maximum",
                ),
            ),
            hints=(
                "Work out the three entries of $Wx + b$.",
                "Each is a row of $W$ times $x$, plus its bias; $h$ is the largest of the three.",
            ),
        ),
        "b": Part(
            ask=r"Give $\partial L/\partial W$, a $3 \times 2$ matrix.",
            answer=lambda p: Values(UNIT, given(p), "W_bar", shown=("h", "h_bar", "z_bar", "W_bar")),
            marks=3,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "q[k,j] := h_bar*x[j] + 0*W[k,j]"), "Pieces that lose do not move $h$.", 1, "tie-ignored"
                ),
                Mistake(
                    wrong(p, "q[k,j] := -z_bar[k]*x[j]"), "Which way does $L$ go where $h$ is too large?", 2, "sign"
                ),
                Mistake(
                    wrong(p, "q[k,j] := z_bar[k]/h_bar*x[j]"),
                    "That is how $h$ moves; the loss is still to come.",
                    1,
                    "missing-chain-factor",
                ),
            ),
            hints=(
                r"First $\partial L/\partial h = h - y$.",
                r"The slope goes to the winning piece alone: the other rows are 0.",
                r"The winning row is $(h - y)\, x^\top$.",
            ),
        ),
        "c": Part(
            ask="A layer of $<< m >>$ such units, each with 3 pieces, reads $<< n >>$ inputs. How many weights and biases does it have together?",
            answer=lambda p: Number.from_derivation(dense_parameters, n=p["n"], m=3 * p["m"]),
            mistakes=(
                Mistake("<< m*(n + 1) >>", "Each unit has three rows of weights.", 0, "own-pieces-forgotten"),
                Mistake("<< 3*m*n >>", "Each piece has a bias as well.", 0, "missing-bias"),
            ),
            hints=(
                "Each piece is an affine function of all inputs.",
                "There are 3 pieces a unit: count the layer as if it had three times as many units.",
            ),
        ),
    },
)
