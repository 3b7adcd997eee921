"""A rule with its numbers put in, as a worked solution writes it between the letters and the value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import isclose
from typing import Any

from derive.bank.tables import table_of
from derive.calculus.expr import Expr, entry
from derive.calculus.substitute import letters, names
from derive.notation.arrays import Clash
from derive.notation.errors import Refused, Unreadable
from derive.notation.index_latex import to_latex
from derive.notation.style import Style

ROOM = 60  # characters of a line with numbers
NUMBER = re.compile(r"-?\d+(\.\d+)?|-?\\frac\{\d+\}\{\d+\}")
_WORD = r"\\(?:mathrm|text|operatorname)\{[^{}]*\}|\\[A-Za-z]+'*|\\.|\d+(?:\.\d+)?|[A-Za-z]'*|\s+|."
_FUNCTIONS = frozenset(rf"\{f}" for f in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "log", "ln", "exp", "det"))
_CLOSING = (r"\right)", r"\right|", ")", "}")


def put_in(right: str, numbers: Mapping[str, str]) -> str:
    r"""The right side of a rule with numbers for its names; empty where a line of them would say no more, or is too long.

    Args:
        right: LaTeX without sums.
        numbers: what each name in it is worth, both as LaTeX.

    >>> put_in(r"e_1 \left(1 - \beta\right) - \beta e_0", {"e_1": "16", "e_0": "-2", r"\beta": r"\frac{3}{4}"})
    '16 \\cdot \\left(1 - \\frac{3}{4}\\right) - \\frac{3}{4} \\cdot \\left(-2\\right)'
    >>> put_in(r"\frac{x^{2}}{\cos x}", {"x": "-3"}), put_in("x", {"x": "3"})
    ('\\frac{\\left(-3\\right)^{2}}{\\cos \\left(-3\\right)}', '')
    """
    if not all(NUMBER.fullmatch(x) for x in numbers.values()):
        return ""
    known = "|".join(rf"{re.escape(n)}(?![A-Za-z_'])" for n in sorted(numbers, key=len, reverse=True))
    tokens = re.findall(rf"\\(?:left|right).|{known}|{_WORD}", right, re.DOTALL)
    found = ""
    before = ""  # the token before, spaces left out
    for k, token in enumerate(tokens):
        after = tokens[k + 1] if k + 1 < len(tokens) else ""
        new = _standing(numbers[token], before, after) if token in numbers else token
        found += (r"\cdot " if _is_factor(before, token, numbers) else "") + new
        before = before if token.isspace() else token
    return found if _width(found) < ROOM and right not in numbers else ""


def in_lines(rule: str, put: str, value: str) -> str:
    r"""A rule, its numbers and its value as displayed formulas: in one where that is short, else in two.

    >>> in_lines("z = u x", r"2 \cdot 3", "6"), in_lines("z = u x", "", "6")
    ('$$z = u x = 2 \\cdot 3 = 6$$', '$$z = u x = 6$$')
    """
    whole = " = ".join([rule, put, value] if put not in ("", value) else [rule, value])
    if put in ("", value) or _width(whole) < ROOM:
        return f"$${whole}$$"
    return f"$${rule}$$\n$${rule.split(' = ', 1)[0]} = {put} = {value}$$"


def _width(latex: str) -> int:
    """About how many characters wide a formula is."""
    return len(re.sub(r"\\(?:left|right|,)|\\([A-Za-z])[A-Za-z]+\s?|[{}^_]", r"\1", latex))


def _standing(number: str, before: str, after: str) -> str:
    """A number where a name was, in parentheses where a sign or a power would otherwise reach into it."""
    opens = before in ("", "{", "(", r"\left(", "|", r"\left|")
    bare = (opens or number[0] != "-") and not (after == "^" and not number.isdigit() and "." not in number.lstrip("-"))
    bare = bare and not (after == "^" and number[0] == "-")
    return number if bare else rf"\left({number}\right)"


def _is_factor(before: str, token: str, numbers: Mapping[str, str]) -> bool:
    """Whether a sign has to stand between two factors, one of which has become a number."""
    if token in numbers:
        return before in numbers or before.endswith(_CLOSING) or before[:1].isdigit() or before == r"\pi"
    return before in numbers and (token in (r"\left(", "(", r"\frac", r"\sqrt", r"\pi") or token[0].isdigit())


def numbers_for_names(body: Expr, rule: str, page: Style, worth: Mapping[str, str]) -> str:
    """The right side of a rule as `put_in` writes it; empty where it has a sum, or a name that is worth no single number."""
    read = names(body)
    if not read or letters(body) or not read <= worth.keys():
        return ""
    return put_in(rule.split(" = ", 1)[1], {to_latex(entry(n), page): worth[n] for n in read})


def is_worth(text: str, value: Any, digits: int | None) -> bool:
    """Whether a line of numbers, read back, has this value, to so many decimals; exactly, without them."""
    room = 1e-12 if digits is None else 1.01 * 10.0**-digits
    try:
        found = table_of(text, "latex")
    except (Unreadable, Refused, Clash):
        return False
    return found.ndim == 0 and isclose(float(found), float(value), rel_tol=1e-9, abs_tol=room)


def as_put_in(given: Any, value: Any, number: Callable[[float], str]) -> str:
    """A number as it goes into a rule: a given one as it was given, a rounded one without zeros at its end."""
    if given is not None:
        return as_given(given)
    text = number(float(value))
    exact = "." in text and isclose(float(text), float(value), rel_tol=1e-12)
    return text.rstrip("0").rstrip(".") if exact else text


def as_given(x: Any) -> str:
    r"""A number of the problem's, as short as it was given; empty where it is none that a line has room for.

    >>> as_given(0.25), as_given(-3), as_given(1 / 3)
    ('0.25', '-3', '\\frac{1}{3}')
    """
    near = Fraction(x).limit_denominator(100)
    if not isinstance(x, Fraction) and len(f"{x:.12g}") <= 6:
        return f"{x:.12g}" if "e" not in f"{x:.12g}" else ""
    sign = "-" if near < 0 else ""
    fraction = rf"{sign}\frac{{{abs(near.numerator)}}}{{{near.denominator}}}"
    return fraction if isclose(float(near), float(x), rel_tol=1e-12) and near.denominator > 1 else ""
