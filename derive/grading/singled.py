"""Points that an answer singles out: ``0 if z = 1/2, else …`` is no slip of a kink, but another value at one point."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from derive.calculus.atoms import Atom, Bound, Cases, Compare, Condition, Indicator
from derive.calculus.expr import Expr
from derive.calculus.substitute import children, names
from derive.grading.along import Line, movable, value_at
from derive.grading.balls import Number, precision
from derive.grading.boundaries import roots
from derive.grading.compiled import Side, compile_side, places
from derive.grading.hunt import Feature, inside
from derive.grading.run import Place, Point
from derive.grading.settings import Setting
from derive.grading.space import Plan, Sampler
from derive.grading.stream import Mood

BITS = 512
PLANS = (Plan(Mood("simple", signs="+")), Plan(Mood("simple")), Plan(Mood(signs="+")))
MOST_TIES, MOST_ENTRIES, MOST_CELLS = 6, 3, 4


def ties(body: Expr, frame: tuple[Bound, ...]) -> Iterator[Feature]:
    """The differences whose zeros a condition with ``=`` or ``≠`` asks for."""
    for term in body.terms:
        inner = (*frame, *term.bounds)
        for atom, _ in term.factors:
            yield from _of_atom(atom, inside(atom, inner))


def _of_atom(atom: Atom, frame: tuple[Bound, ...]) -> Iterator[Feature]:
    for condition in _conditions(atom):
        for one in _compared(condition):
            if one.op in ("=", "!=") and names(difference := one.left - one.right):
                yield Feature(difference, frame)
    for child in children(atom):
        yield from ties(child, frame)


def _conditions(atom: Atom) -> Iterator[Condition]:
    match atom:
        case Indicator(condition):
            yield condition
        case Cases(branches):
            yield from (condition for condition, _ in branches)


def _compared(condition: Condition) -> Iterator[Compare]:
    if isinstance(condition, Compare):
        yield condition
    else:
        for part in condition.parts:
            yield from _compared(part)


def singled(
    answer: Expr, reference: Expr, frame: tuple[Bound, ...], sampler: Sampler, setting: Setting
) -> Iterator[Point]:
    """Points at which an equation holds that only the answer asks for."""
    own = dict.fromkeys(ties(answer, frame)).keys() - set(ties(reference, frame))
    for tie in islice(sorted(own, key=str), MOST_TIES):
        side = compile_side(tie.value, tie.frame)
        for k, plan in enumerate(PLANS):
            point = sampler.point(setting, plan, 6000 + k)
            if point is not None:
                yield from _on(tie, side, point, sampler)


def _on(tie: Feature, side: Side, point: Point, sampler: Sampler) -> Iterator[Point]:
    """Points beside this one at which the difference vanishes, one number changed."""
    box = places([min(n, 3) for n in side.sizes(point)], 1000)[:MOST_ENTRIES]
    for name in sorted(names(tie.value) & set(movable(sampler))):
        whole = sampler.symbol(name).whole
        for cell in list(point.arrays[name].values)[:MOST_CELLS]:
            line = Line(point, name, cell, whole)
            for place in box:
                yield from (line.at(v) for v in _zeros(side, line, place) if line.fits(v, sampler))


def _zeros(side: Side, line: Line, place: Place) -> list[Number]:
    with precision(BITS):
        return roots(lambda v: value_at(side, line.at(v), place))[1]
