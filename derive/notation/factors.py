"""One factor: a number, a name, a bracket, a command, and what stands behind it."""

from __future__ import annotations

from collections.abc import Callable

from derive.notation import functions as f
from derive.notation.big import big
from derive.notation.brackets import angle, at_bar, bar, curly, floors, group, round_or_square
from derive.notation.derivatives import differential, fraction_of_differentials, nabla, partial
from derive.notation.errors import NotRead
from derive.notation.indicators import indicator
from derive.notation.lexer import Token
from derive.notation.names import name
from derive.notation.pratt import Parser
from derive.notation.scripts import postfix
from derive.notation.tables import environment
from derive.notation.tree import Builtin, Call, Constant, Node, Number, Product, Text


def factor(p: Parser) -> Node:
    """The next factor with everything behind it."""
    return postfix(p, primary(p))


def primary(p: Parser) -> Node:
    """The next factor without what stands behind it."""
    token = p.token
    found = indicator(p)
    if found is not None:
        return found
    if token.kind == "num":
        return name(p) if token.font and p.declared.spellings.match(p.tokens, p.at) else _number(p)
    if token.kind in ("id", "word", "accent"):
        return name(p)
    if token.kind == "{":
        return group(p)
    if token.kind == "open":
        return _BRACKETS.get(token.text, round_or_square)(p)
    if token.kind == "bar" and token.side != "right":
        return bar(p)
    if token.kind == "quote":
        p.take()
        return Text(token.text[:200], span=(token.start, token.end))
    if token.kind == "begin":
        return environment(p)
    if token.kind == "cmd":
        return _command(p)
    raise p.unexpected()


def _number(p: Parser) -> Node:
    token = p.take()
    first = p.at + (p.token.text == "." and "." not in token.text)
    accent, _, repeated = (*p.tokens[first : first + 3], p.token, p.token, p.token)[:3]
    if (
        (first > p.at or "." in token.text)
        and accent.kind == "accent"
        and accent.text == "bar"
        and repeated.kind == "num"
    ):
        p.at = first
        return _repeating(p, token, repeated.text)
    if token.font in ("bb", "b"):
        return Constant("ones" if token.text == "1" else "zeros", span=(token.start, token.end))
    return Number(token.text, span=(token.start, token.end))


def _repeating(p: Parser, token: Token, digits: str) -> Node:
    r"""A decimal whose last digits repeat: ``0.58\\overline{3}``."""
    p.at += 4
    places = len(token.text.partition(".")[2])
    whole = int(token.text.replace(".", "")) * (10 ** len(digits) - 1) + int(digits)
    below = 10**places * (10 ** len(digits) - 1)
    return Product((Number(str(whole)), Number(str(below))), ("/",), span=p.span_from(token.start))


def _command(p: Parser) -> Node:
    handle = _COMMANDS.get(p.token.text)
    if handle is not None:
        return handle(p)
    if p.token.text in f.UNREAD:
        raise NotRead(f.ADVICE.format(f.UNREAD[p.token.text]), p.token.start)
    if p.declared.spellings.match(p.tokens, p.at):
        return name(p)
    raise p.unexpected()


def _fraction(p: Parser) -> Node:
    derivative = fraction_of_differentials(p)
    if derivative is not None:
        return derivative
    token = p.take()
    top, bottom = group(p), group(p)
    return Product((top, bottom), ("/",), span=p.span_from(token.start))


def _binomial(p: Parser) -> Node:
    token = p.take()
    return Call(Builtin("binomial"), (group(p), group(p)), span=p.span_from(token.start))


def _root(p: Parser) -> Node:
    token = p.take()
    opening = p.accept("open", "[")
    if opening is None:
        return Call(Builtin("sqrt"), (group(p),), span=p.span_from(token.start))
    degree = p.expression()
    p.expect("close", opening)
    return Call(Builtin("root"), (group(p), degree), span=p.span_from(token.start))


def _constant(meaning: str) -> Callable[[Parser], Node]:
    def read(p: Parser) -> Node:
        token = p.take()
        return Constant(meaning, span=(token.start, token.end))

    return read


_BRACKETS: dict[str, Callable[[Parser], Node]] = {
    r"\{": curly, "floor": floors, "ceil": floors, "<": angle, ".": at_bar,
}  # fmt: skip
_COMMANDS: dict[str, Callable[[Parser], Node]] = {
    "frac": _fraction, "binom": _binomial, "sqrt": _root, "sum": big, "prod": big, "nabla": nabla,
    "partial": partial,
    "infty": _constant("infinity"), "exponentialE": _constant("e"),
    "emptyset": _constant("empty"), "varnothing": _constant("empty"),
    "differentialD": differential, **dict.fromkeys(("dots", "ldots", "cdots", "vdots", "ddots"),
    _constant("dots")),
}  # fmt: skip
