"""Lines in, lines out; files that appear whole; progress where a person watches."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from difflib import get_close_matches
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

T = TypeVar("T")
MOST_TOLD = 20  # unknown fields
YOUNG, OLD, OLDEST = 20_000, 20, 50  # how much is made, and how often it is looked through, before the collector runs


def write(output: Path | None, text: str | bytes) -> None:
    """To standard output, or to a file that appears whole or not at all.

    Raises:
        OSError: the file cannot be written; the error names it.
    """
    if output is None and isinstance(text, str):
        sys.stdout.write(text)
        return
    made = text.encode() if isinstance(text, str) else text
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(made)
        return
    with appearing(output) as partial:
        partial.write_bytes(made)


@contextmanager
def appearing(output: Path) -> Iterator[Path]:
    """A file to write into, which takes the output's name when it is whole, and leaves nothing behind when it is not.

    Raises:
        OSError: it cannot be written; the error names the output.
    """
    partial = output.with_name(output.name + ".partial")
    try:
        yield partial
        partial.replace(output)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(output)) from error


def progress(items: Iterable[T], total: int, what: str) -> Iterator[T]:
    """The items, with a counter on standard error where a person watches."""
    watched = sys.stderr.isatty()
    for k, item in enumerate(items, 1):
        if watched:
            sys.stderr.write(f"\r{what} {k}/{total}")
            sys.stderr.flush()
        yield item
    if watched:
        sys.stderr.write("\r\033[K")


def lines_through(
    path: Path,
    answer: Callable[[Any], dict[str, Any]],
    unread: Callable[[str], dict[str, Any]],
    output: Path | None,
    fields: Collection[str] | None = None,
) -> None:
    """One output line for every input line, in order and as soon as it is known, whatever the line is.

    Neither file is ever held in memory; a named output appears whole or not at all. A field that is none of ``fields``
    is ignored with a warning on standard error, once however many lines have it.

    Raises:
        OSError: a file cannot be read or written.
    """
    asked = answer if fields is None else Warned(answer, fields)
    with opened(path) as source:
        found = (_answered(raw, n, asked, unread) for n, raw in progress(numbered(source), count_lines(path), "line"))
        if output is None:
            for line in found:
                sys.stdout.write(line)
                sys.stdout.flush()
            return
        with appearing(output) as partial, partial.open("w", encoding="utf-8") as sink:
            sink.writelines(found)
            sink.flush()


class Warned:
    """What answers lines, and tells of each field that is unknown, once; a line that has a status is an answer already."""

    def __init__(self, answer: Callable[[Any], dict[str, Any]], fields: Collection[str]) -> None:
        self.answer, self.fields = answer, fields
        self.told: set[str] = set()

    def __call__(self, request: Any) -> dict[str, Any]:
        """The answer to a line."""
        if isinstance(request, dict) and "status" not in request and len(self.told) < MOST_TOLD:
            self.tell([name for name in request if name not in self.fields and name not in self.told])
        return self.answer(request)

    def tell(self, names: Sequence[str]) -> None:
        """Warn of these fields."""
        self.told.update(names)
        for name in names[:MOST_TOLD]:
            close = get_close_matches(name, self.fields, 1)
            meant = f" (did you mean {close[0]!r}?)" if close else ""
            sys.stderr.write(f"warning: the field {name[:60]!r} is unknown and ignored{meant}\n")


def settle() -> None:
    """Leave what is loaded by now out of every later collection, and let the collector run less often.

    For a process that goes on to answer one thing after another: else some answer waits while all that was imported is
    looked through.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, OLD, OLDEST)


def opened(path: Path) -> AbstractContextManager[BinaryIO]:
    """A file, or standard input where it is called ``-``.

    Raises:
        OSError: it cannot be read.
    """
    return nullcontext(sys.stdin.buffer) if str(path) == "-" else path.open("rb")


def numbered(source: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines with their numbers from 1; a last line of nothing but spaces is none."""
    for number, raw in enumerate(source, 1):
        line = raw.removesuffix(b"\n")
        if line.strip() or raw.endswith(b"\n"):
            yield number, line


def count_lines(path: Path) -> int:
    """How many lines there are, where somebody watches."""
    if not (sys.stderr.isatty() and path.is_file()):
        return 0
    with path.open("rb") as source:
        return sum(1 for _ in source)


def read_line(raw: bytes) -> Any:
    r"""What a line of JSON says, behind a byte order mark, too.

    Raises:
        ValueError: it is no JSON; the message says where.
        RecursionError: it is nested too deep.

    >>> read_line(b'\xef\xbb\xbf{"id": 1}\r')
    {'id': 1}
    >>> read_line('{"id": 1}'.encode("utf-16"))
    Traceback (most recent call last):
    ValueError: this is not UTF-8 (byte 0xff); save the file as UTF-8.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"this is not UTF-8 (byte 0x{raw[error.start]:02x}); save the file as UTF-8.") from error
    if "\0" in text:  # every other byte of what stands in UTF-16
        raise ValueError("this is not UTF-8 (byte 0x00); save the file as UTF-8.")
    return json.loads(text)


def _answered(
    raw: bytes, number: int, answer: Callable[[Any], dict[str, Any]], unread: Callable[[str], dict[str, Any]]
) -> str:
    """The output line of one input line; before the second, the process settles."""
    if number == 2:
        settle()
    try:
        request = read_line(raw)
    except (ValueError, RecursionError) as error:
        result = unread(f"Line {number} is not JSON: {error}"[:300])
    else:
        result = answer(request)
    text = json.dumps(result, ensure_ascii=False, default=str)
    return text.encode("utf-8", "replace").decode("utf-8") + "\n"
