"""A recurrence as books write it: its start and its step side by side, where a program keeps both in one line."""

from __future__ import annotations

from dataclasses import replace

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Atom, Bound, Bracket, Guard
from derive.calculus.expr import Expr, Term
from derive.calculus.substitute import subs
from derive.calculus.trace import Relation


def start_and_step(relation: Relation) -> tuple[Relation, ...]:
    """``h[t] = s [t = 0] + f(z[t]) [t >= 1]`` as ``h[0] = s`` and ``h[t + 1] = f(z[t + 1])``; any other relation as it is.

    >>> from derive.calculus.expr import entry
    >>> from derive.notation.index_language import expression
    >>> from derive.notation.relation_latex import relation_latex
    >>> t = Bound(Letter("t"), Affine.of(0), Affine.of("T") + 1)
    >>> both = expression("s*[t == 0] + r*h[t-1]*[t >= 1]", frame=(t,))
    >>> [relation_latex(r) for r in start_and_step(Relation((entry("h", t.letter), both), ("=",), (t,)))]
    ['h_{1} = s', 'h_{t+1} = r h_{t}']
    """
    if relation.ops != ("=",) or not all(isinstance(s, Expr) for s in relation.sides):
        return (relation,)
    return next((found for b in relation.frame if (found := _apart(relation, b))), (relation,))


def _apart(relation: Relation, axis: Bound) -> tuple[Relation, ...]:
    """The two relations along one letter, none where it is not such a sum."""
    here = Affine.of(axis.letter) - axis.low
    start, step = Bracket(here), Guard(here - 1)
    terms = relation.result.terms
    first, later = ([_without(t, a) for t in terms if _stands(t, a)] for a in (start, step))
    if not first or not later or len(first) + len(later) != len(terms):
        return ()
    others = tuple(b for b in relation.frame if b != axis)
    frame = tuple(replace(b, high=b.high - 1) if b == axis else b for b in relation.frame)
    return (
        _moved(replace(relation, frame=others), first, axis.letter, axis.low),
        _moved(replace(relation, frame=frame), later, axis.letter, Affine.of(axis.letter) + 1),
    )


def _stands(term: Term, atom: Atom) -> bool:
    return any(a == atom and e == 1 for a, e in term.factors)


def _without(term: Term, atom: Atom) -> Term:
    return replace(term, factors=tuple(f for f in term.factors if f[0] != atom))


def _moved(relation: Relation, terms: list[Term], letter: Letter, to: Affine) -> Relation:
    """The relation with these terms on its right, at another place of one letter."""
    moved = replace(relation, sides=(relation.left, Expr(tuple(terms))))
    return moved.map(lambda side: subs(side, {letter: to}))
