"""Shapes to try for names that nobody declared."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from derive.calculus.affine import Affine
from derive.grading.steps_scene import Scene
from derive.notation.affine_reader import axis_affine

MAX_GUESSES = 40


def shapes(scene: Scene, wanted: tuple[Affine, ...], count: int) -> Iterator[tuple[tuple[Affine, ...], ...]]:
    """Shapes to try: the result's own, then those of what is declared, then matrices between them."""
    declared = [tuple(axis_affine(a) for a in s.shape) for s in scene.declared.symbols.values() if s.shape]
    sizes = list(dict.fromkeys(d for shape in (wanted, *declared) for d in shape))
    pairs = [(a, b) for a in wanted[:1] for b in sizes]
    options = list(dict.fromkeys([wanted, *declared, *pairs, ()]))[:MAX_GUESSES]
    yield from list(product(options, repeat=count))[: MAX_GUESSES**2]
