"""Reading LaTeX as students, papers and MathLive write it, for declared symbols."""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from derive.notation.arrange import arranged
from derive.notation.brackets import turned_brackets
from derive.notation.commands import LISTS
from derive.notation.composed import with_compositions
from derive.notation.declare import Declarations
from derive.notation.dots import without_dots
from derive.notation.errors import MAX_NESTING, Unreadable, too_deep, within_budget
from derive.notation.left_sides import without_conditional_sides
from derive.notation.lexer import Token
from derive.notation.percent import with_percent
from derive.notation.pratt import Options, Parser
from derive.notation.prose import refuse_prose
from derive.notation.spaced import with_spaced_rows
from derive.notation.stars import STARS, with_stars
from derive.notation.tables import as_rows
from derive.notation.tree import Node, Sequence
from derive.notation.walk import depth

_THOUSANDS = re.compile(r"\s*-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?\s*")
_RAISED = re.compile(
    r"\^\{\s*(\([^(){}]*\)|\[[^\[\]{}]*\])\s*,?\s*(\\top|\\intercal|T|\\mathsf\{?\s*T\}?|\\mathrm\{T\})\s*\}"
)  # W^{(2)\top}
_FRAMES = 12_000
_CAPITALS = {"Σ": ("∑", r"\Sigma"), "Π": ("∏", r"\Pi")}
DOTTED = frozenset({"dots", "ldots", "cdots"})
MAX_DEPTH = 3 * MAX_NESTING


@contextmanager
def room_for_nesting() -> Iterator[None]:
    """Python frames enough for what the budget allows; the parser itself bounds how many are used."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _FRAMES))
    try:
        yield
    except (RecursionError, MemoryError):
        raise too_deep() from None
    finally:
        sys.setrecursionlimit(before)


def read_latex(text: str, symbols: Declarations | None = None, *, sides: bool = False) -> Node:
    r"""The tree of LaTeX text; with ``sides`` a left side such as ``P(y=1\mid x) =`` falls away.

    >>> from derive.notation.write import to_latex
    >>> to_latex(read_latex(r"W^\top x\odot\sigma'(z)"))
    "W^{\\top} x \\odot \\operatorname{sigmoid}'\\left(z\\right)"

    Raises:
        Unreadable: with a sentence and a position.
        Refused: over the budget.
    """
    within_budget(text)
    declared = symbols or Declarations()
    text = _RAISED.sub(r"^{\1}^{\2}", with_sums(text, declared))
    if _THOUSANDS.fullmatch(text):
        raise Unreadable("Is this comma a thousands separator? Please leave it out.", text.index(","))
    with room_for_nesting():
        tokens = _lines_joined(arranged(text, declared.macros))
        tokens = with_spaced_rows(tokens, text) if "[" in text else tokens
        refuse_prose(tokens, declared)
        return parsed(tokens, declared, Options(sides=sides, one=True))


def with_sums(text: str, declared: Declarations) -> str:
    """``Σ_i``, ``Σ x_i`` and ``Π_i`` with the signs of sum and product, where no declared name is written with the capital."""
    if not _CAPITALS.keys() & set(text):
        return text
    written = "".join(s.latex for s in declared.symbols.values())
    put = {capital: sign for capital, (sign, name) in _CAPITALS.items() if name not in written}
    return re.sub(r"Σ(?=\s*[A-Za-z(])(?!.*Σ\s*[=^])|[ΣΠ](?=\s*_)", lambda m: put.get(m[0], m[0]), text)


def parsed(tokens: list[Token], declared: Declarations, options: Options | None = None) -> Node:
    """The tree of a whole text's tokens."""
    _without_full_stop(tokens)
    tokens = without_conditional_sides(tokens, declared) if options is not None and options.sides else tokens
    if len(tokens) == 1:
        raise Unreadable("There is nothing to read here.", 0)
    turned_brackets(tokens)
    if any(t.text == "circ" for t in tokens):
        tokens = with_compositions(tokens, declared)
    tokens = with_stars(tokens, declared) if any(t.text in STARS for t in tokens) else tokens
    tokens = with_percent(tokens) if any(t.text == "%" for t in tokens) else tokens
    p = Parser(_with_scientific(tokens, declared), declared, options)
    node = _top(p)
    if p.token.kind != "eof":
        raise p.unexpected()
    if len(p.tokens) > MAX_DEPTH and depth(node) > MAX_DEPTH:
        raise too_deep()
    return node if DOTTED.isdisjoint([t.text for t in tokens]) else without_dots(node, declared)


def _top(p: Parser) -> Node:
    """One expression, or several with commas between them; with semicolons between equal rows a matrix."""
    found, signs = [p.expression()], []
    while p.token.kind == "op" and p.token.text in (",", ";"):
        signs.append(p.take().text)
        found.append(p.expression())
    if len(found) == 1:
        return found[0]
    span = (found[0].span[0], found[-1].span[1])
    return as_rows(tuple(found), signs, span) or Sequence(tuple(found), "", span=span)


def _without_full_stop(tokens: list[Token]) -> None:
    while len(tokens) > 1 and tokens[-2].kind == "op" and tokens[-2].text in (".", ",", ";"):
        del tokens[-2]


def _lines_joined(tokens: list[Token]) -> list[Token]:
    """``aligned`` and its kin say nothing about the formula: a chain over several lines is one chain."""
    if not any(t.kind == "begin" and t.text in LISTS and "cases" not in t.text for t in tokens):
        return tokens
    out: list[Token] = []
    open_environments: list[bool] = []
    for token in tokens:
        if token.kind in ("begin", "end"):
            layout = token.text in LISTS and "cases" not in token.text
            if token.kind == "begin":
                open_environments.append(layout)
            elif open_environments:
                open_environments.pop()
            if layout:
                continue
        if token.kind in ("amp", "row") and open_environments and open_environments[-1]:
            continue
        out.append(token)
    return out


def _with_scientific(tokens: list[Token], declared: Declarations) -> list[Token]:
    """``1.02e5`` as one number, where e is not declared and the letters touch."""
    if {t.text for t in tokens}.isdisjoint("eE"):
        return tokens
    if declared.is_known("e") and not any(t.font == "tt" for t in tokens):
        return tokens
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        joined = _scientific(tokens, at) if token.kind == "num" else None
        if joined is None:
            out.append(token)
            at += 1
        else:
            out.append(joined[0])
            at = joined[1]
    return out


def _scientific(tokens: list[Token], at: int) -> tuple[Token, int] | None:
    mantissa, letter, sign = tokens[at], tokens[at + 1], tokens[min(at + 2, len(tokens) - 1)]
    signed = sign.kind == "op" and sign.text in "+-"
    digits = tokens[min(at + 2 + signed, len(tokens) - 1)]
    if letter.kind != "id" or letter.text not in "eE" or digits.kind != "num" or not digits.text.isdigit():
        return None
    if not mantissa.text.replace(".", "").isdigit():
        return None
    parts = [mantissa, letter, *([sign] if signed else []), digits]
    if any(a.end != b.start for a, b in itertools.pairwise(parts)) or (
        signed and "." not in mantissa.text and mantissa.font != "tt"
    ):
        return None
    from derive.notation.lexer import checked_number

    text = checked_number("".join(t.text for t in parts).lower().replace("+", ""), mantissa.start)
    return Token("num", text, mantissa.start, digits.end), at + len(parts)
