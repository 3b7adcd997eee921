"""The mark of one part: right, right in another form, a misconception, or wrong; and what may be said of it at each level."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from derive.bank.asked import question
from derive.bank.chained import DISAGREE, Chain, chained, is_single
from derive.bank.feedback import Mark, feedback, page_names
from derive.bank.follow import Earlier, followed
from derive.bank.form import unfinished
from derive.bank.hints import on_page
from derive.bank.kind import Kind
from derive.bank.kinds import Answer
from derive.bank.misconceptions import MISCONCEPTIONS, OWN, Showing
from derive.bank.numbers import Number
from derive.bank.problem import AskedPart, Mistake
from derive.bank.readings import UNSETTLED, is_shown, read
from derive.bank.restated import LONGEST, names_it, posed_again, restated
from derive.bank.rounded import rounded
from derive.bank.slips import Slip
from derive.bank.suspects import explained
from derive.bank.typed import text_of, ungrouped, without_units
from derive.bank.values import Values
from derive.grading.verdict import Verdict, message
from derive.notation.style import Style

BLANK = re.compile(
    r"[\s\-–—?.!]*|(?:idk|dk|dunno|i (?:don'?t|do not) know|no (?:idea|clue|answer)|n/?a|nan|skip|todo)[\s.?!]*",
    re.IGNORECASE,
)
WAITING = ("undecided", "unreadable", "refused")


def marked(part: AskedPart, answer: Any, earlier: Earlier | None = None) -> Mark:
    """The mark of an answer; ``earlier`` holds the student's answers to the parts before."""
    if answer is None or is_blank(answer):
        return Mark("blank", 0, "No answer was given.")
    if isinstance(answer, Mapping) and "file" in answer:
        return Mark("undecided", None, "A person will read this.", verdict=_in_a_file(answer))
    if part.answer.pending:
        return Mark("undecided", None, "A person will read this.", verdict=Verdict("undecided"))
    if isinstance(part.answer, Answer) and names_it(part.answer, answer, part.given):
        return _again(Verdict("different", reading=question(part.answer)))
    verdict = _judged(part, answer)
    if verdict.verdict in ("equal", "unreadable") and restated(part.answer, answer):
        return _again(verdict)
    if verdict.verdict == "equal" and posed_again(part.answer, answer, part.given):
        return _again(verdict)
    if verdict.verdict == "equal":
        return _formed(part, answer, verdict)
    if verdict.verdict == "unreadable" and (bare := _number(part, answer)) is not None:
        return marked(part, bare, earlier)
    if verdict.verdict in UNSETTLED and (chain := chained(part.answer, answer)) is not None:
        meant = _agreed(marked(part, chain.answer, earlier), chain)
        if not (is_shown(verdict) and meant.verdict.verdict == "different" and not meant.marks and meant.id is None):
            return meant
    if verdict.verdict in WAITING:
        return Mark(verdict.verdict, None, _waiting(verdict), verdict=verdict)
    return (
        _foreseen(part, answer, verdict)
        or followed(part, answer, verdict, earlier or {})
        or _wrong(part, answer, verdict)
    )


def _number(part: AskedPart, answer: Any) -> dict[str, str] | None:
    """A number without the words of the question behind it, None where an answer is none."""
    text, syntax = text_of(answer)
    if not isinstance(part.answer, Number | Values) or len(text) > LONGEST:
        return None
    bare = without_units(text, part.text)
    return None if bare == text else {"text": bare, "syntax": syntax}


def _agreed(mark: Mark, chain: Chain) -> Mark:
    """The mark of the side of a chain that is meant; where it earns some and another side differs, a person looks."""
    if chain.agree or not mark.marks:
        return mark
    doubt = replace(message("undecided", DISAGREE), reading=mark.verdict.reading)
    return Mark(doubt.verdict, None, _waiting(doubt), verdict=doubt)


def _again(verdict: Verdict) -> Mark:
    """The question itself earns nothing."""
    said = MISCONCEPTIONS["restated"]
    return Mark("different", 0, said.say, verdict=verdict, id=said.id, staff={"kind": "form", "message": said.name})


def is_blank(answer: Any) -> bool:
    """Whether an answer says nothing."""
    if isinstance(answer, Mapping) and "file" in answer:
        return False
    if isinstance(answer, Mapping) and ("lines" in answer or "network" in answer):
        return not answer.get("lines", answer.get("network"))
    return BLANK.fullmatch(text_of(answer)[0]) is not None


