"""Cases, entry by entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.calculus.affine import Affine
from derive.calculus.atoms import Cases
from derive.calculus.expr import Expr, expr
from derive.notation import tree
from derive.notation.arrays import Clash, Value
from derive.notation.conditions import Choice, entrywise
from derive.notation.literals import plain

if TYPE_CHECKING:
    from derive.notation.lower import Lowering


def lower_cases(lowering: Lowering, node: tree.Cases) -> Value:
    """The first case whose condition holds, entry by entry where the conditions compare arrays.

    Raises:
        Clash: the cases have different shapes.
    """
    values = [lowering.lower(p.value) for p in node.pieces]
    tests = [None if p.condition is None else entrywise(lowering, p.condition) for p in node.pieces]
    shapes: list[Value | Choice] = [*values, *(t for t in tests if t is not None)]
    widest = max(shapes, key=lambda v: v.rank)
    if any(v.rank and v.dims != widest.dims for v in shapes):
        raise Clash("the shapes of the cases and of their conditions do not fit", values[0], values[0])

    def at(*i: Affine) -> Expr:
        entries = [v.at(*i) if v.rank else v.at() for v in values]
        conditions = [None if t is None else t.at(*i) if t.rank else t.at() for t in tests]
        branches = [(c, e) for c, e in zip(conditions, entries, strict=True) if c is not None]
        last = next((e for c, e in zip(conditions, entries, strict=True) if c is None), None)
        return expr(Cases(tuple(plain(branches)), last))

    return Value(widest.dims, at, widest.row)
