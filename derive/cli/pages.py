"""``derive show`` and ``derive solve``: derivations and worked solutions as pages."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from derive.cli.common import AsJson, Bank, Output, Seed, app, fail, named, problems_of, say
from derive.render.stream import progress, write

if TYPE_CHECKING:
    from derive.bank.problem import Problem


class Length(StrEnum):
    """How much a page shows: the answers alone, one line an idea, or everything."""

    answer = "answer"
    short = "short"
    full = "full"


class Paper(StrEnum):
    """The size of a PDF's pages."""

    a4 = "a4"
    letter = "letter"


FORMS = "text, md, latex, html, pdf or ipynb"
Form = Annotated[str, typer.Option("--format", help=f"{FORMS}.")]
FormOrNone = Annotated[str | None, typer.Option("--format", help=f"{FORMS}.")]
Long = Annotated[Length, typer.Option("--length", help="The answers alone, one line an idea, or everything.")]
OnPaper = Annotated[Paper, typer.Option("--paper", help="The paper of a PDF.")]
Templates = Annotated[
    list[Path] | None, typer.Option("--templates", help="A folder of templates that come before the shipped ones.")
]


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A derivation.")],
    form: Form = "text",
    length: Long = Length.full,
    paper: OnPaper = Paper.a4,
    templates: Templates = None,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """Show a derivation with its lines, rules, side conditions and checks."""
    from derive.derivations.catalogue import catalogue

    found = catalogue()
    derivation = found[named(name, found, "derivation")]
    if as_json:
        from derive.render.listing import shown

        say(json.dumps(shown(derivation), ensure_ascii=False))
        return
    from derive.render.formats import derivation_as
    from derive.render.missing import NotInstalled

    _known(form, output)
    try:
        made = derivation_as(derivation, form, length, folders(templates), paper)
    except NotInstalled as error:
        raise fail(str(error)) from error
    write(output, made)


@app.command()
def solve(
    problem: Annotated[str | None, typer.Argument(help="A problem.")] = None,
    seed: Seed = 0,
    form: FormOrNone = None,
    length: Long = Length.full,
    every: Annotated[
        bool, typer.Option("--all", help="A variant of every problem, into the folder -o; Markdown by default.")
    ] = False,
    paper: OnPaper = Paper.a4,
    templates: Templates = None,
    output: Output = None,
    bank: Bank = None,
) -> None:
    """Print the worked solution of a variant."""
    from derive.bank.problem import BadProblem
    from derive.render.formats import solution_as
    from derive.render.katex import NotTypeset
    from derive.render.missing import NotInstalled
    from derive.render.typst_math import Untypeset

    problems, own = problems_of(bank, None if every else problem), folders(templates, bank)
    try:
        if every:
            how = _known(form or "md", output)
            _solve_all(problems, output, lambda p: solution_as(p.variant(seed), how, length, own, paper), how)
            return
        if problem is None:
            raise fail("name a problem, or ask for --all.")
        form = _known(form or "text", output)
        variant = problems[named(problem, problems, "problem")].variant(seed)
        made = solution_as(variant, form, length, own, paper)
    except (BadProblem, NotInstalled) as error:
        raise fail(str(error)) from error
    except (NotTypeset, Untypeset) as error:
        raise fail(f"{problem}: this formula cannot be typeset: {error}") from error
    write(output, made)


def folders(templates: Sequence[Path] | None, bank: Sequence[Path] | None = ()) -> list[Path]:
    """Where templates of one's own lie: the folders named, then ``templates`` beside a bank.

    Raises:
        typer.Exit: a folder that is named does not exist.
    """
    for folder in templates or ():
        if not folder.is_dir():
            raise fail(f"there is no folder {folder}.")
    beside = [b.resolve().parent / "templates" for b in bank or ()]
    return [*(templates or ()), *(b for b in beside if b.is_dir())]


def _known(form: str, output: Path | None) -> str:
    """The format, which there is.

    Raises:
        typer.Exit: there is no such format, or it is none for a terminal.
    """
    from derive.render.formats import FORMATS

    if form not in FORMATS:
        raise fail(f"there is no format {form}; choose {FORMS}.")
    if form == "pdf" and output is None and sys.stdout.isatty():
        raise fail("a terminal shows no PDF: name a file, -o FILE.")
    return form


def _solve_all(
    problems: dict[str, Problem], output: Path | None, made: Callable[[Problem], str | bytes], form: str
) -> None:
    """Write every problem's solution, and for Markdown, which GitHub shows, a table of them."""
    from derive.render.formats import FORMATS
    from derive.render.solution import index_page

    if output is None:
        raise fail("--all needs a folder: -o solutions.")
    for name, problem in progress(problems.items(), len(problems), "solving"):
        path = output / f"{name}.{FORMATS[form]}"
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, made(problem))
    if FORMATS[form] == "md":
        (output / "README.md").write_text(index_page(problems), encoding="utf-8")
