"""Templates with what goes into them; a course's own folder of templates comes before the shipped one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from derive.bank.banks import content
from derive.bank.texts import environment
from derive.render.breaking import broken, fitted
from derive.render.markdown import github, line, prose
from derive.render.plain import plain, plain_text
from derive.render.tex import coloured, tex, tex_math
from derive.render.wording import worded


def rendered(template: str, page: Mapping[str, Any], folders: Sequence[Path] = ()) -> str:
    """A page from a template, without runs of empty lines."""
    return re.sub(r"\n{3,}", "\n\n", filled(template, page, folders)).strip() + "\n"


def filled(template: str, page: Mapping[str, Any], folders: Sequence[Path] = ()) -> str:
    """A template with what goes into it."""
    return templates(tuple(folders)).get_template(template).render(**page)


def source_of(template: str, folders: Sequence[Path] = ()) -> str:
    """A file among the templates, as it stands."""
    found = templates(tuple(folders))
    if found.loader is None:
        raise LookupError(template)
    return found.loader.get_source(found, template)[0]


@cache
def templates(folders: tuple[Path, ...] = ()) -> jinja2.Environment:
    """The templates of these folders, then the shipped ones; what goes into an HTML page is escaped."""
    found = environment(
        jinja2.Environment,
        loader=jinja2.FileSystemLoader([*folders, content("templates")]),
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=lambda name: bool(name and name.endswith(".html.j2")),
        keep_trailing_newline=True,
    )
    found.filters |= {
        "plain": plain,
        "plain_text": plain_text,
        "tex": tex,
        "coloured": coloured,
        "tex_math": tex_math,
        "github": github,
        "broken": broken,
        "fitted": fitted,
        "worded": worded,
        "opening": lambda text: text[:1].upper() + text[1:],  # names in it stay as they are
    }
    found.filters |= {"prose": prose, "line": line, "display": _display, "inline": _inline}
    return found


def _display(latex: str, clean: str = "") -> Any:
    from derive.render.katex import display

    return display(latex, clean)


def _inline(latex: str) -> Any:
    from derive.render.katex import inline

    return inline(latex)
