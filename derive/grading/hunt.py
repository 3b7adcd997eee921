"""Where two formulas could differ in a small place: near zeros and turning points of what jumps or saturates.

Every argument of ``max``, ``|·|``, ``sign``, ``exp``, ``tanh``, … and both sides of every condition are
followed along lines between two drawn points; where one changes sign, or comes nearest to zero, points are
tried close by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise
from math import inf, isfinite

from derive.calculus.atoms import (
    Apply,
    Atom,
    Bound,
    Cases,
    Compare,
    Condition,
    Entry,
    Indicator,
    MatrixFunction,
    Power,
    Reduce,
)
from derive.calculus.expr import ONE, Expr, Term
from derive.calculus.substitute import children, names
from derive.grading.balls import ArithmeticFailure, ball, precision
from derive.grading.compiled import Side, compile_side, places
from derive.grading.examine import Budget
from derive.grading.run import Point
from derive.grading.space import Plan, Sampler
from derive.grading.stream import Mood

BENT = {
    "abs", "sign", "relu", "heaviside", "floor", "ceil", "max", "min", "mod", "exp", "tanh", "sigmoid",
    "softplus", "erf", "erfc", "normal_cdf", "normal_pdf", "gelu", "silu", "arctan", "sech", "cosh",
}  # fmt: skip
GRID = 20
MOST = 4
NEAR = tuple(Fraction(sign, 10**e) for e in (2, 4, 7, 10) for sign in (1, -1))
_ZERO = Fraction(0)
GOLDEN = Fraction(610, 987)
STEPS = 39
CLOSE = 2.0**-STEPS
SAME = Fraction(1, 2**43)  # zeros closer than this along a line are one


@dataclass(frozen=True)
class Feature:
    """A scalar whose zeros matter, with the bound letters round it."""

    value: Expr
    frame: tuple[Bound, ...]


def features(body: Expr, frame: tuple[Bound, ...], letters: bool = False) -> Iterator[Feature]:
    """Every argument of a bent function and every difference that a condition looks at; of ``letters`` alone too."""
    for term in body.terms:
        inner = (*frame, *term.bounds)
        for atom, _ in term.factors:
            yield from _of_atom(atom, inner, letters)


def inside(atom: Atom, frame: tuple[Bound, ...]) -> tuple[Bound, ...]:
    """The bound letters round what stands in an atom."""
    if isinstance(atom, Reduce):
        frame = (*frame, atom.bound)
    if isinstance(atom, MatrixFunction):
        zero = atom.size - atom.size
        frame = (*frame, Bound(atom.row, zero, atom.size), Bound(atom.column, zero, atom.size))
    return frame


def _of_atom(atom: Atom, frame: tuple[Bound, ...], letters: bool) -> Iterator[Feature]:
    frame = inside(atom, frame)
    for value in watched(atom):
        if (letters or names(value)) and not _swept(value):
            yield Feature(value, frame)
    for child in children(atom):
        yield from features(child, frame, letters)


def _swept(value: Expr) -> bool:
    """Whether its only zero is where a name is zero: points at all magnitudes have been there."""
    match value.terms:
        case (Term(factors=((Entry(), Fraction(numerator=1, denominator=1)),), bounds=()),):
            return True
    return False


def watched(atom: Atom) -> Iterator[Expr]:
    """What an atom looks at: the arguments of a bent function, both sides of a condition as a difference."""
    match atom:
        case Apply(function=f, args=(left, right)) if f in BENT:
            yield left - right
        case Apply(function="floor" | "ceil", args=(only,)):
            yield from (only, only - ONE)
        case Apply(function=f, args=(only,)) if f in BENT:
            yield only
        case Power(exponent=exponent):
            yield exponent
        case Indicator(condition):
            yield from _differences(condition)
        case Cases(branches):
            for condition, _ in branches:
                yield from _differences(condition)


def _differences(condition: Condition) -> Iterator[Expr]:
    if isinstance(condition, Compare):
        yield condition.left - condition.right
    else:
        for part in condition.parts:
            yield from _differences(part)


def near_features(sampler: Sampler, setting: dict[str, int], found: list[Feature], budget: Budget) -> Iterator[Point]:
    """Points between neighbouring zeros of the features along a few lines, then points close to the zeros."""
    sides = [compile_side(f.value, f.frame) for f in found]
    lines = list(_lines(sampler, setting))
    marked = [_marks(sampler, sides, start, end, budget) for start, end in lines]
    for (start, end), zeros in zip(lines, marked, strict=True):
        for low, high in sorted(pairwise(sorted({_ZERO, *zeros, Fraction(1)})), key=lambda p: p[0] - p[1]):
            if zeros and high - low > SAME and (point := sampler.between(start, end, (low + high) / 2)) is not None:
                yield point
    for step in (_ZERO, *NEAR):
        for k, ((start, end), zeros) in enumerate(zip(lines, marked, strict=True)):
            for zero in zeros:
                share = zero + step / 100 ** min(k, 1)
                point = sampler.between(start, end, share) if 0 < share < 1 else None
                if point is not None:
                    yield point


def _marks(sampler: Sampler, sides: list[Side], start: Point, end: Point, budget: Budget) -> list[Fraction]:
    """The zeros and turning points of every feature along a line."""
    return [
        zero
        for side in sides
        for zero in islice(_zeros(sampler, side, start, end, budget, 2 if len(side.frame) else 1), MOST)
    ]


def _lines(sampler: Sampler, setting: dict[str, int]) -> Iterator[tuple[Point, Point]]:
    far = Fraction(50)
    moods = (
        (Mood(signs="-"), Mood(signs="+")),
        (Mood(scale=1 / far), Mood(scale=far)),
        (Mood(scale=far, signs="-"), Mood(scale=far, signs="+")),
        (Mood(scale=far**8, signs="-"), Mood(scale=far**8, signs="+")),
        (Mood(scale=far**18, signs="-"), Mood(scale=far**18, signs="+")),
        (Mood(scale=1 / far**8), Mood()),
        (Mood(), Mood(scale=far**9)),
    )
    for k, (first, second) in enumerate(moods):
        start = sampler.point(setting, Plan(first), 1000 + 2 * k)
        end = sampler.point(setting, Plan(second), 1001 + 2 * k)
        if start is not None and end is not None:
            yield start, end


def _zeros(sampler: Sampler, side: Side, start: Point, end: Point, budget: Budget, cells: int) -> Iterator[Fraction]:
    """Shares of the way at which some entry of a feature vanishes or comes nearest to zero."""
    box = _box(side, start)
    for place in box[:cells]:

        def value(share: Fraction, place: tuple[int, ...] = place) -> float:
            point = sampler.between(start, end, share)
            return _float(side, point, place, budget) if point is not None else inf

        yield from _turns(value)


def _box(side: Side, point: Point) -> list[tuple[int, ...]]:
    return places([min(n, 3) for n in side.sizes(point)], 10_000)


def _float(side: Side, point: Point, place: tuple[int, ...], budget: Budget) -> float:
    run = side.run(point, min(20_000, budget.left))
    try:
        with precision(64):
            return float(ball(side.entry(run, place)).mid())
    except ArithmeticFailure:
        return inf
    finally:
        budget.spend(20_000 - run.fuel if budget.left >= 20_000 else 0)


def _turns(value: Callable[[Fraction], float]) -> Iterator[Fraction]:
    shares = [_ZERO, *(Fraction(2 * k + 1, 2 * GRID) for k in range(GRID)), Fraction(1)]
    heights = [value(s) for s in shares]
    if len(set(heights)) == 1:
        return
    for k in range(len(shares) - 1):
        a, b = heights[k], heights[k + 1]
        if not (isfinite(a) and isfinite(b)):
            continue
        if a * b < 0:
            yield _crossing(value, shares[k], shares[k + 1], (a, b))
        elif k > 0 and isfinite(heights[k - 1]) and abs(heights[k - 1]) > abs(a) <= abs(b):
            yield _lowest(value, shares[k - 1], shares[k + 1])


def _crossing(value: Callable[[Fraction], float], low: Fraction, high: Fraction, ends: tuple[float, float]) -> Fraction:
    """Where a value that changes sign between two shares is 0: the ITP method (Oliveira and Takahashi 2020)."""
    (below, above), left, right, room = ends, 0.0, 1.0, CLOSE * 2.0**STEPS
    while right - left > 2 * CLOSE:
        half, width = (left + right) / 2, right - left
        line = left + width * (below / (below - above))
        side, slack = (1 if line < half else -1), room - width / 2
        truncated = line + side * 0.2 * width**2 if 0.2 * width**2 <= abs(half - line) else half
        share = truncated if abs(truncated - half) <= slack else half - side * slack
        room /= 2
        height = value(low + _dyadic((high - low) * Fraction(share)))
        if height == 0 or not isfinite(height):
            return low + _dyadic((high - low) * Fraction(share))
        if below * height < 0:
            right, above = share, height
        else:
            left, below = share, height
    return low + _dyadic((high - low) * Fraction((left + right) / 2))


def _dyadic(share: Fraction) -> Fraction:
    return Fraction(round(share * 2**60), 2**60)


def _lowest(value: Callable[[Fraction], float], low: Fraction, high: Fraction) -> Fraction:
    """Where ``|value|`` is least between two shares, by golden sections."""
    left, right = (_dyadic(high - GOLDEN * (high - low)), _dyadic(low + GOLDEN * (high - low)))
    lower, upper = abs(value(left)), abs(value(right))
    for _ in range(34):
        if lower <= upper:
            high, right, upper = right, left, lower
            left = _dyadic(high - GOLDEN * (high - low))
            lower = abs(value(left))
        else:
            low, left, lower = left, right, upper
            right = _dyadic(low + GOLDEN * (high - low))
            upper = abs(value(right))
    return (low + high) / 2
