"""``f ≈ p`` where p is a polynomial: the expansion of f at zero in one of its variables, as far as p goes."""

from __future__ import annotations

from derive.calculus.affine import Affine
from derive.calculus.expr import ZERO, Expr, entry, total
from derive.calculus.substitute import names, replace_entries
from derive.grading.steps_chain import slope_of
from derive.grading.steps_equal import equal
from derive.grading.steps_judged import Judged
from derive.grading.steps_names import with_letters, working
from derive.grading.steps_scene import Scene, Undecidable
from derive.notation import tree
from derive.notation.affine_reader import axis_affine
from derive.notation.arrays import Clash, bound_of, scalar
from derive.notation.errors import Unreadable

MOST = 3


def expanded(scene: Scene, a: tree.Node, b: tree.Node) -> Judged | None:
    """Whether b is the expansion of a to its own order in a variable at zero; None where nothing tells.

    Wrong is only a polynomial that begins as the expansion does and then has another coefficient.
    """
    scene = with_letters(scene, a, b)
    work = working(scene)
    try:
        left, right = work.lower(a), work.lower(b)
        if work.unknown or left.rank or right.rank:
            return None
        found = [_in(scene, scene.unfolded(left.at()), scene.unfolded(right.at()), v) for v in _variables(scene, a, b)]
    except (Clash, Undecidable, Unreadable):
        return None
    return next((f for f in found if f is not None and f.verdict == "follows"), next(filter(None, found), None))


def _variables(scene: Scene, *sides: tree.Node) -> list[str]:
    inside: set[str] = set()
    for side in sides:
        inside |= names(scene.unfolded(working(scene).lower(side).at()))
    return [n for n in scene.symbols if n in inside and scene.symbols[n].get("domain", "real") in ("real", "positive")]


def _in(scene: Scene, a: Expr, b: Expr, name: str) -> Judged | None:
    """The verdict from one variable."""
    if not _same(scene, _at_zero(a, name), _at_zero(b, name)):
        return None
    order = 0
    for k in range(1, MOST + 1):
        a, b = _change(scene, a, name), _change(scene, b, name)
        first, second = _at_zero(a, name), _at_zero(b, name)
        if _same(scene, b, ZERO):
            return _agrees(order, name, scene) if order else None
        if not _same(scene, first, second):
            return _differs(scene, b, name, k)
        order = k if not _same(scene, second, ZERO) else order
    return _agrees(order, name, scene) if order and _same(scene, _change(scene, b, name), ZERO) else None


def _agrees(order: int, name: str, scene: Scene) -> Judged:
    return Judged("follows", {"kind": "proved", "by": f"expansion in {scene.declared.latex(name)} to order {order}"})


def _differs(scene: Scene, b: Expr, name: str, k: int) -> Judged | None:
    """Wrong where b is a polynomial with a coefficient here."""
    value, rest = _at_zero(b, name), b
    for _ in range(k, MOST + 1):
        rest = _change(scene, rest, name)
    if _same(scene, value, ZERO) or not _same(scene, rest, ZERO):
        return None
    text = f"The expansion in {scene.declared.latex(name)} has another coefficient at order {k}."
    return Judged("wrong", {"kind": "expansion", "message": text})


def _change(scene: Scene, e: Expr, name: str) -> Expr:
    """The derivative by a number, or along an array's own direction, which is kept under another name."""
    dims = [axis_affine(x) for x in scene.declared.symbols[name].shape or ()]
    bounds = [bound_of(d) for d in dims]
    at = tuple(Affine.of(x.letter) for x in bounds)
    return (
        total(slope_of(scene, e, name, at) * entry(f"{name}₁", *at), *bounds) if dims else slope_of(scene, e, name, ())
    )


def _at_zero(e: Expr, name: str) -> Expr:
    return replace_entries(e, lambda x: ZERO if x.name == name else None)


def _same(scene: Scene, a: Expr, b: Expr) -> bool:
    for name in [n for n in names(a) | names(b) if n.endswith("₁") and n not in scene.symbols]:
        scene = scene.with_symbol(name, name, [axis_affine(x) for x in scene.declared.symbols[name[:-1]].shape or ()])
    return equal(scalar(a), scalar(b), scene).verdict == "equal"
