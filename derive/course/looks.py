"""What waits for a person, one thing to look at after another: answers that say the same, or one student's hand-in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from derive.bank.problem import Problem
from derive.course.groups import Group, Like, Questions, grouped, waiting, why_of
from derive.course.setting import scale_of


class NoSuchPart(ValueError):
    """It is not clear which part is meant; the message says which there are."""


@dataclass
class Look:
    """One thing that a person looks at once, and decides about part by part.

    Attributes:
        groups: answers to one question that say the same: one group. What waits of a hand-in that only a person can read:
            a group for each part.
        files: those to open for it; empty for answers that stand here.
        student: of a hand-in, whose it is.
        key: of a hand-in, what its parts have in common.
    """

    groups: list[Group]
    files: tuple[str, ...] = ()
    student: Any = None
    key: tuple[str, ...] = ()

    @property
    def is_hand_in(self) -> bool:
        """Whether it is what waits of a hand-in."""
        return bool(self.key)

    @property
    def names(self) -> list[str]:
        """What it may be called, the same in every run."""
        if not self.is_hand_in:
            return self.groups[0].names
        return [hashlib.sha256(json.dumps(self.key).encode()).hexdigest()[:8]]

    @property
    def id(self) -> str:
        """The first of its names."""
        return self.names[0]

    @property
    def ids(self) -> list[Any]:
        """The submissions that wait for it."""
        return list(dict.fromkeys(identity for group in self.groups for identity in group.ids))

    @property
    def count(self) -> int:
        """How many answers it decides."""
        return sum(len(group.ids) for group in self.groups)

    @property
    def reason(self) -> str:
        """Why all parts of a hand-in wait; empty where they do for several reasons."""
        answers = [like.answer for group in self.groups for like in group.likes]
        found = {str(a.get("why", "")) if isinstance(a, Mapping) and "file" in a else "" for a in answers}
        return found.pop() if self.is_hand_in and len(found) == 1 else ""

    @property
    def record(self) -> dict[str, Any]:
        """For machines."""
        if not self.is_hand_in:
            return self.groups[0].record
        told = {"id": self.id, "files": list(self.files), "student": self.student, "submissions": len(self.ids)}
        return {**told, "parts": [group.record for group in self.groups]}

    def part(self, problem: str | None, part: str | None) -> Group:
        """The part that is meant.

        Raises:
            NoSuchPart: none is, or several are.
        """
        found = [g for g in self.groups if problem in (None, g.problem) and part in (None, g.part)]
        if len(found) == 1:
            return found[0]
        every = ", ".join(f"--problem {g.problem} --part {g.part}" for g in self.groups)
        raise NoSuchPart(f"{self.id} has {len(self.groups)} parts that wait; name one of them: {every}.")


@dataclass
class _HandIn:
    """A hand-in as it is read."""

    student: Any
    files: dict[str, None] = field(default_factory=dict)
    places: list[tuple[tuple[str, str, int], Like, str, Fraction]] = field(default_factory=list)


def looks(results: Iterable[Mapping[str, Any]], problems: Mapping[str, Problem]) -> list[Look]:
    """What waits in results, what settles most answers at once first."""
    hand_ins: dict[tuple[str, ...], _HandIn] = {}
    groups = grouped(_typed(results, hand_ins), problems)
    asks = Questions(problems)
    found = [Look([group]) for group in groups]
    found += [_look(key, hand_in, asks) for key, hand_in in hand_ins.items()]
    return sorted(found, key=lambda x: (-len(x.ids), x.files, x.groups[0].problem, x.groups[0].part, x.id))


def _typed(
    results: Iterable[Mapping[str, Any]], hand_ins: dict[tuple[str, ...], _HandIn]
) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The parts that wait with an answer of their own; the others are put to their hand-ins."""
    for result, part in waiting(results):
        key = _hand_in(result, part)
        if key is None:
            yield result, part
            continue
        answer = (result.get("answers") or {}).get(part)
        place = (str(result["problem"]), part, int(result["seed"]))
        whole = hand_ins.setdefault(key, _HandIn(result.get("student")))
        if isinstance(answer, Mapping) and "file" in answer:
            whole.files |= dict.fromkeys([str(answer["file"]), *map(str, result.get("attachments") or ())])
        like, why = Like(place[2], answer, [result["id"]]), why_of(result["parts"][part])
        whole.places.append((place, like, why, scale_of(result)))


def _hand_in(result: Mapping[str, Any], part: str) -> tuple[str, ...] | None:
    """What a part has in common with others that are looked at together with it; None where it is looked at by itself."""
    answer = (result.get("answers") or {}).get(part)
    student = json.dumps(result["id"] if result.get("student") is None else result["student"])
    if isinstance(answer, Mapping) and "file" in answer:
        return "file", student, str(answer["file"])
    if (result["parts"][part].get("evidence") or {}).get("kind") == "variant":
        return "variant", student
    return None


def _look(key: tuple[str, ...], hand_in: _HandIn, asks: Questions) -> Look:
    groups = []
    for (problem, part, seed), like, why, scale in hand_in.places:
        question = asks.of(problem, part, seed)
        groups.append(Group(problem, part, question.asked, question.out_of, why, [like], scale))
    return Look(groups, tuple(hand_in.files), hand_in.student, key)
