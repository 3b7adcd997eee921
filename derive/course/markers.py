"""The marked places of an answer form: lines that LaTeX and Markdown both take for comments.

An answer stands between ``derive:answer`` and the next mark. The mark in front of it says which part it is for and holds a
sum over the question's text, so that what a student wrote beside the place can be told from the form's own words.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

BRACKETS = {"md": ("<!--", "-->"), "ipynb": ("<!--", "-->"), "tex": ("%%%", "%%%")}
# Editors that mend typography make one dash of two.
MARK = re.compile(
    r"(?:<!\s?(?:--|—|–)|%%%)[ \t]*derive:(?P<what>form|question|answer|end)\b(?P<fields>[^\n]*?)(?:(?:--|—|–)>|%%%|$)",
    re.MULTILINE,
)
PLACE = re.compile(r"\s*(\d+[A-Za-z]\w*)(?:\s+([\w/.-]*\w)\s+(\d{1,18})\s+([0-9a-f]{8})\b)?(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark in a text.

    Attributes:
        what: ``form``, ``question``, ``answer`` or ``end``.
        line: where it stands, from 1.
        label: the part it is for, ``1a``.
        problem, seed, total: of an answer: the variant, and the sum over the question's text.
        rest: what a student wrote into the mark itself.
        before, after: what stands between it and its neighbours.
    """

    what: str
    line: int
    label: str
    problem: str
    seed: int
    total: str
    rest: str
    before: str
    after: str


def mark(form: str, what: str, *fields: object) -> str:
    """A mark in one of the form's languages.

    >>> mark("md", "answer", "1a", "conv/gradients", 7, "0a1b2c3d"), mark("tex", "end", "1a")
    ('<!-- derive:answer 1a conv/gradients 7 0a1b2c3d -->', '%%% derive:end 1a %%%')
    """
    opening, closing = BRACKETS[form]
    return " ".join([opening, f"derive:{what}", *map(str, fields), closing])


def header(form: str, fields: Mapping[str, Any]) -> str:
    r"""The form's first line: whose it is, and which parts it has.

    >>> header("md", {"student": "a-->b"})
    '<!-- derive:form {"student": "a-\\u002d\\u003eb"} -->'
    """
    text = json.dumps(fields)
    for sign, written in (("--", r"-\u002d"), (">", r"\u003e"), ("<", r"\u003c"), ("%", r"\u0025")):
        text = text.replace(sign, written)
    return mark(form, "form", text)


def total(text: str) -> str:
    r"""A sum over a text that line breaks and spaces do not change.

    >>> total("a  b") == total("a\nb"), total("a b") == total("ab c")
    (True, False)
    """
    return hashlib.sha256("".join(text.split()).encode("utf-8", "replace")).hexdigest()[:8]


def marks(text: str) -> list[Mark]:
    """The marks of a text, in order; its lines end in a line feed."""
    found = list(MARK.finditer(text))
    ends = [0, *(m.end() for m in found)]
    starts = [*(m.start() for m in found), len(text)]
    lines = accumulate(text.count("\n", a, b) for a, b in zip([0, *starts], starts[:-1], strict=False))
    return [
        _mark(m, line + 1, text[ends[k] : m.start()], text[m.end() : starts[k + 1]])
        for k, (m, line) in enumerate(zip(found, lines, strict=True))
    ]


def _mark(m: re.Match[str], line: int, before: str, after: str) -> Mark:
    what, fields = m["what"], m["fields"]
    place = PLACE.fullmatch(fields) if what != "form" else None
    if place is None:
        return Mark(what, line, "", "", 0, "", fields.strip(), before, after)
    label, problem, seed, tally, rest = place.groups()
    return Mark(what, line, label, problem or "", int(seed or 0), tally or "", rest.strip(), before, after)


def told(first: Mark) -> dict[str, Any]:
    """What a form's first line says; empty where it cannot be read."""
    try:
        found = json.loads(first.rest)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
