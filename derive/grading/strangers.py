"""Names in an answer that nothing declares and that are no slip of a letter: words, units, new quantities."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.grading.reading import Formula
from derive.notation.declare import Declarations
from derive.notation.tree import Index, Name, Node, Relation
from derive.notation.walk import walk
from derive.notation.write import to_latex

SHORT = 2
WORDS = frozenset(("an", "as", "at", "be", "by", "if", "in", "is", "it", "no", "of", "on", "or", "so", "to", "we"))
_LETTERS = re.compile(r"(?<![A-Za-z\\])[A-Za-z]{2,}")
_LETTER = re.compile(r"\\[A-Za-z]+|.")


def stranger(given: Formula, right: Formula, declarations: Declarations) -> tuple[str, int] | None:
    """The first name of an answer that neither a declaration nor the right answer knows, and its place.

    A letter that nobody declares may be a slip, and another index of a name that is declared, ``f_{t-1}`` beside ``f_t``;
    a word of such letters, or one with an index or an accent, is none.
    """
    new = given.unknown - right.unknown
    if not new:
        return None
    known = {_base(symbol.latex) for symbol in declarations.symbols.values()}
    slips = frozenset(name for name in new if "_" in name and _base(name) in known)
    strange = (*_names(given, new - slips), *_runs(given, new))
    return min(strange, key=lambda found: found[1], default=None)


def _base(latex: str) -> str:
    """A name without its indices."""
    return re.split("[_^]", latex)[0].strip()


def _names(given: Formula, new: frozenset[str]) -> Iterator[tuple[str, int]]:
    r"""``\text{bytes}``, ``H_n`` and ``\hat u``, but not what an equation in a list gives a value to."""
    equations = (n for n in walk(given.node) if isinstance(n, Relation) and n.ops[0] == "=")
    valued = {id(n) for equation in equations for n in walk(equation.operands[0])}
    for node in walk(given.node):
        name = _name(node)
        letter = _LETTER.fullmatch(node.latex if isinstance(node, Name) else name)
        if name in new and id(node) not in valued and not letter:
            plain = isinstance(node, Name) and node.latex == rf"\mathrm{{{name}}}"
            yield name if plain else given.text[slice(*node.span)], node.span[0]


def _name(node: Node) -> str:
    return node.name if isinstance(node, Name) else to_latex(node) if isinstance(node, Index) else ""


def _runs(given: Formula, new: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Words that were cut into letters: ``It``, and ``over`` though ``r`` be declared."""
    single = (n for n in walk(given.node) if isinstance(n, Name) and n.name in new)
    at = {n.span[0] for n in single if n.span[1] - n.span[0] == len(n.name) == 1}
    runs = [(run, len(at.intersection(range(*run.span())))) for run in _LETTERS.finditer(given.text)]
    if any(strange > 1 and (len(run[0]) > SHORT or run[0].lower() in WORDS) for run, strange in runs):
        yield from ((run[0], run.start()) for run, strange in runs if strange)
