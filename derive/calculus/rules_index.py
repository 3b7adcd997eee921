"""Rules on the letters of sums: another name for the place, a sum that opens an entry, sums of differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.calculus.affine import Affine, Letter, fresh
from derive.calculus.atoms import Bound, Entry
from derive.calculus.canonical import same
from derive.calculus.collapse import collapse
from derive.calculus.expr import Expr, Term, add, entry, total
from derive.calculus.facts import Facts
from derive.calculus.folding import merged
from derive.calculus.rules import DoesNotApply, distribute
from derive.calculus.rules_names import said
from derive.calculus.substitute import bracket, replace_entries, subs
from derive.calculus.trace import Relation, Rule


def telescope(sentence: str) -> Rule:
    """``Σ_{i=a}^{b-1} (v(i+1) − v(i)) = v(b) − v(a)``, for a range that may be empty.

    >>> from derive.calculus.expr import entry
    >>> i = Bound(Letter("i"), Affine.of(0), Affine.of("n"))
    >>> steps = total(entry("v", Affine.of("i") + 1) - entry("v", "i"), i)
    >>> telescope("").apply(Relation((entry("y"), steps))).result == entry("v", "n") - entry("v", 0)
    True
    """

    def apply(relation: Relation) -> Relation:
        facts = Facts.of({}, frame=relation.frame)
        apart = relation.map(distribute, left=False)
        new = apart.map(lambda v: _telescoped(v, facts), left=False)
        if new == apart:
            raise DoesNotApply("there is no sum of differences of neighbours")
        return new.map(merged, left=False)

    return Rule("telescope", sentence, apply, statement=r"\sum_{i=a}^{b-1} (v_{i+1} - v_i) = v_b - v_a")


def _telescoped(value: Expr, facts: Facts) -> Expr:
    terms = list(value.terms)
    for a in terms:
        if len(a.bounds) == 1:
            b = a.bounds[0]
            moved = subs(Expr((replace(a, bounds=()),)), {b.letter: Affine.of(b.letter) - 1})
            for other in terms:
                if other is not a and _opposite(other, moved, b, facts):
                    rest = [t for t in terms if t is not a and t is not other]
                    ends = subs(moved, {b.letter: b.high}) - subs(moved, {b.letter: b.low})
                    return _telescoped(add((Expr(tuple(rest)), ends)), facts)
    return value


def _opposite(other: Term, moved: Expr, bound: Bound, facts: Facts) -> bool:
    """Whether a sum over the same range takes away what ``moved`` is."""
    if len(other.bounds) != 1 or (other.bounds[0].low, other.bounds[0].high) != (bound.low, bound.high):
        return False
    body = subs(Expr((replace(other, bounds=()),)), {other.bounds[0].letter: Affine.of(bound.letter)})
    return same(-body, moved, facts=facts)


def reindex(name: str, to: Affine, sentence: str) -> Rule:
    """Count a sum the other way: its letter ``name`` becomes ``to``, an affine value with ``name`` in it, times 1 or −1.

    The rule's ``apply`` raises DoesNotApply where no sum has that letter.

    >>> from derive.calculus.expr import entry
    >>> i = Bound(Letter("i"), Affine.of(0), Affine.of("n"))
    >>> back = reindex("i", Affine.of("n") - 1 - Affine.of("i"), "")
    >>> one = total(entry("x", "i") * entry("y", Affine.of("n") - 1 - Affine.of("i")), i)
    >>> other = total(entry("x", Affine.of("n") - 1 - Affine.of("i")) * entry("y", "i"), i)
    >>> same(back.apply(Relation((entry("s"), one))).result, other)
    True
    """

    def moved(term: Term) -> Expr:
        for k, b in enumerate(term.bounds):
            if b.letter.name == name:
                return _moved(term, k, to.subs({Letter(name): Affine.of(b.letter)}))
        return Expr((term,))

    return said(
        Rule("another letter", sentence, lambda r: r.map(lambda v: add(map(moved, v.terms)), left=False)), sentence
    )


def _moved(term: Term, k: int, to: Affine) -> Expr:
    b = term.bounds[k]
    sign, offset = to.split(b.letter) or (Affine.of(0), to)
    if sign not in (Affine.of(1), Affine.of(-1)):
        raise DoesNotApply("the new letter must stand for the old one, or for its negative, and something added")
    ends = [to.subs({b.letter: at}) for at in (b.low, b.high - 1)]
    low, last = ends if sign == Affine.of(1) else reversed(ends)
    inverse = (Affine.of(b.letter) - offset) * sign
    body = subs(Expr((replace(term, bounds=()),)), {b.letter: inverse})
    rest = (*term.bounds[:k], replace(b, low=low, high=last + 1), *term.bounds[k + 1 :])
    return Expr(tuple(replace(t, bounds=rest) for t in body.terms))


def sift(name: str, sizes: Sequence[Affine], sentence: str) -> Rule:
    """Write an entry as the sum over all entries that picks it: ``x[a] = Σ_v x[v] [v = a]``; outside it is zero, as is x.

    >>> from derive.calculus.expr import entry
    >>> rule = sift("x", (Affine.of("n"),), "")
    >>> len(rule.apply(Relation((entry("y"), entry("x", "i")))).result.terms[0].bounds)
    1
    """

    def leaf(e: Entry) -> Expr | None:
        if e.name != name:
            return None
        bounds = [Bound(fresh(Letter(x)), Affine.of(0), n) for x, n in zip("vwab", sizes, strict=False)]
        picked = entry(name, *(b.letter for b in bounds))
        for b, at in zip(bounds, e.at, strict=True):
            picked = picked * bracket(Affine.of(b.letter) - at)
        return total(picked, *bounds)

    return said(
        Rule("pick", sentence, lambda r: r.map(lambda v: distribute(replace_entries(v, leaf)), left=False)), sentence
    )


def pick_over(name: str, sentence: str) -> Rule:
    """Let the brackets pick the places of the sum over the letter ``name``, and leave the other sums."""

    def first(term: Term) -> Expr:
        front = tuple(b for b in term.bounds if b.letter.name == name)
        rest = tuple(b for b in term.bounds if b.letter.name != name)
        return Expr((replace(term, bounds=(*front, *rest)),))

    def apply(relation: Relation) -> Relation:
        ordered = relation.map(lambda v: add(map(first, v.terms)), left=False)
        return ordered.map(lambda v: collapse(v, relation.frame), left=False)

    return said(Rule("bracket", sentence, apply), sentence)
