"""Direct preference optimisation: its gradients, and the loss at the start."""

from derive import Answer, Integers, Mistake, Part, Problem, Values
from derive.derivations import objectives_more, preferences

LOSS = "m := beta*d; q := sigma(m); L := -log(q)"


def start(p):
    return {"beta": p["beta"] / 10, "d": p["d"]}


problem = Problem(
    title="Learning from preferences",
    topics=("preference optimisation", "sigmoid", "chain rule"),
    difficulty=2,
    params={"beta": Integers(1, 5), "d": Integers(2, 6)},
    statement=r"""
A language model gives a preferred answer the log-probability $a$ and another answer $b$; a fixed reference model gives them $a_{\text{ref}}$ and $b_{\text{ref}}$. With $\beta > 0$ and
$\sigma(m) = 1/(1 + e^{-m})$, direct preference optimisation minimises

$$L = -\log q, \qquad q = \sigma(m), \qquad m = \beta \left((a - a_{\text{ref}}) - (b - b_{\text{ref}})\right).$$

Logarithms are natural.
""",
    working=(preferences.dpo, objectives_more.dpo_other),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial a$ in terms of $\beta$ and $q$.",
            answer=Answer(preferences.dpo, means={"q": r"\sigma(m)"}),
            marks=2,
            mistakes=(
                Mistake(
                    r"-\beta q",
                    "Where the preference is already certain nothing should be left to learn.",
                    keeps=1,
                    id="complement",
                ),
                Mistake("-(1 - q)", "$a$ goes into $m$ with a factor.", keeps=1, id="missing-chain-factor"),
                Mistake(
                    r"\beta (1 - q)",
                    "The sign: a higher probability of the preferred answer lowers the loss.",
                    keeps=1,
                    id="sign",
                ),
                Mistake(
                    r"-\frac{\beta}{q}", "The slope of the sigmoid is missing.", keeps=1, id="missing-chain-factor"
                ),
            ),
            hints=(
                r"$\partial L/\partial q = -1/q$.",
                r"$\sigma' = \sigma(1 - \sigma)$: one factor cancels.",
                r"$\partial m/\partial a = \beta$.",
            ),
        ),
        "b": Part(
            ask=r"Give $\partial L/\partial b$ in terms of $\beta$ and $q$.",
            answer=Answer(objectives_more.dpo_other, means={"q": r"\sigma(m)"}),
            mistakes=(
                Mistake(r"-\beta (1 - q)", "$b$ goes into $m$ with the other sign.", id="sign"),
                Mistake(
                    r"\beta q",
                    "Where the preference is already certain nothing should be left to learn.",
                    id="complement",
                ),
            ),
            hints=("Compare how $a$ and $b$ go into $m$.",),
        ),
        "c": Part(
            ask=r"The model starts as the reference. What is $L$ then? Give four decimals.",
            answer=Values("L := -log(sigma(m))", {"m": 0}, "L", digits=4),
            mistakes=(
                Mistake("0", "$m$ is 0 then, but $q$ is not 1.", id="own-certain"),
                Mistake("0.5", "That is $q$.", id="own-probability-for-loss"),
                Mistake("1", "The logarithm is natural.", id="base-2-for-natural"),
            ),
            hints=(
                "What is $m$ at the start? And $q$?",
                r"Both differences are 0, so that $q = \sigma(0)$; take minus its logarithm.",
            ),
        ),
        "d": Part(
            ask=r"After some training $(a - a_{\text{ref}}) - (b - b_{\text{ref}}) = << d >>$, with $\beta = << beta/10 >>$. What is $\partial L/\partial a$? Give four decimals.",
            answer=lambda p: Values(
                "m := beta*(a - c); q := sigma(m); L := -log(q)",
                {"beta": p["beta"] / 10, "a": p["d"], "c": 0},
                "a_bar",
                digits=4,
                latex={"beta": r"\beta", "c": r"\gamma"},
                shown=("m", "q", "a_bar"),
            ),
            mistakes=lambda p: (
                Mistake(
                    Values(f"{LOSS}; w := -beta*q + 0*L", start(p), "w", digits=4).typed(),
                    "Use $1 - q$.",
                    id="complement",
                ),
                Mistake(
                    Values(f"{LOSS}; w := -(1 - q) + 0*L", start(p), "w", digits=4).typed(),
                    "The factor $\\beta$ is missing.",
                    id="missing-chain-factor",
                ),
            ),
            hints=(
                "Work out $m$ and $q$, and put them into (a).",
                r"$m$ is $\beta$ times the given difference, and $q = 1/(1 + e^{-m})$. The loss falls where $a$ grows: mind the sign.",
            ),
        ),
    },
)
