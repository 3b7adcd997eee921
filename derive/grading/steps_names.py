"""What an equation defines: a new name, the entries of an array, a function; and free index letters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from derive.grading.steps_lower import Working
from derive.grading.steps_scene import Scene, Undecidable
from derive.grading.steps_trees import free_names
from derive.notation import tree
from derive.notation.affine_reader import size_affine
from derive.notation.arrays import Clash
from derive.notation.declare import Axis
from derive.notation.errors import Unreadable
from derive.notation.walk import split_slots, walk

MAX_SIZES = 6
_SLOT = re.compile(r"_\{[^{}]*\}|_\\?[A-Za-z]+|_\d")
_CALLED = re.compile(r"\s*(\\?[A-Za-z]+(?:_\{?[^{}()=]*\}?)?)\s*[(\[].*[)\]]\s*", re.DOTALL)


_ACCENT = re.compile(r"\\(?:hat|widehat)\s*(?:\{(.+)\}|(\\?[A-Za-z]+))\s*(?:_.*)?", re.DOTALL)
_STAR = re.compile(
    r"(.+?)\s*(?:\^\s*\{?\s*(?:\*|\\(?:star|ast))\s*\}?"
    r"|[_^]\s*\{?\s*(?:\\(?:text|mathrm|textrm|rm)\s*)?\{?(?:opt|ML|MLE|MAP|OLS|LS|min|max)\}?\s*\}?)",
    re.DOTALL,
)


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
            return None if name in scene.functions else Target(latex, latex)
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
                if name.name not in bound and may_run(name.name, scene):
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


def may_run(name: str, scene: Scene) -> bool:
    """Whether a letter in a slot can be a free index."""
    return name not in scene.symbols and name not in scene.declared.dimensions


def _page_size(axis: Axis, scene: Scene) -> str:
    """How far a letter runs that counts from the index base: to the axis's end."""
    if axis.upper is None:
        return axis.size
    return f"({axis.upper}) - ({scene.declared.index_base}) + 1"


def worlds(scene: Scene, *nodes: tree.Node) -> Iterator[Scene]:
    """The scene, with every size that an undeclared identity matrix or vector of ones can have; last, one of each size."""
    parts = [n for node in nodes for n in walk(node)]
    sizes = list(dict.fromkeys(a.size for s in scene.declared.symbols.values() for a in s.shape or ()))
    wanted: list[tuple[str, int, str]] = []
    if tree.Name("I") in parts and not scene.declared.is_known("I"):
        wanted.append(("I", 2, "identity"))
    if tree.Constant("ones") in parts and not any(s.domain == "ones" for s in scene.declared.symbols.values()):
        wanted.append(("ones", 1, "ones"))
    if not wanted:
        yield scene
        return
    for chosen in product(sizes[:MAX_SIZES], repeat=len(wanted)):
        new = scene
        for (name, rank, domain), size in zip(wanted, chosen, strict=True):
            new = new.with_symbol(name, name, [size_affine(size)] * rank, domain)
        yield new
    if sum(n in (tree.Name("I"), tree.Constant("ones")) for n in parts) > 1 and _reads_alone(scene, nodes):
        yield scene  # each is as large as what stands beside it


def _reads_alone(scene: Scene, nodes: tuple[tree.Node, ...]) -> bool:
    work = working(scene)
    try:
        for node in nodes:
            work.lower(node)
    except (Clash, Undecidable, Unreadable):
        return False
    return not work.unknown


def working(scene: Scene, layout: str = "") -> Working:
    """A fresh lowering in this scene."""
    return Working(scene.declared, scene.declared.index_base, scene=scene, layout=layout)


def plain_names(request: Mapping[str, Any]) -> Mapping[str, Any]:
    r"""The request in which a declared name such as ``\nabla E`` is no operator before a letter."""
    symbols = {n: dict(s) for n, s in (request.get("symbols") or {}).items()}
    put = {}
    for symbol in symbols.values():
        found = re.fullmatch(r"\\nabla\s*([A-Za-z]+)", str(symbol.get("latex") or ""))
        if found:
            put[found[0]] = rf"\mathrm{{grad{found[1]}}}"
            symbol["latex"] = put[found[0]]

    def plain(text: object) -> str:
        return "" if text is None else _replaced(str(text), put)

    texts = {k: [plain(t) for t in request.get(k) or ()] for k in ("given", "lines")}
    single = {k: plain(request[k]) for k in ("goal", "result") if request.get(k) is not None}
    return {**request, "symbols": symbols, **texts, **single} if put else request


def unshadowed(request: Mapping[str, Any]) -> Mapping[str, Any]:
    r"""The request in which a key is no letter that the lines use otherwise: an index ``s`` beside ``\sigma``.

    >>> symbols = {"s": {"shape": "function", "latex": r"\sigma"}}
    >>> list(unshadowed({"symbols": symbols, "given": [r"q = \sigma(m)"], "lines": ["q_s = 1"]})["symbols"])
    ['s__']
    """
    symbols = request.get("symbols") or {}
    given = "\n".join(map(str, (*(request.get("given") or ()), request.get("goal"), request.get("result"))))
    lines = "\n".join(map(str, (*(request.get("lines") or ()), given)))
    keys = {n: f"{n}__" if _is_shadowed(n, s, given, lines) else n for n, s in symbols.items()}
    if all(n == k for n, k in keys.items()):
        return request
    return {**request, "symbols": {keys[n]: s for n, s in symbols.items()}}


def _is_shadowed(name: str, symbol: Mapping[str, Any], given: str, lines: str) -> bool:
    """Whether a letter is the key of a number or a function that is written otherwise, and stands in slots or has one."""
    if len(name) > 1 or symbol.get("latex", name) == name or symbol.get("shape") not in ([], "function", None):
        return False
    word = re.compile(rf"(?<![A-Za-z\\]){name}(?![A-Za-z])")
    indexed = re.compile(rf"(?<![A-Za-z\\]){name}_")
    whole = re.sub(rf"(?<![A-Za-z\\]){name}(?={_SLOT.pattern})", "", given.replace(str(symbol["latex"]), ""))
    said = word.search(_SLOT.sub("", whole))
    return not said and bool(indexed.search(lines) or any(map(word.search, _SLOT.findall(lines))))


def _replaced(text: str, put: Mapping[str, str]) -> str:
    for old, new in put.items():
        text = new.join(re.split(re.escape(old) + r"(?![A-Za-z])", text))
    return text


def undecorated(latex: str, scene: Scene) -> tree.Name | None:
    r"""The declared unknown whose best value ``w^*``, ``\hat w`` or ``w_{ML}`` is named after; None where there is none."""
    found = _ACCENT.fullmatch(latex.strip()) or _STAR.fullmatch(latex.strip())
    base = next(filter(None, found.groups()), "") if found else ""
    free = (n for n in scene.symbols if n not in scene.meanings)
    name = next((n for n in free if base and _bare(scene.declared.latex(n)) == _bare(base)), None)
    return None if name is None else tree.Name(name, scene.declared.latex(name))


def _bare(latex: str) -> str:
    return re.sub(r"[\s{}]", "", latex)
