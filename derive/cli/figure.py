"""``derive figure``: the pictures of a derivation or of a problem's variant, as SVG."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from derive.cli.common import AsJson, Bank, Output, Seed, app, fail, named, problems_of, say
from derive.render.stream import write

if TYPE_CHECKING:
    from derive.bank.problem import Variant
    from derive.derivations.base import Derivation
    from derive.render.shown import Figure


@app.command()
def figure(
    name: Annotated[str, typer.Argument(help="A derivation, or a problem.")],
    seed: Seed = 0,
    number: Annotated[int, typer.Option("--number", min=1, help="Which of its pictures.")] = 1,
    output: Output = None,
    bank: Bank = None,
    as_json: AsJson = False,
) -> None:
    """Draw a picture of a derivation, or of a problem's working with the variant's numbers, as SVG.

    With --json: the name, the title and the description of every picture.
    """
    from derive.render.figures import figures
    from derive.render.missing import NotInstalled

    try:
        found = figures(_subject(name, seed, bank))
    except NotInstalled as error:
        raise fail(str(error)) from error
    if as_json:
        for f in found:
            say(json.dumps({"name": f.name, "title": f.title, "description": f.description}, ensure_ascii=False))
        return
    write(output, _chosen(found, name, number).svg)


def _chosen(found: tuple[Figure, ...], name: str, number: int) -> Figure:
    if not found:
        raise fail(f"{name} has no picture.")
    if number > len(found):
        raise fail(f"{name} has {len(found)} picture{'s' if len(found) > 1 else ''}; there is no number {number}.")
    return found[number - 1]


def _subject(name: str, seed: int, bank: list[Path] | None) -> Derivation | Variant:
    from derive.bank.problem import BadProblem
    from derive.derivations.catalogue import catalogue

    derivations = catalogue()
    if name in derivations:
        return derivations[name]
    problems = problems_of(bank, name)
    known = [*problems, *derivations]
    try:
        return problems[named(name, known, "derivation or problem")].variant(seed)
    except BadProblem as error:
        raise fail(str(error)) from error
