"""Giving names a meaning: whole arrays, entries letter by letter, functions, the start of a recurrence."""

from __future__ import annotations

from dataclasses import replace

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.expr import entry
from derive.calculus.program import Definition
from derive.calculus.substitute import free_letters, names, subs
from derive.grading.steps_names import Target, may_run, working
from derive.grading.steps_scene import Function, Scene
from derive.grading.steps_trees import put_in
from derive.notation import tree
from derive.notation.affine_reader import affine_of, axis_affine, size_affine
from derive.notation.arrays import Value
from derive.notation.errors import Unreadable
from derive.notation.walk import split_slots
from derive.notation.write import to_latex


def defined(scene: Scene, goal: Target, value: Value, body: tree.Node) -> Scene | None:
    """The scene in which ``goal`` means ``value``; None where the equation does not define it.

    Raises:
        Undecidable: the name stands for something else already.
    """
    if goal.parameters:
        return _function(scene, goal, body)
    if goal.slots and (found := _entries(scene, goal, value)) is not None:
        return found
    if goal.slots and (started := _start(scene, goal, value)) is not None:
        return started
    name, latex = goal.name, goal.latex
    if _on_the_diagonal(goal, scene):
        return None
    if goal.slots:
        name = latex = f"{goal.latex}_{{{_slots_text(goal)}}}"
    symbol = scene.declared.symbols.get(name)
    axes = [Letter(f"axis{k}") for k in range(value.rank)]
    entries = value.at(*(Affine.of(x) for x in axes))
    if symbol is not None and symbol.shape is None:
        return None
    if symbol is not None and symbol.rank != value.rank:
        return _by_letters(scene, name, value)
    if name in names(scene.unfolded(entries)):
        return None
    if any(x.name in scene.declared.free_indices for x in free_letters(entries)):
        return _by_letters(scene, name, value) if symbol is not None else None
    if symbol is None:
        scene = scene.with_symbol(name, latex, value.dims)
    scene = replace(scene, sources={**scene.sources, name: body})
    bounds = tuple(Bound(x, Affine.of(0), d) for x, d in zip(axes, value.dims, strict=True))
    return scene.with_meaning(Definition(name, bounds, entries))


def _on_the_diagonal(goal: Target, scene: Scene) -> bool:
    """``w_{k,k} = 0`` of a known matrix: a property of it, and no name."""
    slots = split_slots(goal.slots, 2)
    return (
        scene.declared.rank(goal.name) == len(slots) == 2 and slots[0] == slots[1] and isinstance(slots[0], tree.Name)
    )


def folded(scene: Scene, goal: Target, value: tree.Node) -> Scene:
    """The scene in which what was written with a formula that now has a name is written with the name."""
    plain = isinstance(value, tree.Name | tree.Number | tree.Index) or goal.slots or goal.parameters
    meant = {n: s for n, s in scene.sources.items() if n in scene.meanings}
    for name, source in meant.items() if not plain else ():
        new = put_in(source, value, tree.Name(goal.name, goal.latex))
        if new != source and name != goal.name and scene.meanings[name].letters == _letters_of(scene, name):
            lowered = working(scene).lower(new)
            told = defined(scene, Target(name, name), lowered, new)
            scene = told if told is not None else scene
    for name, function in scene.functions.items() if not plain else ():
        body = put_in(function.body, value, tree.Name(goal.name, goal.latex))
        scene = replace(scene, functions={**scene.functions, name: replace(function, body=body)})
    return scene


def _letters_of(scene: Scene, name: str) -> tuple[Bound, ...]:
    """The letters of a definition that was made of a whole array."""
    dims = [axis_affine(a) for a in scene.declared.symbols[name].shape or ()]
    return tuple(Bound(Letter(f"axis{k}"), Affine.of(0), d) for k, d in enumerate(dims))


def _slots_text(goal: Target) -> str:
    return ",".join(to_latex(s) for s in goal.slots)


def _by_letters(scene: Scene, name: str, value: Value) -> Scene | None:
    """An array whose entries are written with declared free letters: ``p = e^{z_i}/Σ_j e^{z_j}``."""
    symbol = scene.declared.symbols[name]
    entries = value.at(*(Affine.of(f"axis{k}") for k in range(value.rank)))
    free = [Letter(n) for n in scene.declared.free_indices if Letter(n) in free_letters(entries)]
    if value.rank or len(free) != symbol.rank or name in names(scene.unfolded(entries)):
        return None
    dims = [axis_affine(a) for a in symbol.shape or ()]
    bounds = tuple(Bound(x, Affine.of(0), d) for x, d in zip(free, dims, strict=True))
    return scene.with_meaning(Definition(name, bounds, entries))


