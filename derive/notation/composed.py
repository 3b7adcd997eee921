r"""Functions after functions, ``(f \circ g)(x)``: one function's value as the other's argument."""

from __future__ import annotations

from derive.notation import functions as f
from derive.notation.declare import Declarations
from derive.notation.lexer import Token

MOST = 8


def with_compositions(tokens: list[Token], declared: Declarations) -> list[Token]:
    r"""The tokens with ``(f \circ g')(x)`` and ``f \circ g'(x)`` written ``f(g'(x))``; ``(f \circ g)'`` by the chain rule.

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
    order = int(tokens[after].text) if opened and tokens[after].kind == "prime" else 0
    after += bool(order)
    end = _closing(tokens, after)
    if end is None or order > 1:
        return None
    functions, argument = [tokens[first:last] for first, last in chain], tokens[after:end]
    made = _derived(functions, argument) if order else _nested(functions, argument)
    return [*tokens[:start], *made, *tokens[end:]]


def _nested(functions: list[list[Token]], argument: list[Token]) -> list[Token]:
    """``f(g(x))``."""
    place = argument[0].start
    out: list[Token] = []
    for function in functions[:-1]:
        out += [*function, Token("open", "(", place, place)]
    return [*out, *functions[-1], *argument, *(Token("close", ")", place, place) for _ in functions[:-1])]


def _derived(functions: list[list[Token]], argument: list[Token]) -> list[Token]:
    """The chain rule, ``(f'(g(x)) g'(x))``."""
    place = argument[0].start
    factors: list[Token] = []
    for k, function in enumerate(functions):
        factors += [Token("op", "odot", place, place)] * bool(k)
        factors += _nested([[*function, Token("prime", "1", place, place)], *functions[k + 1 :]], argument)
    return [Token("open", "(", place, place), *factors, Token("close", ")", place, place)]


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
