"""What a person decided about answers: kept line by line, applied to results, and never applied to another answer."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from derive.course.setting import Worth, own_marks, rounded, scaled
from derive.render.stream import read_line

Target = tuple[str, str, str, str]
Answer = tuple[int, Any]


class BadDecision(ValueError):
    """A decision that cannot be made; the message is a sentence."""


@dataclass(frozen=True)
class Decision:
    """Marks that a person gives.

    Attributes:
        problem, part: where.
        answers: the answers it is about, each with the seed of its variant.
        id: the submission it is about; None for whoever gave one of these answers.
        marks: what the part earns.
        words: what the student reads; the automatic feedback stays where there are none.
        who, when, why: for staff.
        replaces: whether it takes the place of an earlier decision about the same answers.
        line: where it stands in its file.
    """

    problem: str
    part: str
    answers: tuple[Answer, ...]
    marks: float
    who: str
    when: str
    words: str = ""
    why: str = ""
    id: Any = None
    replaces: bool = False
    line: int = 0

    @property
    def targets(self) -> Iterator[Target]:
        """What it is looked up by."""
        return (_target(self.problem, self.part, self.id, *answer) for answer in self.answers)

    @property
    def record(self) -> dict[str, Any]:
        """Its line in a file."""
        row = {k: v for k, v in asdict(self).items() if k not in ("line", "answers")}
        return {**row, "answers": [{"seed": seed, "answer": answer} for seed, answer in self.answers]}


def _target(problem: object, part: str, identity: object, seed: object, answer: object) -> Target:
    whose = "" if identity is None else json.dumps(identity, sort_keys=True)
    return str(problem), part, whose, json.dumps([seed, answer], sort_keys=True)


@dataclass
class Decisions:
    """The decisions of a file.

    Attributes:
        faults: sentences about lines that are left out.

    >>> made = Decisions()
    >>> made.take(Decision("p", "a", ((7, "x+1"),), 2, "Ann", "2026-01-01"))
    >>> part = {"verdict": "undecided", "marks": None, "out_of": 3, "feedback": "A person will read this."}
    >>> row = {"id": 1, "problem": "p", "seed": 7, "answers": {"a": "x+1"}, "marks": None, "parts": {"a": part}}
    >>> made.applied(row)["marks"], made.applied({**row, "answers": {"a": "x+2"}})["marks"]
    (2, None)
    """

    faults: list[str] = field(default_factory=list)
    name: str = "decisions.jsonl"
    _of: dict[Target, Decision] = field(default_factory=dict)
    _quarrels: set[Target] = field(default_factory=set)
    _used: set[int] = field(default_factory=set)

    @classmethod
    def read(cls, path: Path) -> Decisions:
        """The decisions of a file; none where there is no file.

        Raises:
            OSError: the file cannot be read.
        """
        made = cls(name=path.name)
        if path.exists():
            with path.open("rb") as lines:
                for number, line in enumerate(lines, 1):
                    made._read(number, line)
        return made

    def _read(self, number: int, line: bytes) -> None:
        if not line.strip():
            return
        try:
            self.take(_decision(read_line(line), number))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self.faults.append(f"Line {number} of {self.name} is no decision; it is left out.")

    def take(self, decision: Decision) -> None:
        """Count a decision in; of two that disagree about an answer neither is applied."""
        for target in decision.targets:
            before = self._of.get(target)
            if decision.replaces or before is None:
                self._quarrels.discard(target)
            elif before.marks != decision.marks:
                self._quarrel(target, before, decision)
            self._of[target] = decision

    def _quarrel(self, target: Target, before: Decision, now: Decision) -> None:
        self._quarrels.add(target)
        whose = f" of {now.id}" if now.id is not None else ""
        said = (
            f"Lines {before.line} and {now.line} of {self.name} disagree about an answer{whose} to {now.problem} ({now.part}):"
            f" {before.marks:g} by {before.who}, {now.marks:g} by {now.who}. Neither is applied; decide again with --replace."
        )
        if said not in self.faults:
            self.faults.append(said)

    def of(self, problem: object, part: str, identity: object, seed: object, answer: object) -> Decision | None:
        """The decision about an answer: the one about this student before the one about everybody."""
        for whose in (identity, None):
            target = _target(problem, part, whose, seed, answer)
            if target in self._of and target not in self._quarrels:
                return self._of[target]
        return None

    def applied(self, result: Mapping[str, Any]) -> dict[str, Any]:
        """A result with what is decided, and without what is decided no longer."""
        answers = result.get("answers") or {}
        parts = {}
        for name, part in result["parts"].items():
            bare = {**part, **part["automatic"]} if "automatic" in part else dict(part)
            bare = {k: v for k, v in bare.items() if k not in ("automatic", "decision")}
            found = self.of(result["problem"], name, result["id"], result["seed"], answers.get(name))
            parts[name] = bare if found is None else self._decided(bare, found)
        return totalled({**result, "parts": parts}) if parts else dict(result)

    def _decided(self, part: Mapping[str, Any], found: Decision) -> dict[str, Any]:
        self._used.add(found.line)
        if not 0 <= found.marks <= part["out_of"]:
            said = (
                f"Line {found.line} of {self.name} gives {found.marks:g} of {part['out_of']} marks; it is not applied."
            )
            self.faults += [said] * (said not in self.faults)
            return dict(part)
        for_staff = "evidence" in part
        told = {"when": found.when} | ({"who": found.who, "why": found.why} if for_staff else {})
        marks = int(found.marks) if float(found.marks).is_integer() else found.marks
        automatic = {"marks": part["marks"], "feedback": part["feedback"]}
        words = found.words or (part["feedback"] if marks == part["marks"] else "A person has marked this.")
        more = {"automatic": automatic} if for_staff else {}
        return {**part, "marks": marks, "feedback": words, "decision": told, **more}

    def unused(self) -> list[str]:
        """Sentences about decisions on one submission that none of the results met."""
        lost = {d.line: d for d in self._of.values() if d.id is not None and d.line not in self._used}
        return [
            f"Line {n} of {self.name} is about an answer of {d.id} to {d.problem} ({d.part}) that is not among the results;"
            " it is not applied."
            for n, d in sorted(lost.items())
        ]


def totalled(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result with its total made anew from its parts."""
    parts = result["parts"]
    pending = [name for name, p in parts.items() if p["marks"] is None]
    so_far = sum(p["marks"] or 0 for p in parts.values())
    marks = None if pending else so_far
    status = "needs a person" if pending else "graded"
    return {
        **result,
        "marks": marks,
        "marks_so_far": so_far,
        "pending": pending,
        "status": status,
        **_counted(result, marks, so_far),
    }


