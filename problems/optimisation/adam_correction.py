"""Why Adam corrects its averages."""

from derive import Answer, Form, Integers, Mistake, Part, Problem, Values
from derive.derivations.averages import average, weight_total

STEP = (
    "m1 := (1-B)*g1; m2 := B*m1 + (1-B)*g2; s1 := (1-C)*g1**2; s2 := C*s1 + (1-C)*g2**2; "
    "h := m2/(1-B**2); k := s2/(1-C**2); w2 := w1 - a*h/sqrt(k)"
)
PAGE = {
    "m1": "m_1",
    "m2": "m_2",
    "s1": "v_1",
    "s2": "v_2",
    "h": r"\hat m_2",
    "k": r"\hat v_2",
    "w1": r"\theta_1",
    "w2": r"\theta_2",
}
PAGE |= {"B": r"\beta_1", "C": r"\beta_2", "a": r"\alpha", "g1": "g_1", "g2": "g_2"}


def given(p):
    return {"B": 0.9, "C": 0.96, "a": 0.1, "w1": 1, "g1": p["g"], "g2": -p["h"]}


def wrong(p, rule):
    return Values(f"{STEP}; {rule}", given(p), "q", digits=4).typed()


problem = Problem(
    title="Adam's second step, and why its averages are corrected",
    topics=("optimisation", "Adam", "moving averages"),
    difficulty=2,
    params={"g": Integers(1, 6), "h": Integers(1, 6)},
    where=lambda p: p["g"] not in (p["h"], 1) and p["h"] > 1,
    statement=r"""
A moving average starts at $m_0 = 0$ and goes on as $m_t = \beta m_{t-1} + (1 - \beta) g_t$ for $t = 1, \dots, T$, with $0 < \beta < 1$.
""",
    working=(average, weight_total),
    parts={
        "a": Part(
            ask=r"Give $m_T$ in terms of $\beta$ and $g_1, \dots, g_T$.",
            answer=Answer(average),
            marks=2,
            mistakes=(
                Mistake(
                    r"\sum_{t=1}^{T} g_t \beta^{T-t}", r"The newest value enters with a factor.", 1, "wrong-normaliser"
                ),
                Mistake(r"(1 - \beta) \sum_{t=1}^{T} g_t \beta^t", "Which value fades most?", 1, "reversed-time"),
                Mistake(r"\frac{1}{T} \sum_{t=1}^{T} g_t", "That is the plain mean.", 0, "own-plain-mean"),
            ),
            hints=(
                r"Put the rule into itself once.",
                r"The value of step $t$ is multiplied by $1 - \beta$ once, and by $\beta$ in each of the $T - t$ later steps.",
            ),
        ),
        "b": Part(
            ask=r"What do the weights of $g_1, \dots, g_T$ in $m_T$ add up to? Give it without a sum sign.",
            answer=Answer(weight_total),
            form=Form(closed=True),
            mistakes=(
                Mistake("1", "Try $T = 1$: the start at 0 still has a share.", 0, "missing-bias-correction"),
                Mistake(r"\beta^T", "That is the share that the start at 0 still has.", 0, "complement"),
                Mistake(r"1 - \beta^{T-1}", "Try $T = 1$.", 0, "off-by-one"),
            ),
            hints=("It is a geometric sum.", "Or: what would $m_T$ be if all values were 1?"),
        ),
        "c": Part(
            ask=r"Adam keeps two such averages, $m_t$ of the gradients with $\beta_1 = 0.9$ and $v_t$ of their squares with $\beta_2 = 0.96$, divides each by the sum of (b) for "
            r"its own $\beta$ and the number of steps so far, and moves $\theta$ by $-\alpha \hat m_t/\sqrt{\hat v_t}$ (here $\epsilon = 0$) with $\alpha = 0.1$. The first two gradients are $<< g >>$ "
            r"and $<< -h >>$, and $\theta_1 = 1$ after the first step. Give $\theta_2$ to four decimals.",
            answer=lambda p: Values(
                STEP, given(p), "w2", digits=4, latex=PAGE, shown=("m1", "m2", "s1", "s2", "h", "k", "w2")
            ),
            marks=3,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "q := w1 - a*m2/sqrt(s2)"), "The averages are not corrected.", 1, "missing-bias-correction"
                ),
                Mistake(wrong(p, "q := w1 - a*h/k"), "The root is missing.", 1, "missing-root"),
                Mistake(wrong(p, "q := w1 + a*h/sqrt(k)"), "A step goes against the average.", 2, "sign"),
                Mistake(
                    wrong(p, "q := w1 - a*(m2/(1-B))/sqrt(s2/(1-C))"),
                    "By the second step more than one value has a weight.",
                    2,
                    "off-by-one",
                ),
            ),
            hints=(
                r"$m_1 = (1 - \beta_1) g_1$, and so on: two averages, two steps each.",
                r"The sums of (b) for $T = 2$ are $1 - \beta_1^2$ and $1 - \beta_2^2$.",
            ),
        ),
    },
)
