"""Rewriting by an identity: find one term inside another, up to the names of index letters.

The pattern is a single term. Its free letters match any index; its bound letters match bound letters that occur nowhere
else in the target, so that the sum really is the pattern's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.calculus.affine import Affine, Letter, fresh
from derive.calculus.atoms import Bracket, Entry, Guard
from derive.calculus.expr import Expr, Factor, Term, expr, group, multiply, power
from derive.calculus.substitute import Rebuild, atoms, binders, letters, names, renew, subs
from derive.calculus.unify import LAST, Binding, same_ranges, unify_atoms


def rewrite(value: Expr, left: Expr, right: Expr) -> Expr:
    """``value`` with every ``left`` (one term or a sum in parentheses), and its powers, replaced by ``right``.

    >>> from derive.calculus.affine import Affine, Letter
    >>> from derive.calculus.atoms import Bound
    >>> from derive.calculus.expr import apply, entry, total
    >>> j = Bound(Letter("j"), Affine.of(0), Affine.of("n"))
    >>> left = total(entry("A", "i", "j") * entry("u", "j"), j)
    >>> rewrite(total(entry("u", "j") * entry("A", 2, "j"), j), left, entry("eta") * entry("u", "i")) == (
    ...     entry("eta") * entry("u", 2)
    ... )
    True
    >>> e, s = apply("exp", entry("z", "i")), entry("s")
    >>> rewrite(e * apply("exp", entry("z", "k")) / s**2, e / s, entry("p", "i")) == entry("p", "i") * entry("p", "k")
    True
    """
    return Rewriting.by(left, right).expr(value)


_MARKS = (Bracket, Guard)


def _places(pattern: Expr) -> frozenset[Letter]:
    """The free letters that stand for any index; renamed, they are never taken for the target's of the same name."""
    alone = (a.letter for e in atoms(pattern) if isinstance(e, Entry) for a in e.at)
    return frozenset(x for x in alone if x) - set(binders(pattern))


class Rewriting(Rebuild):
    """One identity, ready to be used on many values."""

    def __init__(self, pattern: Term, right: Expr, when: Callable[[Binding], bool] | None = None) -> None:
        self.pattern, self.right, self.when = pattern, right, when
        self.reads = names(Expr((pattern,)))

    @staticmethod
    def by(left: Expr, right: Expr, when: Callable[[Binding], bool] | None = None) -> Rewriting:
        """The rewriting of ``left`` (one term or a sum in parentheses), and its powers, into ``right``.

        ``when`` is asked with what the pattern's letters stand for; with it, the right side stands where the left did.
        """
        own = {x: Affine.of(fresh(x)) for x in _places(left)}
        (pattern,) = group(subs(left, own)).terms
        ordered = replace(pattern, factors=tuple(sorted(pattern.factors, key=lambda f: isinstance(f[0], LAST))))

        def asked(found: Binding) -> bool:
            mine = {k: found[x] for k, a in own.items() if (x := a.letter) in found}
            return when is None or when({**found, **mine})

        return Rewriting(ordered, subs(right, own), None if when is None else asked)

    def expr(self, value: Expr) -> Expr:
        """The value rewritten; as it is where the pattern's arrays do not all occur."""
        return super().expr(value) if self.reads <= names(value) else value

    def term(self, term: Term) -> Expr:
        """The term rewritten, as often as the pattern is found."""
        alone = Expr((term,))
        if not self.reads <= names(alone):
            return alone
        for found in _matches(term, self.pattern):
            if self.when and not self.when(found.binding):
                continue
            new = _replaced(term, self.pattern, found, self.right, in_place=self.when is not None)
            if new is not None:
                return self.expr(new)
        return super().term(term)


@dataclass(frozen=True, slots=True)
class _Match:
    """The pattern to an integer power: what its letters stand for, and what is left of the term's factors."""

    times: int
    binding: Binding
    rest: tuple[Factor, ...]
    used: tuple[Factor, ...] = ()


def _matches(term: Term, pattern: Term) -> Iterator[_Match]:
    """Every way to find the pattern, or a power of it, among the term's factors."""
    if not pattern.factors:
        return
    (_, e), *_ = pattern.factors
    powers = {1} if pattern.bounds else {n for _, f in term.factors for n in _powers(f / e)}
    for times in sorted(powers, key=lambda n: (n < 0, -abs(n))):
        yield from _extend(_Match(times, {}, term.factors), pattern.factors)


def _powers(ratio: Fraction) -> range:
    """The integers from a ratio towards 0, 0 left out."""
    n = int(ratio)
    return range(n, 0, -1 if n > 0 else 1)


def _extend(found: _Match, wanted: tuple[Factor, ...]) -> Iterator[_Match]:
    if not wanted:
        yield found
        return
    (atom, power_), *more = wanted
    e = power_ if isinstance(atom, _MARKS) and found.times > 0 else power_ * found.times
    for k, (candidate, f) in enumerate(found.rest):
        if not _holds(f, e):
            continue
        left = ((candidate, f - e),) if f != e else ()
        rest = (*found.rest[:k], *left, *found.rest[k + 1 :])
        for binding in unify_atoms(atom, candidate, found.binding):
            yield from _extend(_Match(found.times, binding, rest, (*found.used, (candidate, f))), tuple(more))


def _holds(f: Fraction, e: Fraction) -> bool:
    """Whether a factor to the power ``f`` holds the same to the power ``e``: a root is never split."""
    return f == e or (f.denominator == e.denominator == 1 and 0 < e / f < 1)


def _replaced(term: Term, pattern: Term, found: _Match, right: Expr, *, in_place: bool) -> Expr | None:
    """The term with the matched factors gone and the right side in, or None where a sum is not the pattern's alone."""
    own = {b.letter for b in pattern.bounds}
    summed = {found.binding[x].letter for x in own if x in found.binding}
    mine = tuple(b for b in term.bounds if b.letter in summed)
    kept = tuple(b for b in term.bounds if b.letter not in summed)
    elsewhere = letters(Expr((Term(Fraction(1), found.rest, kept),)))
    if not same_ranges(pattern.bounds, mine, found.binding) or not elsewhere.isdisjoint({b.letter for b in mine}):
        return None
    put = {k: v for k, v in found.binding.items() if k not in own}
    gone = {x for a, _ in found.used for x in binders(expr(a))} | {b.letter for b in mine}
    if not gone.isdisjoint(x for k, v in put.items() if k in letters(right) for x in v.letters):
        return None
    if not right.terms and found.times < 0:
        return None
    used = {a for a, _ in found.used}  # of x², the pattern may take x, and x once more
    k = next((k for k, (a, _) in enumerate(term.factors) if a in used), 0) if in_place else len(found.rest)
    before, after = (Expr((Term(Fraction(1), part),)) for part in (found.rest[:k], found.rest[k:]))
    size = expr(term.coefficient / pattern.coefficient**found.times)
    new = multiply((size, before, power(subs(renew(right), put), found.times), after))
    return Expr(tuple(Term(t.coefficient, t.factors, (*kept, *t.bounds)) for t in new.terms))
