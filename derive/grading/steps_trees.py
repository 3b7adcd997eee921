"""Rewriting syntax trees: a formula put in place of another, differentials told from products."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from derive.notation.tree import (
    Add,
    Big,
    Builtin,
    Call,
    Constant,
    Derivative,
    Index,
    Name,
    Node,
    Number,
    Prime,
    Product,
    Slice,
)
from derive.notation.walk import children, split_slots, walk

Change = Callable[[Node], Node | None]


def rebuilt(node: Node, change: Change) -> Node:
    """The tree with every outermost node that ``change`` has an answer for replaced by it.

    >>> double = Product((Number("2"), Name("x")), ("",))
    >>> rebuilt(double, lambda n: Name("y") if n == Name("x") else None).factors[1].name
    'y'
    """
    new = change(node)
    if new is not None:
        return new
    changed: dict[str, Any] = {}
    for f in fields(node):
        old = getattr(node, f.name)
        if isinstance(old, Node):
            put: object = rebuilt(old, change)
        elif isinstance(old, tuple):
            put = tuple(rebuilt(item, change) if isinstance(item, Node) else item for item in old)
        else:
            continue
        if put is not old and put != old:
            changed[f.name] = put
    return replace(node, **changed) if changed else node


def put_in(node: Node, part: Node, new: Node) -> Node:
    """The tree with a part replaced; a run of factors or of terms is a part too."""

    def change(n: Node) -> Node | None:
        if n == part:
            return new
        if isinstance(n, Product) and isinstance(part, Product):
            return _in_product(n, part, new)
        return _in_sum(n, part, new) if isinstance(n, Add) and isinstance(part, Add) else None

    return rebuilt(node, change)


def _in_product(node: Product, part: Product, new: Node) -> Node | None:
    size = len(part.factors)
    for k in range(len(node.factors) - size + 1):
        inner = node.ops[k : k + size - 1]
        divided = any(op in ("/", "//", "%") for op in (*node.ops[max(0, k - 1) : k], *inner))
        if node.factors[k : k + size] == part.factors and inner == part.ops and not divided:
            factors = (*node.factors[:k], new, *node.factors[k + size :])
            return replace(node, factors=factors, ops=(*node.ops[:k], *node.ops[k + size - 1 :]))
    return None


def _in_sum(node: Add, part: Add, new: Node) -> Node | None:
    size = len(part.terms)
    for k in range(len(node.terms) - size + 1):
        if node.terms[k : k + size] == part.terms:
            return replace(node, terms=(*node.terms[:k], new, *node.terms[k + size :]))
    return None


def is_zero(node: Node) -> bool:
    """Whether it is the number 0, or a 0 in bold."""
    return node == Number("0") or node == Constant("zeros")


def without_logarithms(a: Node, b: Node) -> tuple[Node, Node]:
    """``log x = b`` as ``x = exp b``."""
    match a:
        case Call(Builtin("log"), (inner,)):
            return inner, Call(Builtin("exp"), (b,))
    return a, b


def is_slope(node: Node | None) -> bool:
    """Whether it is a derivative, as ``∂L/∂w`` or as ``f'(x)``."""
    return isinstance(node, Derivative) or (isinstance(node, Call) and isinstance(node.function, Prime))


def slope_by(node: Node) -> tuple[Node, ...]:
    """What a derivative is taken by, where that is written."""
    return node.wrt if isinstance(node, Derivative) else node.args if isinstance(node, Call) and is_slope(node) else ()


def is_row(node: Node, rank: Callable[[str], int | None]) -> bool:
    """Whether it is one row of a matrix: ``W_j``, ``W_{j,:}``."""
    match node:
        case Index(Name(name), slots):
            return rank(name) == 2 and (len(split_slots(slots, 2)) == 1 or is_sliced(node))
    return False


def is_sliced(node: Node) -> bool:
    """Whether it is written as a row, ``W_{j,:}``, which is a column where it is transposed."""
    match node:
        case Index(Name(), (first, Slice(None, None, None))):
            return not isinstance(first, Slice)
    return False


def is_differential(node: Node | None) -> bool:
    """``dL``, ``∂x``: a derivative by nothing."""
    return isinstance(node, Derivative) and node.kind != "nabla" and not node.wrt and node.of is not None


def is_letter_d(node: Node, text: str) -> bool:
    r"""Whether a name is typed as the letter d: where ``\delta`` has the name d, it is typed otherwise."""
    return node == Name("d") and text[slice(*node.span)].strip() == "d"


def differentials(node: Node, text: str) -> Node:
    """The tree of a text in which ``d`` times something is its differential."""

    def change(n: Node) -> Node | None:
        if not isinstance(n, Product) or not any(is_letter_d(f, text) for f in n.factors[:-1]):
            return None
        factors: list[Node] = []
        ops: list[str] = []
        for k, factor in enumerate(n.factors):
            before = n.ops[k - 1] if k else ""
            if k and is_letter_d(n.factors[k - 1], text) and before == "":
                factors[-1] = Derivative(
                    "d", rebuilt(factor, change), (), span=(n.factors[k - 1].span[0], factor.span[1])
                )
                continue
            factors.append(rebuilt(factor, change))
            if k:
                ops.append(before)
        return factors[0] if len(factors) == 1 else replace(n, factors=tuple(factors), ops=tuple(ops))

    return rebuilt(node, change)


def varied(*nodes: Node) -> set[str]:
    """The names whose differential occurs; of ``d(Wx)`` the names in it, where none of them varies by itself."""
    parts = [n.of for node in nodes for n in walk(node) if isinstance(n, Derivative) and is_differential(n)]
    alone = {of.name for of in parts if isinstance(of, Name)}
    inside = [{n.name for n in walk(of) if isinstance(n, Name)} for of in parts if of is not None]
    return alone.union(*(found for found in inside if not found & alone))


def through(node: Node, left: Node, right: Node) -> Node:
    """A derivative of something that was claimed to be something else: of that, then."""
    if isinstance(node, Derivative) and node.of is not None and node != left:
        return replace(node, of=put_in(node.of, left, right))
    match node, left:
        case Call(Prime(f, order), (variable,)), Call(Prime(g, below), (other,)) if (
            f == g and order > below and variable == other
        ):
            return Derivative("d", right, (variable,) * (order - below), span=node.span)
    return node


def free_names(node: Node) -> list[Name]:
    """The names outside of sums that bind them, in order of appearance."""
    found: list[Name] = []

    def visit(part: Node, bound: frozenset[str]) -> None:
        if isinstance(part, Name):
            if part.name not in bound:
                found.append(part)
            return
        if isinstance(part, Big):
            bound |= {b.letter.name for b in part.binders}
        for child in children(part):
            visit(child, bound)

    visit(node, frozenset())
    return found


def t_is_power(typed: str) -> bool:
    r"""Whether T is written in exponents of matrices, ``W^{T-k}``: there ``W^T`` is no transpose."""
    return re.search(r"[A-Z]\^\{\s*(?:T\s*[-+]|\w+\s*[-+]\s*T\b)", typed) is not None
