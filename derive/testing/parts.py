"""What a part promises: every way to type the right answer earns its marks, every wrong one is told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Any

from derive.bank.choice import Choice, Rubric
from derive.bank.grade import grade_part
from derive.bank.kinds import Answer
from derive.bank.marking import same_as
from derive.bank.problem import AskedPart, Mistake
from derive.bank.restated import restatements
from derive.calculus.atoms import MatrixFunction
from derive.calculus.expr import Expr
from derive.calculus.substitute import atoms
from derive.testing.fingerprint import fingerprint
from derive.testing.rewrites import Tried, tried

NONSENSE = (r"\frac{1", "__import__('os')", "9**9**9", "", "(" * 100_000)
UNDECIDED = ("unreadable", "refused", "blank", "undecided")
WRONG = ("different", "partly")
QUESTION, UNPRINTED = "The question itself cannot be read: ", "which cannot be read back"
PATIENCE = 5.0
KEPT = 20_000
EDITED = 10

_judged: dict[Hashable, tuple[str, ...]] = {}
_met: Counter[Hashable] = Counter()


def part_failures(part: AskedPart, name: str = "") -> tuple[str, ...]:
    """The promises that a part breaks, kept for every part that asks the same: what it says does not count.

    ``name`` is whose part it is. Of a named part that other numbers come to again and again, the first question is tried with
    all nonsense and the others with one unreadable text; the first ten are tried with one edit as well.
    """
    key = fingerprint(replace(part, ask="", own=(), more=None, page=None))
    if key not in _judged:
        if len(_judged) > KEPT:
            _judged.clear()
        _judged[key] = tuple(_failures(part, _times_met(part, name)))
    return _judged[key]


def _times_met(part: AskedPart, name: str) -> int:
    """How many questions of this kind were judged for a named part before."""
    kind = type(part.answer)
    where = (name, part.name, fingerprint(kind), fingerprint(kind.judge))
    _met[where] += 1
    return _met[where] - 1 if name else 0


def _failures(part: AskedPart, met: int) -> Iterator[str]:
    broken = list(model_failures(part))
    yield from broken
    if any(UNPRINTED in text for text in broken):  # nothing can be compared with it
        return
    for mistake in part.mistakes:
        yield from _mistake_failures(part, mistake)
    yield from _twins(part)
    if not broken and not part.answer.pending:
        yield from _typed_failures(part, met < EDITED)
    yield from _restating(part)
    for text in NONSENSE if not met else NONSENSE[:1]:
        yield from _nonsense_failures(part, text)


def _graded(part: AskedPart, answer: Callable[[], Any]) -> dict[str, Any] | str:
    """The result, or what was raised on the way to it."""
    try:
        return grade_part(part, answer())
    except Exception as error:  # grading promises never to raise
        return f"raises {type(error).__name__}: {error}"[:300]


def model_failures(part: AskedPart) -> Iterator[str]:
    """Whether the model answer earns full marks, or waits for a person where it must."""
    result = _graded(part, part.answer.typed)
    if isinstance(result, str):
        yield f"the model answer {result}"
        return
    said = str(result["evidence"].get("message", ""))
    if said.startswith(QUESTION):
        yield f"the right answer is printed as {part.answer.typed()}, {UNPRINTED}: {said.removeprefix(QUESTION)}{_why(part)}"
        return
    wanted = ("undecided", None) if part.answer.pending else ("equal", part.marks)
    if (result["verdict"], result["marks"]) != wanted:
        yield f"the model answer is {result['verdict']} ({result['feedback']}) and earns {result['marks']}"


def _why(part: AskedPart) -> str:
    """What most often keeps a printed answer from being read back."""
    d = part.answer.derivation
    written = {n: s.latex or n for n, s in d.symbols.items()} if d else {}
    alike = [n for n, latex in written.items() if list(written.values()).count(latex) > 1]
    if alike:
        return f" {' and '.join(alike)} are written alike."
    if d and any(
        isinstance(a, MatrixFunction) for side in d.result.sides if isinstance(side, Expr) for a in atoms(side)
    ):
        return " Give the matrix that is inverted a name among the symbols, and its meaning with means=."
    return ""


def _mistake_failures(part: AskedPart, mistake: Mistake) -> Iterator[str]:
    what = f"the mistake '{mistake.answer}'{f' ({mistake.id})' if mistake.id else ''}"
    if not mistake.say.strip():
        yield f"{what} says nothing"
    if not 0 <= mistake.keeps < part.marks:
        yield f"{what} keeps {mistake.keeps} of {part.marks}; a wrong answer keeps less than all, from 0 on"
    result = _graded(part, lambda: mistake.answer)
    if isinstance(result, str):
        yield f"{what} {result}"
    elif result["verdict"] not in WRONG:
        yield f"{what} is {result['verdict']} ({result['feedback']}); it should be wrong"
    elif result["feedback"] != mistake.say and (twin := _twin(part, mistake)) is not None:
        yield f"the mistakes {twin.answer!r} and {mistake.answer!r} coincide: this one hears {result['feedback']!r}"
    elif result["feedback"] != mistake.say:
        yield f"{what} hears {result['feedback']!r} and not its own {mistake.say!r}"
    elif result["marks"] != min(mistake.keeps, part.marks):
        yield f"{what} earns {result['marks']} and not {mistake.keeps}"


def _twins(part: AskedPart) -> Iterator[str]:
    """Foreseen mistakes that are one, with one text for both: where each hears its own words, they are not."""
    for k, later in enumerate(part.mistakes):
        for earlier in part.mistakes[:k]:
            if earlier.say == later.say and _same(part, earlier, later):
                yield f"the mistakes {earlier.answer!r} and {later.answer!r} coincide"


def _twin(part: AskedPart, mistake: Mistake) -> Mistake | None:
    """The earlier mistake that another is the same as."""
    earlier = part.mistakes[: part.mistakes.index(mistake)]
    return next((e for e in earlier if _same(part, e, mistake)), None)


def _same(part: AskedPart, earlier: Mistake, later: Mistake) -> bool:
    try:
        return same_as(part.answer, earlier, later.answer)
    except Exception:  # told by the mistake itself
        return False


def _typed_failures(part: AskedPart, edited: bool) -> Iterator[str]:
    """The right answer typed in every syntax and in other words; wrong answers beside it."""
    texts = tried(part.answer)
    for syntax, answer in texts.ways.items():
        yield from _earning(part, answer, f"the model answer typed as {syntax}, {answer['text']!r},")
    for text in texts.right:
        yield from _rewritten(part, _typed(texts, text))
    for kind in part.accepts:
        yield from _earning(part, kind.typed(), f"the accepted answer {kind.typed()!r}")
    for text in texts.wrong:
        verdict = _judged_as(part, _typed(texts, text))
        if verdict != "different":
            yield f"the wrong answer {text!r}: {verdict}; it should be wrong"
    for text in texts.edited if edited else ():
        verdict = _judged_as(part, _typed(texts, text))
        if verdict not in ("different", "proved", *(f"is {u}" for u in UNDECIDED)):
            yield f"the answer with one edit, {text!r}: {verdict}, and that is not proved"


def _typed(texts: Tried, text: str) -> dict[str, str]:
    return {"text": text, "syntax": texts.ways.get("latex", {}).get("syntax", "auto")}


def _earning(part: AskedPart, answer: Any, what: str) -> Iterator[str]:
    result = _graded(part, lambda: answer)
    if isinstance(result, str):
        yield f"{what} {result}"
    elif (result["verdict"], result["marks"]) != ("equal", part.marks):
        yield f"{what} is {result['verdict']} ({result['feedback']}) and earns {result['marks']} of {part.marks}"


def _rewritten(part: AskedPart, answer: dict[str, str]) -> Iterator[str]:
    """A rewrite is right; where a form is asked for, it may be right in another one."""
    what = f"the rewrite {answer['text']!r}"
    if part.form is None:
        yield from _earning(part, answer, what)
    elif _judged_as(part, answer) not in ("equal", "proved"):
        yield f"{what} is not equal"


def _judged_as(part: AskedPart, answer: Any) -> str:
    """The verdict, ``proved`` for an equality that is proved, or a sentence about what was raised."""
    try:
        verdict = part.answer.judge(answer)
    except Exception as error:  # grading promises never to raise
        return f"raises {type(error).__name__}: {error}"[:300]
    if verdict.verdict == "equal" and verdict.evidence.get("kind") == "proved":
        return "proved"
    return verdict.verdict if verdict.verdict in (*WRONG, "equal") else f"is {verdict.verdict}"


def _restating(part: AskedPart) -> Iterator[str]:
    """What is asked for, typed as the answer: it is told apart, and earns nothing."""
    if not isinstance(part.answer, Answer):
        return
    for asked in (*restatements(part.answer), *part.given):
        result = _graded(part, partial(str, asked))
        if isinstance(result, str):
            yield f"the question itself, {asked!r}, {result}"
        elif result["marks"]:
            yield f"the question itself, {asked!r}, earns {result['marks']}"
        elif result["misconception"] != "restated":
            yield f"the question itself, {asked!r}, hears {result['feedback']!r} and not that it is the question"


def _nonsense_failures(part: AskedPart, text: str) -> Iterator[str]:
    what = f"{text!r}" if len(text) < 40 else f"{len(text)} characters of {text[0]!r}"
    begin = perf_counter()
    result = _graded(part, lambda: text)
    seconds = perf_counter() - begin
    if isinstance(result, str):
        yield f"{what} {result}"
        return
    if result["verdict"] not in UNDECIDED:
        yield f"{what} is {result['verdict']} ({result['feedback']}); nobody can read it"
    if result["marks"]:
        yield f"{what} earns {result['marks']}"
    if seconds > PATIENCE:
        yield f"{what} takes {seconds:.0f} s to answer"


def uncovered(part: AskedPart) -> str:
    """What no oracle stands behind: ``choice``, ``sentences``, ``checked, not derived``; empty for a derived answer."""
    if isinstance(part.answer, Rubric) or part.answer.pending:
        return "sentences"
    if isinstance(part.answer, Choice):
        return "choice"
    d = part.answer.derivation
    return "" if d is not None and d.kind == "derived" else "checked, not derived"
