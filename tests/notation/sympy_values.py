"""What SymPy expressions are worth, computed node by node: SymPy's own evaluators stop at sums over arrays."""

import math
from collections.abc import Iterable, Mapping

import numpy as np
import sympy

CALLS = {name: getattr(math, name) for name in ("exp", "log", "tanh", "sin", "cos", "erf", "floor")}
CALLS |= {"Max": max, "Min": min, "Abs": abs, "sign": np.sign, "f": math.sin, "atan": math.atan}


def worth(node: object, at: dict[object, object]) -> float:
    """The number that a SymPy expression is; ``at`` gives symbols and arrays theirs. Only what counts is computed."""

    def each(parts: object) -> list[float]:
        return [worth(a, at) for a in parts]

    match node:
        case sympy.Symbol():
            found = at[node.name]
            return found[()] if isinstance(found, Defined) else found
        case sympy.Indexed():
            return at[str(node.base)][tuple(map(int, each(node.indices)))]
        case sympy.Sum() | sympy.Product():
            *inner, (symbol, low, high) = node.limits
            body = node.func(node.function, *inner) if inner else node.function
            steps = range(int(worth(low, at)), int(worth(high, at)) + 1)
            found = [worth(body, {**at, symbol.name: k}) for k in steps]
            return math.fsum(found) if isinstance(node, sympy.Sum) else math.prod(found)
        case sympy.Piecewise():
            return next((worth(v, at) for v, c in node.args if worth(c, at)), math.nan)
        case sympy.Subs():
            return -math.sin(worth(node.point[0], at))
        case sympy.matrices.expressions.matexpr.MatrixElement():
            i, j = map(int, each(node.indices))
            return np.linalg.matrix_power(matrix(node.parent.base, at), int(worth(node.parent.exp, at)))[i, j]
        case sympy.Determinant():
            return np.linalg.det(matrix(node.arg, at))
        case sympy.Mul():
            zero = [a for a in node.args if isinstance(a.as_base_exp()[0], sympy.Heaviside | sympy.KroneckerDelta)]
            return 0 if 0 in each(zero) else math.prod(each(node.args))
        case sympy.Add():
            return math.fsum(each(node.args))
        case sympy.Pow():
            return worth(node.base, at) ** worth(node.exp, at)
        case sympy.Heaviside():
            z, zero = each(node.args)
            return zero if z == 0 else float(z > 0)
        case sympy.KroneckerDelta():
            return float(worth(node.args[0], at) == worth(node.args[1], at))
        case sympy.Not():
            return not worth(node.args[0], at)
        case sympy.logic.boolalg.BooleanAtom():
            return bool(node)
        case sympy.And() | sympy.Or():
            return (all if isinstance(node, sympy.And) else any)(each(node.args))
        case sympy.core.relational.Relational():
            return bool(node.func(*map(sympy.Float, each(node.args))))
    if node.args and isinstance(node.args[0], sympy.Lambda):
        over, low, high = node.args
        steps = range(int(worth(low, at)), int(worth(high, at)) + 1)
        (symbol,), extremum = over.variables, max if node.func.__name__ == "amax" else min
        return extremum((worth(over.expr, {**at, symbol.name: k}) for k in steps), default=math.nan)
    return CALLS[node.func.__name__](*each(node.args)) if node.args else float(node)


def matrix(value: sympy.FunctionMatrix, at: dict[object, object]) -> np.ndarray:
    size = int(worth(value.shape[0], at))
    row, column = value.lamda.variables
    cells = (worth(value.lamda.expr, {**at, row.name: i, column.name: j}) for i, j in np.ndindex(size, size))
    return np.array(list(cells)).reshape(size, size)


class Defined(dict[tuple[int, ...], float]):
    """The entries of a defined array, each computed when it is read: recurrences run in the order they need."""

    def __init__(self, equation: sympy.Eq, at: Mapping[object, object]) -> None:
        super().__init__()
        self.equation, self.at = equation, at

    def __missing__(self, place: tuple[int, ...]) -> float:
        letters = getattr(self.equation.lhs, "indices", ())
        here = {**self.at, **{x.name: k for x, k in zip(letters, place, strict=True)}}
        self[place] = found = float(worth(self.equation.rhs, here))
        return found


def world(equations: Iterable[sympy.Eq], given: Mapping[object, object]) -> dict[object, object]:
    """What symbols and arrays are worth: inputs, sizes, and what equations define."""
    at = dict(given)
    for equation in equations:
        left = equation.lhs
        at[left.name if isinstance(left, sympy.Symbol) else str(left.base)] = Defined(equation, at)
    return at
