"""Conditions of indicators, cases and sums, as the calculus has them."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from derive.calculus.affine import Affine
from derive.calculus.atoms import Compare, Condition, Indicator, Logic
from derive.calculus.collapse import index_relation
from derive.calculus.expr import ZERO, Expr, expr, multiply
from derive.calculus.whole import whole
from derive.notation import tree
from derive.notation.affine_reader import affine_of
from derive.notation.arrays import Clash, Value, scalar
from derive.notation.errors import Unreadable
from derive.notation.regions import member

if TYPE_CHECKING:
    from derive.notation.lower import Lowering

OPS = {"=": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_INDEX_ONLY = (tree.Name, tree.Number, tree.Add, tree.Neg, tree.Product)


def lower_condition(lowering: Lowering, node: tree.Node) -> Condition:
    """The condition that a relation or a logical formula means.

    Raises:
        Unreadable: it is no condition.
    """
    match node:
        case tree.Relation((left, right), (("in" | "notin") as op,)):
            inside = member(lowering, right, lowering.number(left))
            return inside if op == "in" else Logic("not", (inside,))
        case tree.Relation(operands, ops):
            values = [lowering.number(o) for o in operands]
            if any(op not in OPS for op in ops):
                raise Unreadable("This relation is not read as a condition.", node.span[0])
            parts = tuple(Compare(OPS[op], a, b) for a, op, b in zip(values, ops, values[1:], strict=False))
            return parts[0] if len(parts) == 1 else Logic("and", parts)
        case tree.Logic(op, operands) if op in ("and", "or", "not"):
            return Logic(op, tuple(lower_condition(lowering, o) for o in operands))
        case tree.Logic(op, operands) if op in ("xor", "implies", "iff"):
            return reduce(lambda a, b: _joined(op, a, b), (lower_condition(lowering, o) for o in operands))
        case tree.Sequence((only,), "()"):
            return lower_condition(lowering, only)
        case tree.Constant(name) if name in ("true", "false"):
            return Logic("and" if name == "true" else "or", ())
    return Compare("!=", lowering.number(node), ZERO)


def _joined(op: str, a: Condition, b: Condition) -> Condition:
    no_a, no_b = Logic("not", (a,)), Logic("not", (b,))
    if op == "implies":
        return Logic("or", (no_a, b))
    differ = Logic("or", (Logic("and", (a, no_b)), Logic("and", (no_a, b))))
    return differ if op == "xor" else Logic("not", (differ,))


def truth(condition: Condition) -> Expr:
    """A condition's value, 1 or 0: brackets and guards where it is about whole numbers, an indicator otherwise."""
    if isinstance(condition, Compare):
        left, right = whole(condition.left), whole(condition.right)
        if left is not None and right is not None:
            return index_relation(left, condition.op, right)
    return expr(Indicator(condition))


def indicator(lowering: Lowering, node: tree.Node) -> Value:
    """1 where a condition holds; entry by entry where it compares arrays.

    Raises:
        Clash: arrays of different shapes are compared.
    """
    if not isinstance(node, tree.Relation) or any(op not in OPS for op in node.ops):
        return scalar(truth(lower_condition(lowering, node)))
    values = [lowering.lower(o) for o in node.operands]
    widest = max(values, key=lambda v: v.rank)
    for value in values:
        if value.rank and value.dims != widest.dims:
            raise Clash(f"{widest.describe()} and {value.describe()} are not compared", widest, value)

    def at(*i: Affine) -> Expr:
        sides = [v.at(*i) if v.rank else v.at() for v in values]
        return multiply(truth(Compare(OPS[op], a, b)) for a, op, b in zip(sides, node.ops, sides[1:], strict=False))

    return Value(widest.dims, at, widest.row)


def conjunction(value: Expr) -> Condition:
    """A 0/1 expression as a condition."""
    return Compare("!=", value, ZERO)


def factor(lowering: Lowering, node: tree.Node) -> Expr:
    """A sum's condition as a factor: brackets and guards where it is about indices, an indicator otherwise."""
    about_indices = isinstance(node, tree.Relation) and all(isinstance(o, _INDEX_ONLY) for o in node.operands)
    if isinstance(node, tree.Relation) and about_indices and set(node.ops) <= OPS.keys():
        try:
            values = [affine_of(o, lowering.letters_known) for o in node.operands]
        except Unreadable:
            return truth(lower_condition(lowering, node))
        return multiply(index_relation(a, op, b) for a, op, b in zip(values, node.ops, values[1:], strict=False))
    return truth(lower_condition(lowering, node))
