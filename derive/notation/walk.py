"""Walking a syntax tree, without recursion, and splitting index slots."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

from derive.notation.tree import Index, Name, Node, Number, Product, Slice

_NAMES: dict[type[Node], tuple[str, ...]] = {}


def _field_names(kind: type[Node]) -> tuple[str, ...]:
    names = _NAMES.get(kind)
    if names is None:
        names = _NAMES[kind] = tuple(f.name for f in fields(kind) if f.name not in ("span", "latex", "mark"))
    return names


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below.

    >>> from derive.notation.tree import Name, Product
    >>> [c.name for c in children(Product((Name("W"), Name("x")), ("",)))]
    ['W', 'x']
    """
    for name in _field_names(type(node)):
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, Node))


def walk(node: Node) -> Iterator[Node]:
    """Every node of the tree, parents first, without recursion."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(tuple(children(node))))


def mapped(node: Node, change: Callable[[Node], Node | None]) -> Node:
    """The tree with every topmost node for which ``change`` gives another in its place."""
    new = change(node)
    if new is not None:
        return new
    put: dict[str, Any] = {}
    for name in _field_names(type(node)):
        value = getattr(node, name)
        if isinstance(value, Node):
            put[name] = mapped(value, change)
        elif isinstance(value, tuple):
            put[name] = tuple(mapped(item, change) if isinstance(item, Node) else item for item in value)
    return replace(node, **put)


def depth(node: Node) -> int:
    """How many nodes the longest branch has."""
    level, deepest = [node], 0
    while level:
        deepest += 1
        level = [child for parent in level for child in children(parent)]
    return deepest


def split_slots(slots: tuple[Node, ...], rank: int) -> tuple[Node, ...]:
    """Index slots for a base of known rank: ``A_{ij}`` has two slots if A is a matrix, ``A_{12}`` too.

    >>> from derive.notation.tree import Name
    >>> i, j = Name("i"), Name("j")
    >>> split_slots((Product((i, j), ("",)),), 2) == (i, j)
    True
    >>> len(split_slots((Product((i, j), ("",)),), 1))
    1
    """
    if len(slots) != 1 or rank < 2:
        return slots
    only = slots[0]
    if isinstance(only, Product) and len(only.factors) == rank and not any(only.ops):
        return only.factors
    if isinstance(only, Number) and len(only.text) == rank and only.text.isdigit():
        return tuple(Number(d, span=only.span) for d in only.text)
    return slots


def numbered(node: Node, slots: int) -> Iterator[str]:
    """The names that stand in a tree with so many numbers: ``X`` in ``X_i`` and ``X_{i,:}`` for one."""
    for part in walk(node):
        match part:
            case Index(base=Name(name=name), slots=found) if sum(not isinstance(s, Slice) for s in found) == slots:
                yield name
