"""Expressions that are affine values: ``T - k - 1`` as one index rather than three terms."""

from __future__ import annotations

from derive.calculus.affine import Affine
from derive.calculus.atoms import Number
from derive.calculus.expr import Expr

_STEEPEST = 9


def whole(value: Expr) -> Affine | None:
    """The affine value that an expression is, None where it is anything else.

    >>> from derive.calculus.expr import entry, expr
    >>> whole(expr(Affine.of("T") - 1)), whole(entry("x"))
    (T - 1, None)
    """
    found = Affine.of(0)
    for term in value.terms:
        if term.bounds or term.coefficient.denominator > 1:
            return None
        product = Affine.of(int(term.coefficient))
        for atom, e in term.factors:
            if not isinstance(atom, Number) or e not in range(_STEEPEST):
                return None
            for _ in range(int(e)):
                product = product * atom.value
        found = found + product
    return found
