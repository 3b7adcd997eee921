"""Comparing two texts (PROTOCOLS section 1): a Python call, and a JSON object in, a JSON object out."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from time import perf_counter
from typing import Any

from derive.calculus.substitute import free_letters, names
from derive.grading.commas import commas, commas_between_decimals
from derive.grading.decide import decide
from derive.grading.halves import judged, narrowed
from derive.grading.holes import defined_as
from derive.grading.posed import space_of, tolerance_of
from derive.grading.reading import (
    Formula,
    as_iverson,
    as_set,
    as_truth,
    lying,
    read_formulas,
    reading_of,
)
from derive.grading.reference import read_reference
from derive.grading.relations import RelationError
from derive.grading.second_look import clashing, second_look
from derive.grading.space import Space
from derive.grading.truths import same_truth
from derive.grading.verdict import Verdict, message, sentence, shape_clash
from derive.notation import tree
from derive.notation.arrays import Clash
from derive.notation.declare import Declarations
from derive.notation.errors import Refused, Unreadable
from derive.notation.latex import room_for_nesting
from derive.notation.walk import walk

REQUIRED = ("reference", "answer")
TYPES: dict[str, type] = {
    **dict.fromkeys(("reference", "answer", "reference_syntax", "syntax", "out_of_range", "asked", "answer_type"), str),
    **dict.fromkeys(("symbols", "free_indices", "tolerance", "sizes", "macros"), dict),
    "index_base": int,
    "where": list,
}
FIELDS = {"id", *TYPES}
SETS = ("set", "interval")
QUESTIONS_KEPT = 64


def compare(
    reference: str,
    answer: str,
    *,
    reference_syntax: str = "latex",
    syntax: str = "auto",
    symbols: Mapping[str, Any] | None = None,
    free_indices: Mapping[str, str] | None = None,
    index_base: int = 1,
    out_of_range: str = "error",
    asked: str | None = None,
    tolerance: Mapping[str, Any] | None = None,
    where: Sequence[str] = (),
    sizes: Mapping[str, int] | None = None,
    macros: Mapping[str, str] | None = None,
    answer_type: str | None = None,
) -> Verdict:
    """Whether an answer says the same as the reference; the arguments are the fields of a request.

    >>> compare(r"2x", "x + x", symbols={"x": {"shape": []}}).verdict
    'equal'
    """
    asking = {
        "symbols": symbols,
        "free_indices": free_indices,
        "index_base": index_base,
        "out_of_range": out_of_range,
        "where": where,
        "sizes": sizes,
        "macros": macros,
    }
    try:
        with room_for_nesting():
            question = _question(reference, reference_syntax, asked, answer_type in SETS, asking, tolerance)
    except (Unreadable, RelationError, Clash) as error:
        return message("unreadable", f"The question itself cannot be read: {error}")
    except (Refused, OverflowError) as error:
        return message("refused", sentence(error))
    return _judged(question, answer, syntax)


@dataclass(frozen=True)
class _Question:
    """What all answers are compared with, read once."""

    right: Formula
    declarations: Declarations
    asked: str | None
    space: Space
    exact: Space


def _question(
    reference: str,
    syntax: str,
    asked: str | None,
    sets: bool,
    asking: Mapping[str, Any],
    tolerance: Mapping[str, Any] | None,
) -> _Question:
    """The question, from memory where it was asked shortly before; what it says depends on its own text alone."""
    try:
        key = json.dumps((reference, syntax, asked, sets, asking, tolerance))
    except (TypeError, ValueError):
        return _read(reference, syntax, asked, sets, asking, tolerance)
    return _recent(key)


@lru_cache(maxsize=QUESTIONS_KEPT)
def _recent(text: str) -> _Question:
    return _read(*json.loads(text))


def _read(
    reference: str,
    syntax: str,
    asked: str | None,
    sets: bool,
    asking: Mapping[str, Any],
    tolerance: Mapping[str, Any] | None,
) -> _Question:
    declarations = Declarations.of(**{**asking, "symbols": asking["symbols"] or {}})
    right = read_reference(reference, syntax, declarations, asked, sets)
    right = as_set(right, declarations) if sets and right.is_condition and len(right.unknown) == 1 else right
    seed = [reference, asking["symbols"], asking["free_indices"], list(asking["where"]), asking["sizes"]]
    space = narrowed(space_of(declarations, seed, tolerance_of(tolerance)), right.halves)
    return _Question(right, declarations, asked, space, replace(space, tolerance=None))


def _judged(question: _Question, answer: str, syntax: str) -> Verdict:
    found = _judged_as_typed(question, answer, syntax)
    misfit = found.verdict == "different" and found.evidence.get("kind") == "shape"
    return (misfit and commas_between_decimals(answer)) or found


def _judged_as_typed(question: _Question, answer: str, syntax: str) -> Verdict:
    if not (question.right.is_set or question.right.shape) and (doubt := commas(answer)):
        return doubt
    try:
        with room_for_nesting():
            readings = read_formulas(answer, syntax, question.declarations, question.asked, question.right.is_set)
            if not (question.right.is_set or question.right.is_condition):
                readings = [as_iverson(f, question.declarations) or f for f in readings]
            verdicts = [_read_as(_told(question, f), f) for f in readings]
    except Unreadable as error:
        return message("unreadable", error.message, error.position)
    except (Refused, OverflowError) as error:
        return message("refused", sentence(error))
    except Clash as error:
        others = (question.declarations, question.asked, question.right.is_set, partial(_compared, question))
        found = clashing(answer, *others) if syntax != "python" else None
        return found or Verdict("different", {"kind": "shape", "message": str(error)})
    if len({v.verdict for v in verdicts}) == 1:
        return verdicts[0]
    several = tuple(v.reading or "" for v in verdicts)
    return replace(message("undecided", "This can be read in several ways, and it matters which."), readings=several)


def _read_as(verdict: Verdict, given: Formula) -> Verdict:
    """The verdict with what the answer was read as, unless that is what is asked."""
    return (
        verdict if verdict.verdict == "unreadable" else replace(verdict, reading=reading_of(given.page or given.node))
    )


def _told(question: _Question, given: Formula) -> Verdict:
    """The verdict, after a second look at what seems different."""
    found, judge = _compared(question, given), partial(_compared, question)
    second = second_look(given, question.right, question.declarations, judge) if found.verdict == "different" else None
    return second or found


def _compared(question: _Question, given: Formula) -> Verdict:
    right, declarations, space = question.right, question.declarations, question.space
    if right.is_set or given.is_set or (given.is_condition and _is_pair(right.node)):
        return same_truth(as_set(right, declarations), as_set(given, declarations), space)
    if right.is_condition and given.is_condition:
        return same_truth(right, given, space)
    if right.is_condition and as_truth(given, declarations) is not None:
        return same_truth(right, as_truth(given, declarations) or given, space)
    if right.is_condition:
        return message("unreadable", "A condition is asked for: a relation such as 0 < x < 1, or true or false.", 0)
    if isinstance(given.node, tree.Relation):
        return message("unreadable", "Give the expression alone, not an equation or a chain of steps.", 0)
    given = given if _fits(right, given) else _lying(right, given, declarations)
    if (doubt := _doubt(right, given)) is not None:
        return message("undecided", doubt)
    if right.row != given.row and len(right.shape) == len(given.shape) == 1:
        return shape_clash(_shape(right), _shape(given))
    verdict = _decided(question, given)
    if verdict.verdict == "different" and (rows := lying(given, declarations, even=True)) and _fits(right, rows):
        second = _decided(question, rows)
        return second if second.verdict == "equal" else verdict
    return verdict


def _decided(question: _Question, given: Formula) -> Verdict:
    right, space = question.right, question.space
    own = space if _numbers(right) else question.exact
    verdict = decide(right, given, own, right.interval or given.interval)
    if verdict.verdict == "equal":
        verdict = defined_as(right, given, own) or verdict
    return judged(verdict, given.halves, space)


def _numbers(formula: Formula) -> bool:
    """Whether it is a number, or a table of numbers; an entry that the question asks for by its index is none."""
    return not names(formula.body) and not free_letters(formula.body) - {b.letter for b in formula.frame}


def _is_pair(node: tree.Node) -> bool:
    """Whether it may be an interval: two things in brackets."""
    return isinstance(node, tree.Sequence) and len(node.items) == 2 and bool(node.brackets)


def _fits(right: Formula, given: Formula) -> bool:
    """Whether two arrays have as many axes, and vectors lie alike."""
    rank = len(right.shape)
    return rank == len(given.shape) and (rank != 1 or right.row == given.row)


def _lying(right: Formula, given: Formula, declarations: Declarations) -> Formula:
    """The answer with its rows ``X_i`` lying down, where only that has the shape that is asked for."""
    found = lying(given, declarations)
    return found if found is not None and _fits(right, found) else given


def _doubt(right: Formula, given: Formula) -> str | None:
    """What makes a clash of shapes a matter of custom: a product of tensors."""
    if len(right.shape) == len(given.shape):
        return None
    if any(isinstance(n, tree.Product) and "otimes" in n.ops for n in walk(given.node)):
        return "This product of vectors may be meant as a matrix or as one long vector."
    return None


def _shape(formula: Formula) -> tuple[object, ...]:
    return (1, *formula.shape) if formula.row else formula.shape


def answer_request(request: object) -> dict[str, Any]:
    """The verdict of one request, whatever the request is.

    >>> answer_request({"id": 1, "answer": "2"})["evidence"]
    {'message': "The required field 'reference' is missing."}
    """
    start = perf_counter()
    verdict = _answered(request)
    found: dict[str, Any] = {"id": request.get("id") if isinstance(request, dict) else None}
    found |= {"verdict": verdict.verdict, "evidence": dict(verdict.evidence), "reading": verdict.reading}
    if verdict.readings:
        found["readings"] = list(verdict.readings)
    return {**found, "ms": round((perf_counter() - start) * 1000, 3)}


def _answered(request: object) -> Verdict:
    if not isinstance(request, dict):
        return message("unreadable", "A request must be a JSON object.")
    for name in REQUIRED:
        if name not in request:
            return message("unreadable", f"The required field {name!r} is missing.")
    wrong = _wrongly_typed(request)
    if wrong:
        return message("unreadable", f"The field {wrong!r} has the wrong type.")
    return _fenced(request)


def _wrongly_typed(request: Mapping[str, Any]) -> str | None:
    given = ((k, t) for k, t in TYPES.items() if request.get(k) is not None or k in REQUIRED)
    return next((k for k, t in given if not isinstance(request[k], t)), None)


def _fenced(request: Mapping[str, Any]) -> Verdict:
    """The comparison; a fault of ours is reported on standard error and goes to a person."""
    arguments = {k: request[k] for k in TYPES if request.get(k) is not None}
    try:
        return compare(**arguments)
    except Exception:
        sys.stderr.write(traceback.format_exc())
        return message("undecided", "This comparison failed inside the grader; a person should look.")
