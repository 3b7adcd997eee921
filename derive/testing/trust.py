"""Whether torch's word stands where numbers are large: autograd loses a derivative that differences of the code keep.

The second derivative of ``log1p(exp(-z))`` is 1 where ``exp(-z)`` squared is no number any more, and should be 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from derive.calculus.fields import Array
from derive.testing.differences import World
from derive.testing.question import Question
from derive.testing.report import written_sizes

STEP = 1e-5
CLEAR = 0.01  # of the gap between torch and formula, from which differences have to be nearer to the formula
DIRECTIONS = 2


def mistaken(question: Question, found: Iterable[tuple[World, Array]]) -> Iterator[World]:
    """The draws, not the plain ones, where differences of the code say what the formula says, and torch does not.

    Args:
        question: what is compared.
        found: draws, each with the formula's array.
    """
    for world, ours in found:
        if not world.plain and not world.agrees(ours) and ours.shape == world.torch.shape:
            with np.errstate(all="ignore"):
                sided = [_sides_with(question, world, ours, k) for k in range(DIRECTIONS)]
            if all(sided):
                yield world


def _sides_with(question: Question, world: World, ours: Array, seed: int) -> bool:
    """Whether the change of the code along a direction is the formula's and not torch's."""
    x = world.arrays[question.wrt]
    along = np.random.default_rng(seed).standard_normal(x.shape)
    step = STEP * max(1.0, float(np.abs(x).max(initial=0)))
    above, below = (_below(question, world, x + sign * step * along) for sign in (1, -1))
    seen = (above - below) / (2 * step)
    said, right = (np.tensordot(a, along, x.ndim) for a in (ours, world.torch))
    return seen.shape == said.shape and bool(np.abs(seen - said).max() < CLEAR * np.abs(right - said).max())


def _below(question: Question, world: World, x: Array) -> Array:
    """What is differentiated last: a gradient for a Hessian, and else the value of the code."""
    asks = "gradient" if question.asks == "hessian" else "value"
    value = replace(question, asks=asks).along(replace(world, arrays={**world.arrays, question.wrt: x}), question.wrt)
    return (
        np.asarray((value * world.arrays[question.cotangent]).sum()) if question.asks == "vjp" and value.size else value
    )


def doubts(worlds: Iterable[World]) -> Iterator[str]:
    """A sentence on each of these draws."""
    for world in worlds:
        at = f"{written_sizes(world.sizes)} (seed {world.seed}, real inputs times {world.scale:g})"
        yield f"at {at} torch's derivative is not the code's, as differences show: nothing is said there"
