"""What stands under the sign of a sum: its letters are bound before they are read."""

from __future__ import annotations

from itertools import pairwise

from derive.notation.lexer import Token
from derive.notation.pratt import Parser
from derive.notation.tree import Node


def below_sign(p: Parser) -> list[Node]:
    """What stands under the sign, item by item; primed letters are letters here."""
    opening = p.expect("{", p.token)
    _learn_primed(p)
    _learn_e(p)
    bars, p.bars = p.bars, 1
    found = []
    while p.token.kind != "}":
        found.append(p.expression())
        if not _separator(p.token):
            break
        p.take()
    p.bars = bars
    p.expect("}", opening, "brace")
    return found


def _separator(token: Token) -> bool:
    return token.kind in ("row", "bar") or (token.kind == "op" and token.text in (",", ";", ":"))


def _learn_primed(p: Parser) -> None:
    for at in range(p.at, len(p.tokens)):
        token, following = p.tokens[at], p.tokens[min(at + 1, len(p.tokens) - 1)]
        if token.kind == "}":
            return
        if token.kind == "id" and following.kind == "prime":
            p.bound.append(token.text.lstrip("\\") + "'" * int(following.text))


def _learn_e(p: Parser) -> None:
    """An e below a sign that has no exponent is bound there and no number."""
    for token, following in pairwise(p.tokens[p.at :]):
        if token.kind == "}":
            return
        if (token.kind, token.text) == ("id", "e") and following.kind != "^":
            p.bound.append("e")
