"""``derive regrade``: changing one's mind, and who is affected, before anything is written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from derive.cli.common import AsJson, Bank, app, fail, say
from derive.cli.course_grade import (
    Attempts,
    Audience,
    DecisionFile,
    Jobs,
    OfAssignment,
    assignment_of,
    course_of,
    decisions_beside,
    faults_said,
)
from derive.cli.course_review import Results

if TYPE_CHECKING:
    from derive.course.assignment import Assignment
    from derive.course.regrade import Change

MANY = 5


@app.command()
def regrade(
    results: Results,
    write: Annotated[bool, typer.Option("--write", help="Put the new results in the old ones' place.")] = False,
    never_lower: Annotated[bool, typer.Option("--never-lower", help="Nobody loses marks by it.")] = False,
    as_json: AsJson = False,
    decisions: DecisionFile = None,
    assignment: OfAssignment = None,
    attempts: Attempts = None,
    bank: Bank = None,
    jobs: Jobs = None,
) -> None:
    """Grade results anew after a change of key, marks, version or decisions: who changes, by how much and why.

    Nothing is written without --write.
    """
    from derive.course.groups import visible
    from derive.course.regrade import Missing
    from derive.course.regrade import regrade as again

    path = decisions_beside(results, decisions)
    _check_assignment(results, assignment_of(assignment))
    course = course_of(bank, attempts, _audience(results), assignment, path)
    try:
        with faults_said():
            found = again(results, course, path, write=write, never_lower=never_lower, jobs=jobs)
    except Missing as error:
        raise fail(str(error)) from error
    if as_json:
        for change in found.changes:
            say(json.dumps(change.record, ensure_ascii=False))
        for line in found.overtaken:
            typer.echo(visible(line), err=True)
        return
    for line in [*map(_told, found.changes), *_by_part(found.changes), *found.overtaken, *course.decisions.faults]:
        say(visible(line))
    unwritten = f" Nothing is written; derive regrade {results} --write does." if found.changes and not write else ""
    say(_summary(found.changes) + unwritten)


def _told(change: Change) -> str:
    """Who changes, by how much and why."""
    who = change.id if change.student in (None, change.id) else f"{change.id} ({change.student})"
    kept = "; kept at the higher marks" if change.kept else ""
    before, after, out_of = change.shown
    marks = f"{_number(before)} → {_number(after)} of {out_of:g}"
    return f"{who}  {_place(change)}: {marks}: {change.why}{kept}"


def _place(change: Change) -> str:
    return f"{change.problem} ({change.part})" if change.part else change.problem


def _by_part(found: Sequence[Change]) -> list[str]:
    """What becomes of each part, where there are many changes to read."""
    parts: dict[str, list[Change]] = {}
    for change in found:
        parts.setdefault(_place(change), []).append(change)
    return [f"{place}: {_counts(its)}" for place, its in parts.items()] if len(found) > MANY else []


def _summary(found: Sequence[Change]) -> str:
    from derive.course.groups import counted

    return f"{counted(len(found), 'change')}: {_counts(found)}."


def _counts(found: Sequence[Change]) -> str:
    stay = sum(c.kept for c in found)
    down = sum(c.lower for c in found) - stay
    return f"{len(found) - down - stay} up or settled anew, {down} down" + (
        f", {stay} kept as they were" if stay else ""
    )


def _check_assignment(results: Path, given: Assignment | None) -> None:
    """Refuse to grade an assignment's results as those of another, or of none.

    Raises:
        typer.Exit: they are.
    """
    from derive.course.batch import results_of

    with results.open("rb") as lines:
        name = next((r["counts"]["assignment"] for r in results_of(lines) if "counts" in r), None)
    if name is not None and (given is None or given.name != name):
        raise fail(f"{results} holds results of {name}: name its file, --assignment {name}.toml.")


def _number(marks: float | None) -> str:
    return "waiting" if marks is None else f"{marks:g}"


def _audience(results: Path) -> Audience:
    """For whom results were written: only staff's hold evidence."""
    from derive.course.batch import results_of

    with results.open("rb") as lines:
        rows = (part for r in islice(results_of(lines), 100) for part in r.get("parts", {}).values())
        return next((Audience.staff if "evidence" in part else Audience.student for part in rows), Audience.staff)
