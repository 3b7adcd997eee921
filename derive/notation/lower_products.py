"""Products of arrays that change their axes: Kronecker and cross products, contractions, rows laid end to end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from derive.calculus.affine import Affine
from derive.calculus.expr import ONE, Expr, expr, total
from derive.calculus.substitute import guard
from derive.notation import arrays, tree
from derive.notation.affine_reader import affine_of
from derive.notation.arrays import Value, mapped, zipped
from derive.notation.errors import Unreadable
from derive.notation.literals import listed
from derive.notation.lower_reductions import is_true, keyword, mean
from derive.notation.write import to_latex

if TYPE_CHECKING:
    from derive.notation.lower import Lowering


def within(place: Affine, size: Affine) -> Expr:
    """1 where an index lies in an axis of this size."""
    return guard(place) * guard(size - 1 - place)


def ravelled(a: Value) -> Value:
    """The rows of a matrix end to end."""
    if a.rank < 2:
        return Value(a.dims or (Affine.of(1),), lambda *i: a.at(*i[: a.rank]))
    if a.rank > 2:
        raise Unreadable("Only a matrix is laid out as one vector.")
    rows, width = a.dims

    def at(i: Affine) -> Expr:
        k = arrays.bound_of(rows)
        rest = i - Affine.of(k.letter) * width
        return total(within(rest, width) * a.at(Affine.of(k.letter), rest), k)

    return Value((rows * width,), at)


def ravel(lowering: Lowering, node: tree.Call) -> Value:
    """NumPy's ``ravel`` and ``flatten``: by rows, or by columns where ``order='F'`` says so."""
    value, order = lowering.lower(node.args[0]), keyword(node, "order")
    order = node.args[1] if order is None and len(node.args) > 1 else order
    text = order.text if isinstance(order, tree.Text) else "C"
    if text not in ("C", "F"):
        raise Unreadable("Only the orders 'C' and 'F' are read.", node.span[0])
    return ravelled(arrays.transpose(value, numpy=True) if text == "F" else value)


def vec(a: Value) -> Value:
    """The columns of a matrix end to end."""
    return ravelled(arrays.transpose(a, numpy=True))


def entry_by_entry(clash: arrays.Clash, node: tree.Product, values: Sequence[Value]) -> arrays.Clash:
    """The clash of two columns side by side, with what to write where they are meant entry by entry."""
    a, b = clash.left, clash.right
    for k, (left, right) in enumerate(pairwise(values)):
        if left is a and right is b and a.rank == b.rank == 1 and (a.dims, a.row) == (b.dims, b.row):
            meant = to_latex(tree.Product(node.factors[k : k + 2], ("odot",), span=node.span))
            plain = meant.replace(r"\odot", "⊙").replace(r"\left", "").replace(r"\right", "")
            says = f"{a.describe()} times {b.describe()} does not fit: write {plain} to multiply entry by entry"
            return arrays.Clash(says, a, b)
    return clash


def kron(a: Value, b: Value) -> Value:
    """The Kronecker product of two vectors or two matrices."""
    if not a.rank or not b.rank:
        return zipped(a, b, lambda x, y: x * y, "⊗")
    if a.rank != b.rank or a.rank > 2:
        raise arrays.Clash(f"{a.describe()} ⊗ {b.describe()} is not read", a, b)

    def at(*i: Affine) -> Expr:
        bounds = [arrays.bound_of(d) for d in a.dims]
        places = [Affine.of(k.letter) for k in bounds]
        rest = [x - p * d for x, p, d in zip(i, places, b.dims, strict=True)]
        only = ONE
        for r, d in zip(rest, b.dims, strict=True):
            only = only * within(r, d)
        return total(only * a.at(*places) * b.at(*rest), *bounds)

    return Value(tuple(x * y for x, y in zip(a.dims, b.dims, strict=True)), at)


def is_cross(a: Value, b: Value) -> bool:
    """Whether two factors are vectors in space, both columns or both rows."""
    three = (Affine.of(3),)
    return a.dims == b.dims == three and a.row == b.row


def cross(a: Value, b: Value) -> Value:
    """The cross product of two vectors in space."""
    if not is_cross(a, b):
        raise arrays.Clash(f"{a.describe()} × {b.describe()} is read of two vectors in space", a, b)
    x, y = ([v.at(Affine.of(k)) for k in range(3)] for v in (a, b))
    entries = [x[(k + 1) % 3] * y[(k + 2) % 3] - x[(k + 2) % 3] * y[(k + 1) % 3] for k in range(3)]
    return Value(a.dims, listed(entries).at, a.row)


