"""``derive report``: what a class's results say, and the gradebook."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from derive.cli.common import AsJson, Bank, Output, app, fail
from derive.cli.course_grade import DecisionFile, OfAssignment, assignment_of, decisions_beside, shelf_of
from derive.cli.course_review import Results
from derive.cli.course_sheets import enrolled
from derive.render.stream import write

if TYPE_CHECKING:
    from derive.course.assignment import Assignment


class Form(StrEnum):
    """How a report is written."""

    text = "text"
    md = "md"


class Platform(StrEnum):
    """What reads the gradebook."""

    table = "table"
    canvas = "canvas"
    moodle = "moodle"


@app.command()
def report(
    results: Results,
    form: Annotated[Form, typer.Option("--format", help="text or md.")] = Form.text,
    as_json: AsJson = False,
    output: Output = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the gradebook to this file too.")] = None,
    platform: Annotated[Platform, typer.Option("--for", help="The gradebook's columns: table, canvas, moodle.")] = (
        Platform.table
    ),
    svg: Annotated[Path | None, typer.Option("--svg", help="Write the figures into this folder too.")] = None,
    assignment: OfAssignment = None,
    students: Annotated[Path | None, typer.Option("--students", help="The roster: names, and who is missing.")] = None,
    decisions: DecisionFile = None,
    bank: Bank = None,
) -> None:
    """Report on results: marks, what waits, parts, misconceptions, answers that many gave.

    What waits for a person is shown as waiting, never as 0.
    """
    from derive.course.batch import results_of
    from derive.course.decisions import Decisions
    from derive.course.gradebook import gradebook, left_out
    from derive.course.pages import marks_figure, page, parts_figure
    from derive.course.report import Book

    names = _names(students)
    made = Decisions.read(decisions_beside(results, decisions))
    chosen = assignment_of(assignment)
    with results.open("rb") as lines:
        book = Book.of(results_of(lines), made, chosen, _worths(chosen, bank))
    record = book.record
    if names is not None:
        strangers = sorted(set(book.entries) - set(names))
        record["notes"] += [f"{name} is not on the roster." for name in strangers]
    if csv is not None:
        write(csv, gradebook(book, platform.value, names))
        if platform is not Platform.table:
            _left_out(csv, left_out(book, names))
    if svg is not None:
        svg.mkdir(parents=True, exist_ok=True)
        write(svg / "marks.svg", marks_figure(record))
        write(svg / "parts.svg", parts_figure(record))
    shown = "md" if form is Form.md else "txt"
    write(output, json.dumps(record, ensure_ascii=False) + "\n" if as_json else page(record, shown))


def _worths(assignment: Assignment | None, bank: list[Path] | None) -> dict[str, int]:
    """The own marks of an assignment's problems, for those that it gives none.

    Raises:
        typer.Exit: the bank is empty, or a problem is faulty.
    """
    from derive.bank.problem import BadProblem

    names = [name for name, marks in assignment.entries if marks is None] if assignment else []
    try:
        shelf = shelf_of(bank) if names else {}
        return {name: shelf[name].marks for name in names if name in shelf}
    except BadProblem as error:
        raise fail(str(error)) from error


def _left_out(csv: Path, away: dict[str, str]) -> None:
    """Say who is not in a platform's gradebook."""
    from derive.course.groups import visible

    for why in dict.fromkeys(away.values()):
        whose = ", ".join(s for s, reason in away.items() if reason == why)
        typer.echo(visible(f"{csv} leaves out, {why}: {whose}"), err=True)


def _names(roster: Path | None) -> dict[str, str] | None:
    return {student.id: student.name for student in enrolled(roster)} if roster else None
