"""Convolution and cross-correlation."""

from derive import Choice, Integers, Mistake, Part, Problem, Values
from derive.derivations.conv_algebra import flipped

TRUE = "y[i] := sum(w[u]*x[i+2-u], u=0..2)"


def given(p):
    return {"x": [p["a"], 1, p["b"], 0], "w": [p["c"], 2, -1]}


def wrong(p, rule):
    return Values(f"{TRUE}; {rule}", given(p), "q").typed()


problem = Problem(
    title="Convolution or cross-correlation?",
    topics=("convolution", "cross-correlation", "conventions"),
    difficulty=1,
    params={"a": Integers(2, 6), "b": Integers(2, 6), "c": Integers(2, 5)},
    where=lambda p: p["c"] * p["b"] + 2 - p["a"] not in (2 * p["b"] - 1, p["c"] + 2 * p["b"]) and p["a"] != p["b"],
    statement=r"""
Indices count from 0. For a signal $x_0, \dots, x_{N-1}$ and a filter $w_0, \dots, w_{K-1}$ with $K \le N$, the *convolution* where the filter fits is
$y_i = \sum_{u=0}^{K-1} w_u\, x_{i + K - 1 - u}$ and the *cross-correlation* is $\sum_{u=0}^{K-1} w_u\, x_{i+u}$, both for $i = 0, \dots, N - K$.
""",
    working=(flipped,),
    parts={
        "a": Part(
            ask=r"Give the convolution $(y_0, y_1)$ of $x = (<< a >>, 1, << b >>, 0)$ with $w = (<< c >>, 2, -1)$.",
            answer=lambda p: Values(TRUE, given(p), "y"),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "dims k = 2; q[k] := sum(w[u]*x[k+u], u=0..2)"),
                    "That is the cross-correlation.",
                    1,
                    "unflipped-kernel",
                ),
                Mistake(
                    wrong(p, "dims k = 2; q[k] := y[1-k]"), "Turn the filter round, not the result.", 1, "reversed-time"
                ),
            ),
            hints=("Turn the filter round first.", "Then slide it along without turning it: two places fit."),
        ),
        "b": Part(
            ask=r"The convolution with $w = (<< c >>, 2, -1)$ is the cross-correlation with another filter $v$, whatever the signal. Give $(v_0, v_1, v_2)$.",
            answer=lambda p: Values("v[u] := w[2-u]", {"w": [p["c"], 2, -1]}, "v", comes=flipped),
            mistakes=(
                Mistake("(<< c >>, 2, -1)", "Then nothing would be turned round.", 0, "unflipped-kernel"),
                Mistake("(<< -c >>, -2, 1)", "The order changes, not the sign.", 0, "sign"),
            ),
            hints=("Which tap meets the first sample of the window?", r"$v_u = w_{K-1-u}$ for every $u$."),
        ),
        "c": Part(
            ask="For which filters do the two give the same, whatever the signal?",
            answer=Choice(
                "filters that read the same backwards",
                "filters whose taps add up to 1",
                "filters with an odd number of taps",
                "none",
                why="Flipping a filter that reads the same backwards does not change it; any other filter differs from its mirror image in a tap, and a signal with a single 1 shows that tap.",
            ),
            mistakes=(
                Mistake("filters with an odd number of taps", "Try (1, 2, 3).", 0, "parity"),
                Mistake("filters whose taps add up to 1", "Try (0, 1).", 0, "own-other-property"),
            ),
            hints=(
                "When is $v = w$ in (b)?",
                "$w_{K-1-u} = w_u$ must hold for every $u$: compare the first tap with the last, the second with the last but one.",
            ),
        ),
    },
)
