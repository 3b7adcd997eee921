"""Lines of working (PROTOCOLS section 2): a Python call, and a JSON object in, a JSON object out."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import perf_counter
from typing import Any

from derive.grading.steps_given import opened
from derive.grading.steps_judge import Judge
from derive.grading.steps_judged import Judged, says
from derive.grading.steps_means import integrals_called
from derive.grading.steps_names import plain_names, unshadowed
from derive.grading.steps_scene import Undecidable
from derive.notation.arrays import Clash
from derive.notation.errors import Refused, Unreadable
from derive.notation.latex import read_latex, room_for_nesting

Watched = Callable[[list[str]], Iterator[str]]
SYNTAXES = ("latex", "python", "text", "auto")  # the last two are read as LaTeX
MAX_LINES = 200
MAX_TEXT = 20_000
TYPES: dict[str, type] = {
    "lines": list,
    **dict.fromkeys(("symbols", "free_indices", "sizes", "macros"), dict),
    **dict.fromkeys(("given", "where"), list),
    **dict.fromkeys(("goal", "result", "out_of_range", "syntax"), str),
    "index_base": int,
}
FIELDS = {"id", "expected", "problem", "why", *TYPES}


def steps(request: Mapping[str, Any], watched: Watched = iter) -> dict[str, Any]:
    r"""Judge the lines of a derivation one by one.

    Args:
        request: the fields of PROTOCOLS section 2: ``symbols``, ``given``, ``lines``, perhaps ``goal`` and ``result``.
        watched: sees the lines go by, for a counter.

    >>> found = steps({"symbols": {"x": {"shape": []}}, "lines": [r"\frac{d}{dx} x^2 = 2x", "= x + x", "= x"]})
    >>> [line["verdict"] for line in found["lines"]], found["first_wrong_line"]
    (['follows', 'follows', 'wrong'], 3)
    """
    request = integrals_called(unshadowed(plain_names(request)))
    try:
        judge = Judge(opened(request))
    except (Unreadable, Refused, Clash, OverflowError) as error:
        return refusal(f"The question itself cannot be read: {error}", len(request.get("lines") or ()))
    texts = [str(text) for text in request["lines"]]
    lines = []
    for k, text in enumerate(watched(texts)):
        judge.ahead = texts[k + 1 :]
        lines.append(_fenced(judge, text))
    return _summary(lines, _reaches(judge, request.get("result"), lines))


def _fenced(judge: Judge, text: str) -> Judged:
    if len(text) > MAX_TEXT:
        return says("unreadable", f"A line may have {MAX_TEXT} characters.")
    try:
        with room_for_nesting():
            return judge.line(text)
    except Refused as error:
        return says("unreadable", error.message)
    except Exception:
        sys.stderr.write(traceback.format_exc())
        return says("undecided", "This line failed inside the grader; a person should look.")


def _reaches(judge: Judge, result: str | None, lines: Sequence[Judged]) -> bool | None:
    """Whether the last expression is the right answer."""
    if result is None or judge.last is None:
        return None if result is None or judge.gap else False
    try:
        found = judge.same(judge.last, read_latex(result, judge.scene.declared))
    except (Unreadable, Refused, Clash, Undecidable):
        return None
    return {"follows": True, "wrong": False}.get(found.verdict)


def _summary(lines: Sequence[Judged], reaches: bool | None) -> dict[str, Any]:
    verdicts = [j.verdict for j in lines]
    first = verdicts.index("wrong") + 1 if "wrong" in verdicts else None
    return {
        "lines": [{"verdict": j.verdict, "reading": j.reading, "evidence": dict(j.evidence)} for j in lines],
        "first_wrong_line": first,
        "consistent_after": _consistent(lines, first),
        "reaches_result": reaches,
        "credit": _credit(lines, reaches),
    }


def _consistent(lines: Sequence[Judged], first: int | None) -> bool | None:
    """Whether the lines after the first wrong one follow from it: one that puts it right does not."""
    later = lines[first:] if first is not None else []
    if any(j.verdict == "wrong" or j.evidence.get("corrected") for j in later):
        return False
    return None if any(j.verdict != "follows" for j in later) else True


def _credit(lines: Sequence[Judged], reaches: bool | None) -> float:
    """The share of the lines that follow; the result, where one is asked for, counts as one line more."""
    counted = [j.verdict for j in lines if j.counts and j.verdict in ("follows", "wrong")]
    good, every = counted.count("follows"), len(counted)
    if reaches is not None:
        good, every = good + reaches, every + 1
    return round(good / every, 4) if every else 0.0


def refusal(text: str, count: int = 0) -> dict[str, Any]:
    """What is said of a request that cannot be judged."""
    line = {"verdict": "unreadable", "reading": None, "evidence": {"message": text}}
    return {
        "verdict": "unreadable",
        "evidence": {"message": text},
        "lines": [dict(line) for _ in range(min(count, MAX_LINES))],
        "first_wrong_line": None,
        "consistent_after": None,
        "reaches_result": None,
        "credit": 0.0,
    }


def answer_request(request: object, watched: Watched = iter) -> dict[str, Any]:
    """The verdict of one request, whatever the request is.

    >>> answer_request({"id": 1})["evidence"]
    {'message': "The required field 'lines' is missing."}
    """
    start = perf_counter()
    found = {"id": request.get("id") if isinstance(request, dict) else None, **_answered(request, watched)}
    return {**found, "ms": round((perf_counter() - start) * 1000, 3)}


def _answered(request: object, watched: Watched) -> dict[str, Any]:
    if not isinstance(request, dict):
        return refusal("A request must be a JSON object.", 0)
    if "lines" not in request:
        return refusal("The required field 'lines' is missing.", 0)
    wrong = next((k for k, t in TYPES.items() if request.get(k) is not None and not isinstance(request[k], t)), None)
    if wrong or not isinstance(request["lines"], list):
        return refusal(f"The field {wrong or 'lines'!r} has the wrong type.", 0)
    if (request.get("syntax") or "latex") not in SYNTAXES:
        return refusal(f"The lines' syntax is one of {', '.join(SYNTAXES)}.", 0)
    if len(request["lines"]) > MAX_LINES:
        return {**refusal(f"At most {MAX_LINES} lines are judged.", 0), "verdict": "refused"}
    try:
        return steps(request, watched)
    except Exception:
        sys.stderr.write(traceback.format_exc())
        return refusal("This derivation failed inside the grader; a person should look.", 0)
