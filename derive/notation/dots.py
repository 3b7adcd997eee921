r"""Sums and products written with dots, ``x_1+x_2+\dots+x_n``, as sums and products over a letter.

The terms that are written say what the general term is: the last one with its number replaced by a letter. It is
taken only where it gives every written term, at numbers that follow one another, and where no other does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import isclose
from zlib import crc32

from derive.notation.declare import Declarations
from derive.notation.tree import Add, Big, Binder, Builtin, Call, Constant, Name, Neg, Node, Number, Power, Product
from derive.notation.walk import mapped, walk

DOTS = Constant("dots")
EXTREMES = ("max", "min")
STARTS = tuple(Number(str(k)) for k in range(4))
LETTERS = "klmijstuvpq"
TERMS = {"sum": Add, "prod": Product}
MOST_PLACES = 4
MOST_NODES = 60


def without_dots(node: Node, declared: Declarations) -> Node:
    """The tree with every run of terms that dots stand in as one sum, product or extreme over a letter."""
    return mapped(node, lambda n: _replaced(n, declared))


def _replaced(node: Node, declared: Declarations) -> Node | None:
    match node:
        case Add(terms) if any(_is_dots(t) for t in terms):
            return _run(node, terms, "sum", declared)
        case Product(factors, ops) if any(_is_dots(t) for t in factors) and not set(ops) - {"", "cdot", "times", "*"}:
            return _run(node, factors, "prod", declared)
        case Call(Builtin(name), args) if name in EXTREMES and DOTS in args:
            return _run(node, args, name, declared)
    return None


def _is_dots(node: Node) -> bool:
    return node == DOTS or (isinstance(node, Neg) and node.arg == DOTS)


def _run(node: Node, items: Sequence[Node], op: str, declared: Declarations) -> Node | None:
    """The items before, the sum, and the items after; None where nothing gives the written items."""
    (at, *more) = (k for k, t in enumerate(items) if _is_dots(t))
    if more or not 0 < at < len(items) - 1:
        return None
    before, after = items[:at], items[at + 1 :]
    letter = _letter(node, declared)
    for skipped, left in _splits(before, after):
        first, last = before[skipped:], after[: len(after) - left]
        found = _general(first, last, letter) or _general(last[::-1], first[::-1], letter)
        apart = (*before[:skipped], *after[len(after) - left :])
        if found is not None and not any(_belongs(item, found[0], letter) for item in apart):
            body, low, high = found
            big = Big(op, (Binder(letter, low, high, span=node.span),), (), body, span=node.span)
            return _joined(node, op, (*before[:skipped], big, *after[len(after) - left :]))
    return None


def _splits(before: Sequence[Node], after: Sequence[Node]) -> Iterator[tuple[int, int]]:
    """How many items at either end may be no part of the run, fewest first; a number behind it is ambiguous."""
    for left in range(len(after)):
        if left and not any(isinstance(n, Name) for n in walk(after[len(after) - left])):
            return
        for skipped in range(len(before)):
            yield skipped, left


def _belongs(item: Node, body: Node, letter: Name) -> bool:
    """Whether an item that would stand apart is itself of the general form, so that a number was left out."""
    own = value_of(item, {})
    starts = [value_of(n, {}) for n in (*_numbers(item), *STARTS)]
    return any(isclose(value_of(body, {letter.name: s}), own, rel_tol=1e-9) for s in starts)


def _joined(node: Node, op: str, items: tuple[Node, ...]) -> Node:
    if len(items) == 1:
        return items[0]
    if op == "sum":
        return Add(items, span=node.span)
    if op == "prod":
        return Product(items, ("cdot",) * (len(items) - 1), span=node.span)
    return Call(Builtin(op), items, span=node.span)


def _letter(node: Node, declared: Declarations) -> Name:
    taken = {n.name for n in walk(node) if isinstance(n, Name)}
    return Name(next(x for x in (*LETTERS, "kk") if x not in taken and not declared.is_known(x)))


def _general(first: Sequence[Node], last: Sequence[Node], letter: Name) -> tuple[Node, Node, Node] | None:
    """The general term with its first and last number."""
    found: list[tuple[tuple[float, ...], tuple[Node, Node, Node]]] = []
    for high, body in _candidates(last[-1], letter, len(first) + len(last) > 2):
        for low in dict.fromkeys((*_numbers(first[0]), *STARTS)):
            if _gives(body, letter, low, high, first, last):
                found.append((_values(body, letter, low), (body, low, high)))
    if not found or any(not _close(value, found[0][0]) for value, _ in found):
        return None
    return found[0][1]


def _candidates(term: Node, letter: Name, many: bool) -> Iterator[tuple[Node, Node]]:
    """A number in the last term, and that term with the letter in some of its places."""
    nodes = list(walk(term))
    if len(nodes) > MOST_NODES:
        return
    kinds = (Name, Add, Number, Product, Power) if many else (Name, Add)
    for high in dict.fromkeys(n for n in nodes if isinstance(n, kinds) and _is_whole(n)):
        count = sum(n == high for n in nodes)
        for size in range(1, min(count, MOST_PLACES) + 1):
            for chosen in combinations(range(min(count, MOST_PLACES)), size):
                body = _put(term, high, letter, chosen)
                yield high, body
                if many:
                    yield from ((high, other) for other in _falling(body, high, letter))


def _falling(body: Node, high: Node, letter: Name) -> Iterator[Node]:
    """The general term where another number falls as the letter grows: ``b^k x_{n-k}`` from ``b^{n-1} x_1``."""
    for number in dict.fromkeys(n for n in walk(body) if isinstance(n, Number) and n != high):
        yield _put(body, number, Add((high, number, Neg(letter))), (0,))


def _is_whole(node: Node) -> bool:
    """Whether it may be a whole number, by its look."""
    return not any(isinstance(n, Number) and n.is_decimal for n in walk(node)) and not (
        isinstance(node, Product) and "/" in node.ops
    )


def _put(term: Node, high: Node, letter: Node, chosen: tuple[int, ...]) -> Node:
    seen = -1

    def change(node: Node) -> Node | None:
        nonlocal seen
        if node != high:
            return None
        seen += 1
        return letter if seen in chosen else node

    return mapped(term, change)


def _numbers(term: Node) -> Iterator[Node]:
    return (n for n in walk(term) if isinstance(n, Name | Number | Add) and _is_whole(n))


def _gives(body: Node, letter: Name, low: Node, high: Node, first: Sequence[Node], last: Sequence[Node]) -> bool:
    """Whether the general term is every written term, from the first number on and up to the last."""
    start, end = value_of(low, {}), value_of(high, {})
    ups = ((start + k, t) for k, t in enumerate(first))
    downs = ((end - k, t) for k, t in enumerate(reversed(last)))
    return start != end and all(
        isclose(value_of(body, {letter.name: at}), value_of(t, {}), rel_tol=1e-9) for at, t in (*ups, *downs)
    )


def _values(body: Node, letter: Name, low: Node) -> tuple[float, ...]:
    start = value_of(low, {})
    return tuple(value_of(body, {letter.name: start + k}) for k in range(4))


def _close(a: Sequence[float], b: Sequence[float]) -> bool:
    return all(isclose(x, y, rel_tol=1e-9) for x, y in zip(a, b, strict=True))


def value_of(node: Node, at: dict[str, float]) -> float:
    """A number that stands for a tree: equal for equal trees, and for those that arithmetic makes equal.

    >>> x = Name("x")
    >>> value_of(Power(x, Number("1")), {}) == value_of(x, {})
    True
    """
    match node:
        case Number(text):
            return float(text)
        case Name(name):
            return at.get(name, _hashed(name))
        case Neg(arg):
            return -value_of(arg, at)
        case Add(terms):
            return sum(value_of(t, at) for t in terms)
        case Power(base, exponent):
            return _power(value_of(base, at), value_of(exponent, at))
        case Product(factors, ops) if not set(ops) - {"", "cdot", "times", "*", "/"}:
            return _product([value_of(f, at) for f in factors], ops)
    from derive.notation.walk import children

    return _hashed(f"{type(node).__name__} {getattr(node, 'name', '')}", *(value_of(c, at) for c in children(node)))


def _product(values: Sequence[float], ops: Sequence[str]) -> float:
    result = values[0]
    for op, value in zip(ops, values[1:], strict=True):
        if op == "/" and value == 0:
            return _hashed("/", result)
        result = result / value if op == "/" else result * value
    return result


def _power(base: float, exponent: float) -> float:
    if (base < 0 and exponent % 1) or (base == 0 and exponent < 0) or abs(exponent) > 60 or abs(base) > 1e9:
        return _hashed("^", base, exponent)
    return float(base**exponent)


def _hashed(*parts: str | float) -> float:
    """A number between 1 and 2 that only these parts have."""
    word = " ".join(p if isinstance(p, str) else f"{p:.9e}" for p in parts)
    return 1 + crc32(word.encode()) / 2**32
