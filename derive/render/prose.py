"""The Markdown that statements are written in, as blocks and pieces, for formats that are no Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

_INLINE = re.compile(
    r"\$\$(?P<display>.+?)\$\$|\$(?P<math>.+?)\$|`(?P<code>[^`]+)`|\*\*(?P<strong>.+?)\*\*|(?<!\*)\*(?P<emph>[^*\s][^*]*)\*(?!\*)",
    re.DOTALL,
)
_FENCE = re.compile(r"```(?:\w*)\n(.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: ``text``, ``math``, ``display``, ``code``, ``strong`` or ``emph``."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """``paragraph`` (one row), ``list`` (a row for each item) or ``table`` (rows of cells); or a ``fence`` of code."""

    kind: str
    rows: tuple[tuple[str, ...], ...]


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of a run of Markdown, in order.

    >>> [(p.kind, p.text) for p in pieces("Let $x$ be *small*.")]
    [('text', 'Let '), ('math', 'x'), ('text', ' be '), ('emph', 'small'), ('text', '.')]
    """
    at = 0
    for m in _INLINE.finditer(text):
        if m.start() > at:
            yield Piece("text", text[at : m.start()])
        yield Piece(m.lastgroup or "", (m[m.lastgroup or 0]).strip())
        at = m.end()
    if at < len(text):
        yield Piece("text", text[at:])


def blocks(text: str) -> Iterator[Block]:
    r"""The blocks of a Markdown text.

    >>> [(b.kind, b.rows) for b in blocks("Two:\n\n- one\n- two")]
    [('paragraph', (('Two:',),)), ('list', (('one',), ('two',)))]
    """
    for k, part in enumerate(_FENCE.split(text)):
        if k % 2:
            yield Block("fence", ((part.rstrip("\n"),),))
            continue
        for paragraph in re.split(r"\n\s*\n", part):
            yield from _paragraph(paragraph.strip())


def _paragraph(text: str) -> Iterator[Block]:
    lines = text.splitlines()
    if lines and all(line.startswith("|") for line in lines):
        rows = [tuple(c.strip() for c in line.strip().strip("|").split("|")) for line in lines]
        yield Block("table", tuple(r for r in rows if not all(re.fullmatch(r":?-+:?", c) for c in r)))
        return
    first = next((k for k, line in enumerate(lines) if line.startswith("- ")), len(lines))
    if before := " ".join(lines[:first]):
        yield Block("paragraph", ((before,),))
    if first < len(lines):
        items = re.split(r"(?:^|\n)- ", "\n".join(lines[first:]))[1:]
        yield Block("list", tuple((" ".join(item.split()),) for item in items))


@dataclass(frozen=True, slots=True)
class Writer:
    """How a format writes the pieces and the blocks: functions of a text, or of rows of texts."""

    piece: Mapping[str, Callable[[str], str]]
    block: Mapping[str, Callable[[tuple[tuple[str, ...], ...]], str]]

    def line(self, text: str) -> str:
        """A run of Markdown in this format."""
        nested = ("strong", "emph")
        return "".join(self.piece[p.kind](self.line(p.text) if p.kind in nested else p.text) for p in pieces(text))

    def text(self, text: str) -> str:
        """A Markdown text in this format."""
        found = []
        for b in blocks(text):
            rows = b.rows if b.kind == "fence" else tuple(tuple(map(self.line, row)) for row in b.rows)
            found.append(self.block[b.kind](rows))
        return "\n\n".join(found)
