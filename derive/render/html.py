"""HTML pages: one file each, with the styles and the fonts that it uses inside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from derive.render.filling import filled, source_of
from derive.render.katex import faces, fonts, rules
from derive.render.spans import classed

STYLES = "<!--styles-->"


def html_page(template: str, page: Mapping[str, Any], folders: Sequence[Path] = (), assets: str = "") -> str:
    """A page from a template that extends ``page.html.j2``.

    Args:
        template: its name, ``solution.html.j2`` say.
        page: what goes into it.
        folders: templates of one's own, which come before the shipped ones.
        assets: the way from the page to a folder that holds its styles; by default they stand in the page.

    Raises:
        NotTypeset: a formula is no LaTeX.
    """
    text = filled(template, {"root": "", **page}, folders)
    shared = f'<link rel="stylesheet" href="{assets}page.css">\n' if assets else ""
    whole = "" if assets else f"{styles_of(text, folders)}\n"
    text, own = classed(text)
    return text.replace(STYLES, f"{shared}<style>\n{whole}{own}\n</style>", 1)


def styles_of(text: str, folders: Sequence[Path] = ()) -> str:
    """The rules that a page needs, with its fonts in them."""
    return f"{faces(fonts(text))}\n{rules()}\n{source_of('page.css', folders)}"
