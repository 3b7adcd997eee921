"""Calls: scalar functions entry by entry, functions of vectors and matrices, NumPy's names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from derive.calculus.expr import ONE, ZERO, Expr, apply, power
from derive.notation import arrays, tree
from derive.notation.arrays import Value, mapped, zipped
from derive.notation.errors import Unreadable
from derive.notation.literals import listed
from derive.notation.lower_bands import flipped, reshaped, sliding, triangle
from derive.notation.lower_defined import value_of
from derive.notation.lower_numpy import (
    np_arange,
    np_arctan2,
    np_clip,
    np_compared,
    np_einsum,
    np_eye,
    np_filled,
    np_indicator,
    np_kronecker,
    np_len,
    np_matrix_power,
    np_power,
    np_shape,
    np_size,
    np_two,
    np_where,
)
from derive.notation.lower_order import median, ordered
from derive.notation.lower_products import covariance, cross, inner, kron, ravel, tensordot, transposed, vec
from derive.notation.lower_reductions import (
    AXIS,
    KEPT,
    average,
    extreme,
    log_softmax,
    logsumexp,
    norm,
    over_axes,
    reduced,
    running,
    softmax,
    spread,
)
from derive.notation.lower_spectra import spectral
from derive.notation.scalar_functions import COMPARISONS, DOMAIN_FUNCTIONS, PAIRS, PLAIN, SCALAR
from derive.notation.signatures import check_count

if TYPE_CHECKING:
    from derive.notation.lower import Lowering


_Special = Callable[["Lowering", tree.Call], Value]


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
    function, argument = DOMAIN_FUNCTIONS.get(symbol.domain, name), lowering.lower(node.args[0])
    if symbol.definition:
        if order:
            raise Unreadable(f"Carry out the derivative of '{symbol.latex}'.", node.span[0])
        return mapped(argument, lambda z: value_of(lowering, symbol, z, node))
    return mapped(argument, lambda z: apply(function, z, order=order))


def _derivative(lowering: Lowering, node: tree.Call, function: tree.Node, order: int) -> Value:
    if isinstance(function, tree.Name):
        return _declared(lowering, node, function.name, order)
    if isinstance(function, tree.Builtin) and function.name in PLAIN and len(node.args) == 1:
        name = function.name
        return mapped(lowering.lower(node.args[0]), lambda z: apply(name, z, order=order))
    raise Unreadable("The derivative of this function is not read.", node.span[0])


def _builtin(lowering: Lowering, node: tree.Call, name: str) -> Value:
    check_count(node, name)
    for k in node.keywords:
        if k.name not in _KEYWORDS.get(name, ()):
            raise Unreadable(f"The argument '{k.name}=' is not read with '{name}'.", k.value.span[0])
    special = _SPECIAL.get(name)
    if special is not None:
        return special(lowering, node)
    args = [lowering.lower(a) for a in node.args]
    if name == "abs" and len(args) == 1 and args[0].is_square and not lowering.numpy:
        return _det(args[0])
    if name in SCALAR and len(args) == 1:
        return mapped(args[0], SCALAR[name])
    if len(args) == 2 and (join := _PAIRS.get(name)) is not None:
        return zipped(args[0], args[1], join, name, numpy=lowering.numpy)
    whole = _WHOLE.get(name)
    if whole is not None and len(args) == 1:
        return whole(args[0])
    if name == "diag" and all(not a.rank for a in args):
        return arrays.diag(listed([a.at() for a in args]))
    raise Unreadable(f"'{name}' is not read with these arguments.", node.span[0])


def _det(a: Value) -> Value:
    return a if not a.rank else arrays.matrix_function("det", a)


def _dot(lowering: Lowering, node: tree.Call) -> Value:
    """``np.dot`` is a matrix product; ``⟨A, B⟩`` of two matrices goes entry by entry."""

    def join(a: Value, b: Value) -> Value:
        inner = a.rank == b.rank == 1 or (not lowering.numpy and a.dims == b.dims)
        return arrays.dot(a, b) if inner else arrays.times(a, b, numpy=True)

    return np_two(join)(lowering, node)


def _inner(lowering: Lowering, node: tree.Call) -> Value:
    """``np.inner`` sums over the last axes; elsewhere an inner product goes entry by entry."""
    return np_two(inner)(lowering, node) if lowering.numpy else _dot(lowering, node)


def _over_all(op: str, plain: _Special) -> _Special:
    """A sum or product; over eigenvalues, what it is in terms of the matrix."""

    def call(lowering: Lowering, node: tree.Call) -> Value:
        found = spectral(lowering, op, node)
        return plain(lowering, node) if found is None else found

    return call


def _inverse(a: Value) -> Value:
    return mapped(a, lambda e: 1 / e) if not a.rank else arrays.matrix_function("inv", a)


_PAIRS: dict[str, Callable[[Expr, Expr], Expr]] = {
    **PAIRS,
    "log": lambda z, b: apply("log", z) / apply("log", b),
    "root": lambda z, n: power(z, 1 / n),
}
_WHOLE: dict[str, Callable[[Value], Value]] = {
    "diag": arrays.diag,
    "tr": arrays.trace,
    "det": _det,
    "logdet": lambda a: mapped(_det(a), lambda e: apply("log", e)),
    "inverse": _inverse,
    "ones_like": lambda a: mapped(a, lambda _: ONE),
    "zeros_like": lambda a: mapped(a, lambda _: ZERO),
    "squeeze": lambda a: a,
    "vec": vec,
    "array": lambda a: a,
}


_KEYWORDS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("sum", "sum_axis", "prod", "max", "min", "logsumexp"), KEPT),
    **dict.fromkeys(("softmax", "log_softmax", "cumsum", "cumprod"), AXIS),
    **dict.fromkeys(("var", "std"), KEPT | {"ddof", "correction"}),
    "mean": KEPT | {"weights"},
    "median": KEPT,
    **dict.fromkeys(("triu", "tril"), frozenset({"k", "diagonal"})),
    **dict.fromkeys(("convolve", "correlate"), frozenset({"mode"})),
    "norm": KEPT | {"ord", "p"},
    "ravel": frozenset({"order"}),
    "tensordot": frozenset({"axes", "dims"}),
    "flip": frozenset({"axis", "dim", "dims"}),
    "cov": frozenset({"rowvar", "bias", "ddof"}),
    "clip": frozenset({"min", "max", "a_min", "a_max"}),
}
_SPECIAL: dict[str, _Special] = {
    "sum": _over_all("sum", over_axes(arrays.summed)),
    "sum_axis": over_axes(arrays.summed),
    "prod": _over_all("prod", over_axes(reduced("prod"))),
    "mean": average,
    "median": median,
    "sort": ordered,
    "var": spread(root=False),
    "std": spread(root=True),
    "cumsum": running("sum"),
    "cumprod": running("prod"),
    "max": extreme("max"),
    "min": extreme("min"),
    "softmax": softmax,
    "log_softmax": log_softmax,
    "logsumexp": logsumexp,
    "norm": norm,
    "triu": triangle(upper=True),
    "tril": triangle(upper=False),
    "convolve": sliding(flipped=True),
    "correlate": sliding(flipped=False),
    "reshape": reshaped,
    "flip": flipped,
    "solve": np_two(lambda a, b: arrays.times(_inverse(a), b, numpy=True)),
    "outer": np_two(arrays.outer),
    "dot": _dot,
    "inner": _inner,
    "vdot": np_two(arrays.dot),
    "kron": np_two(kron),
    "cross": np_two(cross),
    "ravel": ravel,
    "tensordot": tensordot,
    "transpose": transposed,
    "swapaxes": transposed,
    "cov": covariance,
    "matmul": np_two(lambda a, b: arrays.times(a, b, numpy=True)),
    "where": np_where,
    "ones": np_filled(ONE),
    "zeros": np_filled(ZERO),
    "eye": np_eye,
    "arange": np_arange,
    "kronecker": np_kronecker,
    "matrix_power": np_matrix_power,
    "power": np_power,
    "clip": np_clip,
    "indicator": np_indicator,
    "arctan2": np_arctan2,
    "shape": np_shape,
    "len": np_len,
    "size": np_size,
    "einsum": np_einsum,
    **{name: np_compared(op) for name, op in COMPARISONS.items()},
}


def names() -> Sequence[str]:
    """Every built-in function that is read."""
    return sorted({*SCALAR, *PAIRS, *_WHOLE, *_SPECIAL})
