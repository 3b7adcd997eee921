"""Tokens and syntax nodes of the index language: ``y[i] := sum(w[u]*x[i+u], u)``.

The page form (``Σ_{i} G[i] X[i+u]``, ``σ′(z₁)``, ``≤``) has the same tokens in other clothes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from derive.notation.words import words

_WORDS = words(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega"
    " Gamma Delta Theta Lambda Xi Phi Psi Omega"
)
_GREEK = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΦΨΩ", _WORDS, strict=True))
GREEK = {word: letter for letter, word in _GREEK.items()}
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
_SIGNS = {"−": "-", "·": "*", "×": "*", "≤": "<=", "≥": ">=", "≠": "!=", "∧": "and", "∨": "or", "¬": "not"}
_SIGNS |= {"==": "=", "≔": ":=", "^": "**"}
BIG = {"Σ": "sum", "∑": "sum", "Π": "prod", "∏": "prod", "∫": "integral", "𝔼": "expectation"}
WORDS = frozenset({"and", "or", "not"})
_START, _REST = "A-Za-zα-ωΓΔΘΛΞΦΨΩ_", "A-Za-zα-ωΓΔΘΛΞΦΨΩ_0-9₀-₉"
_NAME = rf"[{_START}][{_REST}]*"
_TOKEN = re.compile(
    rf"(?P<space>[ \t\r]+|\#[^\n]*)|(?P<number>\d+(?:\.\d+)?)|(?P<jacobian>∂²{_NAME}/∂{_NAME}∂{_NAME}|∂{_NAME}/∂{_NAME})"
    rf"|(?P<name>{_NAME}['′]*)"
    r"|(?P<super>⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(?P<big>[Σ∑Π∏∫𝔼]_?)"
    r"|(?P<op>:=|≔|\.\.|\*\*|<=|>=|!=|==|[-+*/^()\[\]{},;=<>\n√−·×≤≥≠∧∨¬])"
)
MAX_DIGITS = 400


class ProgramError(ValueError):
    """A text that is no program; the message names line and column."""

    def __init__(self, message: str, text: str = "", at: int = 0) -> None:
        line, column = text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1
        super().__init__(f"line {line}, column {column}: {message}" if text else message)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text with its kind and place; ``close`` where nothing stands between it and the one before."""

    kind: str
    text: str
    at: int
    close: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A syntax node.

    ``kind`` is number, name, entry, call, pick (``f(…)[…]``), bracket, neg, sum, product, ``**``, ``..``, a relation,
    and, or, not. A sum or product has one sign in ``value`` for each part.
    """

    kind: str
    at: int
    value: str = ""
    parts: tuple[Node, ...] = ()
    number: Fraction = Fraction(0)


def tokens(text: str, loss: str = "L") -> list[Token]:
    """The tokens, closed by one of kind ``end``; line ends inside parentheses do not count.

    Raises:
        ProgramError: at a character that has no meaning.
    """
    return [*_tokens(text, loss), Token("end", "", len(text))]


def _tokens(text: str, loss: str) -> Iterator[Token]:
    at, depth, close = 0, 0, False
    while at < len(text):
        m = _TOKEN.match(text, at)
        if m is None:
            raise ProgramError(f"the character {text[at]!r} has no meaning here", text, at)
        token = _token(m.lastgroup or "", m.group(), at, loss, close=close)
        depth += (token.kind in ("(", "[", "{")) - (token.kind in (")", "]", "}"))
        close = token.kind != "space"
        if token.kind != "space" and not (token.kind == "newline" and depth > 0):
            yield token
        at = m.end()


def _token(group: str, found: str, at: int, loss: str, *, close: bool) -> Token:
    match group:
        case "op":
            sign = _SIGNS.get(found, found)
            return Token("newline" if sign == "\n" else sign, sign, at, close)
        case "super":
            return Token(group, "".join(SUPERSCRIPTS[c] for c in found), at, close)
        case "jacobian":
            return Token("name", _jacobian(found, loss), at, close)
        case "name":
            name = plain_name(found)
            return Token(name if name in WORDS else "name", name, at, close)
    return Token(group, found, at, close)


def plain_name(found: str) -> str:
    """A name in its plain spelling.

    >>> plain_name("δ₁"), plain_name("σ′")
    ('delta1', "sigma'")
    """
    name = "".join(SUBSCRIPTS.get(c, c) for c in found.replace("′", "'"))
    stem = name.rstrip("'0123456789")
    return _GREEK.get(stem, stem) + name[len(stem) :]


def _jacobian(found: str, loss: str) -> str:
    """``∂L/∂w`` is the adjoint ``w_bar``, ``∂y/∂w`` the Jacobian ``dy/dw``, ``∂²L/∂v∂w`` that of ``v_bar``."""
    if found.startswith("∂²"):
        first, second = map(plain_name, found.split("/")[1].split("∂")[1:])
        return f"d{first}_bar/d{second}"
    of, wrt = (plain_name(part[1:]) for part in found.split("/"))
    return f"{wrt}_bar" if of == loss else f"d{of}/d{wrt}"
