"""A formula and code over the same names, and the sizes and draws at which they can be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import reduce
from itertools import product
from types import MappingProxyType

import numpy as np

from derive.calculus.fields import Array
from derive.grading.relations import Relation, RelationError, relation
from derive.grading.settings import Search, settings
from derive.testing.code import Code, derivative
from derive.testing.conditions import formula_sides
from derive.testing.differences import World
from derive.testing.formula import Formula
from derive.testing.given import BadTest, Given
from derive.testing.tiny import Literal, exchange, literal_named, literal_of, named, watched
from derive.verify.kinks import NEAR, Course
from derive.verify.oracle import torch_module

SMALL = 3
MOST_SMALL = 100
KINKS = ("avoid", "both", "exact")
TRIES = 10
TINY, ENLARGED = 1e-4, 0.0625  # a fixed number up to the one is tried as the other, too
APART = 100_003  # between the seeds of a draw and of its next try
STEP = 1e-3


@dataclass(frozen=True)
class Question:
    """A formula, code, and what their names are."""

    formula: Formula
    code: Code
    wrt: str
    names: Mapping[str, Given]
    made: Mapping[str, Formula]
    asks: str
    cotangent: str
    device: str
    kinks: str = "avoid"
    search: Search = field(default_factory=Search)
    several: Sequence[Mapping[str, int]] = ()
    literal: Literal | None = None
    row_due: bool = False

    def worlds(self, sizes: Mapping[str, int], seed: int, scale: float = 1.0) -> list[World]:
        """One draw with torch's word on it, away from kinks; or, where kinks are declared, both sides of the draw.

        Args:
            sizes: of the letters.
            seed: of the draw.
            scale: a factor before real and positive inputs.

        Raises:
            BadTest: every draw lies on a kink.
        """
        if self.kinks == "both":
            return [self._world(sizes, seed, scale, step)[0] for step in (STEP, -STEP)]
        for k in range(TRIES if self.kinks == "avoid" else 1):
            world, passed = self._world(sizes, seed + k * APART, scale)
            if self.kinks == "exact" or passed.kink is None or passed.kink.distance > NEAR:
                return [world]
        assert passed.kink is not None
        raise BadTest(
            f"every draw puts {passed.kink.function} at its kink, where {self.code.name} has no derivative: draw or"
            " fix other values, or say kinks='both' (compare on both sides) or kinks='exact' (take torch's choice there)"
        )

    def enlarged(self, world: World) -> list[World]:
        """The same draw with a larger number for each tiny one, such as an ε, of which code and formula both speak.

        Beside 1e-8 no tolerance tells whether it stands inside of a root or outside.
        """
        known = {p.name for p in self.code.takes()} - {self.wrt}
        known |= {self.literal.name} if self.literal is not None else set()
        tiny = [n for n, g in self.names.items() if n in known and g.value is not None and not g.value.ndim]
        moved = (
            self._world(world.sizes, world.seed, 1.0, put={n: np.asarray(ENLARGED)})[0]
            for n in tiny
            if 0 < abs(float(world.arrays[n])) <= TINY
        )
        return [w for w in moved if np.isfinite(w.torch).all() and not np.array_equal(self.ours(w), self.ours(world))]

    def _world(
        self,
        sizes: Mapping[str, int],
        seed: int,
        scale: float,
        step: float = 0.0,
        put: Mapping[str, Array] = MappingProxyType({}),
    ) -> tuple[World, Course]:
        """One draw, every entry of ``wrt`` moved by a step, with torch's word on it and the kinks that it passed."""
        arrays = self._arrays(sizes, seed, scale, step, put)
        found, passed = self._derivative(self.wrt, sizes, arrays)
        sides = {**passed.sides, **formula_sides(self.formula, arrays, sizes)}
        return World(sizes, seed, arrays, found, scale, sides, {n: float(v) for n, v in put.items()}), passed

    def _arrays(
        self,
        sizes: Mapping[str, int],
        seed: int,
        scale: float,
        step: float = 0.0,
        put: Mapping[str, Array] = MappingProxyType({}),
    ) -> dict[str, Array]:
        """The names' values: drawn, moved by a step, put, and made of the others."""
        arrays = {n: g.drawn(sizes, seed, scale) for n, g in self.names.items() if n not in self.made}
        if step and self.wrt in arrays:
            arrays[self.wrt] = arrays[self.wrt] + step
        arrays |= put
        literals = [self._literal(n) for n in put]
        see = exchange({abs(float(x.number)): float(put[x.name]) for x in literals})
        with watched(torch_module(), see) if put else nullcontext():
            for name, made in self.made.items():
                arrays[name] = reduce(named, literals, made).values(arrays, sizes)
        return arrays

    def _literal(self, name: str) -> Literal:
        """The tiny number of a name, which definitions may hold without it."""
        return Literal(Fraction(str(float(self.names[name].value or 0))), name)

    def _derivative(
        self,
        wrt: str,
        sizes: Mapping[str, int],
        arrays: Mapping[str, Array],
        see: Callable[[float], float] | None = None,
    ) -> tuple[Array, Course]:
        known = {**{n: np.asarray(float(v)) for n, v in sizes.items()}, **arrays}
        wanted = {n: v for n, v in known.items() if n in arrays or n in self.code.wanted()}
        kinds = {n: g.kind for n, g in self.names.items() if n != wrt}
        return derivative(
            self.code, wrt, wanted, self.asks, self.cotangent, self.device, kinds, see or self._see(arrays)
        )

    def _see(self, arrays: Mapping[str, Array]) -> Callable[[float], float] | None:
        """What exchanges the number of the code that has a name, where another stands for it."""
        if self.literal is None or float(arrays[self.literal.name]) == float(self.literal.number):
            return None
        return exchange({float(self.literal.number): float(arrays[self.literal.name])})

    def with_literal(self, sizes: Mapping[str, int], seed: int) -> Question:
        """The same with a name for a tiny number that formula and code hold."""
        found = literal_of(self.formula, lambda: self._held(sizes, seed))
        if found is None:
            own = {p.name for p in self.code.takes()}
            apart = {n: g for n, g in self.names.items() if n not in own}
            found = literal_named(apart, lambda: self._held(sizes, seed))
        if found is None:
            return self
        names = {**self.names, found.name: Given(found.name, (), value=np.asarray(float(found.number)))}
        return replace(self, formula=named(self.formula, found), names=names, literal=found)

    def _held(self, sizes: Mapping[str, int], seed: int) -> set[float]:
        """The tiny numbers that operations of the code get at a draw."""
        seen: set[float] = set()

        def see(value: float) -> float:
            seen.add(abs(value))
            return value

        self._derivative(self.wrt, sizes, self._arrays(sizes, seed, 1.0), see)
        return seen

    def others(self) -> list[str]:
        """The other names in which the code can be differentiated."""
        tried = {*self.code.parameters, *self.code.wanted()} - {self.wrt, *self.made}
        return [n for n, g in self.names.items() if n in tried and g.kind == "float64"]

    def along(self, world: World, name: str) -> Array:
        """Torch's derivative in another name at a world; empty where the code cannot be differentiated in it."""
        try:
            return self._derivative(name, world.sizes, world.arrays)[0]
        except (BadTest, RuntimeError):  # the class weights of a loss, or what its value does not depend on
            return np.empty(0)

    def valued(self, world: World) -> Array:
        """The value of the code at a world, a number without axes."""
        found = replace(self, asks="value").along(world, self.wrt)
        return found if self.asks in ("vjp", "jacobian") else found.reshape(()) if found.size == 1 else found

    @property
    def lies(self) -> bool:
        """Whether the formula is a row where the gradient is a column."""
        return self.formula.row and self.asks in ("gradient", "vjp") and len(self.names[self.wrt].axes) == 1

    def ours(self, world: World) -> Array:
        """The formula's array; a row where a column is due has an axis more."""
        found = self.formula.values(world.arrays, world.sizes)
        return found[None] if self.lies else found

    def small(self) -> list[dict[str, int]]:
        """Admissible sizes from 1 up, the smallest first; those of the test alone where it lists several."""
        if self.several:
            return sorted(map(dict, self.several), key=lambda s: sum(s.values()))
        letters, given = self.search.sizes, self.search.given
        ranges = [(given[n],) if n in given else range(1, SMALL + 1) for n in letters]
        every = sorted(product(*ranges), key=lambda v: (sum(v), v))
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


