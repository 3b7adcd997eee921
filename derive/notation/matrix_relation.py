"""Relations in matrix notation: ``∂L/∂W = δ xᵀ``, left side included."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from derive.calculus.affine import ZERO
from derive.calculus.atoms import Bound, Entry
from derive.calculus.expr import Expr
from derive.calculus.trace import Relation, Side
from derive.notation.index_names import Shape, shape_of
from derive.notation.latex_tables import SIGNS
from derive.notation.matrix_form import matrix_form
from derive.notation.matrix_latex import matrix_latex
from derive.notation.matrix_text import matrix_text
from derive.notation.matrix_tree import Matrix
from derive.notation.matrix_unicode import SIGNS as PAGE_SIGNS
from derive.notation.matrix_unicode import matrix_unicode
from derive.notation.style import Style

FORMS = ("text", "unicode", "latex")


def matrix_relation(
    relation: Relation, shapes: Mapping[str, Shape], style: Style | None = None, form: str = "unicode"
) -> str | None:
    """The relation in matrix notation, None where one of its sides has none.

    Args:
        relation: ``X[i,j] = …`` or a chain; letters that the frame does not give run over the axes of the left side.
        shapes: array name → dimensions.
        style: array name → how it is shown, in LaTeX for LaTeX; and what is differentiated in ``∂L/∂v``.
        form: ``text``, ``unicode`` or ``latex``.

    Raises:
        ValueError: there is no such form.

    >>> from derive.notation.index_language import relation, shapes_of
    >>> shapes = {"W": "m n", "d": "m", "x": "n"}
    >>> matrix_relation(relation("W_bar[i,j] = d[i]*x[j]", shapes=shapes), shapes_of(shapes))
    '∂L/∂W = d xᵀ'
    """
    shown = _shown(relation, relation.sides, shapes, style or Style(), form)
    if shown is None:
        return None
    signs: Mapping[str, str] = {"text": {}, "unicode": PAGE_SIGNS, "latex": SIGNS}[form]
    return shown[0] + "".join(f" {signs.get(op, op)} {s}" for op, s in zip(relation.ops, shown[1:], strict=True))


def matrix_side(
    relation: Relation, shapes: Mapping[str, Shape], style: Style | None = None, form: str = "unicode"
) -> str | None:
    """The last side alone, in matrix notation."""
    shown = _shown(relation, relation.sides[-1:], shapes, style or Style(), form)
    return None if shown is None else shown[0]


def _shown(
    relation: Relation, sides: Sequence[Side], shapes: Mapping[str, Shape], style: Style, form: str
) -> list[str] | None:
    frame, show = _frame(relation, shapes), _printer(form, style)
    nodes = [matrix_form(s, frame or (), shapes) if isinstance(s, Expr) else None for s in sides]
    shown = [show(n) for n in nodes if n is not None]
    return shown if frame is not None and len(shown) == len(nodes) else None


def _printer(form: str, style: Style) -> Callable[[Matrix], str]:
    match form:
        case "text":
            return partial(matrix_text, names=style.names)
        case "unicode":
            return partial(matrix_unicode, names=style.names, loss=style.loss)
        case "latex":
            return partial(matrix_latex, style=style)
    raise ValueError(f"there is no form {form}; choose one of {', '.join(FORMS)}")


def _frame(relation: Relation, shapes: Mapping[str, Shape]) -> Sequence[Bound] | None:
    """The letters of the left side in its order, with the ranges of its axes; None where it holds on a part of them."""
    match relation.sides[0]:
        case Expr((term,)) if len(term.factors) == 1 and isinstance(e := term.factors[0][0], Entry) and not term.bounds:
            shape, letters = shape_of(e.name, shapes) if e.at else (), [a.letter for a in e.at]
            if shape is None or len(shape) != len(letters) or None in letters or len(set(letters)) < len(letters):
                return None
            whole = tuple(Bound(x, ZERO, size) for x, size in zip(letters, shape, strict=True) if x)
            given = {b.letter: b for b in relation.frame}
            return whole if all(given.get(b.letter, b) == b for b in whole) else None
    return relation.frame
