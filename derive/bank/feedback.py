"""What is said of an answer, to whom and when: the verdict first, then the place, then the misconception, then the solution.

A student's text never holds the right answer or its value. Staff see the evidence beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np

from derive.bank.condition import Condition
from derive.bank.kind import Kind, named
from derive.bank.kinds import Answer
from derive.bank.names import declared
from derive.grading.verdict import Verdict

ALONE = "Not right yet."
LETTER = re.compile(r"[A-Za-z]\w*")
FEW = 6  # numbers in a point that a student is shown


class Level(IntEnum):
    """How much a student is told."""

    VERDICT = 1
    PLACE = 2
    MISCONCEPTION = 3
    SOLUTION = 4


@dataclass(frozen=True, slots=True)
class Policy:
    """What a course shows at which attempt.

    Attributes:
        place: the attempt from which a student hears which entry, index or input is wrong.
        misconception: the attempt from which the misconception is named, with a hint more at each further one.
        attempts: how many attempts there are; after the last one, right or wrong, the solution is shown and a fresh variant
            offered. None: there is no last one.

    >>> [Policy(attempts=4).level(n).name for n in (1, 2, 3, 4)]
    ['VERDICT', 'PLACE', 'MISCONCEPTION', 'SOLUTION']
    >>> Policy().level(None).name, Policy(place=1).level(1).name
    ('MISCONCEPTION', 'PLACE')
    """

    place: int = 2
    misconception: int = 3
    attempts: int | None = 4

    def level(self, attempt: int | None) -> Level:
        """What is shown at an attempt; where nobody counts attempts, all but the solution."""
        if attempt is None:
            return Level.MISCONCEPTION
        if self.attempts is not None and attempt >= self.attempts:
            return Level.SOLUTION
        if attempt >= self.misconception:
            return Level.MISCONCEPTION
        return Level.PLACE if attempt >= self.place else Level.VERDICT

    def hints(self, attempt: int | None) -> int:
        """How many hints are shown at an attempt: none where nobody counts."""
        return 0 if attempt is None else max(0, attempt - self.misconception + 1)


@dataclass(frozen=True)
class Mark:
    """What a part earns and why.

    Attributes:
        name: the verdict of the result.
        marks: None while the part waits for a person.
        always: what a student hears at every attempt; or else
        place, misconceived: what is said at the levels of these names.
        verdict: the comparison's.
        id: the misconception's.
        staff: more evidence, for staff.
    """

    name: str
    marks: int | None
    always: str = ""
    place: str = ""
    misconceived: str = ""
    verdict: Verdict = field(default_factory=lambda: Verdict(""))
    id: str | None = None
    staff: Mapping[str, Any] = field(default_factory=dict)

    def say(self, level: Level) -> str:
        """The feedback at a level."""
        if self.always:
            return self.always
        if level is Level.VERDICT:
            return ALONE
        return self.place if level is Level.PLACE or not self.misconceived else self.misconceived


def page_names(kind: Kind) -> Mapping[str, str]:
    """How the page writes the names that a witness gives values to."""
    symbols = declared(kind.of, kind.symbols) if isinstance(kind, Answer) else {}
    symbols = kind.declared if isinstance(kind, Condition) else symbols
    return {name: f"${s['latex']}$" for name, s in symbols.items()}


def feedback(verdict: Verdict, names: Mapping[str, str]) -> str:
    """What a student hears of a wrong answer: where it can be seen to be wrong, never what is right."""
    evidence = verdict.evidence
    match evidence.get("kind"):
        case "shape":
            return _shape_feedback(evidence, names)
        case "entries":
            return f"Not yet: look again at {', '.join(map(_at, evidence['wrong']))}."
        case "set":
            return _set_feedback(evidence)
        case "inputs":
            return _inputs_feedback(evidence)
        case "form" | "checks":
            return str(evidence["message"])
        case "lines":
            return _lines_feedback(evidence)
        case "choice":
            return "Not this one."
    return _witness_feedback(evidence, names)


def _witness_feedback(evidence: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Where two formulas differ: at a point where it is short, and else at which sizes and in which entry."""
    values, entry = dict(evidence.get("values") or {}), evidence.get("entry")
    sizes = ", ".join(f"{names.get(k, k)} = {v}" for k, v in dict(evidence.get("sizes") or {}).items())
    if not (values or sizes):
        return "This is not the right value."
    loose = [k for k in values if names and k not in names]
    if loose:
        return f"Your answer speaks of {named(loose)}, and we do not know what that stands for here."
    free = [k for k in dict(evidence.get("sizes") or {}) if names and k not in names]
    if free:
        said = "use the question's letters, and put brackets round all that a sum adds up"
        return f"Your answer leaves {named(free)} open: {said}."
    theirs = _short(evidence.get("answer_value"))
    if sum(np.size(v) for v in values.values()) > FEW:
        place = f"the entry ({', '.join(map(str, entry))}) of your answer" if entry else "your answer"
        return f"Not equal: {f'at sizes {sizes} already, ' if sizes else ''}{place} is not what the definition gives."
    point = ", ".join(f"{names.get(k, k)} = {_short(v)}" for k, v in values.items())
    where = " and ".join(t for t in (f"sizes {sizes}" if sizes else "", point) if t)
    where += f", exactly where {evidence['exactly_where']}" if "exactly_where" in evidence else ""
    if "answer_holds" in evidence:
        holds, right = ("holds", "must not") if evidence["answer_holds"] else ("does not hold", "must")
        return f"Not equal. Try it at {where}: your condition {holds} there, and it {right}."
    if theirs == "undefined":
        return f"Not equal. Try it at {where}: your answer has no value there, and the definition has one."
    return f"Not equal. Try it at {where}: your answer gives {theirs}, and the definition does not."


