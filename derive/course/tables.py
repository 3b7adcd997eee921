"""Tables that spreadsheets and learning platforms export: encodings, separators, quoted fields, rows with their lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
SEPARATORS = ",;\t"
LONGEST = 10**6


class BadTable(ValueError):
    """A table that cannot be read; the message names the line."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row, with the line that it begins in, from 1."""

    line: int
    cells: tuple[str, ...]

    def cell(self, column: int | None) -> str:
        """A cell without the spaces around it; empty where the row is shorter, or there is no column."""
        return self.cells[column].strip() if column is not None and column < len(self.cells) else ""


def decoded(data: bytes) -> str:
    r"""Text by its byte order mark, or else UTF-8.

    Raises:
        BadTable: it is neither.

    >>> decoded(b"\xef\xbb\xbfid"), decoded("id".encode("utf-16"))
    ('id', 'id')
    >>> decoded(b"id\nJos\xe9")
    Traceback (most recent call last):
    derive.course.tables.BadTable: line 2: this is not UTF-8 (byte 0xe9); save the file as UTF-8.
    """
    coding = next((name for mark, name in BOMS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(coding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"byte 0x{data[error.start]:02x}"
        raise BadTable(f"line {line}: this is not UTF-8 ({what}); save the file as UTF-8.") from error


def rows(text: str) -> Iterator[Row]:
    r"""The rows that hold something; the separator is the one of which the first line has most.

    Raises:
        BadTable: a quoted field never ends, or a field is too long.

    >>> [r.cells for r in rows('id;"a,b,c"\n\n7;"a;b"\n')]
    [('id', 'a,b,c'), ('7', 'a;b')]
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first = next((line for line in text.split("\n") if line.strip()), "")
    separator = max(SEPARATORS, key=_outside_quotes(first).count)
    csv.field_size_limit(LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(c.strip() for c in cells):
                yield Row(line, tuple(cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadTable(f"line {line}: {_said(str(error))}.") from error


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def _said(message: str) -> str:
    if "unexpected end" in message:
        return "a quotation mark opens a field that never ends"
    return message
