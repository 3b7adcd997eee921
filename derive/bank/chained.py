r"""Chains as answers, ``L = 4989/9 = 554.33``: the last side is meant, and the others must say the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from derive.bank.boolean import Boolean
from derive.bank.condition import Condition
from derive.bank.defined import LEFT, own_definitions, sides
from derive.bank.kind import Kind
from derive.bank.kinds import Answer
from derive.bank.labelled import ABOUT, is_named, labelled_values
from derive.bank.numbers import Matrix, Number
from derive.bank.rounded import NUMBER
from derive.bank.tables import table_of
from derive.bank.typed import LONG, Typed, numeral, text_of
from derive.bank.values import Values
from derive.notation.arrays import Clash
from derive.notation.errors import Refused, Unreadable

OTHER = re.compile(r"[<>!:=]=|=[<>=]|\\(?:ne|neq|equiv|colon)(?![a-zA-Z])")
EVENTS = re.compile(r"\\iff(?![a-zA-Z])|\\(?:Longl|L)eftrightarrow(?![a-zA-Z])|⇔|⟺|<=>|\biff\b|\bi\.e\.,?")
NAME = re.compile(r"[A-Za-z\u0370-\u03ff][\w\u0300-\u036f]*'?")
INDEX = r"(?:_\w|_\{[^{}]*\})?"
PRIMED = re.compile(rf"(?:[A-Za-z\u0370-\u03ff]|\\[A-Za-z]+){INDEX}(?:'|\*|\^\{{?\\prime\}}?){INDEX}")  # r', D*
BARRED = re.compile(  # KL(p || q), which is a name and no number
    r"(?:\\(?:mathrm|operatorname|text)\s*\{\s*[A-Za-z]+\s*\}|[A-Z]{1,3})(?:_\{[^()]*\}|_\w)?\s*(?:\\left\s*)?\([^()=+]*(?:\\\||\|\||‖)[^()=+]*\)"
)
ROOM = Decimal("1.01")
MOST = 8  # sides that are compared
DISAGREE = "We do not see that all sides of your equation are equal: give the last one alone."


class Chain(NamedTuple):
    """What a chain comes to, and whether its sides agree."""

    answer: dict[str, str]
    agree: bool


def chained(kind: Kind, answer: Typed) -> Chain | None:
    """The side of a chain of equations, or of equivalent conditions, that is meant; None where a text is no such chain.

    A side that only names what is asked for says nothing, nor do letters beside a number. None, too, where nothing tells
    whether a side is equal to the others.

    >>> half = Values("m := (a + b)/2", {"a": 1, "b": 2}, "m")
    >>> chained(half, "m = (1 + 2)/2 = 1.5"), chained(half, "3 = 1.5").agree, chained(half, "1.5")
    (Chain(answer={'text': '1.5', 'syntax': 'auto'}, agree=True), False, None)
    """
    text, syntax = text_of(answer)
    if len(text) > LONG:
        return None
    text = numeral(text) if isinstance(kind, Values | Number) and is_single(kind) else text
    if (
        isinstance(kind, Values)
        and (listed := labelled_values(text, kind.shape, kind.latex.get(kind.name, kind.name))) != text
    ):
        return Chain({"text": listed, "syntax": syntax}, True)
    alone, _ = own_definitions(text)
    if isinstance(kind, Values) and kind.shape and is_named(alone):
        return None
    links, tail = _links(kind, alone), text[text.find(alone) + len(alone) :]
    if not 2 <= len(links) <= MOST or not all(links) or (is_single(kind) and len(sides(alone, at=",")) > 1):
        return None
    found = _numbers(kind, links) if isinstance(kind, Values | Number | Matrix) else _compared(kind, links)
    return found and Chain({"text": found[0] + tail, "syntax": syntax}, found[1])


def is_single(kind: Kind) -> bool:
    """Whether it asks for one thing, so that a comma begins another one."""
    return not (isinstance(kind, Matrix | Condition) or (isinstance(kind, Values) and kind.shape))


def _links(kind: Kind, text: str) -> list[str]:
    if isinstance(kind, Condition):
        return [side.strip() for side in EVENTS.split(text)]
    if OTHER.search(text) or not isinstance(kind, Answer | Values | Number | Matrix | Boolean):
        return []
    return sides(ABOUT.sub("=", text))


def _compared(kind: Kind, links: list[str]) -> tuple[str, bool] | None:
    """The last side, and whether all others are equal to it; None where one of them cannot be read."""
    *others, last = links
    asked = kind.judge(last).verdict
    if asked == "unreadable":
        return None
    same, right = kind.like(last).judge, asked == "equal"
    verdicts = [_said(same, side, last, kind) for side in others]
    if right:
        verdicts = [
            v if v == "equal" else str(kind.judge(side).verdict) for v, side in zip(verdicts, others, strict=True)
        ]
    return None if set(verdicts) - {"equal", "different"} else (last, "different" not in verdicts)


def _said(same: Callable[[Typed], Any], side: str, last: str, kind: Kind) -> str:
    """Whether a side is equal to the last one, or says only how it is called."""
    if isinstance(kind, Boolean) and NAME.fullmatch(side) and side not in kind.names:
        return "equal"
    if BARRED.fullmatch(side) or PRIMED.fullmatch(side):
        return "equal"
    if isinstance(kind, Answer) and same(f"{side} = {last}").verdict == "equal":
        return "equal"
    return str(same(side).verdict)


def _numbers(kind: Kind, links: list[str]) -> tuple[str, bool] | None:
    """The last side or one that is right, and whether all sides that are numbers are the same as far as they go."""
    given = [(side, value) for side in links if (value := _value(side)) is not None]
    if not given or given[-1][0] != links[-1]:
        return None
    last, at = given[-1]
    agree = all(_near(value, at, max(_room(side), _room(last))) for side, value in given)
    right = (side for side, _ in reversed(given) if kind.judge(side).verdict == "equal")
    return (next(right, last) if agree else last), agree


def _value(side: str) -> Any:
    """The numbers that a side gives; None where it gives none, or is a name."""
    if LEFT.fullmatch(side) or NAME.fullmatch(side):
        return None
    try:
        return table_of(numeral(side))
    except (Unreadable, Refused, Clash):
        return None


def _near(a: Any, b: Any, room: float) -> bool:
    with np.errstate(all="ignore"):
        return np.shape(a) == np.shape(b) and bool(np.all(np.abs(a - b) <= room + 1e-9 * np.maximum(1, np.abs(b))))


def _room(side: str) -> float:
    """How far a side of plain decimals may be from what it rounds: one of its last figure; of anything else nothing."""
    numbers = [m[0].replace("−", "-") for m in NUMBER.finditer(side)]
    if NUMBER.sub("", side).strip(" ()[],;$") or not any("." in n for n in numbers):
        return 0.0
    return float(ROOM * max(Decimal(1).scaleb(int(Decimal(n).as_tuple().exponent)) for n in numbers if "." in n))
