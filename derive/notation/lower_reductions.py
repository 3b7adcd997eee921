"""Sums, means, products, extremes and norms of arrays, whole or along one axis."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from derive.calculus.affine import Affine, fresh
from derive.calculus.atoms import Bound
from derive.calculus.expr import ONE, Expr, apply, expr, power, total
from derive.calculus.substitute import reduction
from derive.notation import arrays, norms, tree
from derive.notation.affine_reader import affine_of
from derive.notation.arrays import Value, mapped, zipped
from derive.notation.errors import NotRead, Unreadable
from derive.notation.scalar_functions import SCALAR

if TYPE_CHECKING:
    from derive.notation.lower import Lowering

Lowered = Callable[["Lowering", tree.Call], Value]
AXIS = frozenset({"axis", "dim"})
KEPT = AXIS | {"keepdims", "keepdim"}


def keyword(node: tree.Call, *names: str) -> tree.Node | None:
    """The value of the first of these keywords that a call has."""
    return next((k.value for k in node.keywords if k.name in names), None)


def is_true(node: tree.Node | None) -> bool:
    """Whether a node is the constant true."""
    return isinstance(node, tree.Constant) and node.name == "true"


def _axis_said(node: tree.Call, place: int) -> tree.Node | None:
    said = keyword(node, *AXIS)
    return node.args[place] if said is None and len(node.args) > place else said


def axis_of(node: tree.Call, place: int = 1) -> int | None:
    """The axis that a call names, by keyword or by place."""
    said = _axis_said(node, place)
    return None if said is None or (isinstance(said, tree.Constant) and said.name == "none") else _integer(said)


def _integer(node: tree.Node) -> int:
    value = affine_of(node, lambda n: Affine.of(n.name)).constant
    if value is None:
        raise Unreadable("An axis is a whole number.", node.span[0])
    return value


def over_axis(join: Callable[[Value, int | None], Value], place: int = 1) -> Lowered:
    """A function of an array and an axis; ``keepdims`` leaves an axis of length 1."""

    def call(lowering: Lowering, node: tree.Call) -> Value:
        value, axis = lowering.lower(node.args[0]), axis_of(node, place)
        return kept(join(value, within(value, axis, node)), axis, value, node)

    return call


def over_axes(join: Callable[[Value, int | None], Value]) -> Lowered:
    """The same of a function that may be taken along one axis after the other, where a call names several."""
    one = over_axis(join)

    def call(lowering: Lowering, node: tree.Call) -> Value:
        said = _axis_said(node, 1)
        if not isinstance(said, tree.Sequence):
            return one(lowering, node)
        value = lowering.lower(node.args[0])
        places = [within(value, _integer(item), node) for item in said.items]
        if len(set(places)) != len(places):
            raise Unreadable("An axis is named twice.", said.span[0])
        for axis in sorted((a for a in places if a is not None), reverse=True):
            value = kept(join(value, axis), axis, value, node)
        return value

    return call


def within(value: Value, axis: int | None, node: tree.Call) -> int | None:
    """An axis counted from the first; the call is refused where the array has none of this number."""
    if axis is None:
        return None
    if not -value.rank <= axis < value.rank:
        has = {0: "no axes", 1: "one axis"}.get(value.rank, f"{value.rank} axes")
        raise Unreadable(f"This has {has}, and none is number {axis}; the first is number 0.", node.span[0])
    return axis % value.rank


def kept(result: Value, axis: int | None, value: Value, node: tree.Call) -> Value:
    """The result with its axis as one of length 1, where ``keepdims`` says so."""
    if not is_true(keyword(node, "keepdims", "keepdim")):
        return result
    one = Affine.of(1)
    if axis is None:
        return Value((one,) * value.rank, lambda *_: result.at())
    axis %= value.rank
    dims = (*value.dims[:axis], one, *value.dims[axis + 1 :])
    return Value(dims, lambda *i: result.at(*i[:axis], *i[axis + 1 :]))


def count(a: Value, axis: int | None) -> Expr:
    """How many entries go into one value along an axis."""
    result = ONE
    for d in a.dims if axis is None else (a.dims[axis],):
        result = result * expr(d)
    return result


def mean(a: Value, axis: int | None) -> Value:
    """The arithmetic mean."""
    n = count(a, axis)
    return mapped(arrays.summed(a, axis), lambda e: e / n)


def reduced(op: str) -> Callable[[Value, int | None], Value]:
    """The product, or the largest or smallest entry."""

    def over(a: Value, axis: int | None) -> Value:
        if axis is None:
            return arrays.extreme(op, a) if a.rank else a
        k = arrays.bound_of(a.dims[axis])
        rest = (*a.dims[:axis], *a.dims[axis + 1 :])
        return Value(rest, lambda *i: reduction(op, a.at(*i[:axis], Affine.of(k.letter), *i[axis:]), k))

    return over


def average(lowering: Lowering, node: tree.Call) -> Value:
    """NumPy's ``average``: a mean, with weights if it has some."""
    said = keyword(node, "weights")
    if said is None:
        return over_axes(mean)(lowering, node)
    value, weights, axis = lowering.lower(node.args[0]), lowering.lower(said), axis_of(node)
    place = within(value, axis, node)
    if place is not None and weights.rank == 1:
        wide = Value(value.dims, lambda *i: weights.at(i[place]))
        weights = wide if weights.dims[0] == value.dims[place] else weights
    above = zipped(value, weights, lambda x, w: x * w, "weighted by")
    return zipped(arrays.summed(above, place), arrays.summed(weights, place), lambda x, w: x / w, "over")


