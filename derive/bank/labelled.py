r"""Values with their names before them, ``h_1 = 0.93, h_2 = 0.67`` and ``w11 = 1, …``, or with an “and” between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
    >>> labelled_values("r_12 = 3, r_32 = 5, r_22 = 4", (3,)), labelled_values("x_10 = 1, x_11 = 2")
    ('(3, 4, 5)', 'x_10 = 1, x_11 = 2')
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


def is_named(text: str) -> bool:
    """Whether a text is a list of equations: more than one of its pieces says what is equal to something.

    >>> is_named("a = 1, b = 2"), is_named("a = 1, 2"), is_named("h = (1, 2)")
    (True, False, False)
    """
    return sum(bool(_labelled(piece)[0]) for piece in _pieces(text)) > 1


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
    labels, values = [label for label, _ in found], [value for _, value in found]
    if len({re.sub(r"[\d,_]", "", label) for label in labels}) > 1:
        return ""
    wanted = list(product(*(range(1, n + 1) for n in shape)))
    places = next((p for p in _places(labels, len(shape)) if sorted(p) == wanted), None)
    return _nested([value for _, value in sorted(zip(places, values, strict=True))], shape) if places else ""


def _places(labels: Sequence[str], axes: int) -> Iterator[list[Shape]]:
    """What labels may count: their last numbers or digits, ``h_2``, ``w12``; or those that move, ``r_12`` and ``r_22``."""
    numbers = [re.findall(r"\d+", label) for label in labels]
    for read in (numbers, [list("".join(found)) for found in numbers]):
        if len({len(found) for found in read}) == 1:
            columns = list(zip(*read, strict=True))
            moving = [column for column in columns if len(set(column)) > 1]
            for chosen in (columns[-axes:], moving):
                if len(chosen) == axes:
                    yield [tuple(map(int, place)) for place in zip(*chosen, strict=True)]


def _nested(values: Sequence[str], shape: Shape) -> str:
    if len(shape) == 1:
        return f"({', '.join(values)})"
    wide = len(values) // shape[0]
    return "[" + ", ".join(f"[{', '.join(values[k : k + wide])}]" for k in range(0, len(values), wide)) + "]"
