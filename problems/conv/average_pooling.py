"""Average pooling, forward and back, with windows that overlap."""

from derive import Answer, Integers, Mistake, Part, Problem, Values
from derive.derivations.pooling import average_pool

POOL = "y[i] := sum(x[i+k], k=0..2)/3; L := sum(g[i]*y[i], i)"


def given(p):
    return {"x": [3, 6, 0, p["a"], 3], "g": [p["b"], 1, -p["c"]]}


def wrong(p, rule):
    return Values(f"{POOL}; {rule}", given(p), "q").typed()


problem = Problem(
    title="Back through average pooling",
    topics=("pooling", "backpropagation"),
    difficulty=2,
    params={"a": Integers(1, 9), "b": Integers(2, 6), "c": Integers(2, 6)},
    where=lambda p: p["b"] != p["c"] and p["b"] + 1 != p["c"],
    statement=r"""
Indices count from 0. Average pooling with $A$ windows of $r$ samples, which start $s \ge 1$ samples apart, turns $x_0, \dots, x_{N-1}$ into
$y_i = \frac1r \sum_{k=0}^{r-1} x_{is+k}$ for $i = 0, \dots, A - 1$, with $N \ge s(A - 1) + r$. Backpropagation has delivered $g_i = \partial L/\partial y_i$.
""",
    working=(average_pool,),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial x_a$ for $a = 0, \dots, N - 1$, as a sum over $i = 0, \dots, A - 1$. Write $[a \ge is]$ for 1 where the condition holds and 0 elsewhere.",
            answer=Answer(average_pool),
            marks=3,
            mistakes=(
                Mistake(
                    r"\sum_{i=0}^{A-1} g_i [a \ge is] [is + r \ge a + 1]",
                    "Each sample has a share of the mean only.",
                    2,
                    "sum-for-mean",
                ),
                Mistake(r"\frac{1}{r} \sum_{i=0}^{A-1} g_i [a \ge is]", "A window ends as well.", 1, "wrong-bound"),
                Mistake(
                    r"\frac{1}{r} \sum_{i=0}^{A-1} g_i [a \ge is] [is + r \ge a]",
                    "Which is the last sample of window $i$?",
                    2,
                    "off-by-one",
                ),
            ),
            hints=(
                r"Which windows does sample $a$ lie in?",
                r"Window $i$ holds the samples $is, \dots, is + r - 1$.",
                r"In each of them it counts with $\frac1r$.",
            ),
        ),
        "b": Part(
            ask=r"Five samples are pooled with $r = 3$ and $s = 1$, and $g = (<< b >>, 1, << -c >>)$. Give $\partial L/\partial x$ exactly, five numbers.",
            answer=lambda p: Values(POOL, given(p), "x_bar", latex={"x": "x"}, shown=("x_bar",)),
            marks=2,
            mistakes=lambda p: (
                Mistake(wrong(p, "q[a] := 3*x_bar[a] + 0*x[a]"), "Each window takes a mean.", 1, "sum-for-mean"),
                Mistake(
                    f"({p['b']}/3, 1/3, {-p['c']}/3, 0, 0)",
                    "A window spreads its slope over all of its samples.",
                    0,
                    "missing-sum",
                ),
            ),
            hints=(
                "The first sample lies in one window, the third one in all three.",
                "Add the slopes of the windows that a sample lies in, and divide by 3.",
            ),
        ),
    },
)
