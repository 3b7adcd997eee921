"""NumPy's and SymPy's functions: arrays that are filled, Einstein sums, choices, comparisons."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from derive.calculus.affine import Affine
from derive.calculus.atoms import Number
from derive.calculus.expr import Expr, Term, apply, expr, multiply, total
from derive.calculus.functions import indicator
from derive.notation import arrays, tree
from derive.notation.affine_reader import affine_of
from derive.notation.arrays import Value, scalar, zipped
from derive.notation.conditions import lower_condition, truth
from derive.notation.errors import NotRead, Unreadable
from derive.notation.literals import listed
from derive.notation.lower_reductions import axis_of, count, within
from derive.notation.scalar_functions import PAIRS

if TYPE_CHECKING:
    from derive.notation.lower import Lowering


def np_true(node: tree.Node) -> bool:
    """Whether a node is the constant true."""
    return isinstance(node, tree.Constant) and node.name == "true"


def np_two(join: Callable[[Value, Value], Value]) -> Callable[[Lowering, tree.Call], Value]:
    """A function of two arrays."""

    def call(lowering: Lowering, node: tree.Call) -> Value:
        if len(node.args) != 2:
            raise Unreadable("This takes two arguments.", node.span[0])
        a, b = (lowering.lower(x) for x in node.args)
        return join(a, b)

    return call


def np_where(lowering: Lowering, node: tree.Call) -> Value:
    """``where(condition, a, b)`` and SymPy's ``Piecewise((a, condition), …)``."""
    pieces: tuple[tree.Piece, ...]
    if len(node.args) == 3 and not isinstance(node.args[0], tree.Sequence):
        condition, a, b = node.args
        pieces = (tree.Piece(a, condition), tree.Piece(b, None))
    else:
        pieces = tuple(np_piece(p) for p in node.args)
    return lowering.lower(tree.Cases(pieces, span=node.span))


def np_piece(node: tree.Node) -> tree.Piece:
    """One piece of SymPy's Piecewise."""
    if not isinstance(node, tree.Sequence) or len(node.items) != 2:
        raise Unreadable("A piece is a value with its condition.", node.span[0])
    value, condition = node.items
    return tree.Piece(value, None if np_true(condition) else condition)


def np_filled(value: Expr) -> Callable[[Lowering, tree.Call], Value]:
    """An array of one value, of a given shape."""

    def call(lowering: Lowering, node: tree.Call) -> Value:
        only = node.args[0] if node.args else None
        sizes = only.items if isinstance(only, tree.Sequence) else node.args
        dims = tuple(_size(lowering, s) for s in sizes)
        return Value(dims, lambda *_: value)

    return call


def np_eye(lowering: Lowering, node: tree.Call) -> Value:
    """The identity matrix."""
    return arrays.eye(_size(lowering, node.args[0]))


def _size(lowering: Lowering, node: tree.Node) -> Affine:
    """A size: letters and numbers, or the length of an axis, as in ``X.shape[1]`` and ``len(x)``."""
    value = None if isinstance(node, tree.Name | tree.Number) else lowering.lower(node)
    if value is not None and isinstance(node, tree.Add | tree.Product) and not value.rank:
        with suppress(Unreadable):  # something else than letters and numbers is in it
            return affine_of(node, lowering.letters_known)
    if value is None or value.rank:
        return affine_of(node, lowering.letters_known)
    return sum((_whole(t, node) for t in value.at().terms), Affine(()))


def _whole(term: Term, node: tree.Node) -> Affine:
    result = Affine.of(int(term.coefficient))
    for atom, e in term.factors:
        if not isinstance(atom, Number) or e != 1:
            raise Unreadable("A size is a sum of letters and whole numbers.", node.span[0])
        result = result * atom.value
    if term.bounds or term.coefficient.denominator != 1:
        raise Unreadable("A size is a sum of letters and whole numbers.", node.span[0])
    return result


def np_arange(lowering: Lowering, node: tree.Call) -> Value:
    """The whole numbers from the first bound, or 0, to before the last."""
    if len(node.args) > 2 or node.keywords:
        raise Unreadable("A range here has a start and a stop.", node.span[0])
    *first, last = (_size(lowering, a) for a in node.args)
    low = first[0] if first else Affine.of(0)
    return Value((last - low,), lambda i: expr(i + low))


def np_kronecker(lowering: Lowering, node: tree.Call) -> Value:
    """SymPy's KroneckerDelta."""
    a, b = (lowering.number(x) for x in node.args)
    return scalar(indicator("=", a, b))


