"""Relations and ranges as LaTeX."""

from __future__ import annotations

from derive.calculus.affine import Affine
from derive.calculus.atoms import (
    Bound,
    Entry,
)
from derive.calculus.expr import Expr, Term
from derive.calculus.trace import Relation, Side, Table
from derive.notation.index_latex import to_latex
from derive.notation.latex_entries import affine_latex, letter_latex, name_latex
from derive.notation.latex_tables import SIGNS
from derive.notation.style import Names, Style


def relation_latex(relation: Relation, style: Style | None = None, *, align: str = "") -> str:
    """The relation as LaTeX; ``align`` stands before each sign (``&`` inside an aligned block)."""
    parts = [side_latex(relation.sides[0], relation, style)]
    for _, op, side in relation.pairs():
        parts += [align + SIGNS[op], side_latex(side, relation, style)]
    return " ".join(parts)


def side_latex(side: Side, relation: Relation, style: Style | None = None) -> str:
    """One side of a relation; beside a table, an expression is printed as the array it names."""
    style = style or Style()
    if isinstance(side, Table):
        rows = (" & ".join(to_latex(e, style) for e in row) for row in side.entries)
        return r"\begin{bmatrix} " + r" \\ ".join(rows) + r" \end{bmatrix}"
    if any(isinstance(s, Table) for s in relation.sides):
        return _whole(side, style)
    return to_latex(side, style, relation.frame)


def _whole(side: Expr, style: Style) -> str:
    match side.terms:
        case (Term(_, ((Entry(name), _),), ()),):
            return name_latex(name, (), Names(style))
    return to_latex(side, style)


def range_latex(bound: Bound, names: Names) -> str:
    r"""``1 \le i \le n`` for a letter of the page."""
    inner = names if bound.letter in names.letters else names.bind(bound)
    letter = next(x for m, c in inner.letters[bound.letter].terms for x in m)
    shift = Affine.of(letter) - inner.letters[bound.letter]
    low, high = (affine_latex(names.shown(a) + shift, names) for a in (bound.low, bound.high - 1))
    return rf"{low} \le {letter_latex(letter, names)} \le {high}"
