"""What a matrix expression is worth: the tree by NumPy's operators, with every shape insisted on; the text by NumPy itself."""

import re
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add, ge, gt, le, lt, matmul, mul
from typing import Any

import numpy as np

from derive.calculus.affine import Affine, Letter
from derive.calculus.evaluate import tabulate
from derive.calculus.expr import apply, entry
from derive.notation import matrix_tree as m

COMPARE = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": np.equal, "!=": np.not_equal}
UNKNOWN = [np.sin, np.cos, lambda z: -np.sin(z), lambda z: -np.cos(z)]
FUNCTIONS = dict.fromkeys(("f", "g", "phi", "psi"), UNKNOWN)


class World:
    """Arrays by name and dimensions by letter."""

    def __init__(self, arrays: Mapping[str, Any], sizes: Mapping[str, int]) -> None:
        self.arrays, self.sizes = arrays, {Letter(k): n for k, n in sizes.items()}

    def size(self, value: Affine) -> int:
        return value.at(self.sizes)

    def value(self, node: m.Matrix) -> Any:
        """The value; its shape is the node's, never one that broadcasting would forgive."""
        found = np.asarray(self._value(node), dtype=float)
        shape = tuple(map(self.size, m.shape_of(node)))
        assert found.shape == shape, f"{node}: {found.shape} is not {shape}"
        return found

    def _value(self, node: m.Matrix) -> Any:
        match node:
            case m.Name(name):
                return self.arrays[name]
            case m.Count(value):
                return self.size(value)
            case m.Ones(size):
                return np.ones(self.size(size))
            case m.Eye(size):
                return np.eye(self.size(size))
            case m.Function("inv", arg):
                return np.linalg.inv(self.value(arg))
            case m.Function("det", arg):
                return np.linalg.det(self.value(arg))
            case m.Function("power", arg, extra) if extra is not None:
                return np.linalg.matrix_power(self.value(arg), round(float(self.value(extra))))
            case m.Apply(function, args, order):
                return called(function, [self.value(a) for a in args], order)
            case m.Scaled(c, factors, body):
                return reduce(mul, map(self.value, (*factors, *([] if body is None else [body]))), float(c))
        parts = [self.value(x) for x in m.children(node)]
        return self._joined(node, parts)

    def _joined(self, node: m.Matrix, parts: Sequence[Any]) -> Any:
        match node:
            case m.Transpose():
                return parts[0].T
            case m.MatMul():
                return reduce(matmul, parts)
            case m.Inner():
                return parts[0] @ parts[1]
            case m.Outer():
                return np.outer(*parts)
            case m.Hadamard():
                assert len({p.shape for p in parts}) == 1, node
                return reduce(mul, parts)
            case m.Sum(_, shape):
                assert all(p.shape == tuple(map(self.size, shape)) for p in parts), node
                return reduce(add, parts, np.zeros([self.size(s) for s in shape]))
            case m.Power(_, e):
                return parts[0] ** float(e)
            case m.Raised():
                return parts[0] ** parts[1]
            case m.Truth(op):
                return COMPARE[op](*parts)
            case m.Diag() | m.Diagonal():
                return np.diag(parts[0])
            case m.Trace():
                return np.trace(parts[0])
            case m.Norm():
                return np.sqrt((parts[0] ** 2).sum())
        raise AssertionError(f"no value for {node}")

    def text(self, text: str) -> Any:
        """What NumPy makes of a printed text; ``f'(x)`` is not Python, and is spelled ``f_1(x)``."""
        plain = re.sub(r"(\w+)('+)\(", lambda m: f"{m[1]}_{len(m[2])}(", text)
        used = set(re.findall(r"\w+", plain))
        space: dict[str, Any] = {f: Function(f) for f in used if f not in NUMPY}
        space |= NUMPY | {k.name: n for k, n in self.sizes.items()}
        space |= {{"lambda": "lam"}.get(n, n).replace("/", "_"): v for n, v in self.arrays.items()}
        return np.asarray(eval(plain, {"__builtins__": {}}, space), dtype=float)


class Function:
    """A scalar function or a derivative of it, by the name that the text gives it."""

    def __init__(self, name: str) -> None:
        plain, _, order = name.rpartition("_")
        self.name, self.order = (plain, int(order)) if order.isdigit() and plain else (name, 0)

    def __call__(self, *args: Any) -> Any:
        return called(self.name, args, self.order)


def called(function: str, args: Sequence[Any], order: int) -> Any:
    """A scalar function entry by entry."""
    cells = np.broadcast_arrays(*map(np.asarray, args)) if args else []
    shape = cells[0].shape if args else ()
    value = apply(function, *(entry(f"a{k}", "i") for k in range(len(args))), order=order)
    arrays = {f"a{k}": c.reshape(-1) for k, c in enumerate(cells)}
    found = tabulate(value, [(Letter("i"), int(np.prod(shape)))], arrays, functions=FUNCTIONS)
    return found.reshape(shape)


NUMPY: dict[str, Any] = {
    n: getattr(np, n)
    for n in ["diag", "ones", "zeros", "eye", "outer", "sum", "trace", "sqrt", "where", "maximum", "minimum"]
}
NUMPY |= {n: getattr(np.linalg, n) for n in ("norm", "inv", "det", "matrix_power")}
NUMPY |= {"pi": np.pi, "e": np.e, "axis": None, "keepdims": None, "T": None, "None": None, "True": True}


def close(a: Any, b: Any) -> bool:
    """The same shape and the same numbers."""
    if a.shape != b.shape:
        return False
    finite = a[np.isfinite(a)]
    scale = max(1.0, float(np.max(np.abs(finite), initial=0)))
    return bool(np.allclose(a, b, rtol=1e-9, atol=1e-9 * scale, equal_nan=True))
