"""A formula and code over the same names, and the sizes and draws at which they can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from derive.calculus.fields import Array
from derive.grading.relations import Relation, RelationError, relation
from derive.grading.settings import Search, settings
from derive.testing.code import Code, derivative
from derive.testing.differences import World
from derive.testing.formula import Formula, Values
from derive.testing.given import BadTest, Given
from derive.verify.kinks import NEAR, Kink

SMALL = 3
MOST_SMALL = 100
KINKS = ("avoid", "both", "exact")
TRIES = 10
APART = 100_003  # between the seeds of a draw and of its next try
STEP = 1e-3


@dataclass(frozen=True)
class Question:
    """A formula, code, and what their names are."""

    formula: Formula
    code: Code
    wrt: str
    names: Mapping[str, Given]
    made: Mapping[str, Values]
    asks: str
    cotangent: str
    device: str
    kinks: str = "avoid"
    search: Search = field(default_factory=Search)

    def worlds(self, sizes: Mapping[str, int], seed: int) -> list[World]:
        """One draw with torch's word on it, away from kinks; or, where kinks are declared, both sides of the draw.

        Raises:
            BadTest: every draw lies on a kink.
        """
        if self.kinks == "both":
            return [self._world(sizes, seed, step)[0] for step in (STEP, -STEP)]
        for k in range(TRIES if self.kinks == "avoid" else 1):
            world, kink = self._world(sizes, seed + k * APART)
            if self.kinks == "exact" or kink is None or kink.distance > NEAR:
                return [world]
        assert kink is not None
        raise BadTest(
            f"every draw puts {kink.function} at its kink, where {self.code.name} has no derivative: draw or fix other values,"
            " or say kinks='both' (compare on both sides) or kinks='exact' (take torch's choice there)"
        )

    def _world(self, sizes: Mapping[str, int], seed: int, step: float = 0.0) -> tuple[World, Kink | None]:
        """One draw, every entry of ``wrt`` moved by a step, with torch's word on it and the nearest kink."""
        arrays = {n: g.drawn(sizes, seed) for n, g in self.names.items() if n not in self.made}
        if step and self.wrt in arrays:
            arrays[self.wrt] = arrays[self.wrt] + step
        for name, values in self.made.items():
            arrays[name] = values(arrays, sizes)
        found, kink = self._derivative(self.wrt, sizes, arrays)
        return World(sizes, seed, arrays, found), kink

    def _derivative(self, wrt: str, sizes: Mapping[str, int], arrays: Mapping[str, Array]) -> tuple[Array, Kink | None]:
        known = {**{n: np.asarray(float(v)) for n, v in sizes.items()}, **arrays}
        wanted = {n: v for n, v in known.items() if n in arrays or n in self.code.wanted()}
        return derivative(self.code, wrt, wanted, self.asks, self.cotangent, self.device)

    def others(self) -> list[str]:
        """The other names in which the code can be differentiated."""
        tried = {*self.code.parameters, *self.code.wanted()} - {self.wrt, *self.made}
        return [n for n in self.names if n in tried]

    def along(self, world: World, name: str) -> Array:
        """Torch's derivative in another name at a world; empty where the code's value does not depend on it."""
        try:
            return self._derivative(name, world.sizes, world.arrays)[0]
        except BadTest:
            return np.empty(0)

    def ours(self, world: World) -> Array:
        """The formula's array."""
        return self.formula.values(world.arrays, world.sizes)

    def small(self) -> list[dict[str, int]]:
        """Admissible sizes from 1 up, the smallest first."""
        letters = self.search.sizes
        every = sorted(product(range(1, SMALL + 1), repeat=len(letters)), key=lambda v: (sum(v), v))
        found = (dict(zip(letters, v, strict=True)) for v in every[: SMALL**5])
        return [s for s in found if all(r.holds(s) for r in self.search.relations)][:MOST_SMALL]


def of_module(code: Code, names: Mapping[str, Given]) -> dict[str, int]:
    """The sizes that a module's parameters fix."""
    found: dict[str, int] = {}
    for name, shape in code.shapes().items():
        axes = names[name].shape or ()
        if len(axes) != len(shape):
            raise BadTest(f"{name} is given {len(axes)} axes, and the module's parameter has the shape {shape}")
        for axis, size in zip(axes, shape, strict=True):
            if axis.isidentifier() and found.setdefault(axis, size) != size:
                raise BadTest(f"{axis} would be {found[axis]} and {size}: the module's parameters say both")
    return found


def search_of(names: Mapping[str, Given], where: Sequence[str], fixed: Mapping[str, int]) -> Search:
    """What sizes the letters of the names may have."""
    axes = {a for g in names.values() for a in g.axes}
    letters = sorted({x.name for a in axes for x in a.letters})
    said = [*where, *(f"{n} == {v}" for n, v in fixed.items()), *(f"{a} >= 1" for a in axes if len(a.letters) > 1)]
    return Search(tuple(letters), where=tuple(_relation(text) for text in said), given=dict(fixed))


def _relation(text: str) -> Relation:
    try:
        return relation(text)
    except RelationError as error:
        raise BadTest(f"where: {error}") from error


def said_settings(question: Question, several: Sequence[Mapping[str, int]]) -> Sequence[Mapping[str, int]]:
    """The settings that a test gives, if they say every letter."""
    missing = sorted({n for sizes in several for n in question.search.sizes if n not in sizes})
    if missing:
        raise BadTest(f"sizes does not say {', '.join(missing)} in every setting")
    return several


def tried_settings(question: Question) -> list[dict[str, int]]:
    """Different sizes for different letters, three times, and the smallest sizes of all."""
    found = settings(question.search)
    if not found:
        raise BadTest("no sizes meet the constraints in where and the shapes")
    return [*found, *(s for s in question.small()[:1] if s not in found)]
