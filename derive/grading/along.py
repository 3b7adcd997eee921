"""Points that differ in one number only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from flint import fmpq

from derive.grading.balls import ArithmeticFailure, Number
from derive.grading.compiled import Side
from derive.grading.run import Place, Point, Table
from derive.grading.space import FREE, Sampler, allowed

FUEL = 20_000


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

    def fits(self, value: Number, sampler: Sampler) -> bool:
        """Whether a value lies in the declared domain and the constraints hold with it."""
        near = fraction(value)
        if not allowed(sampler.symbol(self.name), near):
            return False
        scalars = {n: fraction(t.values[()]) for n, t in self.point.arrays.items() if t.shape == ()}
        known: dict[str, Fraction | int] = {**scalars, **self.point.letters}
        if self.place == ():
            known[self.name] = near
        return all(r.holds(known) for r in sampler.space.where if set(r.names) <= known.keys())


def movable(sampler: Sampler) -> list[str]:
    """The names whose numbers a line can go along."""
    symbols = [sampler.symbol(n) for n in sampler.names]
    return [s.name for s in symbols if s.domain in FREE or (s.whole and not s.shape)]


def fraction(value: Number) -> Fraction:
    """The number, or a rational one beside it."""
    if isinstance(value, fmpq):
        return Fraction(int(value.p), int(value.q))
    return Fraction(str(value.mid().str(40, radius=False)))


def value_at(side: Side, point: Point, place: Place = ()) -> Number | None:
    """The value at a point, where there is one; a tiny ball round zero counts as zero."""
    try:
        return side.entry(side.run(point, FUEL, last=True), place)
    except ArithmeticFailure:
        return None
