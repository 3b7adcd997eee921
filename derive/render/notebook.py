"""Pages as Jupyter notebooks: after each line a cell that recomputes it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from derive.bank.problem import Variant
from derive.derivations.base import Derivation
from derive.render.figures import figures, illustrated
from derive.render.filling import rendered
from derive.render.missing import NotInstalled
from derive.render.recompute import recomputed
from derive.render.shown import DerivationView, LineView
from derive.render.views import page_view, view

Cell = tuple[str, str, str]


def solution_notebook(
    variant: Variant, length: str = "full", folders: Sequence[Path] = (), *, plots: bool = True
) -> str:
    """The worked solution of a variant as a notebook's JSON; running its cells checks every line again.

    Args:
        variant: a problem with its numbers.
        length: ``answer`` (the answers alone), ``short`` (one line an idea) or ``full``.
        folders: templates of one's own, which come before the shipped ones.
        plots: whether curves are drawn too.

    Raises:
        NotInstalled: an extra is missing, ``notebook`` or, with ``plots``, ``plots``.
    """
    page = illustrated(page_view(variant, length), variant, plots=plots)
    cells = [("markdown", "problem", rendered("notebook/problem.md.j2", {"p": page}, folders))]
    for d, derivation in zip(page.derivations, variant.working, strict=False):
        cells += _derived(d, derivation, 3, length, folders)
    cells.append(("markdown", "answers", rendered("notebook/answers.md.j2", {"p": page}, folders)))
    return _notebook(cells)


def derivation_notebook(
    d: Derivation, length: str = "full", folders: Sequence[Path] = (), *, plots: bool = True
) -> str:
    """A derivation with its lines as a notebook's JSON; arguments and errors as for `solution_notebook`."""
    drawn = figures(d, plots=plots) if length != "answer" else ()
    return _notebook(list(_derived(replace(view(d), figures=drawn), d, 1, length, folders)))


def _derived(
    shown: DerivationView, derivation: Derivation, level: int, length: str, folders: Sequence[Path]
) -> Iterator[Cell]:
    code = recomputed(derivation, folders)
    chosen = dict(_chosen(shown, length))
    page = {"d": shown, "level": level, "embedded": _embedded}
    yield "markdown", f"{shown.name}-given", rendered("notebook/given.md.j2", page, folders)
    if chosen:
        yield "code", f"{shown.name}-setup", code.setup.strip()
    for number, line in chosen.items():
        said = rendered("notebook/line.md.j2", {"line": line, "number": number}, folders)
        yield "markdown", f"{shown.name}-line-{number}", said
        yield "code", f"{shown.name}-check-{number}", code.cells[number - 1]
    yield "markdown", f"{shown.name}-result", rendered("notebook/result.md.j2", page, folders)


def _chosen(shown: DerivationView, length: str) -> Iterator[tuple[int, LineView]]:
    """The lines that a length shows, by their numbers; in short an idea with the line where it arrives."""
    if length == "full":
        yield from enumerate((*shown.definitions, *(line for idea in shown.ideas for line in idea.lines)), 1)
    elif length == "short":
        number = len(shown.definitions)
        for idea in shown.ideas:
            number += len(idea.lines)
            head = idea.head
            yield number, replace(idea.last, rule=head.rule, sentence=head.sentence, condition=head.condition)


def _embedded(svg: str) -> str:
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def _notebook(cells: list[Cell]) -> str:
    """The notebook's JSON, with cells named after what they show.

    Raises:
        NotInstalled: the extra ``notebook`` is missing.
    """
    try:
        from nbformat import validate
    except ImportError as error:
        raise NotInstalled("notebook", "Notebooks need") from error
    made = {
        "cells": [_cell(kind, f"c{k:03}-{name}"[:64], text.strip()) for k, (kind, name, text) in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    validate(made)
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def _cell(kind: str, name: str, text: str) -> dict[str, Any]:
    run: dict[str, Any] = {} if kind == "markdown" else {"execution_count": None, "outputs": []}
    return {"cell_type": kind, "id": name, "metadata": {}, "source": text.splitlines(keepends=True), **run}
