"""Constraints such as ``"n == k + T - 1"``: read with a whitelist, checked exactly, never executed."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

Values = Mapping[str, Fraction | int]
MAX_EXPONENT = 16
MAX_LENGTH = 1_000


class RelationError(ValueError):
    """A constraint that cannot be read."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A constraint with the names it speaks of; it holds where every link of its chain does."""

    text: str
    tree: ast.expr
    names: tuple[str, ...]

    def holds(self, values: Values) -> bool:
        """Whether it is true; a division by zero is not.

        >>> relation("0 < mu < L").holds({"mu": 1, "L": 2})
        True
        """
        try:
            return _truth(self.tree, values)
        except ZeroDivisionError:
            return False

    @property
    def equation(self) -> tuple[ast.expr, ast.expr] | None:
        """Both sides, where it is one equation."""
        match self.tree:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                return left, right
        return None

    def solved(self, name: str, values: Values) -> Fraction | None:
        """The value of a name that the equation is linear in, or None.

        >>> relation("n == 2*k - 1").solved("k", {"n": 5})
        Fraction(3, 1)
        """
        sides = self.equation
        if sides is None:
            return None
        try:
            at = [_difference(sides, {**values, name: Fraction(k)}) for k in range(3)]
        except ZeroDivisionError:
            return None
        slope = at[1] - at[0]
        if slope == 0 or at[2] - at[1] != slope:
            return None
        return -at[0] / slope


def relation(text: str) -> Relation:
    """Read a constraint in Python's syntax.

    Raises:
        RelationError: anything but comparisons of arithmetic on names and numbers.
    """
    if not isinstance(text, str) or len(text) > MAX_LENGTH:
        raise RelationError("a constraint must be a short text")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise RelationError(f"the constraint {text!r} cannot be read") from error
    found: dict[str, None] = {}
    _check(tree, text, found)
    return Relation(text, tree, tuple(found))


_ARITHMETIC: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction | int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Fraction, Fraction], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_CALLS: dict[str, Callable[..., Fraction]] = {"min": min, "max": max, "abs": abs}


def _check(tree: ast.expr, text: str, found: dict[str, None]) -> None:
    match tree:
        case ast.BoolOp(values=parts):
            children = parts
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.UAdd(), operand=inner):
            children = [inner]
        case ast.Compare(left=left, ops=ops, comparators=rest) if all(type(op) in _COMPARISONS for op in ops):
            children = [left, *rest]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            children = [left, right]
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int(n))) if 0 <= n <= MAX_EXPONENT:
            children = [left]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _CALLS and args:
            children = args
        case ast.Name(id=name):
            found[name] = None
            return
        case ast.Constant(value=int() | float()):
            return
        case _:
            raise RelationError(f"the constraint {text!r} has a part that is not allowed")
    for child in children:
        _check(child, text, found)


def _truth(tree: ast.expr, values: Values) -> bool:
    match tree:
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_truth(p, values) for p in parts)
        case ast.BoolOp(values=parts):
            return any(_truth(p, values) for p in parts)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return not _truth(inner, values)
        case ast.Compare(left=left, ops=ops, comparators=rest):
            sides = [_value(x, values) for x in (left, *rest)]
            return all(_COMPARISONS[type(op)](a, b) for op, a, b in zip(ops, sides, sides[1:], strict=False))
    return bool(_value(tree, values))


def _value(tree: ast.expr, values: Values) -> Fraction:
    match tree:
        case ast.Constant(value=float(x)):
            return Fraction(str(x))
        case ast.Constant(value=int(n)):
            return Fraction(n)
        case ast.Name(id=name):
            return Fraction(values[name])
        case ast.UnaryOp(op=op, operand=inner):
            return -_value(inner, values) if isinstance(op, ast.USub) else _value(inner, values)
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int(n))):
            return _value(left, values) ** n
        case ast.BinOp(left=left, op=op, right=right):
            return Fraction(_ARITHMETIC[type(op)](_value(left, values), _value(right, values)))
        case ast.Call(func=ast.Name(id=name), args=args):
            return _CALLS[name](*(_value(a, values) for a in args))
    return Fraction(int(_truth(tree, values)))


def _difference(sides: tuple[ast.expr, ast.expr], values: Values) -> Fraction:
    return _value(sides[0], values) - _value(sides[1], values)
