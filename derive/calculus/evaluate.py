"""Numerical values of expressions: every letter is an axis, every axis is broadcast.

The same walk serves 64-bit floats (checks of derivations) and ball arithmetic (equality of answers): a ``Field`` says
how numbers are made and which functions they have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from derive.calculus.affine import Letter
from derive.calculus.atoms import (
    Apply,
    Atom,
    Bound,
    Bracket,
    Cases,
    Compare,
    Condition,
    Entry,
    Group,
    Guard,
    Indicator,
    MatrixFunction,
    Number,
    Power,
    Reduce,
)
from derive.calculus.expr import Expr, Term
from derive.calculus.fields import Array
from derive.calculus.functions import DEFINITIONS, TABLE, unfolded
from derive.calculus.scope import OutOfRange, OverBudget, Scope, Unknown, index
from derive.calculus.substitute import atoms, children


def tabulate(
    value: Expr,
    frame: Sequence[tuple[Letter, int]],
    arrays: Mapping[str, Array],
    dims: Mapping[Letter, int] | None = None,
    **scope: Any,
) -> Array:
    """The array of an expression's values, one axis for each letter of the frame.

    Args:
        value: the expression; outside an array an entry reads as zero (or raises, for names in ``strict``).
        frame: free letters with their sizes, in the order of the axes.
        arrays: name → values.
        dims: the remaining letters → integers.
        **scope: further fields of `Scope`.

    Raises:
        Unknown: a name or a letter has no value.
        OutOfRange: a name in ``strict`` was read outside its array.
        OverBudget: more operations than ``fuel``.

    >>> from derive.calculus.expr import entry
    >>> tabulate(entry("x", "i") * entry("x", "i"), [(Letter("i"), 3)], {"x": np.array([1.0, 2.0, 3.0])})
    array([1., 4., 9.])
    """
    letters: dict[Letter, Array] = {k: np.array(v) for k, v in (dims or {}).items()}
    for k, (letter, size) in enumerate(frame):
        letters[letter] = np.arange(size).reshape((size,) + (1,) * (len(frame) - 1 - k))
    context = Scope(arrays, letters, depth=len(frame), **scope)
    with np.errstate(all="ignore"):
        out = np.broadcast_to(evaluate(value, context), tuple(size for _, size in frame))
    return np.asarray(out)


def evaluate(value: Expr, scope: Scope) -> Any:
    """The value of an expression, broadcast over the axes of the scope's letters."""
    result: Any = scope.field.number(Fraction(0))
    for term in value.terms:
        result = result + _term(term, scope)
    return result


def _term(term: Term, scope: Scope) -> Any:
    if not term.bounds:
        return _product(term, scope)
    first = term.bounds[0]
    inner, mask = _bind(first, scope)
    body = _term(Term(term.coefficient, term.factors, term.bounds[1:]), inner)
    zero = scope.field.number(Fraction(0))
    if not mask.shape or mask.size == 0:
        return zero
    rank = scope.depth + 1
    body = np.where(mask, body, zero)
    body = np.broadcast_to(body, (mask.shape[0], *body.shape[1:])) if body.ndim == rank else body
    total = body.sum(axis=0)
    if first.kind == "expectation":
        return total / mask.sum(axis=0)
    return total * scope.mesh if first.kind == "integral" and not dirac(term, first.letter) else total


def dirac(term: Term, letter: Letter) -> bool:
    """Whether a bracket holds the letter: under an integral it is Dirac's delta, which the mesh must not shrink."""
    inside = (a for f, _ in term.factors for a in (f, *(b for c in children(f) for b in atoms(c))))
    return any(isinstance(a, Bracket) and letter in a.zero.letters for a in inside)


def _bind(bound: Bound, scope: Scope) -> tuple[Scope, Array]:
    """The scope with one more axis, in front, and the mask of the letter's range on it."""
    low, high = index(bound.low, scope), index(bound.high, scope)
    start, stop = (int(low.min()), int(high.max())) if low.size and high.size else (0, 0)
    size = max(stop - start, 0)
    cells = size * max((a.size for a in scope.letters.values()), default=1)
    if cells > scope.fuel:
        raise OverBudget(f"a sum over {size} values inside others")
    letter = np.arange(start, start + size).reshape((size,) + (1,) * scope.depth)
    mask = (letter >= low) & (letter < high)
    inner = replace(
        scope,
        letters={**scope.letters, bound.letter: letter},
        depth=scope.depth + 1,
        live=scope.live & mask if size else mask,
        fuel=scope.fuel // max(size, 1),
    )
    return inner, mask


def _product(term: Term, scope: Scope) -> Any:
    mask = np.array(True)
    for atom, _ in term.factors:
        if isinstance(atom, Bracket | Guard | Indicator):
            mask = mask & _mask(atom, scope)
    inner = scope.where(mask) if mask.shape or not mask else scope
    product: Any = scope.field.number(term.coefficient)
    if not np.any(inner.live):
        return scope.field.number(Fraction(0))
    for atom, e in term.factors:
        if not isinstance(atom, Bracket | Guard | Indicator):
            value = _atom(atom, inner)
            product = product * (value if e == 1 else scope.field.rational_power(value, e))
    if mask.shape == () and bool(mask):
        return product
    return np.where(mask, product, scope.field.number(Fraction(0)))


