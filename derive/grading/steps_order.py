"""Inequalities: a point where one fails is a proof; none among many is evidence, and says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from derive.calculus.expr import add
from derive.grading.balls import Unclear, Undefined, ball, precision
from derive.grading.compiled import Side, compile_side, places
from derive.grading.drawn import sampler_of
from derive.grading.prepare import prepared
from derive.grading.run import OverBudget, Point, Unsupported
from derive.grading.space import Plan, Sampler, Space, plans
from derive.grading.steps_equal import Lined
from derive.grading.steps_judged import Judged, says
from derive.grading.stream import Mood
from derive.grading.witness import values_of

Given = Sequence[tuple[Lined, bool]]
ORDERS = {"<": ("<", 1), "<=": ("<=", 1), ">": ("<", -1), ">=": ("<=", -1)}
BITS = 256
FUEL = 60_000
ENOUGH = 20
MORE = 12


def combined(ops: Sequence[str]) -> str:
    """What a chain of relations says of its ends, or nothing.

    >>> combined(["=", "<=", "<"]), combined(["<=", ">"]), combined(["="])
    ('<', '', '')
    """
    said = {op for op in ops if op in ORDERS}
    if len({ORDERS[op][1] for op in said}) != 1 or not set(ops) <= {*ORDERS, "=", "defines"}:
        return ""
    return min(said, key=lambda op: ORDERS[op][0] != "<")


ZERO = Mood("fixed", Fraction(0))


def holds_order(gap: Lined, strict: bool, space: Space, given: Given = ()) -> Judged:
    """Whether what must not be negative (or must be positive) is so at every point tried where the given ones are."""
    try:
        return _sampled(gap, strict, space, given)
    except (OverBudget, Unsupported, OverflowError, KeyError) as error:
        return says("undecided", f"this inequality could not be tried: {error}")


def _sampled(gap: Lined, strict: bool, space: Space, given: Given) -> Judged:
    bodies = [prepared(g.body, space) for g in (gap, *(g for g, _ in given))]
    every = (gap, *(g for g, _ in given))
    side, *others = (compile_side(body, g.frame, g.shape) for body, g in zip(bodies, every, strict=True))
    frame = [b for g in every for b in g.frame]
    sampler = sampler_of(bodies[0], add(bodies[1:]), tuple(g.shape for g in every), frame, space)
    seen, still = 0, not sampler.names and not sampler.functions and not sampler.letters
    for point in _points(sampler):
        if any(_fails(o, point, weak) is not False for o, (_, weak) in zip(others, given, strict=True)):
            continue
        fails = _fails(side, point, strict)
        if fails:
            return Judged("wrong", {"kind": "witness", "values": values_of(point, sampler)})
        seen += fails is not None
    if still and seen:
        return Judged("follows", {"kind": "proved", "by": "arithmetic"})
    if seen < ENOUGH:
        return says("undecided", f"only {seen} points could be compared")
    return Judged("follows", {"kind": "sampled", "points": seen, "message": "no point was found where it fails"})


def _points(sampler: Sampler) -> Iterator[Point]:
    origin = Plan(special={n: ZERO for n in sampler.names if sampler.symbol(n).domain in ("real", "nonnegative")})
    for setting in sampler.settings():
        for k, plan in enumerate((*plans(sampler.names), origin)):
            for again in range(MORE if k < 6 else 2):
                point = sampler.point(setting, plan, 7000 + 100 * k + again)
                if point is not None:
                    yield point
                if not sampler.names and not sampler.functions:
                    return


def _fails(side: Side, point: Point, strict: bool) -> bool | None:
    """Whether an entry is negative for certain; None where there is no value to look at."""
    with precision(BITS):
        run = side.run(point, FUEL, True)
        try:
            values = [ball(side.entry(run, p)) for p in places(side.sizes(point), FUEL)]
        except (Undefined, Unclear):
            return None
    return any(bool(v < 0) or (strict and v.is_zero()) for v in values)
