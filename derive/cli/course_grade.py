"""``derive grade``: one problem's answers from the command line, or a file of submissions at size."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from derive.cli.common import AsJson, Bank, Output, Seed, app, fail, named, problems_of
from derive.render.stream import write

if TYPE_CHECKING:
    from derive.bank.feedback import Policy
    from derive.bank.problem import Problem
    from derive.course.assignment import Assignment
    from derive.course.batch import Course, Tally
    from derive.course.shelf import Shelf


class Audience(StrEnum):
    """Who reads a result."""

    staff = "staff"
    student = "student"


Reader = Annotated[Audience, typer.Option("--audience", help="Who reads the result.")]
Attempts = Annotated[int | None, typer.Option("--attempts", min=1, help="How many attempts there are (4).")]
OfAssignment = Annotated[
    Path | None, typer.Option("--assignment", help="The assignment: its variants, attempts, feedback, marks and title.")
]
Jobs = Annotated[int | None, typer.Option("--jobs", min=1, help="How many processes; all cores by default.")]
DecisionFile = Annotated[
    Path | None,
    typer.Option("--decisions", help="A person's decisions; decisions.jsonl beside the results by default."),
]


@app.command()
def grade(
    target: Annotated[str, typer.Argument(help="A problem, or a file of submissions (JSON Lines).")],
    answer: Annotated[list[str] | None, typer.Option("--answer", help="PART=TEXT, once for each part.")] = None,
    seed: Seed = 0,
    as_json: AsJson = False,
    output: Output = None,
    bank: Bank = None,
    audience: Reader = Audience.staff,
    attempt: Annotated[int | None, typer.Option(min=1, help="Which attempt this is.")] = None,
    attempts: Attempts = None,
    assignment: OfAssignment = None,
    decisions: DecisionFile = None,
    jobs: Jobs = None,
) -> None:
    """Grade the answers to one problem, or a file of submissions.

    A file's results go to -o, in its order. A run that was interrupted goes on when the same command is given again.
    """
    problems = _problems(bank, target)
    if target.endswith((".jsonl", ".json")) or (Path(target).is_file() and target not in problems):
        course = course_of(bank, attempts, audience, assignment, decisions_beside(output, decisions))
        _grade_file(Path(target), output, course, jobs)
        return
    from derive.render.listing import report

    submission = _submission(problems, named(target, problems, "problem"), answer or [], seed)
    counted = {} if attempt is None else {"attempt": attempt}
    result = _graded(problems, {**submission, **counted}, policy_of(attempts, assignment_of(assignment)), audience)
    write(output, json.dumps(result, ensure_ascii=False) + "\n" if as_json else report(result))
    if result["marks"] != result["out_of"]:
        raise typer.Exit(1)


def _problems(bank: list[Path] | None, target: str) -> Mapping[str, Problem]:
    """The problems of which one may be meant; a file's are loaded as they come."""
    return {} if target.endswith((".jsonl", ".json")) else problems_of(bank, target)


def policy_of(attempts: int | None, assignment: Assignment | None = None) -> Policy:
    """What is said at which attempt: the option's attempts, the assignment's policy, or the usual one."""
    from dataclasses import replace

    from derive.bank.feedback import Policy

    policy = Policy() if assignment is None else assignment.policy
    return policy if attempts is None else replace(policy, attempts=attempts)


def assignment_of(path: Path | None) -> Assignment | None:
    """The assignment of a file; none without one.

    Raises:
        typer.Exit: it is none.
    """
    from derive.course.assignment import BadAssignment, load

    try:
        return load(path) if path else None
    except BadAssignment as error:
        raise fail(str(error)) from error


def decisions_beside(results: Path | None, named_file: Path | None) -> Path:
    """The file of decisions: the one named, or the one beside the results.

    Raises:
        typer.Exit: the one named is not there.
    """
    if named_file is not None and not named_file.exists():
        raise fail(f"there is no file {named_file}.")
    return named_file or (results or Path("decisions.jsonl")).with_name("decisions.jsonl")


