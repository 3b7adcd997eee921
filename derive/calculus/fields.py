"""Number systems: how a rational becomes a number, and what powers, functions and matrices of such numbers are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
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
    rational_power=lambda a, q: a ** (int(q) if q.denominator == 1 else float(q)),
    compare=_compare,
    matrix=_matrix,
)
