"""Batch normalisation, back: scale, shift, input."""

from derive import Answer, Mistake, Part, Problem, Symbol
from derive.derivations.normalisation import batch_norm_input, batch_norm_scale, batch_norm_shift

NAMES = {"y_bar": Symbol(("N", "C"), latex=r"\delta")}

problem = Problem(
    title="Back through batch normalisation",
    topics=("batch normalisation", "backpropagation"),
    difficulty=3,
    statement=r"""
A batch has $N$ examples with $C$ features, $x \in \mathbb{R}^{N \times C}$. Batch normalisation computes for every feature $c$

$$\mu_c = \frac1N \sum_{n=1}^{N} x_{n,c}, \quad \sigma_c = \sqrt{\frac1N \sum_{n=1}^{N} (x_{n,c} - \mu_c)^2 + \epsilon}, \quad
\hat x_{n,c} = \frac{x_{n,c} - \mu_c}{\sigma_c}, \quad y_{n,c} = \gamma_c \hat x_{n,c} + \beta_c,$$

with $\epsilon > 0$. Backpropagation has delivered $\delta_{n,c} = \partial L/\partial y_{n,c}$.
""",
    working=(batch_norm_scale, batch_norm_shift, batch_norm_input),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial \gamma_c$ in terms of $\delta$ and $\hat x$.",
            answer=Answer(batch_norm_scale, symbols=NAMES),
            mistakes=(
                Mistake(
                    r"\frac{1}{N} \sum_{n=1}^{N} \delta_{n,c} \hat{x}_{n,c}",
                    r"Any mean is in $L$, and so in $\delta$, already.",
                    0,
                    "mean-for-sum",
                ),
                Mistake(r"\sum_{n=1}^{N} \delta_{n,c} x_{n,c}", r"What does $\gamma_c$ multiply?", 0, "unnormalised"),
                Mistake(r"\sum_{n=1}^{N} \delta_{n,c}", "That is the other parameter.", 0, "slope-of-wrong-variable"),
            ),
            hints=(
                r"$\gamma_c$ is used for every example of the batch.",
                r"$\partial y_{n,c}/\partial \gamma_c = \hat x_{n,c}$; add over $n$.",
            ),
        ),
        "b": Part(
            ask=r"Give $\partial L/\partial \beta_c$ in terms of $\delta$.",
            answer=Answer(batch_norm_shift, symbols=NAMES),
            mistakes=(
                Mistake(
                    r"\frac{1}{N} \sum_{n=1}^{N} \delta_{n,c}",
                    r"Any mean is in $L$, and so in $\delta$, already.",
                    0,
                    "mean-for-sum",
                ),
                Mistake(
                    r"\sum_{n=1}^{N} \sum_{c=1}^{C} \delta_{n,c}",
                    "Each feature has a shift of its own.",
                    0,
                    "extra-sum",
                ),
            ),
            hints=(r"$\beta_c$ is added for every example of the batch.",),
        ),
        "c": Part(
            ask=r"Give $\partial L/\partial x_{n,c}$ in terms of $\delta$, $\hat x$, $\gamma$ and $\sigma$.",
            answer=Answer(batch_norm_input, symbols=NAMES),
            marks=4,
            mistakes=(
                Mistake(
                    r"\frac{\gamma_c}{\sigma_c} \delta_{n,c}",
                    r"$\mu$ and $\sigma$ move with $x$ as well.",
                    1,
                    "direct-path-only",
                ),
                Mistake(
                    r"\frac{\gamma_c}{\sigma_c} \left(\delta_{n,c} - \frac{1}{N} \sum_{j=1}^{N} \delta_{j,c}\right)",
                    r"$\sigma$ moves with $x$ as well.",
                    2,
                    "dropped-path",
                ),
                Mistake(
                    r"\frac{\gamma_c}{\sigma_c} \left(\delta_{n,c} - \frac{\hat{x}_{n,c}}{N} \sum_{j=1}^{N} \delta_{j,c} \hat{x}_{j,c}\right)",
                    r"$\mu$ moves with $x$ as well.",
                    2,
                    "dropped-path",
                ),
                Mistake(
                    r"\frac{\gamma_c}{\sigma_c} \left(\delta_{n,c} - \sum_{j=1}^{N} \delta_{j,c} - \hat{x}_{n,c} \sum_{j=1}^{N} \delta_{j,c} \hat{x}_{j,c}\right)",
                    r"How much does one example count in $\mu$ and $\sigma$?",
                    2,
                    "sum-for-mean",
                ),
                Mistake(
                    r"\frac{1}{\sigma_c} \left(\delta_{n,c} - \frac{1}{N} \sum_{j=1}^{N} \delta_{j,c} - \frac{\hat{x}_{n,c}}{N} \sum_{j=1}^{N} \delta_{j,c} \hat{x}_{j,c}\right)",
                    r"$\delta$ arrives at $y$: there is one factor more on the way to $\hat x$.",
                    3,
                    "missing-chain-factor",
                ),
            ),
            hints=(
                r"First $\partial L/\partial \hat x_{n,c} = \gamma_c \delta_{n,c}$. Then three ways: directly, through $\mu_c$, through $\sigma_c$.",
                r"$\partial \mu_c/\partial x_{n,c} = \frac1N$ and $\partial \sigma_c/\partial x_{n,c} = \frac{1}{N} \hat x_{n,c}$.",
                r"Every example of the batch reads $\mu_c$ and $\sigma_c$: $\partial \hat x_{j,c}/\partial \mu_c = -1/\sigma_c$ and $\partial \hat x_{j,c}/\partial \sigma_c = -\hat x_{j,c}/\sigma_c$.",
            ),
        ),
    },
)
