"""Expressions up to the names of their letters: what the evaluator may compute once."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import fields, is_dataclass
from functools import cache

from derive.calculus.affine import Affine, Letter
from derive.calculus.expr import Expr


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind) if f.name != "_hash")


def pattern(value: Expr) -> tuple[Hashable, tuple[Letter, ...]]:
    """The expression with its letters numbered in order of appearance, and those letters.

    >>> from derive.calculus.expr import entry
    >>> pattern(entry("A", "i", "j"))[0] == pattern(entry("A", "k", "l"))[0]
    True
    """
    seen: dict[Letter, int] = {}
    return _shape(value, seen), tuple(seen)


def _shape(value: object, seen: dict[Letter, int]) -> Hashable:
    if isinstance(value, Affine):
        return tuple((tuple(seen.setdefault(x, len(seen)) for x in m), c) for m, c in value.terms)
    if isinstance(value, Letter):
        return seen.setdefault(value, len(seen))
    if isinstance(value, tuple):
        return tuple([_shape(v, seen) for v in value])
    if is_dataclass(value) and not isinstance(value, type):
        kind: type = type(value)
        return (kind.__name__, *[_shape(getattr(value, name), seen) for name in _field_names(kind)])
    assert isinstance(value, Hashable)
    return value