def _counted(result: Mapping[str, Any], marks: float | None, so_far: float) -> dict[str, Any]:
    """The marks as the assignment counts them, where there is one."""
    if "counts" not in result:
        return {}
    told, out_of = result["counts"], result["out_of"]
    whole = None if marks is None else scaled(marks, out_of, told["out_of"])
    return {"counts": {**told, "marks": whole, "marks_so_far": scaled(so_far, out_of, told["out_of"])}}


def _decision(row: Mapping[str, Any], line: int) -> Decision:
    marks = row["marks"]
    if isinstance(marks, bool) or not isinstance(marks, int | float):
        raise TypeError(marks)
    texts = {k: str(row.get(k, "")) for k in ("who", "when", "words", "why")}
    answers = tuple((a["seed"], a["answer"]) for a in row["answers"])
    return Decision(
        row["problem"],
        row["part"],
        answers,
        marks,
        id=row.get("id"),
        replaces=row.get("replaces") is True,
        line=line,
        **texts,
    )


def keep(path: Path, decision: Decision) -> None:
    """Add a decision to a file, on the disk before this returns; a cut-off line before it stays a line of its own.

    Raises:
        OSError: the file cannot be written.
    """
    import fcntl

    line = json.dumps(decision.record, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    with path.open("ab+", buffering=0) as file:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)  # of two people who decide at once one waits for the other
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        whole = (b"\n" if size and file.read(1) != b"\n" else b"") + line
        try:
            written = 0
            while written < len(whole):  # a disk that fills up takes a part, and only then says so
                written += file.write(whole[written:])
            os.fsync(file.fileno())
        except OSError as error:
            file.truncate(size)
            raise OSError(error.errno, error.strerror, str(path)) from error


def now() -> str:
    """The time as decisions note it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def decide(path: Path, decision: Decision, worth: Worth) -> Decision:
    """Make a decision: checked, and kept in a file.

    Args:
        path: the file.
        decision: its marks as the sheet states them.
        worth: the part's.

    Raises:
        BadDecision: its marks do not fit, or another one about the same answers stands there.
        OSError: the file cannot be written.
    """
    if not 0 <= decision.marks <= worth.shown:
        raise BadDecision(
            f"{decision.problem} ({decision.part}) has 0 to {worth.shown:g} marks, not {decision.marks:g}."
        )
    whole = replace(decision, marks=own_marks(decision.marks, worth), when=decision.when or now())
    before = Decisions.read(path)
    for target in whole.targets:
        other = before._of.get(target)
        if other is not None and other.marks != whole.marks and not whole.replaces:
            raise BadDecision(
                f"{other.who} gave {rounded(Fraction(other.marks) * worth.scale):g} on {other.when} (line {other.line} of"
                f" {path.name}); --replace puts this decision in its place."
            )
    keep(path, whole)
    return whole
