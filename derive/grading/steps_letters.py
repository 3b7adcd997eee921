"""Index letters: those renamed along the way, "with s = i + k - 1", and the letter ``e``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from derive.grading.steps_scene import Scene
from derive.grading.steps_trees import free_names, rebuilt
from derive.notation import tree
from derive.notation.walk import walk

_INDEX_E = re.compile(r"_\{(?:[^{}]*[^A-Za-z\\{}])?e(?:[^A-Za-z{}][^{}]*)?\}|_e(?![A-Za-z])")


def with_index_e(node: tree.Node, scene: Scene, everywhere: bool = False) -> tree.Node:
    """The tree in which ``e`` in a slot, and in a condition beside one, is a letter and not the number."""
    if not _INDEX_E.search(scene.typed):
        return node

    def letter(n: tree.Node) -> tree.Node | None:
        return tree.Name("e", "e", span=n.span) if n == tree.Constant("e") else None

    def change(n: tree.Node) -> tree.Node | None:
        if isinstance(n, tree.Index):
            return replace(n, base=rebuilt(n.base, change), slots=tuple(rebuilt(s, letter) for s in n.slots))
        return rebuilt(n, letter) if isinstance(n, tree.Indicator) else None

    return rebuilt(node, letter if everywhere else change)


def renamed(scene: Scene, node: tree.Node, others: Sequence[tree.Node]) -> tuple[str, tree.Node] | None:
    """The new letter and what it stands for, where an equation says that of letters in slots; else None."""
    match node:
        case tree.Relation((tree.Name(new), right), ("=" | "defines",)) if not scene.declared.is_known(new):
            used = [n.name for n in free_names(right)]
            slots = {n for other in others for n in _in_slots(other)}
            letters = {n for n in used if n not in scene.symbols and n not in scene.declared.dimensions}
            whole = not any(isinstance(n, tree.Index | tree.Call | tree.Power | tree.Big) for n in walk(right))
            if whole and letters and letters <= {*slots, *scene.declared.free_indices}:
                return new, right
    return None


def _in_slots(node: tree.Node) -> Iterator[str]:
    slots = (slot for part in walk(node) if isinstance(part, tree.Index) for slot in part.slots)
    return (n.name for slot in slots for n in walk(slot) if isinstance(n, tree.Name))


def with_letters_put(node: tree.Node, known: Mapping[str, tree.Node]) -> tree.Node:
    """The tree with renamed letters put in, where no sum binds them and all they are made of occurs as well."""
    for new, value in known.items():
        inside = {n.name for n in walk(node) if isinstance(n, tree.Name)}
        if {n.name for n in free_names(value)} <= inside and new in {n.name for n in free_names(node)}:
            node = _put(node, new, value)
    return node


def _put(node: tree.Node, new: str, value: tree.Node) -> tree.Node:
    def change(n: tree.Node) -> tree.Node | None:
        if isinstance(n, tree.Big) and any(b.letter.name == new for b in n.binders):
            return n
        return value if n == tree.Name(new) else None

    return rebuilt(node, change)
