"""Roots of numbers: one way to write each, so that ``√2/2`` and ``1/√2`` are the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import floor

from derive.calculus.atoms import Atom, Group
from derive.calculus.expr import Expr, Factor, Term, expr

LARGEST = 10**6


def roots_apart(value: Expr) -> Expr:
    """Every root of a positive number as roots of primes, with exponents between 0 and 1.

    Numbers with a part above a million are left as they are.

    >>> from derive.calculus.expr import power
    >>> half = Fraction(1, 2)
    >>> roots_apart(power(expr(8), -half)) == power(expr(2), half) * expr(Fraction(1, 4))
    True
    """
    return Expr(tuple(map(_in_term, value.terms)))


def _in_term(term: Term) -> Term:
    exponents, factors = dict[int, Fraction](), list[Factor]()
    for atom, e in term.factors:
        number = _rooted(atom, e)
        if number is None:
            factors.append((atom, e))
            continue
        for prime, k in _primes(number):
            exponents[prime] = exponents.get(prime, Fraction(0)) + k * e
    coefficient = term.coefficient
    for prime, e in sorted(exponents.items()):
        coefficient *= Fraction(prime) ** floor(e)
        if e.denominator != 1:
            factors.append((Group(expr(prime)), e - floor(e)))
    return replace(term, coefficient=coefficient, factors=tuple(factors))


def _rooted(atom: Atom, e: Fraction) -> Fraction | None:
    """The number of which a factor is a root, if it is one."""
    number = atom.body.constant if isinstance(atom, Group) and e.denominator > 1 else None
    small = number is not None and number > 0 and max(number.numerator, number.denominator) <= LARGEST
    return number if small else None


def _primes(number: Fraction) -> Iterator[tuple[int, int]]:
    for whole, sign in ((number.numerator, 1), (number.denominator, -1)):
        divisor = 2
        while whole > 1:
            if divisor * divisor > whole:
                divisor = whole
            while whole % divisor == 0:
                yield divisor, sign
                whole //= divisor
            divisor += 1
