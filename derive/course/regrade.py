"""What another key, other marks, another version or a decision changes: who, by how much and why, before it is written."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from derive.course.batch import Course, Run, grade_to, results_of
from derive.course.decisions import Decision, Decisions, keep, now
from derive.course.groups import name_of
from derive.course.journal import only_run
from derive.course.setting import rounded, scale_of
from derive.course.work import FENCE, Work, graded

KEPT_BY = "derive regrade --never-lower"


class Missing(ValueError):
    """Results to problems that are in no bank; the message says which."""


@dataclass(frozen=True)
class Change:
    """A part whose marks are others than before, or a problem that counts another number of marks.

    Attributes:
        part: empty for the problem, whose marks are then those that the assignment counts.
        scale: what one of a part's marks counts in the assignment.
        before, after: marks; None while it waits.
        why: one clause.
        by_itself: whether it is the suite's, not a person's decision.
        kept: whether the marks before are kept, because they were higher.
    """

    id: Any
    student: Any
    problem: str
    part: str
    seed: int
    answer: Any
    before: float | None
    after: float | None
    out_of: int
    why: str
    by_itself: bool = True
    kept: bool = False
    scale: Fraction = Fraction(1)

    @property
    def shown(self) -> tuple[float | None, float | None, float]:
        """The marks before and after, and those that there are, as the sheet states them."""
        before, after = (None if x is None else rounded(Fraction(x) * self.scale) for x in (self.before, self.after))
        return before, after, rounded(self.out_of * self.scale)

    @property
    def lower(self) -> bool:
        """Whether somebody loses marks by it; whoever has to wait again loses none yet."""
        return self.before is not None and self.after is not None and self.after < self.before

    @property
    def record(self) -> dict[str, Any]:
        """For machines."""
        names = ("id", "student", "problem", "part", "seed", "answer", "before", "after", "out_of", "why", "kept")
        return {name: getattr(self, name) for name in names}

    @property
    def kept_by(self) -> Decision:
        """The decision that keeps the marks before."""
        assert self.before is not None
        why = f"kept: {self.why} would give {self.after:g}" if self.after is not None else ""
        return Decision(
            self.problem,
            self.part,
            ((self.seed, self.answer),),
            self.before,
            KEPT_BY,
            now(),
            words="These marks stay as they were.",
            why=why,
            id=self.id,
            replaces=True,
        )


class Regraded(NamedTuple):
    """What grading anew comes to.

    Attributes:
        changes: the parts and problems of which the marks are others.
        overtaken: sentences about decisions that were made when the key was another.
    """

    changes: list[Change]
    overtaken: list[str]


def regrade(
    results: Path,
    course: Course,
    decisions: Path,
    *,
    write: bool = False,
    never_lower: bool = False,
    jobs: int | None = None,
    fence: float = FENCE,
    work: Work = graded,
) -> Regraded:
    """Grade the answers in a file of results anew, and say what changes.

    Only answers whose problem or suite has changed cost anything. A line that could not be placed is tried again.

    Args:
        results: the file; left as it is unless ``write``.
        course: how it is graded now.
        decisions: where decisions stand; those of ``never_lower`` are added.
        write: put the new results in the old ones' place.
        never_lower: no part loses marks.
        jobs: as `grade_file` takes it, and so the rest.
        fence: seconds.
        work: what grades a task.

    Raises:
        Missing: there are results to a problem that is in no bank.
        Busy: another run writes to these results.
        BadProblem: the file of a problem is faulty.
        OSError: a file cannot be read or written.
    """
    _check_bank(results, course)
    with only_run(results) as died, tempfile.TemporaryDirectory() as folder:
        new = Path(folder) / results.name
        run = Run(results.with_name(results.name + ".journal"), died, jobs, fence, work)
        grade_to(results, new, course, run)
        found = [
            replace(c, kept=never_lower and c.lower and c.by_itself and c.out_of > 0) for c in changes(results, new)
        ]
        older = list(overtaken(results, new, course.decisions))
        if write:
            for change in found:
                if change.kept:
                    keep(decisions, change.kept_by)
            course = replace(course, decisions=Decisions.read(decisions))
            grade_to(results, results, course, run)
    return Regraded(found, older)


def _check_bank(results: Path, course: Course) -> None:
    """Refuse to grade anew without the problems: what had marks would have none."""
    with results.open("rb") as lines:
        lost = Counter(r["problem"] for r in results_of(lines) if r.get("parts") and r["problem"] not in course.shelf)
    if lost:
        said = ", ".join(f"{name} ({n})" for name, n in sorted(lost.items()))
        raise Missing(f"no bank has these problems, to which there are results: {said}. Name theirs, --bank DIR.")


def changes(before: Path, after: Path) -> Iterator[Change]:
    """The parts whose marks differ between two files of the same submissions, and the problems that count otherwise."""
    for old, new in _pairs(before, after):
        mine, theirs = old.get("parts", {}), new.get("parts", {})
        for part in [*theirs, *(gone for gone in mine if theirs and gone not in theirs)]:
            now_ = theirs.get(part, {"marks": 0, "out_of": 0, "verdict": "no such part"})
            was = mine.get(part, {"marks": None, "out_of": now_["out_of"]})
            if (was["marks"], was["out_of"]) != (now_["marks"], now_["out_of"]):
                yield _change(old, new, part, was, now_)
        was, now_ = old.get("counts"), new.get("counts")
        if was and now_ and was["out_of"] != now_["out_of"]:
            yield _recounted(new, was, now_)


def _pairs(before: Path, after: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The results of the same submissions in two files."""
    with before.open("rb") as old_lines, after.open("rb") as new_lines:
        yield from zip(results_of(old_lines), results_of(new_lines), strict=False)


