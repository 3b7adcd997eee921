"""``derive gradescope``: the bundle that the platform grades an assignment with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from derive.cli.common import Bank, app, say
from derive.cli.course_sheets import assigned
from derive.render.stream import write


@app.command()
def gradescope(
    assignment: Annotated[Path, typer.Argument(help="The assignment's file (TOML).")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Where to write.")] = Path("autograder.zip"),
    bank: Bank = None,
) -> None:
    """Write an autograder for Gradescope: upload it as it is.

    It holds this suite, the assignment and its problems; nothing is fetched after the platform has built it.
    """
    from derive.course.gradescope import bundle
    from derive.course.groups import counted
    from derive.course.shelf import Shelf

    chosen, _ = assigned(assignment, bank)
    write(output, bundle(assignment, chosen, Shelf(bank or ())))
    say(f"{output}: {chosen.title}, {counted(len(chosen.entries), 'problem')}.")
