"""Recurrences at numbered times: what is said of every time is tried at the first few."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from derive.calculus.affine import Affine, Letter
from derive.calculus.substitute import free_letters, subs
from derive.grading.steps_judged import Judged
from derive.grading.steps_names import may_run
from derive.grading.steps_scene import Scene
from derive.grading.steps_trees import rebuilt
from derive.notation import tree
from derive.notation.affine_reader import affine_of, size_affine
from derive.notation.errors import Unreadable
from derive.notation.walk import walk

LAST = 6
ENOUGH = 3
Compare = Callable[[tree.Node, tree.Node], Judged]
CompareIn = Callable[[Scene, tree.Node, tree.Node], Judged]


def at_times(scene: Scene, a: tree.Node, b: tree.Node, compare: Compare) -> Judged | None:
    """The verdict on an equation about a recurrence at a lettered time, from its first times; None where that is mute."""
    slots = list(_slots(scene, a, b))
    letters = {n.name for _, slot in slots for n in walk(slot) if isinstance(n, tree.Name) and may_run(n.name, scene)}
    if len(letters) != 1:
        return None
    letter, found = letters.pop(), []
    alone = {k for side in (a, b) for k in _singled_out(side, letter)}
    for time in range(1, LAST):
        sides = [_at(side, letter, time) for side in (a, b)]
        if not all(_exists(scene, name, slot) for name, slot in _slots(scene, *sides)):
            if time in alone:
                return None
            continue
        found.append(compare(*sides))
        if found[-1].verdict == "wrong":
            return Judged("wrong", {**found[-1].evidence, "at": f"{letter} = {time}"})
        if found[-1].verdict != "follows":
            return None
        if len(found) == ENOUGH:
            break
    times = f"the first {len(found)} times"
    return Judged("follows", {"kind": "sampled", "by": times}) if len(found) >= ENOUGH else None


def _singled_out(node: tree.Node, letter: str) -> Iterator[int]:
    """The times that an equation gives a term of their own: 1 for ``[t = 1]``."""
    for part in (n for i in walk(node) if isinstance(i, tree.Indicator) for n in walk(i)):
        match part:
            case tree.Relation((tree.Name(name), tree.Number(text)), ("=",)) if name == letter and text.isdigit():
                yield int(text)


def at_any_time(scene: Scene, a: tree.Node, b: tree.Node) -> tuple[tree.Node, tree.Node]:
    """``v_T = …`` of a recurrence up to an unknown time T: T is any time, then."""
    match a:
        case tree.Index(tree.Name(name), (tree.Name(end) as letter, *_)) if (
            name in scene.recurrent() and end in scene.declared.dimensions and not _stands_in(scene, name, end)
        ):
            time = tree.Name(f"{end}′", f"{end}′")
            first, second = (rebuilt(n, lambda p: time if p == letter else None) for n in (a, b))
            return first, second
    return a, b


def at_sizes(scene: Scene, a: tree.Node, b: tree.Node, compare: CompareIn) -> Judged | None:
    """The verdict on an equation about a recurrence up to a size that stands in it as well, from the first few sizes."""
    ends = {
        slot.name
        for name, slot in _slots(scene, a, b)
        if isinstance(slot, tree.Name) and _stands_in(scene, name, slot.name)
    }
    if len(ends) != 1:
        return None
    end = ends.pop()
    found = [compare(sized(scene, end, k), *(_at(side, end, k) for side in (a, b))) for k in range(1, ENOUGH + 2)]
    wrong = next((k for k, one in enumerate(found, 1) if one.verdict == "wrong"), None)
    if wrong is not None:
        return Judged("wrong", {**found[wrong - 1].evidence, "at": f"{end} = {wrong}"})
    if any(one.verdict != "follows" for one in found):
        return None
    return Judged("follows", {"kind": "sampled", "by": f"the first {len(found)} sizes"})


def _stands_in(scene: Scene, name: str, size: str) -> bool:
    """Whether what makes a recurrence go on speaks of a size."""
    meaning = scene.meanings.get(name)
    return size in scene.declared.dimensions and meaning is not None and Letter(size) in free_letters(meaning.body)


def sized(scene: Scene, size: str, number: int) -> Scene:
    """The scene in which sums that a whole number ends have a numbered end."""
    put = {Letter(size): Affine.of(number)}
    meanings = {n: replace(d, body=subs(d.body, put)) for n, d in scene.meanings.items()}
    return replace(scene, meanings=meanings)


def _slots(scene: Scene, *nodes: tree.Node) -> Iterator[tuple[str, tree.Node]]:
    """The recurrences spoken of, each with its time."""
    loops = scene.recurrent()
    for part in (n for node in nodes for n in walk(node)):
        match part:
            case tree.Index(tree.Name(name), (slot, *_)) if name in loops:
                yield name, slot


def _at(node: tree.Node, letter: str, time: int) -> tree.Node:
    def change(n: tree.Node) -> tree.Node | None:
        if isinstance(n, tree.Big) and any(b.letter.name == letter for b in n.binders):
            return n
        return tree.Number(str(time), span=n.span) if n == tree.Name(letter) else None

    return rebuilt(node, change)


def _exists(scene: Scene, name: str, slot: tree.Node) -> bool:
    """Whether the recurrence has begun at a numbered time."""
    first = (scene.declared.symbols[name].shape or ())[0].lower
    try:
        ahead = affine_of(slot, lambda n: Affine.of(n.name)) - size_affine(first or str(scene.declared.index_base))
    except Unreadable:
        return False
    return ahead.constant is None or ahead.constant >= 0