def _entries(scene: Scene, goal: Target, value: Value) -> Scene | None:
    """``z_i = …``, ``h_{t+1} = …``: the entries of an array, letter by letter."""
    symbol = scene.declared.symbols.get(goal.name)
    slots = split_slots(goal.slots, symbol.rank if symbol is not None else _letters_in(goal.slots))
    letters = [_shifted_letter(s, scene) for s in slots]
    if any(x is None for x in letters) or (symbol is not None and symbol.shape is None):
        return None
    pairs = [x for x in letters if x is not None]
    free = scene.declared.free_indices
    if len({x for x, _ in pairs}) < len(pairs) or not all(x in free for x, _ in pairs):
        return None
    axes = [Letter(f"axis{k}") for k in range(value.rank)]
    body = value.at(*(Affine.of(x) for x in axes))
    if not all(Letter(x) in free_letters(body) for x, _ in pairs) and symbol is None:
        return None
    if symbol is None:
        dims = [*(size_affine(str(free[x])) for x, _ in pairs), *value.dims]
        scene = scene.with_symbol(goal.name, goal.latex, dims)
    elif symbol.rank != len(pairs) + value.rank:
        return None
    dims = [axis_affine(a) for a in scene.declared.symbols[goal.name].shape or ()]
    starts = _first_indices(scene, goal.name)
    own = [Letter(f"at{k}") for k in range(len(pairs))]
    put = {
        Letter(x): Affine.of(o) + start - scene.declared.index_base - shift
        for (x, shift), o, start in zip(pairs, own, starts, strict=False)
    }
    bounds = tuple(Bound(x, Affine.of(0), d) for x, d in zip([*own, *axes], dims, strict=True))
    meaning = Definition(goal.name, bounds, subs(body, put))
    if goal.name in names(scene.unfolded(meaning.body)) and entry(goal.name, *own, *axes).terms[0].factors[0][0] in {
        a for t in meaning.body.terms for a, _ in t.factors
    }:
        return None
    return scene.with_meaning(meaning)


def _start(scene: Scene, goal: Target, value: Value) -> Scene | None:
    """``v_0 = …`` of an array over time: where its recurrence begins."""
    symbol = scene.declared.symbols.get(goal.name)
    if symbol is None or not symbol.shape or len(goal.slots) != 1 or symbol.shape[0].lower is None:
        return None
    time = goal.slots[0]
    dims = tuple(axis_affine(a) for a in symbol.shape[1:])
    if not isinstance(time, tree.Number) or time.text != symbol.shape[0].lower or value.dims not in (dims, ()):
        return None
    letters = [Letter(f"at{k}") for k in range(len(dims))]
    bounds = tuple(Bound(x, Affine.of(0), d) for x, d in zip(letters, dims, strict=True))
    body = value.at(*(Affine.of(x) for x in letters[: value.rank]))
    return replace(scene, starts={**scene.starts, goal.name: Definition(goal.name, bounds, body)})


def _first_indices(scene: Scene, name: str) -> list[Affine]:
    base = Affine.of(scene.declared.index_base)
    axes = scene.declared.symbols[name].shape or ()
    return [base if a.lower is None else size_affine(a.lower) for a in axes]


def _letters_in(slots: tuple[tree.Node, ...]) -> int:
    only = slots[0] if len(slots) == 1 else None
    return len(only.factors) if isinstance(only, tree.Product) else len(slots)


def _shifted_letter(slot: tree.Node, scene: Scene) -> tuple[str, Affine] | None:
    """A letter, or a letter plus a number or a size."""
    try:
        value = affine_of(slot, lambda n: Affine.of(n.name))
    except Unreadable:
        return None
    running = [x for x in value.letters if may_run(x.name, scene)]
    if len(running) != 1:
        return None
    rest = value - running[0]
    sizes = all(x.name in scene.declared.dimensions for x in rest.letters)
    return (running[0].name, rest) if sizes else None


def _function(scene: Scene, goal: Target, body: tree.Node) -> Scene | None:
    if any(p not in scene.symbols for p in goal.parameters):
        return None
    return scene.with_function(goal.name, goal.latex, Function(goal.parameters, body))
