"""What a comparison can say, with the evidence for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Verdict:
    """One of ``equal``, ``different``, ``undecided``, ``unreadable``, ``refused``, and why.

    >>> proved("canonical form").verdict
    'equal'
    """

    verdict: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    reading: str | None = None
    readings: tuple[str, ...] = ()


def proved(by: str) -> Verdict:
    """Equal on the whole declared domain, for all sizes."""
    return Verdict("equal", {"kind": "proved", "by": by})


def sampled(settings: Sequence[Mapping[str, int]], points: int, digits: int, **notes: Any) -> Verdict:
    """Equal at every point tried, to this many digits."""
    sizes = [dict(s) for s in settings]
    return Verdict("equal", {"kind": "sampled", "settings": sizes, "points": points, "digits": digits, **notes})


def shape_clash(reference: Sequence[object], answer: Sequence[object]) -> Verdict:
    """Different because the shapes are."""
    shapes = {"reference_shape": [str(s) for s in reference], "answer_shape": [str(s) for s in answer]}
    return Verdict("different", {"kind": "shape", **shapes})


def different(**witness: Any) -> Verdict:
    """Different, with a point where a person can see it."""
    return Verdict("different", {"kind": "witness", **witness})


def noted(verdict: Verdict, **notes: Any) -> Verdict:
    """The same verdict with more evidence."""
    return replace(verdict, evidence={**verdict.evidence, **notes})


def sentence(error: Exception) -> str:
    """What an exception says, as a sentence."""
    said = str(error) or type(error).__name__
    return said[0].upper() + said[1:] + ("" if said.endswith((".", "?")) else ".")


def message(verdict: str, text: str, position: int | None = None) -> Verdict:
    """Undecided, unreadable or refused, with a sentence and, where there is one, a character offset."""
    where = {} if position is None else {"position": position}
    return Verdict(verdict, {"message": text, **where})
