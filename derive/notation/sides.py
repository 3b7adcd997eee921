"""A text's sides: what stands before and after the equals signs outside brackets, and the index at the end of a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

INDEX = r"\s*(?:_\s*\{([^{}]*)\}|_\s*([A-Za-z])(?![A-Za-z])|\[([^\]]*)\])"
LAST_INDEX = re.compile(rf"{INDEX}\s*:?\s*$")
_EQUALS = re.compile(r"\\\\|\\begin|\\end|\\triangleq|\\coloneqq|[\[({]|[\])}]|<=|>=|!=|:?==?|\b(?:if|for|otherwise)\b")
_DEPTH = {"\\begin": 1, "\\end": -1} | dict.fromkeys("[({", 1) | dict.fromkeys("])}", -1)
_LAYOUT = r"(?:aligned|alignat|alignedat|align|split|equation|gathered|gather|multline|eqnarray)\*?"
_WRAPPED = re.compile(rf"\s*\\begin\{{({_LAYOUT})\}}(?:\{{\d+\}})?(.*)\\end\{{\1\}}\s*[.,;]?\s*", re.DOTALL)
_PIECE = re.compile(r"\\begin\b|\\end\b|\\\\(?:\[[^\]]*\])?|\\.|&", re.DOTALL)
_GOES_ON = re.compile(r"[\s&]*(?:\\q?quad\s*)*(?:=|\+|-|\\(?:odot|cdot|times|equiv)(?![A-Za-z]))")
_SIGNS = ("=", ":=", "==", r"\triangleq", r"\coloneqq")


def left_side(text: str) -> str:
    """What stands before the last equals sign outside brackets; nothing where there is none.

    >>> left_side("dX_{ij} = G_{ij} Y_i"), left_side("sum(x, axis=1)")
    ('dX_{ij} ', '')
    """
    last = [at.end() - 1 for at in _signs(text) if at[0] in ("=", ":=")]
    return text[: last[-1]] if last else ""


def sides_of(text: str) -> list[str]:
    r"""The sides of an equation, or of a chain of them.

    >>> sides_of(r"\nabla_w L = \sum_{i=1}^{n} x_i = X^\top 1")
    ['\\nabla_w L ', ' \\sum_{i=1}^{n} x_i ', ' X^\\top 1']
    """
    signs = list(_signs(text))
    starts, ends = [0, *(at.end() for at in signs)], [*(at.start() for at in signs), len(text)]
    return [text[a:b] for a, b in zip(starts, ends, strict=True)]


def unrolled(text: str) -> str:
    r"""A chain over several lines in one, without the environment that laid it out; other lines are left as they are.

    >>> unrolled(r"\begin{aligned} dW &= X^\top Y \\ &= (Y^\top X)^\top \end{aligned}")
    'dW  = X^\\top Y    = (Y^\\top X)^\\top'
    >>> unrolled(r"a = b \\ c = d")
    'a = b \\\\ c = d'
    """
    inner = text
    while (wrapped := _WRAPPED.fullmatch(inner)) is not None:
        inner = wrapped[2]
    marks = list(_marks(inner))
    rows = [at for at in marks if at[0] != "&"]
    if not marks or not all(_GOES_ON.match(inner, at.end()) or not inner[at.end() :].strip() for at in rows):
        return inner.strip() if inner != text and not rows else text
    out = list(inner)
    for at in marks:
        out[at.start() : at.end()] = [" ", *[""] * (len(at[0]) - 1)]
    return "".join(out).strip()


def _marks(text: str) -> Iterator[re.Match[str]]:
    """Ends of lines and marks of alignment outside environments."""
    depth = 0
    for at in _PIECE.finditer(text):
        depth += _DEPTH.get(at[0], 0)
        if not depth and (at[0] == "&" or at[0].startswith("\\\\")):
            yield at


def _signs(text: str) -> Iterator[re.Match[str]]:
    """The equals signs outside brackets and environments, before any condition."""
    depth = 0
    for at in _EQUALS.finditer(text):
        depth += _DEPTH.get(at[0], 0)
        if at[0] in ("if", "for", "otherwise") and not depth:
            return
        if at[0] in _SIGNS and not depth:
            yield at
