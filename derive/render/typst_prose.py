"""Markdown statements for Typst."""

from __future__ import annotations

import re
from unicodedata import name, normalize

from derive.render.plain import plain
from derive.render.prose import Writer
from derive.render.typst_math import typst_math


def typst(text: str) -> str:
    r"""A Markdown text in Typst's markup.

    >>> print(typst("*If* `[i = j]`, 50 %."))
    #emph[If]; #raw("[i = j]");, 50 %.
    """
    return _WRITER.text(text)


def quoted(text: str) -> str:
    r"""A string of Typst's.

    >>> print(quoted('a "b"'))
    "a \"b\""
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def spoken(latex: str, marked: str = "") -> str:
    """A formula as two arguments: its plain text, for who cannot see it, and the formula, with what changed marked.

    >>> print(spoken("x = 1"))
    "x = 1", $x = 1$
    """
    return f"{quoted(plain(latex))}, ${typst_math(marked or latex)}$"


def inline(latex: str) -> str:
    r"""A formula in a line of text; who cannot see it hears its plain text.

    >>> print(inline(r"\sigma_{i}"))
    #eq("σ_i", $sigma_(i)$);
    """
    return f"#eq({spoken(latex)});"


def display(latex: str) -> str:
    """A formula on a line of its own, which wraps where it is wider than the page.

    >>> print(display("x = 1"))
    #formula("x = 1", $x = 1$);
    """
    return f"#formula({spoken(latex)});"


def _escaped(text: str) -> str:
    """Text that is no markup: every sign that Typst could read as one is escaped; raised and marked letters are set so."""
    text = re.sub(r"([\\#$*_`<>@=\-+/~\[\]'\"])", r"\\\1", text)
    text = re.sub(r"(?m)^(\s*\d+)\.", r"\1\\.", text)
    text = re.sub(r"(.)([\u0302\u0303\u0304])", lambda m: inline(rf"{_MARKS[m[2]]}{{{m[1]}}}"), normalize("NFC", text))
    return "".join(map(_raised, text))


_MARKS = {"\u0302": r"\hat", "\u0303": r"\tilde", "\u0304": r"\bar"}


def _raised(character: str) -> str:
    """A letter or digit that is a script by itself, as a script: few fonts have them all."""
    title = name(character, "")
    command = "super" if "SUPERSCRIPT" in title or "MODIFIER LETTER" in title else "sub" if "SUBSCRIPT" in title else ""
    return f"#{command}[{_escaped(normalize('NFKD', character))}];" if command and character.isalnum() else character


def _table(rows: tuple[tuple[str, ...], ...]) -> str:
    cells = ", ".join(f"[{cell}]" for row in rows for cell in row)
    return f"#table(columns: {len(rows[0])}, stroke: none, table.hline(y: 1), {cells})"


_WRITER = Writer(
    {
        "text": _escaped,
        "math": inline,
        "display": lambda t: f"\n{display(t)}\n",
        "code": lambda t: f"#raw({quoted(t)});",
        "strong": lambda t: f"#strong[{t}];",
        "emph": lambda t: f"#emph[{t}];",
    },
    {
        "paragraph": lambda rows: rows[0][0],
        "list": lambda rows: "#list(" + ", ".join(f"[{row[0]}]" for row in rows) + ")",
        "table": _table,
        "fence": lambda rows: f"#raw({quoted(rows[0][0])}, block: true)",
    },
)
