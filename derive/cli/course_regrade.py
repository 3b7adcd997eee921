"""``derive regrade``: changing one's mind, and who is affected, before anything is written."""

from __future__ import annotations

import json
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
    from derive.course.groups import counted
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
        for change in found:
            say(json.dumps(change.record, ensure_ascii=False))
        return
    for change in found:
        who = change.id if change.student in (None, change.id) else f"{change.id} ({change.student})"
        kept = "; kept at the higher marks" if change.kept else ""
        before, after, out_of = change.shown
        marks = f"{_number(before)} → {_number(after)} of {out_of:g}"
        part = f" ({change.part})" if change.part else ""
        say(f"{who}  {change.problem}{part}: {marks}: {change.why}{kept}")
    for line in course.decisions.faults:
        say(line)
    stay = sum(c.kept for c in found)
    down = sum(c.lower for c in found) - stay
    said = f"{counted(len(found), 'change')}: {len(found) - down - stay} up or settled anew, {down} down"
    say(
        f"{said}{f', {stay} kept as they were' if stay else ''}."
        + ("" if write or not found else f" Nothing is written; derive regrade {results} --write does.")
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
