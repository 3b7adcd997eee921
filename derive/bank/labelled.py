r"""Values with their names before them, ``h_1 = 0.93, h_2 = 0.67`` and ``w11 = 1, …``, or with an “and” between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product
from unicodedata import normalize

from derive.bank.defined import sides

AND = re.compile(r"\s+(?:and|und|&)\s+|\s*\\text\s*\{\s*,?\s*and\s*\}\s*|\s*\n\s*")
SPACE = re.compile(r"\\q?quad(?![a-zA-Z])|\\[,;:! ]|[{}\s_]|\\(?:left|right)(?![a-zA-Z])")
ABOUT = re.compile(r"\\(?:approx|simeq)(?![a-zA-Z])|≈|≃")
Shape = tuple[int, ...]
Labelled = list[tuple[str, str]]


def labelled_values(text: str, shape: Shape = (2,), asked: str = "") -> str:
    r"""The values alone of a list whose labels count its entries from 1, or of the one among them that is asked for.

    >>> labelled_values("h1=0.93, h_2 = 0.67"), labelled_values("h2 = 1, h1 = 2"), labelled_values("x = 3")
    ('(0.93, 0.67)', '(2, 1)', 'x = 3')
    >>> labelled_values(r"B_1 = \frac{1}{2} = 0.5,\quad B_2 = 3"), labelled_values("8/13 and 2/7"), labelled_values("a, b, c")
    ('(0.5, 3)', '(8/13, 2/7)', 'a, b, c')
    >>> labelled_values("w11 = 1, w12 = 2, w21 = 3, w22 = 4", (2, 2)), labelled_values("v_1 = 4, h_2 = 1", (), "h_2")
    ('[[1, 2], [3, 4]]', '1')
    """
    pieces = _pieces(text)
    if len(pieces) < 2:
        return text
    found = [_labelled(piece) for piece in pieces]
    if not shape:
        return next((value for label, value in found if label and label == _plain(asked)), text)
    if not any(label for label, _ in found):
        return f"({', '.join(pieces)})" if AND.search(text) and shape == (len(pieces),) and "[" not in text else text
    return _in_order(found, shape) or text


def _pieces(text: str) -> list[str]:
    whole = AND.sub(",", text.strip()).replace(";", ",")
    return [piece for piece in sides(re.sub(r"\\q?quad(?![a-zA-Z])", " ", whole), at=",") if piece.strip("\\ ")]


def _labelled(piece: str) -> tuple[str, str]:
    """What stands before the first equals sign, and what behind the last."""
    first, *others = sides(ABOUT.sub("=", piece))
    return (_plain(first), others[-1]) if others else ("", first)


def _plain(label: str) -> str:
    """A label without spaces and braces, its small digits as digits: ``h1`` for ``h₁``."""
    return SPACE.sub("", normalize("NFKC", label))


def _in_order(found: Labelled, shape: Shape) -> str:
    """The values in the order that their labels count; empty where these do not count the entries of such a shape."""
    places = [_place(label, len(shape)) for label, _ in found]
    bases = {re.sub(r"[\d,_]", "", label) for label, _ in found}
    wanted = list(product(*(range(1, n + 1) for n in shape)))
    if len(bases) > 1 or sorted(p or () for p in places) != wanted:
        return ""
    values = {place: value for place, (_, value) in zip(places, found, strict=True)}
    return _nested([values[p] for p in wanted], shape)


def _place(label: str, axes: int) -> Shape | None:
    """The numbers at the end of a label: 2 of ``h_2``, 1 and 2 of ``w12`` and of ``W_{1,2}``."""
    digits = re.findall(r"\d+", label)
    one = digits[-1] if digits else ""
    if axes > 1 and len(digits) < axes:
        digits = list(one) if len(one) == axes else []
    return tuple(map(int, digits[-axes:])) if len(digits) >= axes else None


def _nested(values: Sequence[str], shape: Shape) -> str:
    if len(shape) == 1:
        return f"({', '.join(values)})"
    wide = len(values) // shape[0]
    return "[" + ", ".join(f"[{', '.join(values[k : k + wide])}]" for k in range(0, len(values), wide)) + "]"
