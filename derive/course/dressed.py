"""What a student's editor or mail program puts around answers: quoted lines, fences, bold, bullets, comments."""

from __future__ import annotations

import re
from collections.abc import Callable

from derive.course.filled import Form
from derive.course.handed import Remark

FENCE = re.compile(r"(?P<fence>```+|~~~+)[ \w-]*\n(?P<inside>(?:(?!```|~~~).)*?)\n?(?P=fence)", re.DOTALL)
CODE = re.compile(r"(?P<fence>`+)(?P<inside>[^`\n]+)(?P=fence)")
BOLD = re.compile(r"\*\*(?P<inside>[^\s*](?:(?!\*\*).)*)\*\*")
DOT = re.compile(r"[*•] +(?P<inside>\S.*)")
DASH = re.compile(r"- +(?P<inside>\S.*)")
# A % with a word behind it, or at the start of a line; 13 % 4 is something else.
COMMENT = re.compile(r"^[ \t]*%(?!%%).*$\n?|(?<![\\%])%(?!%)[ \t]*[^\W\d_]{2,}.*$", re.MULTILINE)
A_LIST = 3  # so many answers, all with a dash and a space in front, are items of a list and not below 0


def undress(form: Form, kind: str) -> None:
    """Take off what stands around a form's answers and cannot be part of them."""
    if kind == "tex":
        _rewrite(form, _uncommented, "LaTeX's comments are left out")
    else:
        _rewrite(form, bare, "")
        items = [a for a in form.answers.values() if a]
        if len(items) >= A_LIST and all(isinstance(a, str) and DASH.fullmatch(a) for a in items):
            _rewrite(form, _unlisted, "every answer is an item of a list; the dashes in front of them are left out")


def _rewrite(form: Form, by: Callable[[str], str], said: str) -> None:
    changed = {k: by(a) for k, a in form.answers.items() if isinstance(a, str) and by(a) != a}
    form.answers |= changed
    if changed and said:
        form.remarks.append(Remark("note", form.file, 0, f"{said} ({', '.join(changed)})."))


def bare(text: str) -> str:
    r"""An answer without Markdown's marks around the whole of it.

    >>> bare("```math\n\\frac12\n```"), bare("**`x*y`**"), bare("* 3"), bare("- 3"), bare("`a` and `b`")
    ('\\frac12', 'x*y', '3', '- 3', '`a` and `b`')
    """
    found = next((m for p in (FENCE, CODE, BOLD, DOT) if (m := p.fullmatch(text))), None)
    return bare(found["inside"].strip()) if found else text


def _unlisted(text: str) -> str:
    found = DASH.fullmatch(text)
    return bare(found["inside"]) if found else text


def _uncommented(text: str) -> str:
    """An answer without comments; what holds nothing else stays."""
    return COMMENT.sub("", text).strip() or text
