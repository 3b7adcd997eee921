"""The one door: text in any syntax to trees, with every customary reading."""

from __future__ import annotations

from dataclasses import dataclass

from derive.notation.declare import Declarations
from derive.notation.errors import Refused, Unreadable
from derive.notation.latex import read_latex
from derive.notation.plain import is_plain, read_instead, read_text
from derive.notation.python import read_python
from derive.notation.tree import Binder, Name, Node
from derive.notation.walk import walk

SYNTAXES = ("latex", "python", "text", "auto")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the syntax that it was read in, and every customary reading, the likeliest first."""

    syntax: str
    nodes: tuple[Node, ...]

    @property
    def node(self) -> Node:
        """The likeliest reading."""
        return self.nodes[0]

    @property
    def counts_from_zero(self) -> bool:
        """Whether indices count as Python counts."""
        return self.syntax == "python"


def read(text: str, syntax: str, symbols: Declarations) -> Reading:
    """Read ``text``.

    >>> read("x**2", "auto", Declarations.of({"x": {}})).syntax
    'python'

    Raises:
        Unreadable: with a sentence and a position.
        Refused: over the budget.
    """
    if syntax == "latex":
        return Reading("latex", (read_latex(text, symbols, sides=True),))
    if syntax == "python":
        return Reading("python", (read_python(text, symbols),))
    if syntax == "text":
        return Reading("text", tuple(read_text(text, symbols)))
    if syntax != "auto":
        raise Unreadable(f"The syntax '{syntax}' is none of {', '.join(SYNTAXES)}.", 0)
    return _auto(text, symbols)


def _auto(text: str, symbols: Declarations) -> Reading:
    """Python if the whitelist parses it with every name known, else LaTeX, else plain text."""
    try:
        node = read_python(text, symbols)
    except (Unreadable, Refused):  # LaTeX has its own budget
        node = None
    if node is not None and all_known(node, symbols):
        return Reading("python", (node,))
    if is_plain(text) and (found := read_instead(text, symbols)):
        return Reading("text", tuple(found))
    try:
        return Reading("latex", (read_latex(text, symbols, sides=True),))
    except Unreadable as error:
        if not (found := read_instead(text, symbols)):
            raise error from None
        return Reading("text", tuple(found))


def unknown_names(node: Node, symbols: Declarations) -> list[str]:
    """The names that are neither declared, nor letters of shapes, nor bound, in order of appearance."""
    bound = {b.letter.name for b in walk(node) if isinstance(b, Binder)}
    names = (n.name for n in walk(node) if isinstance(n, Name))
    return list(dict.fromkeys(n for n in names if n not in bound and not symbols.is_known(n)))


def all_known(node: Node, symbols: Declarations) -> bool:
    """Whether a tree uses only names that somebody declared."""
    return not unknown_names(node, symbols)
