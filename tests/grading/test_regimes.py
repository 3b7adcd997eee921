"""Formulas that turn into others at sizes which nobody draws: n = 10⁶, n = 1."""

import pytest

from derive import compare

X = {"x": {"shape": ["n"]}, "N": {"domain": "posint"}, "s": {"domain": "posint"}}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (r"+\lfloor n/10^6\rfloor", "different"),
        (r"+\mathbb{1}[n>10^6]", "different"),
        (r"+\mathbb{1}[n=123457]", "different"),
        (r"+2^{-n}\lfloor n/10^6\rfloor", "different"),
        (r"+\lfloor\sqrt{n}/1000\rfloor", "different"),
        (r"+\lfloor\log(n)/10\rfloor", "different"),
        (r"+\lfloor 1/n\rfloor", "different"),
        (r"+\max(0,n-1000)", "different"),
        (r"+\max(0,N-10^7)", "different"),
        (r"+\lfloor\sqrt N/1000\rfloor", "different"),
        (r"+\sum_{i=1000000}^n i", "different"),
        (r"\cdot\min(1,1000/n)", "different"),
        (r"\cdot\min(1,10^6/n)", "undecided"),
        (r"+\sum_{i=1}^n\lfloor i/10^6\rfloor", "undecided"),
        (r"+\lfloor n/2\rfloor+\lceil n/2\rceil-n", "equal"),
        (r"+\lfloor(n+2N)/s\rfloor-\lceil(n+2N+1)/s\rceil+1", "equal"),
        (r"+\max(0,-n)", "equal"),
        (r"+\lfloor\frac{n}{n+1}\rfloor", "equal"),
    ],
)
def test_every_side_of_a_switch_is_looked_at(more: str, expected: str) -> None:
    assert compare(r"\sum_i x_i", r"\sum_i x_i" + more, symbols=X).verdict == expected


def test_a_switch_in_an_entry() -> None:
    entry = {"symbols": X, "free_indices": {"i": "n"}}
    assert compare("x_i", r"x_i\mathbb{1}[i<700]", **entry).verdict == "different"
    assert compare("x_i", r"x_i\mathbb{1}[i<10^6]", **entry).verdict == "undecided"
    assert compare("x_i", r"x_i\mathbb{1}[i<n+1]", **entry).verdict == "equal"


def test_the_witness_says_what_is_left_out() -> None:
    found = compare(r"\sum_i x_i", r"\sum_i x_i+\lfloor n/10^6\rfloor", symbols=X).evidence
    assert found["note"] == "r is what both have in common"
    assert found["sizes"]["n"] >= 10**6
