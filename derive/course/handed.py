"""What a form, a table or a file held of one student's answers, before it is decided which of them count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Given = str | Mapping[str, Any]


class Remark(NamedTuple):
    """Something that staff should know about a file.

    Attributes:
        kind: ``unplaced`` (it needs a hand before grading), ``person`` (it waits for somebody, in its place), ``replaced``
            (by another hand-in), ``note``, ``ignored``.
        file: where; ``line`` from 1, 0 for the whole file.
        text: a sentence.
    """

    kind: str
    file: str
    line: int
    text: str

    def __str__(self) -> str:
        where = f", line {self.line}" if self.line else ""
        said = f"{self.file}{where}: {self.text}"
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in said)


@dataclass
class Handed:
    """One student's answers to one problem, from one place.

    Attributes:
        file: where they stood.
        student: whose they are; None where nothing says so.
        problem: None where it is not known either: a photograph without an assignment.
        seed: None for the student's own.
        answers: part → text, or an object of PROTOCOLS section 3.
        attempt, submitted_at: as the platform says, where it does; the time in ISO 8601.
        attachments: files that go with it.
        identity: the id that it has already.
        assignment: what it is a form of, by its own words.
    """

    file: str
    student: str | None
    problem: str | None
    seed: int | None
    answers: dict[str, Given]
    attempt: int | None = None
    submitted_at: str = ""
    attachments: list[str] = field(default_factory=list)
    identity: str = ""
    assignment: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether every place is empty."""
        return all(is_empty(a) for a in self.answers.values())


def is_empty(answer: Given) -> bool:
    """Whether a place holds nothing."""
    return not (answer.strip() if isinstance(answer, str) else answer)


def by_hand(file: str, why: str, text: str = "") -> dict[str, str]:
    """An answer that a person has to read."""
    return {"file": file, "why": why, **({"text": text} if text else {})}
