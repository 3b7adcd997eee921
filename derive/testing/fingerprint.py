"""What a question depends on, as a key: two parts with one key are the same question and are judged once.

A key never says less than there is: what has no value of its own to compare counts as itself alone, and the key keeps it
alive, so that no other object can take its place.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence, Set
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from functools import partial
from types import FunctionType
from typing import Any

import numpy as np

from derive.derivations.base import Derivation
from derive.notation.relation_latex import relation_latex

PLAIN = (str, bytes, int, float, complex, bool, Fraction, type(None))
JUDGING = ("judge", "like", "show", "typed")


@dataclass(frozen=True, eq=False)
class Itself:
    """An object that equals nothing but itself."""

    value: Any

    def __eq__(self, other: object) -> bool:
        """Whether it is the same object."""
        return isinstance(other, Itself) and other.value is self.value

    def __hash__(self) -> int:
        """The object's identity."""
        return id(self.value)


def fingerprint(value: Any) -> Hashable:
    """A key of a value: numbers, texts and containers by what they hold, functions by code and what they close over.

    >>> fingerprint({"b": [1, 2], "a": "x"}) == fingerprint({"a": "x", "b": [1, 2]})
    True
    >>> fingerprint([lambda: 1]) == fingerprint([lambda: 2])
    False
    """
    if isinstance(value, PLAIN):
        return type(value), value
    if isinstance(value, Derivation):
        return told_lines(value)
    if isinstance(value, Mapping):
        return dict, tuple(sorted(((str(k), fingerprint(v)) for k, v in value.items()), key=lambda pair: pair[0]))
    if isinstance(value, Set):
        return set, frozenset(map(fingerprint, value))
    if isinstance(value, np.ndarray):
        return np.ndarray, value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, Sequence):
        return type(value), tuple(map(fingerprint, value))
    if isinstance(value, FunctionType | partial):
        return _function(value)
    if is_dataclass(value) and not isinstance(value, type):
        return _record(value)
    return Itself(value)


def _record(value: Any) -> Hashable:
    """A record's class, its judging methods as they are now, and its fields."""
    kind = type(value)
    methods = tuple(Itself(m) for name in JUDGING if (m := getattr(kind, name, None)) is not None)
    return Itself(kind), methods, tuple((f.name, fingerprint(getattr(value, f.name))) for f in fields(value))


def _function(value: Any) -> Hashable:
    if isinstance(value, partial):
        return partial, fingerprint(value.func), fingerprint(value.args), fingerprint(value.keywords)
    try:
        held = tuple(cell.cell_contents for cell in value.__closure__ or ())
    except ValueError:  # a cell that is not filled yet
        return Itself(value)
    if any(isinstance(x, FunctionType) for x in held):  # may close over itself
        return Itself(value)
    globals_of = Itself(value.__globals__)
    return FunctionType, value.__code__, globals_of, fingerprint(value.__defaults__), tuple(map(fingerprint, held))


def told_lines(d: Derivation) -> Hashable:
    """A derivation by what its answer is read from: its lines, and how its names are declared and written."""
    lines = tuple(relation_latex(line.relation, d.page) for line in d.lines)
    named = tuple((n, s.shape, s.domain, s.latex) for n, s in d.symbols.items())
    rest = fingerprint([d.where, dict(d.style), d.facts, d.mode, [dict(s) for s in d.settings]])
    return d.name, lines, named, d.index_base, d.out_of_range, rest


def same_checks(d: Derivation) -> Hashable:
    """A derivation with its oracles: what its verification depends on."""
    oracles = [d.truth, d.whole, d.equality, d.elsewhere, d.general, d.boundary]
    return told_lines(d), d.form, fingerprint(oracles), tuple(map(same_checks, d.variants))
