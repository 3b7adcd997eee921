"""Decimals that stand for what was rounded to them: ``σ(0.25) ≈ 0.5622``, ``= 0.5622``, and sums done with such numbers."""

from __future__ import annotations

from collections.abc import Sequence

from derive.calculus.substitute import names
from derive.grading.steps_equal import difference
from derive.grading.steps_judged import Judged, says
from derive.grading.steps_link import Pair
from derive.grading.steps_names import working
from derive.grading.steps_order import holds_order
from derive.grading.steps_scene import Scene, Undecidable
from derive.grading.steps_trees import put_in, rebuilt
from derive.notation import tree
from derive.notation.arrays import Clash
from derive.notation.errors import Unreadable
from derive.notation.walk import walk

ENOUGH = 3
SHARE = 50  # an expression whose numbers leave more than this part of it open decides nothing


def is_decimal(node: tree.Node) -> bool:
    """Whether it is a decimal, or an array of numbers with a decimal among them."""
    parts = list(walk(node))
    plain = all(isinstance(n, tree.Number | tree.Neg | tree.Matrix | tree.Row | tree.Sequence) for n in parts)
    return plain and any(isinstance(n, tree.Number) and "." in n.text for n in parts)


def digits(node: tree.Node) -> int:
    """How many significant digits the shortest decimal has.

    >>> digits(tree.Number("0.0958"))
    3
    """
    texts = [n.text for n in walk(node) if isinstance(n, tree.Number) and "." in n.text]
    return min(len(t.replace(".", "").lstrip("0")) for t in texts)


def rounded(scene: Scene, a: tree.Node, b: tree.Node, stated: Sequence[Pair]) -> Judged | None:
    """Whether a value is b to half a unit of the last place written, itself or done with the rounded numbers ``stated``.

    Of numbers that b still works with, such as ``0.6931/0.0010005``, those of three digits and more stand for what was
    rounded to them. None where b has no decimal or the other side is no number.
    """
    if not is_decimal(b):
        return _worked(scene, a, b)
    found = _near(scene, a, b)
    if found is None or found.verdict != "wrong":
        return found
    own = a
    for left, number in stated:
        own = put_in(own, left, number)
    carried = _near(scene, own, b) if own != a else None
    return carried if carried is not None and carried.verdict == "follows" else found


def _worked(scene: Scene, a: tree.Node, b: tree.Node) -> Judged | None:
    """Whether a value is what an expression of rounded numbers comes to, as far as their last digits tell."""
    parts = dict.fromkeys(n for n in walk(b) if is_decimal(n) and isinstance(n, tree.Number) and digits(n) >= ENOUGH)
    if not parts or any(isinstance(n, tree.Name | tree.Matrix | tree.Relation) for n in walk(b)):
        return None
    moved = [put_in(b, n, tree.Add((n, _room(n)))) for n in parts]
    slack = tree.Add(tuple(_gap(m, b) for m in moved)) if len(moved) > 1 else _gap(moved[0], b)
    few = tree.Product((tree.Call(tree.Builtin("abs"), (b,)), tree.Number(str(SHARE))), ("/",))
    near, sure = _within(scene, _gap(a, b), slack), _within(scene, slack, few)
    right = near is not None and sure is not None and near.verdict == sure.verdict == "follows"
    return Judged("follows", {**near.evidence, "relation": "rounded"}) if near is not None and right else None


def as_equation(found: Judged, b: tree.Node) -> Judged:
    """What is said of ``= 0.5622`` where ``≈ 0.5622`` is right."""
    if "relation" in found.evidence:
        return found
    if digits(b) >= ENOUGH:
        return Judged("follows", {**found.evidence, "relation": "rounded"})
    return says("undecided", "This is so to the digits written; whether so few are enough a person says.")


def _near(scene: Scene, a: tree.Node, b: tree.Node) -> Judged | None:
    return _within(scene, _gap(a, b), _room(b))


def _gap(a: tree.Node, b: tree.Node) -> tree.Node:
    return tree.Call(tree.Builtin("abs"), (tree.Add((a, tree.Neg(b))),))


def _within(scene: Scene, less: tree.Node, more: tree.Node) -> Judged | None:
    """Whether one number is at most another; None where one of them is none."""
    work = working(scene)
    try:
        left, right = work.lower(less), work.lower(more)
        lined = None if work.unknown else difference(right, left, scene)
    except (Clash, Undecidable, Unreadable):
        return None
    if lined is None or names(lined.body):
        return None
    return holds_order(lined, False, scene.space)


def _room(b: tree.Node) -> tree.Node:
    """Half a unit of the last place, entry by entry."""

    def half(n: tree.Node) -> tree.Node | None:
        number = n.arg if isinstance(n, tree.Neg) else n
        if not isinstance(number, tree.Number):
            return None
        places = len(number.text.partition(".")[2])
        return tree.Product((tree.Number("1"), tree.Number("2" + "0" * places)), ("/",), span=n.span)

    return rebuilt(b, half)
