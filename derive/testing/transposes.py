"""A product whose shapes do not go together: which transposes, or which other order, would let it be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import pairwise

from derive.grading.reading import read_formula, read_tree
from derive.notation import tree
from derive.notation.arrays import Clash
from derive.notation.declare import Declarations
from derive.notation.errors import Refused, Unreadable
from derive.notation.walk import walk
from derive.testing.given import Given

MARKS = {"python": ".T", "latex": r"^\top"}


def would_fit(text: str, syntax: str, declarations: Declarations, names: Mapping[str, Given], wrt: str) -> list[str]:
    """The text with one matrix transposed, or two factors exchanged, where it then has the shape of ``wrt``.

    Python and LaTeX are mended; a text in another syntax is left alone.
    """
    found = []
    for changed in _changed(text, syntax, declarations, names):
        with suppress(Unreadable, Refused, Clash):
            if read_formula(changed, syntax, declarations).shape == names[wrt].axes:
                found.append(changed)
    return found


def _changed(text: str, syntax: str, declarations: Declarations, names: Mapping[str, Given]) -> Iterator[str]:
    with suppress(Unreadable, Refused):
        for node in walk(read_tree(text, syntax, declarations)) if syntax in MARKS else ():
            if isinstance(node, tree.Name) and node.name in names and len(names[node.name].axes) == 2:
                end = node.span[1]
                yield f"{text[:end]}{MARKS[syntax]}{text[end:]}"
            elif isinstance(node, tree.Product):
                whole = (f.span for f in node.factors)
                for a, b in pairwise(span for span in whole if _closed(text[slice(*span)])):
                    if text[a[1] : b[0]].strip(" *@"):
                        continue
                    yield f"{text[: a[0]]}{text[b[0] : b[1]]}{text[a[1] : b[0]]}{text[a[0] : a[1]]}{text[b[1] :]}"


def _closed(text: str) -> bool:
    """Whether every bracket of a text closes in it."""
    return all(text.count(a) == text.count(b) for a, b in ("()", "[]", "{}"))
