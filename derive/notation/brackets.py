"""Brackets: groups, lists and intervals, sets, floors, moduli and norms, evaluation bars."""

from __future__ import annotations

from itertools import accumulate, pairwise

from derive.notation.commands import LISTS
from derive.notation.enumerated import built_set, written_out
from derive.notation.errors import NotRead, Unreadable
from derive.notation.lexer import Token
from derive.notation.pratt import Parser, plain
from derive.notation.tables import OTHERWISE, as_rows, listed_cases, rows_as_cases
from derive.notation.tree import (
    At,
    Builtin,
    Call,
    Constant,
    Indicator,
    Logic,
    Name,
    Node,
    Relation,
    Sequence,
    SetOf,
)

_OPENED, _CLOSED = {"]": "("}, {"[": ")", ".": "["}
_UNIONS = ("cup", "cap", "setminus")
_FAR = 500
_OPEN = "The bar opened here is never closed."
_DIVIDES = r" That one number divides another is written as a remainder: b \bmod a = 0."
_ROWS = LISTS - {"cases"} | {"array", "matrix"}


def group(p: Parser) -> Node:
    """What stands between braces, which are no part of the formula; one is expected here."""
    opening = p.expect("{", p.token)
    if p.accept("}"):
        if p.starts_factor():
            from derive.notation.factors import factor

            return factor(p)
        raise Unreadable("There is nothing between these braces.", opening.start)
    bars, p.bars = p.bars, 0
    node = p.expression()
    p.bars = bars
    p.expect("}", opening, "brace")
    return node


def items(p: Parser) -> tuple[Node, ...]:
    """Expressions with commas or semicolons between them."""
    return _parted(p)[0]


def _parted(p: Parser) -> tuple[tuple[Node, ...], list[str]]:
    """Expressions, and the commas and semicolons between them."""
    found, signs = [p.expression()], []
    while p.token.kind == "op" and p.token.text in (",", ";"):
        signs.append(p.take().text)
        if p.token.kind == "close" and len(found) == 1:
            return (Sequence(tuple(found), ""),), []  # (x,) is a list of one
        found.append(p.expression())
    return tuple(found), signs


def inside(p: Parser) -> tuple[Token, tuple[Node, ...], Token]:
    """A bracket with its items; nothing in it is ended by a bar outside."""
    opening, found, _, closing = _enclosed(p)
    return opening, found, closing


def _enclosed(p: Parser) -> tuple[Token, tuple[Node, ...], list[str], Token]:
    """A bracket with its items and the signs between them."""
    opening = p.take()
    bars, p.bars = p.bars, 0
    if p.token.kind == "close":
        raise Unreadable("There is nothing between these brackets.", opening.start)
    found, signs = _parted(p)
    p.bars = bars
    if p.token.kind == "bar" or (p.token.kind == "op" and p.token.text == ":"):
        raise Unreadable(
            "Conditions inside a bracket (after '|' or ':') are not read; please write the value out.",
            p.token.start,
        )
    return opening, found, signs, p.expect("close", opening)


def round_or_square(p: Parser) -> Node:
    """``(…)`` and ``[…]``: a group, a list, an interval, or in ``[]`` a condition that counts 1 or 0."""
    opening, found, signs, closing = _enclosed(p)
    span = (opening.start, closing.end)
    pair = opening.text + closing.text
    pair = pair if pair == "][" else _OPENED.get(pair[0], pair[0]) + _CLOSED.get(pair[-1], pair[-1])
    if closing.text not in ("(", ")", "[", "]", "."):
        raise Unreadable(
            f"The bracket '{opening.text}' opened here is closed by another kind of bracket.", opening.start
        )
    if len(found) == 1:
        return _single(found[0], pair, span)
    return as_rows(found, signs, span) or Sequence(found, pair, span=span)


