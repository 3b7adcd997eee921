"""How the parts of a class's problems went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from derive.course.groups import shown_answer, visible

KINDS = ("right", "partly", "wrong", "blank", "waiting")


@dataclass
class PartStory:
    """How a part went.

    Attributes:
        counts: how many submissions are right, partly right, wrong, blank, waiting.
        earned: the marks of those that are settled, together.
        misconceptions: id → how many.
        answers: answers that are settled and not right, as they were read → how many.
        held: answers that wait for a person → how many; without those that stand in a file.
    """

    out_of: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    earned: Fraction = Fraction(0)
    misconceptions: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)

    def take(self, part: Mapping[str, Any], answer: Any) -> None:
        """Count a result in."""
        kind = kind_of(part)
        self.out_of = part["out_of"]
        self.counts[kind] += 1
        self.earned += Fraction(part["marks"] or 0)
        if part.get("misconception"):
            self.misconceptions[part["misconception"]] += 1
        in_a_file = isinstance(answer, Mapping) and "file" in answer and not answer.get("text")
        listed = {"partly": self.answers, "wrong": self.answers, "waiting": self.held}.get(kind)
        if listed is not None and answer is not None and not in_a_file:
            listed[visible(part.get("reading") or shown_answer(answer))[:200]] += 1

    @property
    def share(self) -> float | None:
        """The share of the marks that was earned where it is settled; None where more waits than is settled."""
        settled = self.counts.total() - self.counts["waiting"]
        if not self.out_of or settled <= self.counts["waiting"]:
            return None
        return float(self.earned / (settled * self.out_of))


def kind_of(part: Mapping[str, Any]) -> str:
    """How a part went, one of `KINDS`."""
    if part["marks"] is None:
        return "waiting"
    if part["verdict"] == "blank":
        return "blank"
    if part["marks"] >= part["out_of"]:
        return "right"
    return "partly" if part["marks"] else "wrong"
