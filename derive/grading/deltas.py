"""Sums that a Kronecker delta decides: ``Σ_j x_j [j = i]`` is ``x_i``, a sum less to carry out at every point."""

from __future__ import annotations

from collections.abc import Sequence

from derive.calculus.affine import Letter
from derive.calculus.atoms import Atom, Bound, Bracket, Compare, Entry, Group, Indicator
from derive.calculus.collapse import collapse
from derive.calculus.expr import Expr, Term, add, expr, kept
from derive.calculus.substitute import Rebuild, atoms, free_letters, names, replace_atoms, replace_entries
from derive.grading.marks import mark
from derive.grading.space import Space

Sides = tuple[Expr, Expr]


def decided(sides: Sides, frame: Sequence[Bound], space: Space) -> Sides:
    """Two expressions over the letters of a frame without the sums that deltas decide.

    >>> from derive.calculus.affine import Affine
    >>> from derive.calculus.expr import entry, total
    >>> from derive.notation.index_text import to_text
    >>> i, j = (Bound(Letter(x), Affine.of(0), Affine.of("n")) for x in "ij")
    >>> delta = expr(Indicator(Compare("=", expr(i.letter), expr(j.letter))))
    >>> to_text(decided((total(entry("x", "j") * delta, j), entry("x", "i")), (i,), Space())[0])
    'x[i]'
    """
    if not any(map(_holds_deltas, sides)):
        return sides
    left, right = (_Collapsed(frame).expr(replace_atoms(v, _delta)) for v in as_letters(sides, frame, space))
    return left, right


def as_letters(sides: Sides, frame: Sequence[Bound], space: Space) -> Sides:
    """A whole number that is a letter of a range or an index somewhere is that letter throughout."""
    letters = {x.name for v in sides for x in free_letters(v) if not x.uid} - {b.letter.name for b in frame}
    both = {n for n in letters if n in space.symbols and space.symbols[n].whole}
    if all(names(v).isdisjoint(both) for v in sides):
        return sides

    def as_letter(entry: Entry) -> Expr | None:
        return expr(Letter(entry.name)) if entry.name in both and not entry.at else None

    left, right = (replace_entries(v, as_letter) for v in sides)
    return left, right


class _Collapsed(Rebuild):
    """Collapses sums with a delta for a factor; a bracket of deltas stays one, for it may hide what has no value."""

    def __init__(self, frame: Sequence[Bound]) -> None:
        self.frame = frame

    def term(self, term: Term) -> Expr:
        """The term, its sums collapsed."""
        whole = super().term(term)
        return add(collapse(Expr((t,)), self.frame) if _sums_over_delta(t) else Expr((t,)) for t in whole.terms)


def _sums_over_delta(term: Term) -> bool:
    inside = (isinstance(a, Group) and any(isinstance(x, Bracket) for x in atoms(a.body)) for a, _ in term.factors)
    return bool(term.bounds) and any(isinstance(a, Bracket) for a, _ in term.factors) and not any(inside)


@kept
def _holds_deltas(value: Expr) -> bool:
    return any(_is_delta(a) for a in atoms(value))


def _is_delta(atom: Atom) -> bool:
    equal = isinstance(atom, Indicator) and isinstance(atom.condition, Compare) and atom.condition.op == "="
    return equal or isinstance(atom, Bracket)


def _delta(atom: Atom) -> Expr | None:
    return mark(atom.condition) if isinstance(atom, Indicator) and _is_delta(atom) else None
