"""Programs: definitions in order, each an array given entry by entry. Time is an index like any other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from derive.calculus.affine import Affine
from derive.calculus.atoms import Bound
from derive.calculus.expr import Expr
from derive.calculus.substitute import names


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
        return next((d for d in self.definitions if d.name == name), None)

    def uses(self, name: str) -> tuple[Definition, ...]:
        """The definitions that read an array."""
        return tuple(d for d in self.definitions if name in names(d.body))
