"""Answers in students' own words and notations: right ones are right, and what cannot be read is not called wrong."""

import pytest

from derive.bank.banks import bank
from derive.bank.grade import grade_part

STATE, GATE, OPTIMAL = "sequences/recurrent_jacobian", "sequences/lstm_memory", "generative/optimal_discriminator"
STEP, KERNEL, GAME = "networks/two_layer_step", "conv/kernel_size", "generative/gan_game"
DESCENT, DELTA, HAMMING = "optimisation/quadratic_descent", "losses/delta_rule", "networks/hamming_parity"


def verdict(name: str, seed: int, part: str, answer: str) -> str:
    return grade_part(bank()[name].variant(seed).parts[part], answer)["verdict"]


@pytest.mark.parametrize(
    ("name", "seed", "part", "answer"),
    [
        (DELTA, 31, "a", r"r' = r - \eta q r"),
        (DELTA, 31, "a", r"r^\prime = r(1-\eta q)"),
        (DESCENT, 23, "b", r"\rho\eta > 0 and \rho\eta < 2"),
        (DESCENT, 23, "b", r"\rho\eta > 0 \text{ and } \rho\eta < 2"),
        (DESCENT, 23, "c", "ρη > 0 und ρη ≤ 1"),
        (DESCENT, 23, "c", r"0 < \rho\eta < 1 \text{ or } \rho\eta = 1"),
        (STEP, 23, "a", r"h_{1}\approx 0.9569,\; h_{2}\approx 0.4013"),
        (STEP, 23, "a", "h = {0.9569, 0.4013}"),
        ("networks/composition_jacobian", 23, "a", "{{0,-1},{9,6},{12,4}}"),
        (KERNEL, 23, "b", "62'452"),
        (KERNEL, 23, "b", "62,400 + 52 = 62,452"),
        ("conv/worked_example", 23, "c", "2,169/9"),
        (STATE, 23, "a", r"\left(1 - h_{ti}^2\right) W_{ij}"),
        (STATE, 23, "b", r"\sum_t \bar h_{ti} (1-h_{ti}^2) h_{t-1,j}"),
        (GATE, 23, "a", r"f_{tj}\,\delta_{jk}"),
        (GATE, 23, "c", "0.9902"),
        (STATE, 23, "c", "-0.437"),
        ("theory/sample_sizes", 31, "a", "n = 2174 examples"),
        ("conv/toeplitz", 23, "d", "19.2 times as many"),
        (KERNEL, 23, "a", "7–10"),
        (KERNEL, 23, "a", "from 7 to 10"),
        (KERNEL, 23, "a", "K from 7 to 10 inclusive"),
        (KERNEL, 23, "a", "list(range(7, 11))"),
        (DESCENT, 23, "a", r"\left(1-(1-\rho\eta)^{\tau}\right) c^\star"),
        (DESCENT, 23, "a", "c* (1 − (1 − ρη)^τ)"),
        (DESCENT, 23, "a", "c* - c*(1-ρη)^τ"),
        (OPTIMAL, 23, "b", "D* = p_data(x) / (p_data(x) + p_G(x))"),
        (OPTIMAL, 23, "a", "p_data(x)/D(x) − p_G(x)/(1 − D(x))"),
        (
            "generative/gaussian_divergence",
            31,
            "a",
            "np.log(sigma2/sigma1) + (sigma1**2 + (mu1-mu2)**2)/(2*sigma2**2) - 0.5",
        ),
        ("networks/sine_squared", 31, "a", r"f'(w) = 2\sin(w^2+1)\cos(w^2+1)\cdot 2w = 2w\sin(2w^2+2)"),
    ],
)
def test_right(name: str, seed: int, part: str, answer: str) -> None:
    assert verdict(name, seed, part, answer) == "equal"


