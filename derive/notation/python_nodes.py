"""The whitelist: which Python syntax has a meaning here, and which tree it becomes."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from derive.notation import functions as f
from derive.notation.declare import Declarations
from derive.notation.errors import Unreadable
from derive.notation.lexer import checked_number
from derive.notation.python_calls import call, comprehension
from derive.notation.python_lists import in_brackets, list_comprehension, set_comprehension
from derive.notation.python_operators import joined, kinds, parenthesised, shifted
from derive.notation.tree import (
    Builtin,
    Call,
    Cases,
    Constant,
    Index,
    Logic,
    Name,
    Neg,
    Node,
    Number,
    Piece,
    Power,
    Prime,
    Relation,
    Sequence,
    SetOf,
    Slice,
    Span,
    Text,
    Transpose,
)  # fmt: skip

MODULES = frozenset(
    {
        "np",
        "numpy",
        "sp",
        "sympy",
        "math",
        "torch",
        "F",
        "jnp",
        "scipy",
        "special",
        "stats",
        "linalg",
        "nn",
        "functional",
        "fft",
    }
)
_COMPARISONS = {ast.Eq: "=", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in",
                ast.NotIn: "notin"}  # fmt: skip
_CONSTANTS = {
    "pi": "pi",
    "e": "e",
    "E": "e",
    "inf": "infinity",
    "oo": "infinity",
    "Infinity": "infinity",
    "Inf": "infinity",
}
_LETTERS = {"lambda_": "lambda", "lamda": "lambda", "lam": "lambda"}
_ATTRIBUTES = {"T": "T", "mT": "T", "H": "T"}


class Reader:
    """One walk over the syntax tree of a text."""

    def __init__(self, source: str, origin: list[int], declared: Declarations) -> None:
        """Read ``source``; ``origin`` holds where in the student's text its characters, and its end, come from."""
        self.source, self.origin, self.declared = source, origin, declared
        self.bytes = None if source.isascii() else source.encode("utf-8", "replace")
        self.bound: list[str] = []

    def place(self, node: ast.AST) -> Span:
        """The offsets of a node in the source; Python counts bytes, we count characters."""
        start, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 0) or 0
        if self.bytes is not None:
            start, end = (len(self.bytes[:at].decode("utf-8", "replace")) for at in (start, end))
        return start, end

    def span(self, node: ast.AST) -> Span:
        """The offsets of a node in the student's text."""
        start, end = self.place(node)
        return self.origin[start], self.origin[end]

    def no(self, node: ast.AST, message: str) -> Unreadable:
        """The refusal of a node."""
        return Unreadable(message, self.span(node)[0])

    def expression(self, node: ast.expr) -> Node:
        """The tree of any whitelisted expression."""
        read = _READERS.get(type(node))
        if read is None:
            raise self.no(node, f"This kind of Python ({type(node).__name__}) is not part of an answer.")
        return read(self, node)

    def several(self, nodes: list[ast.expr]) -> tuple[Node, ...]:
        """The trees of several expressions."""
        return tuple(self.expression(node) for node in nodes)

    def is_module(self, node: ast.expr) -> bool:
        """Whether ``np`` or ``np.linalg`` is meant."""
        if isinstance(node, ast.Attribute):
            return node.attr in MODULES and self.is_module(node.value)
        return (
            isinstance(node, ast.Name)
            and node.id in MODULES
            and not self.declared.is_known(node.id)
            and node.id not in self.bound
        )


def _constant(r: Reader, node: ast.Constant) -> Node:
    value, span = node.value, r.span(node)
    if value is None or isinstance(value, bool):
        return Constant(str(value).lower(), span=span)
    if isinstance(value, int | float):
        text = checked_number(r.source[slice(*r.place(node))], span[0])
        if text[:2].lower() in ("0x", "0o", "0b"):
            raise r.no(node, "Please write this number in decimal digits.")
        return Number(f"{text}0" if text.endswith(".") else text.replace(".e", ".0e"), span=span)
    if isinstance(value, str):
        return Text(value[:200], span=span)
    raise r.no(node, "This kind of value is not part of an answer.")


