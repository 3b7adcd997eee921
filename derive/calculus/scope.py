"""What letters and names are worth while an expression is evaluated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as default
from typing import Any

import numpy as np

from derive.calculus.affine import Affine, Letter
from derive.calculus.fields import FLOAT, Array, Field


class OutOfRange(IndexError):
    """An entry outside its array was read where it counts."""

    def __init__(self, name: str, at: tuple[int, ...]) -> None:
        super().__init__(f"{name}[{', '.join(map(str, at))}] lies outside the array")
        self.name, self.at = name, at


class Unknown(KeyError):
    """A name without a value."""


class OverBudget(Exception):
    """The evaluation would take more operations than allowed."""


@dataclass(frozen=True)
class Scope:
    """What letters and names are worth; ``live`` marks the places whose value counts."""

    arrays: Mapping[str, Array]
    letters: Mapping[Letter, Array]
    field: Field = FLOAT
    functions: Mapping[str, Sequence[Callable[[Any], Any]]] = default(default_factory=dict)
    depth: int = 0
    live: Array = default(default_factory=lambda: np.array(True))
    strict: frozenset[str] | None = frozenset()
    fuel: int = 50_000_000
    mesh: Any = 1.0

    def where(self, mask: Array) -> Scope:
        """The same scope where only places with ``mask`` count."""
        return replace(self, live=self.live & mask)


def index(value: Affine, scope: Scope) -> Array:
    """The integer array of an affine value."""
    total: Any = 0
    for monomial, c in value.terms:
        product: Any = c
        for letter in monomial:
            if letter not in scope.letters:
                raise Unknown(letter.name)
            product = product * scope.letters[letter]
        total = total + product
    return np.asarray(total)
