"""Where a function of one number changes its sign: exactly where it is linear, else by bisection."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from flint import arb, fmpq

from derive.grading.balls import TINY, Number, ball

Function = Callable[[Number], Number | None]
SHIFT = fmpq(1, 97)  # keeps the grid off the round numbers where signs vanish
STEPS = (0, fmpq(1, 100), fmpq(1, 10), fmpq(1, 2), 1, fmpq(3, 2), 2, 3, 5, 10, 30, 100)
GRID = sorted({fmpq(s) * sign + SHIFT for s in STEPS for sign in (1, -1)}, key=float)
HALVINGS = 340


def roots(function: Function) -> tuple[bool, list[Number]]:
    """Whether a function is linear, so that these are all its zeros; and zeros, exact or within 2⁻³⁰⁰.

    >>> roots(lambda v: 3 * v - 1)
    (True, [1/3])
    >>> [round(float(r), 6) for r in roots(lambda v: v * v - 2)[1]]
    [-1.414214, 1.414214]
    """
    line = _linear(function)
    if line is not None:
        return True, line
    values = [(v, function(v)) for v in GRID]
    known = [(v, _sign(f)) for v, f in values if f is not None]
    return False, [_between(function, a, b, s) for (a, s), (b, t) in pairwise(known) if s * t < 0]


def _linear(function: Function) -> list[Number] | None:
    """The zero of a linear function, none of a constant one; None where it is not linear."""
    at = [function(fmpq(k)) for k in range(1, 5)]
    if None in at:
        return None
    values = [v for v in at if v is not None]
    slopes = [b - a for a, b in pairwise(values)]
    if not all(_zero(b - a) for a, b in pairwise(slopes)):
        return None
    if _zero(slopes[0]):
        return []
    zero = fmpq(1) - values[0] / slopes[0]
    there = function(zero)
    return [zero] if there is not None and _zero(there) else None


def _zero(value: Number) -> bool:
    return bool(abs(ball(value)) < TINY)


def _sign(value: Number) -> int:
    return 1 if value > 0 else -1 if value < 0 else 0


def _between(function: Function, low: Number, high: Number, sign: int) -> Number:
    """The zero between two places where the signs differ."""
    low, high = arb(low), arb(high)
    for _ in range(HALVINGS):
        middle = arb(((low + high) / 2).mid())
        value = function(middle)
        if value is None or not _sign(value):
            return middle
        low, high = (middle, high) if _sign(value) == sign else (low, middle)
    return arb(((low + high) / 2).mid())
