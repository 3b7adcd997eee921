"""Numbers that show why a foreseen mistake is wrong: the values of both at one point, from the comparison itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from derive.bank.kinds import Kind
from derive.calculus.atoms import Apply
from derive.calculus.expr import Expr
from derive.calculus.substitute import atoms
from derive.calculus.trace import Side
from derive.derivations.base import Derivation
from derive.notation.latex_names import latex_name

_SQUASHED = {"sigmoid", "tanh", "exp"}
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
    if kind.derivation is not None and _strange(kind.derivation, values):
        return ""
    if not values:
        theirs, right = (_asked(found[k], kind) for k in ("answer_value", "reference_value"))
        return f"It gives ${theirs}$, where ${right}$ is right."
    if any(_count(v) > MANY for v in values.values()):
        return ""  # nobody can check what is not all there
    where = "At " + ", ".join(f"${_name(n)} = {_value(v)}$" for n, v in values.items())
    if isinstance(found["answer_value"], bool):
        says = {True: "holds", False: "does not hold"}
        right, wrong = (says[bool(found[k])] for k in ("reference_value", "answer_value"))
        return f"{where} this {wrong}, where the right condition {right}."
    place = found.get("entry")
    subject = f"entry ${','.join(map(str, place))}$ is" if place else "it gives"
    return f"{where} {subject} ${_value(found['answer_value'])}$, where ${_value(found['reference_value'])}$ is right."


def _asked(value: Any, kind: Kind) -> str:
    """A number as the question asks for it: with its decimals, where it says how many."""
    digits = getattr(kind, "digits", None)
    asked = digits is not None and _NUMBER.fullmatch(str(value))
    return f"{float(Fraction(str(value))):.{digits}f}" if asked else _value(value)


def _strange(d: Derivation, values: Mapping[str, Any]) -> bool:
    """Whether no reader could come to these numbers: a function stands for any, or a name can never be worth this much."""
    if d.program is None:
        return False
    unknown = {n for n, s in d.symbols.items() if s.domain == "function"}
    bounded = [x.name for x in d.program.definitions if _SQUASHED & _functions(x.body)]
    return bool(unknown & _functions(d.result.right)) or any(
        not 0 < float(Fraction(str(v))) < 1 for n in bounded for v in _flat(values.get(n, ()))
    )


def _functions(side: Side) -> set[str]:
    return {a.function for a in atoms(side) if isinstance(a, Apply)} if isinstance(side, Expr) else set()


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for x in value:
            yield from _flat(x)
    else:
        yield value


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
