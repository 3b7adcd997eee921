"""Reading what answers are compared with: a right answer, or a foreseen wrong one as a student types it."""

from __future__ import annotations

import re

from derive.grading.reading import Formula, read_formula
from derive.notation.arrays import Clash
from derive.notation.declare import Declarations
from derive.notation.errors import Unreadable
from derive.notation.plain import read_instead

ENTRY = re.compile(r"[A-Za-z_]\w*\[")  # LaTeX has no such entry


def read_reference(text: str, syntax: str, declarations: Declarations, asked: str | None, sets: bool) -> Formula:
    """A formula; what is said to be LaTeX, holds none and cannot be read so may be code or plain text.

    Raises:
        Unreadable: with a sentence and a position.
        Refused: over the budget.
        Clash: shapes that do not go together.

    >>> known = Declarations.of({"x": {"shape": ["n"]}})
    >>> texts = "e^{-2} x_1", "exp(-2)", "x[0]**2", "e^(-2)"
    >>> [read_reference(text, "latex", known, None, False).syntax for text in texts]
    ['latex', 'latex', 'python', 'text']
    """
    typed = syntax == "latex" and "\\" not in text
    if typed and ENTRY.search(text) and _otherwise(text, declarations) == "python":
        return read_formula(text, "python", declarations, asked, sets)
    try:
        return read_formula(text, syntax, declarations, asked, sets)
    except (Unreadable, Clash):
        other = _otherwise(text, declarations) if typed else ""
        if not other:
            raise
    return read_formula(text, other, declarations, asked, sets)


def _otherwise(text: str, declarations: Declarations) -> str:
    """The other syntax that reads a text with every name known, in one way; empty where none does."""
    try:
        if not read_formula(text, "python", declarations).unknown:
            return "python"
    except (Unreadable, Clash):
        pass
    return "text" if len(read_instead(text, declarations)) == 1 else ""
