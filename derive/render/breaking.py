r"""Long displays for LaTeX: broken at the signs that stand between whole pieces."""

from __future__ import annotations

import re

from derive.render.pieces import RELATIONS, pieces
from derive.render.plain import plain

WIDTH = 84


def broken(latex: str, width: int = WIDTH) -> str:
    r"""A display that fits the page, as an ``aligned`` block where it needs several rows.

    Rows break before relations, which stand under each other, and before plus and minus.

    >>> broken("a = b + c")
    'a = b + c'
    >>> print(broken("a = bbbb + cccc = dddd", 12))
    \begin{aligned} a &= bbbb \\ &\quad + cccc \\ &= dddd \end{aligned}
    """
    found = pieces(latex)
    if len(plain(latex)) <= width or any(p.strip() in (r"\\", "&") for p in found):
        return latex
    rows, left = _rows(found, width)
    return rf"\begin{{aligned}} {left} " + r" \\ ".join(rows) + r" \end{aligned}" if len(rows) > 1 else latex


def fitted(latex: str, width: int = WIDTH) -> str:
    r"""A display that fits the page: broken, and what is still too wide in ``\fitted``, which the preamble defines.

    >>> fitted("a = b"), fitted("a = bb", 5)
    ('a = b', '\\fitted{a = bb}')
    """
    rows = broken(latex, width)
    return rf"\fitted{{{rows}}}" if max(len(plain(r)) for r in _apart(rows)) > width else rows


def _apart(latex: str) -> list[str]:
    """The rows of an ``aligned`` block; a matrix counts as wide as its widest row."""
    inside = latex.removeprefix(r"\begin{aligned} ").removesuffix(r" \end{aligned}")
    return re.split(r"\\\\", inside)


def _rows(found: list[str], width: int) -> tuple[list[str], str]:
    """Rows, each with its ``&``, and what stands left of the first relation."""
    first = next((k for k, p in enumerate(found) if p.strip() in RELATIONS), None)
    left = "".join(found[: first or 0]).strip()
    rows: list[str] = []
    row = "" if first is not None else "&"
    for piece in found[first or 0 :]:
        sign = piece.strip()
        if sign in RELATIONS and (not rows or row.strip("& ")):
            rows, row = [*rows, row] if row else rows, f"&{piece}"
        elif sign == r"\qquad" or (sign in ("+", "-") and len(plain(row)) > width // 3):
            rows, row = [*rows, row], rf"&\quad {'' if sign == chr(92) + 'qquad' else piece}"
        else:
            row += piece
    return _joined([r.strip() for r in (*rows, row)], width), left


def _joined(rows: list[str], width: int) -> list[str]:
    """Short rows put together again where two of them fit in one."""
    out: list[str] = []
    for row in rows:
        continued = row.startswith(r"&\quad")
        if out and continued and len(plain(out[-1])) + len(plain(row)) < width:
            out[-1] += " " + row.removeprefix(r"&\quad").strip()
        else:
            out.append(row)
    return out
