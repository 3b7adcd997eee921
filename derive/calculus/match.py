"""Rewriting by an identity: find one term inside another, up to the names of index letters.

The pattern is a single term. Its free letters match any index; its bound letters match bound letters that occur nowhere
else in the target, so that the sum really is the pattern's.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Atom, Bound, Entry, Group
from derive.calculus.expr import Expr, Factor, Term, add, expr, multiply, power
from derive.calculus.substitute import letters, renew, subs

Binding = dict[Letter, Affine]


def rewrite(value: Expr, left: Expr, right: Expr) -> Expr:
    """``value`` with every instance of the single term ``left`` replaced by ``right``.

    >>> from derive.calculus.expr import entry, total
    >>> j = Bound(Letter("j"), Affine.of(0), Affine.of("n"))
    >>> left = total(entry("A", "i", "j") * entry("u", "j"), j)
    >>> rewrite(total(entry("u", "j") * entry("A", 2, "j"), j), left, entry("eta") * entry("u", "i")) == (
    ...     entry("eta") * entry("u", 2)
    ... )
    True
    """
    (pattern,) = left.terms
    return add(_rewritten(t, pattern, right) for t in value.terms)


def _rewritten(term: Term, pattern: Term, right: Expr) -> Expr:
    for used, binding in _matches(term, pattern):
        new = _replaced(term, pattern, used, binding, right)
        if new is not None:
            return add(_rewritten(t, pattern, right) for t in new.terms)
    return _inside(term, pattern, right)


def _inside(term: Term, pattern: Term, right: Expr) -> Expr:
    """The same in the term's groups."""
    left = Expr((pattern,))
    factors = [
        power(rewrite(a.body, left, right), e) if isinstance(a, Group) else power(expr(a), e) for a, e in term.factors
    ]
    inner = multiply((Expr((Term(term.coefficient),)), *factors))
    return Expr(tuple(Term(t.coefficient, t.factors, (*term.bounds, *t.bounds)) for t in inner.terms))


def _matches(term: Term, pattern: Term) -> Iterator[tuple[tuple[int, ...], Binding]]:
    """Every way to find the pattern's factors among the term's."""
    yield from _extend(term.factors, pattern.factors, (), {})


def _extend(
    factors: tuple[Factor, ...], wanted: tuple[Factor, ...], used: tuple[int, ...], binding: Binding
) -> Iterator[tuple[tuple[int, ...], Binding]]:
    if not wanted:
        yield used, binding
        return
    (atom, e), *rest = wanted
    for k, (candidate, f) in enumerate(factors):
        if k not in used and f == e and (more := _unify(atom, candidate, binding)) is not None:
            yield from _extend(factors, tuple(rest), (*used, k), more)


def _unify(pattern: Atom, target: Atom, binding: Binding) -> Binding | None:
    if not isinstance(pattern, Entry) or not isinstance(target, Entry):
        return binding if pattern == target else None
    if pattern.name != target.name or len(pattern.at) != len(target.at):
        return None
    new = dict(binding)
    for mine, theirs in zip(pattern.at, target.at, strict=True):
        letter = mine.letter
        if letter is None:
            if mine.subs(new) != theirs:
                return None
        elif new.setdefault(letter, theirs) != theirs:
            return None
    return new


def _replaced(term: Term, pattern: Term, used: tuple[int, ...], binding: Binding, right: Expr) -> Expr | None:
    """The term with the matched factors gone and the right side in, or None where a sum is not the pattern's alone."""
    rest = tuple(f for k, f in enumerate(term.factors) if k not in used)
    summed = [binding[b.letter].letter for b in pattern.bounds]
    mine = {b.letter: b for b in term.bounds}
    if any(x is None or x not in mine for x in summed) or len(set(summed)) < len(summed):
        return None
    kept = tuple(b for b in term.bounds if b.letter not in summed)
    elsewhere = letters(Expr((Term(Fraction(1), rest),))).union(*(b.low.letters | b.high.letters for b in kept))
    if not elsewhere.isdisjoint({x for x in summed if x}):
        return None
    if any(not _same_range(mine[x], b, binding) for x, b in zip(summed, pattern.bounds, strict=True) if x):
        return None
    put = {k: v for k, v in binding.items() if k not in {b.letter for b in pattern.bounds}}
    new = multiply((Expr((Term(term.coefficient / pattern.coefficient, rest),)), subs(renew(right), put)))
    return Expr(tuple(Term(t.coefficient, t.factors, (*kept, *t.bounds)) for t in new.terms))


def _same_range(theirs: Bound, mine: Bound, binding: Binding) -> bool:
    return (theirs.low, theirs.high) == (mine.low.subs(binding), mine.high.subs(binding))
