"""Comparing at sizes too large to write every entry down: what both sides have in common is left out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product

from derive.calculus.affine import Affine
from derive.calculus.atoms import Bound
from derive.calculus.canonical import TooLarge, canonical
from derive.calculus.expr import ZERO, Expr
from derive.grading import witness
from derive.grading.compiled import Side, compile_side
from derive.grading.drawn import sampler_of
from derive.grading.examine import Budget, Outcome, examine
from derive.grading.proof import facts_of
from derive.grading.regimes import switches, unseen
from derive.grading.run import OverBudget
from derive.grading.settings import Setting
from derive.grading.space import Plan, Sampler, Space
from derive.grading.thresholds import thresholds
from derive.grading.verdict import Verdict, different, message

LITTLE = 30_000
MOST_REGIMES = 24
COMMON = "r is what both have in common"


@dataclass(frozen=True)
class Beyond:
    """Both sides of a comparison, and what is left of their difference."""

    bodies: tuple[Expr, Expr]
    sides: tuple[Side, Side]
    frame: tuple[Bound, ...]
    shape: tuple[Affine, ...]
    space: Space
    sampler: Sampler

    def verdict(self, setting: Setting) -> Verdict | bool:
        """Different at this setting, or whether both are known to agree there."""
        outcome = self._outcome(*self.sides, self.sampler, setting)
        said = self._said(outcome, setting, self.sampler) if outcome is not None else False
        if said or self._gap is None:
            return said
        left, right, sampler = self._gap
        rest = self._outcome(left, right, sampler, setting)
        return self._said(rest, setting, sampler, COMMON) if rest is not None else False

    def at_large(self, setting: Setting, values: Sequence[int]) -> Verdict | None:
        """Far larger whole numbers for one letter, where that is cheap; only a difference counts here."""
        known = self.sampler.search().relations
        for name, value in product(list(setting)[:3], values):
            large = {**setting, name: value}
            if value > 0 and all(r.holds(large) for r in known):
                found = self.verdict(large)
                if isinstance(found, Verdict):
                    return found
        return None

    def regimes(self, seen: Sequence[Setting]) -> Verdict | None:
        """Every side of what jumps with the sizes, however large these have to be, beyond the settings seen."""
        whole = [n for n in self.sampler.names if self.sampler.symbol(n).counts]
        found = switches(self.bodies, self.frame, whole) if seen else []
        if not found:
            return None
        marks = [v + d for v in thresholds(self.bodies) for d in (0, 1, -1)]
        for setting in islice(unseen(found, self.sampler.search(), seen, marks), MOST_REGIMES):
            there = self.verdict(setting)
            if isinstance(there, Verdict):
                return there
            if not there and 1 not in setting.values():
                return message("undecided", f"Something changes at {_sizes(setting)}, too far out to compare there.")
        return None

    def _said(self, outcome: Outcome, setting: Setting, sampler: Sampler, note: str = "") -> Verdict | bool:
        if outcome.kind != "differ" or (outcome.kink and sampler.can_move()):
            return outcome.kind == "agree"
        found = witness.describe(outcome, setting, sampler, self.space.index_base)
        if note:
            found |= {"reference_value": f"r + {found['reference_value']}", "answer_value": "r", "note": note}
        return different(**found)

    def _outcome(self, left: Side, right: Side, sampler: Sampler, setting: Setting) -> Outcome | None:
        with suppress(OverBudget, OverflowError):
            point = sampler.point(setting, Plan(), 5000)
            if point is not None:
                return examine(left, right, point, Budget(LITTLE), False, self.space.tolerance)
        return None

    @cached_property
    def _gap(self) -> tuple[Side, Side, Sampler] | None:
        """The difference with what is in both left out, if that makes it speak of fewer names."""
        try:
            gap = canonical(self.bodies[0] - self.bodies[1], facts=facts_of(self.space, self.frame))
        except (TooLarge, OverflowError):
            return None
        sampler = sampler_of(gap, ZERO, (self.shape, ()), self.frame, self.space)
        return compile_side(gap, self.frame, self.shape), compile_side(ZERO, self.frame, self.shape), sampler


def _sizes(setting: Setting) -> str:
    return ", ".join(f"{n} = {k}" for n, k in setting.items())
