"""Scalar SymPy expressions as ours: sums, entries, deltas and pieces included."""

from __future__ import annotations

from typing import Any

import sympy
from sympy.matrices.expressions.matexpr import MatrixElement

from derive.calculus.affine import Affine, Letter, fresh
from derive.calculus.algebra import Unexpressible, read_back
from derive.calculus.atoms import Bound, Cases, Compare, Condition, Indicator, Logic, MatrixFunction
from derive.calculus.expr import ONE, ZERO, Expr, apply, entry, expr, total
from derive.calculus.functions import indicator
from derive.calculus.substitute import bracket, guard, reduction, subs
from derive.notation.sympy_functions import LOGIC, RELATIONS, SPECIAL

_CALLS = {f: name for name, f in SPECIAL.items()}
_OPS = {f: op for op, f in RELATIONS.items()}
_LOGIC = {f: op for op, f in LOGIC.items()}


def from_sympy(value: Any) -> Expr:
    """Our expression of a scalar SymPy expression.

    Integer symbols are letters (indices and dimensions), other symbols are scalars; ``Indexed`` are entries.

    Raises:
        Unexpressible: something has no word in our language; the message names it.

    >>> i, n, x = sympy.Symbol("i", integer=True), sympy.Symbol("n", integer=True), sympy.IndexedBase("x")
    >>> from derive.notation.index_text import to_text
    >>> to_text(from_sympy(sympy.Sum(x[i] ** 2, (i, 0, n - 1)) / n))
    'sum(x[i]**2, i = 0..n-1)/n'
    """
    known: dict[Any, Expr] = {}
    walk = sympy.preorder_traversal(value)
    for node in walk:
        found = _special(node)
        if found is not None:
            known[node] = found
            walk.skip()
    return read_back(value, known)


def _special(node: Any) -> Expr | None:
    """The expression of a node that is more than arithmetic and elementary functions; None for those."""
    if isinstance(node, sympy.Indexed):
        return entry(str(node.base), *map(_affine, node.indices))
    if isinstance(node, sympy.Symbol):
        return expr(Letter(node.name)) if node.is_integer else entry(node.name)
    if isinstance(node, sympy.Float):
        return expr(_fraction(node))
    if isinstance(node, sympy.Sum | sympy.Product):
        return _summed(node)
    if isinstance(node, sympy.KroneckerDelta):
        return _equal(*node.args)
    if isinstance(node, sympy.Heaviside):
        return _step(node)
    if isinstance(node, sympy.Piecewise):
        return _pieces(node)
    if isinstance(node, sympy.Max | sympy.Min) and len(node.args) > 2:
        first, *rest = node.args
        return apply(type(node).__name__.lower(), from_sympy(first), from_sympy(type(node)(*rest, evaluate=False)))
    if isinstance(node, sympy.Subs | sympy.Derivative):
        return _derivative(node)
    if isinstance(node, sympy.Determinant):
        return _matrix("det", node.arg)
    if isinstance(node, MatrixElement):
        return _matrix_entry(node)
    if node.func in _CALLS:
        return apply(_CALLS[node.func], from_sympy(node.args[0]))
    if isinstance(node, sympy.core.function.AppliedUndef):
        if isinstance(node.args[0], sympy.Lambda):
            return _extremum(node)
        return apply(node.func.__name__, *map(from_sympy, node.args))
    return None


def _fraction(value: Any) -> Any:
    from fractions import Fraction

    exact = sympy.Rational(value)
    return Fraction(int(exact.p), int(exact.q))


def _affine(value: Any) -> Affine:
    """An index; Unexpressible where it is no integer polynomial in integer symbols."""
    if value.is_Integer:
        return Affine.of(int(value))
    if isinstance(value, sympy.Symbol) and value.is_integer:
        return Affine.of(Letter(value.name))
    if value.is_Add:
        return sum(map(_affine, value.args), Affine.of(0))
    if value.is_Mul:
        product = Affine.of(1)
        for part in value.args:
            product = product * _affine(part)
        return product
    raise Unexpressible(f"{value} is no index")


def _summed(node: Any) -> Expr:
    body = from_sympy(node.function)
    for symbol, low, high in node.limits:
        bound = _bound(symbol, low, high)
        body = total(body, bound) if isinstance(node, sympy.Sum) else reduction("prod", body, bound)
    return body


