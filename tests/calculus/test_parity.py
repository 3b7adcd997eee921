"""Sums of exponentials in denominators have one form, whatever exponential they were multiplied by."""

import pytest

from derive.calculus.canonical import same
from derive.calculus.expr import apply, entry

z, x = entry("z"), entry("x")


def exp(value):
    return apply("exp", value)


def sigmoid(value, order=0):
    return apply("sigmoid", value, order=order)


def tanh(value, order=0):
    return apply("tanh", value, order=order)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (sigmoid(-z), 1 - sigmoid(z)),
        (sigmoid(-z, 1), sigmoid(z, 1)),
        (sigmoid(-z, 2), -sigmoid(z, 2)),
        (tanh(-z), -tanh(z)),
        (tanh(-z, 1), tanh(z, 1)),
        (tanh(z), 2 * sigmoid(2 * z) - 1),
        (exp(z) / (exp(z) + exp(x)), sigmoid(z - x)),
        (exp(x - z) / (1 + exp(x - z)), 1 - sigmoid(z - x)),
        (1 / (exp(z) + exp(-z)), exp(z) / (exp(2 * z) + 1)),
        (sigmoid(z - x) + sigmoid(x - z), 1 + 0 * z),
    ],
)
def test_the_same_quotient_of_exponentials(one, other):
    assert same(one, other)
    assert not same(one, other + z)
    assert not same(one, -other)
