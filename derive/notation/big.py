"""Sums, products, maxima and minima: their bound letters, bounds and conditions, and the body."""

from __future__ import annotations

from derive.notation.errors import Unreadable
from derive.notation.lexer import Token, behind_braces
from derive.notation.pratt import LEVELS, LOOSE, SUM, Parser, plain
from derive.notation.tree import (
    Add,
    Big,
    Binder,
    Builtin,
    Call,
    Constant,
    Index,
    Logic,
    Name,
    Neg,
    Node,
    Number,
    Product,
    Relation,
    Sequence,
    SetOf,
    Span,
)
from derive.notation.under import below_sign
from derive.notation.walk import children, walk

_FAR = 500
_ORDERED = frozenset({"<", "<="})


def big(p: Parser) -> Node:
    r"""``\\sum`` or ``\\prod`` with what stands below, above and behind it."""
    token = p.take()
    return big_after(p, token.text, token.start)


def big_after(p: Parser, op: str, start: int) -> Node:
    """The limits and the body of an operator whose sign has been passed."""
    below: list[Node] = []
    upper: Node | None = None
    scope = len(p.bound)
    while p.token.kind in ("_", "^"):
        if p.take().kind == "_":
            below = below_sign(p)
        else:
            upper = _above(p)
    del p.bound[scope:]
    binders, conditions = _bind(p, below, upper)
    p.bound.extend(b.letter.name for b in binders)
    if not (p.starts_factor() or (p.token.kind == "op" and p.token.text in ("-", "+"))):
        raise Unreadable("There is nothing after this sum, product or maximum.", start)
    body = plain(p.expression(LOOSE))
    if op == "sum" and p.level()[0] == SUM and _is_left_open(p, binders):
        body = _carried_on(p, body, binders)
    if "e" in p.bound[scope:] and not p.declared.is_known("e") and _stands_free("e", body):
        raise Unreadable("Here e may be Euler's number: sum over another letter.", start)
    del p.bound[scope:]
    if not binders and isinstance(body, Sequence) and (called := over_letters(p, op, body.items, p.span_from(start))):
        return called
    if not binders and not conditions:
        binders = _only_letter(p, body)
    return Big(op, tuple(binders), tuple(conditions), body, span=p.span_from(start))


def _only_letter(p: Parser, body: Node) -> list[Binder]:
    r"""What ``\sum x_i`` runs over: the only index in it that means nothing else."""
    slots = [s for n in walk(body) if isinstance(n, Index) for s in n.slots]
    found = {n.name: n for s in slots for n in walk(s) if isinstance(n, Name) and not _in_scope(p, n)}
    return [Binder(n, span=n.span) for n in found.values()] if len(found) == 1 else []


def over_letters(p: Parser, op: str, args: tuple[Node, ...], span: Span) -> Big | None:
    """``sum(w_i x_i, i)``: over all of every letter behind the body that nothing declares; None where others stand there."""
    letters = [a for a in args[1:] if isinstance(a, Name) and not _in_scope(p, a)]
    if not letters or len(letters) < len(args) - 1:
        return None
    return Big(op, tuple(Binder(x, span=x.span) for x in letters), (), args[0], span=span)


def _carried_on(p: Parser, body: Node, binders: list[Binder]) -> Node:
    """A sum without brackets whose letter stands behind the next plus, too: it means nothing there but inside the sum."""
    body = p.chain(body, SUM)
    letters = [b.letter.name for b in binders]
    last = body.terms[-1] if isinstance(body, Add) else body
    if not any(isinstance(n, Name) and n.name in letters for n in walk(last)):
        raise Unreadable(
            f"Does this belong to the sum over {letters[0]}? Put brackets round all that the sum adds up.", last.span[0]
        )
    return body


def _is_left_open(p: Parser, binders: list[Binder]) -> bool:
    """Whether a bound letter that means nothing else stands in the terms behind the sum's end."""
    letters = {b.letter.name for b in binders if not _in_scope_before(p, b)}
    level, at = 0, p.at
    while at < min(p.at + _FAR, len(p.tokens)):
        token = p.tokens[at]
        level += (token.kind in ("{", "open")) - (token.kind in ("}", "close"))
        if level < 0 or (level == 0 and _ends_terms(p, token)):
            return False
        if token.kind in ("cmd", "word") and p.tokens[min(at + 1, len(p.tokens) - 1)].kind == "_":
            end = behind_braces(p.tokens, at + 2) or len(p.tokens)
            if any(_names(t, letters) for t in p.tokens[at + 2 : end]):
                return False
            at = end - 1
        elif _names(token, letters):
            return True
        at += 1
    return False


def _names(token: Token, letters: set[str]) -> bool:
    return token.kind == "id" and token.text.lstrip("\\") in letters


def _ends_terms(p: Parser, token: Token) -> bool:
    """Whether a run of terms ends here: at a relation, a comma, a closing bar, a new row."""
    if token.kind == "op":
        return token.text != "!" and LEVELS.get(token.text, 0) < SUM
    return token.kind in ("row", "eof") or (token.kind == "bar" and p.bars > 0)


def _in_scope_before(p: Parser, binder: Binder) -> bool:
    name = binder.letter.name
    return p.declared.is_known(name) or p.bound.count(name) > 1


def _above(p: Parser) -> Node:
    from derive.notation.brackets import group

    return group(p)


