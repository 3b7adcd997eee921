"""Exact numbers: the key is the fraction that the result is worth, and no fraction that happens to be near."""

from derive.bank.numbers import Number
from derive.derivations.catalogue import catalogue


def test_the_key_is_the_fraction_itself():
    kind = Number.from_derivation(catalogue()["willshaw-load"], n=10, r=3, S=3)
    assert kind.show() == "753571/1000000"
    assert kind.judge("(1 - 9/100)^3").verdict == "equal"
    assert kind.judge("6278/8331").verdict == "different"
