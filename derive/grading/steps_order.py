"""Inequalities: a point where one fails is a proof; none among many is evidence, and says so."""

from __future__ import annotations

from collections.abc import Iterator

from derive.grading.balls import Unclear, Undefined, ball, precision
from derive.grading.compiled import Side, compile_side, places
from derive.grading.drawn import sampler_of
from derive.grading.prepare import prepared
from derive.grading.run import OverBudget, Point, Unsupported
from derive.grading.space import Sampler, Space, plans
from derive.grading.steps_equal import Lined
from derive.grading.steps_judged import Judged, says
from derive.grading.witness import values_of

BITS = 256
FUEL = 60_000
ENOUGH = 20
MORE = 12


def holds_order(gap: Lined, strict: bool, space: Space) -> Judged:
    """Whether what must not be negative (or must be positive) is so at every point tried."""
    try:
        return _sampled(gap, strict, space)
    except (OverBudget, Unsupported, OverflowError, KeyError) as error:
        return says("undecided", f"this inequality could not be tried: {error}")


def _sampled(gap: Lined, strict: bool, space: Space) -> Judged:
    body = prepared(gap.body, space)
    side = compile_side(body, gap.frame, gap.shape)
    sampler = sampler_of(body, body, (gap.shape,), gap.frame, space)
    seen, still = 0, not sampler.names and not sampler.functions and not sampler.letters
    for point in _points(sampler):
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
    for setting in sampler.settings():
        for k, plan in enumerate(plans(sampler.names)):
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
