"""What stands before the equals sign of an answer: the name of what was asked for, which says nothing."""

from __future__ import annotations

from contextlib import suppress

from derive.notation.declare import Declarations
from derive.notation.errors import Unreadable
from derive.notation.latex import read_latex
from derive.notation.reader import all_known
from derive.notation.tree import (
    Add,
    Call,
    Constant,
    Derivative,
    Index,
    Logic,
    Matrix,
    Name,
    Neg,
    Node,
    Number,
    Prime,
    Product,
    Relation,
    Sequence,
    SetOf,
    Text,
)
from derive.notation.walk import walk


def stripped(node: Node, declarations: Declarations, asked: str | None) -> Node:
    """The right-hand side, where there is no left one, or it names what was asked or something that is not declared."""
    node = _continued(node)
    if not isinstance(node, Relation) or set(node.ops) - {"=", "defines"}:
        return node
    *left, right = node.operands
    wanted = _asked(asked, declarations)
    whole = wanted.base if isinstance(wanted, Index) else wanted  # α for α_i
    if all(side in (wanted, whole) or _foreign(side, declarations) for side in left):
        return right
    return node


def _continued(node: Node) -> Node:
    r"""What stands behind a leading ``=``, ``\approx`` or ``\Rightarrow``."""
    match node:
        case Relation((Constant("above"), right), (("=" | "approx" | "to"),)):
            return right
        case Relation((Constant("above"), *others), ("=", *ops)):
            return Relation(tuple(others), tuple(ops), span=node.span)
        case Logic("implies", (Constant("above"), right)):
            return right
    return node


def _asked(text: str | None, declarations: Declarations) -> Node | None:
    """What is asked for, where it has a reading: an expectation or a probability has none."""
    with suppress(Unreadable):
        return read_latex(text, declarations, sides=True) if text else None
    return None


def _foreign(side: Node, declarations: Declarations) -> bool:
    """Whether a left-hand side names something that nothing declares, or is a derivative; a formula is no name."""
    said = any(isinstance(n, Derivative | Text) for n in walk(side)) or _is_slope(side)
    return not _is_formula(side, declarations) and (said or not all_known(side, declarations))


def _is_slope(side: Node) -> bool:
    """``r'(z)`` of a function that the page gives a name."""
    return isinstance(side, Call) and isinstance(side.function, Prime) and isinstance(side.function.function, Name)


def _is_formula(side: Node, declarations: Declarations) -> bool:
    """``y - p if i`` and ``7 x``: what has a sum, a number or a known name in front says something of its own."""
    first, *others = side.factors if isinstance(side, Product) else (side,)
    known = isinstance(first, Name | Index) and all_known(first, declarations) and bool(others)
    listed = isinstance(first, Sequence | Matrix | SetOf)
    return known or listed or any(isinstance(n, Add | Neg | Logic | Number) for n in (first, *others))
