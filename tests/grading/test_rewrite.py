"""Rewriting proves the examples that are equal, and never one that is not."""

import pytest

from derive.calculus.expr import apply, entry, expr, power
from derive.grading.rewrite import rewritten_equal
from tests.grading.helpers import x
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
    assert rewritten_equal(x, power(power(x, expr(1) / 2), 2), {}) is None
    assert (
        rewritten_equal(x, x + apply("log", x) - apply("log", entry("y")) * 0 - apply("log", x), {})
        is not None
    )
    assert rewritten_equal(x, x * apply("arcsin", 2 * x) / apply("arcsin", 2 * x), {}) is not None
    assert rewritten_equal(x, x + apply("log", 2 * x) - apply("log", x) - apply("log", expr(2)), {}) is None
