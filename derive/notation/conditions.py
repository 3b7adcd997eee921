"""Conditions of indicators, cases and sums, as the calculus has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

from derive.calculus.affine import Affine
from derive.calculus.atoms import Compare, Condition, Indicator, Logic
from derive.calculus.collapse import index_relation
from derive.calculus.expr import ZERO, Expr, apply, expr, multiply
from derive.calculus.whole import whole
from derive.notation import tree
from derive.notation.affine_reader import affine_of
from derive.notation.arrays import Clash, Value
from derive.notation.errors import Unreadable
from derive.notation.regions import JOINED, member

if TYPE_CHECKING:
    from derive.notation.lower import Lowering

OPS = {"=": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_NUMBERS = {
    "and": "members of a list are parted by commas",
    "or": r"that one number divides another is written as a remainder, b \bmod a = 0",
}
_INDEX_ONLY = (tree.Name, tree.Number, tree.Add, tree.Neg, tree.Product)


def _with_ranges(lowering: Lowering, node: tree.Node) -> tree.Node:
    r"""A set, ``[n]`` in it as all indices up to n.

    Raises:
        Unreadable: a name in it is none that is known.
    """
    match node:
        case tree.Call(tree.Builtin(name), args) if name in JOINED:
            return replace(node, args=tuple(_with_ranges(lowering, a) for a in args))
        case tree.Name(name) if lowering.is_unknown(name):
            raise Unreadable(f"Nothing says what set '{node.latex}' is.", node.span[0])
        case tree.Name() | tree.Add() | tree.Product():
            base = lowering.base
            last = node if base else tree.Add((node, tree.Neg(tree.Number("1"))), span=node.span)
            return tree.Sequence((tree.Number(str(base)), last), "[]", span=node.span)
    return node


def lower_condition(lowering: Lowering, node: tree.Node) -> Condition:
    """The condition that a relation or a logical formula means.

    Raises:
        Unreadable: it is no condition.
    """
    match node:
        case tree.Relation((left, right), (("in" | "notin") as op,)):
            inside = member(lowering, _with_ranges(lowering, right), lowering.number(left))
            return inside if op == "in" else Logic("not", (inside,))
        case tree.Relation(operands, ops):
            values = [lowering.number(o) for o in operands]
            if any(op not in OPS for op in ops):
                raise Unreadable("This relation is not read as a condition.", node.span[0])
            parts = tuple(Compare(OPS[op], a, b) for a, op, b in zip(values, ops, values[1:], strict=False))
            return parts[0] if len(parts) == 1 else Logic("and", parts)
        case tree.Logic(op, operands) if op in ("and", "or", "not"):
            _no_numbers(lowering, op, operands)
            return Logic(op, tuple(lower_condition(lowering, o) for o in operands))
        case tree.Logic(op, operands) if op in ("xor", "implies", "iff"):
            return reduce(lambda a, b: _joined(op, a, b), (lower_condition(lowering, o) for o in operands))
        case tree.Sequence((only,), "()"):
            return lower_condition(lowering, only)
        case tree.Product((x, tree.Name("even" | "odd" | "is even" | "is odd" as word)), ("",)) if lowering.is_unknown(
            word
        ):
            half = lowering.number(x) / 2
            return Compare("=" if word.endswith("even") else "!=", half, apply("floor", half))
        case tree.Constant(name) if name in ("true", "false"):
            return Logic("and" if name == "true" else "or", ())
    return Compare("!=", lowering.number(node), ZERO)


def _no_numbers(lowering: Lowering, op: str, operands: Iterable[tree.Node]) -> None:
    """Refuse numbers joined as conditions are: those of a list, or one that divides another."""
    for node in operands if op in _NUMBERS else ():
        name = node.name if isinstance(node, tree.Name) else ""
        symbol = lowering.declarations.symbols.get(name)
        counts = name in lowering.declarations.dimensions if symbol is None else symbol.shape == ()
        number = isinstance(node, tree.Number) and node.text not in ("0", "1")
        if number or (counts and not lowering.declarations.is_truth(name)):
            raise Unreadable(f"A number is no condition, so no '{op}' belongs to it; {_NUMBERS[op]}.", node.span[0])


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


@dataclass(frozen=True)
class Choice:
    """A condition for every entry of an array; of a number it has no dimensions."""

    dims: tuple[Affine, ...]
    at: Callable[..., Condition]
    row: bool = False

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.dims)


def entrywise(lowering: Lowering, node: tree.Node) -> Choice:
    """A condition, entry by entry where it compares arrays.

    Raises:
        Clash: arrays of different shapes are compared.
    """
    match node:
        case tree.Relation(operands, ops) if all(op in OPS for op in ops):
            values = [lowering.lower(o) for o in operands]
            widest = _widest(values)

            def at(*i: Affine) -> Condition:
                sides = [v.at(*i) if v.rank else v.at() for v in values]
                parts = tuple(Compare(OPS[op], a, b) for a, op, b in zip(sides, ops, sides[1:], strict=False))
                return parts[0] if len(parts) == 1 else Logic("and", parts)

            return Choice(widest.dims, at, widest.row)
        case tree.Logic(op, operands) if op in ("and", "or", "not"):
            _no_numbers(lowering, op, operands)
            tests = [entrywise(lowering, o) for o in operands]
            widest_test = max(tests, key=lambda t: t.rank)
            if any(t.rank and t.dims != widest_test.dims for t in tests):
                raise Unreadable("These conditions are about arrays of different shapes.", node.span[0])
            return Choice(widest_test.dims, lambda *i: Logic(op, tuple(t.at(*i) if t.rank else t.at() for t in tests)))
        case tree.Sequence((only,), "()"):
            return entrywise(lowering, only)
    found = lower_condition(lowering, node)
    return Choice((), lambda *_: found)


def _widest(values: Iterable[Value]) -> Value:
    values = list(values)
    widest = max(values, key=lambda v: v.rank)
    for value in values:
        if value.rank and value.dims != widest.dims:
            raise Clash(f"{widest.describe()} and {value.describe()} are not compared", widest, value)
    return widest


def indicator(lowering: Lowering, node: tree.Node) -> Value:
    """1 where a condition holds; entry by entry where it compares arrays.

    Raises:
        Clash: arrays of different shapes are compared.
    """
    test = entrywise(lowering, node)

    def at(*i: Affine) -> Expr:
        found = test.at(*i)
        return (
            multiply(truth(p) for p in found.parts) if isinstance(found, Logic) and found.op == "and" else truth(found)
        )

    return Value(test.dims, at, test.row)


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