def spread(root: bool) -> Lowered:
    """The variance, or its root: divided by the number of values less ``ddof``."""

    def call(lowering: Lowering, node: tree.Call) -> Value:
        value, less = lowering.lower(node.args[0]), keyword(node, "ddof", "correction")
        one = ONE if less is None else lowering.number(less)

        def over(a: Value, axis: int | None) -> Value:
            centre, n = mean(a, axis), count(a, axis)

            def own(*i: Affine) -> Expr:
                return centre.at() if axis is None else centre.at(*i[:axis], *i[axis + 1 :])

            squares = Value(a.dims, lambda *i: power(a.at(*i) - own(*i), 2))
            rest = n if less is None else n - one
            found = mapped(arrays.summed(squares, axis), lambda e: e / rest)
            return mapped(found, lambda e: power(e, Fraction(1, 2))) if root else found

        axis = axis_of(node)
        return kept(over(value, within(value, axis, node)), axis, value, node)

    return call


def running(op: str) -> Lowered:
    """``cumsum`` and ``cumprod``: over everything up to each place."""

    def call(lowering: Lowering, node: tree.Call) -> Value:
        value = lowering.lower(node.args[0])
        axis = within(value, axis_of(node), node)
        if value.rank != 1 and axis is None:
            raise Unreadable("Say along which axis, as in axis=0.", node.span[0])
        place = axis or 0

        def at(*i: Affine) -> Expr:
            k = Bound(fresh("k"), Affine.of(0), i[place] + 1)
            body = value.at(*i[:place], Affine.of(k.letter), *i[place + 1 :])
            return total(body, k) if op == "sum" else reduction(op, body, k)

        return Value(value.dims, at)

    return call


def extreme(op: str) -> Lowered:
    """``max`` and ``min``: of an array, along an axis, or of several arrays entry by entry."""

    def call(lowering: Lowering, node: tree.Call) -> Value:
        if len(node.args) == 1:
            return over_axes(reduced(op))(lowering, node)
        if node.keywords:
            raise Unreadable("An axis goes with one array; please name it by axis=.", node.span[0])
        args = [lowering.lower(a) for a in node.args]
        result = args[0]
        for other in args[1:]:
            result = zipped(result, other, lambda a, b: apply(op, a, b), op, numpy=lowering.numpy)
        return result

    return call


def logsumexp(lowering: Lowering, node: tree.Call) -> Value:
    """``log Σ e^z`` along an axis, by itself the last one."""
    value, axis = lowering.lower(node.args[0]), axis_of(node)
    if not value.rank:
        return value
    over = arrays.summed(mapped(value, lambda e: apply("exp", e)), within(value, -1 if axis is None else axis, node))
    return kept(mapped(over, lambda e: apply("log", e)), -1 if axis is None else axis, value, node)


def softmax(lowering: Lowering, node: tree.Call) -> Value:
    """``e^{z_i} / Σ_j e^{z_j}`` along an axis, by itself the last one."""
    value, axis = lowering.lower(node.args[0]), axis_of(node)
    if not value.rank:
        raise Unreadable("A softmax is taken of a vector.", node.span[0])
    place = within(value, -1 if axis is None else axis, node)
    assert place is not None
    over = arrays.summed(mapped(value, lambda e: apply("exp", e)), place)
    return Value(value.dims, lambda *i: apply("exp", value.at(*i)) / over.at(*i[:place], *i[place + 1 :]), value.row)


def log_softmax(lowering: Lowering, node: tree.Call) -> Value:
    """The logarithm of the softmax."""
    return mapped(softmax(lowering, node), lambda e: apply("log", e))


def norm(lowering: Lowering, node: tree.Call) -> Value:
    """A norm: of a number, of a whole array, or along an axis."""
    value, said = lowering.lower(node.args[0]), keyword(node, "ord", "p")
    said = node.args[1] if said is None and len(node.args) > 1 else said
    order = None if said is None else _order(said)
    axis = axis_of(node, 2)
    if not value.rank:
        return mapped(value, SCALAR["abs"])
    if axis is not None:
        return kept(_norm_along(value, order, axis, node), axis, value, node)
    if value.rank == 2 and order is None and not lowering.numpy:
        order = "F"
    try:
        return kept(norms.norm(value, order), None, value, node)
    except ValueError as error:
        raise Unreadable(f"{str(error).capitalize()}.", node.span[0]) from error


def _norm_along(value: Value, order: Fraction | str | None, axis: int, node: tree.Call) -> Value:
    place = within(value, axis, node)
    if order == 1:
        return arrays.summed(mapped(value, SCALAR["abs"]), place)
    if order not in (None, 2):
        raise NotRead("This norm along an axis is not read; please write it out.", node.span[0])
    return mapped(arrays.summed(mapped(value, lambda e: e * e), place), SCALAR["sqrt"])


def _order(node: tree.Node) -> Fraction | str:
    if isinstance(node, tree.Number):
        return node.value
    if isinstance(node, tree.Constant) and node.name == "infinity":
        return "infinity"
    if isinstance(node, tree.Name | tree.Text):
        text = node.name if isinstance(node, tree.Name) else node.text
        if text in ("F", "fro", "Fro"):
            return "F"
    raise Unreadable("This norm is not read.", node.span[0])
