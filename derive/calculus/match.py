"""Rewriting by an identity: find one term inside another, up to the names of index letters.

The pattern is a single term. Its free letters match any index; its bound letters match bound letters that occur nowhere
else in the target, so that the sum really is the pattern's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Apply, Atom, Bound, Entry, Group, Number, Power
from derive.calculus.expr import Expr, Factor, Term, add, expr, group, multiply, power
from derive.calculus.substitute import letters, renew, subs

Binding = dict[Letter, Affine]
Used = dict[int, Fraction]


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
    if len(pattern.factors) == 1 and not pattern.bounds and pattern.coefficient == 1:
        return _inside(_powers(term, pattern.factors[0], right), pattern, right)
    for used, binding in _matches(term, pattern):
        new = _replaced(term, pattern, used, binding, right)
        if new is not None:
            return add(_rewritten(t, pattern, right) for t in new.terms)
    return _inside(term, pattern, right)


def _powers(term: Term, wanted: Factor, right: Expr) -> Term:
    """The term with every whole power of a single factor replaced: ``v^(-1/2)`` is ``1/s`` where ``s = v^(1/2)``."""
    factors = []
    for atom, e in term.factors:
        times = e / wanted[1]
        found = next(_unify(wanted[0], atom, {}), None) if times.denominator == 1 else None
        factors.append(power(expr(atom), e) if found is None else power(subs(renew(right), found), times))
    product = multiply((Expr((Term(term.coefficient),)), *factors))
    if not product.terms:
        return Term(Fraction(0))
    (inner,) = group(product).terms
    return Term(inner.coefficient, inner.factors, (*term.bounds, *inner.bounds))


def _inside(term: Term, pattern: Term, right: Expr) -> Expr:
    """The same in the term's groups."""
    left = Expr((pattern,))
    factors = [
        power(rewrite(a.body, left, right), e) if isinstance(a, Group) else power(expr(a), e) for a, e in term.factors
    ]
    inner = multiply((Expr((Term(term.coefficient),)), *factors))
    return Expr(tuple(Term(t.coefficient, t.factors, (*term.bounds, *t.bounds)) for t in inner.terms))


def _matches(term: Term, pattern: Term) -> Iterator[tuple[Used, Binding]]:
    """Every way to find the pattern's factors among the term's."""
    yield from _extend(term.factors, pattern.factors, {}, {})


def _extend(
    factors: tuple[Factor, ...], wanted: tuple[Factor, ...], used: Used, binding: Binding
) -> Iterator[tuple[Used, Binding]]:
    if not wanted:
        yield used, binding
        return
    (atom, e), *rest = wanted
    for k, (candidate, f) in enumerate(factors):
        if k not in used and _covers(f, e):
            for more in _unify(atom, candidate, binding):
                yield from _extend(factors, tuple(rest), {**used, k: e}, more)


def _covers(have: Fraction, wanted: Fraction) -> bool:
    """Whether a power can be split off: ``s⁻¹`` from ``s⁻²``, but no root from a whole power."""
    if have == wanted:
        return True
    whole = have.denominator == wanted.denominator == 1
    return whole and have * wanted > 0 and abs(have) > abs(wanted)


def _unify(pattern: Atom, target: Atom, binding: Binding) -> Iterator[Binding]:
    """Every extension of a binding under which two atoms are the same, bound letters inside them renamed."""
    match pattern, target:
        case Entry(name, mine), Entry(other, theirs) if name == other and len(mine) == len(theirs):
            yield from _slots(mine, theirs, binding)
        case Number(mine), Number(theirs) if mine.subs(binding) == theirs:
            yield binding
        case Apply(f, mine, order), Apply(g, theirs, k) if (f, order, len(mine)) == (g, k, len(theirs)):
            yield from _together(mine, theirs, binding)
        case Group(mine), Group(theirs):
            yield from _exprs(mine, theirs, binding)
        case Power(base, exponent), Power(other_base, other):
            yield from _together((base, exponent), (other_base, other), binding)
        case _ if pattern == target:
            yield binding


def _slots(mine: Sequence[Affine], theirs: Sequence[Affine], binding: Binding) -> Iterator[Binding]:
    new = dict(binding)
    for a, b in zip(mine, theirs, strict=True):
        letter = a.letter
        if letter is None:
            if a.subs(new) != b:
                return
        elif new.setdefault(letter, b) != b:
            return
    yield new


def _together(mine: Sequence[Expr], theirs: Sequence[Expr], binding: Binding) -> Iterator[Binding]:
    if not mine:
        yield binding
        return
    for more in _exprs(mine[0], theirs[0], binding):
        yield from _together(mine[1:], theirs[1:], more)


def _exprs(mine: Expr, theirs: Expr, binding: Binding) -> Iterator[Binding]:
    """The same terms in any order."""
    if len(mine.terms) != len(theirs.terms):
        return
    if not mine.terms:
        yield binding
        return
    first, rest = mine.terms[0], Expr(mine.terms[1:])
    for k, other in enumerate(theirs.terms):
        for more in _terms(first, other, binding):
            yield from _exprs(rest, Expr(theirs.terms[:k] + theirs.terms[k + 1 :]), more)


def _terms(mine: Term, theirs: Term, binding: Binding) -> Iterator[Binding]:
    shape = (len(mine.factors), len(mine.bounds), mine.coefficient)
    if shape != (len(theirs.factors), len(theirs.bounds), theirs.coefficient):
        return
    inner = {b.letter for b in theirs.bounds}
    for used, more in _extend(theirs.factors, mine.factors, {}, binding):
        put = {p.letter: more.get(p.letter) for p in mine.bounds}
        ranges = {b.letter: b for b in theirs.bounds}
        letters_ = [v.letter if v is not None else None for v in put.values()]
        fits = all(x in ranges for x in letters_) and len(set(letters_)) == len(letters_)
        whole = all(used[k] == e for k, (_, e) in enumerate(theirs.factors))
        free = {k: v for k, v in more.items() if k not in put}
        if (
            fits
            and whole
            and all(_same_range(ranges[x], p, more) for x, p in zip(letters_, mine.bounds, strict=True) if x)
            and all(inner.isdisjoint(v.letters) for v in free.values())
        ):
            yield free


def _replaced(term: Term, pattern: Term, used: Used, binding: Binding, right: Expr) -> Expr | None:
    """The term with the matched factors gone and the right side in, or None where a sum is not the pattern's alone."""
    left = ((a, e - used.get(k, Fraction(0))) for k, (a, e) in enumerate(term.factors))
    rest = tuple((a, e) for a, e in left if e)
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
