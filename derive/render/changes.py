r"""What changed from one line to the next, marked in the LaTeX that HTML pages typeset."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import groupby

from derive.render.pieces import RELATIONS, is_sign, pieces

CLASS = "new"
LOCAL = 0.65  # a change of more than this share of a line is no detail to point at
_INSIDE = re.compile(r"(\\left\(|\\left\[|\()(.*)(\\right\)|\\right\]|\))(\^\{?[^{}]*\}?)?(\s*)", re.DOTALL)
_FRACTION = re.compile(r"\\frac(?=\{)")


def marked(before: str, after: str) -> str:
    r"""The line after a change, with ``\htmlClass{new}{…}`` round what the line before does not have.

    Left sides are never marked, and nothing is where most of the line is new.

    >>> marked("y = a x", "y = b x")
    'y = \\htmlClass{new}{b} x'
    >>> marked("y = a x", "y = c + d")
    'y = c + d'
    """
    old, new = pieces(before), pieces(after)
    left = next((k + 1 for k, p in enumerate(new) if p.strip() in RELATIONS), 0)
    if left and "".join(new[:left]).split() != "".join(old[:left]).split():
        return after
    found = _marked(old[left:], new[left:])
    return after if found is None else "".join(new[:left]) + found


def _marked(old: list[str], new: list[str]) -> str | None:
    """The pieces put together with the new ones marked; None where too many are."""
    out, fresh = "", 0.0
    for kind, olds, news in _runs(old, new):
        if kind == "equal":
            out += "".join(news)
            continue
        inner = _deeper(olds[0], news[0]) if len(olds) == len(news) == 1 else None
        fresh += _weight(news) * (0.4 if inner else 1)
        out += inner or "".join(_mark("".join(run), sign) for sign, run in groupby(news, is_sign))
    return out if fresh <= LOCAL * _weight(new) else None


def _runs(old: list[str], new: list[str]) -> Iterator[tuple[str, list[str], list[str]]]:
    first, second = ([p.strip() for p in side] for side in (old, new))
    for kind, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        yield kind, old[a:b], new[c:d]


def _weight(found: list[str]) -> int:
    return sum(len(re.sub(r"\\[A-Za-z]+|[{}\s]", "", p)) + 1 for p in found if not is_sign(p))


def _mark(run: str, sign: bool) -> str:
    return run if sign else rf"\htmlClass{{{CLASS}}}{{{run.strip()}}}" + run[len(run.rstrip()) :]


def _deeper(old: str, new: str) -> str | None:
    """The change inside a fraction or inside parentheses that stay; None where there is no such place."""
    if _FRACTION.match(old) and _FRACTION.match(new):
        return _fraction(old, new)
    first, second = _INSIDE.fullmatch(old), _INSIDE.fullmatch(new)
    if not first or not second or [first[1], first[4]] != [second[1], second[4]]:
        return None
    inner = _marked(pieces(first[2]), pieces(second[2]))
    return inner and f"{second[1]}{inner}{second[3]}{second[4] or ''}{second[5]}"


def _fraction(old: str, new: str) -> str | None:
    _, top, bottom, *rest = pieces(new.replace("\\frac", "\\ ", 1))
    _, above, below, *_ = pieces(old.replace("\\frac", "\\ ", 1))
    parts = [_marked(pieces(a[1:-1]), pieces(b.strip()[1:-1])) for a, b in ((above, top), (below.strip(), bottom))]
    whole = rest or None in parts or not bottom.strip().endswith("}")
    return None if whole else rf"\frac{{{parts[0]}}}{{{parts[1]}}}" + bottom[len(bottom.rstrip()) :]
