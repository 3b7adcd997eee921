r"""What a left side differentiates, where it is more than a letter: ``\nabla_W \log|\det W|``, ``∂ log p(y | x)/∂w``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from derive.notation.asked import Asked, UnfitSide
from derive.notation.derivative_sides import in_one_line, is_derivative
from derive.notation.sides import sides_of
from derive.testing.differences import same
from derive.testing.formula import formula_of
from derive.testing.given import BadTest
from derive.testing.question import Question
from derive.testing.report import written_sizes

_FRACTION = re.compile(r"\s*\\[dt]?frac\s*(?=\{)")
_D = re.compile(r"\s*(?:\\partial|\\mathrm\s*\{\s*d\s*\}|d)(?![A-Za-z])\s*(?:\^\s*\{?2\}?\s*)?")
_NABLA = re.compile(
    r"\s*(?:\\nabla|\\partial)\s*(?:[_^]\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\\[A-Za-z]+|[A-Za-z0-9])\s*)+(?![_^])"
)
_HEAD = r"(?:\\(?:log|ln)\s*(?:\\left\s*)?)?(?:\\[A-Za-z]+\s*\{[^{}]*\}|\\?[A-Za-z]+)"
_SCRIPTS = r"(?:\s*[_^]\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\\?[A-Za-z]+|\d))*"
_QUANTITY = re.compile(
    rf"\s*{_HEAD}{_SCRIPTS}\s*(?:(?:\\[bB]ig[lr]?|\\left)?\s*(?P<inside>[(\[].*[)\]]))?\s*", re.DOTALL
)
_BARS = re.compile(r"\\\|.*?\\\||\|.*?\||\\l[Vv]ert.*?\\r[Vv]ert", re.DOTALL)
_WORD = re.compile(r"\s*(?:\\[A-Za-z]+|[A-Za-z])\s*")
_GROUPED = re.compile(r"\s*(?:\\left)?\s*\[(.*?)(?:\\right)?\s*\]\s*", re.DOTALL)


def named_value(formula: Any, asked: Asked) -> tuple[Any, str]:
    r"""A formula with a letter for what its left side differentiates, and that; the formula alone where a name stands there.

    Args:
        formula: what a test gives; other than LaTeX it is left as it is.
        asked: the derivative asked for.
    """
    if not isinstance(formula, str) or "\\" not in formula:
        return formula, ""
    line = in_one_line(formula)
    first, *rest = sides_of(line)
    found = _apart(first) if rest and not _is_fit(first, asked) else None
    if found is None or _WORD.fullmatch(found[1]):
        return formula, ""
    before, value, after = found
    letter = next(x for x in "LJFE" if x not in asked.names)
    side = f"{before} {letter}{after} "
    return side + line[len(first) :], value.strip()


def _is_fit(side: str, asked: Asked) -> bool:
    """Whether a side needs no other reading: it is the derivative, or is refused for its indices."""
    try:
        return is_derivative(side, asked)
    except UnfitSide:
        return True


def _apart(side: str) -> tuple[str, str, str] | None:
    """What a derivative differentiates, with what stands before and after it."""
    start = _FRACTION.match(side)
    if start is None:
        nabla = _NABLA.match(side)
        return (nabla[0], side[nabla.end() :], "") if nabla and _is_one(side[nabla.end() :]) else None
    above = _end(side, start.end())
    below = _end(side, above)
    d, behind = _D.match(side, start.end() + 1), side[below:]
    if d is None or not side[above:below].startswith("{"):
        return None
    if not behind.strip():
        return side[: d.end()], side[d.end() : above - 1], side[above - 1 :]
    empty = not side[d.end() : above - 1].strip()
    return (side[: d.end()], behind, side[above - 1 : below]) if empty and _is_one(behind) else None


def _end(text: str, at: int) -> int:
    """The place behind the group that begins at one, or that place."""
    depth = 0
    for k in range(at, len(text)):
        depth += (text[k] in "([{") - (text[k] in ")]}")
        if not depth:
            return k + 1
    return at


def _is_one(text: str) -> bool:
    """Whether a derivative before it goes over all of a text: it holds no sum outside of brackets."""
    depth = 0
    for sign in _BARS.sub("", text.strip()):
        depth += (sign in "([{") - (sign in ")]}")
        if sign in "+-" and not depth:
            return False
    return bool(text.strip())


def insist_on_value(
    question: Question, said: str, settings: Sequence[Mapping[str, int]], seed: int, index_base: int
) -> None:
    r"""What a left side differentiates is the value of the code, or a name for it: ``D_{KL}(q \| p)``, ``\log p(y | x)``.

    Raises:
        BadTest: it is another value, or cannot be read.
    """
    if not said:
        return
    grouped = _GROUPED.fullmatch(said)
    try:
        formula = formula_of(f"({grouped[1]})" if grouped else said, "latex", question.names, "", index_base)
    except BadTest:
        _insist_on_quantity(said)
        return
    for sizes in settings:
        world = question.worlds(sizes, seed)[0]
        ours, code = formula.values(world.arrays, world.sizes), question.valued(world)
        if ours.shape != code.shape or not same(ours, code):
            numbers = f"{_written(ours)}, and the code gives {_written(code)} at {written_sizes(sizes)}"
            raise BadTest(f"the left side differentiates {said}, which is not the value of the code: it is {numbers}")


def _written(found: Any) -> str:
    return f"{float(found):.6g}" if not np.ndim(found) else f"an array of shape {np.shape(found)}"


def _insist_on_quantity(said: str) -> None:
    quantity = _QUANTITY.fullmatch(said)
    inside = quantity["inside"] if quantity else None
    if quantity is None or (inside and _end(inside, 0) != len(inside)):
        raise BadTest(
            f"the left side differentiates {said}, which cannot be read: write one letter for the code's value"
        )
