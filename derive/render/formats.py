"""Every format of a page by its name: what the commands, the sheets and the site look up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from derive.bank.problem import Variant
from derive.derivations.base import Derivation
from derive.render.solution import SUFFIXES, derivation_page, solution

FORMATS: Mapping[str, str] = {**SUFFIXES, "pdf": "pdf", "ipynb": "ipynb"}
"""Format → the suffix of a file in it."""
PAPERS = ("a4", "letter")
Made = str | bytes


def solution_as(
    variant: Variant, form: str, length: str = "full", folders: Sequence[Path] = (), paper: str = "a4"
) -> Made:
    """The worked solution of a variant: text, or the bytes of a PDF.

    Args:
        variant: a problem with its numbers.
        form: one of `FORMATS`.
        length: ``answer``, ``short`` or ``full``.
        folders: templates of one's own, which come before the shipped ones.
        paper: ``a4`` or ``letter``, for PDF.

    Raises:
        KeyError: the form or the paper is unknown.
        NotInstalled: the form needs an extra; the message says which and how to install it.
        NotTypeset: a formula of the problem is no LaTeX (HTML).
        Untypeset: a formula would lose a symbol (PDF).
    """
    if form == "pdf":
        from derive.render.pdf import solution_pdf

        return solution_pdf(variant, length, paper, folders)
    if form == "ipynb":
        from derive.render.notebook import solution_notebook

        return solution_notebook(variant, length, folders)
    return solution(variant, form, length, folders)


def derivation_as(
    derivation: Derivation, form: str, length: str = "full", folders: Sequence[Path] = (), paper: str = "a4"
) -> Made:
    """A derivation with its lines; arguments and errors as for `solution_as`."""
    if form == "pdf":
        from derive.render.pdf import derivation_pdf

        return derivation_pdf(derivation, length, paper, folders)
    if form == "ipynb":
        from derive.render.notebook import derivation_notebook

        return derivation_notebook(derivation, length, folders)
    return derivation_page(derivation, form, length, folders)
