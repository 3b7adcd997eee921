r"""Integrals and expectations in lines of working: sums over points of which nobody says how many, where, or how heavy.

An expectation is the mean over outcomes that are equally likely, an integral a sum over points with weights. What is
the same for all such sums is the same for their limits: so lines are found to follow. What differs for some of them may
still be the same for the distribution that is meant: nothing is refuted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound, Entry
from derive.calculus.expr import Expr, add, entry, total
from derive.calculus.substitute import letters, replace_entries
from derive.grading.steps_scene import MARK, OUTCOMES, Function, Scene, at_outcome, sampled
from derive.grading.steps_trees import rebuilt
from derive.notation import tree
from derive.notation.errors import NotRead, Unreadable
from derive.notation.latex import read_latex
from derive.notation.walk import walk

MEAN, INTEGRAL = f"E{MARK}", f"I{MARK}"
SIGN = r"\mathbb{J}"  # what an integral sign is called while its lines are read
POINTS = "POINTS"
WIDTH = f"d{MARK}"
OPEN = (
    "Integrals and expectations are compared as they stand: what is given or shown above does not say that this holds."
)
_TOKEN = re.compile(r"\\int(?![A-Za-z])|\\[A-Za-z]+|\\.|.", re.DOTALL)
_END = re.compile(
    r"(?:\\[,;:! ]|~|\s)*(?:\\mathrm\s*\{\s*d\s*\}|(?<![A-Za-z\\])d)\s*(\\[A-Za-z]+|[A-Za-z])(?![A-Za-z_^({])"
)
_DEEPER = {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}


def with_calls(text: str) -> str:
    r"""The text in which an integral without limits is a function of its integrand and its letter.

    >>> with_calls(r"2 \int p(x) \, \mathrm{d}x = 1")
    '2 \\mathbb{J}(p(x),x) = 1'
    """
    return text if r"\int" not in text else "".join(_called(text))


def _called(text: str) -> Iterator[str]:
    at = 0
    for token in _TOKEN.finditer(text):
        end = _end(text, token.end()) if token[0] == r"\int" and token.start() >= at else None
        if end is not None:
            yield text[at : token.start()]
            inside = with_calls(text[token.end() : end.start()])
            yield f"{SIGN}({inside.strip()},{end[1]})"
            at = end.end()
    yield text[at:]


def _end(text: str, start: int) -> re.Match[str] | None:
    """The differential that ends the integral whose sign has been passed."""
    depth = opened = 0
    at = start
    while at < len(text) and depth >= 0:
        if depth == 0 and text[start:at].strip() and (end := _END.match(text, at)) is not None:
            if not opened:
                return end
            opened, at = opened - 1, end.end()
            continue
        token = _TOKEN.match(text, at)
        if token is None or (token[0] in "_^" and not text[start:at].strip()):
            return None
        opened += token[0] == r"\int" and depth == 0
        depth += _DEEPER.get(token[0], 0)
        at = token.end()
    return None


def integrals_called(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The request with its integrals as functions of integrand and letter."""
    several = {k: [with_calls(str(t)) for t in request.get(k) or ()] for k in ("given", "lines")}
    single = {k: with_calls(str(request[k])) for k in ("goal", "result") if request.get(k) is not None}
    return {**request, **several, **single}


def with_means(scene: Scene) -> Scene:
    """The scene with what its integrals and expectations need: the signs, the letters, and arrays over the points."""
    symbols, function = dict(scene.symbols), {"shape": "function", "domain": "elementwise"}
    if scene.random:
        symbols[MEAN] = {**function, "latex": r"\mathbb{E}"}
    if SIGN in scene.typed:
        symbols[INTEGRAL] = {**function, "latex": SIGN}
    for letter in dict.fromkeys(re.findall(r",(\\?[A-Za-z]+)\)", scene.typed)) if SIGN in scene.typed else ():
        try:
            node = read_latex(letter, scene.declared)
        except Unreadable:  # the line that it stands in says so
            continue
        if isinstance(node, tree.Name) and _is_number(scene, node.name):
            own = symbols.setdefault(node.name, {"shape": [], "latex": letter})
            symbols[sampled(node.name)] = {**own, "shape": [POINTS], "latex": sampled(node.name)}
            symbols[WIDTH + node.name] = {"shape": [POINTS], "latex": WIDTH + node.name, "domain": "positive"}
    return scene if symbols == scene.symbols else replace(scene, symbols=symbols).with_outcomes()


