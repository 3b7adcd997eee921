"""Marks and feedback: submissions in, results out (PROTOCOLS section 3).

Feedback is what a student sees and never holds the right answer or its value; evidence is for staff. What waits for a
person has no marks, and nothing waiting is totalled as zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.metadata import version
from typing import Any

from derive.bank.feedback import Level, Policy
from derive.bank.follow import Earlier
from derive.bank.marking import marked
from derive.bank.problem import AskedPart, Problem, Variant

EVERYTHING = Policy()
ECHOED = ("student", "attempt", "submitted_at", "attachments")
FIELDS = ("id", "problem", "seed", "answers", *ECHOED)


def grade(
    submission: object, problems: Mapping[str, Problem], policy: Policy = EVERYTHING, audience: str = "staff"
) -> dict[str, Any]:
    """The result of one submission, whatever the submission is.

    Args:
        submission: the fields of PROTOCOLS section 3; its ``attempt`` counts from 1.
        problems: the bank.
        policy: what a course shows at which attempt.
        audience: ``staff`` for all of the result, ``student`` for what a student may see of it.
    """
    asked = asked_of(submission, problems)
    if isinstance(asked, dict):
        return asked
    level = policy.level(asked.attempt)
    parts = graded_parts(
        asked.problem.variant(asked.seed), asked.problem.parts, asked.answers, level, policy.hints(asked.attempt)
    )
    return result_of(asked, parts, level, audience)


@dataclass(frozen=True)
class Asked:
    """A submission that can be graded.

    Attributes:
        attempt: from 1; None where nobody counts.
        echoed: what the result repeats.
    """

    identity: object
    problem: Problem
    seed: int
    answers: Mapping[str, Any]
    attempt: int | None
    echoed: Mapping[str, Any]


def asked_of(submission: object, problems: Mapping[str, Problem]) -> Asked | dict[str, Any]:
    """What a submission asks to be graded, or the result of one that cannot be."""
    if not isinstance(submission, dict):
        return _reported(None, None, "A submission must be a JSON object.")
    identity, name = submission.get("id"), submission.get("problem")
    echoed = {k: submission[k] for k in ECHOED if k in submission}
    problem = problems.get(name) if isinstance(name, str) else None
    if problem is None:
        return _reported(identity, name, _no_problem(name, problems)) | echoed
    attempt = submission.get("attempt")
    counted = attempt if isinstance(attempt, int) and not isinstance(attempt, bool) and attempt > 0 else None
    if "answers" not in submission:
        return _reported(identity, name, "The required field 'answers' is missing.") | echoed
    answers, seed = submission["answers"], submission.get("seed", 0)
    if not isinstance(answers, dict) or not isinstance(seed, int) or isinstance(seed, bool):
        return _reported(identity, name, "A submission needs answers, an object, and seed, a whole number.") | echoed
    return Asked(identity, problem, seed, answers, counted, echoed)


def unread(text: str) -> dict[str, Any]:
    """The result of a line that is no submission, for the reason given."""
    return _reported(None, None, text)


@cache
def _suite() -> str:
    return version("derive-suite")


def _no_problem(name: object, problems: Mapping[str, Problem]) -> str:
    if name is None:
        return "The required field 'problem' is missing."
    close = get_close_matches(str(name), problems, 1)
    return f"There is no problem {name!r}." + (f" Did you mean {close[0]!r}?" if close else "")


def _reported(identity: object, name: object, text: str) -> dict[str, Any]:
    """A line that cannot be graded: it waits for a person, and says why."""
    return {
        "id": identity, "problem": name, "seed": None, "marks": None, "out_of": None, "marks_so_far": 0, "pending": [],
        "status": "needs a person", "parts": {}, "message": text,
        "version": {"suite": _suite(), "problem": None},
    }  # fmt: skip


def graded_parts(
    variant: Variant, names: Iterable[str], answers: Mapping[str, Any], level: Level, hints: int
) -> dict[str, dict[str, Any]]:
    """The results of some parts of a variant, in its order.

    Args:
        variant: the problem with its numbers.
        names: the parts to grade; a name that is no part is passed over.
        answers: part → what was typed, for these and for the parts that they follow.
        level: how much the feedback says.
        hints: how many hints are shown.
    """
    given = {name: (part, answers[name]) for name, part in variant.parts.items() if answers.get(name) is not None}
    wanted = set(names)
    return {
        name: _told(part, grade_part(part, answers.get(name), given, level), level, hints)
        for name, part in variant.parts.items()
        if name in wanted
    }


def result_of(
    asked: Asked, parts: Mapping[str, dict[str, Any]], level: Level, audience: str = "staff"
) -> dict[str, Any]:
    """The result of a submission from the results of its parts."""
    problem = asked.problem
    unknown = sorted(str(k) for k in asked.answers if k not in problem.parts)
    so_far = sum(p["marks"] or 0 for p in parts.values())
    pending = [name for name, p in parts.items() if p["marks"] is None]
    found = {
        "id": asked.identity,
        "problem": problem.name,
        "seed": asked.seed,
        "marks": None if pending else so_far,
        "out_of": problem.marks,
        "marks_so_far": so_far,
        "pending": pending,
        "status": "needs a person" if pending else "graded",
        "parts": dict(parts),
        **({"fresh_seed": asked.seed + 1} if level is Level.SOLUTION and so_far < problem.marks else {}),
        **({"message": f"There is no part {', '.join(unknown)}."} if unknown else {}),
        "version": {"suite": _suite(), "problem": problem.version},
        **asked.echoed,
    }
    return for_students(found, level) if audience == "student" else found


def _told(part: AskedPart, result: dict[str, Any], level: Level, hints: int) -> dict[str, Any]:
    """A part's result with the hints, or the solution, that the attempt shows."""
    if result["verdict"] == "equal":
        return result
    shown = list(part.hints[:hints]) if hints else []
    if level is Level.SOLUTION:
        return {**result, "hints": list(part.hints), "solution": part.answer.show()}
    return {**result, "hints": shown} if shown else result


def for_students(result: Mapping[str, Any], level: Level) -> dict[str, Any]:
    """What a student may see of a result: no evidence, and the misconception from its attempt on."""
    hidden = {"evidence"} if level >= Level.MISCONCEPTION else {"evidence", "misconception"}
    parts = {n: {k: v for k, v in p.items() if k not in hidden} for n, p in result["parts"].items()}
    return {**result, "parts": parts}


def grade_part(
    part: AskedPart, answer: Any, earlier: Earlier | None = None, level: Level = Level.MISCONCEPTION
) -> dict[str, Any]:
    """One part's verdict, marks, feedback at a level, and evidence for staff.

    Args:
        part: the part of a variant.
        answer: what the student typed; None for nothing.
        earlier: the student's answers to the parts before, each with its part.
        level: how much the feedback says.
    """
    mark = marked(part, answer, earlier)
    return {
        "verdict": mark.name,
        "marks": mark.marks,
        "out_of": part.marks,
        "feedback": mark.say(level),
        "misconception": mark.id,
        "reading": mark.verdict.reading,
        "evidence": {**mark.verdict.evidence, **mark.staff},
    }
