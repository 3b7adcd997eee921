"""Pages as PDF, by Typst: no TeX installation, fonts embedded, text that can be selected, the same bytes every time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derive.bank.problem import Variant
from derive.derivations.base import Derivation
from derive.render.figures import figures
from derive.render.missing import NotInstalled
from derive.render.solution import page_of, rendered, view
from derive.render.typst_prose import display, inline, quoted, spoken, typst

PAPERS = {"a4": "a4", "letter": "us-letter"}


def solution_source(variant: Variant, paper: str = "a4") -> str:
    """The worked solution of a variant, as Typst's source.

    Raises:
        KeyError: the paper is unknown.
        NotInstalled: the extra ``pdf`` is missing.
    """
    return _source("solution", {**page_of(variant), "pictures": figures(variant)}, paper)


def derivation_source(derivation: Derivation, paper: str = "a4") -> str:
    """A derivation with its lines, as Typst's source; raises as `solution_source` does."""
    page = {"d": view(derivation), "title": derivation.title, "pictures": figures(derivation)}
    return _source("derivation", page, paper)


def solution_pdf(variant: Variant, paper: str = "a4") -> bytes:
    """The worked solution of a variant; raises as `solution_source` does."""
    return compiled(solution_source(variant, paper))


def derivation_pdf(derivation: Derivation, paper: str = "a4") -> bytes:
    """A derivation with its lines; raises as `solution_source` does."""
    return compiled(derivation_source(derivation, paper))


def compiled(source: str) -> bytes:
    """The PDF of a page's source: with Typst's own fonts alone and no date, so that its bytes depend on nothing else.

    Raises:
        NotInstalled: the extra ``pdf`` is missing.
    """
    try:
        from typst import Compiler
    except ImportError as error:
        raise NotInstalled("pdf", "PDF needs") from error
    compiler = Compiler(ignore_system_fonts=True)
    made = compiler.compile(source.encode(), format="pdf", timestamp=0, pdf_standards="ua-1")
    assert isinstance(made, bytes)
    return made


def _source(template: str, page: Mapping[str, Any], paper: str) -> str:
    tools = {
        "typst": typst,
        "inline": inline,
        "display": display,
        "quoted": quoted,
        "spoken": spoken,
        "paper": PAPERS[paper],
    }
    try:
        return rendered(f"typst/{template}.typ.j2", {**page, **tools})
    except ModuleNotFoundError as error:
        if error.name not in ("tylax", "typst"):
            raise
        raise NotInstalled("pdf", "PDF needs") from error