def inner(a: Value, b: Value) -> Value:
    """NumPy's ``inner``: a sum over the last axes of both."""
    if not a.rank or not b.rank:
        return zipped(a, b, lambda x, y: x * y, "times")
    return _contracted(a, b, [a.rank - 1], [b.rank - 1])


def tensordot(lowering: Lowering, node: tree.Call) -> Value:
    """NumPy's ``tensordot``: a sum over so many last and first axes, or over those that are named."""
    a, b = (lowering.lower(x) for x in node.args[:2])
    said = keyword(node, "axes", "dims")
    said = node.args[2] if said is None and len(node.args) > 2 else said
    if isinstance(said, tree.Sequence) and len(said.items) == 2:
        left, right = (_axes(lowering, s) for s in said.items)
    else:
        count = 2 if said is None else _axes(lowering, said)[0]
        left, right = list(range(a.rank - count, a.rank)), list(range(count))
    if len(left) != len(right) or any(not 0 <= x < a.rank for x in left) or any(not 0 <= x < b.rank for x in right):
        raise Unreadable("These axes do not fit the arrays.", node.span[0])
    return _contracted(a, b, left, right)


def _axes(lowering: Lowering, node: tree.Node) -> list[int]:
    found = [affine_of(x, lowering.letters_known).constant for x in getattr(node, "items", (node,))]
    if any(x is None for x in found):
        raise Unreadable("An axis is a whole number.", node.span[0])
    return [x for x in found if x is not None]


def _contracted(a: Value, b: Value, left: list[int], right: list[int]) -> Value:
    if [a.dims[x] for x in left] != [b.dims[x] for x in right]:
        raise arrays.Clash(f"{a.describe()} and {b.describe()} do not fit along these axes", a, b)
    rest_a = [k for k in range(a.rank) if k not in left]
    rest_b = [k for k in range(b.rank) if k not in right]

    def at(*i: Affine) -> Expr:
        bounds = [arrays.bound_of(a.dims[x]) for x in left]
        own = dict(zip(rest_a, i, strict=False)) | {x: Affine.of(k.letter) for x, k in zip(left, bounds, strict=True)}
        other = dict(zip(rest_b, i[len(rest_a) :], strict=True)) | {
            x: Affine.of(k.letter) for x, k in zip(right, bounds, strict=True)
        }
        return total(a.at(*(own[k] for k in range(a.rank))) * b.at(*(other[k] for k in range(b.rank))), *bounds)

    return Value((*(a.dims[k] for k in rest_a), *(b.dims[k] for k in rest_b)), at)


def transposed(lowering: Lowering, node: tree.Call) -> Value:
    """A transpose, of all axes or in a named order; ``swapaxes`` exchanges two of them."""
    value, said = lowering.lower(node.args[0]), node.args[1:]
    if not said:
        return arrays.transpose(value, numpy=lowering.numpy)
    order = [x % max(value.rank, 1) for part in said for x in _axes(lowering, part)]
    if node.function == tree.Builtin("swapaxes") and len(order) == 2:
        swapped = dict(zip(order, reversed(order), strict=True))
        order = [swapped.get(k, k) for k in range(value.rank)]
    if sorted(order) != list(range(value.rank)):
        raise Unreadable("These are not the axes of this array.", node.span[0])

    def at(*i: Affine) -> Expr:
        return value.at(*(i[order.index(k)] for k in range(value.rank)))

    return Value(tuple(value.dims[k] for k in order), at)


def covariance(lowering: Lowering, node: tree.Call) -> Value:
    """NumPy's ``cov``: of the rows, or of the columns where ``rowvar`` is false; over n − 1, n or n − ``ddof``."""
    value, row, less = lowering.lower(node.args[0]), keyword(node, "rowvar"), keyword(node, "ddof")
    if (
        value.rank == 2
        and isinstance(row, tree.Constant | tree.Number)
        and not (is_true(row) or getattr(row, "text", "") == "1")
    ):
        value = arrays.transpose(value, numpy=True)
    bias = keyword(node, "bias")
    full = is_true(bias) or getattr(bias, "text", "") == "1"
    removed = lowering.number(less) if less is not None else expr(0 if full else 1)
    centre = mean(value, value.rank - 1)
    centred = Value(value.dims, lambda *i: value.at(*i) - centre.at(*i[:-1]))
    return mapped(inner(centred, centred), lambda e: e / (expr(value.dims[-1]) - removed))
