"""What is said of a line of working, or of one link of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from derive.grading.verdict import Verdict

WORDS = (
    "These are words and no formula: nothing on this line is judged, and the lines after it go on from those before."
)
ORDER = ("wrong", "unreadable", "undecided", "follows")


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with its evidence, and how the line was read; ``dark`` where only an unread line before stands in its way."""

    verdict: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    reading: str | None = None
    dark: bool = False

    @property
    def counts(self) -> bool:
        """Whether marks hang on it."""
        return self.evidence.get("kind") not in ("named", "start", "trivial", "remark", "set")

    @property
    def refuted(self) -> bool:
        """Whether values speak against it, and not shapes that do not fit."""
        return self.verdict == "wrong" and self.evidence.get("kind") != "shape"


def says(verdict: str, text: str, **more: Any) -> Judged:
    """A verdict with a sentence."""
    return Judged(verdict, {"message": text, **more})


def says_nothing(text: str) -> Judged:
    """What is said of a line in which no formula stands."""
    return says("unreadable", WORDS if any(map(str.isalpha, text)) else "There is nothing to read here.", position=0)


def judged(found: Verdict) -> Judged:
    """A comparison's verdict on a line.

    >>> from derive.grading.verdict import proved
    >>> judged(proved("canonical form")).verdict
    'follows'
    """
    verdict = {"equal": "follows", "different": "wrong"}.get(found.verdict, "undecided")
    return Judged(verdict, dict(found.evidence))


def worst(found: Sequence[Judged]) -> Judged:
    """The worst verdict; among lines that follow, one that counts."""
    if not found:
        return Judged("follows", {"kind": "remark"})
    return min(found, key=lambda j: (ORDER.index(j.verdict), not j.counts))


def nothing_says(names: Iterable[str]) -> Judged:
    """Undecided for want of a meaning."""
    return says("undecided", f"nothing says what {', '.join(repr(n) for n in sorted(names))} means")
