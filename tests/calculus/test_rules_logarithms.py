"""Logarithms of products, and chains of inequalities."""

import pytest

from derive.calculus.expr import apply, entry
from derive.calculus.inequalities import ends, turned
from derive.calculus.rules import DoesNotApply
from derive.calculus.rules_sums import split_logarithms
from derive.calculus.trace import Relation
from derive.notation.index_language import expression, relation
from derive.notation.index_text import to_text

A, B, C = map(entry, "abc")


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("log(a*b)", "log(a) + log(b)"),
        ("log(a/b**2)", "log(a) - 2*log(b)"),
        ("log(2*a)", "log(2) + log(a)"),
        ("log(exp(a)/b)", "a - log(b)"),
        ("log(a**b)", "b*log(a)"),
        ("log(prod(x[i]**y[i], i))", "sum(y[i]*log(x[i]), i)"),
        ("log(a + b)", "log(a + b)"),
    ],
)
def test_the_logarithm_of_a_product(whole, parts):
    shapes = {"x": "n", "y": "n"}
    found = split_logarithms("").apply(Relation((entry("L"), expression(whole, shapes=shapes)))).result
    assert to_text(found) == to_text(expression(parts, shapes=shapes))


def test_a_negative_factor_is_left_inside():
    value = apply("log", -A * B)
    assert split_logarithms("").apply(Relation((entry("L"), value))).result == value


def test_ends_keep_the_strictest_sign():
    assert ends("").apply(Relation((A, B, C), ("<=", "<"))) == Relation((A, C), ("<",))
    assert ends("").apply(Relation((A, B, C), ("=", ">="))) == Relation((A, C), (">=",))


def test_a_chain_that_turns_round_has_no_ends():
    with pytest.raises(DoesNotApply, match="turns round"):
        ends("").apply(Relation((A, B, C), ("<=", ">=")))


def test_turned_round():
    assert turned("").apply(relation("-a <= -b")) == Relation((A, B), (">=",))
