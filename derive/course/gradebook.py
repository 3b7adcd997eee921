"""The gradebook as a table that a spreadsheet, Canvas or Moodle reads; no cell of it is ever a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from derive.course.report import Book

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
LATER = re.compile(r"([;,|])(\s*[=+\-@＝＋－＠])")  # where a spreadsheet's own separator may begin another cell
PLATFORMS = ("table", "canvas", "moodle")
WAITING = "waiting"
MARK = "\ufeff"


def gradebook(book: Book, platform: str = "table", names: Mapping[str, str] | None = None) -> str:
    """A line for each student, in the order of their ids.

    Args:
        book: the results.
        platform: ``table`` for a spreadsheet: everybody, with a byte order mark, without which spreadsheets take it for
            another encoding. ``canvas`` and ``moodle`` for their import of grades: those who have marks that wait for nobody.
            An empty cell would there take away what stands, and an unknown student ends the import.
        names: student → name, and so who takes the course; all who handed in where there is no roster.
    """
    known = dict(names or {})
    out = io.StringIO()
    if platform == "table":
        table = _table(book, sorted({*book.entries, *known}), known)
        out.write(MARK)
    else:
        away = left_out(book, names)
        students = [s for s in sorted(book.entries) if s not in away]
        table = {"canvas": _canvas, "moodle": _moodle}[platform](book, students, known)
    csv.writer(out, lineterminator="\r\n").writerows([_safe(cell) for cell in row] for row in table)
    return out.getvalue()


def left_out(book: Book, names: Mapping[str, str] | None = None) -> dict[str, str]:
    """Who is not in a platform's table, with the reason; who handed in nothing is not either."""
    waits = {s: "something waits for a person" for s in book.entries if book.total(s) is None}
    strange = {} if names is None else {s: "not on the roster" for s in book.entries if s not in names}
    guarded = {
        s: "a spreadsheet would take the id for a formula; enter their marks by hand"
        for s in book.entries
        if _safe(s) != s
    }
    return waits | guarded | strange


def _safe(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula; our own numbers stay numbers.

    >>> _safe("=1+1"), _safe(" @x"), _safe(-1.5), _safe("Ann;=1"), _safe(None)
    ("'=1+1", "' @x", '-1.5', "Ann;'=1", '')
    """
    if cell is None:
        return ""
    if isinstance(cell, int | float):
        return f"{cell:.10g}"
    text = "".join(c if c.isprintable() else " " for c in str(cell))
    text = LATER.sub(r"\1'\2", text)
    return f"'{text}" if str(cell).startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text


Table = Iterable[Sequence[object]]


def _table(book: Book, students: Sequence[str], names: Mapping[str, str]) -> Table:
    problems = book.problems
    total = f"total ({book.out_of})"
    named = ["name"] if names else []
    yield ["student", *named, *(f"{p} ({m})" for p, m in problems.items()), total, "so far", WAITING]
    for s in students:
        mine = book.entries.get(s, {})
        cells = [WAITING if p in mine and mine[p].marks is None else _marks(book, s, p) for p in problems]
        known = s in book.entries
        settled = book.total(s) if known else None
        pending = "; ".join(book.pending(s))
        whole = [WAITING if known and settled is None else settled, book.so_far(s) if known else None, pending]
        yield [s, *([names.get(s, "")] if names else []), *cells, *whole]


def _marks(book: Book, student: str, problem: str) -> float | None:
    return book.counted(student, problem) if student in book.entries else None


def _columns(book: Book) -> dict[str, int]:
    """What a platform gets a column of marks for: the assignment, or each problem where there is none."""
    return {book.assignment.title: book.out_of} if book.assignment else book.problems


def _of_column(book: Book, student: str, column: str) -> float | None:
    return book.total(student) if book.assignment else book.counted(student, column)


def _canvas(book: Book, students: Sequence[str], names: Mapping[str, str]) -> Table:
    """As Canvas exports it: students are found by their SIS id, the second row holds the possible points."""
    columns = _columns(book)
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *columns]
    yield ["    Points Possible", "", "", "", "", *columns.values()]
    for s in students:
        yield [names.get(s) or s, "", s, s, "", *(_of_column(book, s, c) for c in columns)]


def _moodle(book: Book, students: Sequence[str], names: Mapping[str, str]) -> Table:
    """Students are found by their ID number."""
    columns = _columns(book)
    yield ["ID number", "Full name", *columns]
    for s in students:
        yield [s, names.get(s, ""), *(_of_column(book, s, c) for c in columns)]
