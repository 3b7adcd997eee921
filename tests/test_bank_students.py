"""Answers in students' own words and notations: right ones are right, and what cannot be read is not called wrong."""

import pytest

from derive.bank.banks import bank
from derive.bank.grade import grade_part

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
