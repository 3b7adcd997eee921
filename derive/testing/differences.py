"""Where a formula and the code differ, and the number that one is times the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from derive.calculus.fields import Array
from derive.testing.factors import Quantities, factor
from derive.verify.worlds import pair_error

TOLERANCE = 1e-8


@dataclass(frozen=True)
class World:
    """One setting with one draw, and what torch says there."""

    sizes: Mapping[str, int]
    seed: int
    arrays: Mapping[str, Array]
    torch: Array


def error(found: Array, right: Array) -> float:
    """The largest difference of two arrays beside the size of the right one; infinite where shapes differ."""
    return pair_error(found, "=", right)


def same(found: Array, right: Array) -> bool:
    """Whether two arrays agree to the tolerance of 64-bit floats."""
    return error(found, right) <= TOLERANCE


def vanishes(found: Array) -> bool:
    """Whether an array is 0 but for what floats round."""
    return not found.size or float(np.abs(found).max()) <= TOLERANCE**2


def multiple(ours: Sequence[Array], worlds: Sequence[World]) -> str | None:
    """The factor that makes the arrays torch's at every world, in words; None where there is none."""
    found = ratios(ours, [w.torch for w in worlds])
    return factor(found, quantities(worlds)) if found else None


def ratios(ours: Sequence[Array], right: Sequence[Array]) -> dict[int, float] | None:
    """The number that each right array is times ours, by its place; None where one is no multiple of it.

    A place where both are zero says nothing.
    """
    found = {}
    for k, (o, r) in enumerate(zip(ours, right, strict=True)):
        if o.shape != r.shape or not np.isfinite(o).all():
            return None
        size, product = float((o * o).sum()), float((o * r).sum())
        if size <= TOLERANCE**2 and same(o, r):
            continue
        if not size or not product or not same(product / size * o, r):
            return None
        found[k] = product / size
    return found or None


def quantities(worlds: Sequence[World]) -> Quantities:
    """What a factor may be made of at these worlds."""
    return Quantities.of([w.sizes for w in worlds], [w.arrays for w in worlds])


def agreement(ours: Sequence[Array], worlds: Sequence[World]) -> str | None:
    """Nothing where the arrays are torch's, the factor that is missing where they are multiples of them; else None."""
    if any(o.shape != w.torch.shape for o, w in zip(ours, worlds, strict=True)):
        return None
    if all(same(o, w.torch) for o, w in zip(ours, worlds, strict=True)):
        return ""
    return multiple(ours, worlds)


def also(more: str) -> str:
    """A second change, after a comma."""
    return f", and {more}" if more else ""
