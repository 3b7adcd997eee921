"""Stars of declared names that are written beside the letter: ``c*`` and ``c⋆`` for ``c^*``."""

from __future__ import annotations

from itertools import pairwise

from derive.notation.declare import Declarations
from derive.notation.lexer import Token

STARS = frozenset({"*", "star", "ast"})
_BEHIND = frozenset("=,;/*")


def with_stars(tokens: list[Token], declared: Declarations) -> list[Token]:
    """The tokens with a star raised where it touches the letter before it and cannot be a product's sign.

    ``c*-1`` stays a product; ``c* - 1`` is none.
    """
    if not any("*" in s.latex or r"\star" in s.latex or r"\ast" in s.latex for s in declared.symbols.values()):
        return tokens
    out = tokens[:1]
    for k, (before, token) in enumerate(pairwise(tokens), 2):
        after = tokens[min(k, len(tokens) - 1)]
        if token.text in STARS and before.kind in ("id", "}") and before.end == token.start and _is_mark(token, after):
            at = token.start
            out += [
                Token("^", "^", at, at),
                Token("{", "{", at, at),
                Token("op", "*", at, token.end),
                Token("}", "}", token.end, token.end),
            ]
        else:
            out.append(token)
    return out


def _is_mark(token: Token, after: Token) -> bool:
    """Whether nothing follows that a product's sign could join."""
    if after.kind in ("eof", "close", "}", "amp", "row"):
        return True
    if after.kind != "op":
        return False
    return after.text in _BEHIND or (after.text in "+-" and token.end < after.start)
