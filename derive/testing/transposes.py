"""A product whose shapes do not go together: which single transposes would let it be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from derive.grading.reading import read_formula, read_tree
from derive.notation import tree
from derive.notation.arrays import Clash
from derive.notation.declare import Declarations
from derive.notation.errors import Refused, Unreadable
from derive.notation.walk import walk
from derive.testing.given import Given

MARKS = {"python": ".T", "latex": r"^\top"}


def fits_transposed(
    text: str, syntax: str, declarations: Declarations, names: Mapping[str, Given], wrt: str
) -> list[str]:
    """The text with one matrix transposed, for each with which it has the shape of ``wrt``.

    Python and LaTeX are mended; a text in another syntax is left alone.
    """
    found = []
    for changed in _transposed(text, syntax, declarations, names):
        with suppress(Unreadable, Refused, Clash):
            if read_formula(changed, syntax, declarations).shape == names[wrt].axes:
                found.append(changed)
    return found


def _transposed(text: str, syntax: str, declarations: Declarations, names: Mapping[str, Given]) -> Iterator[str]:
    with suppress(Unreadable, Refused):
        for node in walk(read_tree(text, syntax, declarations)) if syntax in MARKS else ():
            if isinstance(node, tree.Name) and node.name in names and len(names[node.name].axes) == 2:
                end = node.span[1]
                yield f"{text[:end]}{MARKS[syntax]}{text[end:]}"
