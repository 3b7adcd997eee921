"""Rows of numbers as MATLAB and NumPy print them, with spaces between the entries: ``[0 1; 4 4]``, ``[[0. 1.] [4. 4.]]``."""

from __future__ import annotations

from itertools import pairwise

from derive.notation.lexer import Token

_SIGNS = frozenset("+-")
_INSIDE = frozenset("+-/;.,")


def with_spaced_rows(tokens: list[Token], text: str) -> list[Token]:
    """The tokens with a comma wherever two entries, or two rows, of a table of numbers stand side by side.

    A sign that touches the number behind it and not what is before it begins an entry, as in MATLAB, where commas do
    not part the entries already: ``[0 -1; 4 4]``. Lines with as many numbers each are rows.
    """
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        end = _table_end(tokens, at) if tokens[at].text == "[" else at
        out += _with_commas(tokens[at:end], text) if end > at else tokens[at : at + 1]
        at = max(end, at + 1)
    return out


def _table_end(tokens: list[Token], at: int) -> int:
    """Where the bracket that opens here has closed, if nothing but numbers stands in it; else ``at``."""
    depth = 0
    for k in range(at, len(tokens)):
        token = tokens[k]
        depth += (token.text == "[") - (token.text == "]")
        if not depth:
            return k + 1
        if token.kind != "num" and token.text not in ("[", "]") and not (token.kind == "op" and token.text in _INSIDE):
            return at
    return at


def _with_commas(table: list[Token], text: str) -> list[Token]:
    parted = any(t.text == "," for t in table)
    if not any(_side_by_side(a, b) for a, b in pairwise(table)) and (
        parted or {t.text for t in table[1:]}.isdisjoint(";[")
    ):
        return table
    table = [t for before, t in zip([table[0], *table], table, strict=False) if not _is_point(before, t)]
    behind = [*table[1:], table[-1]]
    gaps = [
        k
        for k, (a, b, c) in enumerate(zip(table, behind, behind[1:], strict=False))
        if _side_by_side(a, b)
        or (not parted and _ends(a) and b.text in _SIGNS and a.end < b.start and b.end == c.start)
    ]
    signs = dict.fromkeys(gaps, ",") | dict.fromkeys(_line_ends(table, gaps, text), ";")
    return [
        one for k, t in enumerate(table) for one in (t, *([Token("op", signs[k], t.end, t.end)] if k in signs else ()))
    ]


def _line_ends(table: list[Token], gaps: list[int], text: str) -> list[int]:
    """The gaps at which a new line begins, where nothing else parts rows and all lines have as many entries."""
    ends = [k for k in gaps if "\n" in text[table[k].end : table[k + 1].start]]
    if not ends or any(t.text in ("[", ";", ",") for t in table[1:]):
        return []
    sizes = [sum(a < k <= b for k in (*gaps, len(table))) for a, b in pairwise([-1, *ends, len(table)])]
    return ends if len(set(sizes)) == 1 else []


def _side_by_side(a: Token, b: Token) -> bool:
    return _ends(a) and (b.kind == "num" or b.text == "[")


def _ends(a: Token) -> bool:
    return a.kind == "num" or a.text in ("]", ".")


def _is_point(before: Token, token: Token) -> bool:
    """The point behind a whole number: ``1.`` is ``1``."""
    return token.text == "." and before.kind == "num" and before.end == token.start
