"""Canonical form: equal forms are a proof that two expressions are equal for all sizes and all values.

Products are multiplied out, brackets collapse, ranges start at 0, bound letters are labelled by individualise-and-refine,
like terms merge. Sigmoid and tanh are written with the exponential, so that rational identities between them are decided
by multiplying denominators out (`same`). Like every proof here it holds wherever both sides are defined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from math import floor

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Apply, Atom, Bound, Entry, Group, Power
from derive.calculus.averages import averages
from derive.calculus.basis import Basis
from derive.calculus.collapse import collapse
from derive.calculus.expr import ONE, ZERO, Expr, Factor, Term, add, apply, expr, multiply, power
from derive.calculus.facts import NOTHING, Facts
from derive.calculus.functions import unfold
from derive.calculus.labelling import Fuel, TooLarge
from derive.calculus.labels import Labels
from derive.calculus.order import letters_of
from derive.calculus.reach import few_valued, reached, settled, without_masses
from derive.calculus.substitute import atoms, free_letters, renew, subs

__all__ = ["FUEL", "TooLarge", "canonical", "same"]
FUEL = 400
LABELLING = 40_000
OPENING = 5_000
ROUNDS = 4


def canonical(value: Expr, *, facts: Facts = NOTHING, fuel: int = FUEL) -> Expr:
    """The canonical form.

    Raises:
        TooLarge: multiplied out it, or what stands inside a function, has more than ``fuel`` terms, all of them together
            more than ``OPENING``, or its bound letters are too much alike to be told apart.

    >>> from derive.calculus.affine import Letter
    >>> from derive.calculus.atoms import Bound
    >>> from derive.calculus.expr import entry, total
    >>> i, j = (Bound(Letter(x), Affine.of(0), Affine.of("n")) for x in "ij")
    >>> canonical(total(entry("x", "i"), i)) == canonical(total(entry("x", "j"), j))
    True
    """
    value = averages(unfold(value))
    return _Canonical(replace(facts, dims=_dimensions(value, facts)), fuel).form(value, 0)


def same(a: Expr, b: Expr, *, facts: Facts = NOTHING, fuel: int = FUEL) -> bool:
    """Whether the canonical forms prove two expressions equal wherever both are defined; False proves nothing.

    >>> from derive.calculus.expr import entry
    >>> z = entry("z")
    >>> s = apply("sigmoid", z)
    >>> same(apply("sigmoid", z, order=1), s * (1 - s)), same(s, apply("tanh", z))
    (True, False)
    """
    try:
        gap = canonical(a - b, facts=facts, fuel=fuel)
        for _ in range(4):
            if not gap.terms:
                return True
            common = _denominator(gap)
            if common == ONE:
                return False
            gap = canonical(add(multiply((Expr((t,)), common)) for t in gap.terms), facts=facts, fuel=fuel)
    except (TooLarge, OverflowError):
        return False
    return not gap.terms


def _denominator(value: Expr) -> Expr:
    """The product of all groups in denominators of the terms, to their highest powers."""
    least: dict[Atom, Fraction] = {}
    for term in value.terms:
        bound = {b.letter for b in term.bounds}
        for atom, e in term.factors:
            if e < 0 and e.denominator == 1 and bound.isdisjoint(letters_of(atom)):
                least[atom] = min(e, least.get(atom, Fraction(0)))
    return multiply(power(expr(a), -e) for a, e in least.items()) if least else ONE


def _dimensions(value: Expr, facts: Facts) -> frozenset[Letter]:
    """The free letters that are dimensions, so at least 1: any other letter may be 0."""
    if facts.dims is not None:
        return facts.dims
    sizes = {x for axes in facts.shape.values() for n in axes for x in n.letters}
    ends = {x for b in facts.frame for x in b.high.letters}
    return frozenset(sizes | ends | (free_letters(value) - _indices(value)))


def _unknown(value: Expr, facts: Facts) -> Iterator[Bound]:
    """A range that says nothing, for every free letter that is no dimension, such as one bound further out."""
    given = {b.letter for b in facts.frame}
    for x in sorted(free_letters(value) - given - (facts.dims or frozenset())):
        yield Bound(x, Affine.of(x), x + Affine.of(1))


def _indices(value: Expr) -> set[Letter]:
    return {x for a in atoms(value) if isinstance(a, Entry) for slot in a.at for x in slot.letters}


class _Canonical:
    """One canonical form; every expression inside an atom is one too, a level deeper."""

    def __init__(self, facts: Facts, fuel: int) -> None:
        self.facts, self.fuel = facts, fuel
        self.labels = Labels(facts.symmetric, Fuel(LABELLING))
        self.opening = Fuel(OPENING)
        self.known: dict[tuple[Expr, int], Expr] = {}

    def form(self, value: Expr, depth: int) -> Expr:
        """Multiply out, collapse, label, merge, sort."""
        found = self.known.get((value, depth))
        if found is None:
            facts = replace(self.facts, frame=(*self.facts.frame, *_unknown(value, self.facts)))
            found = self.labels.merged(self._settled(value, facts, depth), depth)
            self.known[value, depth] = self.known[found, depth] = found
        return found

    def _settled(self, value: Expr, facts: Facts, depth: int) -> Iterable[Term]:
        """The terms of the open, collapsed form whose sums reach as far as they can and no further."""
        for _ in range(ROUNDS):
            opened = Expr(tuple(self._opened(value, depth)))
            collapsed = collapse(opened, facts.frame, facts.nonneg)
            value = Expr(
                tuple(
                    reached(settled(without_masses(few_valued(t, facts), facts), facts), facts) for t in collapsed.terms
                )
            )
            if value == opened:
                return opened.terms
        return self._opened(value, depth)

    def _opened(self, value: Expr, depth: int) -> Iterator[Term]:
        """The terms with all products of sums multiplied out and every atom canonical inside."""
        waiting, count = list(value.terms), 0
        basis = Basis(lambda inner: self.form(inner, depth + 1), self.facts.symmetric)
        while waiting:
            count += 1
            if count > self.fuel:
                raise TooLarge
            self.opening.spend(1)
            term = _from_zero(waiting.pop())
            k = next((k for k, (a, e) in enumerate(term.factors) if _opens(a, e)), None)
            if k is not None:
                waiting += _spread(term, k)
                continue
            inner = self._gathered(basis.term(term), depth)
            if all(_finished(t, term) for t in inner.terms):
                yield from inner.terms
            else:
                waiting += renew(inner).terms

    def _gathered(self, value: Expr, depth: int) -> Expr:
        """Products of exponentials as one, and of powers of the same base; ``x^(n+1)`` is ``x^n`` times ``x``."""
        return add(self._powers(t, depth) for t in value.terms)

    def _powers(self, term: Term, depth: int) -> Expr:
        exponents, rest = ZERO, list[Factor]()
        bases: dict[Expr, Expr] = {}
        for atom, e in term.factors:
            match atom:
                case Apply("exp", (z,), 0):
                    exponents = exponents + z * e
                case Power(base, exponent) if e.denominator == 1:
                    bases[base] = bases.get(base, ZERO) + exponent * e
                case _:
                    rest.append((atom, e))
        if not exponents.terms and not bases:
            return Expr((term,))
        whole = self.form(exponents, depth + 1)
        parts = [apply("exp", whole)] if whole.terms else []
        for base, exponent in bases.items():
            letter_part, steps = _steps(self.form(exponent, depth + 1))
            parts += [power(base, letter_part), power(base, steps)]
        product = multiply((Expr((Term(term.coefficient, tuple(rest)),)), *parts))
        return Expr(tuple(replace(t, bounds=(*term.bounds, *t.bounds)) for t in product.terms))


def _finished(term: Term, before: Term) -> bool:
    return len(term.bounds) == len(before.bounds) and not any(_opens(a, e) for a, e in term.factors)


def _steps(exponent: Expr) -> tuple[Expr, int]:
    """An exponent without its whole number, and that number."""
    constant = next((t.coefficient for t in exponent.terms if not t.factors and not t.bounds), Fraction(0))
    steps = floor(constant)
    return exponent - steps, steps


def _spread(term: Term, k: int) -> list[Term]:
    """The terms of a product with a sum, multiplied out."""
    atom, e = term.factors[k]
    assert isinstance(atom, Group)
    rest = [*term.factors[:k], *term.factors[k + 1 :]] + ([(atom, e - 1)] if e > 1 else [])
    found = []
    for part in renew(atom.body).terms:
        product = multiply((Expr((Term(term.coefficient, tuple(rest)),)), Expr((part,))))
        found += [replace(t, bounds=(*term.bounds, *t.bounds)) for t in product.terms]
    return found


def _from_zero(term: Term) -> Term:
    """Sums whose ranges start at 0, outer ones first."""
    found = next((b for b in term.bounds if b.low.terms and b.kind == "sum"), None)
    if found is None:
        return term
    moved = {found.letter: found.low + found.letter}
    bounds = tuple(
        replace(b, low=Affine(()), high=b.high - b.low)
        if b is found
        else replace(b, low=b.low.subs(moved), high=b.high.subs(moved))
        for b in term.bounds
    )
    (body,) = subs(Expr((replace(term, bounds=()),)), moved).terms or (Term(Fraction(0)),)
    return _from_zero(replace(body, bounds=(*bounds, *body.bounds)))


def _opens(atom: Atom, e: Fraction) -> bool:
    return isinstance(atom, Group) and e.denominator == 1 and e > 0
