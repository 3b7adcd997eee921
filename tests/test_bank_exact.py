"""Exact numbers: the key is the fraction that the result is worth, and no fraction that happens to be near."""

import pytest

from derive import Symbol, stated
from derive.bank.banks import bank
from derive.bank.grade import grade_part
from derive.bank.numbers import Number
from derive.derivations.catalogue import catalogue


def test_the_key_is_the_fraction_itself():
    kind = Number.from_derivation(catalogue()["willshaw-load"], n=10, r=3, S=3)
    assert kind.show() == "753571/1000000"
    assert kind.judge("(1 - 9/100)^3").verdict == "equal"
    assert kind.judge("6278/8331").verdict == "different"


@pytest.mark.parametrize(("q", "right"), [(3, "10"), (5, "162/25"), (7, "234/49")])
def test_a_share_that_no_float_holds_is_meant_exactly(q: int, right: str):
    kind = Number.from_derivation(catalogue()["gd-eigen-component"], rho=1 / q, eta=1, T=2, a=18)
    assert kind.show() == right
    assert kind.judge(f"18*(1 - (1 - 1/{q})^2)").verdict == "equal"


def test_the_bank_s_thirds_are_thirds():
    descent = bank()["optimisation/quadratic_descent"].variant(23).parts["d"]
    assert grade_part(descent, "18 (1 - (2/3)^2) = 10")["verdict"] == "equal"
    drawn = bank()["probability/discounted_sums"].variant(3)
    a, n = drawn.values["a"], drawn.values["n"]
    assert drawn.values["q"] == 3
    assert grade_part(drawn.parts["b"], f"{a}(1 - (1/3)^{n + 1})/(1 - 1/3)")["verdict"] == "equal"


BELL = stated(
    "bell",
    "k := exp(-sum(x[i]**2, i))",
    symbols={"d": Symbol(domain="dimension"), "x": Symbol(("d",)), "k": Symbol((), "derived")},
    truth=lambda torch, x: torch.exp(-(x @ x)),
    settings=({"d": 2}, {"d": 3}, {"d": 5}),
)


def test_an_exponential_is_no_fraction_and_says_so():
    with pytest.raises(ValueError, match="no simple fraction"):
        Number.from_derivation(BELL, x=[1, 1])


def test_arrays_say_their_sizes():
    kind = Number.from_derivation(BELL, digits=4, x=[1, 1])
    assert kind.show() == "0.1353"
    assert [kind.judge(text).verdict for text in ("0.1353", "0.1363")] == ["equal", "different"]
