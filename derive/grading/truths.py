"""Are two conditions, or two sets of numbers, the same? Here the boundary counts: ``x < 1`` is not ``x ≤ 1``.

Through drawn points go lines along one number each. On a line the places where a comparison changes are found, exactly
where it is linear; both conditions are tried there, between them and outside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from flint import fmpq

from derive.calculus.atoms import Compare, Condition, Indicator
from derive.calculus.expr import Expr
from derive.calculus.substitute import atoms, names
from derive.grading.balls import ArithmeticFailure, Number, ball, number, precision
from derive.grading.boundaries import roots
from derive.grading.compiled import Side, compile_side
from derive.grading.decide import Formula, decide
from derive.grading.drawn import sampler_of
from derive.grading.examine import Outcome
from derive.grading.prepare import prepared
from derive.grading.proof import proof
from derive.grading.run import OverBudget, Place, Point, Table, Unsupported
from derive.grading.settings import Setting
from derive.grading.space import FREE, Sampler, Space, allowed, plans, significant
from derive.grading.verdict import Verdict, different, message, proved, sampled, sentence
from derive.grading.witness import describe
from derive.notation.meaning import ELEMENT

BITS = 1024
FUEL = 20_000
SETTINGS, POINTS, LINES = 3, 8, 4
SIMPLE = tuple(fmpq(n, 2) for n in (-4, -2, -1, 0, 1, 2, 4))
WHOLE = range(-4, 17)
DIGITS = 60


@dataclass(frozen=True)
class Line:
    """The points that differ in one number only."""

    point: Point
    name: str
    place: Place
    whole: bool = False

    def at(self, value: Number) -> Point:
        """The point where that number has this value."""
        table = self.point.arrays[self.name]
        moved = {**self.point.arrays, self.name: Table(table.shape, {**table.values, self.place: value})}
        letters = {**self.point.letters, self.name: int(value.p)} if self.whole and isinstance(value, fmpq) else None
        return replace(self.point, arrays=moved, letters=self.point.letters if letters is None else letters)


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
    symbols = [sampler.symbol(n) for n in sampler.names]
    moving = [s.name for s in symbols if s.domain in FREE or (s.whole and not s.shape)]
    return sorted(moving, key=lambda n: n != ELEMENT)


class _Truths:
    """One decision."""

    def __init__(self, left: Expr, right: Expr, sampler: Sampler) -> None:
        self.bodies, self.sampler = (left, right), sampler
        self.left, self.right = compile_side(left), compile_side(right)
        found = {(a.left - a.right): None for body in self.bodies for a in _comparisons(body)}
        self.differences = [(names(d), compile_side(d)) for d in found]
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
        return self._conclusion()

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
                if self._allowed(line, value) and self._told_apart(line.at(value)):
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
            return [fmpq(k) for k in WHOLE]
        with precision(BITS):
            met: list[Number] = []
            for used, side in self.differences:
                if line.name in used:
                    exact, found = roots(lambda v, side=side: _value(side, line.at(v)))  # type: ignore[misc]
                    self.lines.add(exact and all(isinstance(r, fmpq) for r in found))
                    met += found
            ordered = sorted([*met, *SIMPLE], key=lambda v: float(ball(v)))
            gaps = [_amid(a, b) for a, b in pairwise(ordered)]
            ends = [fmpq(floor(float(ball(ordered[0])))) - 1, fmpq(ceil(float(ball(ordered[-1])))) + 1]
            return [*SIMPLE, *gaps, *(ends if met else ()), *met]

    def _allowed(self, line: Line, value: Number) -> bool:
        """Whether a value lies in the declared domain and the constraints hold with it."""
        near = _fraction(value)
        if not allowed(self.sampler.symbol(line.name), near):
            return False
        scalars = {n: _fraction(t.values[()]) for n, t in line.point.arrays.items() if t.shape == ()}
        known: dict[str, Fraction | int] = {**scalars, **line.point.letters}
        if line.place == ():
            known[line.name] = near
        return all(r.holds(known) for r in self.sampler.space.where if set(r.names) <= known.keys())

    def _told_apart(self, point: Point) -> bool:
        with precision(BITS):
            a, b = _value(self.left, point), _value(self.right, point)
        if a is None:
            return False
        self.points += 1
        return b is None or a != b

    def _witness(self, point: Point, setting: Setting) -> Verdict:
        with precision(BITS):
            sides = _value(self.left, point), _value(self.right, point)
        outcome = Outcome("differ", reference=sides[0], answer=sides[1], point=point)
        found = describe(outcome, setting, self.sampler, self.sampler.space.index_base)
        return different(**found, reference_holds=sides[0] == 1, answer_holds=sides[1] == 1)


def _fraction(value: Number) -> Fraction:
    """The number, or a rational one beside it."""
    if isinstance(value, fmpq):
        return Fraction(int(value.p), int(value.q))
    return Fraction(str(value.mid().str(40, radius=False)))


def _amid(low: Number, high: Number) -> Number:
    """A number between two, the shortest decimal that is found.

    >>> _amid(fmpq(1, 3), fmpq(1)), _amid(fmpq(0), fmpq(1))
    (7/10, 1/2)
    """
    middle = (low + high) / 2
    short = (number(significant(_fraction(middle), digits)) for digits in range(1, DIGITS))
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


def _value(side: Side, point: Point) -> Number | None:
    """The value at a point, where there is one; a tiny ball round zero counts as zero."""
    try:
        return side.entry(side.run(point, FUEL, last=True), ())
    except ArithmeticFailure:
        return None
