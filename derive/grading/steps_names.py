"""What an equation defines: a new name, the entries of an array, a function; and free index letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.expr import entry
from derive.calculus.program import Definition
from derive.calculus.substitute import free_letters, names, subs
from derive.grading.steps_lower import Working, free_names
from derive.grading.steps_scene import Function, Scene, Undecidable
from derive.grading.steps_trees import put_in
from derive.notation import tree
from derive.notation.affine_reader import affine_of, axis_affine, size_affine
from derive.notation.arrays import Clash, Value
from derive.notation.declare import Axis
from derive.notation.errors import Unreadable
from derive.notation.walk import split_slots, walk

MAX_SIZES = 6
_CALLED = re.compile(r"\s*(\\?[A-Za-z]+(?:_\{?[^{}()=]*\}?)?)\s*[(\[].*[)\]]\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Target:
    """The left side of a definition: a ``name`` with its LaTeX, and slots of letters or the parameters of a function."""

    name: str
    latex: str
    slots: tuple[tree.Node, ...] = ()
    parameters: tuple[str, ...] = ()


def target(node: tree.Node, text: str, scene: Scene) -> Target | None:
    """What this left side names, or None where it is an expression of known things."""
    head, latex = node, text.strip()
    if isinstance(head, tree.Transpose) and head.mark == "prime":
        head = head.arg
    match node:
        case tree.Name(name):
            return Target(name, latex)
        case tree.Constant("e" | "pi"):
            return Target(latex, latex)
        case tree.Call(tree.Name(name) as called, args) if name not in scene.symbols or name in scene.functions:
            if args and all(isinstance(a, tree.Name) for a in args):
                return Target(name, called.latex, (), tuple(a.name for a in args if isinstance(a, tree.Name)))
            return Target(latex, latex)
        case tree.Index(tree.Name(name) as base, slots):
            return Target(name, base.latex, slots)
    if _decorated(node, scene):
        return Target(latex, latex)
    while isinstance(head, tree.Index | tree.Power | tree.Prime | tree.Call | tree.Transpose):
        head = _inside(head)
    if isinstance(head, tree.Name) and not scene.declared.is_known(head.name):
        return Target(latex, latex)
    return None


def _inside(head: tree.Index | tree.Power | tree.Prime | tree.Call | tree.Transpose) -> tree.Node:
    match head:
        case tree.Transpose(arg):
            return arg
        case tree.Index(base) | tree.Power(base):
            return base
    return head.function


def _decorated(node: tree.Node, scene: Scene) -> bool:
    """A known name with a sign that makes another one of it: ``w^+``, ``w'``, ``w^{new}``."""
    match node:
        case tree.Call(tree.Builtin("pinv"), (tree.Name(name),)):
            return scene.declared.rank(name) in (0, 1)
        case tree.Transpose(tree.Name(name), "prime"):
            return scene.declared.is_known(name)
        case tree.Power(tree.Name(name), tree.Product(factors, ops)):
            letters = [f for f in factors if isinstance(f, tree.Name | tree.Constant)]
            return len(letters) == len(factors) > 2 and not any(ops) and scene.declared.is_known(name)
    return False


def called_text(text: str) -> bool:
    r"""Whether a left side is written as a value of something: ``\pi(a)``, ``p(x)``, ``D_{KL}(p\|q)``."""
    return _CALLED.fullmatch(text) is not None


def with_letters(scene: Scene, *nodes: tree.Node) -> Scene:
    """The scene in which index letters that nobody declared run over the axes they stand in."""
    found: dict[str, str] = {}
    for node in nodes:
        for name, size in _slot_letters(node, scene):
            found.setdefault(name, size)
    known = dict(scene.options.get("free_indices") or {})
    new = {n: s for n, s in found.items() if n not in known}
    if not new:
        return scene
    return replace(scene, options={**scene.options, "free_indices": {**known, **new}})


def _slot_letters(node: tree.Node, scene: Scene) -> Iterator[tuple[str, str]]:
    """Letters in slots of known arrays that nothing binds, with the sizes of their axes."""
    bound = {b.letter.name for part in walk(node) if isinstance(part, tree.Big) for b in part.binders}
    for part in walk(node):
        if not isinstance(part, tree.Index):
            continue
        axes = _axes(part, scene)
        for slot, axis in zip(split_slots(part.slots, len(axes)), axes, strict=False):
            for name in free_names(slot):
                if name.name not in bound and _may_run(name.name, scene):
                    yield name.name, _page_size(axis, scene)


def _axes(part: tree.Index, scene: Scene) -> tuple[Axis, ...]:
    if isinstance(part.base, tree.Name):
        symbol = scene.declared.symbols.get(part.base.name)
        if symbol is not None:
            return symbol.shape or ()
    try:
        dims = Working(scene.declared, scene.declared.index_base, scene=scene).lower(part.base).dims
    except (Clash, Unreadable, Undecidable):
        return ()
    return tuple(Axis(repr(d)) for d in dims)


def _may_run(name: str, scene: Scene) -> bool:
    return name not in scene.symbols and name not in scene.declared.dimensions


def _page_size(axis: Axis, scene: Scene) -> str:
    """How far a letter runs that counts from the index base: to the axis's end."""
    if axis.upper is None:
        return axis.size
    return f"({axis.upper}) - ({scene.declared.index_base}) + 1"


def worlds(scene: Scene, *nodes: tree.Node) -> Iterator[Scene]:
    """The scene, with every size that an undeclared identity matrix or vector of ones can have."""
    parts = [n for node in nodes for n in walk(node)]
    sizes = list(dict.fromkeys(a.size for s in scene.declared.symbols.values() for a in s.shape or ()))
    wanted: list[tuple[str, int, str]] = []
    if tree.Name("I") in parts and not scene.declared.is_known("I"):
        wanted.append(("I", 2, "identity"))
    if tree.Constant("ones") in parts and not any(s.domain == "ones" for s in scene.declared.symbols.values()):
        wanted.append(("ones", 1, "ones"))
    if not wanted:
        yield scene
    for chosen in product(sizes[:MAX_SIZES], repeat=len(wanted)) if wanted else ():
        new = scene
        for (name, rank, domain), size in zip(wanted, chosen, strict=True):
            new = new.with_symbol(name, name, [size_affine(size)] * rank, domain)
        yield new


def working(scene: Scene, layout: str = "") -> Working:
    """A fresh lowering in this scene."""
    return Working(scene.declared, scene.declared.index_base, scene=scene, layout=layout)


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


def folded(scene: Scene, goal: Target, value: tree.Node) -> Scene:
    """The scene in which what was written with a formula that now has a name is written with the name."""
    plain = isinstance(value, tree.Name | tree.Number | tree.Index) or goal.slots or goal.parameters
    for name, source in scene.sources.items() if not plain else ():
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
    from derive.notation.write import to_latex

    return "".join(to_latex(s) for s in goal.slots)


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


def _shifted_letter(slot: tree.Node, scene: Scene) -> tuple[str, int] | None:
    """A letter, or a letter plus a number."""
    try:
        value = affine_of(slot, lambda n: Affine.of(n.name))
    except Unreadable:
        return None
    if len(value.letters) != 1:
        return None
    letter = next(iter(value.letters))
    rest = (value - letter).constant
    return None if rest is None or not _may_run(letter.name, scene) else (letter.name, rest)


def _function(scene: Scene, goal: Target, body: tree.Node) -> Scene | None:
    if any(p not in scene.symbols for p in goal.parameters):
        return None
    return scene.with_function(goal.name, goal.latex, Function(goal.parameters, body))
