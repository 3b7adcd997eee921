"""Sorted entries and medians: an entry is where as many others come before it; equal ones keep their order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from derive.calculus.affine import Affine
from derive.calculus.atoms import Compare
from derive.calculus.expr import Expr, add, apply, expr, total
from derive.calculus.substitute import bracket, guard
from derive.notation import tree
from derive.notation.arrays import Value, bound_of, scalar
from derive.notation.conditions import truth
from derive.notation.errors import NotRead, Unreadable
from derive.notation.literals import listed
from derive.notation.lower_reductions import over_axis

if TYPE_CHECKING:
    from derive.notation.lower import Lowering


def median(lowering: Lowering, node: tree.Call) -> Value:
    """The median of a vector, of a matrix along one axis, or of numbers with commas between them.

    Raises:
        Unreadable: an array of several axes, without one of them named.
    """
    if len(node.args) > 1 and lowering.base:
        numbers = listed([lowering.number(a) for a in node.args])
        return _median(numbers, None)
    return over_axis(_median)(lowering, node)


def _median(a: Value, axis: int | None) -> Value:
    if not a.rank:
        return a
    if a.rank > 1 and axis is None:
        raise NotRead("The median of a whole matrix is not read; please name an axis.")
    along = axis or 0
    rest, size = (*a.dims[:along], *a.dims[along + 1 :]), a.dims[along]
    middle = [apply("floor", expr(size - 1) / 2), apply("floor", expr(size) / 2)]
    found = Value(rest, lambda *i: _ranked(lambda k: a.at(*i[:along], k, *i[along:]), size, middle) / 2)
    return found if rest else scalar(found.at())


def ordered(lowering: Lowering, node: tree.Call) -> Value:
    """The entries of a vector, the smallest first."""
    value = lowering.lower(node.args[0])
    if value.rank != 1 or len(node.args) > 1:
        raise Unreadable("Only the entries of one vector are sorted here.", node.span[0])
    return Value(value.dims, lambda k: _ranked(value.at, value.dims[0], [expr(k)]))


def _ranked(at: Callable[..., Expr], size: Affine, places: list[Expr]) -> Expr:
    """The sum of the entries with so many others before them, counted from 0."""
    i, j = bound_of(size, "i"), bound_of(size, "j")
    gap = Affine.of(i.letter) - Affine.of(j.letter)
    mine, other = at(Affine.of(i.letter)), at(Affine.of(j.letter))
    earlier = add([truth(Compare("<", other, mine)), guard(gap - 1) * truth(Compare("=", other, mine))])
    before = total(earlier * (expr(1) - bracket(gap)), j)
    return total(mine * add([truth(Compare("=", before, p)) for p in places]), i)