def _name(r: Reader, node: ast.Name) -> Node:
    name, span = node.id if node.id in r.bound else r.declared.named(node.id), r.span(node)
    if name in r.bound or r.declared.is_known(name):
        return Name(name, r.declared.latex(name), span=span)
    if name in _CONSTANTS:
        return Constant(_CONSTANTS[name], span=span)
    if name.startswith("_") or name in f.UNREAD:
        raise r.no(node, f"The name '{name}' is not part of an answer.")
    if not name.isascii():
        return _greek(r, node)
    derivative = _derivative(r, name, span)
    if derivative is not None:
        return derivative
    if name in f.FUNCTIONS and len(name) > 1:
        return Builtin(f.FUNCTIONS[name], span=span)
    name = _LETTERS.get(name, name)
    return Name(name, r.declared.latex(name), span=span)


def _greek(r: Reader, node: ast.Name) -> Node:
    """Greek letters are identifiers too; letters of other scripts only look like ones we know."""
    from derive.notation.characters import complaint, in_latex

    latex = [in_latex(c) if not c.isascii() else c for c in node.id]
    if any(part is None for part in latex):
        raise r.no(node, complaint(next(c for c in node.id if not c.isascii() and in_latex(c) is None)))
    name = "".join(part.strip(" \\") for part in latex if part)
    return Name(name, r.declared.latex(name), span=r.span(node))


def _derivative(r: Reader, name: str, span: Span) -> Node | None:
    """``dsigma`` is the derivative of a declared function sigma, ``ddsigma`` the second one."""
    stem = name.lstrip("d")
    for order in range(1, len(name) - len(stem) + 1):
        if r.declared.is_function(name[order:]):
            return Prime(Name(name[order:], r.declared.latex(name[order:]), span=span), order, span=span)
    if name.endswith("_prime") and r.declared.is_function(name[:-6]):
        return Prime(Name(name[:-6], r.declared.latex(name[:-6]), span=span), 1, span=span)
    return None


def _attribute(r: Reader, node: ast.Attribute) -> Node:
    span = r.span(node)
    if r.is_module(node.value):
        known = _CONSTANTS.get(node.attr)
        if known is not None:
            return Constant(known, span=span)
        if node.attr in f.FUNCTIONS:
            return Builtin(f.FUNCTIONS[node.attr], span=span)
        if node.attr == "newaxis":
            return Constant("none", span=span)
        raise r.no(node, f"The function '{node.attr}' is not one we know.")
    if node.attr in _ATTRIBUTES:
        return Transpose(r.expression(node.value), "T", span=span)
    if node.attr == "I":
        return Power(r.expression(node.value), Neg(Number("1")), span=span)
    if node.attr in ("shape", "size", "ndim"):
        return Call(Builtin(node.attr), (r.expression(node.value),), span=span)
    raise r.no(node, f"The attribute '.{node.attr}' is not something we read here.")


def _binary(r: Reader, node: ast.BinOp) -> Node:
    """An operator; runs of equal strength are read without recursion on their left."""
    if isinstance(node.op, ast.Pow | ast.BitXor):
        if isinstance(node.op, ast.BitXor) and _truths(r, node):
            return Logic("xor", r.several([node.left, node.right]), span=r.span(node))
        if isinstance(node.op, ast.BitXor):
            raise r.no(node, "In Python a power is written **, not ^.")
        return Power(r.expression(node.left), r.expression(node.right), span=r.span(node))
    if isinstance(node.op, ast.BitAnd | ast.BitOr):
        return Logic(
            "and" if isinstance(node.op, ast.BitAnd) else "or",
            r.several([node.left, node.right]),
            span=r.span(node),
        )
    if isinstance(node.op, ast.LShift | ast.RShift):
        return shifted(r.expression(node.left), r.expression(node.right), node.op, r.span(node))
    family = kinds(node.op)
    if family is None:
        raise r.no(node, "This operator is not part of an answer.")
    operands: list[ast.expr] = []
    ops: list[ast.operator] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp) and isinstance(left.op, family) and (left is node or not parenthesised(r, left)):
        operands.append(left.right)
        ops.append(left.op)
        left = left.left
    nodes = [r.expression(left), *(r.expression(n) for n in reversed(operands))]
    return joined(nodes, ops[::-1], r.span(node))


