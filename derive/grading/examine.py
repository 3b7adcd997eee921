"""One point: both sides there, with as many bits as it takes to tell them apart or to see them agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from flint import arb, fmpq

from derive.grading.balls import Number, Unclear, Undefined, ball, digits_of, number, precision
from derive.grading.compiled import Side, places
from derive.grading.run import OverBudget, Place, Point, Run

LADDER = (256, 1024, 4096)
DIGITS = 50
EVALUATION_FUEL = 150_000


@dataclass
class Budget:
    """The fuel of a whole decision."""

    start: int = 400_000
    left: int = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.start

    def spend(self, steps: int) -> None:
        """Use up fuel."""
        self.left -= steps
        if self.left < 0:
            raise OverBudget("more evaluation steps than one answer may take")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one point says.

    ``kind`` is ``agree``, ``differ``, ``gap`` (no value of the answer), ``outside``, ``blank`` (none of the
    reference), ``weak`` (they overlap, but few digits are known) or ``unclear``.
    ``kink`` says that a side jumps or bends there, ``bent`` that the reference does.
    """

    kind: str
    digits: int = 0
    place: Place = ()
    reference: Number | None = None
    answer: Number | None = None
    kink: bool = False
    bent: bool = False
    exact: bool = False
    outside: tuple[str, Place] | None = None
    point: Point | None = None


def examine(
    reference: Side,
    answer: Side,
    point: Point,
    budget: Budget,
    strict: bool = True,
    tolerance: tuple[Fraction, Fraction] | None = None,
    ladder: Sequence[int] = LADDER,
) -> Outcome:
    """Compare both sides at a point, with more and more bits."""
    outcome = Outcome("unclear")
    for bits in ladder:
        with precision(bits):
            last = bits == ladder[-1]
            attempt = _Attempt(reference, answer, point, budget, strict, last, tolerance)
            outcome = attempt.outcome()
        if outcome.kind != "unclear":
            break
    return outcome


class _Attempt:
    """One attempt with a fixed number of bits."""

    def __init__(
        self,
        reference: Side,
        answer: Side,
        point: Point,
        budget: Budget,
        strict: bool,
        last: bool,
        tolerance: tuple[Fraction, Fraction] | None,
    ) -> None:
        self.reference, self.answer, self.point, self.last = reference, answer, point, last
        self.budget, self.strict, self.tolerance = budget, strict, tolerance
        self.fuel = min(EVALUATION_FUEL, budget.left)
        self.left = reference.run(point, self.fuel, last)
        self.right = answer.run(point, self.fuel, last)

    def outcome(self) -> Outcome:
        """The outcome for all entries; the first difference wins."""
        try:
            return self._entries()
        finally:
            self.budget.spend(2 * self.fuel - self.left.fuel - self.right.fuel)

    def _entries(self) -> Outcome:
        sizes = self.reference.sizes(self.point)
        seen: list[Outcome] = []
        for place in places(sizes, self.fuel):
            seen.append(self._entry(place))
            if seen[-1].kind == "differ":
                break
        return self._summary(seen)

    def _summary(self, seen: list[Outcome]) -> Outcome:
        if self.strict and self.right.outside and not self.left.outside:
            return Outcome("outside", outside=self.right.outside[0], point=self.point)
        for kind in ("differ", "gap", "unclear", "weak"):
            if found := next((o for o in seen if o.kind == kind), None):
                return found
        agreeing = [o for o in seen if o.kind == "agree"]
        if not agreeing:
            return Outcome("agree" if not seen else "blank", exact=not seen, digits=10**6)
        return Outcome("agree", min(o.digits for o in agreeing), exact=all(o.exact for o in seen))

    def _entry(self, place: Place) -> Outcome:
        try:
            a, b = _value(self.reference, self.left, place), _value(self.answer, self.right, place)
        except Unclear:
            return Outcome("unclear")
        if a is None:
            return Outcome("blank")
        if b is None or not self._same(a, b):
            kink = bool(self.left.kinks or self.right.kinks)
            kind, bent = "gap" if b is None else "differ", bool(self.left.kinks)
            return Outcome(kind, place=place, reference=a, answer=b, kink=kink, bent=bent, point=self.point)
        exact = (isinstance(a, fmpq) and isinstance(b, fmpq)) or self._within(a, b)
        digits = min(digits_of(a), digits_of(b))
        enough = digits >= DIGITS or self.tolerance is not None
        return Outcome("agree" if enough else "weak" if self.last else "unclear", digits, exact=exact)

    def _same(self, a: Number, b: Number) -> bool:
        if self.tolerance is not None:
            return not abs(ball(a) - ball(b)) > self._room(a, self.tolerance)
        if isinstance(a, fmpq) and isinstance(b, fmpq):
            return bool(a == b)
        return bool(ball(a).overlaps(ball(b)))

    def _within(self, a: Number, b: Number) -> bool:
        """Whether a tolerance certainly covers the difference."""
        return self.tolerance is not None and bool(abs(ball(a) - ball(b)) < self._room(a, self.tolerance))

    def _room(self, a: Number, tolerance: tuple[Fraction, Fraction]) -> arb:
        relative, absolute = (ball(number(t)) for t in tolerance)
        return max(abs(ball(a)) * relative, absolute)


def _value(side: Side, run: Run, place: Place) -> Number | None:
    """The value of an entry, None where it has none; `Unclear` where it is not a finite ball."""
    try:
        value = side.entry(run, place)
    except Undefined:
        return None
    if not ball(value).is_finite():
        raise Unclear
    return value
