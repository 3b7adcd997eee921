"""Points that an answer singles out: ``0 if z = 1/2, else …`` is no slip of a kink, but another value at one point."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from derive.calculus.atoms import Apply, Atom, Bound, Cases, Group, Indicator
from derive.calculus.expr import Expr, kept
from derive.calculus.substitute import atoms, children, names
from derive.grading.along import Line, movable, value_at
from derive.grading.balls import Number, precision
from derive.grading.boundaries import roots
from derive.grading.compiled import Side, compile_side, places
from derive.grading.hunt import Feature, inside, watched
from derive.grading.run import Place, Point
from derive.grading.settings import Setting
from derive.grading.space import Plan, Sampler
from derive.grading.stream import Mood

BITS = 512
PLANS = (Plan(Mood("simple", signs="+")), Plan(Mood("simple")), Plan(Mood(signs="+")))
MOST_TIES, MOST_ENTRIES, MOST_CELLS = 6, 3, 4
JUMPING = frozenset({"sign", "heaviside", "floor", "ceil", "mod"})
CORNERED = JUMPING | {"abs", "relu", "max", "min"}


@kept
def jumps(body: Expr) -> bool:
    """Whether it can have a value of its own at a point; nothing stands out of what is bent at most."""
    return any(
        isinstance(a, Indicator | Cases) or (isinstance(a, Apply) and a.function in JUMPING) for a in atoms(body)
    )


def ties(body: Expr, frame: tuple[Bound, ...]) -> Iterator[Feature]:
    """What vanishes where something jumps or bends."""
    for term in body.terms:
        inner = (*frame, *term.bounds)
        for atom, _ in term.factors:
            yield from _of_atom(atom, inside(atom, inner))


def _of_atom(atom: Atom, frame: tuple[Bound, ...]) -> Iterator[Feature]:
    if isinstance(atom, Indicator | Cases) or (isinstance(atom, Apply) and atom.function in CORNERED):
        found = chain.from_iterable(map(_peeled, watched(atom)))
        yield from (Feature(value, frame) for value in found if names(value))
    for child in children(atom):
        yield from ties(child, frame)


def _peeled(value: Expr) -> Iterator[Expr]:
    """The value, and each factor of it: at a double zero it does not change its sign."""
    yield value
    if len(value.terms) == 1:
        yield from (atom.body for atom, _ in value.terms[0].factors if isinstance(atom, Group))


def singled(
    answer: Expr, reference: Expr, frame: tuple[Bound, ...], sampler: Sampler, setting: Setting
) -> Iterator[tuple[Feature, Point]]:
    """Points at which an answer that jumps may have a value of its own, and the reference need not; what is 0 there."""
    if not jumps(answer):
        return
    theirs = set(ties(reference, frame))
    own = {t for t in ties(answer, frame) if t not in theirs and Feature(-t.value, t.frame) not in theirs}
    for tie in islice(sorted(own, key=str), MOST_TIES):
        side = compile_side(tie.value, tie.frame)
        for k, plan in enumerate(PLANS):
            point = sampler.point(setting, plan, 6000 + k)
            if point is not None:
                yield from ((tie, there) for there in _on(tie, side, point, sampler))


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
