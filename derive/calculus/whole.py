"""Expressions that are affine values: ``T - k - 1`` as one index rather than three terms."""

from __future__ import annotations

from derive.calculus.affine import Affine
from derive.calculus.atoms import Number
from derive.calculus.expr import Expr, Term


def whole(value: Expr) -> Affine | None:
    """The affine value that an expression is, None where it is anything else.

    >>> from derive.calculus.expr import entry, expr
    >>> whole(expr(Affine.of("T") - 1)), whole(entry("x"))
    (T - 1, None)
    """
    found = Affine.of(0)
    for term in value.terms:
        match term:
            case Term(c, (), ()) if c.denominator == 1:
                found = found + int(c)
            case Term(c, ((Number(number), e),), ()) if c.denominator == 1 and e == 1:
                found = found + number * int(c)
            case _:
                return None
    return found
