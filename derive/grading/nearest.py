"""Rounding to the nearest whole number: which way a tie goes is a custom, where a floor by itself is exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.grading.balls import is_whole

if TYPE_CHECKING:
    from derive.calculus.atoms import Apply
    from derive.grading.balls import Number, State
    from derive.grading.scalars import Function


def is_nearest(atom: Apply) -> bool:
    """Whether it is ``⌊u + 1/2⌋`` or ``⌈u − 1/2⌉``.

    >>> from derive.calculus.atoms import Apply
    >>> from derive.calculus.expr import Fraction, entry
    >>> x = entry("x")
    >>> [is_nearest(Apply("floor", (u,), 0)) for u in (x + Fraction(1, 2), x)]
    [True, False]
    """
    return atom.function in ("floor", "ceil") and any(
        not t.factors and not t.bounds and t.coefficient.denominator == 2 for t in atom.args[0].terms
    )


def with_ties(function: Function) -> Function:
    """The same function, at whose ties another custom has another value: they count as kinks."""

    def result(state: State, z: Number) -> Number:
        state.kinks += is_whole(z)
        return function(state, z)

    return result
