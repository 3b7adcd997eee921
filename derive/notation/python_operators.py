"""Python's operators: which run together, and the tree of a run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from derive.notation.pratt import plain
from derive.notation.tree import Add, Neg, Node, Number, Power, Product, Span

if TYPE_CHECKING:
    from derive.notation.python_nodes import Reader

_LOOSE = {ast.Mult: "*", ast.MatMult: "@", ast.FloorDiv: "//", ast.Mod: "%"}


def kinds(op: ast.operator) -> tuple[type[ast.operator], ...] | None:
    """The operators that bind as ``op`` does and join with it in one run."""
    for family in ((ast.Add, ast.Sub), (ast.Div,), tuple(_LOOSE)):
        if isinstance(op, family):
            return family
    return None


def parenthesised(r: Reader, node: ast.BinOp) -> bool:
    """Whether brackets stand around a node: the syntax tree forgets them, the text knows."""
    start, end = r.place(node)
    return r.source[end:].lstrip().startswith(")") and r.source[:start].rstrip().endswith("(")


def joined(nodes: list[Node], ops: list[ast.operator], span: Span) -> Node:
    """One node for a run; a comparison in it counts 1 or 0."""
    nodes = [plain(n) for n in nodes]
    if isinstance(ops[0], ast.Add | ast.Sub):
        pairs = zip(ops, nodes[1:], strict=True)
        return Add((nodes[0], *(Neg(n, span=n.span) if isinstance(op, ast.Sub) else n for op, n in pairs)), span=span)
    if isinstance(ops[0], ast.Div):
        return Product(tuple(nodes), ("/",) * len(ops), span=span)
    return Product(tuple(nodes), tuple(_LOOSE[type(op)] for op in ops), span=span)


def shifted(left: Node, right: Node, op: ast.operator, span: Span) -> Node:
    """A whole number shifted by bits: times or whole-divided by a power of two."""
    power = Power(Number("2"), right, span=span)
    return Product((left, power), ("*" if isinstance(op, ast.LShift) else "//",), span=span)
