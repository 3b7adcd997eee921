"""Marks and feedback: submissions in, results out (PROTOCOLS section 3).

Feedback is what a student sees and never holds the right answer or its value; evidence is for staff. What waits for a
person has no marks, and nothing waiting is totalled as zero.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from importlib.metadata import version
from typing import Any

from derive.bank.kinds import Kind, text_of, typed_name
from derive.bank.misconceptions import OWN
from derive.bank.problem import AskedPart, Mistake, Problem, Variant
from derive.grading.verdict import Verdict

BLANK = re.compile(r"[\s\-–—?.]*|idk|i don'?t know|no idea|n/?a", re.IGNORECASE)
WAITING = ("undecided", "unreadable", "refused")
ECHOED = ("student", "attempt", "submitted_at", "attachments")


def grade(submission: object, problems: Mapping[str, Problem]) -> dict[str, Any]:
    """The result of one submission, whatever the submission is."""
    if not isinstance(submission, dict):
        return _reported(None, None, "A submission must be a JSON object.")
    identity, name = submission.get("id"), submission.get("problem")
    echoed = {k: submission[k] for k in ECHOED if k in submission}
    problem = problems.get(name) if isinstance(name, str) else None
    if problem is None:
        return _reported(identity, name, _no_problem(name, problems)) | echoed
    answers, seed = submission.get("answers", {}), submission.get("seed", 0)
    if not isinstance(answers, dict) or not isinstance(seed, int) or isinstance(seed, bool):
        return _reported(identity, name, "A submission needs answers, an object, and seed, a whole number.") | echoed
    return _graded(identity, problem.variant(seed), answers) | echoed


def _no_problem(name: object, problems: Mapping[str, Problem]) -> str:
    close = get_close_matches(str(name), problems, 1)
    return f"There is no problem {name!r}." + (f" Did you mean {close[0]!r}?" if close else "")


def _reported(identity: object, name: object, text: str) -> dict[str, Any]:
    """A line that cannot be graded: it waits for a person, and says why."""
    return {
        "id": identity, "problem": name, "seed": None, "marks": None, "out_of": None, "marks_so_far": 0, "pending": [],
        "status": "needs a person", "parts": {}, "message": text,
        "version": {"suite": version("derive-suite"), "problem": None},
    }  # fmt: skip


def _graded(identity: object, variant: Variant, answers: Mapping[str, Any]) -> dict[str, Any]:
    parts = {name: grade_part(part, answers.get(name)) for name, part in variant.parts.items()}
    unknown = sorted(str(k) for k in answers if k not in parts)
    pending = [name for name, p in parts.items() if p["marks"] is None]
    so_far = sum(p["marks"] or 0 for p in parts.values())
    return {
        "id": identity,
        "problem": variant.problem.name,
        "seed": variant.seed,
        "marks": None if pending else so_far,
        "out_of": variant.problem.marks,
        "marks_so_far": so_far,
        "pending": pending,
        "status": "needs a person" if pending else "graded",
        "parts": parts,
        **({"message": f"There is no part {', '.join(unknown)}."} if unknown else {}),
        "version": {"suite": version("derive-suite"), "problem": variant.problem.version},
    }


def grade_part(part: AskedPart, answer: Any) -> dict[str, Any]:
    """One part's verdict, marks, feedback and evidence."""
    if answer is None or BLANK.fullmatch(text_of(answer)[0]):
        return _result("blank", 0, part, "No answer was given.")
    if part.answer.pending:
        return _result("undecided", None, part, "A person will read this.", Verdict("undecided"))
    verdict = part.answer.judge(answer)
    if verdict.verdict == "equal":
        return _result("equal", part.marks, part, "Right.", verdict)
    if verdict.verdict in WAITING:
        return _result(verdict.verdict, None, part, _waiting(verdict), verdict)
    mistake = foreseen(part, answer)
    if mistake is not None:
        keeps = min(mistake.keeps, part.marks)
        return _result("partly" if keeps else "different", keeps, part, mistake.say, verdict, mistake_id(mistake, part))
    return _result("different", 0, part, feedback(verdict, _page_names(part.answer)), verdict)


def _result(
    name: str,
    marks: int | None,
    part: AskedPart,
    say: str,
    verdict: Verdict | None = None,
    misconception: str | None = None,
) -> dict[str, Any]:
    return {
        "verdict": name,
        "marks": marks,
        "out_of": part.marks,
        "feedback": say,
        "misconception": misconception,
        "reading": verdict.reading if verdict else None,
        "evidence": dict(verdict.evidence) if verdict else {},
    }


def _waiting(verdict: Verdict) -> str:
    text = str(verdict.evidence.get("message", "")) or "This could not be decided automatically."
    place = verdict.evidence.get("position")
    where = f" (at character {place + 1})" if isinstance(place, int) else ""
    return f"{text}{where} A person will look at it if you leave it so."


def foreseen(part: AskedPart, answer: Any) -> Mistake | None:
    """The foreseen mistake that an answer is the same as."""
    for mistake in part.mistakes:
        if same_as(part.answer, mistake, answer):
            return mistake
    return None


def same_as(kind: Kind, mistake: Mistake, answer: Any) -> bool:
    """Whether an answer says what a mistake says."""
    return kind.like(mistake.answer).judge(answer).verdict == "equal"


def mistake_id(mistake: Mistake, part: AskedPart) -> str:
    """A mistake's stable id: the misconception's, or one of the problem's own by part and number."""
    return mistake.id or f"{OWN}{part.name}{part.mistakes.index(mistake) + 1}"


def _page_names(kind: Kind) -> Mapping[str, str]:
    """How the page writes the names that a witness gives values to."""
    symbols = kind.derivation.symbols if kind.derivation else {}
    return {typed_name(name, s): f"${s.latex}$" for name, s in symbols.items() if s.latex}


def feedback(verdict: Verdict, names: Mapping[str, str]) -> str:
    """What a student hears of a wrong answer: where it can be seen to be wrong, never what is right."""
    evidence = verdict.evidence
    match evidence.get("kind"):
        case "shape":
            return _shape_feedback(evidence)
        case "entries":
            places = ", ".join(f"row {i} column {j}" for i, j in evidence["wrong"])
            return f"Not yet: look again at {places}."
        case "set":
            return _set_feedback(evidence)
        case "inputs":
            return _inputs_feedback(evidence)
        case "form":
            return str(evidence["message"])
        case "choice":
            return "Not this one."
    values = evidence.get("values")
    if not values:
        return "This is not the right value."
    point = ", ".join(f"{names.get(k, k)} = {_short(v)}" for k, v in dict(values).items())
    sizes = ", ".join(f"{names.get(k, k)} = {v}" for k, v in dict(evidence.get("sizes") or {}).items())
    where = " and ".join(t for t in (f"sizes {sizes}" if sizes else "", point) if t)
    theirs = _short(evidence.get("answer_value"))
    return f"Not equal. Try it at {where}: your answer gives {theirs}, and the definition does not."


def _shape_feedback(evidence: Mapping[str, Any]) -> str:
    if "message" in evidence:
        return f"The shapes do not fit: {evidence['message']}."
    shape = "×".join(map(str, evidence.get("answer_shape", ())))
    return f"Your answer has the shape {shape or 'of a single number'}, which is not the shape that was asked for."


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
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
