"""What a question calls the thing that it asks for, in every spelling: ``dL/dw``, a partial derivative, a gradient in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from derive.bank.defined import sides
from derive.notation.relation_latex import relation_latex

if TYPE_CHECKING:
    from derive.bank.kinds import Answer

D = r"(?:\\partial(?![A-Za-z])|∂|\\mathrm\{d\}|d|D)\s*"
INDICES = r"(?:_\{[^{}]*\}|_\w+|\[[^\]]*\]|\^\{[^{}]*\})*"
DERIVATIVES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\\[dt]?frac\s*\{{{D}(?P<of>.+)\}}\s*\{{{D}(?P<by>.+)\}}",
        rf"\\[dt]?frac\s*\{{{D}\}}\s*\{{{D}(?P<by>.+?)\}}(?P<of>.+)",
        rf"\(?{D}(?P<of>[^/]+?)\)?\s*/\s*\(?{D}(?P<by>[^/]+)",
        rf"{D}/\s*{D}(?P<by>[^/\s()]+)\s*\(?(?P<of>[^()]+)\)?",
        r"d(?P<of>[A-Za-z]\w*?)_d(?P<by>[A-Za-z]\w*(?:\[[^\]]*\])*)",
        r"(?:diff|grad|gradient|derivative)\((?P<of>[^,]+),\s*(?P<by>.+)\)",
        r"(?P<of>\\?[A-Za-z]+)'\s*(?:\\left\s*)?\(\s*(?P<by>\\?\w+)\s*(?:\\right\s*)?\)",
        r"\\(?:nabla|partial)_\{(?P<by>.+)\}\s*(?P<of>.+)",
    )
)
BOUNDS = re.compile(r"(sum|prod)_\{?\s*([A-Za-z])\s*=[^{}]*\}?\s*\^\s*(?:\{[^{}]*\}|\w)")
FONTS = re.compile(r"\\(?:left|right|mathrm|operatorname|text|mathbb|mathbf|boldsymbol|mathit|displaystyle|[,;:! ])")


def question(kind: Answer) -> str:
    """What is asked for, as the page calls it."""
    return relation_latex(kind.relation, kind.style()).split("=")[0].strip()


def spellings(*asked: str) -> frozenset[str]:
    """What is asked for without brackets and fonts; of an array's entry also the array's name alone."""
    found: set[str] = set()
    for left in asked:
        found |= said(left)
        if m := DERIVATIVES[0].fullmatch(left):
            found.add(_slope(m["of"], re.sub(INDICES + "$", "", m["by"])))
    return frozenset(found)


def answered(kind: Answer, text: str) -> str:
    r"""A text without the left side that says what was asked for, in a spelling that is no formula of this page.

    >>> from derive.derivations.catalogue import catalogue
    >>> from derive import Answer
    >>> answered(Answer(catalogue()["gan-generator-saturates"]), "dL/da = -D")
    '-D'
    """
    left, *others = sides(text)
    asked = spellings(question(kind), str(kind.request()["asked"])) if len(others) == 1 else frozenset()
    return others[0] if said(left) & asked else text


def said(text: str) -> set[str]:
    """A text in the plain spellings that it may have."""
    text = text.strip().strip("$").strip()
    found = [m for pattern in DERIVATIVES if (m := pattern.fullmatch(text))]
    return {plain(text), *(_slope(m["of"], m["by"]) for m in found)}


def _slope(of: str, by: str) -> str:
    return f"{plain(of)} by {plain(by)}"


def plain(text: str) -> str:
    """A text without brackets, fonts and the bounds of its sums."""
    text = BOUNDS.sub(r"\1\2", text)
    return re.sub(r"[^\w'+\-*/^|]|_", "", FONTS.sub("", text))
