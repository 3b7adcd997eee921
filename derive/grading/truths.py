"""Are two conditions, or two sets of numbers, the same? Here the boundary counts: ``x < 1`` is not ``x ≤ 1``.

Through drawn points go lines along one number each. On a line the places where a comparison changes are found, exactly
where it is linear; both conditions are tried there, between them and outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, floor

from flint import fmpq

from derive.calculus.atoms import Compare, Condition, Indicator
from derive.calculus.expr import Expr
from derive.calculus.substitute import atoms, names
from derive.grading.along import Line, fraction, movable, value_at
from derive.grading.balls import Number, ball, number, precision
from derive.grading.boundaries import roots
from derive.grading.compiled import Side, compile_side
from derive.grading.decide import decide
from derive.grading.drawn import sampler_of
from derive.grading.examine import Outcome
from derive.grading.formula import Formula
from derive.grading.prepare import prepared
from derive.grading.proof import proof
from derive.grading.run import OverBudget, Point, Unsupported
from derive.grading.settings import Setting
from derive.grading.space import Sampler, Space, plans, significant
from derive.grading.thresholds import thresholds
from derive.grading.verdict import Verdict, different, message, proved, sampled, sentence
from derive.grading.witness import describe
from derive.notation.meaning import ELEMENT

BITS = 1024
SETTINGS, POINTS, LINES = 3, 8, 4
OWN, MOST_OWN = 2, 3
SIMPLE = tuple(fmpq(n, 2) for n in (-4, -2, -1, 0, 1, 2, 4))
WHOLE = range(-4, 17)
DIGITS = 60


def same_truth(reference: Formula, answer: Formula, space: Space) -> Verdict:
    """Whether two conditions hold together.

    Args:
        reference: a formula that is worth 1 where the condition holds, else 0.
        answer: likewise.
        space: declarations and constraints.
    """
    left, right = prepared(reference.body, space), prepared(answer.body, space)
    if left == right:
        return proved("the same condition")
    sampler = sampler_of(left, right, (), (), space)
    if not _movable(sampler) or sampler.cases() is not None or reference.shape or answer.shape:
        return decide(reference, answer, space)
    try:
        return _Truths(left, right, sampler).verdict()
    except OverBudget as error:
        return message("refused", f"This is more work than one answer may take: {error}.")
    except Unsupported as error:
        return message("undecided", sentence(error))


def _movable(sampler: Sampler) -> list[str]:
    """The names whose numbers a line can go along; one element of a set comes first."""
    return sorted(movable(sampler), key=lambda n: n != ELEMENT)


class _Truths:
    """One decision."""

    def __init__(self, left: Expr, right: Expr, sampler: Sampler) -> None:
        self.bodies, self.sampler = (left, right), sampler
        self.left, self.right = compile_side(left), compile_side(right)
        ours, theirs = ({(a.left - a.right): None for a in _comparisons(body)} for body in self.bodies)
        found = {d: (names(d), compile_side(d)) for d in {**ours, **theirs}}
        self.differences = list(found.values())
        self.own = [pair for d, pair in found.items() if d not in ours and -d not in ours]
        self.settings: list[Setting] = []
        self.points = 0
        self.lines: set[bool] = set()

    def verdict(self) -> Verdict:
        every = self.sampler.settings()[:SETTINGS]
        for setting in every:
            for k, plan in enumerate(plans(self.sampler.names)[:POINTS]):
                point = self.sampler.point(setting, plan, k)
                if point is not None and (found := self._through(point, setting)) is not None:
                    return found
            self.settings.append(setting)
        return self._by_own_bounds(every[0]) or self._conclusion() if every else self._conclusion()

    def _by_own_bounds(self, setting: Setting) -> Verdict | None:
        """A difference on lines through places beside a bound that only the answer has, however far out it is."""
        for k, plan in enumerate(plans(self.sampler.names)[:OWN]):
            point = self.sampler.point(setting, plan, 100 + k)
            for far in self._beside_own(point, setting) if point is not None else ():
                if (found := self._through(far, setting)) is not None:
                    return found
        return None

    def _beside_own(self, point: Point, setting: Setting) -> Iterator[Point]:
        for line in self._lines(point, setting):
            for value in (v + step for v in self._own_bounds(line)[:MOST_OWN] for step in (0, 1, -1)):
                if line.fits(value, self.sampler):
                    yield line.at(value)

    def _own_bounds(self, line: Line) -> list[fmpq]:
        if line.whole:
            return [fmpq(k) for k in thresholds(self.bodies[1:])]
        with precision(BITS):
            return [v for v in self._met(line, self.own) if isinstance(v, fmpq)]

    def _conclusion(self) -> Verdict:
        if self.points < POINTS:
            return message("undecided", f"Only {self.points} points could be compared.")
        if self.lines == {True} and len(self.sampler.names) == 1 and not self.sampler.letters:
            return proved("every boundary and the numbers between them")
        by = proof(*self.bodies, (), self.sampler.space, self.sampler.search().sizes)
        if by is not None and "kinks" not in by:
            return proved(by)
        return sampled(self.settings, self.points, DIGITS, boundaries="compared on every boundary that was met")

    def _through(self, point: Point, setting: Setting) -> Verdict | None:
        """A difference at a point, or on a line through it."""
        if self._told_apart(point):
            return self._witness(point, setting)
        for line in self._lines(point, setting):
            for value in self._values(line):
                if line.fits(value, self.sampler) and self._told_apart(line.at(value)):
                    return self._witness(line.at(value), setting)
        return None

    def _lines(self, point: Point, setting: Setting) -> Iterator[Line]:
        for name in _movable(self.sampler)[:LINES]:
            if name in setting:
                continue
            places = list(point.arrays[name].values)
            for place in dict.fromkeys((places[0], places[-1]) if places else ()):
                yield Line(point, name, place, self.sampler.symbol(name).whole)

    def _values(self, line: Line) -> list[Number]:
        """Where something may change, between those places and outside."""
        if line.whole:
            return [fmpq(k) for k in (*WHOLE, *(v + d for v in thresholds(self.bodies) for d in (-1, 0, 1)))]
        with precision(BITS):
            met = self._met(line, self.differences)
            ordered = sorted([*met, *SIMPLE], key=lambda v: float(ball(v)))
            gaps = [_amid(a, b) for a, b in pairwise(ordered)]
            ends = [fmpq(floor(float(ball(ordered[0])))) - 1, fmpq(ceil(float(ball(ordered[-1])))) + 1]
            return [*SIMPLE, *gaps, *(ends if met else ()), *met]

    def _met(self, line: Line, differences: Sequence[tuple[frozenset[str], Side]]) -> list[Number]:
        """Where these differences vanish on a line."""
        met: list[Number] = []
        for used, side in differences:
            if line.name in used:
                exact, found = roots(lambda v, side=side: value_at(side, line.at(v)))  # type: ignore[misc]
                self.lines.add(exact and all(isinstance(r, fmpq) for r in found))
                met += found
        return met

    def _told_apart(self, point: Point) -> bool:
        with precision(BITS):
            a, b = value_at(self.left, point), value_at(self.right, point)
        if a is None:
            return False
        self.points += 1
        return a != (b or 0)  # what has no value does not hold

    def _witness(self, point: Point, setting: Setting) -> Verdict:
        with precision(BITS):
            sides = value_at(self.left, point), value_at(self.right, point)
        outcome = Outcome("differ", reference=sides[0], answer=sides[1], point=point)
        found = describe(outcome, setting, self.sampler, self.sampler.space.index_base)
        return different(**found, reference_holds=sides[0] == 1, answer_holds=sides[1] == 1)


def _amid(low: Number, high: Number) -> Number:
    """A number between two, the shortest decimal that is found.

    >>> _amid(fmpq(1, 3), fmpq(1)), _amid(fmpq(0), fmpq(1))
    (7/10, 1/2)
    """
    middle = (low + high) / 2
    short = (number(significant(fraction(middle), digits)) for digits in range(1, DIGITS))
    return next((v for v in short if low < v < high), middle)


def _comparisons(body: Expr) -> Iterator[Compare]:
    for atom in atoms(body):
        if isinstance(atom, Indicator):
            yield from _of(atom.condition)


def _of(condition: Condition) -> Iterator[Compare]:
    if isinstance(condition, Compare):
        yield condition
    else:
        for part in condition.parts:
            yield from _of(part)
