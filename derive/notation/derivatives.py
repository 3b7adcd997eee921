"""Derivatives: ``∂L/∂W`` over and beside a bar, ``d/dx``, ``∇``."""

from __future__ import annotations

from derive.notation.brackets import group
from derive.notation.errors import Unreadable
from derive.notation.lexer import Token
from derive.notation.pratt import FACTOR, TIGHT, Parser, plain
from derive.notation.tree import Derivative, Node, Number, Power

_MAX_ORDER = 9


def nabla(p: Parser) -> Node:
    """``∇_W L``; without an operand the bare operator."""
    token, wrt, order = p.take(), tuple[Node, ...](), 1
    while p.token.kind in ("_", "^"):
        if p.take().kind == "_":
            wrt = _variables(p)
        else:
            order = _order(group(p))
    return Derivative("nabla", _operand(p), wrt, order, span=p.span_from(token.start))


def _operand(p: Parser) -> Node | None:
    return plain(p.expression(TIGHT)) if p.starts_factor() else None


def _variables(p: Parser) -> tuple[Node, ...]:
    from derive.notation.brackets import items

    opening = p.expect("{", p.token)
    found = items(p)
    p.expect("}", opening, "brace")
    return found


def _order(node: Node) -> int:
    if isinstance(node, Number) and node.text.isdigit() and len(node.text) < 3 and 0 < int(node.text) <= _MAX_ORDER:
        return int(node.text)
    raise Unreadable("The order of a derivative must be a small whole number here.", node.span[0])


def partial(p: Parser) -> Node:
    """``∂_x f``, ``∂L/∂W`` in one line, or a lone ``∂L``."""
    return _inline(p, "partial")


def differential(p: Parser) -> Node:
    """A differential that an editor has marked as one."""
    return _inline(p, "d")


def _inline(p: Parser, kind: str) -> Node:
    token = p.take()
    if p.accept("_"):
        wrt = _variables(p)
        return Derivative(kind, _operand(p), wrt, span=p.span_from(token.start))
    order = _order(group(p)) if p.accept("^") else 1
    of = plain(p.expression(FACTOR))
    wrt = ()
    if p.token.text == "/" and p.following().kind == "cmd" and p.following().text == token.text:
        p.at += 2
        wrt = _repeated(p, plain(p.expression(FACTOR)))
    return Derivative(kind, of, wrt, order if not wrt else 1, span=p.span_from(token.start))


def _repeated(p: Parser, node: Node) -> tuple[Node, ...]:
    """``x^2`` below the bar is x twice."""
    if isinstance(node, Power):
        return (node.base,) * _order(node.exponent)
    return (node,)


def is_d(p: Parser, token: Token) -> str | None:
    """Which differential a token is: ``partial``, ``d``, or none where d is a declared symbol."""
    if token.kind == "cmd" and token.text in ("partial", "differentialD"):
        return "partial" if token.text == "partial" else "d"
    if (
        token.kind == "id"
        and token.text == "d"
        and (not p.declared.writes_d or token.font == "rm")
        and "d" not in p.bound
    ):
        return "d"
    return None


def fraction_of_differentials(p: Parser) -> Node | None:
    """The derivative that the fraction here is, or None if it is a fraction."""
    start, kind = p.at, is_d(p, p.following(2))
    below = _end(p, p.at + 1)
    if kind is None or is_d(p, p.tokens[below + 1]) != kind:
        return None
    token = p.take()
    p.at += 2
    order = _order(group(p)) if p.accept("^") else 1
    of = None if p.token.kind == "}" else plain(p.expression())
    opening = p.tokens[below]
    p.expect("}", opening, "brace")
    wrt = _below(p, kind)
    if wrt is None or len(wrt) != order:
        p.at = start
        if kind == "partial":
            raise Unreadable("The orders above and below this derivative's bar do not agree.", token.start)
        return None
    if of is None:
        of = _operand(p)
    return Derivative(kind, of, wrt, span=p.span_from(token.start))


def _below(p: Parser, kind: str) -> tuple[Node, ...] | None:
    """The variables below the bar; None if something else stands there too."""
    p.expect("{", p.token)
    found: list[Node] = []
    while p.token.kind != "}":
        if is_d(p, p.token) != kind:
            return None
        p.take()
        if not p.starts_factor():
            return None
        found.extend(_repeated(p, plain(p.expression(FACTOR))))
    p.take()
    return tuple(found)


def _end(p: Parser, at: int) -> int:
    """The position after the braced group that starts at ``at``."""
    level = 0
    for i in range(at, len(p.tokens)):
        level += (p.tokens[i].kind == "{") - (p.tokens[i].kind == "}")
        if level == 0:
            return min(i + 1, len(p.tokens) - 2)
    return len(p.tokens) - 2
