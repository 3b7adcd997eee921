"""Parts of the domain on which an answer has no value, though nothing is left of what has none there: ``x + 0 log y``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice

from derive.calculus.affine import Affine
from derive.calculus.atoms import Apply, Bound, Group, Power
from derive.calculus.expr import Expr
from derive.calculus.substitute import atoms, children, free_letters, names
from derive.grading.along import value_at
from derive.grading.balls import Unclear, Undefined, precision
from derive.grading.compiled import Side, compile_side, places
from derive.grading.decide import decide
from derive.grading.defined import EVERYWHERE, lost_parts, nowhere
from derive.grading.drawn import sampler_of
from derive.grading.examine import Budget, Outcome
from derive.grading.formula import aligned
from derive.grading.hunt import Feature, near_features
from derive.grading.prepare import prepared
from derive.grading.reading import Formula
from derive.grading.run import OverBudget, Place, Point, Unsupported
from derive.grading.space import FREE, Plan, Sampler, Space, plans
from derive.grading.verdict import Verdict, different
from derive.grading.witness import describe
from derive.notation import tree
from derive.notation.walk import walk

FUEL, BITS, MOST_NEAR = 20_000, 128, 40
PARTED = tree.Cases | tree.Indicator | tree.Relation  # a part may stand only where it has a value
CLOSE = Fraction(1, 10**9)


def defined_as(right: Formula, given: Formula, space: Space) -> Verdict | None:
    """Different where an equal answer has no value and the right one has one, if there is such a place."""
    lost = list(lost_parts(given.partial, [given.body]))
    if not lost:
        return None
    axes = given.frame, given.shape
    if not any(isinstance(n, PARTED) for n in walk(given.node)):
        found = hole(lost, aligned(right, given), axes, space)
        if found is not None:
            return found
    void = nowhere(lost, space, axes)
    return None if void is None else decide(right, replace(given, body=given.body + void), space)


def hole(
    parts: Iterable[Expr], right: Expr, axes: tuple[Sequence[Bound], Sequence[Affine]], space: Space
) -> Verdict | None:
    """Different, at a point where a part has no value, nor beside it, and the right answer has one.

    A single point at which there is none, as of ``x/x``, is no difference. Parts of whole numbers, whose points
    lie all alone, and of bound letters are not looked at.

    Args:
        parts: what is left out of the answer because it cancels or is multiplied by nothing.
        right: the right answer, in the letters of the axes.
        axes: the letters of its entries, and its shape.
        space: the declared domain.
    """
    found = (
        _Search(prepared(part, space), prepared(right, space), axes, space) for part in parts if _moves(part, space)
    )
    return next((verdict for search in found if (verdict := search.verdict()) is not None), None)


def _moves(part: Expr, space: Space) -> bool:
    """Whether it speaks of real numbers only."""
    domains = {space.symbols[n].domain if n in space.symbols else "real" for n in names(part)}
    return bool(domains) and domains <= FREE and _is_bounded(part) and not any(x.uid for x in free_letters(part))


def _is_bounded(part: Expr) -> bool:
    """Whether what has no value may fill a part of the space: a division by zero does not."""
    return any(
        e.denominator != 1 or isinstance(a, Power) or (isinstance(a, Apply) and a.function not in EVERYWHERE)
        for body in (part, *(b for a in atoms(part) for b in children(a)))
        for term in body.terms
        for a, e in term.factors
    )


class _Search:
    """The search for a point where a part has no value."""

    def __init__(self, part: Expr, right: Expr, axes: tuple[Sequence[Bound], Sequence[Affine]], space: Space) -> None:
        frame, shape = axes
        self.part, self.frame, self.base = part, tuple(frame), space.index_base
        self.sampler: Sampler = sampler_of(part, right, (tuple(shape),), frame, space)
        self.sides = compile_side(part, frame, shape), compile_side(right, frame, shape)

    def verdict(self) -> Verdict | None:
        """What the first such point shows."""
        with precision(BITS):
            for setting in self.sampler.settings()[:1]:
                for point, place in self._found(setting):
                    reference = value_at(self.sides[1], point, place)
                    outcome = Outcome("gap", place=place, reference=reference, point=point)
                    return different(**describe(outcome, setting, self.sampler, self.base))
        return None

    def _found(self, setting: dict[str, int]) -> Iterator[tuple[Point, Place]]:
        other = self.sampler.point(setting, Plan(), 7000)
        if other is None:
            return
        for point in self._points(setting):
            beside = self.sampler.between(point, other, CLOSE)
            if beside is None:
                continue
            for place in places(self.sides[0].sizes(point), FUEL):
                if self._is_hole(point, place) and self._is_hole(beside, place):
                    yield point, place

    def _points(self, setting: dict[str, int]) -> Iterator[Point]:
        """Points of all signs and magnitudes, then some between the zeros of what functions are applied to."""
        every = plans(())
        drawn = (self.sampler.planned(setting, every, k) for k in range(len(every)))
        yield from (p for p in drawn if p is not None)
        found = [Feature(value, self.frame) for value in _arguments(self.part)]
        yield from islice(near_features(self.sampler, setting, found, Budget()), MOST_NEAR)

    def _is_hole(self, point: Point, place: Place) -> bool:
        part, right = self.sides
        return _is_blank(part, point, place) and not _is_blank(right, point, place)


def _arguments(part: Expr) -> Iterator[Expr]:
    """What functions are applied to, and what stands under a root or below a line."""
    for atom in atoms(part):
        match atom:
            case Apply(args=args):
                yield from args
            case Group(body) | Power(base=body):
                yield body


def _is_blank(side: Side, point: Point, place: Place) -> bool:
    """Whether an entry has no value."""
    try:
        side.entry(side.run(point, FUEL, last=True), place)
    except Undefined:
        return True
    except (Unclear, OverBudget, Unsupported):  # nobody knows
        return False
    return False
