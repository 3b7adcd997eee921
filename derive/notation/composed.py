r"""Functions after functions, ``(f \circ g)(x)``: one function's value as the other's argument."""

from __future__ import annotations

from derive.notation import functions as f
from derive.notation.declare import Declarations
from derive.notation.lexer import Token

MOST = 8


def with_compositions(tokens: list[Token], declared: Declarations) -> list[Token]:
    r"""The tokens with ``(f \circ g')(x)`` and ``f \circ g'(x)`` written ``f(g'(x))``.

    Between values the sign is a product entry by entry; a function by itself has no other meaning before it.
    """
    at = 0
    while at < len(tokens):
        opened = tokens[at].kind == "open" and tokens[at].text == "("
        chain = _chain(tokens, at + opened, declared)
        found = _applied(tokens, at, chain, opened) if len(chain) > 1 else None
        if found is not None:
            tokens = found
        at += 1
    return tokens


def _chain(tokens: list[Token], at: int, declared: Declarations) -> list[tuple[int, int]]:
    """Where each of the functions with ``∘`` between them starts and ends."""
    found: list[tuple[int, int]] = []
    while len(found) < MOST and (end := _function_end(tokens, at, declared)) is not None:
        found.append((at, end))
        if not (tokens[end].kind == "op" and tokens[end].text == "circ"):
            break
        at = end + 1
    return found


def _function_end(tokens: list[Token], at: int, declared: Declarations) -> int | None:
    """Behind the function that stands here with its primes, if one does."""
    match = declared.spellings.match(tokens, at)
    token = tokens[at]
    if match is not None:
        end = match[1] if declared.is_function(match[0]) else None
    else:
        known = (token.kind == "word" and token.text in f.FUNCTIONS) or token.text in f.GREEK_FUNCTIONS
        end = at + 1 if known else None
    while end is not None and tokens[end].kind == "prime":
        end += 1
    return end


def _applied(tokens: list[Token], start: int, chain: list[tuple[int, int]], opened: bool) -> list[Token] | None:
    """The same tokens with every function around the next one's value."""
    after = chain[-1][1]
    if opened:
        if not (tokens[after].kind == "close" and tokens[after].text == ")"):
            return None
        after += 1
    end = _closing(tokens, after)
    if end is None:
        return None
    place = tokens[after].start
    out = tokens[:start]
    for first, last in chain[:-1]:
        out += [*tokens[first:last], Token("open", "(", place, place)]
    out += [*tokens[chain[-1][0] : chain[-1][1]], *tokens[after:end]]
    out += [Token("close", ")", place, place) for _ in chain[:-1]]
    return out + tokens[end:]


def _closing(tokens: list[Token], at: int) -> int | None:
    """Behind the bracket that closes the one that opens here, if one does."""
    if not (tokens[at].kind == "open" and tokens[at].text == "("):
        return None
    depth = 0
    for k in range(at, len(tokens)):
        depth += (tokens[k].kind == "open") - (tokens[k].kind == "close")
        if not depth:
            return k + 1
    return None
