"""Canonical form: equal forms are a proof that two expressions are equal for all sizes and all values.

Products are multiplied out, brackets collapse, ranges start at 0, bound letters are labelled by individualise-and-refine,
like terms merge. Sigmoid and tanh are written with the exponential, so that rational identities between them are decided
by multiplying denominators out (`same`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Apply, Atom, Entry, Group, Power
from derive.calculus.collapse import collapse
from derive.calculus.expr import ONE, ZERO, Expr, Factor, Term, add, apply, expr, multiply, power
from derive.calculus.facts import NOTHING, Facts
from derive.calculus.functions import unfold
from derive.calculus.order import Keys, Labelling, mix, rational
from derive.calculus.substitute import Rebuild, rename_binders, subs

FUEL = 400
_POSITION = 1 << 60


class TooLarge(Exception):
    """More terms than the canonical form is worth."""


def canonical(value: Expr, *, facts: Facts = NOTHING, fuel: int = FUEL) -> Expr:
    """The canonical form.

    Raises:
        TooLarge: multiplied out it has more than ``fuel`` terms.

    >>> from derive.calculus.atoms import Bound
    >>> from derive.calculus.expr import entry, total
    >>> i, j = (Bound(Letter(x), Affine.of(0), Affine.of("n")) for x in "ij")
    >>> canonical(total(entry("x", "i"), i)) == canonical(total(entry("x", "j"), j))
    True
    """
    return _Canonical(facts, fuel, 0).form(unfold(value))


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
            if e < 0 and e.denominator == 1 and bound.isdisjoint(_letters(atom)):
                least[atom] = min(e, least.get(atom, Fraction(0)))
    return multiply(power(expr(a), -e) for a, e in least.items()) if least else ONE


def _letters(atom: Atom) -> frozenset[Letter]:
    from derive.calculus.order import letters_of

    return letters_of(atom)


class _Inner(Rebuild):
    """Canonical forms inside atoms, and one basis for what can be written in several ways."""

    def __init__(self, owner: _Canonical) -> None:
        self.owner = owner

    def expr(self, value: Expr) -> Expr:
        return _Canonical(self.owner.facts, self.owner.fuel, self.owner.depth + 1).form(value)

    def leaf(self, atom: Atom) -> Expr | None:
        match atom:
            case Apply("sigmoid", (z,), 0):
                return power(ONE + apply("exp", self.expr(-z)), -1)
            case Apply("tanh", (z,), 0):
                e = apply("exp", self.expr(2 * z))
                return (e - 1) / (e + 1)
            case Apply("exp", (z,), 0) if not z.terms:
                return ONE
            case Apply("log", (z,), 0):
                return _log(self.expr(z))
        return None


def _log(z: Expr) -> Expr:
    match z.terms:
        case (Term(c, ((Apply("exp", (inside,), 0), e),), ()),) if c == 1:
            return inside * e
    return ZERO if z == ONE else apply("log", z)


class _Canonical:
    def __init__(self, facts: Facts, fuel: int, depth: int) -> None:
        self.facts, self.fuel, self.depth = facts, fuel, depth
        self.keys = Keys({}, facts.symmetric)

    def form(self, value: Expr) -> Expr:
        """Multiply out, collapse, label, merge, sort."""
        opened = Expr(tuple(self._opened(value)))
        collapsed = collapse(opened, self.facts.frame, self.facts.nonneg)
        merged = add(Expr((self._labelled(t),)) for t in self._opened(collapsed))
        return Expr(tuple(sorted(merged.terms, key=self.keys.term)))

    def _opened(self, value: Expr) -> Iterator[Term]:
        """The terms with all products of sums multiplied out and every atom canonical inside."""
        waiting, count = list(value.terms), 0
        while waiting:
            count += 1
            if count > self.fuel:
                raise TooLarge
            term = waiting.pop()
            k = next((k for k, (a, e) in enumerate(term.factors) if _opens(a, e)), None)
            if k is not None:
                waiting += self._spread(term, k)
                continue
            inner = _exponentials(self._inner(term))
            if all(not _opens(a, e) for t in inner.terms for a, e in t.factors) and len(inner.terms) == 1:
                yield from (self._from_zero(t) for t in inner.terms)
            else:
                waiting += inner.terms

    def _spread(self, term: Term, k: int) -> list[Term]:
        atom, e = term.factors[k]
        assert isinstance(atom, Group)
        rest = [*term.factors[:k], *term.factors[k + 1 :]] + ([(atom, e - 1)] if e > 1 else [])
        found = []
        for part in atom.body.terms:
            product = multiply((Expr((Term(term.coefficient, tuple(rest)),)), Expr((part,))))
            found += [replace(t, bounds=(*term.bounds, *t.bounds)) for t in product.terms]
        return found

    def _inner(self, term: Term) -> Expr:
        return _Inner(self).term(term)

    def _from_zero(self, term: Term) -> Term:
        """Sums whose ranges start at 0."""
        moved = {b.letter: b.low + b.letter for b in term.bounds if b.low.terms and b.kind == "sum"}
        if not moved:
            return term
        bounds = tuple(
            replace(b, low=Affine(()), high=(b.high - b.low).subs(moved)) if b.letter in moved else b
            for b in term.bounds
        )
        (body,) = subs(Expr((replace(term, bounds=()),)), moved).terms or (replace(term, coefficient=Fraction(0)),)
        return replace(body, bounds=(*bounds, *body.bounds))

    def _labelled(self, term: Term) -> Term:
        """Bound letters by position, factors in structural order."""
        if term.bounds:
            first = {b.letter: self.keys.range(b) for b in term.bounds}
            _, order = Labelling(term.factors, self.keys).order(first)
            names = {x: Affine.of(Letter("·", _POSITION + 4096 * self.depth + k)) for k, x in enumerate(order)}
            sorted_bounds = tuple(b for x in order for b in term.bounds if b.letter == x)
            renamed = rename_binders(Expr((replace(term, bounds=sorted_bounds),)), names)
            (term,) = renamed.terms
        factors = tuple((self._ordered(a), e) for a, e in term.factors)
        return replace(term, factors=tuple(sorted(factors, key=self._key)))

    def _ordered(self, atom: Atom) -> Atom:
        """An entry of a symmetric array with its last two indices in order."""
        if isinstance(atom, Entry) and atom.name in self.facts.symmetric and len(atom.at) > 1:
            return Entry(atom.name, (*atom.at[:-2], *sorted(atom.at[-2:], key=lambda a: a.terms)))
        return atom

    def _key(self, factor: Factor) -> int:
        return mix(self.keys.atom(factor[0]), rational(factor[1]))


def _opens(atom: Atom, e: Fraction) -> bool:
    return isinstance(atom, Group) and e.denominator == 1 and e > 0


def _exponentials(value: Expr) -> Expr:
    """Powers and products of exponentials as one, powers of the same base too."""
    return add(_gathered(t) for t in value.terms)


def _gathered(term: Term) -> Expr:
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
        return Expr((replace(term, factors=tuple(rest)),))
    whole = canonical(exponents) if exponents.terms else ZERO
    parts = [apply("exp", whole)] if whole.terms else []
    parts += [power(base, canonical(exponent)) for base, exponent in bases.items()]
    product = multiply((Expr((Term(term.coefficient, tuple(rest)),)), *parts))
    return Expr(tuple(replace(t, bounds=(*term.bounds, *t.bounds)) for t in product.terms))
