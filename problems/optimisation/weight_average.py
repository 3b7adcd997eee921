"""An exponential moving average of weights."""

from derive import Answer, Choice, Integers, Mistake, Part, Problem, Values
from derive.derivations.clipping import weight_average

STEPS = "m1 := B*w0 + (1-B)*w1; m2 := B*m1 + (1-B)*w2"
PAGE = {"m1": r"\bar w_1", "m2": r"\bar w_2", "w0": "w_0", "w1": "w_1", "w2": "w_2", "B": r"\beta"}


def given(p):
    return {"B": p["B"] / 10, "w0": p["a"], "w1": p["b"], "w2": p["c"]}


def wrong(p, rule):
    return Values(f"{STEPS}; {rule}", given(p), "q").typed()


problem = Problem(
    title="Averaging weights while training",
    topics=("optimisation", "moving averages"),
    difficulty=1,
    params={"B": Integers(6, 9), "a": Integers(1, 5), "b": Integers(6, 9), "c": Integers(-5, 0)},
    statement=r"""
While a weight goes through the values $w_0, w_1, \dots, w_T$, an average is kept: $\bar w_0 = w_0$ and $\bar w_t = \beta \bar w_{t-1} + (1 - \beta) w_t$ for $t = 1, \dots, T$, with
$0 < \beta < 1$. It starts at the first weight and *not* at 0.
""",
    working=(weight_average,),
    parts={
        "a": Part(
            ask=r"Give $\bar w_2$ for $\beta = << B/10 >>$ and $w_0 = << a >>$, $w_1 = << b >>$, $w_2 = << c >>$, exactly.",
            answer=lambda p: Values(STEPS, given(p), "m2", latex=PAGE, shown=("m1", "m2")),
            mistakes=lambda p: (
                Mistake(wrong(p, "q := (1-B)*m1 + B*w2"), "Which of the two counts with $\\beta$?", 0, "complement"),
                Mistake(wrong(p, "q := B*(1-B)*w1 + (1-B)*w2"), "The average does not start at 0.", 0, "dropped-path"),
                Mistake(wrong(p, "q := m1"), "There is one step more.", 0, "off-by-one"),
            ),
            hints=(r"First $\bar w_1$, from $w_0$ and $w_1$.", r"Then $\bar w_2 = \beta \bar w_1 + (1 - \beta) w_2$."),
        ),
        "b": Part(
            ask=r"Give $\bar w_T$ in terms of $\beta$ and $w_0, \dots, w_T$.",
            answer=Answer(weight_average),
            marks=2,
            mistakes=(
                Mistake(r"(1 - \beta) \sum_{t=1}^{T} w_t \beta^{T-t}", "Where is the first weight?", 1, "dropped-path"),
                Mistake(
                    r"(1 - \beta) \sum_{t=0}^{T} w_t \beta^{T-t}",
                    r"The first weight does not enter with $1 - \beta$.",
                    1,
                    "own-first-weight",
                ),
                Mistake(
                    r"\beta^T w_0 + (1 - \beta) \sum_{t=1}^{T} w_t \beta^t",
                    "Which weight fades most?",
                    1,
                    "reversed-time",
                ),
            ),
            hints=(
                r"Write $\bar w_2$ out: which factor has $w_0$, which $w_1$, which $w_2$?",
                r"$w_t$ is multiplied by $1 - \beta$ once, and by $\beta$ in each of the $T - t$ later steps; $w_0$ by $\beta$ in every step.",
            ),
        ),
        "c": Part(
            ask="Must this average be divided by $1 - \\beta^T$, as Adam's are?",
            answer=Choice(
                "no, its shares add up to 1",
                "yes, its shares add up to less than 1",
                "yes, but only in the first step",
                why=r"It starts at $w_0$, whose share $\beta^T$ is what the shares of the later weights lack to 1.",
            ),
            mistakes=(
                Mistake(
                    "yes, its shares add up to less than 1",
                    "Put $w_t = 1$ for all $t$ into (b).",
                    0,
                    "missing-bias-correction",
                ),
                Mistake(
                    "yes, but only in the first step",
                    "Put $w_t = 1$ for all $t$ into (b).",
                    0,
                    "missing-bias-correction",
                ),
            ),
            hints=(
                "What is the average if all weights are 1?",
                r"Then $\bar w_0 = 1$, and each step mixes ones with ones.",
            ),
        ),
    },
)
