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


def gradebook(book: Book, platform: str = "table", names: Mapping[str, str] | None = None) -> str:
    """A line for each student, in the order of their ids.

    Args:
        book: the results.
        platform: ``table`` for a spreadsheet; ``canvas`` and ``moodle`` for their import of grades. Both leave a cell that is
            empty as it is: whoever waits is not given 0 there.
        names: student → name, and so also who is listed without having handed in.
    """
    known = dict(names or {})
    students = sorted({*book.entries, *known})
    table = {"table": _table, "canvas": _canvas, "moodle": _moodle}[platform](book, students, known)
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_safe(cell) for cell in row] for row in table)
    return out.getvalue()


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
    if student not in book.entries:
        return None
    return book.total(student) if book.assignment else book.counted(student, column)


def _canvas(book: Book, students: Sequence[str], names: Mapping[str, str]) -> Table:
    """As Canvas exports it: students are found by their SIS id, the second row holds the possible points."""
    columns = _columns(book)
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *columns]
    yield ["    Points Possible", "", "", "", "", *columns.values()]
    for s in students:
        yield [names.get(s) or s, "", s, s, "", *(_of_column(book, s, c) for c in columns)]


def _moodle(book: Book, students: Sequence[str], names: Mapping[str, str]) -> Table:
    """Students are found by their ID number; a column of feedback says what waits."""
    columns = _columns(book)
    yield ["ID number", "Full name", *(c for name in columns for c in (name, f"{name} (feedback)"))]
    for s in students:
        cells = [x for c in columns for x in (_of_column(book, s, c), _waits(book, s, c))]
        yield [s, names.get(s, ""), *cells]


def _waits(book: Book, student: str, column: str) -> str:
    own = book.assignment is not None
    pending = [name for name in book.pending(student) if own or name.startswith(f"{column} (")]
    return f"Waiting for a person: {', '.join(pending)}." if pending else ""
