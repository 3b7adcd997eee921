"""What a class's results say: marks, what waits, parts and misconceptions, the hardest parts, answers that many gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import mean, median
from typing import Any

from derive.bank.misconceptions import MISCONCEPTIONS
from derive.course.assignment import Assignment
from derive.course.decisions import Decisions
from derive.course.groups import not_graded, visible
from derive.course.repeated import Repeated
from derive.course.setting import rounded, scaled
from derive.course.stories import KINDS, PartStory

HARDEST = 5
ANSWERS = 5
BANDS = 10


@dataclass(slots=True)
class Entry:
    """What one student has for one problem; the last submission counts.

    Attributes:
        marks: None while a part waits.
        so_far: what is settled.
    """

    marks: float | None
    so_far: float
    out_of: int
    pending: tuple[str, ...]


@dataclass
class Book:
    """The results of a class, read once and not held.

    Attributes:
        assignment: its problems, their order and marks; None for all that there are, as they come.
        entries: student → problem → what they have.
        parts: problem → part → how it went.
        strays: students of whom a line could not be placed; they have no total yet.
        counts: problem → what it counts by the results themselves.
        worths: problem → its own marks, for those that nobody has handed in.
        nobodys: the ids of submissions of which nobody knows whose they are.
        notes: sentences for whoever reads the report.
        ids: those of all submissions.
    """

    assignment: Assignment | None = None
    entries: dict[str, dict[str, Entry]] = field(default_factory=dict)
    parts: dict[str, dict[str, PartStory]] = field(default_factory=dict)
    strays: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    worths: Mapping[str, int] = field(default_factory=dict)
    nobodys: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    submissions: int = 0
    waiting: int = 0
    ids: Repeated = field(default_factory=Repeated)

    @classmethod
    def of(
        cls,
        results: Iterable[Mapping[str, Any]],
        decisions: Decisions,
        assignment: Assignment | None = None,
        worths: Mapping[str, int] | None = None,
    ) -> Book:
        """The book of a class's results, decisions counted in."""
        book = cls(assignment, worths=worths or {})
        for number, row in enumerate(results, 1):
            book._take(decisions.applied(row) if row.get("parts") else row, number)
        if assignment is not None:
            strange = sorted(set(book.parts) - {name for name, _ in assignment.entries})
            book.notes += [f"{name} is no problem of {assignment.name}; it counts in no total." for name in strange]
        book.notes += list(book._recounted())
        if book.nobodys:
            book.notes.append(
                visible(f"Nobody knows whose these are; they count for nobody: {', '.join(book.nobodys)}.")
            )
        book.notes += filter(None, [book.ids.said, *decisions.faults, *decisions.unused()])
        return book

    def _take(self, row: Mapping[str, Any], number: int) -> None:
        if not row.get("parts"):
            self.notes.append(not_graded(row, number))
            if row.get("student") is not None:
                self.entries.setdefault(str(row["student"]), {})
                self.strays.add(str(row["student"]))
            return
        if row.get("message"):
            self.notes.append(visible(f"Line {number} ({row['id']}): {row['message']}"))
        self.submissions += 1
        self.ids.take(row["id"])
        self.waiting += bool(row["pending"])
        student = row.get("student", row["id"])
        entry = Entry(row["marks"], row["marks_so_far"], row["out_of"], tuple(row["pending"]))
        if student is None:
            self.nobodys.append(str(row["id"]))
        else:
            self.entries.setdefault(str(student), {})[row["problem"]] = entry
        if "counts" in row:
            self.counts[row["problem"]] = row["counts"]["out_of"]
        stories = self.parts.setdefault(row["problem"], {})
        answers = row.get("answers") or {}
        for name, part in row["parts"].items():
            stories.setdefault(name, PartStory()).take(part, answers.get(name))

    @property
    def problems(self) -> dict[str, int]:
        """Problem → the marks that it counts, in order."""
        own = {name: sum(p.out_of for p in parts.values()) for name, parts in self.parts.items()}
        if self.assignment is None:
            return own | self.counts
        return {n: marks or own.get(n) or self.worths.get(n, 0) for n, marks in self.assignment.entries}

    def _recounted(self) -> Iterator[str]:
        """What is said where the assignment counts a problem otherwise than its results do."""
        for name, marks in self.problems.items():
            if self.counts.get(name, marks) != marks:
                yield f"{name} counts {self.counts[name]} marks in the results and {marks} in the assignment: regrade with it."

    @property
    def out_of(self) -> int:
        """The marks of all problems together."""
        return sum(self.problems.values())

    def counted(self, student: str, problem: str) -> float | None:
        """A student's marks for a problem as they count; None where there are none, or where something waits."""
        entry = self.entries[student].get(problem)
        if entry is None or entry.marks is None:
            return None
        return scaled(entry.marks, entry.out_of, self.problems[problem])

    def total(self, student: str) -> float | None:
        """A student's total, a problem that was not handed in as 0; None while something waits."""
        if student in self.strays or self.pending(student):
            return None
        return rounded(sum(self.counted(student, p) or 0 for p in self.problems))

    def pending(self, student: str) -> list[str]:
        """What of a student's waits, each part by name."""
        mine = self.entries.get(student, {})
        waits = [f"{p} ({part})" for p in self.problems if p in mine for part in mine[p].pending]
        return waits + ["a line that could not be placed"] * (student in self.strays)

    def so_far(self, student: str) -> float:
        """What is settled of a student's total."""
        mine = {p: e for p, e in self.entries[student].items() if p in self.problems}
        return rounded(sum(scaled(e.so_far, e.out_of, self.problems[p]) for p, e in mine.items()))

    @property
    def record(self) -> dict[str, Any]:
        """The report for machines."""
        totals = [t for s in self.entries if (t := self.total(s)) is not None]
        return {
            "title": visible(self.assignment.title) if self.assignment else "",
            "submissions": self.submissions,
            "students": len(self.entries),
            "waiting": {"submissions": self.waiting, "students": len(self.entries) - len(totals)},
            "out_of": self.out_of,
            "marks": _spread(totals),
            "bands": self._bands(totals),
            "problems": [_problem(name, marks, self.parts.get(name, {})) for name, marks in self.problems.items()],
            "hardest": self._hardest(),
            "misconceptions": self._misconceptions(),
            "book": [self._row(s) for s in self.entries],
            "notes": self.notes,
        }

    def _bands(self, totals: list[float]) -> list[int]:
        """How many totals lie in each tenth of the marks."""
        found = Counter(min(int(BANDS * t / self.out_of), BANDS - 1) for t in totals if self.out_of)
        return [found[k] for k in range(BANDS)]

    def _hardest(self) -> list[dict[str, Any]]:
        every = [
            {"problem": name, "part": part, "share": story.share}
            for name, parts in self.parts.items()
            for part, story in parts.items()
            if story.share is not None and story.share < 1
        ]
        return sorted(every, key=lambda row: (row["share"], row["problem"], row["part"]))[:HARDEST]

    def _misconceptions(self) -> list[dict[str, Any]]:
        counts: Counter[str] = Counter()
        where: dict[str, list[str]] = {}
        for name, parts in self.parts.items():
            for part, story in parts.items():
                counts.update(story.misconceptions)
                for id_ in story.misconceptions:
                    where.setdefault(id_, []).append(f"{name} ({part})")
        return [
            {
                "id": id_,
                "name": MISCONCEPTIONS[id_].name if id_ in MISCONCEPTIONS else id_,
                "count": n,
                "where": where[id_],
            }
            for id_, n in _ranked(counts)
        ]

    def _row(self, student: str) -> dict[str, Any]:
        mine = {p: self.counted(student, p) for p in self.problems if p in self.entries[student]}
        pending = {p: list(e.pending) for p, e in self.entries[student].items() if e.pending}
        return {
            "student": student,
            "marks": self.total(student),
            "marks_so_far": self.so_far(student),
            "problems": mine,
            "pending": pending,
        }


def _ranked(counts: Counter[str], most: int | None = None) -> list[tuple[str, int]]:
    """The most common first, and where as many, by name: never by the order of the lines."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]


def _problem(name: str, marks: int, parts: Mapping[str, PartStory]) -> dict[str, Any]:
    """A problem's parts, their marks as the sheet states them."""
    own = sum(story.out_of for story in parts.values())
    return {
        "problem": name,
        "out_of": marks,
        "parts": [
            {
                "part": part,
                "out_of": scaled(story.out_of, own, marks),
                **{kind: story.counts[kind] for kind in KINDS},
                "share": story.share,
                "misconceptions": dict(_ranked(story.misconceptions)),
                "answers": _most_given(story.answers),
                "held": _most_given(story.held),
            }
            for part, story in parts.items()
        ],
    }


def _most_given(answers: Counter[str]) -> list[dict[str, Any]]:
    return [{"text": text, "count": n} for text, n in _ranked(answers, ANSWERS)]


def _spread(totals: list[float]) -> dict[str, float] | None:
    if not totals:
        return None
    middle, average = rounded(median(totals)), rounded(mean(totals))
    return {"count": len(totals), "lowest": min(totals), "median": middle, "mean": average, "highest": max(totals)}
