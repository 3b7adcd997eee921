"""What the student has claimed, put in place of what is true: the error carried forward."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.program import Definition
from derive.grading.steps_names import Target, defined, with_letters, working
from derive.grading.steps_scene import Scene, Undecidable
from derive.notation import tree
from derive.notation.arrays import Clash, Value
from derive.notation.errors import Refused, Unreadable


@dataclass(frozen=True, slots=True)
class Claim:
    """``left = right``, as the student has it; ``verdict`` is what was said of it."""

    left: tree.Node
    right: tree.Node
    verdict: str
    scene: Scene


def carried_scenes(scene: Scene, claims: Sequence[Claim]) -> Iterator[Scene]:
    """Scenes in which the student's own lines hold: all of them, then the doubtful ones alone."""
    seen: list[Scene] = []
    doubtful = [c for c in claims if c.verdict != "follows"]
    for chosen in (claims, doubtful, doubtful[-1:]):
        new = scene
        for claim in chosen:
            new = _holding(new, claim)
        if new != scene and new not in seen:
            seen.append(new)
            yield new


def _holding(scene: Scene, claim: Claim) -> Scene:
    """The scene in which one claim holds."""
    try:
        local = with_letters(scene, claim.left, claim.right)
        work = working(local)
        value = work.lower(claim.right)
        if work.unknown:
            return scene
        new = _with(local, claim.left, value, claim.right)
    except (Unreadable, Clash, Undecidable, Refused):
        return scene
    return scene if new is None else replace(new, options=scene.options)


def _with(scene: Scene, left: tree.Node, value: Value, body: tree.Node) -> Scene | None:
    match left:
        case tree.Derivative():
            return _slope(scene, left, value)
        case tree.Name(name) if name in scene.symbols:
            return defined(_without(scene, name), Target(name, left.latex), value, body)
        case tree.Index(tree.Name(name), slots) if name in scene.symbols:
            return defined(_without(scene, name), Target(name, left.base.latex, slots), value, body)
    return None


def _without(scene: Scene, name: str) -> Scene:
    return replace(scene, meanings={n: m for n, m in scene.meanings.items() if n != name})


def _slope(scene: Scene, left: tree.Derivative, value: Value) -> Scene | None:
    """A claimed derivative of a scalar arrives from above; nothing else is known of the scalar then."""
    of = left.of.function if isinstance(left.of, tree.Call) else left.of
    if not isinstance(of, tree.Name) or of.name not in scene.symbols or len(left.wrt) != 1 or left.order != 1:
        return None
    variable = left.wrt[0]
    head = variable.base if isinstance(variable, tree.Index) else variable
    if not isinstance(head, tree.Name) or head.name not in scene.symbols:
        return None
    slots = variable.slots if isinstance(variable, tree.Index) else ()
    symbol = scene.declared.symbols[head.name]
    shadow = f"∂{of.name}/∂{head.name}"
    trial = replace(scene, symbols={**scene.symbols, shadow: scene.symbols[head.name]})
    new = defined(trial, Target(shadow, shadow, slots), value, left)
    if new is None or shadow not in new.meanings:
        return None
    meaning = new.meanings[shadow]
    letters = [Letter(f"at{k}") for k in range(symbol.rank)]
    put = {b.letter: Affine.of(x) for b, x in zip(meaning.letters, letters, strict=True)}
    from derive.calculus.substitute import subs

    bounds = tuple(Bound(x, b.low, b.high) for x, b in zip(letters, meaning.letters, strict=True))
    slope = Definition(head.name, bounds, subs(meaning.body, put))
    functions = {n: f for n, f in scene.functions.items() if n != of.name}
    return replace(_without(scene, of.name), functions=functions).with_slope(of.name, slope)
