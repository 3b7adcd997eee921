"""The order in which a textbook writes terms and factors, and what it writes beside a fraction bar."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from derive.calculus.atoms import (
    Apply,
    Atom,
    Bracket,
    Cases,
    Entry,
    Group,
    Guard,
    Indicator,
    MatrixFunction,
    Number,
    Power,
    Reduce,
)
from derive.calculus.expr import Expr, Factor, Term
from derive.calculus.substitute import free_letters, names
from derive.notation.index_syntax import GREEK
from derive.notation.latex_entries import place

_LATE = {Group: 3, Cases: 3, Indicator: 4, Bracket: 4, Guard: 4, MatrixFunction: 5, Reduce: 6}
_ROUNDING = ("floor", "ceil")
_SIZE = re.compile("[A-Z]")


def ordered_terms(terms: Sequence[Term], shown: Mapping[str, str]) -> list[Term]:
    """A polynomial by falling powers; else what is positive first, and a number before rates and functions: ``1 + β - ρη``.

    Args:
        terms: the terms of a sum.
        shown: how names are written.
    """
    if (powers := _polynomial(terms)) is not None:
        return [t for _, t in sorted(zip(powers, terms, strict=True), key=lambda p: -p[0])]
    others = [t for t in terms if t.factors]
    counts = any(t.coefficient > 0 and _counted(t, shown) for t in others)
    late = counts or (len(others) > 1 and not any(map(_of_rates, map(_alone, others))))
    lead = any(t.coefficient > 0 for t in others) and not any(t.bounds for t in terms)
    return sorted(terms, key=lambda t: _rank(t, late=late, lead=lead))


def _alone(term: Term) -> Expr:
    return Expr((term,))


def _rank(term: Term, *, late: bool, lead: bool) -> int:
    negative, number = term.coefficient < 0, not (term.factors or term.bounds)
    return -1 if number and not negative and not late else place(negative, number, lead)


def _polynomial(terms: Sequence[Term]) -> list[int] | None:
    """The powers, all different, of a name that is squared or more in a positive term."""
    if all(t.coefficient > 0 and t.factors for t in terms):
        return None
    for leading in terms:
        for atom, e in leading.factors:
            if isinstance(atom, Entry) and e >= 2 and leading.coefficient > 0 and not leading.bounds:
                powers = [dict(t.factors).get(atom, 0) for t in terms]
                whole = [int(p) for p in powers if p == int(p) and 0 <= p <= e]
                if len(set(whole)) == len(terms):
                    return whole
    return None


def _counted(term: Term, shown: Mapping[str, str]) -> bool:
    """Whether a term is about sizes alone, which have capitals: a number comes after them."""
    return all(_size(a, shown) for a, _ in term.factors)


def _size(atom: Atom, shown: Mapping[str, str]) -> bool:
    match atom:
        case Number():
            return True
        case Entry(name, ()):
            return _SIZE.fullmatch(shown.get(name, name)) is not None
        case Group(body):
            return all(_counted(t, shown) for t in body.terms)
        case Apply(function):
            return function in _ROUNDING
    return False


def ordered_factors(factors: Sequence[Factor], declared: Mapping[str, str]) -> list[Factor]:
    """What is plain in front, rates as declared; then entries, parentheses, and last what would catch its neighbours.

    Args:
        factors: those of a product.
        declared: every name, in the order in which a reader meets them.
    """
    rank = {name: k for k, name in enumerate(declared)}
    plain_ones = [a for a, _ in factors if plain(a)]
    moves = not all(_letter(a) for a in plain_ones)
    rates = all(isinstance(a, Entry) and a.name in GREEK for a in plain_ones)
    return sorted(factors, key=lambda f: (_place(f[0], moves=moves), rank.get(_name(f[0]), 0) if rates else 0))


def _letter(atom: Atom) -> bool:
    """Whether an atom is one index letter or size."""
    return isinstance(atom, Number) and atom.value.letter is not None


def _name(atom: Atom) -> str:
    return atom.name if isinstance(atom, Entry) and not atom.at else ""


def _place(atom: Atom, *, moves: bool) -> int:
    if of_number(atom):
        return -1
    if plain(atom) and (moves or not _letter(atom)):
        return 1 if isinstance(atom, Group) else 0
    logarithm = isinstance(atom, Apply) and atom.function == "log"
    return _LATE[Group] if logarithm else _LATE.get(type(atom), 2)


def turned(term: Term, *, alone: bool) -> Term:
    r"""``\beta - 1`` among the factors as ``1 - \beta``, with the sign in front of the term."""
    sign = 1
    factors = []
    for atom, e in term.factors:
        other = _turned(atom) if e.denominator == 1 and e > 0 else None
        sign = -sign if other and e % 2 else sign
        factors.append((other or atom, e))
    return term if alone and sign < 0 else Term(term.coefficient * sign, tuple(factors), term.bounds)


def _of_rates(value: Expr) -> bool:
    """Whether every name is a Greek letter, as those of rates and shares are."""
    called = names(value)
    return bool(called) and not free_letters(value) and all(n.rstrip("0123456789_") in GREEK for n in called)


def _turned(atom: Atom) -> Group | None:
    """A rate or a share less a number, turned round; sizes stay: ``n - 1``."""
    if not (isinstance(atom, Group) and plain(atom) and len(atom.body.terms) == 2 and _of_rates(atom.body)):
        return None
    first, last = sorted(atom.body.terms, key=lambda t: not t.factors)
    subtracted = first.factors and first.coefficient > 0 and not last.factors and last.coefficient < 0
    return Group(-atom.body) if subtracted else None


def plain(atom: Atom) -> bool:
    """Whether an atom is made of names without indices."""
    match atom:
        case Entry(_, at):
            return not at
        case Number():
            return True
        case Group(body):
            return _of_plain(body)
        case Power(base, exponent):
            return _of_plain(base) and _of_plain(exponent)
    return False


def _of_plain(value: Expr) -> bool:
    return all(not t.bounds and all(plain(a) for a, _ in t.factors) for t in value.terms)


def of_number(atom: Atom) -> bool:
    """Whether an atom is a power of a number: it stands in front, as numbers do."""
    return isinstance(atom, Power) and all(not t.factors and not t.bounds for t in atom.base.terms)
