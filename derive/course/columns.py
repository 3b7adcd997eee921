"""Which column of an export is which: a map file, or the columns that Moodle, Canvas and a plain table have."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from derive.course.assignment import complaints

Place = tuple[str, str]
RESPONSE = re.compile(r"(?:response|answer|antwort|réponse|respuesta|risposta) (\d+)", re.IGNORECASE)
LABEL = re.compile(r"\d{1,3} ?\(?[A-Za-z]\)?")
CANVAS = re.compile(r"\d{3,}: ?.*", re.DOTALL)
TIMES = ("submitted_at", "submitted", "completed", "finished", "timestamp", "beendet", "time", "started on")


class BadMap(ValueError):
    """A map that cannot be used; the message names file and field."""


class _Map(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    student: str | None = None
    submitted_at: str | None = None
    attempt: str | None = None
    seed: str | None = None
    columns: dict[str, str | list[str]] = {}
    files: dict[str, str] = {}


@dataclass(frozen=True)
class Columns:
    """What a map file says.

    Attributes:
        student, submitted_at, attempt, seed: names of columns; None to look for them.
        columns: a column's name → the parts it holds, as they are called in the map.
        files: a file's path, or its end → the student whose it is.
    """

    student: str | None = None
    submitted_at: str | None = None
    attempt: str | None = None
    seed: str | None = None
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


def load(path: Path) -> Columns:
    """The map in a TOML file.

    Raises:
        BadMap: it is none.
        OSError: it cannot be read.
    """
    try:
        read = _Map.model_validate(tomllib.loads(path.read_bytes().decode("utf-8-sig")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadMap(f"{path}: {error}.") from error
    except ValidationError as error:
        raise BadMap(complaints(path, error, _Map)) from error
    parts = {name: (p,) if isinstance(p, str) else tuple(p) for name, p in read.columns.items()}
    return Columns(read.student, read.submitted_at, read.attempt, read.seed, parts, read.files)


def place_of(text: str, labels: Mapping[str, Place]) -> Place | None:
    """The problem and part that a text names: ``1a``, ``1 (a)``, or ``conv/gradients a``.

    >>> where = {"1a": ("conv/gradients", "a")}
    >>> [place_of(t, where) for t in ("1a", "1 (A)", "conv/gradients (b)", "pass/fail a", "note")]
    [('conv/gradients', 'a'), ('conv/gradients', 'a'), ('conv/gradients', 'b'), None, None]
    """
    text = text.strip()
    short = re.sub(r"[\s().:#_-]", "", text).lower()
    for label, place in labels.items():
        if short == label.lower():
            return place
    m = re.fullmatch(r"([\w-]+(?:/[\w-]+)+)[\s:#(]+([A-Za-z]\w*)\)?", text)
    known = {problem for problem, _ in labels.values()}
    return (m[1], m[2]) if m and (m[1] in known or not known) else None


def answer_columns(
    names: Sequence[str], labels: Mapping[str, Place], told: Columns
) -> dict[int, tuple[Place | None, ...]]:
    """Column → the parts that it holds, None for one that the map names and nobody knows.

    Without a map, columns are known by their names; or else the responses of Moodle or Canvas, in order, where there are as
    many as the assignment has parts.
    """
    if told.columns:
        known = {name.strip(): tuple(place_of(p, labels) for p in parts) for name, parts in told.columns.items()}
        return {k: known[n] for k, n in enumerate(names) if n in known}
    named = {k: (place,) for k, n in enumerate(names) if (place := place_of(n, labels))}
    if named:
        return dict(named)
    for found in (RESPONSE.fullmatch, CANVAS.fullmatch):
        several = [k for k, n in enumerate(names) if found(n)]
        if several and len(several) == len(labels):
            return {k: (place,) for k, place in zip(several, labels.values(), strict=True)}
    return {}


def unknown_parts(
    names: Sequence[str], answers: Mapping[int, tuple[Place | None, ...]], labels: Mapping[str, Place]
) -> list[str]:
    """The columns that are called as a part is, of which the assignment has none.

    >>> unknown_parts(["id", "1a", "1z", "Group 2"], {1: (("p", "a"),)}, {"1a": ("p", "a")})
    ['1z']
    """
    strange = [n for k, n in enumerate(names) if k not in answers and labels and LABEL.fullmatch(n)]
    return [n for n in strange if place_of(n, labels) is None]


def described(found: Mapping[str, Any], names: Sequence[str]) -> str:
    """What a map would say of a table: a sentence for staff."""
    shown = ", ".join(repr(n) for n in names[:20])
    return f"no column is known to hold an answer; say which with --map ({len(found)} parts; the columns are {shown})."
