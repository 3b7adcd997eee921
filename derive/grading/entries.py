"""Arrays that are written out, entry by entry: which expression stands at which place, and whether all are the same."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Atom, Bound, Bracket, Entry, Group, Number
from derive.calculus.expr import ZERO, Expr, Term
from derive.calculus.substitute import letters
from derive.grading.rewrite import rewritten_equal

Pins = dict[Letter, int]


def same_entries(left: Expr, right: Expr, frame: Sequence[Bound]) -> bool:
    """Whether both are written out and equal, entry by entry, as quotients of polynomials; False proves nothing.

    >>> from derive.calculus.expr import entry
    >>> from derive.calculus.substitute import bracket
    >>> i, x = Bound(Letter("i"), Affine.of(0), Affine.of(2)), entry("x")
    >>> first, second = (bracket(Affine.of("i") - k) for k in range(2))
    >>> same_entries(first * (x + 1) ** 2 + second * x, second * x + first * (x * x + 2 * x + 1), (i,))
    True
    """
    axes = tuple(b.letter for b in frame)
    ours, theirs = written_out(left, axes), written_out(right, axes)
    if ours is None or theirs is None:
        return False
    pairs = [(ours.get(place, ZERO), theirs.get(place, ZERO)) for place in ours.keys() | theirs.keys()]
    return all(a == b or _same_quotient(a, b) for a, b in pairs)


def written_out(value: Expr, axes: Sequence[Letter]) -> dict[tuple[int, ...], Expr] | None:
    """The entry at every place that is not 0 at once, or None where a term hangs on an index otherwise."""
    found: dict[tuple[int, ...], list[Term]] = {}
    if not _sorted_in(value, Term(Fraction(1)), {}, axes, found):
        return None
    return {place: Expr(tuple(terms)) for place, terms in found.items()}


def _sorted_in(
    value: Expr, outer: Term, pins: Pins, axes: Sequence[Letter], found: dict[tuple[int, ...], list[Term]]
) -> bool:
    """Put each term, times what stands before the bracket, where it stands; False where one stands at no single place."""
    for term in value.terms:
        pinned = _pinned(term, pins, axes)
        if pinned is None:
            return False
        here, rest = pinned
        if len(here) < len(axes):
            groups = [a for a, e in rest if isinstance(a, Group) and e == 1 and not letters(a.body).isdisjoint(axes)]
            if len(groups) != 1 or term.bounds:
                return False
            before = tuple(f for f in rest if f[0] != groups[0])
            scaled = Term(outer.coefficient * term.coefficient, (*outer.factors, *before))
            if not _sorted_in(groups[0].body, scaled, here, axes, found):
                return False
            continue
        new = Term(outer.coefficient * term.coefficient, (*outer.factors, *rest), term.bounds)
        if not letters(Expr((new,))).isdisjoint(axes):
            return False
        found.setdefault(tuple(here[x] for x in axes), []).append(new)
    return True


def _pinned(term: Term, pins: Pins, axes: Sequence[Letter]) -> tuple[Pins, tuple[tuple[Atom, Fraction], ...]] | None:
    """The indices that a term's brackets fix, and its other factors; None for any other bracket."""
    here, rest = dict(pins), []
    for atom, e in term.factors:
        if not isinstance(atom, Bracket):
            rest.append((atom, e))
            continue
        letter = next((x for x in axes if x in atom.zero.letters), None)
        k = None if letter is None else (Affine.of(letter) - atom.zero).constant
        if letter is None or k is None or here.setdefault(letter, k) != k:
            return None
    return here, tuple(rest)


def _same_quotient(left: Expr, right: Expr) -> bool:
    return _is_quotient(left) and _is_quotient(right) and rewritten_equal(left, right, {}) is not None


def _is_quotient(value: Expr) -> bool:
    """Whether it is built from entries and numbers with + − × ÷ alone."""
    return all(
        e.denominator == 1 and (isinstance(a, Entry | Number) or (isinstance(a, Group) and _is_quotient(a.body)))
        for t in value.terms
        for a, e in t.factors
    ) and not any(t.bounds for t in value.terms)