def shelf_of(bank: list[Path] | None) -> Shelf:
    """The problems that are to be had.

    Raises:
        typer.Exit: there is none.
    """
    from derive.bank.banks import EmptyBank
    from derive.course.shelf import Shelf

    try:
        return Shelf(bank or ())
    except EmptyBank as error:
        raise fail(str(error)) from error


def course_of(
    bank: list[Path] | None, attempts: int | None, audience: Audience, assignment: Path | None, decisions: Path
) -> Course:
    """How submissions are graded; what is wrong with decisions is said.

    Raises:
        typer.Exit: there is no problem in the bank.
    """
    from derive.course.batch import Course
    from derive.course.decisions import Decisions

    chosen = assignment_of(assignment)
    return Course(shelf_of(bank), policy_of(attempts, chosen), audience.value, Decisions.read(decisions), chosen)


def _grade_file(source: Path, output: Path | None, course: Course, jobs: int | None) -> None:
    from derive.course.batch import grade_file, grade_stream

    with faults_said():
        if output is None:
            grade_stream(source, course)
            return
        with _at_rest(source) as still:
            tally = grade_file(still, output, course, jobs)
    for line in filter(None, [*course.decisions.faults, tally.ids.said]):
        typer.echo(f"derive: {line}", err=True)
    typer.echo(_said(tally, output), err=True)


@contextmanager
def faults_said() -> Iterator[None]:
    """What may go wrong in a run, said with what to do.

    Raises:
        typer.Exit: something did.
    """
    import errno

    from derive.bank.problem import BadProblem
    from derive.course.journal import Busy
    from derive.course.work import NoWorkers

    try:
        yield
    except (BadProblem, Busy, NoWorkers) as error:
        raise fail(str(error)) from error
    except KeyboardInterrupt as error:
        typer.echo("derive: stopped. What was done is kept; the same command goes on from there.", err=True)
        raise typer.Exit(130) from error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        where = f"{error.filename}: " if error.filename else ""
        said = f"{where}the disk is full. What was done is kept; make room and give the same command again."
        raise fail(said) from error


@contextmanager
def _at_rest(source: Path) -> Iterator[Path]:
    """A file that can be read twice: the source, or a copy of what comes through a pipe."""
    if source.is_file() or not source.exists():
        yield source
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "submissions.jsonl"
        with source.open("rb") as given, copy.open("wb") as kept:
            shutil.copyfileobj(given, kept)
        yield copy


def _said(tally: Tally, output: Path) -> str:
    from derive.course.groups import counted

    said = f"{output}: {counted(tally.lines, 'result')}, {counted(tally.graded, 'answer')} graded now"
    said += f", {len(tally.lost)} given up (a person decides)" if tally.lost else ""
    said += f"; {counted(tally.unreadable, 'line')} could not be placed" if tally.unreadable else ""
    waiting = tally.waiting - tally.unreadable
    return said + (f"; waiting for a person: {waiting} (derive review {output})" if waiting else "") + "."


def _submission(problems: Mapping[str, Problem], name: str, answers: list[str], seed: int) -> dict[str, Any]:
    parts = problems[name].parts
    given = {}
    for text in answers:
        part, sign, typed = text.partition("=")
        if not sign or part not in parts:
            raise fail(f"--answer takes PART=TEXT with a part of {', '.join(parts)}; this was {text[:40]!r}.")
        given[part] = typed
    if not given:
        raise fail(f"give an answer: --answer {next(iter(parts))}=TEXT.")
    return {"id": name, "problem": name, "seed": seed, "answers": given}


def _graded(
    problems: Mapping[str, Problem], submission: dict[str, Any], policy: Policy, audience: Audience
) -> dict[str, Any]:
    from derive.bank.grade import grade as grade_one
    from derive.bank.problem import BadProblem

    try:
        return grade_one(submission, problems, policy, audience)
    except BadProblem as error:
        raise fail(str(error)) from error
