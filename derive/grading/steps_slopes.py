"""Derivatives that are spelled without a fraction: ``dL/dw`` on one line, ``L'`` of a quantity that has one variable."""

from __future__ import annotations

import re

from derive.grading.steps_scene import Scene
from derive.grading.steps_trees import rebuilt
from derive.notation import tree

DOTTED = re.compile(r"\\d{1,4}ot\s*\{?\s*(\\?[A-Za-z]+)\s*\}?")


def slopes_spelled(node: tree.Node, text: str, scene: Scene) -> tree.Node:
    """The tree in which these are derivatives.

    Args:
        node: the tree of a statement.
        text: what it was read from; in ``dL/dw`` each d touches what it stands before.
        scene: what names mean.
    """

    def change(n: tree.Node) -> tree.Node | None:
        match n:
            case tree.Transpose(mark="prime"):
                return _primed(n, scene)
            case tree.Product():
                return _in_product(n, text, scene)
        return None

    return rebuilt(node, change)


def ambiguous(node: tree.Node, scene: Scene) -> bool:
    """Whether a prime or a dot over a quantity may be a derivative, and nothing says by what."""
    while isinstance(node, tree.Transpose) and node.mark == "prime":
        node = node.arg
        if isinstance(node, tree.Name) and _is_quantity(node.name, scene):
            return True
    dotted = DOTTED.fullmatch(node.latex) if isinstance(node, tree.Name) else None
    return dotted is not None and any(
        scene.declared.latex(n) == dotted[1] and _is_quantity(n, scene) for n in scene.meanings
    )


def _is_quantity(name: str, scene: Scene) -> bool:
    """Whether a name is a number that is made of others."""
    return name in scene.meanings and name not in scene.functions and not scene.declared.rank(name)


def _variables(name: str, scene: Scene) -> list[str]:
    """What a quantity is made of in the end."""
    return sorted(n for n in scene.reach().get(name, ()) if n not in scene.meanings)


def _primed(node: tree.Node, scene: Scene, by: str = "") -> tree.Node | None:
    """The derivative that primes over a quantity mean, by what is said or by the only number that there is."""
    order, span = 0, node.span
    while isinstance(node, tree.Transpose) and node.mark == "prime":
        node, order = node.arg, order + 1
    if not isinstance(node, tree.Name) or not _is_quantity(node.name, scene):
        return None
    found = [n for n in _variables(node.name, scene) if n == by or not by]
    if len(found) != 1 or scene.declared.rank(found[0]):
        return None
    variable = tree.Name(found[0], scene.declared.latex(found[0]), span=span)
    return tree.Derivative("d", node, (variable,) * order, span=span)


def _in_product(node: tree.Product, text: str, scene: Scene) -> tree.Node | None:
    """A product in which ``dL/dw`` and ``s'(z)`` are one factor each."""
    factors, ops, k = list(node.factors), list(node.ops), 0
    while k < len(factors):
        found, width = _inline(factors[k : k + 4], ops[k : k + 3], text, scene), 4
        if found is None:
            found, width = _applied(factors[k : k + 2], ops[k : k + 1], scene), 2
        if found is not None:
            factors[k : k + width], ops[k : k + width - 1] = [found], []
        k += 1
    if len(factors) == len(node.factors):
        return None
    inner = tuple(slopes_spelled(f, text, scene) for f in factors)
    return inner[0] if len(inner) == 1 else tree.Product(inner, tuple(ops), span=node.span)


def _inline(factors: list[tree.Node], ops: list[str], text: str, scene: Scene) -> tree.Node | None:
    match factors:
        case [tree.Name("d") as above, tree.Name(name) as of, tree.Name("d") as below, by] if (
            ops == ["", "/", ""]
            and isinstance(by, tree.Name | tree.Index)
            and (name in scene.meanings or name in scene.symbols)
            and above.span[1] == of.span[0]
            and below.span[1] == by.span[0]
        ):
            return tree.Derivative("d", of, (by,), span=(above.span[0], by.span[1]))
    return None


def _applied(factors: list[tree.Node], ops: list[str], scene: Scene) -> tree.Node | None:
    """``s'(z)``, where s is made of z."""
    match factors:
        case [tree.Transpose(mark="prime") as primed, tree.Name(by)] if ops == [""]:
            return _primed(primed, scene, by)
    return None
