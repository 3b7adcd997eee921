"""Whole numbers that nobody declared: ends of sums, and sequences given by a formula in their index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from derive.grading.steps_scene import Function, Scene, Undecidable
from derive.grading.steps_starts import readable, stepped
from derive.grading.steps_trees import free_names, rebuilt
from derive.notation import tree
from derive.notation.walk import split_slots, walk

COUNT = {"shape": [], "domain": "posint"}


def with_counts(scene: Scene, texts: Sequence[str], given: Sequence[str]) -> Scene:
    """The scene in which letters that only end sums are whole numbers."""
    nodes = list(readable(scene, texts))
    recurring = {name for node in readable(scene, given) for name in stepped(node)}
    sequences = [found for node in nodes for found in _sequences(scene, node) if found[0] not in recurring]
    heads = {name for name, _, _ in sequences}
    slots = {n.name for part in _indexed(nodes, heads) for n in free_names(part)}
    ends = {n.name: n for node in nodes for part in walk(node) if isinstance(part, tree.Big) for n in _ends(part)}
    ends |= {n.name: n for _, n, _ in sequences}
    new = {n for n in ends if n not in slots and not scene.declared.is_known(n)}
    letters = {*scene.declared.dimensions, *scene.declared.free_indices}
    counts = {n: {**COUNT, "latex": ends[n].latex} for n in sorted(new - letters)}
    return replace(scene, symbols={**scene.symbols, **counts}) if counts else scene


def with_ends(scene: Scene, *nodes: tree.Node) -> Scene:
    """The scene in which unknown letters that end sums here, and stand in no index, are whole numbers."""
    ends = {n.name: n for node in nodes for part in walk(node) if isinstance(part, tree.Big) for n in _ends(part)}
    indices = {n.name for part in _indexed(nodes, set()) for n in free_names(part)}
    known = {*scene.declared.dimensions, *scene.declared.free_indices, *indices}
    new = {n: {**COUNT, "latex": x.latex} for n, x in ends.items() if n not in known and not scene.declared.is_known(n)}
    return replace(scene, symbols={**scene.symbols, **new}) if new else scene


def with_sequence(scene: Scene, left: str, right: str) -> Scene | None:
    """The scene with ``S_n = Σ_{k=1}^n …``, a function of a whole number, or None where this is none."""
    for node in readable(scene, [f"{left} = {right}"]):
        for name, letter, body in _sequences(scene, node):
            if scene.symbols.get(letter.name, {}).get("domain") == "posint" and not scene.declared.is_known(name):
                held = replace(
                    scene, symbols={**scene.symbols, name: {"shape": [], "latex": left.split("_")[0].strip()}}
                )
                return replace(held, functions={**held.functions, name: Function((letter.name,), body)})
    return None


def _sequences(scene: Scene, node: tree.Node) -> Iterator[tuple[str, tree.Name, tree.Node]]:
    """A name, its index and a formula that has the index outside of other indices, and not the name."""
    match node:
        case tree.Relation((tree.Index(tree.Name(name), (tree.Name() as letter,)), body), ("=",)) if (
            name not in scene.symbols and name not in {n.name for n in walk(body) if isinstance(n, tree.Name)}
        ):
            ends = {n.name for part in walk(body) if isinstance(part, tree.Big) for n in _ends(part)}
            inside = {n.name for part in _indexed([body], set()) for n in free_names(part)}
            if letter.name in ends - inside:
                yield name, letter, body


def _indexed(nodes: Sequence[tree.Node], heads: set[str]) -> Iterator[tree.Node]:
    """What stands in indices, but for those of the sequences."""
    for part in (n for node in nodes for n in walk(node)):
        if isinstance(part, tree.Index) and not (isinstance(part.base, tree.Name) and part.base.name in heads):
            yield from split_slots(part.slots, len(part.slots))


def _ends(part: tree.Big) -> Iterator[tree.Name]:
    return (n for b in part.binders if b.upper is not None for n in walk(b.upper) if isinstance(n, tree.Name))


def put_number(sequence: Function, slot: tree.Node) -> tree.Node:
    """The formula of a sequence at an index.

    Raises:
        Undecidable: the index has a letter that the formula sums over.
    """
    bound = {b.letter.name for n in walk(sequence.body) if isinstance(n, tree.Big) for b in n.binders}
    if bound & {n.name for n in walk(slot) if isinstance(n, tree.Name)}:
        raise Undecidable("this index is a letter of the sum itself")
    letter = sequence.parameters[0]
    return rebuilt(sequence.body, lambda n: slot if isinstance(n, tree.Name) and n.name == letter else None)