def _single(node: Node, pair: str, span: tuple[int, int]) -> Node:
    if pair == "[]" and isinstance(node, Relation | Logic):
        return Indicator(node, span=span)
    if isinstance(node, Sequence) and not node.brackets:
        return Sequence(node.items, pair, span=span)
    if pair == "[]" and isinstance(node, Sequence) and node.brackets == "[]":
        return Sequence((node,), "[]", span=span)
    if pair not in ("()", "[]"):
        raise Unreadable("These two brackets do not belong together.", span[0])
    return node


def curly(p: Parser) -> Node:
    r"""``\\{…\\}``: a set, or a condition that counts 1 or 0; a curly bracket before rows starts cases."""
    if p.following().kind == "begin" and p.following().text in _ROWS:
        return rows_as_cases(p)
    if p.following().kind == "close" and p.following().text == r"\}":
        opening, closing = p.take(), p.take()
        return Constant("empty", span=(opening.start, closing.end))
    if _builds_set(p):
        return _set_builder(p)
    if _has_otherwise(p):
        return listed_cases(p)
    opening, found, closing = inside(p)
    if closing.text != r"\}":
        raise Unreadable("The curly bracket opened here is closed by another kind of bracket.", opening.start)
    span = (opening.start, closing.end)
    if len(found) == 1 and isinstance(found[0], Relation | Logic):
        return Indicator(found[0], span=span)
    return SetOf(written_out(found), span=span)


def _builds_set(p: Parser) -> bool:
    """Whether one colon or bar parts what stands in a curly bracket; or a letter's set stands before it."""
    if p.following().kind == "id" and p.following(2).kind == "op" and p.following(2).text == "in":
        return True
    level = bars = colons = 0
    for token in p.tokens[p.at : p.at + _FAR]:
        level += (token.kind in ("open", "{")) - (token.kind in ("close", "}"))
        bars += level == 1 and token.kind == "bar"
        colons += level == 1 and token.kind != "bar" and _such_that(token)
        if level == 0:
            return colons == 1 or (not colons and bars % 2 == 1)
    return False


def _has_otherwise(p: Parser) -> bool:
    """Whether the last of what a curly bracket lists is said to hold otherwise."""
    level = 0
    for token in p.tokens[p.at : p.at + _FAR]:
        level += (token.kind in ("open", "{", "begin")) - (token.kind in ("close", "}", "end"))
        if level == 0:
            return False
        if level == 1 and token.kind == "word" and token.text in OTHERWISE:
            return True
    return False


def _such_that(token: Token) -> bool:
    return token.kind == "bar" or (token.kind == "op" and token.text == ":")


def _set_builder(p: Parser) -> Node:
    r"""``\\{x : 0 < x \\le 1\\}``: the condition that an element meets; or whole numbers, written out."""
    opening = p.take()
    bars, p.bars = p.bars, p.bars + 1
    element = p.expression()
    p.bars = bars
    if not _such_that(p.token):
        raise Unreadable("The condition of this set is missing, as in {x : 0 < x < 1}.", p.token.start)
    p.take()
    conditions = items(p)
    closing = p.expect("close", opening)
    if closing.text == r"\}" and (found := built_set(element, conditions, (opening.start, closing.end))) is not None:
        return found
    if closing.text != r"\}" or not all(isinstance(c, Relation | Logic) for c in conditions):
        raise NotRead("This set is not read; please write an interval or list its elements.", opening.start)
    if not isinstance(element, Name | Relation):
        raise NotRead("This set is not read; please list its elements.", opening.start)
    kept = conditions
    if isinstance(element, Relation) and element.operands[-1] != Constant("reals"):
        kept = (element, *conditions)
    alone = len(kept) == 1 and not (isinstance(kept[0], Relation) and kept[0].ops == ("=",))
    return kept[0] if alone else Logic("and", kept, span=(opening.start, closing.end))


def floors(p: Parser) -> Node:
    """Rounding down and up."""
    opening, found, closing = inside(p)
    if closing.text != opening.text or len(found) != 1:
        raise Unreadable(f"The {opening.text} bracket opened here is not closed by its partner.", opening.start)
    return Call(Builtin(opening.text), (plain(found[0]),), span=(opening.start, closing.end))


