"""Numbers that show why a foreseen mistake is wrong: the values of both at one point, from the comparison itself."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from derive.bank.kinds import Kind
from derive.notation.latex_names import latex_name

MANY = 12  # an array with more numbers would bury the sentence
DIGITS = 5
LONGEST = 3  # digits of a denominator; a decimal says more than a longer one
_NUMBER = re.compile(r"-?\d+(\.\d+)?(/\d+(\.\d+)?)?|-?\\frac\{\d+\}\{\d+\}")


def numbers_that_show(kind: Kind, answer: str) -> str:
    """A sentence in Markdown, such as "At $x = 2$ it gives $4$, where $8$ is right."; empty where numbers add nothing."""
    found = kind.judge(answer).evidence
    values = {**found.get("sizes", {}), **found.get("values", {})}
    if "answer_value" not in found or _is_number(answer) or ("entry" in found and not values):
        return ""
    if not values:
        return f"It gives ${_value(found['answer_value'])}$, where ${_value(found['reference_value'])}$ is right."
    point = ", ".join(f"${_name(n)} = {_value(v)}$" for n, v in values.items() if _count(v) <= MANY)
    rest = "" if all(_count(v) <= MANY for v in values.values()) else " and numbers drawn for the rest"
    where = f"At {point}{rest}" if point else "At one point that was drawn"
    if isinstance(found["answer_value"], bool):
        says = {True: "holds", False: "does not hold"}
        right, wrong = (says[bool(found[k])] for k in ("reference_value", "answer_value"))
        return f"{where} this {wrong}, where the right condition {right}."
    place = found.get("entry")
    subject = f"entry ${','.join(map(str, place))}$ is" if place else "it gives"
    return f"{where} {subject} ${_value(found['answer_value'])}$, where ${_value(found['reference_value'])}$ is right."


def _is_number(answer: str) -> bool:
    """Whether an answer is its own value already."""
    return _NUMBER.fullmatch(answer.strip()) is not None


def _name(name: str) -> str:
    return name if "\\" in name or "^" in name else latex_name(name)


def _count(value: object) -> int:
    return sum(map(_count, value)) if isinstance(value, list) else 1


def _value(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], list) and not isinstance(value[0][0], list):
        rows = r" \\ ".join(" & ".join(map(_value, row)) for row in value)
        return rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}"
    if isinstance(value, list):
        return f"({', '.join(map(_value, value))})"
    text = str(value)
    top, stroke, bottom = text.partition("/")
    if len(bottom) > LONGEST and bottom.isdecimal():
        return _rounded(str(float(Fraction(text))))
    if stroke:
        return rf"{'-' * top.startswith('-')}\tfrac{{{top.lstrip('-')}}}{{{bottom}}}"
    return _rounded(text) if "." in text else text


def _rounded(text: str) -> str:
    try:
        number = float(text)
    except ValueError:
        return rf"\text{{{text}}}"
    digits, e, power = f"{number:.{DIGITS}g}".partition("e")
    return rf"{digits} \cdot 10^{{{int(power)}}}" if e else digits
