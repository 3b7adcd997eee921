"""Tables that platforms export, a row an attempt and a column a part; JSON and JSON Lines of submissions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from derive.course.assignment import identity
from derive.course.columns import TIMES, Columns, Place, answer_columns, described, place_of, unknown_parts
from derive.course.filled import student_text
from derive.course.handed import Given, Handed, Remark, by_hand, is_empty
from derive.course.roster import IDS, column
from derive.course.tables import BadTable, Row, rows
from derive.course.typed import parts_of, time_of, typed

DASHES = ("-", "–", "—")
TOTALS = ("overall average", "average", "gesamtdurchschnitt", "points possible", "total")


@dataclass
class Exports:
    """Reads tables and records for one assignment.

    Attributes:
        labels: label → problem and part, of the assignment; empty where there is none.
        told: the map.
        students: the roster's ids; empty where there is none.
    """

    labels: Mapping[str, Place] = field(default_factory=dict)
    told: Columns = field(default_factory=Columns)
    students: frozenset[str] = frozenset()
    remarks: list[Remark] = field(default_factory=list)

    def table(self, data: bytes, file: str) -> list[Handed]:
        """The answers in a table, row by row."""
        try:
            table = list(rows(self._text(data, file)))
        except BadTable as error:
            self._say("unplaced", file, 0, str(error))
            return []
        if not table:
            self._say("unplaced", file, 0, "the table is empty.")
            return []
        return list(self._rows(table[0], table[1:], file))

    def _text(self, data: bytes, file: str) -> str:
        text, note = student_text(data)
        if note:
            self._say("note", file, 0, note)
        return text

    def _say(self, kind: str, file: str, line: int, text: str) -> None:
        self.remarks.append(Remark(kind, file, line, text))

    def _rows(self, head: Row, body: Sequence[Row], file: str) -> Iterator[Handed]:
        names = [c.strip() for c in head.cells]
        answers = answer_columns(names, self.labels, self.told)
        who = self._student_column(head, names, body)
        for name in self._unknown(names, answers):
            self._say("unplaced", file, head.line, name)
        if not answers:
            return self._say("unplaced", file, head.line, described(self.labels, names))
        if who is None:
            said = 'no column says whose the rows are; say which with --map (student = "…"); the columns are'
            self._say("unplaced", file, head.line, f"{said} {', '.join(repr(n) for n in names[:20])}.")
        when, attempt, seed = (self._column(head, names, t, w) for t, w in self._others())
        for row in body:
            if row.cells[0].strip().lower() in TOTALS:
                self._say("ignored", file, row.line, "this row holds no student's answers but totals.")
                continue
            yield from self._sized(row, len(names), self._row(row, answers, file, (who, when, attempt, seed)), file)

    def _sized(self, row: Row, width: int, read: Iterator[Handed], file: str) -> Iterator[Handed]:
        """A row's answers; of one that has more cells than there are columns nobody knows which is for which part."""
        why = f"there are {len(row.cells)} cells under {width} columns"
        surplus = any(c.strip() for c in row.cells[width:])
        if surplus:
            self._say("unplaced", file, row.line, f"{why}; a person must look.")
        elif len(row.cells) < width:
            self._say("note", file, row.line, f"{why}; the others count as empty.")
        for handed in read:
            if surplus:
                handed.answers = dict.fromkeys(handed.answers, by_hand(handed.file, why, " | ".join(row.cells)))
            yield handed

    def _others(self) -> list[tuple[str | None, tuple[str, ...]]]:
        told = self.told
        return [(told.submitted_at, TIMES), (told.attempt, ("attempt", "versuch")), (told.seed, ("seed",))]

    def _unknown(self, names: Sequence[str], answers: Mapping[int, tuple[Place | None, ...]]) -> Iterator[str]:
        """Sentences about what the map says and the table has not."""
        named = (self.told.student, self.told.submitted_at, self.told.attempt, self.told.seed, *self.told.columns)
        for name in named:
            if name is not None and name.strip() not in names:
                yield f"the map names a column {name!r} that is not there."
        if strange := unknown_parts(names, answers, self.labels):
            yield f"the assignment has no part {', '.join(strange)}; these columns are not read."
        for k, places in answers.items():
            if None in places:
                yield f"the map sends {names[k]!r} to a part that the assignment has not."

    def _column(self, head: Row, names: Sequence[str], told: str | None, wanted: Sequence[str]) -> int | None:
        return (
            names.index(told.strip())
            if told and told.strip() in names
            else column(head, [w.replace("_", " ") for w in wanted])
        )

    def _student_column(self, head: Row, names: Sequence[str], body: Sequence[Row]) -> int | None:
        """The map's column, or the one of those that may be it in which most cells are students."""
        if self.told.student is not None:
            return names.index(self.told.student.strip()) if self.told.student.strip() in names else None
        found = [k for name in IDS if (k := column(head, (name,))) is not None]
        return max(found, key=lambda k: sum(self._is_student(row.cell(k)) for row in body), default=None)

    def _is_student(self, cell: str) -> bool:
        return identity(cell) in self.students if self.students else bool(cell)

    def _row(
        self,
        row: Row,
        answers: Mapping[int, tuple[Place | None, ...]],
        file: str,
        others: tuple[int | None, int | None, int | None, int | None],
    ) -> Iterator[Handed]:
        who, when, attempt, seed = (row.cell(k) for k in others)
        given: dict[str, dict[str, Given]] = {}
        for k, places in answers.items():
            for place, text in self._placed(row, k, places, file):
                texts = given.setdefault(place[0], {})
                texts[place[1]] = self._one_of(texts.get(place[1], ""), text, place, file, row.line)
        stamp = time_of(when)
        if when and not stamp:
            self._say(
                "note",
                file,
                row.line,
                f"the time {when!r} is not understood; it counts as earlier than those that are.",
            )
        for name, cell in (("attempt", attempt), ("seed", seed)):
            if cell and _number(cell) is None:
                self._no_number(name, cell, file, row.line)
        for problem, texts in given.items():
            counted, variant = _number(attempt) or None, _number(seed)
            yield Handed(f"{file}, line {row.line}", identity(who) or None, problem, variant, texts, counted, stamp)

    def _one_of(self, first: Given, second: str, place: Place, file: str, line: int) -> Given:
        """The answer to a part of which two columns hold one."""
        if is_empty(first) or is_empty(second) or first == second:
            return second if is_empty(first) else first
        why = f"two columns hold different answers to {place[0]} ({place[1]})"
        self._say("unplaced", file, line, f"{why}; a person must look.")
        shown = first if isinstance(first, str) else str(first.get("text"))
        return by_hand(f"{file}, line {line}", why, f"{shown}\n\n{second}")

    def _no_number(self, name: str, value: object, file: str, line: int) -> None:
        self._say("note", file, line, f"the {name} {value!r:.60} is no whole number; it does not count.")

    def _placed(self, row: Row, k: int, places: Sequence[Place | None], file: str) -> Iterator[tuple[Place, str]]:
        cell = row.cells[k] if k < len(row.cells) else ""
        texts = parts_of(typed(cell), len(places)) if len(places) > 1 else [cell]
        if texts is None:
            if cell.strip().strip("-"):
                said = f"the cell {cell[:60]!r} does not hold the {len(places)} parts that the map says."
                self._say("unplaced", file, row.line, said)
            texts = [""] * len(places)
        for place, text in zip(places, texts, strict=True):
            if place is not None:
                yield place, _unless_unanswered(typed(text))

    def records(self, data: bytes, file: str) -> list[Handed]:
        """The submissions in a JSON array, an object with ``submissions``, or JSON Lines."""
        found = list(self._objects(self._text(data, file), file))
        if not found:
            self._say("unplaced", file, 0, "it holds no submissions.")
        return [h for line, one in found for h in self._record(one, file, line)]

    def _objects(self, text: str, file: str) -> Iterator[tuple[int, Any]]:
        """The objects, each with its line; in one JSON text with its number."""
        try:
            whole = json.loads(text)
        except (ValueError, RecursionError):
            yield from self._lines(text, file)
            return
        inner = whole.get("submissions", whole) if isinstance(whole, dict) else whole
        yield from enumerate(inner if isinstance(inner, list) else [inner], 1)

    def _lines(self, text: str, file: str) -> Iterator[tuple[int, Any]]:
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                try:
                    yield number, json.loads(line)
                except (ValueError, RecursionError) as error:
                    self._say("unplaced", file, number, f"this is not JSON: {str(error)[:100]}.")

    def _record(self, found: Any, file: str, line: int) -> Iterator[Handed]:
        if isinstance(found, dict) and "parts" in found and "status" in found:
            self._say("unplaced", file, line, "this is a result of derive grade, and no hand-in.")
            return
        answers = found.get("answers") if isinstance(found, dict) else None
        if not isinstance(answers, dict):
            self._say("unplaced", file, line, "this is no object with answers.")
            return
        if not answers:
            self._say("note", file, line, "there are no answers in it.")
        for name in ("seed", "attempt"):
            if found.get(name) is not None and _whole(found[name]) is None:
                self._no_number(name, found[name], file, line)
        student = found.get("student")
        who = identity(str(student)) or None if isinstance(student, str | int) else None
        seed, attempt = (_whole(found.get(k)) for k in ("seed", "attempt"))
        stamp = time_of(str(found.get("submitted_at") or "")) or str(found.get("submitted_at") or "")
        kept = [str(a) for a in found.get("attachments") or []] if isinstance(found.get("attachments"), list) else []
        for problem, given in self._by_problem(found.get("problem"), answers, file, line).items():
            where, name = f"{file}, line {line}", found.get("id")
            identified = str(name) if isinstance(name, str | int) else ""
            yield Handed(where, who, problem, seed, given, attempt, stamp, kept, identified)

    def _by_problem(
        self, problem: Any, answers: Mapping[str, Any], file: str, line: int
    ) -> dict[str, dict[str, Given]]:
        if isinstance(problem, str):
            return {problem: {str(k): _given(v) for k, v in answers.items() if v is not None}}
        found: dict[str, dict[str, Given]] = {}
        for label, answer in answers.items():
            place = place_of(str(label), self.labels)
            if place is None:
                self._say("unplaced", file, line, f"there is no part {label!r}; its answer is {str(answer)[:100]!r}.")
            elif answer is not None:
                found.setdefault(place[0], {})[place[1]] = _given(answer)
        return found


def _unless_unanswered(text: str) -> str:
    """An answer from a table; platforms write a dash where there is none."""
    return "" if text in DASHES else text


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(cell: str) -> int | None:
    return int(cell) if cell.isdecimal() and len(cell) <= 18 else None


def _given(answer: Any) -> Given:
    return answer if isinstance(answer, dict) else _listed(answer)


def _listed(answer: Any) -> str:
    """An answer as it is typed; a list's entries may be texts."""
    return f"[{', '.join(map(_listed, answer))}]" if isinstance(answer, list) else str(answer)
