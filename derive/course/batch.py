"""A file of submissions graded at size: each distinct answer once, on all cores, and never twice after an interruption."""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from derive.bank.feedback import Policy
from derive.bank.grade import EVERYTHING, FIELDS, Asked, asked_of, result_of, unread
from derive.course.assignment import Assignment
from derive.course.decisions import Decisions
from derive.course.journal import Journal, only_run
from derive.course.repeated import Repeated
from derive.course.setting import counts, seeded, strange
from derive.course.shelf import Shelf
from derive.course.work import FENCE, Outcome, Task, Work, elsewhere, graded, here
from derive.render.stream import count_lines, lines_through, numbered, progress, read_line

FEW = 24  # tasks that cost less than starting processes does
KEPT_HERE = 4096
WAITS = "This could not be decided automatically. A person will look at it."
Results = MutableMapping[str, str]


@dataclass
class Tally:
    """How many lines there were, with which ids, how many of them wait, and how many answers had to be graded now."""

    lines: int = 0
    waiting: int = 0
    unreadable: int = 0
    graded: int = 0
    lost: dict[str, str] = field(default_factory=dict)
    ids: Repeated = field(default_factory=Repeated)


@dataclass(frozen=True)
class Course:
    """How submissions are graded.

    Attributes:
        shelf: the problems.
        policy: what is shown at which attempt.
        audience: ``staff`` or ``student``.
        decisions: a person's.
        assignment: what was set: whose variant is which, and what a problem counts.
    """

    shelf: Shelf
    policy: Policy = EVERYTHING
    audience: str = "staff"
    decisions: Decisions = field(default_factory=Decisions)
    assignment: Assignment | None = None

    def asked(self, request: object) -> Asked | dict[str, Any]:
        """What a submission asks to be graded, or the result of one that cannot be."""
        return asked_of(seeded(request, self.assignment), self.shelf)

    def held(self, asked: Asked) -> dict[str, str]:
        """The parts that are not graded, because their variant is not the student's, each with the reason."""
        why = strange(asked, self.assignment)
        return {part: why for part in asked.problem.parts if why and asked.answers.get(part)}

    def task(self, asked: Asked, kept: Callable[[str], bool]) -> Task | None:
        """What of a submission is still to be graded; None where nothing is."""
        keys = {part: key for part, key in self.keys(asked).items() if not kept(key)}
        if not keys:
            return None
        parts = asked.problem.parts
        needed = {*keys, *(other for part in keys for other in parts[part].follows)}
        answers = json.dumps({n: asked.answers[n] for n in parts if n in needed and n in asked.answers})
        level, hints = self.policy.level(asked.attempt), self.policy.hints(asked.attempt)
        return Task(asked.problem.name, asked.seed, level, hints, tuple(keys.items()), answers)

    def keys(self, asked: Asked) -> dict[str, str]:
        """Part → the key of its result, for the parts that are graded."""
        level, hints = self.policy.level(asked.attempt), self.policy.hints(asked.attempt)
        name, held = asked.problem.name, self.held(asked)
        parts = [part for part in asked.problem.parts if part not in held]
        return {part: self.shelf.key(name, asked.seed, part, asked.answers, level, hints) for part in parts}

    def result(self, asked: Asked, found: Callable[[str], str | None], lost: Mapping[str, str]) -> dict[str, Any]:
        """The result of a submission whose parts are graded; it repeats the answers, and holds what a person decided."""
        keys, held = self.keys(asked), self.held(asked)
        parts = {
            part: _unmarked(asked, part, held[part], "variant")
            if part in held
            else _found(asked, part, keys[part], found, lost)
            for part in asked.problem.parts
        }
        level = self.policy.level(asked.attempt)
        whole = {**result_of(asked, parts, level, self.audience), "answers": dict(asked.answers)}
        name = asked.problem.name
        whole |= {"problem_file": self.shelf.digest(name), **counts(self.assignment, name, asked.problem.marks)}
        return self.decisions.applied(whole)

    def unplaced(self, request: object, reported: dict[str, Any]) -> dict[str, Any]:
        """The result of a submission that cannot be graded; it repeats the answers too. Such a result stays what it is."""
        if isinstance(request, dict) and "status" in request and "answers" not in request:
            return request
        if not isinstance(request, dict) or "answers" not in request:
            return reported
        if request.get("problem") is None and request.get("attachments"):
            reported = {**reported, "message": _no_place(request)}
        return {**reported, "seed": request.get("seed"), "answers": request["answers"]}


def _no_place(request: Mapping[str, Any]) -> str:
    """What is said of a file that is nobody's, or that answers nothing known."""
    files = ", ".join(map(str, request["attachments"]))
    if request.get("student") is None:
        return f"Nothing says whose {files} is: say so in a map ([files]), and collect again."
    return f"Nothing says what {files} answers: name the assignment, and collect again."


def _found(
    asked: Asked, part: str, key: str, found: Callable[[str], str | None], lost: Mapping[str, str]
) -> dict[str, Any]:
    text = found(key)
    return _unmarked(asked, part, lost[key], "fault") if text is None else dict(json.loads(text))


def _unmarked(asked: Asked, part: str, why: str, kind: str) -> dict[str, Any]:
    """A part that no process could grade, or that must not be graded: it waits for a person."""
    return {
        "verdict": "undecided", "marks": None, "out_of": asked.problem.parts[part].marks, "feedback": WAITS,
        "misconception": None, "reading": None, "evidence": {"kind": kind, "message": why},
    }  # fmt: skip


