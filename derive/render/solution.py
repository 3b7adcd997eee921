"""Pages: worked solutions of variants, and derivations, in text, Markdown, LaTeX or HTML, through the templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from derive.bank.problem import Problem, Variant
from derive.derivations.base import Derivation
from derive.render.filling import rendered
from derive.render.html import html_page
from derive.render.views import page_view, view

SUFFIXES = {"md": "md", "markdown": "md", "text": "txt", "txt": "txt", "latex": "tex", "tex": "tex", "html": "html"}


def solution(variant: Variant, form: str = "md", length: str = "full", folders: Sequence[Path] = ()) -> str:
    """The worked solution of a variant.

    Args:
        variant: a problem with its numbers.
        form: ``md``, ``latex``, ``html`` or ``text``.
        length: ``answer`` (the answers alone), ``short`` (one line an idea) or ``full``.
        folders: templates of one's own, which come before the shipped ones.

    Raises:
        KeyError: the form is unknown.
        NotTypeset: a formula of the problem is no LaTeX (HTML).
    """
    page = page_view(variant, length)
    if SUFFIXES[form] == "html" and length != "answer":
        from derive.render.figures import can_plot, illustrated

        page = illustrated(page, variant, plots=can_plot())
    return _page("solution", form, {"p": page, "length": length}, folders)


def derivation_page(d: Derivation, form: str = "text", length: str = "full", folders: Sequence[Path] = ()) -> str:
    """A derivation with its lines, in the same forms and lengths."""
    page = view(d)
    if SUFFIXES[form] == "html" and length != "answer":
        from derive.render.figures import can_plot, pictured

        page = pictured(d, plots=can_plot())
    return _page("derivation", form, {"d": page, "length": length}, folders)


def _page(kind: str, form: str, page: Mapping[str, Any], folders: Sequence[Path]) -> str:
    name = f"{kind}.{SUFFIXES[form]}.j2"
    if SUFFIXES[form] == "html":
        return html_page(name, page, folders)
    text = rendered(name, page, folders)
    return text.replace(r"\operatorname{", r"\mathrm{") if SUFFIXES[form] == "md" else text  # which GitHub refuses


def index_page(problems: Mapping[str, Problem]) -> str:
    """The table of the worked solutions."""
    return rendered("index.md.j2", {"problems": list(problems.values())})
