"""Compiling conditions: brackets, guards, comparisons and their combinations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from derive.calculus.atoms import Bracket, Compare, Condition, Guard, Indicator
from derive.calculus.substitute import names
from derive.grading.balls import Number, jump_sign, sign_of
from derive.grading.run import Run

if TYPE_CHECKING:
    from derive.calculus.affine import Affine
    from derive.calculus.expr import Expr
    from derive.grading.loops import Value, Whole

Test = Callable[[Run], bool]
_HOLDS: dict[str, tuple[int, ...]] = {
    "<": (-1,),
    "<=": (-1, 0),
    "=": (0,),
    "!=": (-1, 1),
    ">=": (0, 1),
    ">": (1,),
}


class Conditions:
    """The part of the compiler that turns conditions into tests."""

    if TYPE_CHECKING:

        def affine(self, value: Affine) -> Whole: ...  # noqa: D102
        def expr(self, value: Expr) -> Value: ...  # noqa: D102

    def test(self, atom: Bracket | Guard | Indicator) -> Test:
        """Whether a factor that is worth 1 or 0 is worth 1."""
        if isinstance(atom, Indicator):
            return self.condition(atom.condition)
        if isinstance(atom, Bracket):
            zero = self.affine(atom.zero)
            return lambda run: zero(run) == 0
        nonneg = self.affine(atom.nonneg)
        return lambda run: nonneg(run) >= 0

    def condition(self, condition: Condition) -> Test:
        """Whether a condition holds; a tie between values that can move counts as a kink."""
        if isinstance(condition, Compare):
            return self.comparison(condition)
        parts = [self.condition(p) for p in condition.parts]
        if condition.op == "not":
            return lambda run: not parts[0](run)
        if condition.op == "and":
            return lambda run: all(p(run) for p in parts)
        return lambda run: any(p(run) for p in parts)

    def comparison(self, compare: Compare) -> Test:
        """Whether a relation between two scalars holds."""
        difference = self.expr(compare.left - compare.right)
        wanted = _HOLDS[compare.op]
        sign = jump_sign if names(compare.left) or names(compare.right) else sign_of
        return lambda run: sign(run, difference(run)) in wanted


def fixed(value: Value) -> Value:
    """The same value of sizes alone: nothing can move beside its jumps, so they are no kinks."""

    def result(run: Run) -> Number:
        kinks = run.kinks
        found = value(run)
        run.kinks = kinks
        return found

    return result
