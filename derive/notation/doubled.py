"""Scripts in two brackets, as formula editors write them: ``a^{((l))}`` is ``a^{(l)}``."""

from __future__ import annotations

from collections.abc import Sequence

from derive.notation.lexer import Token


def once_bracketed(tokens: list[Token]) -> list[Token]:
    """The tokens with one of two brackets round a whole script taken away."""
    partner = _partners(tokens)
    needless: set[int] = set()
    for at, token in enumerate(tokens[:-3]):
        outer, inner = at + 2, at + 3
        if token.kind == "^" and tokens[at + 1].kind == "{" and _round(tokens[outer]) and _round(tokens[inner]):
            end = partner.get(outer)
            if end is not None and partner.get(inner) == end - 1 and tokens[end + 1].kind == "}":
                needless |= {outer, end}
    return [t for k, t in enumerate(tokens) if k not in needless] if needless else tokens


def _round(token: Token) -> bool:
    return token.kind == "open" and token.text == "("


def _partners(tokens: Sequence[Token]) -> dict[int, int]:
    """Where each opening bracket is closed."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for at, token in enumerate(tokens):
        if token.kind == "open":
            waiting.append(at)
        elif token.kind == "close" and waiting:
            found[waiting.pop()] = at
    return found
