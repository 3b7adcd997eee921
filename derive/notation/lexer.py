"""Cutting LaTeX text into tokens: one compiled expression, no backtracking, positions kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from derive.notation.characters import complaint, in_latex, run_in_latex
from derive.notation.errors import Refused, Unreadable

MAX_TOKENS = 12_000
MAX_DIGITS = 1_000
MAX_EXPONENT = 400


@dataclass(slots=True)
class Token:
    """A token with the offsets of its text.

    Kinds: ``num``, ``id`` (a letter or a Greek command), ``word``, ``cmd``, ``op``, ``open``, ``close``,
    ``bar``,
    ``{``, ``}``, ``^``, ``_``, ``prime``, ``begin``, ``end``, ``amp``, ``row``, ``eof``; raw: ``space``.
    """

    kind: str
    text: str
    start: int
    end: int
    font: str = ""
    side: str = ""


_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n~]+)"
    r"|(?P<num>(?:0|[0-9]+(?=\{,\}(?![0-9]{3}(?![0-9]))))\{,\}[0-9]+(?!\{,\})|[0-9]+(?:\{,\}[0-9]{3}(?![0-9]))*(?:\.[0-9]+)?|\.[0-9]+)"
    r"|(?P<cmd>\\(?:[A-Za-z]+\*?|.))"
    r"|(?P<id>[A-Za-z])"
    r"|(?P<op>:=|->|=>|<=|>=|!=|==|&&|\|\||\*\*|[-+*/=<>,;:!.%@&^_'|()\[\]{}\"$?#])",
    re.DOTALL,
)


def scan(text: str) -> list[Token]:
    r"""The raw tokens of LaTeX text, spaces included, unicode written out in LaTeX.

    >>> [t.text for t in scan(r"\sigma(2x)")]
    ['\\sigma', '(', '2', 'x', ')']

    Raises:
        Unreadable: where a character belongs to no notation.
    """
    found: list[Token] = []
    at, size = 0, len(text)
    while at < size:
        match = _TOKEN.match(text, at)
        combined = not text.isascii() and run_in_latex(text, at)
        if combined:
            at = _foreign(found, *combined, at)
        elif match is None:
            at = _foreign(found, _known(text[at], at), at + 1, at)
        else:
            found.append(Token(match.lastgroup or "", match.group(), at, match.end()))
            at = match.end()
    if len(found) > MAX_TOKENS:
        raise Refused("This formula has too many signs to be an answer.")
    return found


def _known(character: str, at: int) -> str:
    latex = in_latex(character)
    if latex is None:
        raise Unreadable(complaint(character), at)
    return latex


def _foreign(found: list[Token], latex: str, end: int, at: int) -> int:
    """Append the tokens of ``latex``, all of which stand where the pasted character stands."""
    found.extend(Token(m.lastgroup or "", m.group(), at, end) for m in _TOKEN.finditer(latex))
    return end


def behind_braces(tokens: list[Token], at: int) -> int | None:
    """Where the braces that open at a token have been closed, or None where they never are."""
    depth = 0
    for k in range(at, len(tokens) - 1):
        depth += (tokens[k].kind == "{") - (tokens[k].kind == "}")
        if not depth:
            return k + 1
    return None


def checked_number(text: str, at: int) -> str:
    """A literal without its thousands separators, if its size is a size that a number in an answer has.

    >>> checked_number("101{,}770", 0), checked_number("0{,}25", 0)
    ('101770', '0.25')

    Raises:
        Refused: for thousands of digits or a giant exponent.
    """
    whole, comma, rest = text.partition("{,}")
    if comma and rest.isdigit() and (whole == "0" or len(rest) != 3):
        text = f"{whole}.{rest}"  # a decimal comma
    plain = text.replace("{,}", "").replace("_", "").lower()
    digits, _, exponent = plain.partition("e")
    if len(digits) > MAX_DIGITS or len(exponent) > 5 or abs(int(exponent or 0)) > MAX_EXPONENT:
        raise Refused(f"The number at position {at} is too long to be part of an answer.")
    return "0" + plain if plain.startswith(".") else plain
