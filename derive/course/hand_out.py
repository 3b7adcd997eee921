"""Handing out: every student's sheet, form and key as files, each of which appears whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from derive.course.assignment import Assignment
from derive.course.roster import Student, file_names
from derive.course.sheet import Sheet, form_page, key_page, sheet_page
from derive.render.missing import NotInstalled
from derive.render.pdf import compiled
from derive.render.stream import write
from derive.render.typst_math import Untypeset

# How a page becomes a file of a format; formats that are not here are refused.
RENDERERS: dict[str, Callable[[str], bytes]] = {
    "md": str.encode,
    "tex": str.encode,
    "html": str.encode,
    "pdf": compiled,
}
PACKAGES = {"pdf": ("typst", "tylax")}  # of an extra of the format's name


class NoFormat(ValueError):
    """A format that no renderer writes; the message says which there are."""


class Page(NamedTuple):
    """A file to write, by its place below the folder."""

    path: str
    data: bytes


def check_formats(formats: Sequence[str]) -> None:
    """Refuse what cannot be written, before anything is.

    Raises:
        NoFormat: a format has no renderer.
        NotInstalled: a format's extra is missing.

    >>> check_formats(["md", "docx"])
    Traceback (most recent call last):
    derive.course.hand_out.NoFormat: sheets cannot be written as docx; choose from html, md, pdf, tex.
    """
    for form in formats:
        if form not in RENDERERS:
            raise NoFormat(f"sheets cannot be written as {form}; choose from {', '.join(sorted(RENDERERS))}.")
        if not all(map(find_spec, PACKAGES.get(form, ()))):
            raise NotInstalled(form, f"{form.upper()} needs")


class Unwritten(NamedTuple):
    """A file that could not be made; the others are."""

    path: str
    why: str


class Nameless(NamedTuple):
    """A file that had to do without the student's name."""

    path: str
    why: str


def pages(assignment: Assignment, sheets: Sequence[Sheet]) -> Iterator[Page | Unwritten | Nameless]:
    """The files of an assignment's sheets: ``sheets/``, ``forms/`` and, for staff, ``key/``.

    With one seed for all there is one key, of the assignment's name.
    """
    names = file_names(s.student.id for s in sheets if s.student)
    for sheet in sheets:
        name = names[sheet.student.id] if sheet.student else assignment.name
        for form in assignment.forms:
            yield Page(f"forms/{name}.{form}", form_page(sheet, form).encode())
        yield from _written(sheet_page, sheet, f"sheets/{name}")
        if assignment.seeds == "each":
            yield from _written(key_page, sheet, f"key/{name}")
    if assignment.seeds == "one" and sheets:
        whole = Sheet(assignment, None, sheets[0].seed, sheets[0].problems)
        yield from _written(key_page, whole, f"key/{assignment.name}")


def _written(page: Callable[[Sheet, str], str], sheet: Sheet, path: str) -> Iterator[Page | Unwritten | Nameless]:
    """A page in every format; one that cannot be made costs nobody else theirs."""
    for form in sheet.assignment.formats:
        name = f"{path}.{form}"
        try:
            yield Page(name, RENDERERS[form](page(sheet, form)))
        except (Untypeset, RuntimeError) as error:  # Typst's own errors are RuntimeErrors
            yield from _nameless(page, sheet, form, Unwritten(name, _reason(error)))


def _nameless(
    page: Callable[[Sheet, str], str], sheet: Sheet, form: str, fault: Unwritten
) -> Iterator[Page | Unwritten | Nameless]:
    """The page without the student's name, which may hold signs that no font has; the id stays."""
    if sheet.student is None or not sheet.student.name or form != "pdf":
        yield fault
        return
    bare = replace(sheet, student=replace(sheet.student, name=""))
    try:
        yield Page(fault.path, RENDERERS[form](page(bare, form)))
    except (Untypeset, RuntimeError) as error:
        yield fault._replace(why=_reason(error))
        return
    yield Nameless(*fault)


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def put(folder: Path, page: Page) -> None:
    """Write a file, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    path = folder / page.path
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, page.data)


def strangers(folder: Path, written: Mapping[str, object]) -> list[str]:
    """Files of an earlier run that this one did not write: a student who left the course, another format."""
    places = ("sheets", "forms", "key")
    found = (p for place in places for p in sorted((folder / place).glob("*")) if p.is_file())
    return [name for p in found if (name := p.relative_to(folder).as_posix()) not in written]


def everybody(students: Sequence[Student]) -> list[Student | None]:
    """Whom sheets are made for: the roster, or without one a sheet without a name."""
    return list(students) or [None]
