"""Sums in closed form for a proof: geometric ones, and those of what does not depend on the letter.

``Σ_k C b^(s k + e)`` from ``low`` to before ``high`` is ``C b^(s low + e) (1 - b^(s n)) / (1 - b^s)`` for
``n = high - low ≥ 0``. Where ``b^s = 1`` is a point that the base only passes, both sides are continuous and the closed form
has a removable hole; a base with whole values is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound, Number, Power
from derive.calculus.expr import ONE, Expr, Term, expr, multiply, power
from derive.calculus.facts import Facts
from derive.calculus.order import letters_of
from derive.calculus.substitute import Rebuild, free_letters, letters, names

CONTINUOUS = frozenset({"real", "nonzero", "positive", "nonnegative", "unit", "unit_sym", "prob"})
DIMENSIONS = frozenset({"dimension", "posint"})


def closed(value: Expr, domains: Mapping[str, str], facts: Facts) -> Expr:
    """The expression with every sum in closed form that has one here.

    >>> from derive.calculus.canonical import same
    >>> from derive.calculus.expr import entry, total
    >>> from derive.calculus.facts import NOTHING
    >>> k, b = Bound(Letter("k"), Affine.of(0), Affine.of("n")), entry("b")
    >>> summed = total(power(b, expr(Letter("k"))), k)
    >>> same(closed(summed, {"b": "unit", "n": "dimension"}, NOTHING), (1 - power(b, expr(Letter("n")))) / (1 - b))
    True
    """
    return _Closed(domains, facts).expr(value)


class _Closed(Rebuild):
    def __init__(self, domains: Mapping[str, str], facts: Facts) -> None:
        self.domains = domains
        self.least = {b.letter: b.low.constant for b in facts.frame}

    def term(self, term: Term) -> Expr:
        value = super().term(term)
        for bound in reversed(term.bounds):
            if len(value.terms) != 1:
                break
            value = self.without(value.terms[0], bound)
        return value

    def without(self, term: Term, bound: Bound) -> Expr:
        """The term with one of its sums carried out, or as it is."""
        k, same_ = bound.letter, Expr((term,))
        others = tuple(b for b in term.bounds if b.letter != k)
        size = bound.high - bound.low
        if len(others) == len(term.bounds) or bound.kind != "sum" or not self._never_negative(size):
            return same_
        if any(k in b.low.letters or k in b.high.letters for b in others):
            return same_
        rest = Term(term.coefficient, tuple(f for f in term.factors if k not in letters_of(f[0])))
        moving = [(a, e) for a, e in term.factors if k in letters_of(a)]
        summed = expr(size)
        if moving:
            powers = [self._exponential(a, e, k) for a, e in moving]
            known = [p for p in powers if p is not None]
            if len(known) < len(powers) or (found := _series(known, bound, size)) is None:
                return same_
            summed = found
        return _bound(multiply((Expr((rest,)), summed)), others)

    def _exponential(self, atom: object, e: Fraction, k: Letter) -> tuple[Expr, Expr, int] | None:
        """Base, exponent without the letter, and how often the letter is in it."""
        match atom:
            case Power(base, exponent) if e.denominator == 1 and k not in letters(base) and self._passes(base):
                times = Expr(tuple(replace(t, coefficient=t.coefficient * e) for t in exponent.terms))
                slope, rest = _line(times, k)
                return None if slope is None else (base, rest, slope)
        return None

    def _passes(self, base: Expr) -> bool:
        """Whether it is a number or moves continuously, so that it is 0 or 1 nowhere or in passing."""
        if base.constant is not None:
            return base.constant != 0
        found = names(base)
        return bool(found) and not free_letters(base) and all(self.domains.get(n) in CONTINUOUS for n in found)

    def _never_negative(self, size: Affine) -> bool:
        """Whether a length is 0 or more for all dimensions from 1 on and all free letters in their ranges."""
        least = Fraction(0)
        for monomial, c in size.terms:
            if not monomial:
                least += c
                continue
            bottoms = [self._bottom(x) for x in monomial]
            if c < 0 or any(b is None or b < 0 for b in bottoms):
                return False
            product = Fraction(c)
            for b in bottoms:
                product *= b or 0
            least += product
        return least >= 0

    def _bottom(self, letter: Letter) -> int | None:
        if letter in self.least:
            return self.least[letter]
        return 1 if not letter.uid and self.domains.get(letter.name) in DIMENSIONS else None


def _line(exponent: Expr, k: Letter) -> tuple[int | None, Expr]:
    """The whole number of times that a letter is in an exponent, and the rest; None where it is in it otherwise."""
    slope, rest = Fraction(0), list[Term]()
    for t in exponent.terms:
        if k not in letters(Expr((t,))):
            rest.append(t)
        elif t.bounds or t.factors != ((Number(Affine.of(k)), Fraction(1)),):
            return None, exponent
        else:
            slope += t.coefficient
    return (int(slope) if slope.denominator == 1 else None), Expr(tuple(rest))


def _series(powers: list[tuple[Expr, Expr, int]], bound: Bound, size: Affine) -> Expr | None:
    """The sum of a product of powers whose exponents grow by whole steps."""
    ratio = multiply(power(base, s) for base, _, s in powers)
    if ratio.constant == 1:
        return None
    first = multiply(power(base, rest + expr(bound.low) * s) for base, rest, s in powers)
    last = multiply(power(base, expr(size) * s) for base, _, s in powers)
    return first * (ONE - last) / (ONE - ratio)


def _bound(value: Expr, bounds: tuple[Bound, ...]) -> Expr:
    if not bounds:
        return value
    return Expr(tuple(Term(t.coefficient, t.factors, (*bounds, *t.bounds)) for t in value.terms))
