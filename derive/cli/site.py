"""``derive site``: the catalogue and the bank as a static site."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from derive.cli.common import Bank, app, fail, say
from derive.cli.pages import Templates, folders


@app.command()
def site(
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder that it goes to.")],
    only: Annotated[list[str] | None, typer.Option("--only", help="A derivation or problem, in place of all.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=0, help="Processes; 0 for one a core.")] = 0,
    templates: Templates = None,
    bank: Bank = None,
) -> None:
    """Write the whole catalogue and bank as a static site, which needs no server and no network.

    A second run makes only what has changed.
    """
    from derive.bank.banks import EmptyBank
    from derive.bank.problem import BadProblem
    from derive.render.katex import NotTypeset
    from derive.render.site import build

    try:
        found = build(output, bank or (), folders(templates, bank), jobs or os.cpu_count() or 1, only or ())
    except (BadProblem, EmptyBank, NotTypeset) as error:
        raise fail(str(error)) from error
    say(f"{output}: {found.pages} pages, {found.typeset} made now.")
