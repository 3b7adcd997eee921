"""Environments: cases, matrices, and rows behind a curly bracket."""

from __future__ import annotations

from derive.notation.errors import Unreadable
from derive.notation.lexer import Token
from derive.notation.pratt import Parser, plain
from derive.notation.tree import Builtin, Call, Cases, Logic, Matrix, Node, Piece, Row

_IF = frozenset({"if", "for", "when", "where", "if and only if", "whenever", "provided", "and"})
OTHERWISE = frozenset({"otherwise", "else", "elsewhere", "otw", "if otherwise", "for all other", "other",
    "sonst", "ansonsten", "andernfalls", "sinon", "autrement", "en otro caso", "caso contrario", "altrimenti",
    "anders"})  # fmt: skip


def environment(p: Parser) -> Node:
    """The environment that begins here."""
    opening = p.take()
    if opening.text in ("cases", "rcases", "dcases"):
        node: Node = cases(p, opening)
    else:
        node = matrix(p, opening)
    _ended(p, opening)
    node = Call(Builtin("det"), (node,)) if opening.text == "vmatrix" else node
    return _respanned(node, p, opening)


def _respanned(node: Node, p: Parser, opening: Token) -> Node:
    from dataclasses import replace

    return replace(node, span=p.span_from(opening.start))


def _ended(p: Parser, opening: Token) -> None:
    closing = p.token
    if closing.kind != "end":
        if closing.kind == "eof":
            raise Unreadable(f"The environment '{opening.text}' begun here is never ended.", opening.start)
        raise p.unexpected()
    if closing.text != opening.text:
        raise Unreadable(f"'{opening.text}' is begun, but '{closing.text}' is ended here.", closing.start)
    p.take()


def matrix(p: Parser, opening: Token) -> Matrix:
    """Rows of cells."""
    rows: list[Row] = []
    while p.token.kind != "end":
        cells = [plain(p.expression())]
        while p.accept("amp"):
            cells.append(plain(p.expression()))
        rows.append(Row(tuple(cells), span=(cells[0].span[0], cells[-1].span[1])))
        if not p.accept("row"):
            break
    if len({len(row.cells) for row in rows}) != 1:
        raise Unreadable("The rows of this matrix do not all have the same number of entries.", opening.start)
    return Matrix(tuple(rows))


def cases(p: Parser, opening: Token) -> Cases:
    """Values with their conditions, a line each."""
    pieces: list[Piece] = []
    while p.token.kind != "end":
        pieces.append(_piece(p))
        if not p.accept("row"):
            break
    if not pieces:
        raise Unreadable("There are no cases here.", opening.start)
    return Cases(tuple(pieces))


def _piece(p: Parser) -> Piece:
    start = p.token.start
    value = plain(p.expression())
    _skip(p, ",")
    p.accept("amp")
    condition = _condition(p)
    _skip(p, ",")
    _skip(p, ".")
    return Piece(value, condition, span=p.span_from(start))


def _skip(p: Parser, sign: str) -> None:
    while p.token.kind == "op" and p.token.text in (sign, ";"):
        p.take()


def _condition(p: Parser) -> Node | None:
    """A condition, its "if" left out; "otherwise" and an empty place are none."""
    while p.token.kind == "word" and p.token.text in _IF:
        p.take()
    if p.token.kind == "word" and p.token.text in OTHERWISE:
        p.take()
        return None
    if p.token.kind in ("row", "end", "eof", "close") or (p.token.kind == "op" and p.token.text in (",", ".")):
        return None
    parts = [p.expression()]
    while p.token.kind == "op" and p.token.text == "," and p.following().kind not in ("row", "end"):
        p.take()
        parts.append(p.expression())
    return parts[0] if len(parts) == 1 else Logic("and", tuple(parts))


def rows_as_cases(p: Parser) -> Node:
    r"""``\\left\\{\\begin{array}… \\right.``: cases by another name."""
    curly = p.take()
    opening = p.take()
    node = cases(p, opening)
    _ended(p, opening)
    p.expect("close", curly)
    return _respanned(node, p, curly)


def listed_cases(p: Parser) -> Node:
    """``{ a , x > 0 ; b , otherwise }``: cases on one line."""
    curly = p.take()
    pieces: list[Piece] = []
    while p.token.kind != "close":
        pieces.append(_piece(p))
    p.take()
    return _respanned(Cases(tuple(pieces)), p, curly)


def as_rows(found: tuple[Node, ...], signs: list[str], span: tuple[int, int]) -> Matrix | None:
    """The matrix whose rows are parted by ``;``; None where they hold one number each, or not equally many."""
    rows = [[found[0]]]
    for sign, item in zip(signs, found[1:], strict=True):
        if sign == ";":
            rows.append([])
        rows[-1].append(item)
    widths = {len(row) for row in rows}
    if ";" not in signs or len(widths) > 1 or 1 in widths:
        return None
    return Matrix(tuple(Row(tuple(map(plain, row))) for row in rows), span=span)
