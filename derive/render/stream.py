"""Lines in, lines out; files that appear whole; progress where a person watches."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


def write(output: Path | None, text: str) -> None:
    """To standard output, or to a file that appears whole or not at all.

    Raises:
        OSError: the file cannot be written.
    """
    if output is None:
        sys.stdout.write(text)
        return
    partial = output.with_name(output.name + ".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(output)


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
) -> None:
    """One output line for every input line, in order, whatever the line is.

    Raises:
        OSError: a file cannot be read or written.
    """
    lines = path.read_bytes().split(b"\n")
    lines = lines[:-1] if lines and not lines[-1].strip() else lines
    found = []
    for number, raw in progress(enumerate(lines, 1), len(lines), "line"):
        try:
            request = json.loads(raw.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            result = unread(f"Line {number} is not JSON: {error}"[:300])
        else:
            result = answer(request)
        found.append(json.dumps(result, ensure_ascii=False, default=str))
        if output is None:
            sys.stdout.write(found[-1].encode("utf-8", "replace").decode("utf-8") + "\n")
    if output is not None:
        write(output, "".join(f"{line}\n" for line in found).encode("utf-8", "replace").decode("utf-8"))
