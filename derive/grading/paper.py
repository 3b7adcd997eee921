"""The displayed formulas of a LaTeX file as lines of working, each with the number of its line in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

ROWS = "align|alignat|flalign|gather|eqnarray|multline|equation|displaymath|math"
INNER = "split|aligned|gathered|alignedat|multlined"
_DISPLAY = re.compile(
    rf"\\begin\{{(?P<name>(?:{ROWS})\*?)\}}(?P<body>.*?)\\end\{{(?P=name)\}}|\\\[(?P<square>.*?)\\\]|\$\$(?P<dollars>.*?)\$\$",
    re.DOTALL,
)
_BORDER = re.compile(rf"\\(?:begin|end)\{{(?:{INNER})\*?\}}(?:\[[a-z]\])?(?:(?<=alignedat\}})\{{\d+\}})?")
_AROUND = re.compile(rf"\\(?:begin|end)\{{(?:{ROWS}|{INNER})\*?\}}")
_COLUMNS = re.compile(r"\A\s*\{\d+\}")
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_TOKEN = re.compile(
    r"\\\\(?:\*)?(?:\s*\[[^\]\n]*\])?|\\(?:begin|end)\s*\{[^{}]*\}|\\intertext(?![A-Za-z])|\\.|[{}]|[^\\{}]+", re.DOTALL
)
_MACRO = re.compile(
    r"\\(?:re)?newcommand\*?\s*\{?\s*\\([A-Za-z]+)\s*\}?\s*(?:\[\d\])?\s*\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"
)
_OPERATOR = re.compile(r"\\DeclareMathOperator\*?\s*\{?\s*\\([A-Za-z]+)\s*\}?\s*\{([^{}]*)\}")
MAX_FILE = 2_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a display: its text and the number of the line, from 1, on which it starts."""

    text: str
    line: int


def rows(source: str) -> list[Row]:
    r"""The rows of every display, in order; comments are left out, ``\intertext`` becomes words before the next row.

    >>> rows("Hence\n\\begin{align}\n a &= b \\\\ % why\n   &= c \\nonumber\n\\end{align}")
    [Row(text='a &= b', line=3), Row(text='&= c \\nonumber', line=4)]
    """
    text = _COMMENT.sub(lambda m: m[1] + " " * (len(m[0]) - len(m[1])), source)
    found = []
    for display in _DISPLAY.finditer(text):
        group = next(g for g in ("body", "square", "dollars") if display[g] is not None)
        body = _BORDER.sub(_blank, display[group])
        if group == "body" and display["name"].startswith("alignat"):
            body = _COLUMNS.sub(_blank, body)
        parts = list(_split(body))
        if group == "body" and display["name"].startswith("multline"):  # one formula, broken over lines
            parts = [(parts[0][0], " ".join(part for _, part in parts))]
        found += [_row(text, part, display.start(group) + at) for at, part in parts]
    return [row for row in found if row is not None]


def parted(line: str) -> list[str]:
    r"""The rows that stand in one line, without the borders of displays: cut at ``\\\\`` outside braces and environments.

    >>> parted(r"\begin{aligned} a &= b \\ &= c \end{aligned}"), parted(r"A = \begin{bmatrix} 1 \\ 2 \end{bmatrix} \\ = B")
    (['a &= b', '&= c'], ['A = \\begin{bmatrix} 1 \\\\ 2 \\end{bmatrix}', '= B'])
    """
    return [row.strip() for _, row in _split(_AROUND.sub(" ", line))]


def macros(source: str) -> dict[str, str]:
    r"""The file's own commands.

    >>> macros(r"\newcommand{\R}{\mathbb{R}} \newcommand\sq[1]{#1^2} \DeclareMathOperator{\relu}{ReLU}")
    {'R': '\\mathbb{R}', 'sq': '#1^2', 'relu': '\\operatorname{ReLU}'}
    """
    text = _COMMENT.sub(r"\1", source)
    commands = {m[1]: m[2] for m in _MACRO.finditer(text)}
    return {**commands, **{m[1]: rf"\operatorname{{{m[2]}}}" for m in _OPERATOR.finditer(text)}}


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _row(source: str, part: str, at: int) -> Row | None:
    text = " ".join(part.split())
    if not any(c.isalnum() for c in text):
        return None
    return Row(text, source.count("\n", 0, at) + 1)


def _split(body: str) -> Iterator[tuple[int, str]]:
    r"""A display's rows, each with the offset of its formula: cut at ``\\`` outside braces and environments."""
    depth, start, text, words = 0, 0, "", False
    for token in _TOKEN.finditer(body):
        word = token[0]
        depth += (word == "{" or word.startswith(r"\begin")) - (word == "}" or word.startswith(r"\end"))
        if depth == 0 and word.startswith("\\\\"):
            yield _formula(body, start), text
            start, text = token.end(), ""
            continue
        if word == r"\intertext":
            words, text = depth == 0, text + r"\text"
            continue
        text += word
        if words and depth == 0 and word == "}":
            words, start = False, token.end()
    yield _formula(body, start), text


def _formula(body: str, start: int) -> int:
    """Where the blanks after an offset end."""
    return start + len(body[start:]) - len(body[start:].lstrip())
