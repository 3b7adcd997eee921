"""Where a recurrence begins: ``w_0``, given by an equation, or declared."""

from __future__ import annotations

from dataclasses import replace

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.expr import entry
from derive.calculus.program import Definition
from derive.grading.steps_scene import Scene
from derive.notation.affine_reader import axis_affine


def with_start(scene: Scene, name: str, first: str) -> Scene:
    """What was taken for a name of its own is where the recurrence begins."""
    declared = (n for n, s in scene.symbols.items() if _tight(str(s.get("latex", n))) == _tight(first))
    if (start := next(declared, None)) is not None and first not in scene.symbols:
        letters = [Letter(f"at{k}") for k in range(len(scene.symbols[start].get("shape") or ()))]
        axes = zip(letters, scene.declared.symbols[start].shape or (), strict=True)
        bounds = tuple(Bound(x, Affine.of(0), axis_affine(a)) for x, a in axes)
        begun = Definition(name, bounds, entry(start, *map(Affine.of, letters)))
        return replace(scene, starts={**scene.starts, name: begun})
    meaning = scene.meanings.get(first)
    if meaning is None:
        return scene
    symbols = {n: s for n, s in scene.symbols.items() if n != first}
    starts = {**scene.starts, name: Definition(name, meaning.letters, meaning.body)}
    return replace(scene.without(first), symbols=symbols, starts=starts)


def _tight(latex: str) -> str:
    return latex.replace("{", "").replace("}", "").replace(" ", "")
