"""SVG with a title and a description, in colours that hold on light and dark pages and for colour-blind readers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any
from unicodedata import normalize

from derive.notation.style import Style
from derive.render.filling import filled
from derive.render.plain import plain
from derive.render.shown import Figure

BLUE, RED, GREEN, GREY = "#2a7ab9", "#d55e00", "#009e73", "#8a8a8a"
INK = "currentColor"
_SCRIPT = re.compile(r"([_^])(\{[^{}]*\}|.)")


def drawn(template: str, name: str, title: str, description: str, page: Mapping[str, Any]) -> Figure:
    """A picture from a template of ``templates/figures``."""
    tools = {"label": label, "blue": BLUE, "red": RED, "green": GREEN, "grey": GREY, "ink": INK}
    svg = filled(
        f"figures/{template}.svg.j2",
        {**tools, **page, "name": name, "title": escape(title), "description": escape(description)},
    )
    return Figure(re.sub(r"\n\s*\n+", "\n", svg).strip() + "\n", title, description, name)


def label(latex: str, size: float = 15) -> str:
    r"""A name as SVG text at a font size, its scripts raised and lowered.

    >>> label("w_{1}")
    'w<tspan dy="3.8" font-size="10.8">1</tspan><tspan dy="-3.8">\u200b</tspan>'
    """
    text = plain(latex)
    found, at = "", 0
    for m in _SCRIPT.finditer(text):
        shift = 0.25 * size if m[1] == "_" else -0.4 * size
        found += _marked(text[at : m.start()], size)
        found += f'<tspan dy="{shift:.1f}" font-size="{0.72 * size:.1f}">{escape(m[2].strip("{}"))}</tspan>'
        found += f'<tspan dy="{-shift:.1f}">\u200b</tspan>'
        at = m.end()
    return found + _marked(text[at:], size)


def _marked(text: str, size: float) -> str:
    """Text with its accents drawn as signs of their own, since few fonts join them to every letter."""

    def accent(m: re.Match[str]) -> str:
        if m[2] == "\u0304":
            return f'<tspan text-decoration="overline">{m[1]}</tspan>'
        sign = "\u02c6" if m[2] == "\u0302" else "\u02dc"
        return f'{m[1]}<tspan dx="{-0.45 * size:.1f}">{sign}</tspan><tspan dx="{0.1 * size:.1f}">\u200b</tspan>'

    return re.sub(r"(\w)([\u0302-\u0304])", accent, escape(normalize("NFD", text)))


def width(latex: str, size: float) -> float:
    """About how wide a name is at a font size."""
    text = plain(latex)
    scripts = sum(len(m[2].strip("{}")) for m in _SCRIPT.finditer(text))
    return size * (0.6 * len(_SCRIPT.sub("", text)) + 0.43 * scripts)


def written(name: str, page: Style) -> str:
    """How a page writes a name, in LaTeX."""
    return page.names.get(name, name)
