"""Logistic regression with labels −1 and 1."""

from derive import Answer, Form, Integers, Mistake, Part, Problem, Values
from derive.derivations.classification import logistic_margin
from derive.derivations.losses import logistic_labels

LOSS = "m := y*x*w; L := log(1 + exp(-m))"


def given(p):
    return {"y": p["y"], "x": p["x"] / 10, "w": p["w"] / 10}


def wrong(p, rule):
    return Values(f"{LOSS}; {rule}", given(p), "q", digits=4).typed()


problem = Problem(
    title="Logistic regression with labels −1 and 1",
    topics=("logistic regression", "margins", "conventions"),
    difficulty=2,
    params={"y": Integers(-1, 1), "x": Integers(4, 15), "w": Integers(4, 15)},
    where=lambda p: p["y"] != 0,
    statement=r"""
The labels of $N$ examples, the rows of $X \in \mathbb{R}^{N \times d}$, are $y_s \in \{-1, 1\}$. With weights $w \in \mathbb{R}^d$ the margin of an example is
$m_s = y_s \sum_{j=1}^{d} X_{s,j} w_j$, the probability of its label is $q_s = \sigma(m_s) = 1/(1 + e^{-m_s})$, and the loss is the sum
$L = -\sum_{s=1}^{N} \log q_s$, with natural logarithms.
""",
    working=(logistic_margin, logistic_labels),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial w_j$ in terms of $X$, $y$ and $q$.",
            answer=Answer(logistic_margin),
            marks=3,
            mistakes=(
                Mistake(r"\sum_{s=1}^{N} y_s X_{s,j} (1 - q_s)", "A larger margin makes the loss smaller.", 2, "sign"),
                Mistake(
                    r"\sum_{s=1}^{N} X_{s,j} (q_s - y_s)", "That form belongs to labels 0 and 1.", 1, "own-other-labels"
                ),
                Mistake(
                    r"-\sum_{s=1}^{N} X_{s,j} (1 - q_s)", "The label is part of the margin.", 1, "missing-chain-factor"
                ),
                Mistake(r"-\sum_{s=1}^{N} y_s X_{s,j} q_s", r"What is the slope of $\log\sigma$?", 1, "complement"),
            ),
            hints=(
                r"$\partial L/\partial w_j = \sum_s \partial L/\partial m_s \cdot \partial m_s/\partial w_j$.",
                r"The slope of $\log \sigma(m)$ is $\sigma'(m)/\sigma(m)$, and $\sigma' = \sigma (1 - \sigma)$.",
                r"So $\partial L/\partial m_s = -(1 - q_s)$.",
            ),
        ),
        "b": Part(
            ask=r"For one logit $z \in \mathbb{R}$ the loss with a label $t \in \{0, 1\}$ is $-t \log\sigma(z) - (1 - t) \log(1 - \sigma(z))$. Put $t = (1 + y)/2$ with $y \in \{-1, 1\}$, and give the loss as *one* logarithm in $y$ and $z$.",
            answer=Answer(logistic_labels),
            marks=2,
            form=Form(
                factored=True,
                keeps=1,
                say="Right in value, but not one logarithm: what do the two cases have in common?",
            ),
            mistakes=(
                Mistake(r"\log(\sigma(y z))", "A loss is not negative: look at the sign.", 1, "sign"),
                Mistake(r"-\log(\sigma(-y z))", "Try it at $y = 1$.", 1, "sign"),
                Mistake(r"-y \log(\sigma(z))", "Try it at $y = -1$.", 0, "own-label-outside"),
            ),
            hints=(r"Look at $y = 1$ and at $y = -1$ by themselves.", r"$1 - \sigma(z) = \sigma(-z)$."),
        ),
        "c": Part(
            ask="One example with one feature: $x = << x/10 >>$, $y = << y >>$, $w = << w/10 >>$. Give $L$ to four decimals.",
            answer=lambda p: Values(LOSS, given(p), "L", digits=4, shown=("m", "L")),
            mistakes=lambda p: (
                Mistake(wrong(p, "q := log(1 + exp(m))"), "Check the sign of the margin in the exponent.", 0, "sign"),
                Mistake(wrong(p, "q := L/log(2)"), "Logarithms are natural here.", 0, "base-2-for-natural"),
            ),
            hints=("Work out the margin first.", r"$-\log \sigma(m) = \log(1 + e^{-m})$."),
        ),
    },
)
