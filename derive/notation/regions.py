"""Sets of numbers as conditions on one element: finite sets, intervals, unions, intersections, differences."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from derive.calculus.atoms import Compare, Condition, Logic
from derive.notation import tree
from derive.notation.errors import Unreadable

if TYPE_CHECKING:
    from derive.calculus.expr import Expr
    from derive.notation.lower import Lowering

JOINED = {"union": "or", "intersection": "and", "difference": "minus"}
ALL, NONE = Logic("and", ()), Logic("or", ())


def is_region(node: tree.Node) -> bool:
    r"""Whether a node can only be a set of numbers.

    >>> from derive.notation.declare import Declarations
    >>> from derive.notation.latex import read_latex
    >>> [is_region(read_latex(t, Declarations.of({}))) for t in ("\\{1, 2\\}", "(0, 1]", "(0, 1)")]
    [True, True, False]
    """
    match node:
        case tree.SetOf():
            return True
        case tree.Constant(name):
            return name in ("empty", "reals")
        case tree.Sequence(items, brackets):
            return len(items) == 2 and (brackets in ("[)", "(]", "][") or any(_endless(i) for i in items))
        case tree.Call(tree.Builtin(name), _):
            return name in JOINED
    return False


def could_be_region(node: tree.Node) -> bool:
    """Whether a node can be read as a set of numbers: a pair as an interval, a list or one number as its elements."""
    return is_region(node) or not isinstance(node, tree.Relation | tree.Logic | tree.Matrix)


def member(lowering: Lowering, node: tree.Node, element: Expr) -> Condition:
    """The condition that a number lies in a set.

    Args:
        lowering: what names mean.
        node: the set.
        element: the number.

    Raises:
        Unreadable: this is no set of numbers.
    """
    match node:
        case tree.Constant(name) if name in ("empty", "reals"):
            return ALL if name == "reals" else NONE
        case tree.Call(tree.Builtin(name), args) if name in JOINED:
            return _joined(JOINED[name], [member(lowering, a, element) for a in args])
        case tree.Sequence(items, brackets) if len(items) == 2 and brackets:
            return _between(lowering, node, element)
        case tree.SetOf(items) | tree.Sequence(items, ""):
            return Logic("or", tuple(Compare("=", element, lowering.number(i)) for i in items))
        case tree.Sequence(items, _) if len(items) > 2:
            return Logic("or", tuple(Compare("=", element, lowering.number(i)) for i in items))
    return Compare("=", element, lowering.number(node))


def _joined(op: str, parts: list[Condition]) -> Condition:
    if op != "minus":
        return Logic(op, tuple(parts))
    first, *rest = parts
    return Logic("and", (first, *(Logic("not", (r,)) for r in rest)))


def _between(lowering: Lowering, node: tree.Sequence, element: Expr) -> Condition:
    low, high = node.items
    if (first := _literal(low)) is not None and (last := _literal(high)) is not None and first > last:
        raise Unreadable("The ends of this interval are the wrong way round.", node.span[0])
    parts: list[Condition] = []
    if not _end(low, -1, node.brackets[0] in "(]"):
        parts.append(Compare(">" if node.brackets[0] in "(]" else ">=", element, lowering.number(low)))
    if not _end(high, 1, node.brackets[1] in ")["):
        parts.append(Compare("<" if node.brackets[1] in ")[" else "<=", element, lowering.number(high)))
    return Logic("and", tuple(parts))


def _literal(node: tree.Node) -> Fraction | None:
    if isinstance(node, tree.Neg):
        value = _literal(node.arg)
        return None if value is None else -value
    return node.value if isinstance(node, tree.Number) else None


def _end(node: tree.Node, side: int, opened: bool) -> bool:
    """Whether an interval goes on for ever on this side.

    Raises:
        Unreadable: it does, the wrong way round, or infinity is said to lie inside.
    """
    if not _endless(node):
        return False
    if (-1 if isinstance(node, tree.Neg) else 1) != side:
        raise Unreadable("The ends of this interval are the wrong way round.", node.span[0])
    if not opened:
        raise Unreadable("Infinity is no number: an interval is open on that side.", node.span[0])
    return True


def _endless(node: tree.Node) -> bool:
    inner = node.arg if isinstance(node, tree.Neg) else node
    return isinstance(inner, tree.Constant) and inner.name == "infinity"
