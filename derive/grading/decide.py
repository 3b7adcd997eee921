"""Are two formulas the same? Cheapest first: shapes, a proof, simple points, then points everywhere.

A difference is proved by disjoint balls at an exact point. A difference at a kink or at an isolated hole does
not count: the values next to it decide. Agreement counts where 50 digits are known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from derive.calculus.affine import Affine
from derive.calculus.expr import Expr
from derive.grading import witness
from derive.grading.alike import alike
from derive.grading.beyond import Beyond
from derive.grading.compiled import Side, compile_side
from derive.grading.deltas import decided
from derive.grading.drawn import sampler_of
from derive.grading.examine import DIGITS, Budget, Outcome, examine
from derive.grading.formula import Formula, aligned
from derive.grading.hunt import features, near_features
from derive.grading.prepare import prepared
from derive.grading.proof import proof
from derive.grading.run import OverBudget, Point, Unsupported
from derive.grading.settings import Setting, further
from derive.grading.singled import singled
from derive.grading.space import Plan, Space, plans
from derive.grading.stream import Mood
from derive.grading.tally import Tally
from derive.grading.thresholds import thresholds
from derive.grading.verdict import Verdict, different, message, noted, proved, sampled, sentence, shape_clash
from derive.notation.index_text import to_text

SHARES = tuple(Fraction(1, 10**e) for e in (4, 9, 14, 20))
ENOUGH_POINTS = 6
FEW_DIGITS = 12
SOFT_FUEL = 30_000
PATIENCE = 60_000  # evaluation steps, until sizes are small
SHARP = 16_384  # bits
MOST_NEAR = 120
PROOF_AFTER = 2
LARGER = (7, 11)
HUGE = (1_003, 100_003, 10**9 + 7, 10**13 + 37)


def decide(reference: Formula, answer: Formula, space: Space, interval: bool = False) -> Verdict:
    """Whether an answer is the same as the reference on the declared domain.

    Args:
        reference: the right answer, lowered.
        answer: the answer to judge, lowered; its frame lines up with the reference's axis by axis.
        space: declarations and constraints.
        interval: a side has a decimal literal that stands for an interval, so few digits can be known.
    """
    if len(reference.shape) != len(answer.shape):
        return shape_clash(reference.shape, answer.shape)
    left = space.once(("prepared", reference.body), lambda: prepared(reference.body, space))
    right = prepared(aligned(answer, reference), space)
    if left == right and reference.shape == answer.shape:
        return proved("the same formula")
    asked = ("verdict", left, reference.frame, reference.shape, alike(right), answer.shape, interval)
    return space.once(asked, lambda: _decided(reference, answer.shape, left, right, space, interval))


def _decided(
    reference: Formula, shape: tuple[Affine, ...], left: Expr, right: Expr, space: Space, interval: bool
) -> Verdict:
    try:
        left, right = decided((left, right), reference.frame, space)
        return _Decision(reference, shape, left, right, space, interval).verdict()
    except OverBudget as error:
        return message("refused", f"This is more work than one answer may take: {error}.")
    except OverflowError as error:
        return message("refused", f"A number here is too large to work with: {error}.")
    except Unsupported as error:
        return message("undecided", sentence(error))


class _Decision:
    """One decision by sampling."""

    def __init__(
        self,
        reference: Formula,
        answer_shape: tuple[Affine, ...],
        left: Expr,
        right: Expr,
        space: Space,
        interval: bool,
    ) -> None:
        self.space, self.interval = space, interval
        self.frame, self.shapes = reference.frame, (reference.shape, answer_shape)
        self.bodies = left, right
        self.left: Side = space.once(
            ("compiled", left, self.frame, reference.shape), lambda: compile_side(left, self.frame, reference.shape)
        )
        self.right: Side = compile_side(right, self.frame, answer_shape)
        self.sampler = sampler_of(left, right, self.shapes, self.frame, space)
        self.beyond = Beyond(self.bodies, (self.left, self.right), self.frame, reference.shape, space, self.sampler)
        self.budget, self.tally, self.seen = Budget(PATIENCE), Tally(), list[Setting]()

    def verdict(self) -> Verdict:
        """The verdict."""
        cases = self.sampler.cases()
        if cases is not None:
            return self._each(cases)
        every = self.sampler.settings()
        if not every:
            return message("undecided", "No sizes were found that satisfy the constraints.")
        try:
            return self._sampled(every)
        except OverBudget:
            self.budget, self.tally, self.seen = Budget(), Tally(), []
            return self._sampled(self.sampler.small())

    def _sampled(self, every: list[Setting]) -> Verdict:
        """The verdict from points at these sizes."""
        return (
            self._singled(every[0])
            or self._at_points(every)
            or self._at_thresholds(every)
            or self._hunted(every)
            or self.beyond.regimes(self.seen)
            or self._sharply(every[0])
            or self._conclusion(len(every))
        )

    def _each(self, cases: Iterator[Point]) -> Verdict:
        """Every case there is: a proof, where all are decided."""
        for point in cases:
            outcome = self._examine(point)
            if outcome.kind in ("differ", "gap", "outside"):
                return self._different(outcome, {})
            self._count(outcome, {}, False)
        return proved("every case") if self.tally.exact and not self.tally.unclear else self._conclusion(1)

    def _examine(self, point: Point) -> Outcome:
        return examine(self.left, self.right, point, self.budget, self.space.strict, self.space.tolerance)

    def _at_points(self, every: list[Setting]) -> Verdict | None:
        moving = tuple(n for n in self.sampler.names if not self.sampler.symbol(n).discrete)
        every_plan = plans(moving) if self.sampler.names or self.sampler.functions else plans(())[2:3]
        for k in range(len(every_plan)):
            for s, setting in enumerate(every):
                if k < 6 or s == 0 or k % 3 == s % 3:
                    verdict = self._at(self.sampler.planned(setting, every_plan, k), setting, every_plan[k], k)
                    if verdict is not None:
                        return verdict
            if k == min(PROOF_AFTER, len(every_plan) - 1) and (verdict := self._proved()) is not None:
                return verdict
            if k >= 3 and self.budget.start - self.budget.left > SOFT_FUEL:
                break
        return None

    def _singled(self, setting: Setting) -> Verdict | None:
        """Another value at a point that the answer singles out, where the reference does not even bend."""
        for tie, point in singled(self.bodies[1], self.bodies[0], self.frame, self.sampler, setting):
            if self.left.sizes(point) != self.right.sizes(point):
                return None
            outcome = self._examine(point)
            if outcome.kind == "differ" and not outcome.bent:
                found = self._different(outcome, setting)
                return found if witness.is_exact(point) else noted(found, exactly_where=f"{to_text(tie.value)} = 0")
        return None

    def _at_thresholds(self, every: list[Setting]) -> Verdict | None:
        """Larger sizes, and the whole numbers that the formulas speak of, where there is fuel left."""
        near = [v + d for v in thresholds(self.bodies) for d in (0, 1, -1)]
        settings = [
            (s, Plan()) for s in further(self.sampler.search(), [*(v for v in near if v <= 200), *LARGER], every)
        ]
        whole = [n for n in self.sampler.names if self.sampler.symbol(n).whole and n not in every[0]]
        values = [(every[0], Plan(special={n: Mood("fixed", Fraction(v))})) for n in whole[:2] for v in near if v > 0]
        for k, (setting, plan) in enumerate((*settings, *values)):
            if self.budget.start - self.budget.left > SOFT_FUEL:
                break
            point = self.sampler.point(setting, plan, 4000 + k)
            if (verdict := self._at(point, setting, plan, 4000 + k)) is not None:
                return verdict
        return self.beyond.at_large(every[0], [*near, *HUGE] if near else [])

    def _proved(self) -> Verdict | None:
        """A proof, for what agrees so far."""
        if not self.tally.points or self.tally.unclear or self.space.tolerance or self.shapes[0] != self.shapes[1]:
            return None
        by = proof(*self.bodies, self.frame, self.space, self.sampler.search().sizes)
        return None if by is None else proved(by)

    def _at(self, point: Point | None, setting: Setting, plan: Plan, k: int) -> Verdict | None:
        if point is None:
            return None
        if self.left.sizes(point) != self.right.sizes(point):
            return shape_clash(*self.shapes)
        return self._judge(self._examine(point), point, setting, k, plan.mood.kind != "generic")

    def _judge(self, outcome: Outcome, point: Point, setting: Setting, k: int, simple: bool) -> Verdict | None:
        """A verdict where this point settles it."""
        if outcome.kind == "outside" or (outcome.kind == "differ" and not outcome.kink):
            return self._different(outcome, setting)
        if outcome.kind in ("differ", "gap"):
            return self._beside(outcome, point, setting, k)
        if outcome.kind == "agree" and dict(point.letters) not in self.seen:
            self.seen.append(dict(point.letters))
        self._count(outcome, setting, simple)
        return None

    def _count(self, outcome: Outcome, setting: Setting, simple: bool) -> None:
        if outcome.kind == "agree" or (outcome.kind == "weak" and self.interval and outcome.digits >= FEW_DIGITS):
            self.tally.agree(outcome, setting, simple)
        elif outcome.kind == "blank":
            self.tally.blank += 1
        else:
            self.tally.unclear += 1

    def _beside(self, outcome: Outcome, point: Point, setting: Setting, k: int) -> Verdict | None:
        """A difference at a kink, or a hole: what the points next to it say."""
        if not self.sampler.can_move():
            return self._fixed(outcome, setting)
        seen = [self._examine(p) for p in self._neighbours(point, setting, k)]
        for other in seen:
            if other.kind == "differ" and not other.kink:
                return self._different(other, setting)
        same = [o for o in seen if o.kind == outcome.kind]
        if seen and len(same) == len(seen):
            return self._different(outcome, setting)
        self.tally.kinks += outcome.kind == "differ"
        return None

    def _fixed(self, outcome: Outcome, setting: Setting) -> Verdict | None:
        """Nothing can move: a difference is one; a hole counts where it is not alone."""
        if outcome.kind == "differ":
            return self._different(outcome, setting)
        self.tally.gaps.append(outcome)
        return None

    def _neighbours(self, point: Point, setting: Setting, k: int) -> Iterator[Point]:
        for share in SHARES:
            other = self.sampler.point(setting, Plan(), 2000 + k)
            moved = None if other is None else self.sampler.between(point, other, share)
            if moved is not None:
                yield moved

    def _hunted(self, every: Sequence[Setting]) -> Verdict | None:
        """Points near kinks and turning points, at the smallest setting."""
        found = [f for body in self.bodies for f in features(body, self.frame)]
        if not found or not self.sampler.can_move():
            return None
        unique = list(dict.fromkeys(found))[:8]
        for k, point in enumerate(near_features(self.sampler, every[0], unique, self.budget)):
            if k >= MOST_NEAR or self.budget.start - self.budget.left > 2 * SOFT_FUEL:
                break
            verdict = self._judge(self._examine(point), point, every[0], 3000 + k, simple=False)
            if verdict is not None:
                return verdict
        return None

    def _sharply(self, setting: Setting) -> Verdict | None:
        """One more look with very many digits, for a summand such as ``exp(-1000)``."""
        point = None if self.interval or self.space.tolerance else self.sampler.point(setting, Plan(), SHARP)
        if point is None:
            return None
        outcome = examine(self.left, self.right, point, self.budget, self.space.strict, ladder=(SHARP,))
        return self._different(outcome, setting) if outcome.kind == "differ" and not outcome.kink else None

    def _conclusion(self, settings: int) -> Verdict:
        """What agreement everywhere amounts to."""
        tally = self.tally
        still = not self.sampler.names and not self.sampler.functions and not self.sampler.letters
        if len(tally.gaps) >= (1 if still else 3) and len(tally.gaps) * 4 >= tally.points:
            return self._different(tally.gaps[0], {})
        if tally.points and still and tally.exact:
            return proved("exact arithmetic" if self.space.tolerance is None else "within the tolerance")
        if (
            tally.points < (1 if still else min(ENOUGH_POINTS, settings) if not self.sampler.names else ENOUGH_POINTS)
            or tally.unclear > tally.points
        ):
            return message("undecided", f"Only {tally.points} points could be compared.")
        if len(tally.settings) < min(settings, 3):
            return message("undecided", f"Only {len(tally.settings)} settings of the sizes could be compared.")
        notes: dict[str, Any] = {"kinks": "they differ only at kinks"} if tally.kinks else {}
        return sampled(tally.settings, tally.points, min(tally.digits, 10 * DIGITS), **notes)

    def _different(self, outcome: Outcome, setting: Setting) -> Verdict:
        simple = witness.simpler(outcome, self.sampler, self._examine)
        return different(**witness.describe(simple, setting, self.sampler, self.space.index_base))
