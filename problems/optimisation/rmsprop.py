"""RMSProp in letters and one step in numbers."""

from derive import Answer, Integers, Mistake, Part, Problem, Values
from derive.derivations.adaptive import rmsprop, square_average

STEP = "u := A*v + (1-A)*g**2; q := w - r*g/sqrt(u)"
PAGE = {"u": "v_2", "v": "v_1", "g": "g_2", "w": "w_1", "q": "w_2", "A": r"\alpha", "r": r"\eta"}


def given(p):
    return {"A": 0.75, "v": p["v"], "g": p["g"], "w": 1, "r": 0.1}


def wrong(p, rule):
    return Values(f"{STEP}; {rule}", given(p), "m", digits=4).typed()


problem = Problem(
    title="RMSProp",
    topics=("optimisation", "RMSProp", "moving averages"),
    difficulty=2,
    params={"v": Integers(1, 9), "g": Integers(2, 6)},
    where=lambda p: p["v"] not in (p["g"], p["g"] ** 2),
    statement=r"""
RMSProp keeps an average of squared gradients, $v_t = \alpha v_{t-1} + (1 - \alpha) g_t^2$ with $v_0 = 0$ and $0 < \alpha < 1$, and makes the steps
$w_t = w_{t-1} - \eta\, g_t/(\sqrt{v_t} + \epsilon)$ for $t = 1, \dots, T$, with the learning rate $\eta > 0$ and a small $\epsilon > 0$ *beside* the root. All are numbers; nothing is corrected.
""",
    working=(square_average, rmsprop),
    parts={
        "a": Part(
            ask=r"Give $v_T$ in terms of $\alpha$ and $g_1, \dots, g_T$.",
            answer=Answer(square_average),
            marks=2,
            mistakes=(
                Mistake(
                    r"(1 - \alpha) \sum_{t=1}^{T} g_t \alpha^{T-t}",
                    "The average is one of squares.",
                    1,
                    "missing-power",
                ),
                Mistake(
                    r"\sum_{t=1}^{T} g_t^2", "That is AdaGrad's sum, which forgets nothing.", 0, "own-other-method"
                ),
                Mistake(
                    r"(1 - \alpha) \sum_{t=1}^{T} g_t^2 \alpha^t", "Which gradient fades most?", 1, "reversed-time"
                ),
                Mistake(
                    r"\sum_{t=1}^{T} g_t^2 \alpha^{T-t}",
                    "The newest square enters with a factor.",
                    1,
                    "wrong-normaliser",
                ),
            ),
            hints=(
                "Put the rule into itself once.",
                r"The square of step $t$ is multiplied by $1 - \alpha$ once and by $\alpha$ in every later step.",
            ),
        ),
        "b": Part(
            ask=r"Give $w_T$ in terms of $w_{T-1}$, $\eta$, $\epsilon$, $\alpha$ and the gradients alone.",
            answer=Answer(rmsprop),
            marks=2,
            mistakes=(
                Mistake(
                    r"w_{T-1} - \frac{\eta g_T}{\sqrt{(1 - \alpha) \sum_{t=1}^{T} g_t^2 \alpha^{T-t} + \epsilon}}",
                    r"Where does $\epsilon$ stand in this rule?",
                    1,
                    "epsilon-inside-root",
                ),
                Mistake(
                    r"w_{T-1} - \frac{\eta g_T}{(1 - \alpha) \sum_{t=1}^{T} g_t^2 \alpha^{T-t} + \epsilon}",
                    "Something is missing in the denominator.",
                    1,
                    "missing-root",
                ),
                Mistake(
                    r"w_{T-1} + \frac{\eta g_T}{\sqrt{(1 - \alpha) \sum_{t=1}^{T} g_t^2 \alpha^{T-t}} + \epsilon}",
                    "A step goes against the gradient.",
                    1,
                    "sign",
                ),
            ),
            hints=("Put (a) into the step.",),
        ),
        "c": Part(
            ask=r"Let $\alpha = 0.75$, $\eta = 0.1$, $\epsilon = 0$. After one step $v_1 = << v >>$ and $w_1 = 1$; the next gradient is $g_2 = << g >>$. Give $w_2$ to four decimals.",
            answer=lambda p: Values(STEP, given(p), "q", digits=4, latex=PAGE, shown=("u", "q")),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "m := w - r*g/sqrt(v)"),
                    "The new gradient enters the average before the step.",
                    1,
                    "old-value-for-new",
                ),
                Mistake(wrong(p, "m := w - r*g/u"), "Something is missing in the denominator.", 1, "missing-root"),
                Mistake(
                    wrong(p, "m := w - r*g/sqrt(A*v + (1-A)*g)"), "The average is one of squares.", 0, "missing-power"
                ),
            ),
            hints=("First $v_2$, from $v_1$ and $g_2$.", r"Then divide $\eta g_2$ by $\sqrt{v_2}$."),
        ),
    },
)