def angle(p: Parser) -> Node:
    """``⟨x, y⟩``, the inner product."""
    opening, found, closing = inside(p)
    if [t.text for t in p.tokens[p.at : p.at + 4]] == ["_", "{", "F", "}"]:
        p.at += 4
    if closing.text != "<" or len(found) != 2:
        raise Unreadable("Angle brackets are read around two things, as an inner product.", opening.start)
    return Call(Builtin("dot"), found, span=(opening.start, closing.end))


def bar(p: Parser) -> Node:
    r"""A modulus or a norm: which bar opens is told by ``\\left``, or by standing where a factor starts."""
    opening = p.take()
    double = opening.text == "||"
    if (
        not double
        and p.token.kind == "bar"
        and p.token.text == "|"
        and p.token.start == opening.end
        and p.token.side != "left"
    ):
        p.take()
        return _closed(p, opening, "norm", 2)
    return _closed(p, opening, "norm" if double else "abs", 1)


def _closed(p: Parser, opening: Token, function: str, width: int) -> Node:
    bars, p.bars = p.bars, p.bars + 1
    follows = p.at > width and p.tokens[p.at - width - 1].kind in ("id", "num", "close", "}")
    node = plain(p.expression())
    for _ in range(width):
        if p.token.kind != "bar" or p.token.text != opening.text:
            raise Unreadable(_OPEN + (_DIVIDES if follows else ""), opening.start)
        p.take()
    p.bars = bars
    args = (node, *_order(p)) if function == "norm" else (node,)
    return Call(Builtin(function), args, span=p.span_from(opening.start))


def _order(p: Parser) -> tuple[Node, ...]:
    """Which norm, from a subscript that may also stand after the exponent."""
    from derive.notation.spellings import scripts_swapped

    if p.token.kind == "^":
        swapped = scripts_swapped(p.tokens, p.at - 1)
        if swapped is not None:
            p.tokens[p.at - 1 : p.at - 1 + len(swapped)] = swapped
    if not p.accept("_"):
        return ()
    if p.following().kind == "op" and p.following().text == "*" and p.following(2).kind == "}":
        token = p.tokens[p.at + 1]
        p.at += 3
        return (Constant("nuclear", span=(token.start, token.end)),)
    return (group(p),)


def at_bar(p: Parser) -> Node:
    r"""``\\left. … \\right|_{x=0}``: an expression at a point."""
    opening = p.take()
    bars, p.bars = p.bars, p.bars + 1
    node = p.expression()
    p.bars = bars
    if p.accept("close", "."):
        return node
    if p.token.kind != "bar":
        raise Unreadable("The bracket opened here is never closed.", opening.start)
    return evaluated(p, node)


def evaluated(p: Parser, node: Node) -> Node:
    """The bar and the point behind a node."""
    p.take()
    if not p.accept("_"):
        raise Unreadable("After this bar the point is missing, as in |_{x=0}.", p.token.start)
    return At(plain(node), group(p), span=p.span_from(node.span[0]))


def turned_brackets(tokens: list[Token]) -> None:
    """Where square brackets do not pair as they stand, those turned outwards open and close: ``]0, 1[``."""
    square = [t for t in tokens if t.kind in ("open", "close") and t.text in "[]"]
    depth = [0, *accumulate(1 if t.kind == "open" else -1 for t in square)]
    mixed = any(t.kind in ("open", "close") and t.text in "()" for t in tokens)
    outwards = any(a.text == "[" and a.kind == "open" and b.text in _UNIONS for a, b in pairwise(tokens))
    if not outwards and (mixed or depth[-1] == min(depth) == 0):
        return
    stack: list[bool] = []
    for token, after in pairwise(tokens):
        if token.kind == "op" and token.text == "," and stack:
            stack[-1] = True
        elif token.text == "]" and token.kind == "close" and not stack:
            token.kind = "open"
        elif token.text == "[" and stack and stack[-1] and after.kind in ("eof", "op", "close"):
            token.kind = "close"
        if token.kind == "open":
            stack.append(False)
        elif token.kind == "close" and stack:
            stack.pop()
