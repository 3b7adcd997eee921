"""Partial derivatives along one way of the chain rule, and the variable that nobody names."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from derive.calculus.atoms import Entry
from derive.calculus.expr import Expr
from derive.calculus.program import Definition
from derive.calculus.substitute import names, replace_entries
from derive.grading.steps_scene import Scene, placed
from derive.notation import tree
from derive.notation.arrays import Value, mapped

USUAL = ("theta", "w", "x")


def one_way(scene: Scene, value: Value, nodes: Sequence[tree.Node], *, own: bool = False) -> Value | None:
    """What a name is by its own definition, for ``∂y/∂z`` among several ways; None where z does not stand in that.

    With ``own``, ``∂h_j/∂h_i`` is one step of a recurrence too.
    """
    match [n.base if isinstance(n, tree.Index) else n for n in nodes]:
        case [tree.Name(name), tree.Name(by)] if name in scene.meanings and by in names(scene.meanings[name].body):
            opened = partial(_opened, scene.meanings[name])
            return mapped(value, lambda e: replace_entries(e, opened)) if own or by != name else None
    return None


def _opened(meaning: Definition, a: Entry) -> Expr | None:
    return placed(meaning, meaning.body, a.at) if a.name == meaning.name else None


def usual_variable(scene: Scene, name: str) -> str | None:
    """The variable by its usual name that a quantity is made of."""
    reached = scene.reach().get(name, frozenset())
    return next((x for x in USUAL if x in reached and x not in scene.meanings), None)
