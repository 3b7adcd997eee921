"""Distillation: the gradient at a temperature, what is left of it at a high one, and what a temperature does to two classes."""

from derive import Answer, Integers, Mistake, Part, Problem, Values
from derive.derivations import ensembles, objectives_limits

problem = Problem(
    title="Distillation and its temperature",
    topics=("regularisation", "distillation", "softmax"),
    difficulty=2,
    params={"gap": Integers(2, 9), "T": Integers(2, 5)},
    statement=r"""
A student with the logits $z_1, \dots, z_C$ learns from a teacher's probabilities $q_1, \dots, q_C$ at the temperature $T > 0$:

$$p_i = \frac{e^{z_i/T}}{\sum_{k=1}^{C} e^{z_k/T}}, \qquad L = -\sum_{i=1}^{C} q_i \log p_i.$$

The $q_i$ are fixed and add up to 1. Logarithms are natural.
""",
    working=(ensembles.distillation, objectives_limits.hot_distillation),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial z_j$ in terms of $p$, $q$ and $T$.",
            answer=Answer(ensembles.distillation),
            marks=2,
            mistakes=(
                Mistake(
                    "p_j - q_j",
                    "The logits are divided by something before the softmax: the chain rule needs its slope.",
                    keeps=1,
                    id="missing-chain-factor",
                ),
                Mistake(
                    r"\frac{q_j - p_j}{T}",
                    "The sign: where the student gives too little, raising the logit must lower the loss.",
                    keeps=1,
                    id="sign",
                ),
                Mistake(
                    r"T (p_j - q_j)",
                    "Dividing by a constant gives its reciprocal as the slope.",
                    keeps=1,
                    id="reciprocal",
                ),
                Mistake(
                    r"-\frac{q_j}{p_j}",
                    "That is the slope in $p_j$; the loss is asked for as a function of the logit.",
                    id="slope-of-wrong-variable",
                ),
            ),
            hints=(
                r"Write $\log p_i = z_i/T - \log \sum_k e^{z_k/T}$.",
                r"The derivative of the second term in $z_j$ is $p_j/T$.",
                r"$\sum_i q_i = 1$ is what makes the result short.",
            ),
        ),
        "b": Part(
            ask=r"The teacher has logits $v_1, \dots, v_C$ of its own, and $q$ is their softmax at the same temperature. Give the limit of "
            r"$T^2\, \partial L/\partial z_j$ as $T \to \infty$, in terms of $z$, $v$ and $C$.",
            answer=Answer(objectives_limits.hot_distillation),
            marks=3,
            mistakes=(
                Mistake(
                    r"\frac{z_j - v_j}{C}",
                    "That holds only for logits with the mean 0: a softmax does not see a common shift.",
                    keeps=2,
                    id="own-mean-forgotten",
                ),
                Mistake(
                    "z_j - v_j",
                    "At a high temperature each probability is close to the uniform one, whose size comes in.",
                    keeps=1,
                    id="unnormalised",
                ),
                Mistake(
                    "0",
                    "Each gradient tends to 0, but not faster than it is multiplied by $T^2$.",
                    id="own-limit-inside",
                ),
            ),
            hints=(
                r"For a large $T$, $e^{z/T} \approx 1 + z/T$.",
                r"So $p_j \approx \frac{1 + z_j/T}{C + \sum_k z_k/T}$; expand it to the first order in $1/T$.",
            ),
        ),
        "c": Part(
            ask=r"Two classes have logits that differ by $z_1 - z_2 = << gap >>$. How many times as probable as the second is the first at the temperature "
            r"$T = << T >>$? Give three decimals.",
            answer=lambda p: Values(
                "r := exp(gap/T)",
                {"gap": p["gap"], "T": p["T"]},
                "r",
                digits=3,
                latex={"r": "p_1/p_2", "gap": "(z_1 - z_2)"},
            ),
            mistakes=(
                Mistake("exp(<< gap >>)", "That is the ratio at the temperature 1.", id="own-temperature-forgotten"),
                Mistake(
                    "exp(<< gap >>)/<< T >>", "The temperature divides logits, not probabilities.", id="order-of-steps"
                ),
                Mistake("exp(<< gap*T >>)", "A higher temperature makes the classes more alike.", id="reciprocal"),
            ),
            hints=(
                "In the ratio of two probabilities the normaliser cancels.",
                "What is left is $e^{z_1/T}/e^{z_2/T} = e^{(z_1 - z_2)/T}$.",
            ),
        ),
    },
)
