"""One evaluation at one point: the values of names and letters, the fuel left, and what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from derive.grading.balls import Number, State

Place = tuple[int, ...]
Jet = Callable[[State, int, tuple[Number, ...]], Number]


class OverBudget(Exception):
    """The evaluation would take more operations than allowed."""


class Unsupported(Exception):
    """The evaluator has no value for this construction."""


@dataclass(frozen=True, slots=True)
class Table:
    """The values of one array, by place; a scalar has the one place ``()``."""

    shape: tuple[int, ...]
    values: Mapping[Place, Number]


@dataclass(frozen=True)
class Point:
    """Values for every name: arrays, functions, and integers for letters."""

    arrays: Mapping[str, Table]
    letters: Mapping[str, int]
    functions: Mapping[str, Jet] = field(default_factory=dict)
    generic: bool = True


class Run(State):
    """The state of one evaluation; ``outside`` lists the entries read outside their arrays."""

    __slots__ = ("arrays", "env", "fuel", "functions", "memo", "outside")

    def __init__(self, point: Point, slots: int, fuel: int, last: bool = False) -> None:
        super().__init__(last)
        self.arrays = point.arrays
        self.functions = point.functions
        self.env: list[int] = [0] * slots
        self.fuel = fuel
        self.memo: dict[Any, Any] = {}
        self.outside: list[tuple[str, Place]] = []

    def spend(self, steps: int) -> None:
        """Use up fuel."""
        self.fuel -= steps
        if self.fuel < 0:
            raise OverBudget("more evaluation steps than one answer may take")