@pytest.mark.parametrize(
    ("name", "seed", "part", "answer"),
    [
        (DELTA, 31, "a", r"r' = r(1+\eta q)"),
        (DESCENT, 23, "b", r"\rho\eta > 0 and \rho\eta < 1"),
        (DESCENT, 23, "b", r"\rho\eta > 0 or \rho\eta < 2"),
        ("networks/sine_squared", 31, "a", r"4wv\cos u"),
        ("conv/toeplitz", 23, "b", "NK"),
        (GAME, 23, "b", "{6/13, 4/7}"),
        (GATE, 23, "c", "0.99"),
        (STATE, 23, "a", r"(1 - h_{tj}^2) W_{ij}"),
        (GATE, 23, "a", r"i_{tj}\delta_{jk}"),
        (DESCENT, 23, "a", "c* + c*(1-ρη)^τ"),
        (DESCENT, 23, "a", "c**(1 - (1 − ρη)^τ)"),
        (KERNEL, 23, "b", "62'400"),
        (KERNEL, 23, "b", "1,201, 52"),
        (STEP, 23, "a", "h_1 = 0.4013, h_2 = 0.9569"),
    ],
)
def test_not_right(name: str, seed: int, part: str, answer: str) -> None:
    assert verdict(name, seed, part, answer) in ("different", "partly")


@pytest.mark.parametrize(
    ("name", "seed", "part", "answer", "word"),
    [
        ("theory/sample_sizes", 31, "a", "at least 2174", "'at'"),
        ("theory/sample_sizes", 31, "c", "0.25/(0.02*0.03^2) = 13888.9, so 13889", "'so'"),
        ("conv/toeplitz", 23, "b", "A is 8x12, so 96", "'is'"),
        ("generative/gan_game", 23, "g", "W = 1.6 m", "'m'"),
        (DESCENT, 23, "b", "ρη > 0 sowie ρη < 2", "'sowie'"),
        (HAMMING, 23, "a", "P_1 = P_1", "'P'"),
        (HAMMING, 23, "a", "P_1 = the XOR of what it covers", "'P'"),
    ],
)
def test_words_wait_and_are_told(name: str, seed: int, part: str, answer: str, word: str) -> None:
    found = grade_part(bank()[name].variant(seed).parts[part], answer)
    assert found["verdict"] == "unreadable"
    assert word in found["feedback"]


@pytest.mark.parametrize(
    ("name", "part", "answer", "sentence"),
    [
        (STEP, "h", "c = −0,4745", "decimal comma"),
        (STEP, "b", "76,4 %", "decimal comma"),
        ("sequences/lstm_memory", "b", "0,576", "decimal comma"),
        (STEP, "a", "h_a = 0.9569, h_b = 0.4013", "which of these values"),
        (STEP, "a", "σ(3.1) ≈ 0.9569, σ(−0.4) ≈ 0.4013", "which of these values"),
        (GAME, "b", "0.4/0.7 = 4/7, 0.6/1.3 = 6/13", "which of these values"),
        (DESCENT, "d", "c_1 = 6, c_2 = 10", "which of these values"),
    ],
)
def test_what_is_meant_is_asked(name: str, part: str, answer: str, sentence: str) -> None:
    found = grade_part(bank()[name].variant(23).parts[part], answer)
    assert found["verdict"] == "unreadable"
    assert sentence in found["feedback"]


@pytest.mark.parametrize(
    ("name", "part", "answer", "sentence"),
    [
        (STEP, "a", "(0.9569, 0.5987)", "look again at entry 2."),
        (STEP, "e", "[[1.9016, 0.6016], [-1.4963, 0.2963]]", "look again at row 2 column 2."),
        (DESCENT, "a", "c(1-(1-ρη)^τ)", r"a list of $\tau$ + 1 entries"),
    ],
)
def test_places_and_sizes_are_told_as_the_page_counts_them(name: str, part: str, answer: str, sentence: str) -> None:
    assert sentence in grade_part(bank()[name].variant(23).parts[part], answer)["feedback"]
