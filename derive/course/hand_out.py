"""Handing out: every student's sheet, form and key as files, each of which appears whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from derive.course.assignment import Assignment
from derive.course.roster import Student, file_names
from derive.course.sheet import Sheet, form_page, key_page, sheet_page
from derive.render.pdf import compiled

# How a page becomes a file of a format; formats that are not here are refused.
RENDERERS: dict[str, Callable[[str], bytes]] = {
    "md": str.encode,
    "tex": str.encode,
    "html": str.encode,
    "pdf": compiled,
}


class NoFormat(ValueError):
    """A format that no renderer writes; the message says which there are."""


class Page(NamedTuple):
    """A file to write, by its place below the folder."""

    path: str
    data: bytes


def check_formats(formats: Sequence[str]) -> None:
    """Refuse what cannot be written.

    Raises:
        NoFormat: a format has no renderer.

    >>> check_formats(["md", "docx"])
    Traceback (most recent call last):
    derive.course.hand_out.NoFormat: sheets cannot be written as docx; choose from html, md, pdf, tex.
    """
    for form in formats:
        if form not in RENDERERS:
            raise NoFormat(f"sheets cannot be written as {form}; choose from {', '.join(sorted(RENDERERS))}.")


def pages(assignment: Assignment, sheets: Sequence[Sheet]) -> Iterator[Page]:
    """The files of an assignment's sheets: ``sheets/``, ``forms/`` and, for staff, ``key/``.

    With one seed for all there is one key, of the assignment's name.
    """
    names = file_names(s.student.id for s in sheets if s.student)
    for sheet in sheets:
        name = names[sheet.student.id] if sheet.student else assignment.name
        yield from _of_student(assignment, sheet, name)
        if assignment.seeds == "each":
            yield from _key(assignment, sheet, name)
    if assignment.seeds == "one" and sheets:
        yield from _key(assignment, Sheet(assignment, None, sheets[0].seed, sheets[0].problems), assignment.name)


def _of_student(assignment: Assignment, sheet: Sheet, name: str) -> Iterator[Page]:
    for form in assignment.formats:
        yield Page(f"sheets/{name}.{form}", RENDERERS[form](sheet_page(sheet, form)))
    for form in assignment.forms:
        yield Page(f"forms/{name}.{form}", form_page(sheet, form).encode())


def _key(assignment: Assignment, sheet: Sheet, name: str) -> Iterator[Page]:
    for form in assignment.formats:
        yield Page(f"key/{name}.{form}", RENDERERS[form](key_page(sheet, form)))


def put(folder: Path, page: Page) -> None:
    """Write a file under a name of its own first, so that an interrupted run leaves no half file.

    Raises:
        OSError: it cannot be written.
    """
    path = folder / page.path
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_bytes(page.data)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def strangers(folder: Path, written: Mapping[str, object]) -> list[str]:
    """Files of an earlier run that this one did not write: a student who left the course, another format."""
    places = ("sheets", "forms", "key")
    found = (p for place in places for p in sorted((folder / place).glob("*")) if p.is_file())
    return [name for p in found if (name := p.relative_to(folder).as_posix()) not in written]


def everybody(students: Sequence[Student]) -> list[Student | None]:
    """Whom sheets are made for: the roster, or without one a sheet without a name."""
    return list(students) or [None]
