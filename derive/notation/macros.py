"""The author's or the student's own commands, expanded on tokens, with a bound on what they produce."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace

from derive.notation.errors import Refused, Unreadable
from derive.notation.lexer import MAX_TOKENS, Token, scan

MAX_EXPANSIONS = 1_000


def expanded(raw: list[Token], macros: Mapping[str, str]) -> list[Token]:
    r"""The tokens with every macro replaced, arguments ``#1``, ``#2`` filled in; positions stay the call's.

    >>> "".join(t.text for t in expanded(scan(r"\R+\sq{x}"), {"R": "r", "sq": "#1^2"}))
    'r+x^2'

    Raises:
        Refused: when expanding never ends, or produces too much.
    """
    if not macros:
        return raw
    table = {name.lstrip("\\"): scan(body) for name, body in macros.items()}
    waiting, out, count = list(reversed(raw)), [], 0
    while waiting:
        token = waiting.pop()
        body = table.get(token.text[1:]) if token.kind == "cmd" else None
        if body is None:
            out.append(token)
            continue
        count += 1
        if count > MAX_EXPANSIONS or len(waiting) + len(out) > MAX_TOKENS:
            raise Refused("The commands defined for this formula expand without end.")
        waiting.extend(reversed(_filled(body, waiting, token)))
    return out


def _filled(body: list[Token], waiting: list[Token], call: Token) -> list[Token]:
    """The macro's body with the call's arguments put in."""
    wanted = [int(b.text) for a, b in itertools.pairwise(body) if a.text == "#" and b.text.isdigit()]
    arguments = [_argument(waiting, call) for _ in range(min(max(wanted, default=0), 9))]
    filled: list[Token] = []
    slot = False
    for token in body:
        if slot and token.kind == "num":
            filled.extend(_slot(token, arguments, call))
        elif token.text != "#":
            filled.append(replace(token, start=call.start, end=call.end))
        slot = token.text == "#"
    return filled


def _slot(token: Token, arguments: list[list[Token]], call: Token) -> list[Token]:
    """The argument that ``#1`` names; of ``#12`` the 2 is a number beside it."""
    which = int(token.text[0]) - 1
    rest = [Token("num", token.text[1:], call.start, call.end)] if len(token.text) > 1 else []
    return (arguments[which] if 0 <= which < len(arguments) else []) + rest


def _argument(waiting: list[Token], call: Token) -> list[Token]:
    """The next argument of a call: a group without its braces, or one token."""
    while waiting and waiting[-1].kind == "space":
        waiting.pop()
    if not waiting:
        raise Unreadable(f"The command {call.text} needs something after it.", call.start)
    first = waiting.pop()
    if first.text != "{":
        return [first]
    found: list[Token] = []
    level = 1
    while waiting:
        token = waiting.pop()
        level += (token.text == "{") - (token.text == "}")
        if level == 0:
            return found
        found.append(token)
    raise Unreadable("The brace opened here is never closed.", first.start)
