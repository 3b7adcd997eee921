"""Follow-through: a wrong answer judged once more from the student's own earlier answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derive.bank.feedback import Mark
from derive.bank.problem import AskedPart
from derive.bank.tables import table_of
from derive.bank.typed import Typed, text_of
from derive.bank.values import Values
from derive.grading.verdict import Verdict
from derive.notation.arrays import Clash
from derive.notation.errors import Refused, Unreadable

Earlier = Mapping[str, tuple[AskedPart, Typed]]


def followed(part: AskedPart, answer: Typed, verdict: Verdict, earlier: Earlier) -> Mark | None:
    """The mark of an answer that would be right if the student's own earlier answers were; else None.

    Nothing follows from an earlier answer that is right, that is no number, or that is trivial: 0 everywhere.
    """
    own = {name: _numbers(*earlier[name]) for name in part.follows if name in earlier}
    given = {name: value for name, value in own.items() if value is not None}
    if not given or not _agrees(part, answer, {n: earlier[n][0] for n in given}, given):
        return None
    names = " and ".join(f"({name})" for name in given)
    said = f"This follows from your own answer to {names}, which is wrong: it earns its marks here. Put {names} right."
    return Mark("partly", part.marks, said, verdict=verdict, staff={"follows": list(given)})


def _numbers(part: AskedPart, answer: Typed) -> Any:
    """The numbers of an earlier answer from which something may follow, else None."""
    try:
        value = table_of(*text_of(answer))
    except (Unreadable, Refused, Clash):
        return None
    if not np.any(value) or part.answer.judge(answer).verdict == "equal":
        return None
    return value


def _agrees(part: AskedPart, answer: Typed, parts: Mapping[str, AskedPart], given: Mapping[str, Any]) -> bool:
    if part.again is not None:
        try:
            kind = part.again({name: _plain(value) for name, value in given.items()})
        except (
            ValueError,
            TypeError,
            KeyError,
            ArithmeticError,
        ):  # the author's function has no answer for such numbers
            return False
        return kind.judge(answer).verdict == "equal"
    if not isinstance(part.answer, Values):
        return False
    kinds = {name: p.answer for name, p in parts.items()}
    arrays = {k.name: given[name] for name, k in kinds.items() if isinstance(k, Values)}
    return len(arrays) == len(given) and part.answer.follows(arrays, *text_of(answer))


def _plain(value: Any) -> Any:
    """A whole number, a decimal or a list of them."""
    if np.ndim(value):
        return value.tolist()
    return int(value) if float(value).is_integer() else float(value)
