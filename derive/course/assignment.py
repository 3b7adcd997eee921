"""An assignment is a file: problems in order with their marks, seeds, a text of its own, attempts, feedback, formats."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from unicodedata import normalize

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from derive.bank.feedback import Policy
from derive.bank.params import Stream

NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
SEEDS = 10**9
POLICY = Policy()
EXAMPLE = """\
name = "week-3"                    # letters, digits, - and _; the file's name by default
title = "Convolutions by hand"
due = "Friday, 12 noon"            # shown as it is
seeds = "each"                     # a variant for each student, or "one" for all
seed = 0                           # with "one" the variant; with "each" another number draws all of them anew
attempts = 2                       # or "unlimited"
formats = ["md", "tex"]            # of the sheets and the key; html and pdf too
forms = ["md", "tex", "ipynb"]     # of the answer forms
text = \"\"\"
Work on paper, then type your answers into one of the forms.
\"\"\"

[feedback]                         # the attempt from which a student hears
place = 1                          # where an answer is wrong
misconception = 2                  # which misconception it shows

[[problems]]
name = "conv/gradients"

[[problems]]
name = "conv/receptive_field"
marks = 10                         # in place of the problem's own
"""


class BadAssignment(ValueError):
    """An assignment that cannot be used; the message names file and field."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a course sets.

    Attributes:
        name: what it is called in files and ids.
        title, text, due: what the sheet says.
        entries: the problems in order, each with the marks that replace its own, or None.
        seeds: one variant for all, or one for each student.
        seed: the variant for all; with ``each`` it goes into everybody's.
        attempts: how many there are; None for as many as wanted.
        policy: what is shown at which attempt.
        formats: what sheets and keys are written as.
        forms: what answer forms are written as.

    >>> a = Assignment("week-3", "Week 3", entries=(("conv/gradients", None),))
    >>> a.seed_of("anna") == a.seed_of(" anna "), a.seed_of("anna") == a.seed_of("ben")
    (True, False)
    >>> Assignment("week-3", "Week 3", seeds="one", seed=7).seed_of("anna")
    7
    """

    name: str
    title: str
    text: str = ""
    entries: tuple[tuple[str, int | None], ...] = ()
    seeds: Literal["one", "each"] = "each"
    seed: int = 0
    attempts: int | None = 4
    policy: Policy = POLICY
    due: str = ""
    formats: tuple[str, ...] = ("md",)
    forms: tuple[str, ...] = ("md", "tex", "ipynb")

    def seed_of(self, student: str) -> int:
        """A student's seed: a pure function of the assignment's name and seed and the student's id."""
        if self.seeds == "one":
            return self.seed
        return Stream(self.name, self.seed, identity(student)).below(SEEDS)


def identity(student: str) -> str:
    """A student's id as it is compared: without spaces around it, in Unicode's composed form."""
    return normalize("NFC", student).strip()


class _Fields(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


Attempt = Annotated[int, Field(ge=1)]
Marks = Annotated[int, Field(ge=1, le=10**6)]


class _Problem(_Fields):
    name: Annotated[str, Field(min_length=1)]
    marks: Marks | None = None


class _Feedback(_Fields):
    place: Attempt = 2
    misconception: Attempt = 3


class _File(_Fields):
    title: Annotated[str, Field(min_length=1)]
    problems: Annotated[list[_Problem], Field(min_length=1)]
    name: Annotated[str, Field(pattern=NAME, max_length=100)]
    text: str = ""
    due: str = ""
    seeds: Literal["one", "each"] = "each"
    seed: Annotated[int, Field(ge=0)] = 0
    attempts: Attempt | Literal["unlimited"] = 4
    feedback: _Feedback = _Feedback()
    formats: Annotated[list[str], Field(min_length=1)] = ["md"]
    forms: list[Literal["md", "tex", "ipynb"]] = ["md", "tex", "ipynb"]


def load(path: Path, known: Iterable[str] | None = None) -> Assignment:
    """The assignment that a file declares.

    Args:
        path: a TOML file; ``derive sheet --example`` prints one.
        known: the names of the bank's problems, where they are to be looked up.

    Raises:
        BadAssignment: the file is none, with its name, the field and what is wrong.
        OSError: it cannot be read.
    """
    try:
        given = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadAssignment(f"{path}: this is not UTF-8 (byte {error.start + 1}).") from error
    except tomllib.TOMLDecodeError as error:
        raise BadAssignment(f"{path}: {error}.") from error
    try:
        read = _File.model_validate({"name": path.stem, **given})
    except ValidationError as error:
        raise BadAssignment(complaints(path, error, _File, _Problem)) from error
    _known(path, [p.name for p in read.problems], known)
    return _assignment(read)


def complaints(path: Path, error: ValidationError, *models: type[BaseModel]) -> str:
    """What is wrong with a file, a line a fault: the file, the field, a sentence.

    Args:
        path: the file.
        error: its faults.
        models: whose fields a misspelt one may have meant.
    """
    known = [field for model in models for field in model.model_fields]
    return "\n".join(f"{path}: {_place(found['loc'])}: {_sentence(found, known)}" for found in error.errors())


def _place(steps: Iterable[int | str]) -> str:
    return ".".join(str(x + 1) if isinstance(x, int) else x for x in steps if not _branch(x))


def _branch(step: object) -> bool:
    """Whether a step of a location names a branch of a union and no field."""
    return isinstance(step, str) and (
        step.startswith(("literal[", "list[")) or step in ("int", "str", "constrained-int")
    )


def _sentence(found: Mapping[str, Any], known: Sequence[str]) -> str:
    match found["type"]:
        case "extra_forbidden":
            close = get_close_matches(str(found["loc"][-1]), known, 1)
            return "there is no such field." + (f" Did you mean {close[0]}?" if close else "")
        case "missing":
            return "this field is missing."
        case "string_pattern_mismatch":
            return f"{found['input']!r} may hold letters, digits, - and _ only."
    text = str(found["msg"])
    return f"{text[0].lower()}{text[1:]} (it is {str(found['input'])[:60]!r})."


def _known(path: Path, names: list[str], known: Iterable[str] | None) -> None:
    bank = None if known is None else list(known)
    for number, name in enumerate(names, 1):
        if name in names[: number - 1]:
            raise BadAssignment(f"{path}: problems.{number}.name: {name} stands twice in this assignment.")
        if bank is not None and name not in bank:
            close = get_close_matches(name, bank, 1)
            hint = f"Did you mean {close[0]}?" if close else "See derive list."
            raise BadAssignment(f"{path}: problems.{number}.name: there is no problem {name}. {hint}")


def _assignment(read: _File) -> Assignment:
    attempts = None if read.attempts == "unlimited" else int(read.attempts)
    return Assignment(
        name=read.name,
        title=read.title,
        text=read.text.strip(),
        entries=tuple((p.name, p.marks) for p in read.problems),
        seeds=read.seeds,
        seed=read.seed,
        attempts=attempts,
        policy=Policy(read.feedback.place, read.feedback.misconception, attempts),
        due=read.due,
        formats=tuple(dict.fromkeys(read.formats)),
        forms=tuple(dict.fromkeys(read.forms)),
    )
