"""Where a formula and the code differ, and the number that one is times the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from derive.calculus.fields import Array
from derive.testing.factors import Quantities, factor
from derive.verify.kinks import Sides

TOLERANCE = 1e-9
LEAST = 1e-5  # the size that a smaller derivative is held to have: rounding is not beside what nearly cancels
ONE = "a factor 1"
CANCELLED = 1e-3  # the same beside derivatives that are about 1 at other draws: terms of that size cancel here
WIDE = 1e-6  # the tolerance of draws that are scaled, where right formulas may lose digits


@dataclass(frozen=True)
class World:
    """One setting with one draw, and what torch says there.

    Attributes:
        scale: what its real inputs were multiplied by.
        sides: on which sides of its kinks the code went.
        put: numbers that stand for the given ones.
        least: the size that a smaller derivative is held to have.
        far: whether its sizes are far from those at which everything is drawn.
    """

    sizes: Mapping[str, int]
    seed: int
    arrays: Mapping[str, Array]
    torch: Array
    scale: float = 1.0
    sides: Sides = field(default_factory=dict)
    put: Mapping[str, float] = field(default_factory=dict)
    least: float = LEAST
    far: bool = False

    @property
    def plain(self) -> bool:
        """Whether right formulas lose no digits here."""
        return self.scale == 1 and not self.far

    def error(self, found: Array) -> float:
        """How far an array is from torch's; at most `TOLERANCE` where they agree.

        Where inputs were scaled or sizes are far, what overflows says nothing.
        """
        if self.plain or found.shape != self.torch.shape:
            return error(found, self.torch, self.least)
        if not (np.isfinite(found).all() and np.isfinite(self.torch).all()):
            return 0.0
        return error(found, self.torch, 1.0) * TOLERANCE / WIDE

    def agrees(self, found: Array) -> bool:
        """Whether an array is torch's."""
        return self.error(found) <= TOLERANCE


def leveled(worlds: Sequence[World]) -> list[World]:
    """The worlds, with what rounding may leave of a derivative that vanishes at some of them."""
    size = max((float(np.abs(w.torch).max(initial=0)) for w in worlds if w.plain), default=0.0)
    return [replace(w, least=min(max(LEAST, CANCELLED * size), CANCELLED)) for w in worlds]


def error(found: Array, right: Array, least: float = LEAST) -> float:
    """The largest difference of two arrays beside the right one's largest entry; infinite where shapes differ."""
    if found.shape != right.shape or not (np.isfinite(found).all() and np.isfinite(right).all()):
        return float("inf")
    if not right.size:
        return 0.0
    return float(np.abs(found - right).max() / max(least, float(np.abs(right).max())))


def same(found: Array, right: Array) -> bool:
    """Whether two arrays agree to the tolerance of 64-bit floats."""
    return error(found, right) <= TOLERANCE


def vanishes(found: Array, least: float = LEAST) -> bool:
    """Whether an array is 0 but for what floats round."""
    return not found.size or float(np.abs(found).max()) <= least * TOLERANCE


def ratios(ours: Sequence[Array], right: Sequence[Array]) -> dict[int, float] | None:
    """The number that each right array is times ours, by its place; None where one is no multiple of it.

    A place where both are zero says nothing.
    """
    found = {}
    for k, (o, r) in enumerate(zip(ours, right, strict=True)):
        if o.shape != r.shape or not np.isfinite(o).all():
            return None
        size, product = float((o * o).sum()), float((o * r).sum())
        if size <= TOLERANCE**2 and error(o, r, 1.0) <= TOLERANCE:
            continue
        if not size or not product or not same(product / size * o, r):
            return None
        found[k] = product / size
    return found or None


def multiple(ours: Sequence[Array], worlds: Sequence[World], known: Quantities) -> str | None:
    """The factor that makes the arrays torch's at every world, in words; None where there is none."""
    found = ratios(ours, [w.torch for w in worlds])
    return real_factor(found, known) if found else None


def real_factor(found: Mapping[int, float], known: Quantities) -> str | None:
    """A factor in words; none where it is 1 but for digits that another mend explains."""
    said = factor(found, known)
    return said if said != ONE else None


def agreement(ours: Sequence[Array], worlds: Sequence[World], known: Quantities) -> str | None:
    """Nothing where the arrays are torch's, the factor that is missing where they are multiples of them; else None."""
    if any(o.shape != w.torch.shape for o, w in zip(ours, worlds, strict=True)):
        return None
    if all(w.agrees(o) for o, w in zip(ours, worlds, strict=True)):
        return ""
    found = ratios(ours, [w.torch for w in worlds])
    said = factor(found, known, exact=True) if found else None
    return said if said != ONE else None


def also(more: str) -> str:
    """A second change, after a comma."""
    return f", and {more}" if more else ""