def _in_a_file(answer: Mapping[str, Any]) -> Verdict:
    """What staff read of an answer that stands in a file: a photograph, a form whose places are gone."""
    return Verdict("undecided", {k: str(answer[k]) for k in ("file", "why", "text") if k in answer})


def _judged(part: AskedPart, answer: Any) -> Verdict:
    """The verdict; an answer that equals another accepted one is equal."""
    verdict = part.answer.judge(answer)
    if verdict.verdict != "equal":
        for kind in part.accepts:
            other = kind.judge(answer)
            if other.verdict == "equal":
                return other
    return verdict


def _formed(part: AskedPart, answer: Any, verdict: Verdict) -> Mark:
    said = part.form.complaint(part.answer, answer) if part.form else ""
    keeps = min(part.form.keeps, part.marks) if part.form and said else part.marks // 2
    said = said or unfinished(part.answer, answer, part.ask)
    if not said:
        return Mark("equal", part.marks, "Right.", verdict=verdict)
    return Mark(
        "partly" if keeps else "different", keeps, said, verdict=verdict, staff={"kind": "form", "message": said}
    )


def _foreseen(part: AskedPart, answer: Any, verdict: Verdict) -> Mark | None:
    mistake = foreseen(part, answer)
    if mistake is None:
        return None
    keeps = min(mistake.keeps, part.marks)
    place = feedback(verdict, page_names(part.answer))
    identity = mistake_id(mistake, part)
    return Mark("partly" if keeps else "different", keeps, "", place, mistake.say, verdict, identity)


def _wrong(part: AskedPart, answer: Any, verdict: Verdict) -> Mark:
    place = feedback(verdict, page_names(part.answer))
    if "share" in verdict.evidence:
        marks = int(Fraction(verdict.evidence["share"]) * part.marks)
        return Mark("partly" if marks else "different", marks, "", place, verdict=verdict)
    plain = ungrouped(text := text_of(answer)[0])
    if plain != text and isinstance(part.answer, Number | Values) and is_single(part.answer):
        place += f" ({text} was read as {plain}: a comma parts thousands, a point parts decimals.)"
    slip = _slip(part.answer, answer, verdict)
    if slip is None:
        return Mark("different", 0, "", place, "", verdict)
    if isinstance(slip, Slip):
        said = slip.say(_on_page(slip, part))
    else:
        said, place = (slip.whole, slip.whole) if slip.whole else (f"{place} {slip.say}", place)
    return Mark("different", 0, "", place, said, verdict, slip.id, {"slip": slip.told})


def _on_page(slip: Slip, part: AskedPart) -> bool:
    """Whether the page has a name for the rule of a program that a slip breaks."""
    kind = part.answer
    return isinstance(kind, Values) and on_page(slip.rule, Style(names=kind.latex), part.text)


def _slip(kind: Kind, answer: Any, verdict: Verdict) -> Slip | Showing | None:
    """What a wrong answer shows, where that is known."""
    if verdict.evidence.get("kind") == "form":
        return None
    if isinstance(kind, Answer):
        _, kind, text, syntax = read(kind, answer)
        answer = {"text": text, "syntax": syntax}
    text, right = text_of(answer)[0], kind.decimals
    return rounded(text, right) or explained(kind, answer) or rounded(text, right, fewest=1)


def _waiting(verdict: Verdict) -> str:
    text = str(verdict.evidence.get("message", "")) or "This could not be decided automatically."
    place = verdict.evidence.get("position")
    where = f" (at character {place + 1})" if isinstance(place, int) else ""
    return f"{text}{where} A person will look at it if you leave it so."


def foreseen(part: AskedPart, answer: Any) -> Mistake | None:
    """The foreseen mistake that an answer is, to the letter if there is one, or else what it comes to."""
    same = next((m for m in part.mistakes if part.answer.identical(m.answer, answer)), None)
    return same or next((m for m in part.mistakes if same_as(part.answer, m, answer)), None)


def same_as(kind: Kind, mistake: Mistake, answer: Any) -> bool:
    """Whether an answer says what a mistake says."""
    return kind.like(mistake.answer).judge(answer).verdict == "equal"


def mistake_id(mistake: Mistake, part: AskedPart) -> str:
    """A mistake's stable id: the misconception's, or one of the problem's own by part and number."""
    return mistake.id or f"{OWN}{part.name}{part.mistakes.index(mistake) + 1}"
