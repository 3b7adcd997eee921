"""The whole numbers at which two formulas could part: those their conditions, roundings, guards and indices speak of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from derive.calculus.affine import Affine
from derive.calculus.atoms import Bracket, Entry, Guard, Number
from derive.calculus.expr import Expr
from derive.calculus.substitute import atoms
from derive.grading.hunt import features

MOST = 4
LARGEST = 10**18


def thresholds(bodies: Iterable[Expr]) -> list[int]:
    """Whole numbers above 1 at which something happens, the smallest first.

    >>> from derive.calculus.affine import Letter
    >>> from derive.calculus.expr import entry, expr
    >>> from derive.calculus.substitute import guard
    >>> thresholds([entry("x") * guard(Affine.of(Letter("n")) - 51)])
    [51]
    >>> thresholds([entry("x", "i") * entry("x", Affine.of(Letter("i")) + 20)])
    [20]
    """
    every = list(bodies)
    found = {int(abs(v)) for body in every for v in _met(body) if v.denominator == 1}
    few = sorted(v for v in found if 1 < v <= LARGEST)[:MOST]
    return sorted({*few, *(v for body in every if 1 < (v := _reach(body)) <= LARGEST)})


def _reach(body: Expr) -> int:
    """How far the indices of arrays lie apart: in smaller arrays nothing of them may be seen."""
    places = [at for atom in atoms(body) if isinstance(atom, Entry) for at in atom.at if at.letters]
    offsets = [0, *(c for at in places for monomial, c in at.terms if not monomial)]
    return max(offsets) - min(offsets)


def _met(body: Expr) -> Iterator[Fraction]:
    for atom in atoms(body):
        if isinstance(atom, Bracket | Guard):
            yield from _root(atom.zero if isinstance(atom, Bracket) else atom.nonneg)
    for feature in features(body, (), letters=True):
        yield from _numbers(feature.value)


def _root(value: Affine) -> Iterator[Fraction]:
    """Where an affine value of one letter is 0."""
    slopes = [Fraction(c) for monomial, c in value.terms if len(monomial) == 1]
    offsets = [Fraction(c) for monomial, c in value.terms if not monomial]
    if len(slopes) == 1 and len(slopes) + len(offsets) == len(value.terms):
        yield -sum(offsets, Fraction(0)) / slopes[0]


def _numbers(value: Expr) -> Iterator[Fraction]:
    for term in value.terms:
        whole = [a for a, _ in term.factors if isinstance(a, Number)]
        if not term.factors:
            yield term.coefficient
        elif whole:
            yield from (r for a in whole for r in _root(a.value))
        yield 1 / term.coefficient
