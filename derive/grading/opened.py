"""Logarithms of products, and products over a letter, written out for a proof: exact wherever both sides have a value."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from derive.calculus.affine import Affine
from derive.calculus.atoms import Apply, Atom, Entry, Group, MatrixFunction, Number, Power, Reduce
from derive.calculus.expr import ZERO, Expr, Term, add, apply, expr, kept, total
from derive.calculus.order import letters_of
from derive.calculus.substitute import atoms, replace_atoms

POSITIVE = frozenset({"positive", "unit", "prob", "posint", "dimension"})


def opened(value: Expr, domains: Mapping[str, str]) -> Expr:
    """The logarithm of a product of positive factors as a sum, a product over a letter as the exponential of one.

    >>> from derive.calculus.expr import entry
    >>> x, y = entry("x"), entry("y")
    >>> value = opened(apply("log", x / y), {"x": "positive", "y": "positive"})
    >>> sum(isinstance(a, Apply) for a in atoms(value))
    2
    """
    if not _opens(value):
        return value

    def new(atom: Atom) -> Expr | None:
        match atom:
            case Apply("log", (argument,), 0):
                return _logarithm(opened(argument, domains), domains)
            case Reduce("prod", bound, body) if _is_positive(inner := opened(body, domains), domains):
                return apply("exp", total(_logarithm(inner, domains), bound))
        return None

    return replace_atoms(value, new)


@kept
def _opens(value: Expr) -> bool:
    return any(isinstance(a, Reduce) or (isinstance(a, Apply) and a.function == "log") for a in atoms(value))


def _logarithm(value: Expr, domains: Mapping[str, str]) -> Expr:
    match value.terms:
        case (Term(coefficient, factors, ()),) if _is_positive(value, domains):
            first = apply("log", coefficient) if coefficient != 1 else ZERO
            return add((first, *(_of_factor(a, domains) * e for a, e in factors)))
        case (Term(coefficient, factors, bounds),) if _is_positive(value, domains):
            letters = {b.letter for b in bounds}
            outer = [(a, e) for a, e in factors if letters.isdisjoint(letters_of(a))]
            if outer or coefficient != 1:
                rest = Expr((Term(Fraction(1), tuple(f for f in factors if f not in outer), bounds),))
                return _logarithm(Expr((Term(coefficient, tuple(outer)),)), domains) + apply("log", rest)
    return apply("log", value)


def _of_factor(atom: Atom, domains: Mapping[str, str]) -> Expr:
    match atom:
        case Apply("exp", (argument,), 0):
            return argument
        case Group(body):
            return _logarithm(body, domains)
        case Power(base, exponent):
            return exponent * _logarithm(base, domains)
    return apply("log", expr(atom))


def _is_positive(value: Expr, domains: Mapping[str, str]) -> bool:
    """Whether every term is a positive number times positive factors, summed over something; or it is ``1 - x``."""
    return _is_rest(value, domains) or (
        bool(value.terms)
        and all(
            t.coefficient > 0
            and all(_is_positive_affine(b.high - b.low + 1, domains) for b in t.bounds)
            and all(_positive(a, domains) for a, _ in t.factors)
            for t in value.terms
        )
    )


def _is_rest(value: Expr, domains: Mapping[str, str]) -> bool:
    match sorted(value.terms, key=lambda t: t.coefficient):
        case (Term(less, ((Entry(name=name), power),), ()), Term(more, (), ())):
            return less == -1 and more == 1 and power >= 1 and domains.get(name) == "unit"
    return False


def _is_positive_affine(value: Affine, domains: Mapping[str, str]) -> bool:
    """Whether it is positive where every letter is a dimension, 1 or more."""
    known = all(not x.uid and domains.get(x.name) in POSITIVE for x in value.letters)
    return known and all(c > 0 for m, c in value.terms if m) and sum(c for _, c in value.terms) > 0


def _positive(atom: Atom, domains: Mapping[str, str]) -> bool:
    match atom:
        case Entry(name=name):
            return domains.get(name) in POSITIVE
        case Number(affine):
            return _is_positive_affine(affine, domains)
        case Apply("exp", _, 0) | Apply("pi", _, 0):
            return True
        case Group(body):
            return _is_positive(body, domains)
        case MatrixFunction("det", row, column, body=Expr((Term(c, ((Entry(name, at), e),), ()),))):
            own = (Affine.of(row), Affine.of(column))
            return c > 0 and e == 1 and domains.get(name) == "spd" and at in (own, own[::-1])
        case Power(base, _):
            return _is_positive(base, domains)
    return False
