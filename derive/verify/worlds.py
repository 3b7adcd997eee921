"""What the oracle's numbers make of a relation: worlds, the values of its sides, how far it is from true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from derive.calculus.atoms import Bound
from derive.calculus.evaluate import tabulate
from derive.calculus.fields import Array
from derive.calculus.substitute import subs
from derive.calculus.trace import Relation, Side, Table
from derive.derivations.base import MESH, Derivation
from derive.verify.draw import dims, draw
from derive.verify.oracle import truth_values
from derive.verify.stand_ins import evaluators, stand_ins

TOLERANCE = 1e-9
DRAWS = 3
PLENTY = 400  # numbers: where a setting draws more of them, one draw is enough


@dataclass(frozen=True, slots=True)
class World:
    """One setting with one draw: sizes, what every name is worth, and what stands for an unknown function."""

    sizes: Mapping[str, int]
    arrays: Mapping[str, Any]
    functions: Mapping[str, str] = field(default_factory=dict)


def worlds(derivation: Derivation, device: str, draws: int) -> Iterator[World]:
    """Every setting with its draws; a setting that comes again draws others."""
    every = (*derivation.settings, *derivation.boundary)
    for number, sizes in enumerate(every):
        functions = stand_ins(derivation, number)
        drawn = sum(v.size for v in draw(derivation, sizes, 0).values())
        often = number < len(derivation.settings) and 0 < drawn <= PLENTY
        for seed in range(draws if often else 1):
            inputs = draw(derivation, sizes, seed + draws * every[:number].count(sizes))
            yield World(sizes, truth_values(derivation, inputs, sizes, device, functions), functions)


def elsewhere(derivation: Derivation, device: str) -> list[World]:
    """The worlds of another case, where only the derivation's general lines hold; none where it states no other."""
    if derivation.elsewhere is None:
        return []
    return list(worlds(replace(derivation, truth=derivation.elsewhere), device, 1))


def line_error(relation: Relation, world: World, mode: str = "holds") -> float:
    """How far a relation is from true, relative to the size of its right side; infinite where it is plainly false."""
    return error_of([side_value(s, relation.frame, world) for s in relation.sides], relation.ops, world, mode)


def error_of(values: Sequence[Array], ops: Sequence[str], world: World, mode: str = "holds") -> float:
    """The same for a relation whose sides have these values."""
    error = max(pair_error(*pair) for pair in zip(values, ops, values[1:], strict=False))
    if mode == "iff":
        return 0.0 if (error <= TOLERANCE) == bool(world.arrays["truth"]) else float("inf")
    return error


def pair_error(left: Array, op: str, right: Array) -> float:
    """How far two arrays are from related so, beside the size of the right one; infinite where that has no answer."""
    if left.shape != right.shape:
        return float("inf")
    if not left.size:
        return 0.0
    if not (np.isfinite(left).all() and np.isfinite(right).all()):
        return float("inf")
    scale = max(1.0, float(np.abs(right).max()))
    gap = left - right if op in ("<", "<=") else right - left if op in (">", ">=") else np.abs(left - right)
    if op in ("<", ">") and not (gap < 0).all():
        return float("inf")
    return max(0.0, float(gap.max()) / scale)


def side_value(side: Side, frame: Sequence[Bound], world: World) -> Array:
    """The numbers that one side of a relation stands for, one axis a letter of the frame."""
    if isinstance(side, Table):
        rows = [[float(side_value(e, (), world)) for e in row] for row in side.entries]
        return np.array(rows)[:, 0] if side.column else np.array(rows)
    letters = dims(world.sizes)
    axes = [(b.letter, (b.high - b.low).at(letters)) for b in frame]
    from_zero = {b.letter: b.low + b.letter for b in frame if b.low.terms}
    functions = evaluators(world.functions)
    return tabulate(subs(side, from_zero), axes, world.arrays, letters, mesh=MESH, functions=functions)
