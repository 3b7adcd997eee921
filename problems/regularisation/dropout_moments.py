"""What a unit receives under dropout: its mean, its variance, and both in numbers."""

from derive import Answer, Integers, Mistake, Number, Part, Problem
from derive.derivations import dropout


def unit(p):
    return {"n": 2, "w": [p["w1"], p["w2"]], "x": [p["x1"], p["x2"]], "k": [p["k1"] / 10, p["k2"] / 10]}


problem = Problem(
    title="A unit under dropout",
    topics=("regularisation", "dropout", "variance"),
    difficulty=2,
    params={
        "w1": Integers(1, 4),
        "w2": Integers(-4, -1),
        "x1": Integers(2, 5),
        "x2": Integers(2, 5),
        "k1": Integers(6, 9),
        "k2": Integers(2, 4),
    },
    where=lambda p: p["w1"] * p["x1"] * p["k1"] + p["w2"] * p["x2"] * p["k2"] != 0,
    statement=r"""
A unit adds up $n$ inputs under dropout,

$$a = \sum_{i=1}^{n} m_i\, w_i\, x_i,$$

where the weights $w_i$ and the inputs $x_i$ are fixed real numbers and the $m_i$ are independent: $m_i = 1$ with the probability $\pi_i$ (the unit is
kept), and else $m_i = 0$. Nothing is rescaled.
""",
    working=(dropout.dropout_variance,),
    parts={
        "a": Part(
            ask=r"Give the mean $\mathbb{E}[a]$ in terms of $w$, $x$ and $\pi$.",
            answer=Answer(dropout.dropout_mean),
            mistakes=(
                Mistake(
                    r"\sum_{i=1}^{n} w_i x_i",
                    "That is the sum when no input is dropped. How often is input $i$ there?",
                    id="mask-forgotten",
                ),
                Mistake(
                    r"\sum_{i=1}^{n} w_i x_i (1 - \pi_i)",
                    r"Read again what $\pi_i$ is the probability of: staying, or going?",
                    id="complement",
                ),
                Mistake(
                    r"\frac{1}{n} \sum_{i=1}^{n} w_i x_i \pi_i",
                    "The mean is over masks, and not over the inputs: the unit still adds its inputs up.",
                    id="mean-for-sum",
                ),
            ),
            hints=(
                "The mean of a sum is the sum of the means, and $w_i x_i$ is a fixed number.",
                r"What is the mean of $m_i$, which is 1 or 0?",
            ),
        ),
        "b": Part(
            ask=r"Give the variance $\operatorname{Var}[a]$ in terms of $w$, $x$ and $\pi$.",
            answer=Answer(dropout.dropout_variance),
            marks=3,
            mistakes=(
                Mistake(
                    r"\sum_{i=1}^{n} w_i x_i \pi_i (1 - \pi_i)",
                    "A fixed factor leaves a variance as its square.",
                    keeps=1,
                    id="missing-power",
                ),
                Mistake(
                    r"\sum_{i=1}^{n} w_i^2 x_i^2 \pi_i",
                    "That is the sum of the mean squares. The squares of the means must be taken off.",
                    keeps=1,
                    id="constant-dropped",
                ),
                Mistake(
                    r"\sqrt{\sum_{i=1}^{n} w_i^2 x_i^2 \pi_i (1 - \pi_i)}",
                    "That is the standard deviation.",
                    keeps=2,
                    id="variance-for-deviation",
                ),
            ),
            hints=(
                "The variance is the mean of the square less the square of the mean.",
                r"For $i \ne j$ independence gives $\mathbb{E}[m_i m_j] = \pi_i \pi_j$: those terms cancel.",
                r"For $i = j$ use $m_i^2 = m_i$.",
            ),
        ),
        "c": Part(
            ask=r"Take $n = 2$, $w = (<< w1 >>, << w2 >>)$, $x = (<< x1 >>, << x2 >>)$ and $\pi = (<< k1/10 >>, << k2/10 >>)$. "
            r"What is $\operatorname{Var}[a]$, exactly?",
            answer=lambda p: Number.from_derivation(dropout.dropout_variance, **unit(p)),
            mistakes=(
                Mistake(
                    "<< w1*w1*x1*x1*k1 + w2*w2*x2*x2*k2 >>/10",
                    "That is the sum of the mean squares, not of the variances.",
                    id="constant-dropped",
                ),
                Mistake(
                    "<< w1*x1*k1*(10 - k1) + w2*x2*k2*(10 - k2) >>/100",
                    "A fixed factor leaves a variance as its square.",
                    id="missing-power",
                ),
            ),
            hints=("Put the numbers into (b), one input at a time.",),
        ),
    },
)