def overtaken(before: Path, after: Path, decisions: Decisions) -> Iterator[str]:
    """A sentence for each decision about a problem whose file has changed since: somebody decided by another key."""
    said: set[int] = set()
    for old, new in _pairs(before, after):
        if old.get("problem_file") == new.get("problem_file") or not old.get("parts"):
            continue
        for part, now_ in new.get("parts", {}).items():
            answer = (new.get("answers") or {}).get(part)
            made = decisions.of(new["problem"], part, new["id"], new["seed"], answer) if "automatic" in now_ else None
            if made is None or made.who == KEPT_BY or made.line in said:
                continue
            if made.marks != now_["automatic"]["marks"]:
                said.add(made.line)
                yield _overtaken(made, decisions.name, before, new, now_)


def _overtaken(made: Decision, file: str, results: Path, new: Mapping[str, Any], now_: Mapping[str, Any]) -> str:
    scale = scale_of(new)
    given, worth = (rounded(Fraction(x) * scale) for x in (made.marks, now_["out_of"]))
    alone = now_["automatic"]["marks"]
    itself = "waits" if alone is None else f"earns {rounded(Fraction(alone) * scale):g}"
    whose = (
        f"--id {made.id} --part {made.part}"
        if made.id is not None
        else name_of(made.problem, made.part, *made.answers[0])
    )
    return (
        f"Line {made.line} of {file}: {made.who} gave {given:g} of {worth:g} for {made.problem} ({made.part}); since these"
        f" results the problem's file has changed, and by itself the answer {itself}. Leave it, or decide anew:"
        f" derive decide {results} {whose} --marks N --replace"
    )


def _recounted(new: Mapping[str, Any], was: Mapping[str, Any], now_: Mapping[str, Any]) -> Change:
    """A problem of which the assignment's marks are others."""
    who = (new["id"], new.get("student"), new["problem"], "", new["seed"], None)
    why = f"counts {was['out_of']} → {now_['out_of']} in {now_['assignment']}"
    return Change(*who, was["marks"], now_["marks"], now_["out_of"], why, by_itself=False)


def _change(
    old: Mapping[str, Any], new: Mapping[str, Any], part: str, was: Mapping[str, Any], now_: Mapping[str, Any]
) -> Change:
    answer = (new.get("answers") or {}).get(part)
    who = (new["id"], new.get("student"), new["problem"], part, new["seed"], answer)
    return Change(
        *who,
        was["marks"],
        now_["marks"],
        now_["out_of"],
        _why(old, new, was, now_),
        not _is_decided(was, now_),
        scale=scale_of(new),
    )


def _is_decided(was: Mapping[str, Any], now_: Mapping[str, Any]) -> bool:
    """Whether somebody has decided since."""
    return bool(now_.get("decision")) and now_.get("decision") != was.get("decision")


def _why(old: Mapping[str, Any], new: Mapping[str, Any], was: Mapping[str, Any], now_: Mapping[str, Any]) -> str:
    decided = now_.get("decision")
    if decided and _is_decided(was, now_):
        return f"decided by {decided['who']}" if "who" in decided else "decided"
    if not old.get("parts"):
        return "could not be placed before"
    versions = [f"{name} {old['version'][key]} → {new['version'][key]}" for key, name in
                (("problem", "version"), ("suite", "suite")) if old["version"][key] != new["version"][key]]  # fmt: skip
    verdicts = f"{was.get('verdict')} → {now_['verdict']}" if was.get("verdict") != now_["verdict"] else ""
    out_of = f"marks {was['out_of']} → {now_['out_of']}" if was["out_of"] != now_["out_of"] else ""
    undone = "a decision is gone" if was.get("decision") and not decided else ""
    file = (
        "the problem's file has changed" if not versions and old.get("problem_file") != new.get("problem_file") else ""
    )
    return ", ".join(filter(None, [*versions, file, undone, out_of, verdicts])) or "the suite has changed"
