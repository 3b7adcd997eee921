"""Inequalities from inequalities: what must not be negative is a sum of what is known not to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice, product

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Entry
from derive.calculus.expr import ZERO, Expr
from derive.calculus.substitute import atoms, free_letters, names, subs
from derive.grading.steps_equal import difference
from derive.grading.steps_judged import Judged
from derive.grading.steps_known import FAULTS, Putting, agree, lowered, rules_of
from derive.grading.steps_link import Pair
from derive.grading.steps_names import with_letters, worlds
from derive.grading.steps_order import ORDERS, holds_order
from derive.grading.steps_scene import Scene
from derive.notation import tree
from derive.notation.arrays import scalar

Order = tuple[tree.Node, str, tree.Node]
MOST = 16
FEW = 6


def by_orders(scene: Scene, goal: Order, known: Sequence[Order], system: Sequence[Pair]) -> Judged | None:
    """What says that an inequality follows from known ones, with the equations of ``system`` put in; else None.

    Its gap is that of a known inequality, or of two together, or such a gap and what is nowhere negative. A strict one
    needs a strict one. Nothing is ever refuted here.
    """
    nodes = [n for x, _, y in (goal, *known) for n in (x, y)] + [n for pair in system for n in pair]
    scene = next(worlds(with_letters(scene, *nodes), *nodes), scene)
    wanted, strict = _gap(scene, goal), ORDERS[goal[1]][0] == "<"
    if wanted is None or not known:
        return None
    rules = [r for pair in system for r in rules_of(scene, pair)]
    gaps = list(islice(_instances(scene, wanted, known), MOST))
    sums = [(a + b, s or t) for (a, s), (b, t) in combinations(gaps[:FEW], 2)]
    if any((sure or not strict) and _same(scene, wanted, gap, rules) for gap, sure in (*gaps, *sums)):
        return Judged("follows", {"kind": "proved", "by": "known inequalities"})
    for gap, sure in gaps[:FEW]:
        rest = difference(scalar(wanted - gap), scalar(ZERO), scene)
        found = holds_order(rest, strict and not sure, scene.space) if rest is not None else None
        if found is not None and found.verdict == "follows":
            return Judged("follows", {**found.evidence, "by": "a known inequality"})
    return None


def _gap(scene: Scene, order: Order) -> Expr | None:
    """What an inequality between numbers says is not negative."""
    try:
        left, right = (lowered(scene, n).at() for n in (order[0], order[2]) if not lowered(scene, n).rank)
    except (*FAULTS, ValueError):
        return None
    return right - left if ORDERS[order[1]][1] > 0 else left - right


def _instances(scene: Scene, wanted: Expr, known: Sequence[Order]) -> Iterator[tuple[Expr, bool]]:
    """The gaps of known inequalities, their letters at the places that the new one speaks of; and whether they are strict."""
    running = {Letter(n) for n in scene.declared.free_indices}
    for order in known:
        gap = _gap(scene, order)
        letters = sorted(free_letters(gap) & running, key=repr) if gap is not None else []
        if gap is not None and len(letters) < 3:
            for chosen in product(*(_values(x, gap, wanted) for x in letters)):
                yield subs(gap, dict(zip(letters, chosen, strict=True))), ORDERS[order[1]][0] == "<"


def _values(letter: Letter, gap: Expr, wanted: Expr) -> list[Affine]:
    """What a letter may stand for: that with which an entry is one that the new inequality speaks of."""
    there = [(e.name, k, at) for e in atoms(wanted) if isinstance(e, Entry) for k, at in enumerate(e.at)]
    own = [(e.name, k, at - letter) for e in atoms(gap) if isinstance(e, Entry) for k, at in enumerate(e.at)]
    shifts = [(n, k, s) for n, k, s in own if letter not in s.letters]
    return list(dict.fromkeys(at - s for n, k, s in shifts for m, j, at in there if (m, j) == (n, k)))[:FEW]


def _same(scene: Scene, wanted: Expr, gap: Expr, rules: Sequence[Putting]) -> bool:
    if names(wanted).isdisjoint(names(gap)):
        return False
    return agree(scene, scalar(wanted), scalar(gap), rules, FEW)
