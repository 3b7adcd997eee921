"""Who takes a course: a table with an id a student, and file names that no system trips over."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from derive.course.assignment import identity
from derive.course.tables import BadTable, Row, decoded, rows

# What courses, Moodle and Canvas call the column, the surer ones first.
IDS = (
    "id", "student id", "student", "id number", "student number", "matriculation number", "matrikelnummer",
    "sis user id", "sis id", "sis login id", "login id", "login", "username", "user name", "email address", "email",
)  # fmt: skip
FIRST_NAMES = ("first name", "given name", "vorname")
LAST_NAMES = ("surname", "last name", "family name", "nachname")
NAMES = ("name", "full name", "student name")
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class BadRoster(ValueError):
    """A roster that cannot be used; a sentence a fault, with its line."""


@dataclass(frozen=True, slots=True)
class Student:
    """A line of the roster."""

    id: str
    name: str = ""


def load(path: Path) -> list[Student]:
    """The students of a CSV file, in its order.

    Raises:
        BadRoster: every fault, with its line.
        OSError: the file cannot be read.
    """
    try:
        return students(list(rows(decoded(path.read_bytes()))))
    except BadTable as error:
        raise BadRoster("\n".join(f"{path}, {said}" for said in str(error).split("\n"))) from error


def students(table: Sequence[Row]) -> list[Student]:
    """The students of a table whose first row names the columns.

    Raises:
        BadTable: every fault, with its line.

    >>> students([Row(1, ("ID number", "First name", "Surname")), Row(2, ("7", "Ada", "King"))])
    [Student(id='7', name='Ada King')]
    """
    if not table:
        raise BadTable("line 1: the roster is empty; its first line names the columns.")
    head, body = table[0], table[1:]
    key = column(head, IDS)
    if key is None:
        known = ", ".join(c.strip() for c in head.cells)
        raise BadTable(
            f"line {head.line}: no column is called id (or student, ID number, username); there are {known}."
        )
    if not body:
        raise BadTable(f"line {head.line}: the roster names columns, but no student.")
    faults = [f for row, seen in _with_earlier(body, key) if (f := _fault(row, key, len(head.cells), seen))]
    if faults:
        raise BadTable("\n".join(faults))
    return [Student(identity(row.cell(key)), _name(head, row)) for row in body]


def column(head: Row, wanted: Sequence[str]) -> int | None:
    """The column that has one of these names, the first of them that there is."""
    found = {c.strip().lower().replace("_", " "): k for k, c in reversed(list(enumerate(head.cells)))}
    return next((found[name] for name in wanted if name in found), None)


def _with_earlier(body: Sequence[Row], key: int) -> Iterable[tuple[Row, int | None]]:
    """Each row with the line of an earlier one of the same id."""
    seen: dict[str, int] = {}
    for row in body:
        name = identity(row.cell(key))
        yield row, seen.get(name)
        seen.setdefault(name, row.line)


def _fault(row: Row, key: int, width: int, seen: int | None) -> str:
    name = identity(row.cell(key))
    where = f"line {row.line}: "
    if not name:
        return where + "the id is empty."
    if not name.isprintable():
        return where + f"the id {name!r} holds a sign that cannot be printed."
    if seen is not None:
        return where + f"the id {name} stands in line {seen} already."
    if len(row.cells) > width:
        return where + f"there are {len(row.cells)} cells under {width} columns."
    return ""


def _name(head: Row, row: Row) -> str:
    """A student's name, without signs that steer a terminal or turn the text around."""
    whole = row.cell(column(head, NAMES))
    parts = (row.cell(column(head, FIRST_NAMES)), row.cell(column(head, LAST_NAMES)))
    said = whole or " ".join(filter(None, parts))
    return " ".join("".join(c if c.isprintable() else " " for c in said).split())


def file_names(ids: Iterable[str]) -> dict[str, str]:
    """A file name for each id, without its suffix: safe everywhere, and no two alike where case does not count.

    >>> file_names(["anna", "Ben", "ben", "../x", "con"])
    {'anna': 'anna', 'Ben': 'Ben-030d7562', 'ben': 'ben-6700869c', '../x': 'x-d6b96a97', 'con': 'con-1143da2b'}
    """
    every = list(ids)
    counts: dict[str, int] = {}
    for name in every:
        counts[name.casefold()] = counts.get(name.casefold(), 0) + 1
    return {name: _safe(name, counts) for name in every}


def _safe(name: str, counts: Mapping[str, int]) -> str:
    if PLAIN.fullmatch(name) and not RESERVED.fullmatch(name) and counts[name.casefold()] == 1:
        return name
    cleaned = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40] or "student"
    return f"{cleaned}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