def _bound(symbol: Any, low: Any, high: Any) -> Bound:
    """The range of a sum; ``Max(low - 1, high)`` only says that it may be empty, as ours may anyway."""
    if isinstance(high, sympy.Max):
        high = next((b for a, b in (high.args, high.args[::-1]) if a == low - 1), high)
    return Bound(Letter(symbol.name), _affine(low), _affine(high) + 1)


def _extremum(node: Any) -> Expr:
    """``amax(Lambda(i, value), first, last)``, as `derive.notation.sympy_out` writes it."""
    name, (over, low, high) = node.func.__name__, node.args
    if name not in ("amax", "amin"):
        raise Unexpressible(f"no word for {name} of a Lambda")
    (symbol,) = over.variables
    return reduction(name[1:], from_sympy(over.expr), _bound(symbol, low, high))


def _matrix_entry(node: Any) -> Expr:
    """An entry of a power of a matrix that is given entry by entry."""
    if not isinstance(node.parent, sympy.MatPow):
        raise Unexpressible(f"{node} is no entry of a power of a matrix")
    base, exponent = node.parent.base, node.parent.exp
    at = tuple(map(_affine, node.indices))
    if exponent == -1:
        return _matrix("inv", base, at)
    return _matrix("power", base, at, from_sympy(exponent))


def _matrix(op: str, value: Any, at: tuple[Affine, ...] = (), extra: Expr | None = None) -> Expr:
    if not isinstance(value, sympy.FunctionMatrix):
        raise Unexpressible(f"the matrix {value} is not given entry by entry")
    symbols = [Letter(s.name) for s in value.lamda.variables]
    row, column = map(fresh, symbols)
    body = subs(from_sympy(value.lamda.expr), {symbols[0]: Affine.of(row), symbols[1]: Affine.of(column)})
    return expr(MatrixFunction(op, row, column, _affine(value.shape[0]), body, at, extra))


def _pieces(node: Any) -> Expr:
    rows = [(from_sympy(v), c) for v, c in node.args]
    otherwise = rows.pop()[0] if rows[-1][1] == sympy.true else None
    if otherwise == ZERO and [v for v, _ in rows] == [ONE]:
        return expr(Indicator(_condition(rows[0][1])))
    return expr(Cases(tuple((_condition(c), v) for v, c in rows), otherwise))


def _equal(a: Any, b: Any) -> Expr:
    """A delta: a bracket of indices, else the indicator of an equality."""
    try:
        return bracket(_affine(a) - _affine(b))
    except Unexpressible:
        return indicator("=", from_sympy(a), from_sympy(b))


def _step(node: Any) -> Expr:
    """``Heaviside(z, 1)`` is ``[z >= 0]`` and ``Heaviside(z, 0)`` is ``[z > 0]``."""
    at, zero = node.args
    if zero not in (0, 1):
        raise Unexpressible(f"{node}: its value at 0 is neither 0 nor 1")
    try:
        return guard(_affine(at) - int(zero == 0))
    except Unexpressible:
        return indicator(">=" if zero == 1 else ">", from_sympy(at), 0)


def _condition(c: Any) -> Condition:
    if c.func in _LOGIC:
        return Logic(_LOGIC[c.func], tuple(map(_condition, c.args)))
    if c in (sympy.true, sympy.false):
        return Logic("and" if c == sympy.true else "or", ())
    if c.func not in _OPS:
        raise Unexpressible(f"no word for the condition {c}")
    return Compare(_OPS[c.func], from_sympy(c.lhs), from_sympy(c.rhs))


def _derivative(node: Any) -> Expr:
    """``f⁽ᵏ⁾(z)`` of an unknown function of one argument."""
    inner, point = (node.expr, node.point[0]) if isinstance(node, sympy.Subs) else (node, None)
    if isinstance(inner, sympy.Derivative) and isinstance(inner.expr, sympy.core.function.AppliedUndef):
        (variable, order), *more = inner.variable_count
        if not more and inner.expr.args == (variable,):
            at = variable if point is None else point
            return apply(inner.expr.func.__name__, from_sympy(at), order=int(order))
    raise Unexpressible(f"no word for {node.func.__name__} of {inner}")
