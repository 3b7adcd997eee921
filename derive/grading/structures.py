"""Answers that are not arrays of numbers: finite sets and intervals, compared piece by piece."""

from __future__ import annotations

from fractions import Fraction

from derive.grading.verdict import Verdict, different, message, proved
from derive.notation import tree


def structural(reference: tree.Node, answer: tree.Node) -> Verdict | None:
    """A verdict where the reference is a set of numbers or an interval; None where it is a formula."""
    if isinstance(reference, tree.SetOf):
        return _sets(reference, answer)
    if isinstance(reference, tree.Sequence) and reference.brackets in ("[)", "(]"):
        return _intervals(reference, answer)
    return None


def _sets(reference: tree.SetOf, answer: tree.Node) -> Verdict:
    items = answer.items if isinstance(answer, tree.SetOf | tree.Sequence) else (answer,)
    right, given = _numbers(reference.items), _numbers(items)
    if right is None or given is None:
        return message("undecided", "These sets are compared by a person.")
    if right == given:
        return proved("the same elements")
    return different(missing=_shown(right - given), extra=_shown(given - right))


def _intervals(reference: tree.Sequence, answer: tree.Node) -> Verdict:
    if not isinstance(answer, tree.Sequence):
        return message("undecided", "This interval is compared by a person.")
    if answer == reference:
        return proved("the same interval")
    return message("undecided", "This interval is compared by a person.")


def _numbers(items: tuple[tree.Node, ...]) -> set[Fraction] | None:
    found = [_number(i) for i in items]
    return None if None in found else {f for f in found if f is not None}


def _number(node: tree.Node) -> Fraction | None:
    match node:
        case tree.Number():
            return node.value
        case tree.Neg(arg):
            inner = _number(arg)
            return None if inner is None else -inner
    return None


def _shown(values: set[Fraction]) -> list[str]:
    return [str(v) for v in sorted(values)]
