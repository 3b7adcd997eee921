"""Percentages: ``31.25 %`` is a number."""

from __future__ import annotations

from decimal import Decimal

from derive.notation.lexer import Token

_AFTER = frozenset({"eof", "close", "}", "bar", "row", "amp"})
_SIGNS = frozenset({",", ";", "=", "+", "-", "<", ">", "<=", ">="})


def with_percent(tokens: list[Token]) -> list[Token]:
    """The tokens with a number before a percent sign divided by a hundred, where nothing follows that it could divide."""
    out: list[Token] = []
    for token, after in zip(tokens, [*tokens[1:], tokens[-1]], strict=True):
        ends = after.kind in _AFTER or (after.kind == "op" and after.text in _SIGNS)
        if token.kind == "op" and token.text == "%" and ends and out and out[-1].kind == "num":
            number = out.pop()
            text = format(Decimal(number.text).scaleb(-2), "f")
            token = Token("num", text, number.start, token.end, number.font)
        out.append(token)
    return out
