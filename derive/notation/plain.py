"""Reading a plain box (``^`` is power, Greek by name, implicit products), with every customary reading."""

from __future__ import annotations

import re
from itertools import product

from derive.notation.characters import GREEK
from derive.notation.declare import Declarations
from derive.notation.errors import Unreadable, within_budget
from derive.notation.latex import parsed, room_for_nesting, with_sums
from derive.notation.lexer import Token
from derive.notation.plain_tokens import plain_tokens
from derive.notation.pratt import Options
from derive.notation.spaced import with_spaced_rows
from derive.notation.tree import Binder, Constant, Logic, Name, Node, Relation
from derive.notation.walk import walk

_SUM = re.compile(r"(?<![A-Za-z])(?:sum|prod|[ΣΠ∑∏])\s*_")
_GREEK = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(GREEK)})(?![A-Za-z])")
_SUBSCRIPT = re.compile(r"_[A-Za-z0-9]{2}")
_LOGARITHM = re.compile(r"(?<![A-Za-z])log(?:2|10)\s*\(")
_EXPONENT = re.compile(r"\^-?[0-9][0-9.]")
TRUTHS = {"yes": "true", "no": "false", "true": "true", "false": "false"}
_FLAGS = ("deep_slash", "deep_function", "deep_power", "zero_based")


def read_text(text: str, symbols: Declarations | None = None) -> list[Node]:
    """Every customary reading of plain text, the literal one (``1/2x`` is x/2) first.

    >>> len(read_text("1/2x")), len(read_text("(1/2)x"))
    (2, 1)

    Raises:
        Unreadable: with a sentence and a position.
        Refused: over the budget.
    """
    within_budget(text)
    declared = symbols or Declarations()
    text = with_sums(text, declared)
    said = TRUTHS.get(text.strip().lower())
    if said is not None and not all(declared.is_known(letter) for letter in text.strip()):
        return [Constant(said)]
    with room_for_nesting():
        met: set[str] = set()
        first = _reading(text, declared, frozenset(), met)
        others = [flags for flags in _choices(met) if flags]
        found = [first]
        for flags in others:
            node = _or_none(text, declared, flags)
            if node is not None and node not in found:
                found.append(node)
    return found


def read_instead(text: str, symbols: Declarations, sets: bool = False) -> list[Node]:
    """The readings of plain text that no other syntax reads; none where it is no formula, or has names nobody knows.

    Where a set is asked for, conditions may speak of an element by a name of their own.

    >>> len(read_instead("x^2 + e^(-x)", Declarations.of({"x": {}}))), read_instead("see below", Declarations())
    (1, [])
    """
    if "\\" in text or "$" in text:
        return []
    try:
        found = read_text(text, symbols)
    except Unreadable:
        return []
    for node in found:
        bound = {b.letter.name for b in walk(node) if isinstance(b, Binder)}
        bound.add("I")  # the identity, where nothing else is called so
        names = {n.name for n in walk(node) if isinstance(n, Name)} - bound
        unknown = {n for n in names if not symbols.is_known(n)}
        if len(unknown) > (sets and isinstance(node, Relation | Logic)):
            return []
    return found


def is_plain(text: str) -> bool:
    """Whether TeX would cut a script of several signs, a sum or a name such as ``alpha``, in text without any markup.

    >>> is_plain("x^10"), is_plain("x^{10}"), is_plain("x^1"), is_plain("sum_i x_{i+1}"), is_plain("2 log2(x)")
    (True, False, False, True, True)
    """
    if "\\" in text or "$" in text:
        return False
    return any(found.search(text) for found in (_SUM, _GREEK, _SUBSCRIPT, _LOGARITHM)) or (
        _EXPONENT.search(text) is not None and not any(c in text for c in "{}")
    )


def _choices(met: set[str]) -> list[frozenset[str]]:
    wanted = [name for name in _FLAGS if name in met]
    return [
        frozenset(n for n, on in zip(wanted, chosen, strict=True) if on)
        for chosen in product((False, True), repeat=len(wanted))
    ]


def _reading(text: str, declared: Declarations, flags: frozenset[str], met: set[str]) -> Node:
    tokens: list[Token] = plain_tokens(text, declared, flags, met)
    tokens = with_spaced_rows(tokens, text) if "[" in text else tokens
    options = Options("deep_slash" in flags, "deep_function" in flags, met, sides=True)
    return parsed(tokens, declared, options)


def _or_none(text: str, declared: Declarations, flags: frozenset[str]) -> Node | None:
    try:
        return _reading(text, declared, flags, set())
    except Unreadable:
        return None
