"""Where a function of one number changes its sign: exactly where it is a polynomial, else by bisection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import cast

from flint import acb, arb, fmpq, fmpq_poly

from derive.grading.balls import TINY, Number, ball

Function = Callable[[Number], Number | None]
SHIFT = fmpq(1, 97)  # keeps the grid off the round numbers where signs vanish
STEPS = (0, fmpq(1, 1000), fmpq(1, 100), fmpq(1, 10), fmpq(1, 2), 1, fmpq(3, 2), 2, 3, 5, 10, 30, 100, 1000, 100_000)
GRID = sorted({fmpq(s) * sign + SHIFT for s in STEPS for sign in (1, -1)}, key=float)
NODES = tuple(fmpq(n) * sign for n in (1, 3, fmpq(1, 7), 19, 113, 1009) for sign in (1, -1))
SPARE = 4  # so many values more than a polynomial's degree must lie on it
HALVINGS = 340
CLOSE = arb(2) ** -300


def roots(function: Function) -> tuple[bool, list[Number]]:
    """Whether a function is a polynomial, so that these are all its zeros; and zeros, exact or within 2⁻³⁰⁰.

    >>> roots(lambda v: 3 * v - 1)
    (True, [1/3])
    >>> roots(lambda v: (v - 1) * (v - 1000))
    (True, [1, 1000])
    >>> [round(float(r), 6) for r in roots(lambda v: v * v - 2)[1]]
    [-1.414214, 1.414214]
    """
    whole = _polynomial(function)
    if whole is not None:
        return True, whole
    values = [(v, function(v)) for v in GRID]
    known = [(v, _sign(f)) for v, f in values if f is not None]
    return False, [_between(function, a, b, s) for (a, s), (b, t) in pairwise(known) if s * t < 0]


def _polynomial(function: Function) -> list[Number] | None:
    """The real zeros of a polynomial, none of a constant one; None where it is none, or has large degree."""
    values = [(v, f) for v in NODES if (f := function(v)) is not None]
    nodes, steps = [v for v, _ in values], _divided(values)
    degree = max((k for k, c in enumerate(steps) if not _zero(c)), default=0)
    if len(steps) < degree + 1 + SPARE:
        return None
    if degree < 2:
        return [nodes[0] - steps[0] / steps[1]] if degree else []
    rational = [c for c in steps if isinstance(c, fmpq)]
    return _zeros(nodes, rational[: degree + 1]) if len(rational) == len(steps) else None


def _divided(values: Sequence[tuple[fmpq, Number]]) -> list[Number]:
    """Newton's divided differences.

    >>> _divided([(fmpq(v), fmpq(v * v)) for v in (1, 3, 7, 8)])
    [1, 4, 1, 0]
    """
    found, column = [], [f for _, f in values]
    while column:
        found.append(column[0])
        order = len(found)
        column = [(b - a) / (values[k + order][0] - values[k][0]) for k, (a, b) in enumerate(pairwise(column))]
    return found


def _zeros(nodes: Sequence[fmpq], steps: Sequence[fmpq]) -> list[Number]:
    """The real zeros of a polynomial in Newton's form, in order, the rational ones exactly."""
    whole = fmpq_poly([0])
    for node, step in zip(reversed(nodes[: len(steps)]), reversed(steps), strict=True):
        whole = whole * fmpq_poly([-node, 1]) + fmpq_poly([step])
    exact: list[Number] = [zero for zero, _ in whole.roots()]
    every = cast("list[tuple[acb, int]]", whole.complex_roots())  # its stub does not know of multiplicities
    rest = [z.real for z, _ in every if z.imag == 0 and not any(z.real.overlaps(ball(e)) for e in exact)]
    return sorted([*exact, *rest], key=lambda v: float(ball(v)))


def _zero(value: Number) -> bool:
    return bool(abs(ball(value)) < TINY)


def _sign(value: Number) -> int:
    return 1 if value > 0 else -1 if value < 0 else 0


def _between(function: Function, low: Number, high: Number, sign: int) -> Number:
    """A ball round the zero between two places where the signs differ."""
    low, high = arb(low), arb(high)
    for _ in range(HALVINGS):
        middle = arb(((low + high) / 2).mid())
        value = function(middle)
        if value is None or not _sign(value):
            return arb(middle, CLOSE)
        low, high = (middle, high) if _sign(value) == sign else (low, middle)
    return arb(((low + high) / 2).mid(), CLOSE)
