r"""Left-hand sides that name a quantity with a bar in it, ``P(y=1\mid x) = …``: they say what follows, and fall away."""

from __future__ import annotations

from collections.abc import Iterator

from derive.notation.declare import Declarations
from derive.notation.lexer import Token

_OPEN, _CLOSE = ("open", "{"), ("close", "}")
_HEADS = ("id", "word", "cmd")
_CHANCES = ("Pr", "Var", "Cov")
_SIGNS = ("=", ":=")


def without_conditional_sides(tokens: list[Token], declared: Declarations) -> list[Token]:
    """The tokens behind the last equals sign before which something is said of something given something."""
    if not any(t.text in _SIGNS for t in tokens) or not any(t.kind == "bar" or _unread(t) for t in tokens):
        return tokens
    start = first = 0
    for end in _ends(tokens):
        if any(_is_conditional(tokens, at, declared) for at in range(first, end)):
            start = end + 1
        first = end + 1
    return tokens[start:]


def _ends(tokens: list[Token]) -> Iterator[int]:
    """Where the equals signs are that stand in no bracket."""
    level = 0
    for at, token in enumerate(tokens):
        level += (token.kind in _OPEN) - (token.kind in _CLOSE)
        if level == 0 and token.kind == "op" and token.text in _SIGNS:
            yield at


def _is_conditional(tokens: list[Token], at: int, declared: Declarations) -> bool:
    """Whether a bracket starts here behind a name that nothing declares: with a bar in it, or of an expectation."""
    if tokens[at].kind != "open" or not at:
        return False
    head = tokens[_head(tokens, at - 1)]
    if head.kind not in _HEADS or declared.spellings.match([head, Token("eof", "", 0, 0)], 0) is not None:
        return False
    if _unread(head):
        return True
    level, bars = 0, 0
    for token in tokens[at:]:
        level += (token.kind in _OPEN) - (token.kind in _CLOSE)
        bars += level == 1 and token.kind == "bar"
        if level == 0:
            return bars in (1, 2)
    return False


def _unread(head: Token) -> bool:
    """Whether a name is that of an expectation, a probability or a variance, which have no reading."""
    return head.text in _CHANCES or (head.font == "bb" and head.text in "EPV")


def _head(tokens: list[Token], at: int) -> int:
    """Where the name starts whose last token stands here, its scripts passed."""
    while at > 0 and tokens[at].kind in ("}", "prime"):
        level = 0
        while at > 0:
            level += (tokens[at].kind == "}") - (tokens[at].kind == "{")
            if level == 0:
                break
            at -= 1
        at -= 1 if tokens[at].kind == "prime" else 2
    return max(at, 0)