def insist_on_sizes(names: Mapping[str, Given], sizes: Mapping[str, int]) -> None:
    """Sizes are of letters that the shapes have, and 1 or more.

    Raises:
        BadTest: one is not.
    """
    letters = {x.name for g in names.values() for a in g.axes for x in a.letters}
    wrong = [n for n in sizes if n not in letters]
    if wrong:
        raise BadTest(f"sizes: no shape has the letter {', '.join(wrong)}; there are {', '.join(sorted(letters))}")
    small = [f"{n} = {v}" for n, v in sizes.items() if v < 1]
    if small:
        raise BadTest(f"sizes: {', '.join(small)} leaves nothing to compare; 1 is the least")


def insist_on_device(name: str) -> None:
    """A device that torch knows and that is there.

    Raises:
        BadTest: it is not.
    """
    torch = torch_module()
    try:
        kind = torch.device("cpu" if name == "auto" else name).type
    except RuntimeError as error:
        raise BadTest(f"there is no device {name!r}: auto, cpu or cuda") from error
    if kind == "cuda" and not torch.cuda.is_available():
        raise BadTest("there is no CUDA device that torch can use here")


def _relation(text: str) -> Relation:
    try:
        return relation(text)
    except RelationError as error:
        raise BadTest(f"where: {error}") from error


def said_settings(question: Question) -> Sequence[Mapping[str, int]]:
    """The settings that a test lists, if they say every letter."""
    several = question.several
    missing = sorted({n for sizes in several for n in question.search.sizes if n not in sizes})
    if missing:
        raise BadTest(f"sizes does not say {', '.join(missing)} in every setting")
    return several


def tried_settings(question: Question) -> list[dict[str, int]]:
    """Different sizes for different letters, three times, and the smallest sizes of all."""
    found = settings(question.search) or question.small()[:3]
    if not found:
        raise BadTest("no sizes meet the constraints in where and the shapes")
    return [*found, *(s for s in question.small()[:1] if s not in found)]
