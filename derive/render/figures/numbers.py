"""A derivation's own numbers: what it reads drawn from the declared domains, the rest computed from its lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count, islice
from typing import Any

import numpy as np

from derive.calculus.affine import Letter
from derive.calculus.evaluate import tabulate
from derive.calculus.fields import Array
from derive.calculus.program import Program
from derive.calculus.trace import Relation
from derive.derivations.base import Derivation
from derive.verify.draw import draw

Arrays = dict[str, Array]
SEEDS = 2000


class NoDraw(ValueError):
    """No seed gives numbers that make a picture."""


def drawn_where(derivation: Derivation, sizes: Mapping[str, int], holds: Callable[[Arrays], bool]) -> Arrays:
    """The first draw of a derivation's inputs for which something holds.

    Raises:
        NoDraw: none of the first seeds does.
    """
    draws = (draw(derivation, sizes, seed) for seed in islice(count(), SEEDS))
    found = next((d for d in draws if holds(d)), None)
    if found is None:
        raise NoDraw(derivation.name)
    return found


def values(relation: Relation, arrays: Mapping[str, Array], sizes: Mapping[str, int], **scope: Any) -> Array:
    """The values of a relation's right-hand side, over its frame."""
    dims = {Letter(n): k for n, k in sizes.items()}
    frame = [(b.letter, b.high.at(dims)) for b in relation.frame]
    return tabulate(relation.result, frame, arrays, dims, **scope)


def forward(program: Program, inputs: Arrays, sizes: Mapping[str, int], **scope: Any) -> Arrays:
    """Every array of a program; a recurrence is swept until each step has read the one before."""
    dims = {Letter(n): k for n, k in sizes.items()}
    shapes = {n: tuple(a.at(dims) for a in shape) for n, shape in program.shapes.items()}
    arrays = {**inputs, **{d.name: np.zeros(shapes[d.name]) for d in program.definitions}}
    for _ in range(max((max(s, default=1) for s in shapes.values()), default=1) + 1):
        for d in program.definitions:
            frame = [(b.letter, b.high.at(dims)) for b in d.letters]
            arrays[d.name] = tabulate(d.body, frame, arrays, dims, **scope)
    return arrays
