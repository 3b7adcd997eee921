"""A problem's file reviewed: what is broken, what it lacks, and what no oracle covers, each with its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from derive.bank.banks import load
from derive.bank.problem import BadProblem, Problem
from derive.testing.lacks import Lack, coverage, lacks, places, repeated
from derive.testing.problems import Broken, broken_promises


@dataclass(frozen=True)
class Review:
    """What was found in a problem's file; ``covered`` says which parts are derived and which are not."""

    name: str
    path: Path
    seeds: int
    broken: tuple[Broken, ...] = ()
    lacks: tuple[Lack, ...] = ()
    covered: dict[str, list[str]] = field(default_factory=dict)
    lines_of: dict[str, int] = field(default_factory=dict)

    @property
    def covers(self) -> str:
        """How many parts there are of each kind, and how many variants were tried."""
        counts = [f"{len(parts)} {what}" for what, parts in self.covered.items() if parts]
        return f"{'; '.join(counts)} ({self.seeds} seeds)" if counts else "it does not work out"

    @property
    def lines(self) -> list[str]:
        """A line for each finding: file, line, part, sentence."""
        wrong = [(b.part, f"{_at(b)}{b.text}") for b in self.broken]
        return [f"{self.place(part)}: {_of(part)}{text}" for part, text in wrong + self.missing]

    @property
    def missing(self) -> list[tuple[str, str]]:
        """What is lacking, by part."""
        return [(x.part, f"lacks: {x.text}") for x in self.lacks]

    def place(self, part: str) -> str:
        """File and line of a part, or of the whole."""
        return f"{self.path}:{self.line(part)}"

    def line(self, part: str) -> int:
        """The line of a part, or of the whole."""
        return self.lines_of.get(part, self.lines_of.get("", 1))


def review(name: str, path: Path, seeds: int) -> Review:
    """Load a problem's file and look at it with so many seeds, and at the published numbers that it fixes."""
    try:
        problem = load(path, name)
    except BadProblem as error:
        return Review(
            name,
            path,
            0,
            (Broken(name, "", error.said.removeprefix(f"{path}: ")),),
            lines_of={"": _raised_at(error, path)},
        )
    every = [*range(seeds), *(s for s in problem.fixed if s >= seeds)]
    broken = (*(Broken(name, part, text) for part, text in repeated(path)), *broken_promises(problem, every))
    return Review(name, path, len(every), broken, tuple(lacks(problem, every, path)), _covered(problem), places(path))


def _covered(problem: Problem) -> dict[str, list[str]]:
    try:
        return coverage(problem)
    except Exception:  # it is among what is broken
        return {}


def _raised_at(error: BadProblem, path: Path) -> int:
    """The last line of the file that an error passed through."""
    cause = error.__cause__
    if isinstance(cause, SyntaxError) and cause.lineno:
        return cause.lineno
    found, trace = 1, cause.__traceback__ if cause is not None else None
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename).resolve() == path.resolve():
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


def _of(part: str) -> str:
    return f"part {part}: " if part else ""


def _at(b: Broken) -> str:
    drawn = f" ({b.drawn})" if b.drawn else ""
    return f"{b.where}{drawn}: " if b.where else ""


def summary(reviews: Sequence[Review]) -> str:
    """One line about a whole bank."""
    parts: Counter[str] = Counter()
    for r in reviews:
        parts.update({what: len(names) for what, names in r.covered.items()})
    counts = "; ".join(f"{n} {what}" for what, n in parts.items() if n)
    broken = sum(bool(r.broken) for r in reviews)
    lacking = sum(bool(r.lacks) for r in reviews)
    return (
        f"{len(reviews)} problems: {broken} with something broken, {lacking} with something lacking. Parts: {counts}."
    )


def record(r: Review) -> dict[str, Any]:
    """A review as a line of JSON."""
    return {
        "problem": r.name,
        "ok": not r.broken,
        "file": str(r.path),
        "seeds": r.seeds,
        "covered": r.covered,
        "failures": [
            {"line": r.line(b.part), "part": b.part, "seeds": list(b.seeds), "text": b.text} for b in r.broken
        ],
        "lacks": [{"line": r.line(x.part), "part": x.part, "text": x.text} for x in r.lacks],
    }
