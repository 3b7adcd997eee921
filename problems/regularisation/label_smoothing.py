"""Label smoothing: its gradient, and the logits that it stops at."""

from derive import Answer, Integers, Mistake, Number, Part, Problem
from derive.derivations import objectives_limits

problem = Problem(
    title="Label smoothing",
    topics=("regularisation", "label smoothing", "cross-entropy"),
    difficulty=2,
    params={"K": Integers(3, 20), "e": Integers(1, 5)},
    statement=r"""
A classifier with $K$ classes has the logits $z_1, \dots, z_K$ and the probabilities $p_i = e^{z_i}/\sum_{k=1}^{K} e^{z_k}$. The label is one-hot,
$y_i \in \{0, 1\}$ with $\sum_i y_i = 1$. Label smoothing with $0 < \epsilon < 1$ replaces it by the targets

$$t_i = (1 - \epsilon)\, y_i + \frac{\epsilon}{K}, \qquad L = -\sum_{i=1}^{K} t_i \log p_i.$$

Logarithms are natural.
""",
    working=(objectives_limits.label_smoothing, objectives_limits.smoothing_gap),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial z_j$ in terms of $p$ and $t$, or of $p$, $y$, $\epsilon$ and $K$.",
            answer=Answer(objectives_limits.label_smoothing, means={"t": r"(1 - \epsilon) y + \epsilon / K"}),
            marks=2,
            mistakes=(
                Mistake("p_j - y_j", "That is the gradient for the hard label.", keeps=1, id="own-hard-label"),
                Mistake(
                    r"p_j - (1 - \epsilon) y_j",
                    "The other classes have a target above 0, too.",
                    keeps=1,
                    id="constant-dropped",
                ),
                Mistake(
                    r"(1 - \epsilon) y_j + \frac{\epsilon}{K} - p_j",
                    "The sign: raising the logit of a class that gets too little must lower the loss.",
                    keeps=1,
                    id="sign",
                ),
            ),
            hints=(
                "Leave the targets as $t$ at first: they are fixed numbers that add up to 1.",
                r"$\log p_i = z_i - \log \sum_k e^{z_k}$.",
                "Put the targets in at the very end.",
            ),
        ),
        "b": Part(
            ask=r"At the minimum of $L$, by how much does the logit of the right class exceed that of any other class? Give the gap "
            r"$\Delta z$ in terms of $\epsilon$ and $K$.",
            answer=Answer(objectives_limits.smoothing_gap),
            marks=3,
            mistakes=(
                Mistake(
                    r"\log\frac{1 - \epsilon}{\epsilon}",
                    r"The right class also has its share of $\epsilon$, and the rest is spread over all classes.",
                    keeps=1,
                    id="own-share-forgotten",
                ),
                Mistake(
                    r"\frac{K}{\epsilon} - K + 1",
                    "That is the ratio of two probabilities; a logit is on another scale.",
                    keeps=2,
                    id="own-ratio-for-logit",
                ),
                Mistake(
                    r"\log\frac{(1 - \epsilon) K}{\epsilon}",
                    r"The right class also has its share of $\epsilon$.",
                    keeps=2,
                    id="own-share-forgotten",
                ),
            ),
            hints=(
                "Where is the gradient of (a) zero in every logit?",
                r"There $p_i = t_i$, and a gap of logits is the logarithm of a ratio of probabilities.",
            ),
        ),
        "c": Part(
            ask=r"How large is the gap for $K = << K >>$ and $\epsilon = << e/20 >>$? Give three decimals.",
            answer=lambda p: Number.from_derivation(
                objectives_limits.smoothing_gap, digits=3, K=p["K"], eps=p["e"] / 20
            ),
            mistakes=(
                Mistake(
                    "log((1 - << e/20 >>)/<< e/20 >>)",
                    r"The $\epsilon$ is spread over all << K >> classes.",
                    id="own-share-forgotten",
                ),
                Mistake(
                    "log(<< K >>/<< e/20 >> - << K >> + 1)/log(2)",
                    "Logarithms are natural here.",
                    id="base-2-for-natural",
                ),
            ),
            hints=("Put the numbers into (b).",),
        ),
    },
)
