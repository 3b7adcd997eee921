"""Ones, zeros and identities that nothing declares: their size is a subscript, or what the factor beside them asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derive.calculus.affine import Affine
from derive.calculus.expr import ONE, ZERO, Expr, entry
from derive.notation import arrays, tree
from derive.notation.affine_reader import affine_of
from derive.notation.arrays import Value
from derive.notation.errors import Unreadable

if TYPE_CHECKING:
    from derive.notation.lower import Lowering

FILLED: dict[str, Expr] = {"ones": ONE, "zeros": ZERO}
BESIDE = ("", "cdot")


def sized(lowering: Lowering, node: tree.Index) -> Value | None:
    r"""``\mathbf{1}_n``, ``\mathbf{1}_{m \times n}``, ``I_n``: the array, or None where it is another index."""
    fill = _fill(lowering, node.base)
    if fill is None and not _is_sized_identity(lowering, node):
        return None
    dims = tuple(affine_of(s, lowering.letters_known) for s in _sizes(node.slots))
    if fill is None:
        return arrays.eye(dims[0]) if len(set(dims)) == 1 else None
    return Value(dims, lambda *_: fill) if len(dims) <= 2 else None


def _is_sized_identity(lowering: Lowering, node: tree.Index) -> bool:
    """Whether it is an ``I`` that nothing declares, or a declared identity with a size below, which is no row of it."""
    if not isinstance(node.base, tree.Name):
        return False
    symbol = lowering.declarations.symbols.get(node.base.name)
    if symbol is None:
        return node.base.name == "I" and not lowering.declarations.is_known("I")
    sizes = {s.name if isinstance(s, tree.Name) else "" for s in _sizes(node.slots)}
    return symbol.domain == "identity" and len(sizes) == len(node.slots) and all(map(lowering.is_size, sizes))


def _sizes(slots: Sequence[tree.Node]) -> Sequence[tree.Node]:
    if len(slots) == 1 and isinstance(slots[0], tree.Product) and slots[0].ops == ("times",):
        return slots[0].factors
    return slots


def is_open(lowering: Lowering, node: tree.Node) -> bool:
    """Whether the size of an array is left to what stands beside it: identities, ones and zeros without a subscript."""
    if isinstance(node, tree.Name | tree.Constant):
        return _is_identity(lowering, node) or _fill(lowering, node) is not None
    if isinstance(node, tree.Product):
        return any(is_open(lowering, f) for f in node.factors)
    if isinstance(node, tree.Neg | tree.Transpose):
        return is_open(lowering, node.arg)
    return isinstance(node, tree.Add) and all(is_open(lowering, t) for t in node.terms)


def _is_identity(lowering: Lowering, node: tree.Node) -> bool:
    return isinstance(node, tree.Name) and node.name == "I" and lowering.is_unknown("I")


def undeclared(lowering: Lowering, node: tree.Name) -> Value:
    """An undeclared ``I`` as large as its surroundings ask; any other name is a free unknown."""
    around = lowering.around
    if len(around) == 2 and around[0] == around[1] and _is_identity(lowering, node):
        return arrays.eye(around[0])
    lowering.unknown.add(node.name)
    return arrays.scalar(entry(node.name))


def summed(lowering: Lowering, terms: Sequence[tree.Node]) -> list[Value]:
    """The terms of a sum; identities and ones as large as the other terms."""
    open_ = [is_open(lowering, t) for t in terms]
    values = [None if o else lowering.lower(t) for o, t in zip(open_, terms, strict=True)]
    sizes = next((v.dims for v in values if v is not None and v.rank), lowering.around)
    return [v if v is not None else _within(lowering, t, sizes) for v, t in zip(values, terms, strict=True)]


def _within(lowering: Lowering, node: tree.Node, sizes: tuple[Affine, ...]) -> Value:
    before, lowering.around = lowering.around, sizes
    try:
        return lowering.lower(node)
    finally:
        lowering.around = before


def _all_within(lowering: Lowering, nodes: Sequence[tree.Node]) -> list[Value]:
    """Nodes beside each other, nothing of which asks for a size."""
    before, lowering.around = lowering.around, ()
    try:
        return [lowering.lower(n) for n in nodes]
    finally:
        lowering.around = before


def fitted(lowering: Lowering, node: tree.Product) -> list[Value]:
    """The factors of a product; identities, ones and zeros as large as the factor beside them asks."""
    open_ = [is_open(lowering, f) for f in node.factors]
    if not any(open_):
        return _all_within(lowering, node.factors)
    values: list[Value | None] = [
        None if o else _within(lowering, f, ()) for o, f in zip(open_, node.factors, strict=True)
    ]
    for k, factor in enumerate(node.factors):
        if open_[k]:
            values[k] = _beside(lowering, factor, values, node.ops, k)
    return [
        _within(lowering, f, lowering.around) if v is None else v for v, f in zip(values, node.factors, strict=True)
    ]


def _bare(lowering: Lowering, node: tree.Node) -> tuple[Expr, bool] | None:
    """What a vector without a length is filled with, and whether it lies down."""
    turned = isinstance(node, tree.Transpose)
    fill = _fill(lowering, node.arg if isinstance(node, tree.Transpose) else node)
    return None if fill is None else (fill, turned)


def _fill(lowering: Lowering, node: tree.Node) -> Expr | None:
    if not isinstance(node, tree.Constant) or node.name not in FILLED:
        return None
    declared = [s for s in lowering.declarations.symbols.values() if s.domain == node.name]
    return None if len(declared) == 1 else FILLED[node.name]


def _beside(
    lowering: Lowering, factor: tree.Node, values: Sequence[Value | None], ops: Sequence[str], k: int
) -> Value | None:
    bare = _bare(lowering, factor)
    if bare is not None:
        return _ones_beside(bare, values, ops, k) or _ones_around(lowering, bare)
    left, right = _neighbour(values, ops, k, -1), _neighbour(values, ops, k, 1)
    if right is None and left is None:
        return None
    size = right.dims[0] if right is not None else left.dims[-1] if left is not None else None
    return None if size is None else _within(lowering, factor, (size, size))


def _neighbour(values: Sequence[Value | None], ops: Sequence[str], k: int, step: int) -> Value | None:
    """The next array on one side, past numbers."""
    k += step
    while 0 <= k < len(values):
        value, op = values[k], ops[k if step < 0 else k - 1]
        if value is None or op not in (*BESIDE, "*", "@"):
            return None
        if value.rank:
            return value
        k += step
    return None


def _ones_around(lowering: Lowering, bare: tuple[Expr, bool]) -> Value | None:
    fill, turned = bare
    if not lowering.around:
        return None
    return Value((lowering.around[-1 if turned else 0],), lambda *_: fill, turned)


def _ones_beside(bare: tuple[Expr, bool], values: Sequence[Value | None], ops: Sequence[str], k: int) -> Value | None:
    fill, turned = bare
    other = k + 1 if turned else k - 1
    neighbour = values[other] if 0 <= other < len(values) else None
    if neighbour is None or not neighbour.rank or ops[min(k, other)] not in BESIDE:
        return None
    size = neighbour.dims[0 if turned else -1]
    return Value((size,), lambda *_: fill, turned)


def filled(lowering: Lowering, node: tree.Constant) -> Value:
    """A vector of ones or zeros as long as the vector that it is added to.

    Raises:
        Unreadable: nothing tells its length.
    """
    if len(lowering.around) == 1:
        return Value(lowering.around, lambda *_: FILLED[node.name])
    raise Unreadable(
        f"How long is this vector of {node.name}? Write its length as a subscript, as in \\mathbf{{1}}_n.", node.span[0]
    )
