"""What an assignment says about a submission: which variant is the student's, and what the problem counts."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from derive.bank.grade import Asked
from derive.course.assignment import Assignment


def seeded(request: object, assignment: Assignment | None) -> object:
    """A submission with the seed of its student's variant, where it names none itself."""
    if assignment is None or not isinstance(request, dict) or request.get("seed") is not None:
        return request
    student = _student(request, request.get("id"))
    known = assignment.seeds == "one" or student is not None
    return {**request, "seed": assignment.seed_of(student or "")} if known else request


def strange(asked: Asked, assignment: Assignment | None) -> str:
    """Why answers are not graded without a person: another variant than the student's, one attempt too many; or empty."""
    if assignment is None:
        return ""
    if late := beyond(asked.attempt, assignment):
        return f"It is {late}."
    student = _student(asked.echoed, asked.identity)
    if assignment.seeds == "each" and student is None:
        return "Nothing says whose it is, and each student has a variant of their own."
    right = assignment.seed_of(student or "")
    whose = "everybody" if assignment.seeds == "one" else student
    return "" if asked.seed == right else f"It answers variant {asked.seed}; {whose}'s is {right}."


def beyond(attempt: int | None, assignment: Assignment | None) -> str:
    """Which attempt it is, of how many, where it is one too many; or empty.

    >>> beyond(3, Assignment("week-3", "Week 3", attempts=2)), beyond(None, Assignment("week-3", "Week 3", attempts=2))
    ('attempt 3 of 2', '')
    """
    most = assignment.attempts if assignment else None
    return f"attempt {attempt} of {most}" if most is not None and (attempt or 1) > most else ""


def _student(row: Mapping[str, Any], identity: object) -> str | None:
    """Whose a submission is: its student, or its id where it says nothing of one; None where nobody knows."""
    found = row.get("student", identity)
    return None if found is None else str(found)


def counts(assignment: Assignment | None, problem: str, own: int) -> dict[str, Any]:
    """What a problem counts, as a result says it; nothing without an assignment.

    >>> counts(Assignment("week-3", "Week 3", entries=(("p", 10), ("q", None))), "p", 14)
    {'counts': {'assignment': 'week-3', 'out_of': 10}}
    """
    if assignment is None:
        return {}
    entries = dict(assignment.entries)
    worth = (entries[problem] or own) if problem in entries else 0
    return {"counts": {"assignment": assignment.name, "out_of": worth}}


def scaled(marks: float, out_of: int, counts: int) -> float:
    """Marks as an assignment counts them, to two decimals.

    >>> scaled(7, 14, 10), scaled(1, 3, 10), scaled(2, 2, 2)
    (5, 3.33, 2)
    """
    return rounded(Fraction(marks) * counts / out_of) if out_of else 0


def scale_of(result: Mapping[str, Any]) -> Fraction:
    """How many of the assignment's marks a mark of a result's problem is; 1 where there is no assignment.

    >>> scale_of({"out_of": 14, "counts": {"out_of": 10}}), scale_of({"out_of": 14})
    (Fraction(5, 7), Fraction(1, 1))
    """
    counted = result.get("counts")
    return (
        Fraction(counted["out_of"], result["out_of"])
        if counted and counted["out_of"] and result["out_of"]
        else Fraction(1)
    )


class Worth(NamedTuple):
    """What a part is worth.

    Attributes:
        out_of: the problem's own marks, which decisions keep.
        scale: what one of them counts in the assignment; a person gives marks as the sheet states them.
    """

    out_of: float
    scale: Fraction = Fraction(1)

    @property
    def shown(self) -> float:
        """Its marks as the sheet states them."""
        return rounded(self.out_of * self.scale)


def own_marks(marks: float, worth: Worth) -> float:
    """Marks of a part in the problem's own, from the assignment's; all of them, as they are shown, are all.

    >>> own_marks(0.71, Worth(1, Fraction(5, 7))), own_marks(1, Worth(2, Fraction(2)))
    (1, 0.5)
    """
    if marks == worth.shown:
        return worth.out_of
    found = float(Fraction(marks) / worth.scale)
    return int(found) if found.is_integer() else found


def rounded(number: float | Fraction) -> float:
    """A number to two decimals, a whole one as a whole one.

    >>> rounded(Fraction(1, 3)), rounded(2.0)
    (0.33, 2)
    """
    found = round(float(number), 2)
    return int(found) if found.is_integer() else found
