"""NumPy's products as a page writes them: ``⊙`` between arrays, no row without a transpose, no broadcasting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from derive.calculus.affine import Affine
from derive.notation import tree

Dims = tuple[Affine, ...]
Sized = Callable[[Affine], tree.Node]
NEW = tree.Constant("none")
_ONE = Affine.of(1)


def chained(
    node: tree.Product, factors: Sequence[tree.Node], ops: Sequence[str], dims: Sequence[Dims | None], sized: Sized
) -> tree.Node:
    """The product of factors of given shapes, joined from left to right as NumPy does."""
    known = [d for d in dims if d is not None]
    if len(known) < len(dims):
        return replace(node, factors=tuple(factors))
    result, mine = factors[0], known[0]
    fresh = False
    for op, factor, other in zip(ops, factors[1:], known[1:], strict=True):
        if op == "@" and len(mine) == 1 and len(other) == 2:
            result, mine = tree.Product((tree.Transpose(factor), result), ("@",)), other[1:]
            fresh = False
            continue
        if op == "@" and mine and other:
            out = (*mine[:-1], *other[1:])
        else:
            out = _wide(mine, other)
            result, factor = broadcast(result, mine, out, sized), broadcast(factor, other, out, sized)
            op = "odot" if op == "*" and mine and other else op
        result = _joined(result, op, factor, fresh)
        mine, fresh = out, True
    return replace(result, span=node.span)


def _joined(left: tree.Node, op: str, right: tree.Node, fresh: bool) -> tree.Node:
    if fresh and isinstance(left, tree.Product) and left.ops != ("",):
        return tree.Product((*left.factors, right), (*left.ops, op))
    return tree.Product((left, right), (op,))


def _wide(a: Dims, b: Dims) -> Dims:
    """The shape that two shapes stretch to."""
    rank = max(len(a), len(b))
    sizes = ((_ONE,) * (rank - len(a)) + a, (_ONE,) * (rank - len(b)) + b)
    return tuple(y if x == _ONE else x for x, y in zip(*sizes, strict=True))


def broadcast(node: tree.Node, mine: Dims | None, wanted: Dims, sized: Sized) -> tree.Node:
    r"""An array stretched to a matrix: ``\mathbf{1} b^\top`` for a row that repeats, ``b \mathbf{1}^\top`` for a column."""
    if mine is None or len(wanted) != 2 or mine == wanted or not mine:
        return node
    if isinstance(node, tree.Neg):
        return tree.Neg(broadcast(node.arg, mine, wanted, sized), span=node.span)
    node = _narrowed(node)
    if mine in (wanted[1:], (_ONE, wanted[1])):
        return tree.Product((_ones(sized(wanted[0])), tree.Transpose(node)), ("",))
    if mine == (wanted[0], _ONE):
        return tree.Product((node, tree.Transpose(_ones(sized(wanted[1])))), ("",))
    return node


def _narrowed(node: tree.Node) -> tree.Node:
    """``x[:, None]`` without its new axis."""
    if not isinstance(node, tree.Index) or NEW not in node.slots:
        return node
    rest = tuple(s for s in node.slots if s != NEW)
    return node.base if all(s == tree.Slice() for s in rest) else replace(node, slots=rest)


def _ones(size: tree.Node) -> tree.Node:
    return tree.Index(tree.Constant("ones"), (size,))


def floored(factors: Sequence[tree.Node], ops: Sequence[str]) -> tree.Node:
    """``a // b`` as the floor of a fraction."""
    at = ops.index("//")
    left = tree.Product(tuple(factors[: at + 1]), tuple(ops[:at])) if at else factors[0]
    floor = tree.Call(tree.Builtin("floor"), (tree.Product((left, factors[at + 1]), ("/",)),))
    rest, signs = factors[at + 2 :], ops[at + 1 :]
    return tree.Product((floor, *rest), tuple(signs)) if rest else floor