def _lines_feedback(evidence: Mapping[str, Any]) -> str:
    """The first wrong line, whether the result is right, and how many ideas are missing; not which."""
    wrong, missing = evidence.get("first_wrong_line"), len(evidence.get("missing", ()))
    parts = [f"Line {wrong} does not follow from what stands before it."] if wrong else []
    parts += ["Your result is right."] if evidence.get("reaches_result") else ["The result is not reached."]
    parts += (
        [f"Of the {evidence['ideas']} steps on the way, {missing} cannot be seen in lines that follow."]
        if missing
        else []
    )
    return " ".join(parts)


def _at(place: Sequence[int]) -> str:
    """Where an entry stands, in a list or in a table."""
    return "row {} column {}".format(*place) if len(place) == 2 else f"entry {place[0]}"


def _shape_feedback(evidence: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if "message" in evidence:
        return f"The shapes do not fit: {str(evidence['message']).rstrip('.')}."
    has, asked = (_shaped(evidence.get(f"{whose}_shape", ()), names) for whose in ("answer", "reference"))
    return f"Your answer is {has}, and what is asked for is {asked}."


def _shaped(shape: Sequence[object], names: Mapping[str, str]) -> str:
    """A shape in words, with the page's letters: a free index of what is asked for makes no axis."""
    sizes = " × ".join(LETTER.sub(lambda m: names.get(m[0], m[0]), str(size)) for size in shape)
    return (
        f"a list of {sizes} {'entry' if sizes == '1' else 'entries'}"
        if len(shape) == 1
        else f"an array of {sizes} entries"
        if shape
        else "a single number"
    )


def _set_feedback(evidence: Mapping[str, Any]) -> str:
    wrong = ", ".join(map(str, evidence["wrong"]))
    parts = [f"{wrong} does not belong." if len(evidence["wrong"]) == 1 else f"{wrong} do not belong."] if wrong else []
    parts += ["At least one is missing."] if evidence["missing"] else []
    return " ".join(parts)


def _inputs_feedback(evidence: Mapping[str, Any]) -> str:
    """The first input on which a boolean function is wrong, and how many there are."""
    first = ", ".join(f"{n} = {v}" for n, v in zip(evidence["names"], evidence["wrong"][0], strict=True))
    what = f"The output {evidence['output']}" if evidence["output"] else "It"
    return f"{what} is wrong on {len(evidence['wrong'])} of {2 ** len(evidence['names'])} inputs, at {first} for one."


def _short(value: object) -> str:
    text = str(value).replace("'", "")  # fractions in lists are kept as texts
    return text if len(text) <= 60 else f"{text[:57]}…"
