"""Left sides of given equations that are more than a name: functions, logarithms, squares, cotangents."""

from __future__ import annotations

import re
from dataclasses import replace

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.program import Definition
from derive.grading.steps_defined import defined
from derive.grading.steps_names import Target, called_text, target, working
from derive.grading.steps_scene import Scene, Undecidable
from derive.notation import tree
from derive.notation.affine_reader import axis_affine
from derive.notation.errors import Unreadable
from derive.notation.latex import read_latex
from derive.notation.lower import Lowering


def function_of(scene: Scene, node: tree.Product, left: str) -> Target | None:
    """``q(w) = …`` where q', dq or q(w + v) is written somewhere: a function and not a value that is called so."""
    match node.factors:
        case (tree.Name(name) as head, tree.Name(parameter)) if (
            not scene.declared.is_known(name) and parameter in scene.symbols and "(" in left
        ):
            word = re.escape(head.latex)
            primed = re.search(rf"{word}\s*('|\^\{{?\\prime)|(?:d|\\partial)\s*{word}(?![A-Za-z_(])", scene.typed)
            if primed or _elsewhere(scene, head.latex, left):
                return Target(name, head.latex, (), (parameter,))
    return None


def _elsewhere(scene: Scene, head: str, left: str) -> bool:
    """Whether a function's name is written before another argument, and that is no other value which is called so."""
    shapes = re.compile(re.escape(head) + r"\s*(?:\\left)?\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)")
    own = shapes.match(left.strip())
    for found in shapes.finditer(scene.typed):
        argument = found[1].removesuffix(r"\right").strip()
        named = re.match(r"\s*(?:&\s*)?(?::=|=)", scene.typed[found.end() :]) and not re.search(r"[-+*/\d]", argument)
        if own and argument != own[1].strip() and not re.search(r"[|;,]|\\mid", argument) and not named:
            return True
    return False


def short_name(scene: Scene, goal: Target) -> Target | None:
    """``E`` where ``E(v, h) = …`` is given and a line differentiates E, written without its arguments."""
    head = goal.latex.partition("(")[0].strip()
    if head == goal.latex.strip() or not re.fullmatch(r"\\?[A-Za-z]+", head) or _elsewhere(scene, head, goal.latex):
        return None
    alone = rf"(?:\\partial|\\nabla(?:_\{{?\\?\w+\}}?)?|(?<![A-Za-z])d)\s*{re.escape(head)}(?![A-Za-z]|\s*(?:\\left\s*)?[(_^'])"
    known = scene.declared.is_known(head.removeprefix("\\"))
    return None if known or not re.search(alone, scene.typed) else Target(head.removeprefix("\\"), head)


def shadowed(node: tree.Node, left: str) -> Target | None:
    r"""``\phi(\eta) = …``: a Greek letter that usually means a density is what the problem says it is."""
    head = re.match(r"\\(phi|Phi|varphi|psi|zeta|Gamma|beta)(?![A-Za-z])", left.strip())
    match node:
        case tree.Call(tree.Builtin(), args) if head and all(isinstance(a, tree.Name) for a in args):
            return Target(head[1], head[0], (), tuple(a.name for a in args if isinstance(a, tree.Name)))
    return None


def inside_out(scene: Scene, left: str, value: tree.Node) -> tuple[Target, tree.Node] | None:
    r"""What is inside of ``\log p = …``, ``\log p(x) = …`` and ``\sigma^2 = …`` where nothing else says what it is."""
    called = re.fullmatch(r"\\(?:log|ln)(?![a-z])\s*(.+)", left.strip(), re.DOTALL)
    if called and called_text(called[1]) and not scene.declared.is_known(re.split(r"[(\[]", called[1])[0].strip()):
        return Target(called[1].strip(), called[1].strip()), tree.Call(tree.Builtin("exp"), (value,))
    try:
        node = read_latex(left, scene.declared)
    except Unreadable:
        return None
    match node:
        case tree.Call(tree.Builtin("log"), (tree.Name(name) as inner,)) if not scene.declared.is_known(name):
            return Target(name, inner.latex), tree.Call(tree.Builtin("exp"), (value,))
        case tree.Power(tree.Name(name) as inner, tree.Number("2")) if not scene.declared.is_known(name):
            word, latex = re.escape(inner.latex), inner.latex
            alone = re.search(word + r"(?![A-Za-z_^'\s])", scene.typed)
            varied = re.search(r"\\partial\s*" + word + r"\s*\^", scene.typed)
            if alone and not varied:
                return Target(name, latex), tree.Call(tree.Builtin("sqrt"), (value,))
    return None


