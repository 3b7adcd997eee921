"""Expectations over equally likely outcomes as sums: ``E_o x[o]`` is ``Σ_o x[o] / n``."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from derive.calculus.expr import Expr, Term, expr, multiply, power
from derive.calculus.substitute import Rebuild, children


def averages(value: Expr) -> Expr:
    """The same with every expectation written as a sum over the number of its outcomes.

    >>> from derive.calculus.affine import Affine, Letter
    >>> from derive.calculus.atoms import Bound
    >>> from derive.calculus.expr import entry, total
    >>> o = Bound(Letter("o"), Affine.of(0), Affine.of("n"), "expectation")
    >>> averages(total(entry("x", "o"), o)).terms[0].bounds[0].kind
    'sum'
    """
    return _Averages().expr(value) if _random(value) else value


def average(term: Term) -> Term:
    """A term with its own expectations as sums."""
    chance = [b for b in term.bounds if b.kind == "expectation"]
    if not chance:
        return term
    weights = multiply(power(expr(b.high - b.low), -1) for b in chance)
    (new,) = multiply((Expr((replace(term, bounds=()),)), weights)).terms
    return replace(new, bounds=tuple(replace(b, kind="sum") if b in chance else b for b in term.bounds))


class _Averages(Rebuild):
    def term(self, term: Term) -> Expr:
        return super().term(average(term))


@lru_cache(maxsize=65536)
def _random(value: Expr) -> bool:
    return any(_holds(t) for t in value.terms)


def _holds(term: Term) -> bool:
    if any(b.kind == "expectation" for b in term.bounds):
        return True
    return any(_random(child) for atom, _ in term.factors for child in children(atom))
