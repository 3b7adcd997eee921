"""Collapsing brackets: a Kronecker delta under a sum removes the sum.

``Σ_i [i − e = 0] f(i)`` is ``f(e)`` where ``e`` lies in the range of ``i``; a guard says so where the ranges of the other
letters do not already imply it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Apply, Atom, Bound, Bracket, Group, Guard, Power
from derive.calculus.expr import ZERO, Expr, Term, add, expr, group, kept, multiply, power
from derive.calculus.ranges import Given, Ranges, implied, ranges_of
from derive.calculus.substitute import Rebuild, atoms, bracket, children, guard, subs

One = Fraction(1)


def collapse(value: Expr, frame: Sequence[Bound] = (), facts: Sequence[Affine] | Given = ()) -> Expr:
    """The same value with every bracket that a bound letter can solve gone.

    Args:
        value: a sum of terms.
        frame: the ranges of the free letters; guards that they imply are dropped.
        facts: affine values known not to be negative, such as ``N - K``.

    >>> from derive.calculus.expr import entry, total
    >>> from derive.calculus.substitute import bracket
    >>> i, q = Bound(Letter("i"), Affine.of(0), Affine.of("n")), Bound(Letter("q"), Affine.of(0), Affine.of("n"))
    >>> delta = bracket(Affine.of("i") - Affine.of("q"))
    >>> collapse(total(entry("x", "i") * delta, i), (q,)) == entry("x", "q")
    True
    """
    given = Given.of(facts)
    return add(_collapsed(t, ranges_of(frame), given) for t in _opened(value))


def _opened(value: Expr) -> Iterator[Term]:
    """The terms, with groups that hold brackets multiplied out."""
    for term in value.terms:
        k = next((k for k, (a, e) in enumerate(term.factors) if e == 1 and _holds_bracket(a)), None)
        if k is None:
            yield term
            continue
        atom = term.factors[k][0]
        assert isinstance(atom, Group)
        rest = Expr((Term(term.coefficient, term.factors[:k] + term.factors[k + 1 :]),))
        for part in atom.body.terms:
            for t in multiply((rest, Expr((part,)))).terms:
                yield from _opened(Expr((Term(t.coefficient, t.factors, (*term.bounds, *t.bounds)),)))


def _holds_bracket(atom: Atom) -> bool:
    return isinstance(atom, Group) and any(isinstance(a, Bracket) for a in atoms(atom.body))


def _collapsed(term: Term, outer: Ranges, given: Given) -> Expr:
    for k, (atom, _) in enumerate(term.factors):
        if isinstance(atom, Bracket) and (solved := _solve(atom.zero, term.bounds)) is not None:
            rest = Term(term.coefficient, term.factors[:k] + term.factors[k + 1 :], term.bounds)
            return add(_collapsed(t, outer, given) for t in _put(rest, *solved).terms)
    return _dropped(term, outer, given)


def _solve(zero: Affine, bounds: Sequence[Bound]) -> tuple[Bound, Affine] | None:
    """The first bound letter that the bracket determines, with its value; later ranges may not hang on it oddly."""
    for bound in bounds:
        parts = zero.split(bound.letter)
        if parts is None or abs(parts[0].constant or 0) != 1:
            continue
        value = -parts[1] * (parts[0].constant or 1)
        later = {b.letter for b in bounds[bounds.index(bound) + 1 :] if bound.letter in b.low.letters | b.high.letters}
        if later.isdisjoint(value.letters):
            return bound, value
    return None


def _put(term: Term, bound: Bound, value: Affine) -> Expr:
    """The term without the bound letter: its value put in, its range kept as guards, an expectation's weight as a factor."""
    put = {bound.letter: value}
    inside = multiply((guard(value - bound.low), guard(bound.high - 1 - value)))
    if bound.kind == "expectation":
        inside = multiply((inside, power(expr(bound.high - bound.low), -1)))
    body = multiply((subs(Expr((Term(term.coefficient, term.factors),)), put), inside))
    kept = tuple(
        Bound(b.letter, b.low.subs(put), b.high.subs(put), b.kind) for b in term.bounds if b.letter != bound.letter
    )
    return Expr(tuple(Term(t.coefficient, t.factors, (*kept, *t.bounds)) for t in body.terms))


def _dropped(term: Term, outer: Ranges, given: Given) -> Expr:
    """The term without guards that the ranges imply; nothing where they exclude a guard or a bracket."""
    known: dict[Letter, tuple[Affine, Affine]] = {**outer, **ranges_of(term.bounds)}
    against = (side for a, _ in term.factors for side in _excluding(a))
    if any(implied(side, known, given, given.letters) for side in against):
        return ZERO
    kept = tuple(
        (a, e) for a, e in term.factors if not (isinstance(a, Guard) and implied(a.nonneg, known, given, given.letters))
    )
    plain = Expr((Term(term.coefficient, kept, term.bounds),))
    return _Arguments(known, given).expr(plain) if any(_marked(x) for a, _ in kept for x in children(a)) else plain


class _Arguments(Rebuild):
    """Collapses what stands inside arguments and groups, where the letters' ranges are those of the scope."""

    def __init__(self, known: Ranges, given: Given) -> None:
        self.known, self.given = known, given

    def leaf(self, atom: Atom) -> Expr | None:
        if not isinstance(atom, Apply | Group | Power):
            return expr(atom)
        frame = [Bound(x, low, high) for x, (low, high) in self.known.items()]
        inner = tuple(collapse(x, frame, self.given) for x in children(atom))
        match atom:
            case Apply():
                return expr(replace(atom, args=inner))
            case Group():
                return group(inner[0]) if inner[0].terms else expr(0)
        return power(*inner)


@kept
def _marked(value: Expr) -> bool:
    return any(isinstance(a, Bracket | Guard) for a in atoms(value))


def _excluding(atom: Atom) -> tuple[Affine, ...]:
    """Affine values one of which, never negative, makes a mark 0 everywhere."""
    match atom:
        case Bracket(zero):
            return (zero - 1, -zero - 1)
        case Guard(nonneg):
            return (-nonneg - 1,)
    return ()


def index_relation(left: Affine, op: str, right: Affine) -> Expr:
    """``[left op right]`` of affine values, as brackets and guards; ``op`` is one of ``= != < <= > >=``."""
    gap = right - left
    if op in ("=", "!="):
        equal = bracket(gap)
        return equal if op == "=" else expr(1) - equal
    return guard({"<": gap - 1, "<=": gap, ">": -gap - 1, ">=": -gap}[op])
