"""Partial derivatives along one way of the chain rule, the variable that nobody names, and matrices by their entries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from derive.calculus.affine import Letter
from derive.calculus.atoms import Entry
from derive.calculus.expr import Expr
from derive.calculus.program import Definition
from derive.calculus.substitute import free_letters, names, replace_entries, subs
from derive.grading.steps_chain import slope_of
from derive.grading.steps_scene import Scene, placed
from derive.notation import tree
from derive.notation.affine_reader import size_affine
from derive.notation.arrays import Value, mapped, scalar
from derive.notation.declare import Declarations

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


def implicit(
    scene: Scene, lower: Callable[[tree.Node], Value], of: tree.Node, wrt: Sequence[tree.Node]
) -> Value | None:
    """``dy/dx`` where an equation that is given ties y to x."""
    match of, tuple(wrt):
        case tree.Name(y), (tree.Name(x),) if y not in scene.meanings and y not in scene.slopes and x != y:
            for a, b in scene.equations:
                left, right = lower(a), lower(b)
                if not left.rank and not right.rank and {x, y} <= names(gap := left.at() - right.at()):
                    return scalar(-(slope_of(scene, gap, x, ()) / slope_of(scene, gap, y, ())))
    return None


def by_letters(declared: Declarations, value: Value, slots: Sequence[tree.Node]) -> Value | None:
    """``(u_i w_j)_{i,j}``: the array whose entries a number gives, letter by letter."""
    letters = [Letter(s.name) for s in slots if isinstance(s, tree.Name) and s.name in declared.free_indices]
    if value.rank or len(letters) < len(slots) or len(set(letters)) < len(letters):
        return None
    body = value.at()
    if not set(letters) <= free_letters(body):
        return None
    dims = tuple(size_affine(str(declared.free_indices[x.name])) for x in letters)
    return Value(dims, lambda *at: subs(body, dict(zip(letters, at, strict=True))))
