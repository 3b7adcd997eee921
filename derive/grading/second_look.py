"""A second look at an answer that seems different: orders of growth, unknown names, and another customary reading."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from derive.grading.doubts import other_readings
from derive.grading.orders import same_order
from derive.grading.reading import Formula, meaning, read_tree
from derive.grading.strangers import stranger
from derive.grading.verdict import Verdict, message, proved
from derive.notation.answers import stripped
from derive.notation.arrays import Clash
from derive.notation.declare import Declarations
from derive.notation.errors import Refused, Unreadable
from derive.notation.tree import Node

Judge = Callable[[Formula], Verdict]


def second_look(given: Formula, right: Formula, declarations: Declarations, judge: Judge) -> Verdict | None:
    """What an answer is after all, or what to ask about it; None where it is different.

    Args:
        given: the answer.
        right: what it is compared with.
        declarations: those of the question.
        judge: the verdict on another reading of the answer.
    """
    if same_order(right, given, declarations):
        return proved("the same order of growth")
    if word := stranger(given, right, declarations):
        return message("unreadable", f"'{word[0][:40]}' is no name that we know here.", word[1])
    if given.syntax == "python":  # code has one meaning
        return None
    return _asked(given.node, lambda node: meaning(given.text, given.syntax, node, declarations, given.is_set), judge)


def clashing(answer: str, declarations: Declarations, asked: str | None, sets: bool, judge: Judge) -> Verdict | None:
    """What to ask about an answer whose shapes clash, where they go together in another reading."""
    with suppress(Unreadable, Refused):
        node = stripped(read_tree(answer, "latex", declarations), declarations, asked)
        return _asked(node, lambda other: meaning(answer, "latex", other, declarations, sets), judge)
    return None


def _asked(node: Node, read: Callable[[Node], Formula], judge: Judge) -> Verdict | None:
    """Which reading is meant, where only another one than the first is right."""
    for other, question, at in other_readings(node):
        with suppress(Unreadable, Clash, Refused, OverflowError):
            if judge(read(other)).verdict == "equal":
                return message("unreadable", question, at)
    return None