def isolated(scene: Scene, left: str, value: tree.Node) -> tuple[Target, tree.Node] | None:
    """``H - log n = …`` where H is declared as derived and nothing else says what it is."""
    try:
        node = read_latex(left, scene.declared)
    except Unreadable:
        return None
    terms = node.terms if isinstance(node, tree.Add) else ()
    for k, term in enumerate(terms):
        name = term.arg if isinstance(term, tree.Neg) else term
        if not isinstance(name, tree.Name) or not scene.symbols.get(name.name, {}).get("derived"):
            continue
        if name.name not in scene.meanings:
            rest = [tree.Neg(t) for j, t in enumerate(terms) if j != k]
            alone = tree.Add((value, *rest))
            return Target(name.name, name.latex), tree.Neg(alone) if isinstance(term, tree.Neg) else alone
    return None


def slope_given(scene: Scene, goal: Target | None, node: tree.Derivative) -> Scene | None:
    """``G = ∂L/∂O``: a cotangent from above, where nothing says what L is; else a definition of G."""
    if goal is None or not isinstance(node.of, tree.Name) or len(node.wrt) != 1:
        return None
    if node.of.name in scene.meanings or node.of.name in scene.functions:
        return defined(scene, goal, working(scene).lower(node), node)
    if node.of.name in scene.slopes:
        return _below(scene, goal, node, node.of)
    return _cotangent(scene, node.of, node.wrt[0], goal)


def _below(scene: Scene, goal: Target, node: tree.Derivative, of: tree.Name) -> Scene | None:
    """A second cotangent of one scalar: what the first makes of it, or a name that is tied to it in a way nobody sees."""
    try:
        return defined(scene, goal, working(scene).lower(node), node)
    except Undecidable:
        new = _cotangent(scene, of, node.wrt[0], goal)
        return None if new is None else replace(new, tied=new.tied | {goal.name})


def _cotangent(scene: Scene, of: tree.Name, variable: tree.Node, goal: Target) -> Scene | None:
    head = variable.base if isinstance(variable, tree.Index) else variable
    if not isinstance(head, tree.Name):
        return None
    array, arrives = head.name, goal.name
    shapes = [scene.declared.symbols.get(n) for n in (array, arrives)]
    known = next((s for s in shapes if s is not None and s.shape is not None), None)
    if known is None:
        return None
    dims = [axis_affine(a) for a in known.shape or ()]
    if shapes[0] is None:
        scene = scene.with_symbol(array, head.latex, dims)
    if shapes[1] is None:
        scene = scene.with_symbol(arrives, goal.latex, dims)
    if of.name not in scene.symbols:
        scene = scene.with_symbol(of.name, of.latex, ())
    value = Lowering(scene.declared).lower(tree.Name(arrives))
    if value.rank != len(dims):
        return None
    letters = [Letter(f"at{k}") for k in range(len(dims))]
    bounds = tuple(Bound(x, Affine.of(0), d) for x, d in zip(letters, dims, strict=True))
    return scene.with_slope(of.name, Definition(array, bounds, value.at(*(Affine.of(x) for x in letters))))


def reversed_slope(scene: Scene, left: str, node: tree.Node) -> Scene | None:
    """``∂L/∂O = G``."""
    derivative = read_latex(left, scene.declared)
    if not isinstance(derivative, tree.Derivative):
        return None
    goal = target(node, left, scene) if isinstance(node, tree.Name | tree.Index) else None
    return slope_given(scene, goal, derivative) if goal is not None else None
