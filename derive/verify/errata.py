"""Where a formula that a source prints is wrong: a setting at which its two sides differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from derive.derivations.base import Derivation, Printed
from derive.verify.worlds import DRAWS, TOLERANCE, World, line_error, side_value, worlds


@dataclass(frozen=True, slots=True)
class Witness:
    """The place where a printed formula's sides are furthest apart, at the first setting where they differ.

    ``place`` counts from 0, one number a letter of the formula's frame.
    """

    sizes: Mapping[str, int]
    place: tuple[int, ...]
    left: float
    right: float


def witness(derivation: Derivation, printed: Printed, device: str = "cpu") -> Witness | None:
    """A place where the printed formula is false, None where it holds at every setting of the derivation."""
    found = worlds(derivation, device, DRAWS)
    wrong = next((w for w in found if not line_error(printed.relation, w) <= TOLERANCE), None)
    return None if wrong is None else _furthest(printed, wrong)


def _furthest(printed: Printed, world: World) -> Witness:
    sides = [side_value(s, printed.relation.frame, world) for s in printed.relation.sides]
    left, right = np.broadcast_arrays(sides[0], sides[-1])
    gap = np.abs(left - right)
    place = tuple(int(k) for k in np.unravel_index(int(np.nanargmax(gap)), gap.shape))
    return Witness(world.sizes, place, float(left[place]), float(right[place]))
