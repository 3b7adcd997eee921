"""Sums over pairs ``i < j`` of what both orders give alike: half of the sum over all pairs, less the diagonal."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import permutations

from derive.calculus.affine import Affine
from derive.calculus.atoms import Atom, Bound, Guard
from derive.calculus.canonical import TooLarge, same
from derive.calculus.expr import Expr, Term
from derive.calculus.facts import Facts
from derive.calculus.substitute import Rebuild, subs

Factors = tuple[tuple[Atom, Fraction], ...]
FUEL = 100


def unordered(value: Expr, facts: Facts) -> Expr:
    """The same expression with its symmetric sums over ordered pairs as sums over all pairs.

    >>> from derive.calculus.expr import entry, total
    >>> i, j = (Bound(Affine.of(x).letter, Affine.of(0), Affine.of("n")) for x in "ij")
    >>> pairs = total(entry("x", "i") * entry("x", "j"), i, replace(j, low=Affine.of("i") + 1))
    >>> [len(t.bounds) for t in unordered(pairs, Facts.of({})).terms]
    [2, 1]
    """
    return _Pairs(facts).expr(value)


class _Pairs(Rebuild):
    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def term(self, term: Term) -> Expr:
        whole = super().term(term)
        if len(term.bounds) < 2 or len(whole.terms) != 1:
            return whole
        (found,) = whole.terms
        for a, b in permutations(found.bounds, 2):
            if (pair := _pair(found, a, b)) is not None and self._is_symmetric(pair[0], a, b):
                return _halves(pair, a, b)
        return whole

    def _is_symmetric(self, term: Term, a: Bound, b: Bound) -> bool:
        """Whether the letters of two ranges can change places."""
        inner = Expr((replace(term, bounds=tuple(x for x in term.bounds if x.letter not in (a.letter, b.letter))),))
        swapped = subs(inner, {a.letter: Affine.of(b.letter), b.letter: Affine.of(a.letter)})
        try:
            return same(inner, swapped, facts=self.facts, fuel=FUEL)
        except (TooLarge, OverflowError):
            return False


def _pair(term: Term, a: Bound, b: Bound) -> tuple[Term, bool] | None:
    """The term over all pairs, where its own are those with ``a < b`` (or ``a <= b``, and then True)."""
    if a.kind != "sum" or b.kind != "sum":
        return None
    i, j = Affine.of(a.letter), Affine.of(b.letter)
    if (a.low, a.high) == (b.low, b.high):
        for gap, weak in ((j - i - 1, False), (j - i, True)):
            if any(f == Guard(gap) and e == 1 for f, e in term.factors):
                return _full(term, a, b, a.low, a.high, Guard(gap)), weak
        return None
    for shift, weak in ((1, False), (0, True)):
        if b.low == i + shift and a.high in (b.high, b.high - shift) and not _speaks(a, b):
            return _full(term, a, b, a.low, b.high), weak
        if a.high == j + 1 - shift and b.low in (a.low, a.low + shift) and not _speaks(b, a):
            return _full(term, a, b, a.low, b.high), weak
    return None


def _speaks(outer: Bound, inner: Bound) -> bool:
    """Whether the range that should stand by itself depends on the other letter."""
    return any(inner.letter in end.letters for end in (outer.low, outer.high))


def _full(term: Term, a: Bound, b: Bound, low: Affine, high: Affine, guard: Atom | None = None) -> Term:
    """The term with both letters over the whole range; guards that say no more than the range fall away."""
    idle = {Guard(Affine.of(x.letter) - low) for x in (a, b)} | {Guard(high - 1 - Affine.of(x.letter)) for x in (a, b)}
    factors = tuple((f, e) for f, e in term.factors if f not in idle and f != guard)
    both = {a.letter, b.letter}
    bounds = tuple(Bound(x.letter, low, high) if x.letter in both else x for x in term.bounds)
    return Term(term.coefficient, factors, bounds)


def _halves(pair: tuple[Term, bool], a: Bound, b: Bound) -> Expr:
    """Half of all pairs, with or without the diagonal."""
    full, weak = pair
    half = replace(full, coefficient=full.coefficient / 2)
    others = tuple(x for x in half.bounds if x.letter not in (a.letter, b.letter))
    diagonal = subs(Expr((replace(half, bounds=others),)), {b.letter: Affine.of(a.letter)})
    along = tuple(x for x in half.bounds if x.letter == a.letter)
    rest = Expr(tuple(replace(t, bounds=(*along, *t.bounds)) for t in diagonal.terms))
    return Expr((half,)) + (rest if weak else -rest)
