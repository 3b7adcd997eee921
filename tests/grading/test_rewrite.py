"""Rewriting proves the examples that are equal, and never one that is not."""

import pytest

from derive.calculus.expr import apply, expr, power
from derive.grading.rewrite import rewritten_equal
from tests.grading.helpers import scalars, x
from tests.grading.test_decide import DIFFERENT, EQUAL

UNPROVED = {"tan of arctan", "branch repaired"}


@pytest.mark.parametrize("name", EQUAL)
def test_equal_examples_are_proved(name: str) -> None:
    left, right, domain = EQUAL[name]
    assert (rewritten_equal(expr(left), expr(right), {"x": domain}) is None) == (name in UNPROVED)


@pytest.mark.parametrize("name", DIFFERENT)
def test_different_examples_are_not(name: str) -> None:
    left, right, domain = DIFFERENT[name]
    assert rewritten_equal(expr(left), expr(right), {"x": domain}) is None


def test_a_smaller_domain_is_not_proved() -> None:
    root = power(apply("sqrt", x), 2)
    assert rewritten_equal(x, root, {}) is None
    assert rewritten_equal(x, root, {"x": "positive"}) == "rewriting"
    assert scalars(x, root).verdict == "different"
    assert rewritten_equal(x, x + apply("log", 2 * x) - apply("log", x) - apply("log", expr(2)), {}) is None
