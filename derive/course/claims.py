"""Whose a hand-in is: what the form says, held against the roster, the file's name and the assignment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from derive.bank.problem import Problem
from derive.course.assignment import Assignment, identity
from derive.course.columns import Place
from derive.course.handed import Given, Handed, Remark, by_hand
from derive.course.roster import Student, file_names
from derive.course.setting import beyond
from derive.course.sheet import labels

SHORTEST = 3  # a piece of a file's name that may be an id: the 1 of "answers (1).md" is none


@dataclass(frozen=True)
class Claims:
    """What is known of the class beforehand; all of it may be missing.

    Attributes:
        assignment, problems: what was set.
        students: the roster.
        files: a file's path, or its end → the student, from the map.
    """

    assignment: Assignment | None = None
    problems: Mapping[str, Problem] = field(default_factory=dict)
    students: tuple[Student, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def labels(self) -> dict[str, Place]:
        """Label → problem and part."""
        return labels(self.assignment, self.problems) if self.assignment else {}

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(s.id for s in self.students)

    @cached_property
    def _tokens(self) -> dict[str, set[str]]:
        """A word of a file's path, in small letters → the students that it may name."""
        safe = file_names(self._ids)
        found: dict[str, set[str]] = {}
        for s in self.students:
            for word in {s.id, safe[s.id], *_names(s.name)}:
                found.setdefault(_plain(word), set()).add(s.id)
        return found

    def student_of(self, file: str) -> str | None:
        """The one student that a path names, by the map, or by an id or a name in its folders and its own name."""
        told = self.mapped(file)
        found = self.named(file)
        return told if told is not None else found.pop() if len(found) == 1 else None

    def mapped(self, file: str) -> str | None:
        """Whose a file is by the map."""
        return next((identity(s) for end, s in self.files.items() if _is_end(end, file)), None)

    def unmet(self, files: Iterable[str]) -> Iterator[Remark]:
        """What the map says of files that were not read, or of students whom the roster has not."""
        read = list(files)
        for end, student in self.files.items():
            if not any(_is_end(end, file) for file in read):
                yield Remark("note", end, 0, "the map names it, and no file of this name was read.")
            elif self.students and identity(student) not in self._ids:
                yield Remark("unplaced", end, 0, f"the map says that it is {student}'s, who is not on the roster.")

    def named(self, file: str) -> set[str]:
        """The students whom a path may mean."""
        return {s for word in _words(file) for s in self._tokens.get(_plain(word), ())}

    def settle(self, handed: Handed, is_form: bool) -> Iterator[Remark]:
        """Put student and seed of a hand-in right; what contradicts itself waits for a person.

        A form's file may be named after the student; a table's is not.
        """
        file = handed.file
        named, told = (self.student_of(file), self.mapped(file)) if is_form else (None, None)
        handed.student = told or (identity(handed.student) if handed.student else None) or named
        if handed.student is None:
            yield _held(handed, "nothing says whose it is")
        elif named not in (None, handed.student):
            yield _held(handed, f"the form is {handed.student}'s, the file's name is {named}'s")
            handed.student = None
        elif self.students and handed.student not in self._ids:
            yield Remark("unplaced", file, 0, f"{handed.student} is not on the roster.")
        yield from self._posed(handed)

    def _posed(self, handed: Handed) -> Iterator[Remark]:
        a, file, problem = self.assignment, handed.file, handed.problem
        if a is None or problem is None:
            if problem is not None and handed.seed is None:
                yield Remark(
                    "unplaced", file, 0, f"nothing says which variant of {problem} it is; name the assignment."
                )
            return
        if handed.assignment not in ("", a.name):
            yield _held(handed, f"it is a form of {handed.assignment}, not of {a.name}")
        if problem not in dict(a.entries):
            yield Remark("unplaced", file, 0, f"{problem} is no problem of {a.name}.")
            return
        unknown = [p for p in handed.answers if p not in self.problems[problem].parts]
        if unknown:
            yield Remark("unplaced", file, 0, f"{problem} has no part {', '.join(unknown)}.")
        yield from self._seeded(a, handed)

    def _seeded(self, a: Assignment, handed: Handed) -> Iterator[Remark]:
        if handed.student is None and a.seeds == "each":
            return
        right = a.seed_of(handed.student or "")
        if handed.seed not in (None, right):
            yield _held(handed, f"it answers variant {handed.seed} of {handed.problem}; {handed.student}'s is {right}")
        handed.seed = right

    def late(self, handed: Handed) -> str:
        """Which attempt it is, where the assignment does not give so many; or empty."""
        return beyond(handed.attempt, self.assignment)

    def held_if_late(self, handed: Handed) -> Iterator[Remark]:
        """Have a hand-in beyond the last attempt wait for a person."""
        if late := self.late(handed):
            yield _held(handed, f"it is {late}")

    def waiting(self, file: str, student: str | None, why: str) -> list[Handed]:
        """What a PDF or a picture is: every part of the assignment, to be read by a person; of nobody known, just a file."""
        if self.assignment is None or student is None:
            return [Handed(file, student, None, None, {}, attachments=[file])]
        seed = self.assignment.seed_of(student)
        read = by_hand(file, why)
        return [
            Handed(file, student, name, seed, dict.fromkeys(self.problems[name].parts, read), attachments=[file])
            for name, _ in self.assignment.entries
        ]


def _held(handed: Handed, why: str) -> Remark:
    """Have the answers of a hand-in that contradicts itself wait for a person; what is said of it."""
    handed.answers = {part: _by_hand(handed.file, why, x) for part, x in handed.answers.items()}
    return Remark("unplaced", handed.file, 0, f"{why}; a person must look.")


def _by_hand(file: str, why: str, answer: Given) -> Given:
    if isinstance(answer, str):
        return by_hand(file, why, answer) if answer.strip() else ""
    return answer if "file" in answer else by_hand(file, why, json.dumps(answer, ensure_ascii=False))


def _is_end(end: str, file: str) -> bool:
    return file == end or file.endswith("/" + end)


def _plain(word: str) -> str:
    """A word as names of files are compared; some systems write é as two signs."""
    return identity(word).casefold()


def _names(name: str) -> Iterator[str]:
    """A name as platforms write it into files: ``ada king``, ``kingada``."""
    words = re.findall(r"\w+", name)
    if len(words) > 1:
        yield from (
            " ".join(words),
            "".join(words),
            "".join(words[-1:] + words[:-1]),
            " ".join(words[-1:] + words[:-1]),
        )


def _words(file: str) -> Iterable[str]:
    """What in a path may name somebody: each folder, the name, and their pieces between _ and other signs."""
    steps = PurePosixPath(file)
    for step in (*steps.parts[:-1], steps.stem):
        yield step
        if step.lower().endswith(".zip"):
            yield step[:-4]
        yield from (w for w in re.split(r"[_.()]+|\s+-\s+", step) + re.split(r"[\s_.()-]+", step) if len(w) >= SHORTEST)
