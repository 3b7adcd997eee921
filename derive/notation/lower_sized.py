"""Ones, zeros and identities that nothing declares: their size is a subscript, or what the factor beside them asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derive.calculus.expr import ONE, ZERO, Expr
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
    identity = isinstance(node.base, tree.Name) and node.base.name == "I" and not lowering.declarations.is_known("I")
    if fill is None and not identity:
        return None
    dims = tuple(affine_of(s, lowering.letters_known) for s in _sizes(node.slots))
    if fill is None:
        return arrays.eye(dims[0]) if len(dims) == 1 else None
    return Value(dims, lambda *_: fill) if len(dims) <= 2 else None


def _sizes(slots: Sequence[tree.Node]) -> Sequence[tree.Node]:
    if len(slots) == 1 and isinstance(slots[0], tree.Product) and slots[0].ops == ("times",):
        return slots[0].factors
    return slots


def fitted(lowering: Lowering, node: tree.Product) -> list[Value]:
    """The factors of a product; bare ones and zeros as long as the factor beside them asks."""
    open_ = [_bare(lowering, f) for f in node.factors]
    values = [None if bare else lowering.lower(f) for bare, f in zip(open_, node.factors, strict=True)]
    for k, bare in enumerate(open_):
        if bare is not None:
            values[k] = _beside(bare, values, node.ops, k)
    return [lowering.lower(f) if v is None else v for v, f in zip(values, node.factors, strict=True)]


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


def _beside(bare: tuple[Expr, bool], values: Sequence[Value | None], ops: Sequence[str], k: int) -> Value | None:
    fill, turned = bare
    other = k + 1 if turned else k - 1
    neighbour = values[other] if 0 <= other < len(values) else None
    if neighbour is None or not neighbour.rank or ops[min(k, other)] not in BESIDE:
        return None
    size = neighbour.dims[0 if turned else -1]
    return Value((size,), lambda *_: fill, turned)


def unsized(node: tree.Constant) -> Unreadable:
    """The complaint about a vector of ones whose length nothing tells."""
    return Unreadable(
        f"How long is this vector of {node.name}? Write its length as a subscript, as in \\mathbf{{1}}_n.", node.span[0]
    )
