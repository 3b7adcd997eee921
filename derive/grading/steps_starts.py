"""Recurrences among what is given: which names step on, and from which time on there are entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from derive.grading.lines_text import statements
from derive.grading.steps_scene import Scene
from derive.grading.steps_trees import free_names
from derive.notation import tree
from derive.notation.errors import Refused, Unreadable
from derive.notation.latex import read_latex
from derive.notation.walk import walk


def with_starts(scene: Scene, given: Sequence[str]) -> Scene:
    """The scene in which an array that steps on from a given start has the start's index for its first.

    >>> declared = Scene({"V": {"shape": ["T"]}}, options={"index_base": 1})
    >>> with_starts(declared, ["V_{t+1} = 2 V_t", "V_0 = 1"]).symbols["V"]["shape"]
    ['0..T']
    """
    nodes = list(readable(scene, given))
    base, symbols = scene.declared.index_base, dict(scene.symbols)
    for name in sorted({name for node in nodes for name in stepped(node)}):
        symbol = scene.declared.symbols.get(name)
        first = {k for node in nodes for k in _start(node, name)}
        if symbol is None or not symbol.shape or symbol.shape[0].lower is not None or not first or min(first) > base:
            continue
        last = symbol.shape[0].size if base else f"{symbol.shape[0].size}-1"
        symbols[name] = {**symbols[name], "shape": [f"{min(first)}..{last}", *symbols[name]["shape"][1:]]}
    return replace(scene, symbols=symbols)


def over_time(scene: Scene, head: tree.Node, body: tree.Node) -> Scene | None:
    """The scene in which each vector that ``h_t = W h_{t-1} + U x_t`` has at a time is one at every time; None elsewhere.

    That is how a recurrence is written of what is declared as it is at one time.
    """
    if not isinstance(head, tree.Index) or not isinstance(head.base, tree.Name) or len(head.slots) != 1:
        return None
    running = {n.name for n in walk(head.slots[0]) if isinstance(n, tree.Name)} - scene.symbols.keys()
    arrays = {n for side in (head, body) for n in _at_times(scene, side, running)}
    alone = {n.name for n in walk(body) if isinstance(n, tree.Name)}
    if head.base.name not in arrays & alone or "T" in scene.symbols.keys() - set(scene.declared.dimensions):
        return None
    moved = {n: {**scene.symbols[n], "shape": [time_axis(scene), *scene.symbols[n]["shape"]]} for n in arrays}
    return replace(scene, symbols={**scene.symbols, **moved})


def time_axis(scene: Scene) -> str:
    """The range of times that an array is declared over, or all from 0 to T."""
    times = (s.shape[0] for s in scene.declared.symbols.values() if s.shape and s.shape[0].lower is not None)
    return next((f"{axis.lower}..{axis.upper}" for axis in times), "0..T")


def _at_times(scene: Scene, node: tree.Node, running: Set[str]) -> Iterator[str]:
    """The declared arrays, none of them over time, with a running letter for their only index."""
    for part in walk(node):
        match part:
            case tree.Index(tree.Name(name), (slot,)) if running & {n.name for n in free_names(slot)}:
                symbol = scene.declared.symbols.get(name)
                if symbol is not None and symbol.shape and symbol.shape[0].lower is None:
                    yield name


def stepped(node: tree.Node) -> Iterator[str]:
    """The name that an equation gives in terms of itself: a recurrence, and no formula in the index."""
    match node:
        case tree.Relation((tree.Index(tree.Name(name)), body), ("=",)):
            yield from {n.name for n in walk(body) if isinstance(n, tree.Name) and n.name == name}


def readable(scene: Scene, texts: Sequence[str]) -> Iterator[tree.Node]:
    """The statements of texts that read."""
    for text in texts:
        for statement in statements(text):
            try:
                yield read_latex(statement.text, scene.declared)
            except (Unreadable, Refused):
                continue


def _start(node: tree.Node, name: str) -> Iterator[int]:
    """The time of which an equation says what is there."""
    match node:
        case tree.Relation((tree.Index(tree.Name(own), (tree.Number(text),)), _), ("=",)) if own == name and text in (
            "0",
            "1",
        ):
            yield int(text)
