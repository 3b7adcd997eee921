"""Max pooling with overlaps and ties."""

from derive import Choice, Integers, Mistake, OneOf, Part, Problem, Values
from derive.derivations.pooling import max_pool

POOL = "y[i] := amax(x[i+k], k=0..2); L := sum(g[i]*y[i], i)"
SIGNALS = ((1, 5, 2, 3, 4, 0), (2, 7, 1, 4, 6, 3), (0, 8, 3, 2, 5, 1))


def given(p):
    return {"x": list(p["x"]), "g": [p["a"], p["b"], 1, -p["c"]]}


def wrong(p, rule):
    return Values(f"{POOL}; {rule}", given(p), "q").typed()


problem = Problem(
    title="Back through max pooling with overlaps",
    topics=("pooling", "backpropagation", "ties"),
    difficulty=2,
    params={"x": OneOf(SIGNALS), "a": Integers(2, 6), "b": Integers(2, 6), "c": Integers(2, 6)},
    where=lambda p: p["c"] != 1 and p["a"] != p["b"],
    statement=r"""
Max pooling with windows of three samples, one step apart, turns six samples into four numbers, $y_i = \max(x_i, x_{i+1}, x_{i+2})$ for $i = 1, \dots, 4$:

$$x = (<< x[0] >>, << x[1] >>, << x[2] >>, << x[3] >>, << x[4] >>, << x[5] >>).$$

Backpropagation has delivered $g_i = \partial L/\partial y_i$ with $g = (<< a >>, << b >>, 1, << -c >>)$.
""",
    working=(max_pool,),
    parts={
        "a": Part(
            ask="Give $y$, four numbers.",
            answer=lambda p: Values(POOL, given(p), "y"),
            mistakes=(
                Mistake(
                    "(<< x[1] >>, << [x[3], x[4]] | max >>)",
                    "Windows are one step apart: they overlap.",
                    0,
                    "missing-stride",
                ),
                Mistake(
                    "(<< x[0] >>, << x[2] >>, << x[2] >>, << x[3] if x[3] < x[5] else x[5] >>)",
                    "The largest sample of each window is asked for.",
                    0,
                    "own-not-the-largest",
                ),
            ),
            hints=(
                "The first window is $(x_1, x_2, x_3)$, the last one $(x_4, x_5, x_6)$.",
                "Write down the four windows of three neighbours, one below the other, and mark the largest number in each.",
            ),
        ),
        "b": Part(
            ask=r"Give $\partial L/\partial x$, six numbers.",
            answer=lambda p: Values(POOL, given(p), "x_bar", shown=("y", "x_bar")),
            marks=3,
            mistakes=lambda p: (
                Mistake(
                    f"(0, {p['b']}, 0, 0, {-p['c']}, 0)",
                    "A sample that wins several windows gets the slope of each.",
                    1,
                    "missing-sum",
                ),
                Mistake(
                    wrong(p, "q[a] := sum(g[i]*[a >= i]*[i + 2 >= a], i) + 0*x[a]"),
                    "Samples that lose do not move the maximum.",
                    1,
                    "own-sum-for-maximum",
                ),
                Mistake(
                    wrong(p, "q[a] := x[a]*x_bar[a]"),
                    "The slope of a maximum in its winner is 1.",
                    1,
                    "value-for-slope",
                ),
            ),
            hints=(
                "Mark the winner of each window.",
                "Two samples win all four windows between them.",
                "Each winner gets the sum of $g_i$ over the windows that it wins; the others get 0.",
            ),
        ),
        "c": Part(
            ask="Two samples of a window share its largest value. What is true of the maximum there?",
            answer=Choice(
                "it has no derivative, and a library chooses a rule",
                "its slope is 0",
                "its slope goes to the first of them, by the definition of the derivative",
                why="Raising one of the two raises the maximum, lowering it does not: the two one-sided slopes differ.",
            ),
            mistakes=(
                Mistake("its slope is 0", "Raise one of the two a little, and then lower it.", 0, "tie-ignored"),
                Mistake(
                    "its slope goes to the first of them, by the definition of the derivative",
                    "That is what some libraries do. Does raising a sample do the opposite of lowering it there?",
                    0,
                    "tie-ignored",
                ),
            ),
            hints=(
                "Raise one of the two samples a little: the maximum follows. Now lower it.",
                "Raising it moves the maximum just as much; lowering it does not move the maximum, for the other sample is still there.",
            ),
        ),
    },
)
