"""``a ∝ b``: the quotient of the sides does not depend on what the left side is a function of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from derive.calculus.expr import Expr, entry
from derive.calculus.substitute import names, replace_entries
from derive.grading.steps_equal import equal
from derive.grading.steps_judged import Judged, judged, nothing_says, says
from derive.grading.steps_names import with_letters, working, worlds
from derive.grading.steps_scene import Scene, Undecidable
from derive.notation import tree
from derive.notation.arrays import Clash, scalar
from derive.notation.walk import walk
from derive.notation.write import to_latex

_ARGUMENTS = re.compile(r"\(\s*([^()|;]*?)\s*(?:(?:\\mid|\||;)[^()]*)?\)\s*$")


def proportional(scene: Scene, a: tree.Node, b: tree.Node, left: tree.Node | None) -> Judged:
    """Whether one side is the other times what does not depend on the variable.

    ``left`` is what the chain is about; ``p(x)`` is a function of x, of a plain ``p`` only the strictest reading is
    judged, that nothing which occurs on the right is in the quotient.
    """
    scene = next(worlds(with_letters(scene, a, b), a, b), scene)
    work = working(scene)
    try:
        sides = [work.lower(side) for side in (a, b)]
        if work.unknown:
            return nothing_says(work.unknown)
        if any(side.rank for side in sides):
            return says("undecided", "only numbers are compared in proportion")
        first, second = (scene.unfolded(side.at()) for side in sides)
        variables = _variables(scene, left) or _variables(scene, a)
        found = _apart(scene, first, second, variables or sorted(names(second) & scene.symbols.keys()))
    except Clash as error:
        return says("wrong", str(error), kind="shape")
    except Undecidable as error:
        return says("undecided", str(error))
    if found.verdict == "follows":
        return Judged("follows", {**found.evidence, "relation": "proportional"})
    if variables and found.verdict == "wrong":
        return Judged("wrong", {**found.evidence, "message": f"the quotient depends on {', '.join(variables)}"})
    return says("undecided", "nothing says what this is proportional in")


def _apart(scene: Scene, first: Expr, second: Expr, variables: Sequence[str]) -> Judged:
    """Whether crosswise products agree when the variables take other values on one side."""
    if not variables:
        return says("undecided", "nothing says what this is proportional in")
    for name in variables:
        scene = _with_other(scene, name)

    def moved(e: Expr) -> Expr:
        return replace_entries(e, lambda x: entry(f"{x.name}′", *x.at) if x.name in variables else None)

    return judged(equal(scalar(first * moved(second)), scalar(moved(first) * second), scene))


def _with_other(scene: Scene, name: str) -> Scene:
    other = f"{name}′"
    new = {**scene.symbols[name], "latex": other}
    return Scene({**scene.symbols, other: new}, options=scene.options)


def _variables(scene: Scene, left: tree.Node | None) -> list[str]:
    """What a left side like ``p(x)``, ``p(x | z)`` is a function of."""
    match left:
        case None:
            return []
        case tree.Call(tree.Name(), args):
            named = [n.name for arg in args for n in walk(arg) if isinstance(n, tree.Name)]
        case _:
            found = _ARGUMENTS.search(left.name if isinstance(left, tree.Name) else to_latex(left))
            texts = found[1].split(",") if found else []
            named = [n for n in scene.symbols for t in texts if scene.declared.latex(n) == t.strip()]
    return [n for n in named if n in scene.symbols and n not in scene.meanings]
