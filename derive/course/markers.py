"""The marked places of an answer form: lines that LaTeX and Markdown both take for comments.

An answer stands between ``derive:answer`` and the next mark. The mark in front of it says which part it is for, and holds
the variant's code, which an edited form no longer fits, and a sum over the question's text, so that what a student wrote
beside the place can be told from the form's own words.
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
# A mail program breaks long lines: the whole of a place's or a form's words, over several.
WRAPPED = r"\s+(?:\d+[A-Za-z]\w*\s+[\w/.-]+\s+\w{1,80}\s+[0-9a-f]{8}|\{[^<>%]*\})\s*"
# Editors that mend typography make one dash of two.
MARK = re.compile(
    r"(?:<!\s?(?:--|—|–)|%%%)[ \t]*derive:(?P<what>form|question|answer|end)\b"
    rf"(?:(?P<wrapped>{WRAPPED})(?:(?:--|—|–)>|%%%)|(?P<fields>[^\n]*?)(?:(?:--|—|–)>|%%%|$))",
    re.MULTILINE,
)
QUOTED = re.compile(r"^(?:> ?)+(?=(?:<!|%%%)[ \t—–-]*derive:)", re.MULTILINE)
PLACE = re.compile(r"\s*(\d+[A-Za-z]\w*)(?:\s+([\w/.-]*\w)\s+(\w{1,80})\s+([0-9a-f]{8})\b)?(.*)", re.DOTALL)
CODE = re.compile(r"([0-9a-f]{16,72})([0-9a-f]{8})")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark in a text.

    Attributes:
        what: ``form``, ``question``, ``answer`` or ``end``.
        line: where it stands, from 1.
        label: the part it is for, ``1a``.
        problem, code, total: of an answer: the problem, its variant's code, the sum over the question's text.
        rest: what a student wrote into the mark itself.
        before, after: what stands between it and its neighbours.
    """

    what: str
    line: int
    label: str
    problem: str
    code: str
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
    return _digest("".join(text.split()))[:8]


def code_of(assignment: str, student: str, problem: str, seed: int) -> str:
    """The code of a variant in a student's form: its seed, and a sum that ties it to them.

    >>> code_of("week-3", "ada", "conv/gradients", 7)
    '4052861a21a116470ed917d2'
    >>> seed_in(code_of("week-3", "ada", "conv/gradients", 7))
    7
    """
    tie = _digest(json.dumps([assignment, student, problem, seed]))[:8]
    return f"{seed ^ int(_digest(tie)[:16], 16):016x}{tie}"


def seed_in(code: str) -> int | None:
    """The seed that a code holds, whoever's it is; None where it is no code."""
    found = CODE.fullmatch(code)
    return int(found[1], 16) ^ int(_digest(found[2])[:16], 16) if found else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


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


def unquoted(text: str) -> str:
    r"""A mail's text without the signs in front of its lines, where they stand in front of all marks.

    >>> unquoted("> <!-- derive:answer 1a -->\n> x > 1\n"), unquoted("x\n> 1")
    ('<!-- derive:answer 1a -->\nx > 1\n', 'x\n> 1')
    """
    quoted = len(QUOTED.findall(text))
    return re.sub(r"^(?:> ?)+", "", text, flags=re.MULTILINE) if quoted and quoted == len(marks(text)) else text


def _mark(m: re.Match[str], line: int, before: str, after: str) -> Mark:
    what, fields = m["what"], " ".join(m["wrapped"].split("\n")) if m["wrapped"] else m["fields"]
    place = PLACE.fullmatch(fields) if what != "form" else None
    if place is None:
        return Mark(what, line, "", "", "", "", fields.strip(), before, after)
    label, problem, code, tally, rest = place.groups()
    return Mark(what, line, label, problem or "", code or "", tally or "", rest.strip(), before, after)


def told(first: Mark) -> dict[str, Any]:
    """What a form's first line says; empty where it cannot be read."""
    try:
        found = json.loads(first.rest)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
