"""Local differentiation: the derivative of an expression in one entry of an array, before any bracket collapses."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import reduce

from derive.calculus.affine import Affine, fresh
from derive.calculus.atoms import (
    Apply,
    Atom,
    Bound,
    Bracket,
    Cases,
    Entry,
    Group,
    Guard,
    Indicator,
    MatrixFunction,
    Number,
    Power,
    Reduce,
)
from derive.calculus.expr import ONE, ZERO, Expr, Term, add, apply, expr, multiply, power
from derive.calculus.functions import indicator, partial
from derive.calculus.substitute import bracket, letters, names, names_of, renew, subs
from derive.calculus.whole import whole


class NoRule(ValueError):
    """The calculus has no rule for this derivative; the message says of what."""


def derivative(value: Expr, name: str, at: tuple[Affine, ...]) -> Expr:
    """``∂ value / ∂ name[at]`` by linearity, the product rule and the chain rule.

    Args:
        value: what is differentiated.
        name: the array.
        at: the entry's place; its letters must occur bound nowhere in ``value``.

    Raises:
        NoRule: where a factor has no derivative rule.

    >>> from derive.calculus.expr import entry
    >>> x = entry("x")
    >>> derivative(x * x, "x", ()) == 2 * x
    True
    """
    return add(_term(t, name, at) for t in value.terms)


def _term(term: Term, name: str, at: tuple[Affine, ...]) -> Expr:
    return add(
        _sum_over(term, multiply((_others(term, k), _factor(atom, e, name, at))))
        for k, (atom, e) in enumerate(term.factors)
        if name in names_of(atom)
    )


def _others(term: Term, k: int) -> Expr:
    return Expr((Term(term.coefficient, term.factors[:k] + term.factors[k + 1 :]),))


def _sum_over(term: Term, body: Expr) -> Expr:
    """``body`` under the term's own bounds (the same letters: they are free in ``body``)."""
    return Expr(tuple(Term(t.coefficient, t.factors, (*term.bounds, *t.bounds)) for t in body.terms))


def _factor(atom: Atom, e: Fraction, name: str, at: tuple[Affine, ...]) -> Expr:
    inner = _atom(atom, name, at)
    if e == 1 or not inner.terms:
        return inner
    return multiply((expr(e), power(expr(atom), e - 1), inner))


def _atom(atom: Atom, name: str, at: tuple[Affine, ...]) -> Expr:
    match atom:
        case Entry():
            return _entry(atom, name, at)
        case Number() | Bracket() | Guard() | Indicator():
            return ZERO
        case Group(body):
            return derivative(body, name, at)
        case Apply(f, args, order):
            return add(
                multiply((partial(f, order, args, k), derivative(a, name, at)))
                for k, a in enumerate(args)
                if name in names(a)
            )
        case Power(base, exponent):
            through_base = multiply((exponent, power(base, exponent - ONE), derivative(base, name, at)))
            through_exponent = multiply((expr(atom), apply("log", base), derivative(exponent, name, at)))
            return through_base + through_exponent
        case Cases(branches, otherwise):
            new = tuple((c, derivative(v, name, at)) for c, v in branches)
            return expr(Cases(new, otherwise and derivative(otherwise, name, at)))
        case Reduce():
            return _reduction(atom, name, at)
        case MatrixFunction():
            return _matrix_function(atom, name, at)


def _reduction(atom: Reduce, name: str, at: tuple[Affine, ...]) -> Expr:
    """Through a product, the product of the other factors; through a maximum, the entries that attain it."""
    b, inner = atom.bound, derivative(atom.body, name, at)
    if atom.op == "prod":
        here = bracket(Affine.of(b.letter) - Affine.of(fresh(b.letter)))
        other = Affine.of(next(x for x in letters(here) if x != b.letter))
        moved = subs(atom.body, {b.letter: other})
        slope = expr(Reduce("prod", replace(b, letter=other.letter or b.letter), moved * (ONE - here) + here))
    else:
        slope = indicator("=", atom.body, renew(expr(atom)))
    return Expr(tuple(Term(t.coefficient, t.factors, (b, *t.bounds)) for t in multiply((slope, inner)).terms))


def _entry(atom: Entry, name: str, at: tuple[Affine, ...]) -> Expr:
    if atom.name != name:
        return ZERO
    if len(atom.at) != len(at):
        raise ValueError(f"{name} has {len(atom.at)} indices here and {len(at)} there")
    return reduce(lambda done, pair: done * bracket(pair[0] - pair[1]), zip(atom.at, at, strict=True), ONE)


def _matrix_function(atom: MatrixFunction, name: str, at: tuple[Affine, ...]) -> Expr:
    """``dM⁻¹ = −M⁻¹ dM M⁻¹``, ``d det M = det M tr(M⁻¹ dM)`` (M invertible), ``dMⁿ = Σ_k Mᵏ dM Mⁿ⁻¹⁻ᵏ`` (n ≥ 0)."""
    row, column = fresh(atom.row), fresh(atom.column)
    r, c = Affine.of(row), Affine.of(column)
    change = derivative(subs(atom.body, {atom.row: r, atom.column: c}), name, at)
    over = [Bound(x, Affine.of(0), atom.size) for x in (row, column)]
    match atom.op:
        case "inv":
            factors: tuple[Expr, ...] = (
                expr(-1),
                _matrix_entry(atom, atom.at[0], r),
                _matrix_entry(atom, c, atom.at[1]),
            )
        case "det":
            factors = (expr(atom), _matrix_entry(replace(atom, op="inv"), c, r))
        case "power" if atom.extra is not None and (steps := whole(atom.extra)) is not None:
            k = fresh("k")
            over = [Bound(k, Affine.of(0), steps), *over]
            first, second = (replace(atom, extra=expr(Number(n))) for n in (Affine.of(k), steps - 1 - k))
            factors = (expr(1), _matrix_entry(first, atom.at[0], r), _matrix_entry(second, c, atom.at[1]))
        case op:
            raise NoRule(f"no derivative rule for {op} of a matrix with this exponent")
    return Expr(tuple(Term(t.coefficient, t.factors, (*over, *t.bounds)) for t in multiply((*factors, change)).terms))


def _matrix_entry(atom: MatrixFunction, row: Affine, column: Affine) -> Expr:
    return expr(replace(atom, at=(row, column)))