def grade_file(
    source: Path, output: Path, course: Course, jobs: int | None = None, fence: float = FENCE, work: Work = graded
) -> Tally:
    """Grade a file of submissions into a file of results, in its order.

    Beside the output stands a journal of the distinct answers, which a later run goes on from: after an interruption, with
    more submissions, after a decision. The results do not depend on it, nor on the number of processes.

    Args:
        source: JSON Lines; read twice.
        output: appears whole or not at all.
        course: how.
        jobs: how many processes; as many as there are cores by default. A few answers are graded in this one.
        fence: seconds after which an answer is given up.
        work: what grades a task.

    Raises:
        Busy: another run writes to the same output.
        BadProblem: the file of a problem is faulty.
        OSError: a file cannot be read or written, or the disk is full; what was graded is kept.
    """
    source.stat()  # before anything is made beside the output
    with only_run(output) as died:
        run = Run(output.with_name(output.name + ".journal"), died, jobs, fence, work)
        return grade_to(source, output, course, run)


@dataclass(frozen=True)
class Run:
    """How answers are graded by a run that is known to be the only one.

    Attributes:
        journal: where their results are kept.
        died: whether the run before it died: maybe of an answer, so that this process grades none itself.
        jobs, fence, work: as `grade_file` takes them.
    """

    journal: Path
    died: bool
    jobs: int | None = None
    fence: float = FENCE
    work: Work = graded

    def outcomes(self, tasks: Iterator[Task], course: Course) -> Iterator[Outcome]:
        """What becomes of tasks; a few are done in this process."""
        few = list(islice(tasks, FEW))
        if not self.died and len(few) < FEW:
            return here(few, course.shelf, self.work)
        if not few:
            return iter(())
        jobs = self.jobs or os.cpu_count() or 1
        return elsewhere(chain(few, tasks), course.shelf.folders, jobs, self.fence, self.work)


def grade_to(source: Path, output: Path, course: Course, run: Run) -> Tally:
    """What `grade_file` does, within a run."""
    tally = Tally()
    journal = Journal(run.journal)
    try:
        for outcome in run.outcomes(_new_tasks(source, course, journal), course):
            _keep(outcome, journal, tally)
        _write(source, output, course, journal, tally)
    finally:
        journal.close()
    return tally


def _keep(outcome: Outcome, journal: Journal, tally: Tally) -> None:
    for key, text in outcome.found.items():
        journal.add(key, text)
    tally.graded += len(outcome.found)
    if outcome.why:
        tally.lost |= {key: f"{outcome.why} A person has to look at it." for _, key in outcome.task.parts}


def _new_tasks(source: Path, course: Course, journal: Journal) -> Iterator[Task]:
    """What is to be graded, each distinct answer once."""
    begun: set[bytes] = set()

    def kept(key: str) -> bool:
        return key in journal or bytes.fromhex(key) in begun

    for request in _requests(source):
        asked = course.asked(request)
        if isinstance(asked, Asked) and (task := course.task(asked, kept)):
            yield task
            begun.update(bytes.fromhex(key) for _, key in task.parts)


def _requests(source: Path) -> Iterator[Any]:
    """The lines that are JSON."""
    with source.open("rb") as lines:
        for _, raw in progress(numbered(lines), count_lines(source), "grading line"):
            try:
                yield read_line(raw)
            except (ValueError, RecursionError):
                continue  # said in its place when the results are written


def _write(source: Path, output: Path, course: Course, journal: Journal, tally: Tally) -> None:
    def answer(request: Any) -> dict[str, Any]:
        asked = course.asked(request)
        if isinstance(asked, dict):
            return _counted(tally, course.unplaced(request, asked))
        return _counted(tally, course.result(asked, journal.find, tally.lost))

    lines_through(source, answer, lambda text: _counted(tally, unread(text)), output, FIELDS)


def _counted(tally: Tally, result: dict[str, Any]) -> dict[str, Any]:
    tally.lines += 1
    tally.ids.take(result["id"])
    tally.waiting += result["marks"] is None
    tally.unreadable += result["out_of"] is None
    return result


def grade_stream(source: Path, course: Course) -> None:
    """Grade submissions in this process, each result printed as soon as it is known.

    Raises:
        BadProblem: the file of a problem is faulty.
        OSError: the file cannot be read.
    """
    kept: OrderedDict[str, str] = OrderedDict()

    def answer(request: Any) -> dict[str, Any]:
        asked = course.asked(request)
        if isinstance(asked, dict):
            return course.unplaced(request, asked)
        return course.result(asked, *_graded_now(course, asked, kept))

    lines_through(source, answer, unread, None, FIELDS)


def _graded_now(
    course: Course, asked: Asked, kept: OrderedDict[str, str]
) -> tuple[Callable[[str], str | None], dict[str, str]]:
    """What finds the results of a submission, graded now where they are not kept; and what was lost."""
    tally_lost: dict[str, str] = {}
    task = course.task(asked, kept.__contains__)
    for outcome in here([task] if task else [], course.shelf):
        kept.update(outcome.found)
        tally_lost |= {key: outcome.why for _, key in outcome.task.parts if outcome.why}
    found = {key: kept.get(key) for key in course.keys(asked).values()}
    while len(kept) > KEPT_HERE:
        kept.popitem(last=False)
    return found.get, tally_lost


def results_of(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The results in a file of them; a line that is none is passed over with its number in ``fault``."""
    for number, line in enumerate(lines, 1):
        try:
            found = read_line(line)
        except (ValueError, RecursionError):
            found = None
        yield found if isinstance(found, dict) and "parts" in found else {"fault": number}
