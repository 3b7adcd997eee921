"""What momentum adds up to."""

from derive import Answer, Choice, Form, Integers, Mistake, Part, Problem, Values
from derive.derivations.averages import constant_velocity, velocity

STEPS = "v1 := g1; v2 := B*v1 + g2; v3 := B*v2 + g3"
PAGE = {"v1": "v_1", "v2": "v_2", "v3": "v_3", "g1": "g_1", "g2": "g_2", "g3": "g_3", "B": r"\beta"}


def given(p):
    return {"B": p["B"] / 10, "g1": p["a"], "g2": p["b"], "g3": -p["c"]}


def wrong(p, rule):
    return Values(f"{STEPS}; {rule}", given(p), "q").typed()


problem = Problem(
    title="What momentum adds up",
    topics=("optimisation", "momentum"),
    difficulty=2,
    params={"B": Integers(5, 9), "a": Integers(1, 6), "b": Integers(1, 6), "c": Integers(1, 6)},
    where=lambda p: (
        p["a"] != p["c"]
        and (10 - p["B"]) * (p["B"] ** 2 * p["a"] + 10 * p["B"] * p["b"] - 100 * p["c"])
        not in (1000 * (p["a"] + p["b"] - p["c"]), 100 * (p["B"] * (p["a"] + p["b"]) - 10 * p["c"]))
    ),
    statement=r"""
Momentum in the heavy-ball convention keeps the velocity $v_t = \beta v_{t-1} + g_t$ for $t = 1, \dots, T$, with $v_0 = 0$ and $0 < \beta < 1$; $g_t$ is the gradient of
step $t$, one number. The new gradient counts whole: there is no factor $1 - \beta$.
""",
    working=(velocity, constant_velocity),
    parts={
        "a": Part(
            ask=r"The gradients are $g_1 = << a >>$, $g_2 = << b >>$, $g_3 = << -c >>$ and $\beta = << B/10 >>$. Give $v_3$, exactly.",
            answer=lambda p: Values(STEPS, given(p), "v3", latex=PAGE, shown=("v1", "v2", "v3")),
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "q := (1-B)*v3"),
                    r"There is no factor $1 - \beta$ in this convention.",
                    0,
                    "wrong-normaliser",
                ),
                Mistake(wrong(p, "q := g1 + g2 + g3"), "Old gradients fade.", 0, "momentum-forgotten"),
                Mistake(
                    wrong(p, "q := B*g1 + B*g2 + g3"),
                    "How often has the first gradient been multiplied?",
                    0,
                    "missing-power",
                ),
            ),
            hints=(
                "Go step by step from $v_1 = g_1$ on.",
                r"$v_2 = \beta v_1 + g_2$, and once more the same with $g_3$.",
            ),
        ),
        "b": Part(
            ask=r"Give $v_T$ in terms of $\beta$ and the gradients $g_1, \dots, g_T$.",
            answer=Answer(velocity),
            marks=2,
            mistakes=(
                Mistake(
                    r"\sum_{t=1}^{T} g_t \beta^t",
                    "Which gradient fades most: the first or the last one?",
                    1,
                    "reversed-time",
                ),
                Mistake(
                    r"\sum_{t=1}^{T} g_t \beta^{T-t+1}", "What is the weight of the newest gradient?", 1, "off-by-one"
                ),
                Mistake(
                    r"(1 - \beta) \sum_{t=1}^{T} g_t \beta^{T-t}",
                    r"There is no factor $1 - \beta$ in this convention.",
                    1,
                    "wrong-normaliser",
                ),
                Mistake(r"\beta \sum_{t=1}^{T-1} g_t + g_T", "Each step multiplies once more.", 0, "missing-power"),
            ),
            hints=(
                r"Put the rule into itself: $v_T = g_T + \beta (g_{T-1} + \beta v_{T-2})$.",
                r"The gradient of step $t$ has been multiplied by $\beta$ in every later step: how many are there?",
            ),
        ),
        "c": Part(
            ask=r"All gradients are equal, $g_t = c$. Give $v_T$ without a sum sign.",
            answer=Answer(constant_velocity),
            marks=2,
            form=Form(closed=True),
            mistakes=(
                Mistake(
                    r"c (1 - \beta^T)",
                    "Sum the geometric series: what stands in its denominator?",
                    1,
                    "wrong-normaliser",
                ),
                Mistake(r"\frac{c}{1 - \beta}", "That is the limit for many steps.", 1, "own-limit"),
                Mistake(r"c \frac{1 - \beta^{T-1}}{1 - \beta}", "Try it at $T = 1$.", 1, "off-by-one"),
            ),
            hints=(
                r"$1 + \beta + \dots + \beta^{T-1}$ is a geometric sum.",
                r"Multiply it by $1 - \beta$: almost all terms cancel.",
            ),
        ),
        "d": Part(
            ask=r"With $\beta = 0.9$ and equal gradients, how long is a step in the long run, compared with plain gradient descent at the same learning rate?",
            answer=Choice(
                "ten times as long",
                "nine times as long",
                "as long",
                "0.9 times as long",
                why=r"With equal gradients the velocity tends to $g/(1 - \beta)$, which is $10 g$.",
            ),
            mistakes=(
                Mistake("nine times as long", r"Put $\beta = 0.9$ into $1/(1 - \beta)$.", 0, "numeric-slip"),
                Mistake(
                    "as long", r"That is so where the new gradient counts with $1 - \beta$.", 0, "wrong-normaliser"
                ),
            ),
            hints=(
                "What does (c) tend to for large $T$?",
                r"$\beta^T$ tends to 0: put the number for $\beta$ into what is left.",
            ),
        ),
    },
)
