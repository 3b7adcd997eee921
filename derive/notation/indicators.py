"""Indicators: a bold or blackboard one, an I, or a plain 1, with a condition behind or below it."""

from __future__ import annotations

from derive.notation.brackets import group, inside
from derive.notation.pratt import RELATIONS, Parser
from derive.notation.tree import Indicator, Logic, Node

_FAR = 2_000
_LETTERS = {"I", "\\chi"}
_SIGNS = frozenset(RELATIONS) | {"and", "or", "not"}


def indicator(p: Parser) -> Node | None:
    """The indicator that starts here, or None."""
    token = p.token
    one = token.kind == "num" and token.text == "1"
    if not one and not (token.kind == "id" and token.text in _LETTERS):
        return None
    following = p.following()
    if following.kind == "open" and holds_relation(p, p.at + 1):
        p.take()
        return _of(p, inside(p)[1], token.start)
    if following.kind == "_" and holds_relation(p, p.at + 2):
        p.at += 2
        node = group(p)
        inner = node.condition if isinstance(node, Indicator) else node
        return Indicator(inner, span=p.span_from(token.start))
    return None


def _of(p: Parser, found: tuple[Node, ...], start: int) -> Node:
    conditions = tuple(n.condition if isinstance(n, Indicator) else n for n in found)
    node = conditions[0] if len(conditions) == 1 else Logic("and", conditions)
    return Indicator(node, span=p.span_from(start))


def holds_relation(p: Parser, at: int) -> bool:
    """Whether the bracket or brace that opens at ``at`` holds a relation."""
    level = 0
    for token in p.tokens[at : at + _FAR]:
        level += (token.kind in ("open", "{")) - (token.kind in ("close", "}"))
        if token.kind == "op" and token.text in _SIGNS and level <= 2:
            return True
        if level <= 0:
            return False
    return False
