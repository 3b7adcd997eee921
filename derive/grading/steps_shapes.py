"""Shapes to try for names that nobody declared."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from derive.calculus.affine import Affine
from derive.grading.steps_names import working
from derive.grading.steps_scene import Scene, Undecidable
from derive.notation import tree
from derive.notation.affine_reader import axis_affine
from derive.notation.arrays import Clash, Value
from derive.notation.errors import Refused, Unreadable

MAX_GUESSES = 40


def shapes(scene: Scene, wanted: tuple[Affine, ...], count: int) -> Iterator[tuple[tuple[Affine, ...], ...]]:
    """Shapes to try: the result's own, then those of what is declared, then matrices between them."""
    declared = [tuple(axis_affine(a) for a in s.shape) for s in scene.declared.symbols.values() if s.shape]
    sizes = list(dict.fromkeys(d for shape in (wanted, *declared) for d in shape))
    pairs = [(a, b) for a in wanted[:1] for b in sizes]
    options = list(dict.fromkeys([wanted, *declared, *pairs, ()]))[:MAX_GUESSES]
    yield from list(product(options, repeat=count))[: MAX_GUESSES**2]


def fits(scene: Scene, node: tree.Node, wanted: tuple[Affine, ...]) -> bool:
    """Whether a formula has this shape."""
    try:
        value: Value = working(scene).lower(node)
    except (Unreadable, Clash, Undecidable, Refused):
        return False
    return value.dims == wanted
