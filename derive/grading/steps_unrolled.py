"""Inequalities that step on: from ``u_t ≤ a u_{t-1}`` with a ≥ 0 follows ``u_T ≤ a^T u_0``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

from derive.calculus.atoms import Entry
from derive.calculus.expr import ZERO, Expr, add
from derive.calculus.substitute import names
from derive.grading.steps_bounds import Order
from derive.grading.steps_equal import difference
from derive.grading.steps_induction import by_recursion, stepping
from derive.grading.steps_judged import Judged
from derive.grading.steps_known import FAULTS, lowered
from derive.grading.steps_link import related
from derive.grading.steps_names import with_letters
from derive.grading.steps_order import ORDERS, holds_order
from derive.grading.steps_scene import Scene
from derive.grading.steps_times import at_any_time, at_times
from derive.notation import tree
from derive.notation.arrays import scalar
from derive.notation.walk import walk


def by_steps(scene: Scene, goal: Order, known: Sequence[Order]) -> Judged | None:
    """What says that ``u_T ≤ …`` follows from known inequalities that step on, by induction; else None.

    The bound steps on as the inequality does, and what follows on more is more. Nothing is ever refuted here.
    """
    a, op, b = goal
    if ORDERS[op][0] == "<":
        return None
    for left, other, right in known:
        pair = (left, right) if ORDERS[other][1] == ORDERS[op][1] else (right, left)
        found = by_recursion(scene, pair, a, b)
        if found is not None and found.verdict == "follows" and (grows := _grows(scene, *pair)) is not None:
            return Judged("follows", {**grows.evidence, "by": "induction"})
    return None


def where_tight(scene: Scene, goal: Order) -> Judged | None:
    """What refutes an inequality where one that is given is an equation, at the first times; else None.

    Only where that can be: of a quantity that no equation speaks of, and that stays in its domain.
    """
    a, op, b = goal
    for left, other, right in scene.orders if not scene.equations else ():
        rest = tuple(o for o in scene.orders if o != (left, other, right))
        for pair in ((left, right), (right, left)) if ORDERS[other][0] != "<" else ():
            local = _stepping(scene, pair)
            if local is None:
                continue
            local = replace(local, orders=rest)
            found = at_times(local, *at_any_time(local, a, b), partial(_judged, local, op))
            if found is not None and found.verdict == "wrong":
                return found
    return None


def _judged(scene: Scene, op: str, a: tree.Node, b: tree.Node) -> Judged:
    return related(scene, a, op, b)


def _stepping(scene: Scene, pair: tuple[tree.Node, tree.Node]) -> Scene | None:
    """The scene in which an inequality is an equation that a quantity steps on by."""
    try:
        local = stepping(scene, pair)
    except FAULTS:
        return None
    name = next((n.name for n in walk(pair[0]) if isinstance(n, tree.Name)), "")
    if local is None or name in scene.meanings:
        return None
    free = scene.symbols[name].get("domain", "real") == "real"
    return local if free or related(scene, pair[1], ">", tree.Number("0")).verdict == "follows" else None


def _grows(scene: Scene, left: tree.Node, right: tree.Node) -> Judged | None:
    """What says that the right side does not fall where the quantity of the left side grows."""
    name = next(n.name for n in walk(left) if isinstance(n, tree.Name))
    scene = with_letters(scene.without(name), left, right)
    try:
        slope = _slope(lowered(scene, right).at(), name)
    except (*FAULTS, ValueError):
        return None
    gap = difference(scalar(slope), scalar(ZERO), scene) if slope is not None else None
    found = holds_order(gap, False, scene.space) if gap is not None else None
    return found if found is not None and found.verdict == "follows" else None


def _slope(value: Expr, name: str) -> Expr | None:
    """What the only entry of an array is multiplied with; None where it stands elsewhere too."""
    found = []
    for term in value.terms:
        own = [(a, e) for a, e in term.factors if isinstance(a, Entry) and a.name == name]
        rest = Expr((type(term)(term.coefficient, tuple(f for f in term.factors if f not in own), term.bounds),))
        if name in names(rest) or len(own) > 1 or any(e != Fraction(1) for _, e in own):
            return None
        found += [rest] if own else []
    return add(found)
