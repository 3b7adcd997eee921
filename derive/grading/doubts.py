"""Notations with a second reading: where only the second one is right, a student is asked which of them is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from derive.notation.tree import Add, Builtin, Call, Node, Number, Product
from derive.notation.walk import mapped, walk

Change = Callable[[Node], Node | None]
MIXED = "Is this a mixed number, or a product? Please write the plus sign or the times sign."
LENGTH = r"Is this the length of a vector, or are its entries meant? Please write the length as \|…\|."
BASE = r"Is this number the base of the logarithm? Please write it below, as in \log_2."


def other_readings(node: Node) -> Iterator[tuple[Node, str, int]]:
    """What a formula may also mean, with the question that tells and where it arises."""
    for change, question in ((_mixed, MIXED), (_length, LENGTH), (_base, BASE)):
        first = next((n for n in walk(node) if change(n) is not None), None)
        if first is not None:
            yield mapped(node, change), question, first.span[0]


def _mixed(node: Node) -> Node | None:
    r"""``2 \frac13`` as a sum, alone or as a factor."""
    if not isinstance(node, Product):
        return None
    parts = list(zip(pairwise(node.factors), node.ops, strict=True))
    at = next((k for k, ((a, b), op) in enumerate(parts) if not op and _is_mixed(a, b)), None)
    if at is None:
        return None
    whole = Add(node.factors[at : at + 2], span=node.span)
    factors = (*node.factors[:at], whole, *node.factors[at + 2 :])
    return Product(factors, node.ops[:at] + node.ops[at + 1 :], span=node.span) if len(factors) > 1 else whole


def _is_mixed(whole: Node, part: Node) -> bool:
    match whole, part:
        case Number(w), Product((Number(a), Number(b)), ("/",)):
            return w.isdigit() and a.isdigit() and b.isdigit() and int(a) < int(b)
    return False


def _length(node: Node) -> Node | None:
    """``|a - b|`` as a norm; what is called by name means the entries."""
    match node:
        case Call(Builtin("abs") as bars, (only,), ()) if bars.span == (0, 0):
            return Call(Builtin("norm"), (mapped(only, _length),), span=node.span)
    return None


def _base(node: Node) -> Node | None:
    r"""``\log2(x)`` to the base 2: the number touches the name."""
    match node:
        case Call(Builtin("log") as log, (Product((Number("2" | "10") as base, *rest), ("", *ops)),), ()):
            inner = rest[0] if len(rest) == 1 else Product(tuple(rest), tuple(ops), span=node.span)
            return Call(log, (inner, base), span=node.span) if base.span[0] == log.span[1] else None
    return None
