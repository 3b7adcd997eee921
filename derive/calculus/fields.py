"""Number systems: how a rational becomes a number, and what powers, functions and matrices of such numbers are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, isqrt
from math import erf as _erf
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Field:
    """A number system: how a rational becomes a number, what powers and functions are."""

    number: Callable[[Fraction], Any]
    functions: Mapping[str, Callable[..., Any]]
    power: Callable[[Any, Any], Any]
    rational_power: Callable[[Any, Fraction], Any]
    compare: Callable[[str, Any, Any], Array]
    matrix: Callable[[str, Array, Any], Array]
    dtype: Any = np.float64


def _compare(op: str, a: Any, b: Any) -> Array:
    table = {"<": np.less, "<=": np.less_equal, "=": np.equal, "!=": np.not_equal}
    table |= {">=": np.greater_equal, ">": np.greater}
    return np.asarray(table[op](a, b))


def _matrix(op: str, stack: Array, extra: Any) -> Array:
    if op == "inv":
        return np.linalg.inv(stack)
    if op == "det":
        return np.asarray(np.linalg.det(stack))
    exponents = np.asarray(extra).astype(int)
    shape = np.broadcast_shapes(stack.shape[:-2], exponents.shape)
    stack, exponents = np.broadcast_to(stack, (*shape, *stack.shape[-2:])), np.broadcast_to(exponents, shape)
    result = np.empty(stack.shape)
    for n in np.unique(exponents):
        result[exponents == n] = np.linalg.matrix_power(stack[exponents == n], int(n))
    return result


FLOAT = Field(
    number=float,
    functions={
        "exp": np.exp,
        "log": np.log,
        "sin": np.sin,
        "cos": np.cos,
        "tan": np.tan,
        "arctan": np.arctan,
        "arcsin": np.arcsin,
        "arccos": np.arccos,
        "sinh": np.sinh,
        "cosh": np.cosh,
        "tanh": np.tanh,
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
        "softplus": lambda z: np.logaddexp(0, z),
        "relu": lambda z: np.maximum(z, 0),
        "abs": np.abs,
        "sign": np.sign,
        "floor": np.floor,
        "ceil": np.ceil,
        "erf": np.vectorize(_erf, otypes=[float]),
        "max": np.maximum,
        "min": np.minimum,
        "pi": lambda: np.pi,
        "e": lambda: np.e,
    },
    power=lambda a, b: np.power(np.asarray(a, dtype=float), b),
    rational_power=lambda a, q: np.asarray(a, dtype=float) ** (int(q) if q.denominator == 1 else float(q)),
    compare=_compare,
    matrix=_matrix,
)


class NotExact(ArithmeticError):
    """A value is no fraction, or nothing here says which."""


def _whole_power(base: Any, exponent: Any) -> Any:
    if Fraction(exponent).denominator != 1:
        raise NotExact("a root")
    return Fraction(base) ** int(exponent)


def _share_power(base: Any, exponent: Fraction) -> Any:
    top, bottom = base.numerator, base.denominator
    if exponent.denominator == 2 and top >= 0 and isqrt(top) ** 2 == top and isqrt(bottom) ** 2 == bottom:
        return Fraction(isqrt(top), isqrt(bottom)) ** exponent.numerator
    return _whole_power(base, exponent)


def _no_matrix(op: str, stack: Array, extra: Any) -> Array:
    raise NotExact(op)


def _each(function: Callable[..., Any]) -> Callable[..., Any]:
    return np.vectorize(function, otypes=[object])


EXACT = Field(
    number=Fraction,
    functions={
        "relu": _each(lambda z: max(z, Fraction(0))),
        "abs": _each(abs),
        "sign": _each(lambda z: Fraction((z > 0) - (z < 0))),
        "floor": _each(lambda z: Fraction(floor(z))),
        "ceil": _each(lambda z: Fraction(ceil(z))),
        "max": _each(max),
        "min": _each(min),
    },
    power=_each(_whole_power),
    rational_power=lambda a, q: _each(lambda v: _share_power(Fraction(v), q))(a),
    compare=_compare,
    matrix=_no_matrix,
    dtype=object,
)
"""Fractions: what is none raises `NotExact`, or is a function that has no name here."""
