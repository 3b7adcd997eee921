"""Exact numbers: the key is the fraction that the result is worth, and no fraction that happens to be near."""

import pytest

from derive import Symbol, stated
from derive.bank.numbers import Number
from derive.derivations.catalogue import catalogue


def test_the_key_is_the_fraction_itself():
    kind = Number.from_derivation(catalogue()["willshaw-load"], n=10, r=3, S=3)
    assert kind.show() == "753571/1000000"
    assert kind.judge("(1 - 9/100)^3").verdict == "equal"
    assert kind.judge("6278/8331").verdict == "different"


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
