r"""What changed from one line to the next, marked in the LaTeX that pages typeset."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby

from derive.render.pieces import RELATIONS, is_sign, pieces

CLASS = "new"
_PAIRS = ((r"\left(", r"\right)"), (r"\left[", r"\right]"), ("(", ")"), ("[", "]"), (r"\sqrt{", "}"))
_SCRIPTS = re.compile(r"(\^(\{[^{}]*\}|.)|_(\{[^{}]*\}|.))*\s*", re.DOTALL)
_FRACTION = re.compile(r"\\frac(?=\{)")


def marked(before: str, after: str) -> str:
    r"""The line after a change, with ``\htmlClass{new}{…}`` round what the line before does not hold.

    A left side that stays is not marked. Where the same pieces stand in new places, those that moved are marked; a line that
    only lost something has no mark: see `vanished`.

    >>> marked("y = a x", "y = b x")
    'y = \\htmlClass{new}{b} x'
    >>> marked("y = a b + a c", "y = a (b + c)")
    'y = a \\htmlClass{new}{(b + c)}'
    >>> marked("y + c = x + c", "y + c - c = x + c - c")
    'y + c - \\htmlClass{new}{c} = x + c - \\htmlClass{new}{c}'
    """
    start, old, new = _compared(before, after)
    fine = _fresh(new, frozenset(_every(old)))
    found = fine if fine != "".join(new) else _moved(old, new)
    return start + found


def vanished(before: str, after: str) -> str:
    """What a line has lost where that is all that happened to it: one piece, or conditions; empty otherwise.

    >>> vanished("y = a [k < 3] + b", "y = a + b"), vanished("y = a", "y = b")
    ('[k < 3]', '')
    """
    _, old, new = _compared(before, after)
    runs = list(_runs(old, new))
    lost = ["".join(_trimmed(olds)) for kind, olds, _ in runs if kind == "delete" and not all(map(is_sign, olds))]
    told = len(lost) == 1 or all(x.strip().startswith(("[", r"\left[")) for x in lost)
    only = told and all(kind in ("equal", "delete") for kind, _, _ in runs)
    return r",\; ".join(dict.fromkeys(x.strip() for x in lost)) if only else ""


def _trimmed(found: list[str]) -> list[str]:
    """Without signs that stood between this and what is left."""
    return found if not is_sign(found[-1]) else _trimmed(found[:-1])


def _compared(before: str, after: str) -> tuple[str, list[str], list[str]]:
    """The left side where it stays, and the pieces of the rest before and after."""
    old, new = pieces(before), pieces(after)
    left = next((k + 1 for k, p in enumerate(new) if p.strip() in RELATIONS), 0)
    if "".join(new[:left]).split() != "".join(old[:left]).split():
        left = 0
    return "".join(new[:left]), old[left:], new[left:]


def _fresh(found: Sequence[str], known: frozenset[str]) -> str:
    """The pieces put together, with those marked that are nowhere in the line before; inside of brackets and fractions too."""
    shown = (
        (False, p) if is_sign(p) or p.strip() in known else _deeper(p, known) if _parts(p) else (True, p) for p in found
    )
    return "".join(_mark("".join(x for _, x in run), not new) for new, run in groupby(shown, lambda x: x[0]))


def _deeper(piece: str, known: frozenset[str]) -> tuple[bool, str]:
    """A piece with its inner pieces marked; itself, to be marked, where none of them is known."""
    parts = _parts(piece)
    marks = [p if k % 2 == 0 else _part(p, known) for k, p in enumerate(parts)]
    whole = all(k % 2 == 0 or m == _mark(p) for k, (m, p) in enumerate(zip(marks, parts, strict=True)))
    return whole, piece if whole else "".join(marks)


def _part(text: str, known: frozenset[str]) -> str:
    """What stands inside of brackets or above a stroke, marked as a whole where it is a sum and half of it is new."""
    inner = pieces(text)
    new = [not (p.strip() in known or _parts(p)) for p in inner if not is_sign(p)]
    whole = all(new) or (any(map(is_sign, inner)) and 2 * sum(new) >= len(new))
    return _mark(text) if whole else _fresh(inner, known)


def _parts(piece: str) -> list[str]:
    r"""A fraction, a root or brackets, cut up: what frames it at even places, what stands inside at odd ones; else empty."""
    if _FRACTION.match(piece):
        _, top, bottom, *rest = pieces(piece.replace("\\frac", "\\ ", 1))
        if bottom.rstrip().endswith("}"):
            return [r"\frac{", top.strip()[1:-1], "}{", bottom.rstrip()[1:-1], "}" + piece_end(bottom) + "".join(rest)]
    for first, last in _PAIRS:
        cut = piece.rfind(last) if piece.startswith(first) else -1
        while cut >= 0 and not _SCRIPTS.fullmatch(piece, cut + len(last)):
            cut = piece.rfind(last, 0, cut)
        if cut >= len(first):
            return [first, piece[len(first) : cut], piece[cut:]]
    return []


def piece_end(piece: str) -> str:
    """The space that hangs on a piece."""
    return piece[len(piece.rstrip()) :]


def _every(found: Sequence[str]) -> Iterator[str]:
    """The pieces, at every depth."""
    for piece in found:
        yield piece.strip()
        for part in _parts(piece)[1::2]:
            yield from _every(pieces(part))


def _moved(old: list[str], new: list[str]) -> str:
    """The pieces put together, with those marked that stand beside others than before."""
    fresh = [kind != "equal" for kind, _, news in _runs(old, new) for _ in news]
    for k in range(len(new)):
        if fresh[k] and not is_sign(new[k]) and not (k and fresh[k - 1]):
            _behind_its_sign(fresh, new, k)
    shown = ((f and not is_sign(p), p) for f, p in zip(fresh, new, strict=True))
    return "".join(_mark("".join(p for _, p in run), not f) for f, run in groupby(shown, lambda x: x[0]))


def _behind_its_sign(fresh: list[bool], new: list[str], first: int) -> None:
    """Of ``c - c``, where one is new, the second: what was added stands behind the sign that came with it."""
    end = next((k for k in range(first, len(new)) if not fresh[k]), len(new))
    if end < len(new) and is_sign(new[end - 1]) and new[first].strip() == new[end].strip():
        fresh[first], fresh[end] = False, True


def _runs(old: list[str], new: list[str]) -> Iterator[tuple[str, list[str], list[str]]]:
    first, second = ([p.strip() for p in side] for side in (old, new))
    for kind, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        yield kind, old[a:b], new[c:d]


def _mark(run: str, as_it_is: bool = False) -> str:
    return run if as_it_is else rf"\htmlClass{{{CLASS}}}{{{run.strip()}}}" + piece_end(run)
