"""Pages as PDF, by Typst: no TeX installation, fonts embedded, text that can be selected, the same bytes every time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from derive.bank.problem import Variant
from derive.derivations.base import Derivation
from derive.render.figures import figures, illustrated
from derive.render.filling import rendered
from derive.render.missing import NotInstalled
from derive.render.typst_prose import display, inline, quoted, spoken, typst
from derive.render.views import page_view, view

PAPERS = {"a4": "a4", "letter": "us-letter"}


def solution_source(variant: Variant, length: str = "full", paper: str = "a4", folders: Sequence[Path] = ()) -> str:
    """The worked solution of a variant, as Typst's source.

    Args:
        variant: a problem with its numbers.
        length: ``answer``, ``short`` or ``full``.
        paper: ``a4`` or ``letter``.
        folders: templates of one's own, which come before the shipped ones.

    Raises:
        KeyError: the paper is unknown.
        NotInstalled: an extra is missing, ``pdf`` or ``plots``.
    """
    page = illustrated(page_view(variant, length), variant)
    return _source("solution", {"p": page, "title": page.title, "length": length}, paper, folders)


def derivation_source(d: Derivation, length: str = "full", paper: str = "a4", folders: Sequence[Path] = ()) -> str:
    """A derivation with its lines, as Typst's source; arguments and errors as for `solution_source`."""
    page = replace(view(d), figures=figures(d) if length != "answer" else ())
    return _source("derivation", {"d": page, "title": page.title, "length": length}, paper, folders)


def solution_pdf(variant: Variant, length: str = "full", paper: str = "a4", folders: Sequence[Path] = ()) -> bytes:
    """The worked solution of a variant; arguments and errors as for `solution_source`."""
    return compiled(solution_source(variant, length, paper, folders))


def derivation_pdf(d: Derivation, length: str = "full", paper: str = "a4", folders: Sequence[Path] = ()) -> bytes:
    """A derivation with its lines; arguments and errors as for `solution_source`."""
    return compiled(derivation_source(d, length, paper, folders))


def compiled(source: str) -> bytes:
    """The PDF of a page's source: with Typst's own fonts alone and no date, so that its bytes depend on nothing else.

    Raises:
        NotInstalled: the extra ``pdf`` is missing.
    """
    try:
        from typst import Compiler
    except ImportError as error:
        raise NotInstalled("pdf", "PDF needs") from error
    made = Compiler(ignore_system_fonts=True).compile(source.encode(), format="pdf", timestamp=0, pdf_standards="ua-1")
    if not isinstance(made, bytes):
        raise TypeError("Typst made no PDF")
    return made


def _source(template: str, page: Mapping[str, Any], paper: str, folders: Sequence[Path]) -> str:
    tools = {"typst": typst, "inline": inline, "display": display, "quoted": quoted, "spoken": spoken}
    try:
        return rendered(f"typst/{template}.typ.j2", {**page, **tools, "paper": PAPERS[paper]}, folders)
    except ModuleNotFoundError as error:
        if error.name != "tylax":
            raise
        raise NotInstalled("pdf", "PDF needs") from error
