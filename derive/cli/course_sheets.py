"""``derive sheet`` and ``derive collect``: what a class is set, and what comes back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from derive.cli.common import AsJson, Bank, Output, app, fail, say
from derive.cli.course_grade import faults_said
from derive.render.stream import progress, write

if TYPE_CHECKING:
    from derive.bank.problem import Problem
    from derive.course.assignment import Assignment
    from derive.course.collect import Collected
    from derive.course.handed import Remark
    from derive.course.roster import Student
    from derive.course.sheet import Sheet

SHOWN = 3
Students = Annotated[
    Path | None, typer.Option("--students", help="The roster: CSV with a column id, and names if you like.")
]


@app.command()
def sheet(
    assignment: Annotated[Path | None, typer.Argument(help="The assignment's file (TOML).")] = None,
    students: Students = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The folder to write into.")] = None,
    formats: Annotated[
        str, typer.Option("--format", help="Of sheets and keys, html,md,pdf,tex: in place of the file's.")
    ] = "",
    forms: Annotated[str, typer.Option("--forms", help="Answer forms, md,tex,ipynb: in place of the file's.")] = "",
    example: Annotated[bool, typer.Option("--example", help="Print an assignment to start from.")] = False,
    bank: Bank = None,
    as_json: AsJson = False,
) -> None:
    """Write every student's sheet and answer forms, and the key.

    Exit code 1 where a variant asks for something else than the others do, or a file could not be written.
    """
    from derive.course.assignment import EXAMPLE
    from derive.course.fair import unfair, variants
    from derive.course.hand_out import Nameless, Page, Unwritten, pages, put, strangers

    if example:
        typer.echo(EXAMPLE, nl=False)
        return
    if assignment is None or output is None:
        raise fail("name an assignment's file and a folder: derive sheet week.toml --students roster.csv -o DIR.")
    chosen, problems = assigned(assignment, bank)
    chosen = _in_formats(chosen, formats, forms)
    sheets = _drawn(chosen, problems, enrolled(students))
    written, faults = {}, []
    count = len(sheets) * (2 * len(chosen.formats) + len(chosen.forms))
    for page in progress(pages(chosen, sheets), count, "writing"):
        if isinstance(page, Page):
            put(output, page)
            written[page.path] = len(page.data)
        else:
            faults.append(page)
    differing = list(unfair(sheets))
    told = {
        "assignment": chosen.name, "students": len(sheets), "files": len(written), "folder": str(output),
        "variants": variants(sheets), "unfair": differing, "from_before": strangers(output, written),
        "unwritten": [f._asdict() for f in faults if isinstance(f, Unwritten)],
        "nameless": [f._asdict() for f in faults if isinstance(f, Nameless)],
    }  # fmt: skip
    say(json.dumps(told, ensure_ascii=False) if as_json else _summary(told))
    if differing or told["unwritten"]:
        raise typer.Exit(1)


def _summary(told: dict[str, Any]) -> str:
    variants, unfair, earlier = told["variants"], told["unfair"], told["from_before"]
    from derive.course.groups import counted

    many = f"{counted(told['files'], 'file')} for {counted(told['students'], 'sheet')}"
    lines = [f"{told['assignment']}: {many} in {told['folder']}"]
    lines += [f"  {name}: {counted(n, 'different variant')}" for name, n in variants.items()]
    lines += [f"not alike: {said}" for said in unfair]
    lines += _by_reason("not written", told["unwritten"]) + _by_reason("without the name", told["nameless"])
    lines += [f"from an earlier run: {name}" for name in earlier]
    return "\n".join(lines)


def _by_reason(what: str, faults: list[dict[str, str]]) -> list[str]:
    """A line for each reason, with the files that it concerns."""
    files: dict[str, list[str]] = {}
    for fault in faults:
        files.setdefault(fault["why"], []).append(fault["path"])
    more = (f" and {len(paths) - SHOWN} others" if len(paths) > SHOWN else "" for paths in files.values())
    return [
        f"{what}: {', '.join(paths[:SHOWN])}{rest}: {why}"
        for (why, paths), rest in zip(files.items(), more, strict=True)
    ]


def assigned(path: Path, folders: list[Path] | None) -> tuple[Assignment, dict[str, Problem]]:
    """An assignment and its problems.

    Raises:
        typer.Exit: either is faulty.
    """
    from derive.bank.banks import EmptyBank, files, load
    from derive.bank.problem import BadProblem
    from derive.course.assignment import BadAssignment
    from derive.course.assignment import load as load_assignment

    try:
        found = files(folders or ())
        assignment = load_assignment(path, found)
        return assignment, {name: load(found[name], name) for name, _ in assignment.entries}
    except (BadAssignment, BadProblem, EmptyBank) as error:
        raise fail(str(error)) from error


def enrolled(path: Path | None) -> list[Student]:
    """The students of a roster; none without one.

    Raises:
        typer.Exit: the roster is faulty.
    """
    from derive.course.roster import BadRoster, load

    try:
        return load(path) if path else []
    except BadRoster as error:
        raise fail(str(error)) from error


def _in_formats(assignment: Assignment, formats: str, forms: str) -> Assignment:
    from derive.course.hand_out import NoFormat, check_formats
    from derive.course.markers import BRACKETS
    from derive.render.missing import NotInstalled

    listed = tuple(dict.fromkeys(x.strip() for x in formats.split(",") if x.strip())) or assignment.formats
    places = tuple(dict.fromkeys(x.strip() for x in forms.split(",") if x.strip())) or assignment.forms
    try:
        check_formats(listed)
    except (NoFormat, NotInstalled) as error:
        raise fail(str(error)) from error
    for form in places:
        if form not in BRACKETS:
            raise fail(f"there is no answer form {form}; choose from {', '.join(sorted(BRACKETS))}.")
    return replace(assignment, formats=listed, forms=places)


def _drawn(assignment: Assignment, problems: dict[str, Problem], students: list[Student]) -> list[Sheet]:
    from derive.bank.problem import BadProblem
    from derive.course.hand_out import everybody
    from derive.course.sheet import Setter

    if not students and assignment.seeds == "each":
        raise fail("each student has a seed of their own: name the roster, --students roster.csv.")
    setter, whom = Setter(assignment, problems), everybody(students)
    try:
        return [setter.sheet(s) for s in progress(whom, len(whom), "drawing")]
    except BadProblem as error:
        raise fail(str(error)) from error


@app.command()
def collect(
    paths: Annotated[list[Path], typer.Argument(help="Forms, zips, folders, CSV exports, JSON, JSON Lines.")],
    assignment: Annotated[
        Path | None, typer.Option("--assignment", help="What was set: it says problems and seeds.")
    ] = None,
    students: Students = None,
    columns: Annotated[Path | None, typer.Option("--map", help="Which column, or file, is which (TOML).")] = None,
    keep: Annotated[str, typer.Option("--keep", help="Of several hand-ins: last, first or all.")] = "last",
    output: Output = None,
    bank: Bank = None,
    as_json: Annotated[bool, typer.Option("--json", help="Remarks as JSON, one a line.")] = False,
) -> None:
    """Read what a class hands in, as submissions for derive grade.

    What is said of files goes to standard error. Exit code 1 where something could not be placed.
    """
    from derive.course.claims import Claims
    from derive.course.collect import KEEP, Collection
    from derive.course.columns import BadMap, Columns, load
    from derive.course.journal import only_run

    if keep not in KEEP:
        raise fail(f"--keep takes {', '.join(KEEP)}, not {keep}.")
    try:
        told = load(columns) if columns else Columns()
    except BadMap as error:
        raise fail(str(error)) from error
    chosen, problems = assigned(assignment, bank) if assignment else (None, {})
    claims = Claims(chosen, problems, tuple(enrolled(students)), told.files)
    with faults_said(), only_run(output) if output else nullcontext():
        found = Collection(claims, told, keep).collect(paths, output)
        lines = (json.dumps(s, ensure_ascii=False) + "\n" for s in found.submissions)
        write(output, _sayable("".join(lines)))
    _remarked(found, as_json)
    if not found.is_whole:
        raise typer.Exit(1)


def _sayable(text: str) -> str:
    """A text without halves of signs, which no encoding writes."""
    return text.encode("utf-8", "replace").decode("utf-8")


HEADINGS = {
    "unplaced": "could not be placed", "person": "for a person", "replaced": "replaced", "note": "notes", "ignored": "ignored",
}  # fmt: skip


def _by_file(remarks: Iterable[Remark]) -> list[str]:
    """The remarks, a few for each file."""
    files: dict[str, dict[str, None]] = {}
    for r in remarks:
        files.setdefault(r.file, {})[str(r)] = None
    return [line for said in files.values() for line in _first(list(said))]


def _first(said: list[str]) -> list[str]:
    more = len(said) - SHOWN
    return said if more <= 0 else [*said[:SHOWN], f"  … and {more} more of this file (--json shows all)"]


def _remarked(found: Collected, as_json: bool) -> None:
    from derive.course.groups import counted
    from derive.course.handed import Remark

    if as_json:
        silent = [Remark("silent", "", 0, f"nothing came from {who}.") for who in found.silent]
        for r in found.remarks + silent:
            typer.echo(_sayable(json.dumps(r._asdict(), ensure_ascii=False)), err=True)
        return
    who = {s.get("student") for s in found.submissions} - {None}
    submissions, students = counted(len(found.submissions), "submission"), counted(len(who), "student")
    typer.echo(f"{submissions} of {students} from {counted(found.files, 'file')}", err=True)
    for kind, heading in HEADINGS.items():
        said = _by_file(r for r in found.remarks if r.kind == kind)
        if said:
            typer.echo("\n  ".join([f"{heading}:", *said]), err=True)
    if found.silent:
        typer.echo(f"nothing came from: {', '.join(found.silent)}", err=True)