def np_matrix_power(lowering: Lowering, node: tree.Call) -> Value:
    """A power of a matrix."""
    return arrays.raised(lowering.lower(node.args[0]), lowering.number(node.args[1]))


def np_power(lowering: Lowering, node: tree.Call) -> Value:
    """A power, entry by entry."""
    base, exponent = (lowering.lower(x) for x in node.args)
    return zipped(base, exponent, PAIRS["hadamard_power"], "to the power", numpy=lowering.numpy)


def np_clip(lowering: Lowering, node: tree.Call) -> Value:
    """Values kept between two bounds, one of which may be missing."""
    named = {k.name.removeprefix("a_"): k.value for k in node.keywords}
    result, *bounds = node.args
    found = dict(zip(("min", "max"), bounds, strict=False)) | named
    value = lowering.lower(result)
    for bound, op in (("min", "max"), ("max", "min")):
        end = found.get(bound)
        if end is not None and not (isinstance(end, tree.Constant) and end.name == "none"):
            value = zipped(value, lowering.lower(end), partial(apply, op), "clip", numpy=lowering.numpy)
    return value


def np_pair(lowering: Lowering, node: tree.Call, join: Callable[[Expr, Expr], Expr], sign: str) -> Value:
    """A scalar function of two arrays, entry by entry."""
    if len(node.args) != 2:
        raise Unreadable("This takes two arguments.", node.span[0])
    a, b = (lowering.lower(x) for x in node.args)
    return zipped(a, b, join, sign, numpy=lowering.numpy)


def np_compared(op: str) -> Callable[[Lowering, tree.Call], Value]:
    """A comparison, entry by entry."""
    return lambda lowering, node: np_pair(lowering, node, lambda a, b: indicator(op, a, b), op)


def np_indicator(lowering: Lowering, node: tree.Call) -> Value:
    """1 where a condition holds."""
    return scalar(truth(lower_condition(lowering, node.args[0])))


def np_arctan2(lowering: Lowering, node: tree.Call) -> Value:
    """Not read."""
    raise NotRead("arctan2 is not read; please write it with arctan.", node.span[0])


def np_shape(lowering: Lowering, node: tree.Call) -> Value:
    """The sizes of an array's axes, as a vector of numbers."""
    dims = lowering.lower(node.args[0]).dims
    return listed([expr(d) for d in dims])


def np_len(lowering: Lowering, node: tree.Call) -> Value:
    """The length of an array."""
    value = lowering.lower(node.args[0])
    if not value.rank:
        raise Unreadable("A number has no length.", node.span[0])
    return scalar(expr(value.dims[0]))


def np_size(lowering: Lowering, node: tree.Call) -> Value:
    """How many entries an array has, or how long the named axis is."""
    value = lowering.lower(node.args[0])
    return scalar(count(value, within(value, axis_of(node), node)))


def np_einsum(lowering: Lowering, node: tree.Call) -> Value:
    """NumPy's Einstein sums: letters that the right side does not name are summed."""
    pattern, *arrays_ = node.args
    if not isinstance(pattern, tree.Text):
        raise Unreadable("Write einsum with a pattern such as 'ij,jk->ik'.", node.span[0])
    left, arrow, out = pattern.text.replace(" ", "").partition("->")
    if not arrow:
        out = "".join(sorted(x for x in left.replace(",", "") if left.count(x) == 1))
    slots, values = left.split(","), [lowering.lower(a) for a in arrays_]
    if len(slots) != len(values) or any(len(s) != v.rank for s, v in zip(slots, values, strict=False)):
        raise Unreadable("This einsum pattern does not fit its arrays.", node.span[0])
    sizes = {x: d for s, v in zip(slots, values, strict=True) for x, d in zip(s, v.dims, strict=True)}
    if any(x not in sizes for x in out):
        raise Unreadable("This einsum pattern names a letter on the right alone.", node.span[0])
    summed = [arrays.bound_of(sizes[x], x) for x in sizes if x not in out]

    def at(*i: Affine) -> Expr:
        place = dict(zip(out, i, strict=True)) | {b.letter.name: Affine.of(b.letter) for b in summed}
        body = multiply(v.at(*(place[x] for x in s)) for s, v in zip(slots, values, strict=True))
        return total(body, *summed)

    return Value(tuple(sizes[x] for x in out), at)
