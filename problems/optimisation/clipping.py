"""Clipping a gradient by its norm and by value."""

from derive import Answer, Choice, Integers, Mistake, OneOf, Part, Problem, Values
from derive.derivations.clipping import clipped_length, value_clipping

NORM = "s := sqrt(sum(g[i]**2, i)); c[i] := r*g[i]/s"
TRIPLES = ((3, 4), (4, 3), (5, 12), (8, 6), (8, 15), (12, 5))

problem = Problem(
    title="Clipping a gradient",
    topics=("optimisation", "gradient clipping"),
    difficulty=1,
    params={"g": OneOf(TRIPLES), "r": Integers(1, 2)},
    statement=r"""
Clipping *by the norm* with the threshold $r > 0$ leaves a gradient $g \in \mathbb{R}^n$ as it is where its Euclidean length is at most $r$, and else shortens it to the length $r$ without turning it.
Clipping *by value* cuts each entry to the range from $-r$ to $r$.
""",
    working=(clipped_length, value_clipping),
    parts={
        "a": Part(
            ask="Clip $g = (<< g[0] >>, << -g[1] >>)$ by its norm with $r = << r >>$: give the two entries exactly.",
            answer=lambda p: Values(
                NORM,
                {"g": [p["g"][0], -p["g"][1]], "r": p["r"]},
                "c",
                latex={"c": r"\hat g", "s": r"\|g\|"},
                shown=("s", "c"),
            ),
            marks=2,
            mistakes=(
                Mistake("(<< r >>, << -r >>)", "That is clipping by value.", 1, "own-by-value"),
                Mistake(
                    "(<< g[0] >>*<< r >>/<< g[0] + g[1] >>, -<< g[1] >>*<< r >>/<< g[0] + g[1] >>)",
                    "Which length is meant?",
                    1,
                    "wrong-normaliser",
                ),
                Mistake(
                    "(<< g[0] >>/<< r >>, -<< g[1] >>/<< r >>)", "Divide by the length first.", 0, "norm-forgotten"
                ),
                Mistake(
                    "(<< g[0] >>*<< r >>/<< g[0]**2 + g[1]**2 >>, -<< g[1] >>*<< r >>/<< g[0]**2 + g[1]**2 >>)",
                    "Something is missing in the denominator.",
                    1,
                    "missing-root",
                ),
            ),
            hints=("How long is $g$?", "Multiply it by $r$ over its length."),
        ),
        "b": Part(
            ask="Clip the same gradient by value with $r = << r >>$: give the two entries.",
            answer=lambda p: Values(
                "c[i] := min(max(g[i], -r), r)",
                {"g": [p["g"][0], -p["g"][1]], "r": p["r"]},
                "c",
                latex={"c": r"\hat g"},
            ),
            mistakes=(
                Mistake("(<< r >>, << r >>)", "A negative entry stays negative.", 0, "sign"),
                Mistake("(<< r >>, << -g[1] >>)", "Negative entries are cut as well.", 0, "wrong-branch"),
            ),
            hints=(
                "Both entries are outside the range.",
                "Each goes to the nearer end of the range from $-r$ to $r$, so it keeps its sign.",
            ),
        ),
        "c": Part(
            ask=r"Write clipping by value with the function $\max(\cdot, 0)$ and sums only: give the clipped entry $\hat g_i$ in terms of $g_i$ and $r$ for any $g_i$ (other right forms count as well).",
            answer=Answer(value_clipping),
            marks=2,
            mistakes=(
                Mistake(r"g_i - \max(g_i - r, 0)", "Try a very negative entry.", 1, "wrong-branch"),
                Mistake(r"g_i - \max(g_i - r, 0) - \max(-g_i - r, 0)", "Try a very negative entry.", 1, "sign"),
                Mistake(r"\max(g_i, r)", "Try a large entry.", 0, "wrong-bound"),
            ),
            hints=(
                r"$\max(g_i - r, 0)$ is what is too much above $r$.",
                "What is too much below $-r$ has to be added.",
            ),
        ),
        "d": Part(
            ask="Which of the two can change the direction of a gradient?",
            answer=Choice(
                "by value",
                "by the norm",
                "both",
                "neither",
                why="The norm's clipping multiplies all entries by the same factor; clipping by value shortens the large entries only.",
            ),
            mistakes=(
                Mistake("by the norm", "It multiplies all entries by one number.", 0, "own-direction"),
                Mistake("both", "One of them multiplies all entries by one number.", 0, "own-direction"),
            ),
            hints=(
                "Compare the ratios of the entries before and after.",
                "Take $g = (3, 1)$ and $r = 1$: is the first entry still three times the second one?",
            ),
        ),
    },
)
