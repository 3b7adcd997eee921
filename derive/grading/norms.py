"""Roots of what is never negative, for a proof: ``√S √S = S`` and ``S^(-3/2) = S^-2 √S`` for a sum of squares ``S``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Apply, Atom, Bound, Bracket, Entry, Group, Guard, Indicator, Number
from derive.calculus.canonical import TooLarge, canonical
from derive.calculus.expr import Expr, Factor, Term, expr, power
from derive.calculus.facts import Facts
from derive.calculus.order import letters_of
from derive.calculus.substitute import Rebuild, subs

NEVER_NEGATIVE = frozenset({"positive", "nonnegative", "unit", "prob", "posint", "binary", "onehot", "dimension"})


def normed(value: Expr, domains: Mapping[str, str], facts: Facts) -> Expr:
    """The expression with one whole power and at most one root, with a share between 0 and 1, of what is never negative.

    The root becomes a function of its own, so that multiplying out leaves it alone.

    >>> from derive.calculus.expr import entry
    >>> from derive.calculus.facts import NOTHING
    >>> square, half = entry("x") ** 2 + entry("y") ** 2, Fraction(1, 2)
    >>> normed(power(power(square, half), 4), {}, NOTHING) == power(square, 2)
    True
    """
    return _Normed(domains, facts).expr(value)


def never_negative(value: Expr, domains: Mapping[str, str], facts: Facts) -> bool:
    """Whether a sum can be seen to be 0 or more wherever it has a value: squares and what is declared so.

    >>> from derive.calculus.expr import entry
    >>> [never_negative(v, {}, Facts()) for v in (entry("x") ** 2 + 1, entry("x") ** 2 - 1)]
    [True, False]
    """
    return _Normed(domains, facts).never_negative(value)


class _Normed(Rebuild):
    def __init__(self, domains: Mapping[str, str], facts: Facts) -> None:
        self.domains, self.facts = domains, facts

    def term(self, term: Term) -> Expr:
        value = super().term(term)
        if not any(e.denominator > 1 or _is_root(a) for t in value.terms for a, e in t.factors):
            return value
        return Expr(tuple(map(self._merged, value.terms)))

    def _merged(self, term: Term) -> Term:
        exponents: dict[Expr, Fraction] = {}
        bodies: dict[Expr, Expr] = {}
        rest = list[Factor]()
        for atom, e in (self._flat(*factor) for factor in term.factors):
            if not isinstance(atom, Group) or not self.never_negative(atom.body):
                rest.append((atom, e))
                continue
            key = self._key(atom.body)
            bodies.setdefault(key, atom.body)
            exponents[key] = exponents.get(key, Fraction(0)) + e
        for key, e in exponents.items():
            whole = Fraction(floor(e))
            if whole:
                rest += _factors(power(bodies[key], whole))
            if e != whole:
                rest.append((Apply("root", (bodies[key], expr(e - whole))), Fraction(1)))
        return Term(term.coefficient, tuple(rest), term.bounds)

    def _flat(self, atom: Atom, e: Fraction) -> Factor:
        """A power of a root of something never negative as one power."""
        match atom:
            case Apply("root", (body, share), 0) if share.constant is not None:
                return Group(body), e * share.constant
            case Group(Expr((Term(c, ((Group(inner), f),), ()),))) if c == 1 and self.never_negative(inner):
                return Group(inner), e * f
        return atom, e

    def _key(self, body: Expr) -> Expr:
        try:
            return canonical(body, facts=self.facts)
        except (TooLarge, OverflowError):
            return body

    def never_negative(self, value: Expr) -> bool:
        """Whether every term is a positive number times squares, what is never negative, and marks, summed or not."""
        return bool(value.terms) and all(t.coefficient > 0 and self._is_square(t) for t in value.terms)

    def _is_square(self, term: Term) -> bool:
        rest = _undoubled(term)
        return all(self._alone(a, e) for a, e in term.factors) or all(self._alone(a, e) for a, e in rest)

    def _alone(self, atom: Atom, e: Fraction) -> bool:
        if e.denominator == 1 and e % 2 == 0:
            return True
        match atom:
            case Entry(name=name):
                return self.domains.get(name) in NEVER_NEGATIVE
            case Number(Affine(terms=(((Letter(letter, 0),), 1),))):
                return self.domains.get(letter) in NEVER_NEGATIVE
            case Group(body):
                return self.never_negative(body)
            case Bracket() | Guard() | Indicator() | Apply("exp" | "abs" | "pi", _, 0):
                return True
        return False


def _is_root(atom: Atom) -> bool:
    match atom:
        case Group(Expr((Term(factors=((_, e),)),))):
            return e.denominator > 1
    return isinstance(atom, Apply) and atom.function == "root"


def _factors(value: Expr) -> tuple[Factor, ...]:
    term = value.terms[0] if len(value.terms) == 1 else None
    alone = term is not None and term.coefficient == 1 and not term.bounds
    return term.factors if term is not None and alone else ((Group(value), Fraction(1)),)


def _undoubled(term: Term) -> Sequence[Factor]:
    """What stands beside the same factors with two letters of the same range: ``Σ_i Σ_j f_i f_j`` is a square."""
    for k, a in enumerate(term.bounds):
        for b in term.bounds[k + 1 :]:
            if (a.low, a.high, a.kind) == (b.low, b.high, b.kind) and not _hang(term, a, b):
                ours, theirs = (_with(term, x) for x in (a, b))
                moved = [(subs(expr(x), {a.letter: Affine.of(b.letter)}), e) for x, e in ours]
                wanted = [(expr(x), e) for x, e in theirs]
                if not any(f in theirs for f in ours) and all(
                    moved.count(f) == wanted.count(f) for f in (*moved, *wanted)
                ):
                    return [f for f in term.factors if f not in ours and f not in theirs]
    return term.factors


def _hang(term: Term, a: Bound, b: Bound) -> bool:
    """Whether another range depends on one of two letters."""
    return any(not {a.letter, b.letter}.isdisjoint({*c.low.letters, *c.high.letters}) for c in term.bounds)


def _with(term: Term, bound: Bound) -> list[Factor]:
    return [f for f in term.factors if bound.letter in letters_of(f[0])]
