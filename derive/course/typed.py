"""Answers as learning platforms export them: HTML undone, MathLive's own commands, guards against formulas of a spreadsheet."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

ATTRIBUTE = r"""\s+[\w:-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>=]+))?"""
NAMES = "p|br|div|span|em|strong|sub|sup|pre|code|math-field|li|ul|ol|tt"
COMMENT = r"<!--(?! *derive:)(?:(?!<!--).)*?-->"
TAG = re.compile(rf"<(/?)({NAMES})(?:{ATTRIBUTE})*\s*/?>|{COMMENT}", re.IGNORECASE | re.DOTALL)
LETTER_TAGS = re.compile(r"<([biu])>([^<]*)</\1>", re.IGNORECASE)  # alone, <b> may be an inequality
ENTITY = re.compile(r"&(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31}\d{0,2});")
BREAKS = ("p", "br", "div", "li", "pre")
MATHLIVE = (("\\mleft", r"\left"), ("\\mright", r"\right"), ("\\placeholder{}", ""), ("\\differentialD", "d"))
MOODLE_PARTS = re.compile(r"(?:^|;\s*)part\s+(\d{1,3})\s*:", re.IGNORECASE)
GUARD = re.compile(r"'(?=[=+@\-\t])")
# A date of digits alone with slashes could be either, so it is not read.
TIMES = (
    "%Y-%m-%d %H:%M:%S %Z", "%d %B %Y, %I:%M %p", "%d %B %Y %I:%M %p", "%d %B %Y, %H:%M", "%d %B %Y %H:%M",
    "%A, %d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M", "%b %d, %Y at %I:%M%p", "%b %d, %Y %I:%M %p", "%d.%m.%Y %H:%M",
    "%B %d, %Y, %I:%M %p", "%B %d, %Y %I:%M %p", "%A, %B %d, %Y, %I:%M %p", "%d %b %Y, %I:%M %p", "%d %b %Y %H:%M",
    "%b %d, %Y, %I:%M %p", "%b %d, %Y, %H:%M", "%Y/%m/%d %H:%M", "%d.%m.%Y, %H:%M", "%d.%m.%Y, %H:%M:%S", "%d.%m.%Y %H:%M:%S",
)  # fmt: skip


def undone(text: str) -> str:
    r"""HTML as the text that was typed; what is no HTML stays as it is.

    >>> undone("<p>x<sup>2</sup> &lt; y</p><p>z</p>"), undone("a<b>c and <i>d</i>")
    ('x^{2} < y\nz', 'a<b>c and d')
    """
    text = ENTITY.sub(_sign, TAG.sub(_tag, LETTER_TAGS.sub(r"\2", text))).replace("\xa0", " ")
    return "\n".join(line for part in text.split("\n") if (line := part.strip()))


def _tag(m: re.Match[str]) -> str:
    closing, name = m[1], (m[2] or "").lower()
    if name in ("sub", "sup"):
        return "}" if closing else {"sub": "_{", "sup": "^{"}[name]
    return "\n" if name in BREAKS else ""


def _sign(m: re.Match[str]) -> str:
    return html.unescape(m[0])


def typed(cell: str) -> str:
    r"""An answer from a cell of an export.

    >>> typed("&lt;p&gt;\\mleft(x\\mright)&lt;/p&gt;"), typed("'-x"), typed("x'")
    ('\\left(x\\right)', '-x', "x'")
    """
    text = undone(cell)
    if TAG.search(text):  # a platform that escapes what an editor had made HTML already
        text = undone(text)
    for command, plain in MATHLIVE:
        text = re.sub(re.escape(command) + r"(?![A-Za-z])", lambda _, p=plain: p, text)  # type: ignore[misc]
    return GUARD.sub("", text, count=1).strip() if GUARD.match(text) else text.strip()


def parts_of(cell: str, count: int) -> list[str] | None:
    """What Moodle writes of a question with several fields; None where it is not that.

    >>> parts_of("part 1: 3; part 2: a; b", 2), parts_of("3", 2)
    (['3', 'a; b'], None)
    """
    found = list(MOODLE_PARTS.finditer(cell))
    if [int(m[1]) for m in found] != list(range(1, count + 1)) or cell[: found[0].start()].strip():
        return None
    ends = [*(m.start() for m in found[1:]), len(cell)]
    return [cell[m.end() : end].strip() for m, end in zip(found, ends, strict=True)]


def time_of(text: str) -> str:
    """A platform's time as ISO 8601, in UTC where it names a zone; empty where it cannot be read.

    >>> time_of("2026-11-12T15:45:33Z"), time_of("12 November 2026, 3:45 PM"), time_of("11/12/26")
    ('2026-11-12T15:45:33+00:00', '2026-11-12T15:45:00', '')
    """
    text = " ".join(text.split())
    for form in ("", *TIMES):
        try:
            found = datetime.strptime(text, form) if form else datetime.fromisoformat(text)
        except ValueError:
            continue
        if form.endswith("%Z"):
            found = found.replace(tzinfo=UTC)
        return (found.astimezone(UTC) if found.tzinfo else found).isoformat()
    return ""
