"""Norms of vectors and matrices."""

from __future__ import annotations

from fractions import Fraction

from derive.calculus.expr import apply, power
from derive.notation.arrays import Value, extreme, mapped, summed


def norm(a: Value, order: Fraction | str | None = None) -> Value:
    """``‖a‖``: the root of the sum of squares, or the 1-norm, the maximum norm, or a p-norm of a vector."""
    if order in (None, 2, "F") and not (a.rank == 2 and order == 2):
        return mapped(summed(mapped(a, lambda e: e * e)), lambda e: power(e, Fraction(1, 2)))
    size = mapped(a, lambda e: apply("abs", e))
    if order == "infinity" and a.rank == 1:
        return extreme("max", size)
    if order == 1 and a.rank == 1:
        return summed(size)
    if isinstance(order, Fraction) and order > 0 and a.rank == 1:
        return mapped(summed(mapped(size, lambda e: power(e, order))), lambda e: power(e, 1 / order))
    raise ValueError("this norm is not read; please write it out")
