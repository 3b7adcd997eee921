"""What an author declares, looked at before it is used: a slip is told in a sentence, and not by what it breaks later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from derive.bank.kind import Kind
from derive.bank.params import Integers, OneOf
from derive.derivations.base import Derivation

TUPLES = ("mistakes", "hints", "accepts", "follows")


def of_problem(problem: Any) -> Iterator[str]:
    """What a whole problem is given that it cannot have."""
    if not isinstance(problem.title, str) or not problem.title.strip():
        yield 'title= is empty: give the problem a name, title="…"'
    if problem.difficulty not in (1, 2, 3):
        yield f"difficulty={problem.difficulty!r} is none of 1 (one rule), 2 (several steps) and 3 (an idea of one's own)"
    for name, parameter in problem.params.items():
        yield from (f"params: {name} {said}" for said in _of_parameter(parameter))
    yield from _of_working(problem.working)


def _of_parameter(parameter: Any) -> Iterator[str]:
    match parameter:
        case Integers(low=low, high=high):
            if type(low) is not int or type(high) is not int:
                yield f"draws from {low!r} to {high!r}: Integers takes whole numbers; divide what is drawn, p['e'] / 10"
            elif low > high:
                yield f"draws from {low} to {high}: the lower end comes first"
        case OneOf(values=values):
            if not values:
                yield "is one of no values"
        case _:
            yield f"is {parameter!r:.40}: write Integers(low, high) or OneOf((…))"


def _of_working(working: Any) -> Iterator[str]:
    if isinstance(working, Derivation | str):
        yield f"working= is a single {type(working).__name__}: write a tuple of derivations, working=(…,)"
    elif not callable(working):
        yield from (
            f"working= holds {d!r:.60}, which is no derivation" for d in working if not isinstance(d, Derivation)
        )


def of_part(part: Any) -> Iterator[str]:
    """What a part is given that is no answer kind, no number, or no tuple where a tuple is due."""
    if not isinstance(part.answer, Kind) and not callable(part.answer):
        yield no_kind(part.answer)
    if type(part.marks) is not int:
        yield f"marks={part.marks!r} is no whole number"
    for field in TUPLES:
        given = getattr(part, field)
        if isinstance(given, str | Kind) or hasattr(given, "say"):
            yield f"{field}= is a single {type(given).__name__}: write a tuple, {field}=(…,)"


def of_answer(answer: Any) -> Iterator[str]:
    """What an answer that was made is, if it is no answer kind, or made of something that is no derivation."""
    if not isinstance(answer, Kind):
        yield no_kind(answer)
        return
    for name in ("of", "comes"):
        given = getattr(answer, name, None)
        if isinstance(given, str):
            yield f"{type(answer).__name__} takes a derivation and no name of one: write catalogue()[{given!r}]"


def of_mistakes(mistakes: Any) -> Iterator[str]:
    """What stands among foreseen mistakes and is none, or keeps no number of marks."""
    for m in mistakes:
        if not hasattr(m, "say"):
            yield f"mistakes= holds {m!r:.60}: write Mistake(answer, say)"
        elif type(m.keeps) is not int:
            yield f"the mistake {m.answer!r} keeps {m.keeps!r}, which is no whole number"


def no_kind(answer: Any) -> str:
    """What is said of an answer that is no answer kind."""
    more = ": Answer(…) makes one of it" if isinstance(answer, Derivation) else ""
    return f"the answer is a {type(answer).__name__}, not an answer kind{more}"
