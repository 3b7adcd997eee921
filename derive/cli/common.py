"""What every command shares: the application, its options, how a misuse is said."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.core

from derive import __version__
from derive.render.stream import opened

if TYPE_CHECKING:
    from derive.bank.problem import Problem


READER_GONE = 141  # what a shell says of a program that a closed pipe ended: 128 and the signal's number


class InOrder(typer.core.TyperGroup):
    """Commands in the order in which a new user meets them."""

    ORDER = (
        "list",
        "show",
        "solve",
        "figure",
        "site",
        "practise",
        "sheet",
        "collect",
        "grade",
        "review",
        "decide",
        "regrade",
        "report",
        "gradescope",
        "gradient",
        "steps",
        "compare",
        "new",
        "check",
        "verify",
    )

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names; one that the order forgets comes last."""
        known = [name for name in self.ORDER if name in self.commands]
        return known + [name for name in self.commands if name not in known]

    def invoke(self, ctx: Any) -> Any:
        """Run a command; where whoever reads its output has gone, end as a program does that the signal ends."""
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left to write goes nowhere
            sys.exit(READER_GONE)


app = typer.Typer(
    name="derive",
    cls=InOrder,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(asked: bool) -> None:
    if asked:
        say(f"derive {__version__}")
        raise typer.Exit


@app.callback()
def whole(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Derive, check and grade the mathematics of deep learning."""


Bank = Annotated[list[Path] | None, typer.Option("--bank", help="A folder of problems, in place of the shipped bank.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
Seed = Annotated[int, typer.Option("--seed", help="Which variant.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="Where to write; standard output by default.")]


def say(text: str) -> None:
    """A line on standard output."""
    typer.echo(text)


def read_text(path: Path) -> str:
    """A file's text, or standard input's for ``-``, in UTF-8 or by its byte order mark, with line feeds.

    Raises:
        typer.Exit: it cannot be read.
    """
    from derive.course.tables import BadTable, decoded

    try:
        with opened(path) as source:
            return decoded(source.read()).replace("\r\n", "\n")
    except OSError as error:
        raise fail(f"{path}: {error.strerror}.") from error
    except BadTable as error:
        raise fail(f"{path}, {error}") from error


def fail(text: str) -> typer.Exit:
    """A misuse, said; raise what this returns."""
    typer.echo(f"derive: {text}", err=True)
    return typer.Exit(2)


def named(name: str, known: Iterable[str], what: str) -> str:
    """A name that is known; a misuse otherwise, with the nearest one.

    Raises:
        typer.Exit: it is not known.
    """
    names = list(known)
    if name in names:
        return name
    close = get_close_matches(name, names, 1)
    hint = f" Did you mean {close[0]}?" if close else " See derive list."
    raise fail(f"there is no {what} {name}.{hint}")


def problems_of(folders: list[Path] | None, only: str | None = None) -> dict[str, Problem]:
    """Every problem; ``only`` the one of that name, where there is one.

    Raises:
        typer.Exit: the bank is empty or a problem is faulty.
    """
    from derive.bank.banks import EmptyBank, bank, files, load
    from derive.bank.problem import BadProblem

    try:
        path = files(folders or ()).get(only) if only else None
        return {only: load(path, only)} if only and path else bank(folders or ())
    except (BadProblem, EmptyBank) as error:
        raise fail(str(error)) from error