def _stands_free(name: str, node: Node) -> bool:
    """Whether a name stands somewhere that is no index."""
    todo = [node]
    while todo:
        part = todo.pop()
        if part == Name(name):
            return True
        todo += [part.base] if isinstance(part, Index) else children(part)
    return False


def _bind(p: Parser, below: list[Node], upper: Node | None) -> tuple[list[Binder], list[Node]]:
    """The bound letters with their bounds, and the conditions that are left."""
    below = _flat(below)
    listed = _listed(below)
    if listed is not None:
        return [listed], []
    if upper is not None and (started := _started(below, upper)) is not None:
        return [started], []
    binders: list[Binder] = []
    conditions: list[Node] = []
    waiting: list[Name] = []
    for item in below:
        found = _binder(p, item, upper, binders)
        if isinstance(item, Name):
            waiting.append(item)
        elif found is not None:
            binders += [Binder(n, found.lower, found.upper, span=n.span) for n in waiting] + [found]
            waiting = []
        else:
            conditions.append(item)
    binders += [Binder(n, None, upper, span=n.span) for n in waiting]
    return _completed(p, binders, conditions, upper), conditions


def _flat(below: list[Node]) -> list[Node]:
    """Conditions joined by "and" count one by one."""
    return [
        part for item in below for part in (item.operands if isinstance(item, Logic) and item.op == "and" else (item,))
    ]


def _listed(below: list[Node]) -> Binder | None:
    """``i=1,…,n``."""
    if len(below) == 3 and below[1] == Constant("dots") and isinstance(below[0], Relation):
        letter, lower = below[0].operands[0], below[0].operands[-1]
        if isinstance(letter, Name):
            return Binder(letter, lower, below[2], span=below[0].span)
    return None


def _started(below: list[Node], upper: Node) -> Binder | None:
    """``k > n/2`` alone below, with the end above."""
    match below:
        case [Relation((Name() as letter, lower), (">" | ">=" as op,)) as item]:
            return Binder(letter, _inside(lower, op.replace(">", "<"), 1), upper, span=item.span)
    return None


def _binder(p: Parser, item: Node, upper: Node | None, binders: list[Binder]) -> Binder | None:
    """A binder with bounds, from ``j=1`` or ``0≤j<i``."""
    if not isinstance(item, Relation):
        return None
    operands, ops = item.operands, item.ops
    if ops == ("in",) and isinstance(operands[0], Name) and not _in_scope(p, operands[0]):
        return _among(p, operands[0], operands[1], item)
    if ops == ("=",) and isinstance(operands[0], Name):
        return Binder(operands[0], operands[1], upper, span=item.span)
    if len(ops) == 2 and set(ops) <= _ORDERED and isinstance(operands[1], Name) and not _in_scope(p, operands[1]):
        lower, last = (_inside(o, op, side) for o, op, side in ((operands[0], ops[0], 1), (operands[2], ops[1], -1)))
        if not _free_letters(p, operands[0]) and not _free_letters(p, operands[2]):
            return Binder(operands[1], lower, last, span=item.span)
    return None


def _among(p: Parser, letter: Name, right: Node, item: Node) -> Binder | None:
    r"""``k \in \{1, 2, …, n\}``, and ``k \in [n]`` for every index up to a size."""
    match right:
        case SetOf((Number() as first, *more, Constant("dots"), last)) if more in ([], [_next(first)]):
            return Binder(letter, first, last, span=item.span)
        case Name() | Number() | Add() | Product() if not _free_letters(p, right):
            base = p.declared.index_base
            last = right if base else _shifted(right, Neg(Number("1")))
            return Binder(letter, Number(str(base)), last, span=item.span)
    return None


def _next(first: Number) -> Node:
    return Number(str(int(first.value) + 1))


def _inside(end: Node, op: str, side: int) -> Node:
    """The first whole number inside the end of an inequality: ``k > n/2`` starts at the floor of n/2, plus 1."""
    strict = op == "<"
    if any(isinstance(n, Product) and "/" in n.ops for n in walk(end)):
        end = Call(Builtin("floor" if strict == (side > 0) else "ceil"), (end,), span=end.span)
    return _shifted(end, Number("1") if side > 0 else Neg(Number("1"))) if strict else end


def _shifted(node: Node, by: Node) -> Node:
    terms = node.terms if isinstance(node, Add) else (node,)
    return Add((*terms, by), span=node.span)


def _in_scope(p: Parser, name: Name) -> bool:
    return name.name in p.bound or p.declared.is_known(name.name)


def _free_letters(p: Parser, node: Node) -> list[Name]:
    return [n for n in walk(node) if isinstance(n, Name) and not _in_scope(p, n)]


def _completed(p: Parser, binders: list[Binder], conditions: list[Node], upper: Node | None) -> list[Binder]:
    """Binders also for the letters that occur only in conditions: the unknown ones, or else the first."""
    taken = {b.letter.name for b in binders}
    for condition in conditions:
        for name in _free_letters(p, condition):
            if name.name not in taken:
                taken.add(name.name)
                binders.append(Binder(name, None, upper, span=name.span))
    if conditions and not binders:
        first = next((n for n in walk(conditions[0]) if isinstance(n, Name)), None)
        if first is not None:
            binders.append(Binder(first, None, upper, span=first.span))
    return binders
