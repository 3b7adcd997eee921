"""Programs: definitions in order, each an array given entry by entry. Time is an index like any other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.expr import Expr
from derive.calculus.substitute import free_letters, names


@dataclass(frozen=True, slots=True)
class Definition:
    """``name[letters] := body``; the letters carry their ranges."""

    name: str
    letters: tuple[Bound, ...]
    body: Expr


@dataclass(frozen=True)
class Program:
    """Definitions in order, and the shape of every array, inputs included."""

    definitions: tuple[Definition, ...]
    shapes: Mapping[str, tuple[Affine, ...]]
    functions: tuple[str, ...] = field(default=())

    @property
    def inputs(self) -> tuple[str, ...]:
        """The arrays that no definition gives."""
        defined = {d.name for d in self.definitions}
        return tuple(name for name in self.shapes if name not in defined)

    def definition(self, name: str) -> Definition | None:
        """The definition of an array, None for an input."""
        return self._defined.get(name)

    def uses(self, name: str) -> tuple[Definition, ...]:
        """The definitions that read an array."""
        return tuple(self._users.get(name, ()))

    @cached_property
    def fixed_letters(self) -> frozenset[Letter]:
        """The letters that mean one thing all over the program: dimensions and integer parameters."""
        sizes = {x for shape in self.shapes.values() for a in shape for x in a.letters}
        loose = {x for d in self.definitions for x in free_letters(d.body) - {b.letter for b in d.letters}}
        ends = {x for d in self.definitions for b in d.letters for a in (b.low, b.high) for x in a.letters}
        return frozenset(sizes | loose | ends)

    @cached_property
    def _defined(self) -> dict[str, Definition]:
        return {d.name: d for d in reversed(self.definitions)}

    @cached_property
    def _users(self) -> dict[str, list[Definition]]:
        found: dict[str, list[Definition]] = {}
        for d in self.definitions:
            for name in names(d.body):
                found.setdefault(name, []).append(d)
        return found
