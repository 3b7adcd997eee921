"""Boolean expressions, read in LaTeX, Python or the notations of logic, as truth tables."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import product

from derive.notation.errors import Unreadable

Table = tuple[bool, ...]
MOST = 20_000  # characters
DEEP = 50  # brackets in brackets
SPELLINGS = (
    (r"\\(?:vee|lor)(?![a-zA-Z])|∨|\|\|?|\+|\b(?:or|OR)\b", "|"),
    (r"\\(?:wedge|land|cdot|times)(?![a-zA-Z])|∧|&&?|\*|·|\b(?:and|AND)\b", "&"),
    (r"\\oplus(?![a-zA-Z])|⊕|\^|!=|≠|\\neq?(?![a-zA-Z])|\b(?:xor|XOR)\b", "^"),
    (r"\\(?:neg|lnot)(?![a-zA-Z])|¬|~|!|\b(?:not|NOT)\b", "~"),
    (r"\\(?:overline|bar)(?![a-zA-Z])\s*", "~"),
    (r"\\left|\\right|\\[,;:! ]|\\q?quad|\$", " "),
    (r"[{\[]", "("),
    (r"[}\]]", ")"),
    (r"\\top(?![a-zA-Z])|\b[Tt]rue\b", "1"),
    (r"\\bot(?![a-zA-Z])|\b[Ff]alse\b", "0"),
)


def inputs(count: int) -> list[tuple[int, ...]]:
    """All inputs of so many bits, counting up.

    >>> inputs(2)
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    """
    return list(product((0, 1), repeat=count))


def truth_table(text: str, names: Sequence[str]) -> Table:
    r"""The values of an expression on all inputs, in the order of `inputs`.

    Raises:
        Unreadable: with a sentence and a position.

    >>> truth_table(r"A \wedge \bar{B}", "AB")
    (False, False, True, False)
    """
    return table_of_tokens(tokens(text, names), names)


def table_of_tokens(found: Sequence[str], names: Sequence[str]) -> Table:
    """The values of an expression that was cut into names and signs; Unreadable where it is none."""
    return _Reader(found, names).whole()


def tokens(text: str, names: Sequence[str]) -> list[str]:
    r"""The names of inputs, brackets and the signs ``| & ^ ~ '`` of an expression.

    Raises:
        Unreadable: there is something else in it, or it is too long.

    >>> tokens(r"D_1 \wedge \bar{D_2}", ("D_1", "D_2")), tokens("Ā AND NOT B", "AB")
    (['D1', '&', '~', '(', 'D2', ')'], ['~', 'A', '&', '~', 'B'])
    """
    if len(text) > MOST:
        raise Unreadable("This is too long.", 0)
    text = re.sub(r"[.\s]+(\$*)\s*$", r"\1", text)
    text = "".join(unicodedata.normalize("NFD", c) if c.isalpha() else c for c in text)
    text = re.sub("([A-Za-z](?:_?[0-9])?)[\u0304\u0305]", r" ~\1 ", text)
    for pattern, sign in SPELLINGS:
        text = re.sub(pattern, f" {sign} ", text)
    text = re.sub(r"([A-Za-z])\s*_\s*(?:\(\s*(\d+)\s*\)|(\d+))", r"\1\2\3", text)
    known = sorted((n.replace("_", "") for n in names), key=len, reverse=True)
    name = "|".join(map(re.escape, known))
    found = []
    for m in re.finditer(rf"\s*(?:({name}|[01](?!\d))|([|&^~()'])|(\S))", text):
        if m.group(3):
            raise Unreadable(f"{m.group(3)!r} is none of the inputs {', '.join(names)}.", m.start(3))
        found.append(m.group(1) or m.group(2))
    return found


class _Reader:
    """Recursive descent: or, exclusive or, and, not; everything is a truth table."""

    def __init__(self, found: Sequence[str], names: Sequence[str]) -> None:
        rows = inputs(len(names))
        self.values = {n.replace("_", ""): tuple(bool(r[k]) for r in rows) for k, n in enumerate(names)}
        self.values |= {"0": (False,) * len(rows), "1": (True,) * len(rows)}
        self.tokens, self.at, self.depth = list(found), 0, 0

    @property
    def _next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def whole(self) -> Table:
        found = self._or()
        if self._next:
            raise Unreadable(f"{self._next!r} is one too many.", 0)
        return found

    def _or(self) -> Table:
        found, mixed, several = *self._xor(), False
        while self._next == "|":
            self._take()
            more, also = self._xor()
            found, mixed, several = tuple(a or b for a, b in zip(found, more, strict=True)), mixed or also, True
        if mixed and several:
            raise Unreadable("Put brackets: an exclusive or beside an or can be read in two ways.", 0)
        return found

    def _xor(self) -> tuple[Table, bool]:
        found, several = self._and(), False
        while self._next == "^":
            self._take()
            found, several = tuple(a != b for a, b in zip(found, self._and(), strict=True)), True
        return found, several

    def _and(self) -> Table:
        found = self._not()
        while self._next and self._next not in "|^)'":
            if self._next == "&":
                self._take()
            found = tuple(a and b for a, b in zip(found, self._not(), strict=True))
        return found

    def _not(self) -> Table:
        if self._next == "~":
            self._take()
            return self._deeper(lambda: tuple(not a for a in self._not()))
        found = self._atom()
        while self._next == "'":
            self._take()
            found = tuple(not a for a in found)
        return found

    def _deeper(self, read: object) -> Table:
        self.depth += 1
        if self.depth > DEEP:
            raise Unreadable("This goes too deep.", 0)
        found: Table = read()  # type: ignore[operator]
        self.depth -= 1
        return found

    def _atom(self) -> Table:
        if self._next in self.values:
            return self.values[self._take()]
        if self._next != "(":
            raise Unreadable(f"Something is missing before {self._next or 'the end'!r}.", 0)
        self._take()
        found = self._deeper(self._or)
        if self._next != ")":
            raise Unreadable("A bracket is not closed.", 0)
        self._take()
        return found


def normal_form(table: Table, names: Sequence[str]) -> str:
    r"""The disjunctive normal form: one product for each input that gives 1.

    >>> normal_form((False, True, True, False), "AB")
    '\\bar{A} B \\vee A \\bar{B}'
    """
    rows = (r for r, on in zip(inputs(len(names)), table, strict=True) if on)
    found = (" ".join(n if bit else rf"\bar{{{n}}}" for n, bit in zip(names, row, strict=True)) for row in rows)
    return r" \vee ".join(found) or "0"


def disagreements(right: Table, theirs: Table) -> list[list[int]]:
    """The inputs on which two tables differ."""
    rows = inputs(len(right).bit_length() - 1)
    return [list(r) for r, a, b in zip(rows, right, theirs, strict=True) if a != b]
