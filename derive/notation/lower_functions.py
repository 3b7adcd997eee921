"""Calls: scalar functions entry by entry, functions of vectors and matrices, NumPy's names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from derive.calculus.affine import Affine
from derive.calculus.expr import ONE, ZERO, apply, expr, power
from derive.notation import arrays, tree
from derive.notation.affine_reader import affine_of
from derive.notation.arrays import Value, mapped, zipped
from derive.notation.errors import Unreadable
from derive.notation.literals import listed
from derive.notation.lower_numpy import (
    np_arctan2,
    np_clip,
    np_compared,
    np_einsum,
    np_eye,
    np_filled,
    np_indicator,
    np_kronecker,
    np_matrix_power,
    np_pair,
    np_power,
    np_shape,
    np_size,
    np_true,
    np_two,
    np_where,
)
from derive.notation.scalar_functions import COMPARISONS, DOMAIN_FUNCTIONS, PAIRS, PLAIN, SCALAR
from derive.notation.signatures import check_arguments

if TYPE_CHECKING:
    from derive.notation.lower import Lowering


def lower_call(lowering: Lowering, node: tree.Call) -> Value:
    """What a call means.

    Raises:
        Unreadable: the function is not known, or not with these arguments.
    """
    match node.function:
        case tree.Prime(function, order):
            return _derivative(lowering, node, function, order)
        case tree.Name(name):
            return _declared(lowering, node, name, 0)
        case tree.Builtin(name):
            return _builtin(lowering, node, name)
    raise Unreadable("Only a function can be applied to something.", node.span[0])


def _declared(lowering: Lowering, node: tree.Call, name: str, order: int) -> Value:
    symbol = lowering.declarations.symbols.get(name)
    if symbol is None or not symbol.is_function:
        raise Unreadable(f"'{name}' is not a function that I know.", node.span[0])
    if len(node.args) != 1:
        raise Unreadable(f"'{name}' takes one argument.", node.span[0])
    function = DOMAIN_FUNCTIONS.get(symbol.domain, name)
    return mapped(lowering.lower(node.args[0]), lambda z: apply(function, z, order=order))


def _derivative(lowering: Lowering, node: tree.Call, function: tree.Node, order: int) -> Value:
    if isinstance(function, tree.Name):
        return _declared(lowering, node, function.name, order)
    if isinstance(function, tree.Builtin) and function.name in PLAIN and len(node.args) == 1:
        name = function.name
        return mapped(lowering.lower(node.args[0]), lambda z: apply(name, z, order=order))
    raise Unreadable("The derivative of this function is not read.", node.span[0])


def _builtin(lowering: Lowering, node: tree.Call, name: str) -> Value:
    check_arguments(node, name)
    special = _SPECIAL.get(name)
    if special is not None:
        return special(lowering, node)
    args = [lowering.lower(a) for a in node.args]
    if name in SCALAR and len(args) == 1:
        return mapped(args[0], SCALAR[name])
    if name in PAIRS and len(args) == 2:
        return np_pair(lowering, node, PAIRS[name], name)
    whole = _WHOLE.get(name)
    if whole is not None and len(args) == 1 and not node.keywords:
        return whole(args[0])
    if name == "log" and len(args) == 2:
        return np_pair(lowering, node, lambda z, b: apply("log", z) / apply("log", b), name)
    if name == "root" and len(args) == 2:
        return np_pair(lowering, node, lambda z, n: power(z, 1 / n), name)
    if name == "abs" and len(args) == 1:
        return mapped(args[0], SCALAR["abs"])
    if name == "diag" and all(not a.rank for a in args):
        return arrays.diag(listed([a.at() for a in args]))
    raise Unreadable(f"'{name}' is not read with these arguments.", node.span[0])


def _det(a: Value) -> Value:
    return a if not a.rank else arrays.matrix_function("det", a)


def _inverse(a: Value) -> Value:
    return mapped(a, lambda e: 1 / e) if not a.rank else arrays.matrix_function("inv", a)


_WHOLE: dict[str, Callable[[Value], Value]] = {
    "diag": arrays.diag,
    "tr": arrays.trace,
    "det": _det,
    "logdet": lambda a: mapped(_det(a), lambda e: apply("log", e)),
    "inverse": _inverse,
    "transpose": arrays.transpose,
    "logsumexp": arrays.logsumexp,
    "ones_like": lambda a: mapped(a, lambda _: ONE),
    "zeros_like": lambda a: mapped(a, lambda _: ZERO),
    "squeeze": lambda a: a,
    "array": lambda a: a,
}


def _axis(lowering: Lowering, node: tree.Call, place: int = 1) -> int | None:
    for k in node.keywords:
        if k.name == "axis" or k.name == "dim":
            return _integer(k.value)
    return _integer(node.args[place]) if len(node.args) > place else None


def _integer(node: tree.Node) -> int:
    value = affine_of(node, lambda n: Affine.of(n.name)).constant
    if value is None:
        raise Unreadable("An axis is a whole number.", node.span[0])
    return value


def _over_axis(join: Callable[[Value, int | None], Value]) -> Callable[[Lowering, tree.Call], Value]:
    def call(lowering: Lowering, node: tree.Call) -> Value:
        value, axis = lowering.lower(node.args[0]), _axis(lowering, node)
        if axis is not None and not -value.rank <= axis < value.rank:
            raise Unreadable(f"There is no axis {axis} here: this is {value.describe()}.", node.span[0])
        result = join(value, axis)
        keep = any(k.name in ("keepdims", "keepdim") and np_true(k.value) for k in node.keywords)
        return _kept(result, axis, value.rank) if keep and axis is not None else result

    return call


def _kept(value: Value, axis: int, rank: int) -> Value:
    axis %= rank
    dims = (*value.dims[:axis], Affine.of(1), *value.dims[axis:])
    return Value(dims, lambda *i: value.at(*i[:axis], *i[axis + 1 :]))


def _mean(a: Value, axis: int | None) -> Value:
    sizes = a.dims if axis is None else (a.dims[axis % a.rank],)
    count = ONE
    for d in sizes:
        count = count * expr(d)
    return mapped(arrays.summed(a, axis), lambda e: e / count)


def _extreme(op: str) -> Callable[[Lowering, tree.Call], Value]:
    def call(lowering: Lowering, node: tree.Call) -> Value:
        args = [lowering.lower(a) for a in node.args]
        if len(args) == 1 and not node.keywords:
            return arrays.extreme(op, args[0]) if args[0].rank else args[0]
        if node.keywords:
            raise Unreadable("A maximum along an axis is not read; please write the entry.", node.span[0])
        result = args[0]
        for other in args[1:]:
            result = zipped(result, other, lambda a, b: apply(op, a, b), op)
        return result

    return call


def _softmax(lowering: Lowering, node: tree.Call) -> Value:
    value = lowering.lower(node.args[0])
    if not value.rank:
        raise Unreadable("A softmax is taken of a vector.", node.span[0])
    axis = _axis(lowering, node)
    if axis is not None and value.rank == 2 and axis % 2 == 0:
        return arrays.transpose(arrays.softmax(arrays.transpose(value)))
    return arrays.softmax(value)


def _log_softmax(lowering: Lowering, node: tree.Call) -> Value:
    return mapped(_softmax(lowering, node), lambda e: apply("log", e))


def _norm(lowering: Lowering, node: tree.Call) -> Value:
    value = lowering.lower(node.args[0])
    order: Fraction | str | None = None
    if len(node.args) > 1:
        second = node.args[1]
        order = _order(second)
    if not value.rank:
        return mapped(value, SCALAR["abs"])
    if value.rank == 2 and order is None and not lowering.numpy:
        order = "F"
    try:
        return arrays.norm(value, order)
    except ValueError as error:
        raise Unreadable(f"{str(error).capitalize()}.", node.span[0]) from error


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


_Special = Callable[["Lowering", tree.Call], Value]
_SPECIAL: dict[str, _Special] = {
    "sum": _over_axis(arrays.summed),
    "sum_axis": _over_axis(arrays.summed),
    "mean": _over_axis(_mean),
    "max": _extreme("max"),
    "min": _extreme("min"),
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "norm": _norm,
    "outer": np_two(arrays.outer),
    "dot": np_two(lambda a, b: arrays.dot(a, b) if a.rank == b.rank == 1 else arrays.times(a, b, numpy=True)),
    "matmul": np_two(lambda a, b: arrays.times(a, b, numpy=True)),
    "where": np_where,
    "ones": np_filled(ONE),
    "zeros": np_filled(ZERO),
    "eye": np_eye,
    "kronecker": np_kronecker,
    "matrix_power": np_matrix_power,
    "power": np_power,
    "clip": np_clip,
    "indicator": np_indicator,
    "arctan2": np_arctan2,
    "shape": np_shape,
    "size": np_size,
    "einsum": np_einsum,
    **{name: np_compared(op) for name, op in COMPARISONS.items()},
}


def names() -> Sequence[str]:
    """Every built-in function that is read."""
    return sorted({*SCALAR, *PAIRS, *_WHOLE, *_SPECIAL})