def _is_number(scene: Scene, name: str) -> bool:
    """Whether a name is a single number that may take any value, or nothing says what it is."""
    symbol = scene.declared.symbols.get(name)
    counts = name in scene.declared.dimensions or name in scene.declared.free_indices
    return not counts and (symbol is None or (symbol.shape == () and symbol.domain != "dimension"))


def mean(value: Expr, scene: Scene) -> Expr:
    """The expectation, term by term; what does not hang on chance stays as it is."""
    o = Bound(Letter("o"), Affine.of(0), Affine.of(OUTCOMES), "expectation")
    inside = at_outcome(_down_to(value, scene.random, scene), scene.random, Affine.of(o.letter))
    return add(total(t, o) if o.letter in letters(t) else t for t in (Expr((t,)) for t in inside.terms))


def integral(value: Expr, over: str, scene: Scene) -> Expr:
    """The integral over a letter, term by term.

    Raises:
        NotRead: the letter is no number.
    """
    if sampled(over) not in scene.symbols:
        raise NotRead("An integral over more than one number is not read; please give its value, written out.")
    k = Bound(Letter("k"), Affine.of(0), Affine.of(POINTS))

    def point(a: Entry) -> Expr | None:
        return entry(sampled(over), k.letter) if a.name == over else None

    inside = replace_entries(_down_to(value, {over}, scene), point)
    return add(total(Expr((t,)) * entry(WIDTH + over, k.letter), k) for t in inside.terms)


def _down_to(value: Expr, wanted: Collection[str], scene: Scene) -> Expr:
    """Meanings put in of what leads to a wanted name and is none itself."""
    reach = scene.reach()
    stop = frozenset(n for n in scene.meanings if n in wanted or reach[n].isdisjoint(wanted))
    return scene.unfolded(value, stop)


def density(scene: Scene, left: tree.Node, right: tree.Node, *, alone: bool) -> tuple[str, str, Function] | None:
    """The function of an integral's letter that an equation defines: ``p(x) = …`` where it stands alone, or ``… = 2 p(x)``."""
    for side, other in ((left, right),) if alone else ((left, right), (right, left)):
        factors = side.factors if isinstance(side, tree.Product) and not any(side.ops) else (side,)
        unknown = [f for f in factors if _is_open(scene, f)]
        rest = tuple(f for f in factors if f not in unknown)
        match unknown:
            case [tree.Call(tree.Name(name, latex) as head, (tree.Name(letter),))] if not (alone and rest):
                if head not in (n for part in (other, *rest) for n in _opened(scene, part)):
                    body = tree.Product((other, *rest), ("/",) * len(rest)) if rest else other
                    return name, latex, Function((letter,), body)
    return None


def _is_open(scene: Scene, node: tree.Node) -> bool:
    """A declared function of an integral's letter that nothing has defined."""
    match node:
        case tree.Call(tree.Name(name), (tree.Name(over),)):
            return scene.declared.is_function(name) and name not in scene.functions and sampled(over) in scene.symbols
    return False


def _opened(scene: Scene, node: tree.Node) -> Iterator[tree.Node]:
    """Every part of a tree, and of what its functions are."""
    for part in walk(node):
        yield part
        if isinstance(part, tree.Name) and (function := scene.functions.get(part.name)) is not None:
            yield from _opened(scene, function.body)


def is_mean(node: tree.Node) -> bool:
    """Whether it is an expectation or an integral."""
    return isinstance(node, tree.Call) and node.function in (tree.Name(MEAN), tree.Name(INTEGRAL))


def holds_means(scene: Scene, *nodes: tree.Node) -> bool:
    """Whether an expectation or an integral stands in one of several expressions, or in what their names mean."""
    parts = [n for node in nodes for n in walk(node)]
    reach = scene.reach()
    inside = {m for n in parts if isinstance(n, tree.Name) for m in reach.get(n.name, ())}
    bodies = [f.body for n in parts if isinstance(n, tree.Name) and (f := scene.functions.get(n.name)) is not None]
    return any(map(is_mean, parts)) or any(MARK in m for m in inside) or bool(bodies and holds_means(scene, *bodies))


def as_written(node: tree.Node) -> tree.Node:
    """The tree with integrals as they are printed."""

    def change(n: tree.Node) -> tree.Node | None:
        match n:
            case tree.Call(tree.Name(name), (body, tree.Name(_, latex))) if name == INTEGRAL:
                ends = tree.Name("int", r"\int"), tree.Name("d", rf"\, \mathrm{{d}}{latex}")
                return tree.Product((ends[0], as_written(body), ends[1]), ("", ""), span=n.span)
        return None

    return rebuilt(node, change)
