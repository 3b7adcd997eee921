"""Right answers that students type in their own way: names as on the page, written-out names, sums over a letter, brackets."""

from dataclasses import replace

import pytest

from derive import Answer, Symbol
from derive.derivations import attention, attention_memory, diffusion, dropout, flows, gaussian, hopfield

KEYS = Answer(attention_memory.gating_keys, means={"F": r"z^\top P"})
NAMED = replace(
    attention.causal_scores,
    symbols={**attention.causal_scores.symbols, "P_bar": Symbol(("T", "T"), "derived", r"\bar{P}")},
)
NOISE = Answer(
    diffusion.precision,
    means={"b": r"1 - \alpha_t", "d": r"1 - \bar{\alpha}_{t-1}", "D": r"1 - \alpha_t \bar{\alpha}_{t-1}"},
)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (KEYS, r"\frac{\xi_k}{\sqrt{n}} P_r \left(z_{r,c} - \sum_{t=1}^{s} P_t z_{t,c}\right)"),
        (KEYS, "xi[k]/sqrt(n)*P[r]*(z[r,c] - sum(P[t]*z[t,c], t))"),
        (NOISE, r"\frac{\alpha_t}{1 - \alpha_t} + \frac{1}{1 - \bar\alpha_{t-1}}"),
        (Answer(gaussian.divergence), "log(sigma_2/sigma_1) + (sigma_1**2 + (mu_1 - mu_2)**2)/(2*sigma_2**2) - 1/2"),
        (Answer(attention_memory.gating_softmax), "P[t]*([t == r] - P[r])"),
        (Answer(dropout.dropout_variance), "sum(w[i]**2*x[i]**2*pi[i]*(1 - pi[i]), i)"),
        (Answer(NAMED), "P[i,j]*(P_bar[i,j] - sum(P[i,k]*P_bar[i,k], k))"),
        (Answer(hopfield.energy_change), r"(x_k - x_k') \left(\sum_i w_{ki} x_i + b_k\right)"),
        (Answer(flows.planar_jacobian), r"[i = j] + u_i w_j f'(a)"),
    ],
)
def test_a_natural_spelling_is_right(answer: Answer, text: str) -> None:
    assert answer.judge(text).verdict == "equal"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (KEYS, r"\frac{\xi_k}{\sqrt{n}} P_r \left(z_{r,c} - \sum_{t=1}^{s} z_{t,c}\right)"),
        (NOISE, r"\frac{\alpha_t}{1 - \alpha_t} + \frac{1}{\bar\alpha_{t-1}}"),
        (Answer(attention_memory.gating_softmax), "P[t]*([t != r] - P[r])"),
        (Answer(dropout.dropout_variance), "sum(w[i]*x[i]**2*pi[i]*(1 - pi[i]), i)"),
    ],
)
def test_a_wrong_one_stays_wrong(answer: Answer, text: str) -> None:
    assert answer.judge(text).verdict == "different"
