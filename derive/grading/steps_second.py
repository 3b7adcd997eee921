"""A second equation for a name that has a meaning already."""

from __future__ import annotations

from derive.calculus.affine import Affine
from derive.calculus.substitute import names
from derive.grading.steps_equal import equal
from derive.grading.steps_names import Target, working
from derive.grading.steps_scene import Scene
from derive.notation import tree
from derive.notation.arrays import Value


def second(scene: Scene, goal: Target, value: Value) -> bool:
    """Whether both equations hold, and this one defines nothing: it is no other way to write the first."""
    if goal.name not in scene.meanings or goal.parameters:
        return False
    return _about_itself(scene, goal, value) if goal.slots else _apart(scene, goal, value)


def _apart(scene: Scene, goal: Target, value: Value) -> bool:
    return equal(working(scene).lower(tree.Name(goal.name)), value, scene).verdict == "different"


def _about_itself(scene: Scene, goal: Target, value: Value) -> bool:
    """Whether an array that was defined without itself is made of itself here."""
    entries = value.at(*(Affine.of(f"axis{k}") for k in range(value.rank)))
    return goal.name in names(entries) and goal.name not in scene.recurrent()