def _mask(atom: Bracket | Guard | Indicator, scope: Scope) -> Array:
    match atom:
        case Bracket(value):
            return np.asarray(index(value, scope) == 0)
        case Guard(value):
            return np.asarray(index(value, scope) >= 0)
        case Indicator(condition):
            return holds(condition, scope)


def holds(condition: Condition, scope: Scope) -> Array:
    """Where a condition is true."""
    if isinstance(condition, Compare):
        left, right = evaluate(condition.left, scope), evaluate(condition.right, scope)
        return scope.field.compare(condition.op, left, right)
    parts = [holds(p, scope) for p in condition.parts]
    if condition.op == "not":
        return ~parts[0]
    joined = np.array(condition.op == "and")
    for p in parts:
        joined = joined & p if condition.op == "and" else joined | p
    return joined


def _atom(atom: Atom, scope: Scope) -> Any:
    match atom:
        case Entry():
            return _read(atom, scope)
        case Number(value):
            return _numbers(index(value, scope), scope)
        case Group(body):
            return evaluate(body, scope)
        case Apply():
            return _apply(atom, scope)
        case Power(base, exponent):
            return scope.field.power(evaluate(base, scope), evaluate(exponent, scope))
        case Reduce():
            return _reduce(atom, scope)
        case Cases(branches, otherwise):
            return _cases(branches, otherwise, scope)
        case MatrixFunction():
            return _matrix_function(atom, scope)
    raise TypeError(f"no value for {atom}")


def _numbers(values: Array, scope: Scope) -> Any:
    if scope.field.dtype is np.float64:
        return values.astype(float)
    return np.vectorize(lambda k: scope.field.number(Fraction(int(k))), otypes=[object])(values)


def _read(atom: Entry, scope: Scope) -> Any:
    if atom.name not in scope.arrays:
        raise Unknown(atom.name)
    array = np.asarray(scope.arrays[atom.name])
    if not atom.at:
        return array[()] if array.shape == () else array
    places = np.broadcast_arrays(*(index(a, scope) for a in atom.at), scope.live)
    places, live = places[:-1], places[-1]
    inside = np.ones(places[0].shape, dtype=bool)
    for place, size in zip(places, array.shape, strict=True):
        inside &= (place >= 0) & (place < size)
    if scope.strict is None or atom.name in scope.strict:
        _insist(atom, places, inside | ~live)
    if array.size == 0:
        return scope.field.number(Fraction(0))
    value = array[tuple(np.where(inside, p, 0) for p in places)]
    return value if inside.all() else np.where(inside, value, scope.field.number(Fraction(0)))


def _insist(atom: Entry, places: Sequence[Array], fine: Array) -> None:
    if not fine.all():
        where = tuple(np.argwhere(~fine)[0])
        raise OutOfRange(atom.name, tuple(int(p[where]) for p in places))


def _apply(atom: Apply, scope: Scope) -> Any:
    known = atom.function in DEFINITIONS or (atom.order and atom.function in TABLE)
    if known and (atom.order or atom.function not in scope.field.functions):
        return evaluate(unfolded(atom.function, atom.order, atom.args[0]), scope)
    args = [evaluate(a, scope) for a in atom.args]
    if atom.function in scope.functions:
        return scope.functions[atom.function][atom.order](*args)
    if atom.function not in scope.field.functions:
        raise Unknown(atom.function)
    return scope.field.functions[atom.function](*args)


def _reduce(atom: Reduce, scope: Scope) -> Any:
    inner, mask = _bind(atom.bound, scope)
    one = scope.field.number(Fraction(1))
    if mask.size == 0 and atom.op == "prod":
        return one
    if mask.size == 0:
        raise Unknown(f"{atom.op} of nothing")
    body = np.where(mask, evaluate(atom.body, inner), one if atom.op == "prod" else np.nan)
    if atom.op == "prod":
        return body.prod(axis=0)
    return (np.fmax if atom.op == "max" else np.fmin).reduce(body, axis=0)


def _cases(branches: Sequence[tuple[Condition, Expr]], otherwise: Expr | None, scope: Scope) -> Any:
    open_ = np.array(True)
    result: Any = np.nan
    for condition, value in branches:
        chosen = open_ & holds(condition, scope)
        open_ = open_ & ~chosen
        if np.any(chosen & scope.live):
            result = np.where(chosen, evaluate(value, scope.where(chosen)), result)
    if otherwise is not None and np.any(open_ & scope.live):
        result = np.where(open_, evaluate(otherwise, scope.where(open_)), result)
    return result


def _matrix_function(atom: MatrixFunction, scope: Scope) -> Any:
    size = int(index(atom.size, scope).flat[0])
    row = np.arange(size).reshape((size,) + (1,) * scope.depth)
    column = np.arange(size).reshape((size,) + (1,) * (scope.depth + 1))
    inner = replace(scope, letters={**scope.letters, atom.row: row, atom.column: column}, depth=scope.depth + 2)
    body = np.asarray(evaluate(atom.body, inner))
    body = body.reshape((1,) * (scope.depth + 2 - body.ndim) + body.shape)
    stack = np.moveaxis(np.broadcast_to(body, (size, size, *body.shape[2:])), (1, 0), (-2, -1))
    extra = None if atom.extra is None else evaluate(atom.extra, scope)
    result = scope.field.matrix(atom.op, stack, extra)
    if not atom.at:
        return result
    places = [index(a, scope) for a in atom.at]
    lead = np.indices(result.shape[:-2], sparse=True) if result.ndim > 2 else ()
    return result[(*lead, *places)]