def _truths(r: Reader, node: ast.expr) -> bool:
    """Whether only names that are 0 or 1 occur, so that ``^`` is "either … or"."""
    found = [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
    return bool(found) and all(map(r.declared.is_truth, found))


def _unary(r: Reader, node: ast.UnaryOp) -> Node:
    if isinstance(node.op, ast.UAdd):
        return r.expression(node.operand)
    if isinstance(node.op, ast.USub):
        return Neg(r.expression(node.operand), span=r.span(node))
    return Logic("not", (r.expression(node.operand),), span=r.span(node))


def _boolean(r: Reader, node: ast.BoolOp) -> Node:
    return Logic("and" if isinstance(node.op, ast.And) else "or", r.several(node.values), span=r.span(node))


def _compare(r: Reader, node: ast.Compare) -> Node:
    if not all(type(op) in _COMPARISONS for op in node.ops):
        raise r.no(node, "This comparison is not part of an answer.")
    ops = tuple(_COMPARISONS[type(op)] for op in node.ops)
    return Relation((r.expression(node.left), *r.several(node.comparators)), ops, span=r.span(node))


def _conditional(r: Reader, node: ast.IfExp) -> Node:
    value, condition, other = r.expression(node.body), r.expression(node.test), r.expression(node.orelse)
    pieces = (Piece(value, condition), *(other.pieces if isinstance(other, Cases) else (Piece(other),)))
    return Cases(pieces, span=r.span(node))


def _subscript(r: Reader, node: ast.Subscript) -> Node:
    inner = node.slice
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    base = r.expression(node.value)
    if isinstance(base, Call) and base.function == Builtin("logdet") and r.several(parts) == (Number("1"),):
        return base
    if isinstance(base, Index) and not any(isinstance(s, Slice) for s in base.slots):
        return Index(base.base, (*base.slots, *r.several(parts)), span=r.span(node))
    return Index(base, r.several(parts), span=r.span(node))


def _slice(r: Reader, node: ast.Slice) -> Node:
    start, stop, step = (r.expression(n) if n is not None else None for n in (node.lower, node.upper, node.step))
    return Slice(start, stop, step, span=r.span(node))


def _set(r: Reader, node: ast.Set) -> Node:
    return SetOf(r.several(node.elts), span=r.span(node))


def _list(r: Reader, node: ast.List | ast.Tuple) -> Node:
    if not node.elts:
        raise r.no(node, "This list is empty.")
    if isinstance(node, ast.List) and len(node.elts) == 1 and isinstance(node.elts[0], ast.Compare):
        return r.expression(node.elts[0])  # [i == j], 1 where it holds and else 0
    brackets = "[]" if isinstance(node, ast.List) else "()" if in_brackets(r, node) else ""
    return Sequence(r.several(node.elts), brackets, span=r.span(node))


_READERS: dict[type[ast.expr], Callable[[Reader, Any], Node]] = {
    ast.Constant: _constant, ast.Name: _name, ast.Attribute: _attribute, ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean, ast.Compare: _compare, ast.IfExp: _conditional, ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Set: _set, ast.List: _list, ast.Tuple: _list, ast.Call: call, ast.GeneratorExp: comprehension,
    ast.ListComp: list_comprehension, ast.SetComp: set_comprehension,
}  # fmt: skip
