"""What every command shares: the application, its options, how a misuse is said."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.core

if TYPE_CHECKING:
    from derive.bank.problem import Problem


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


app = typer.Typer(
    name="derive",
    cls=InOrder,
    help="Derive, check and grade the mathematics of deep learning.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
Bank = Annotated[list[Path] | None, typer.Option("--bank", help="A folder of problems, in place of the shipped bank.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
Seed = Annotated[int, typer.Option("--seed", help="Which variant.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="Where to write; standard output by default.")]


def say(text: str) -> None:
    """A line on standard output."""
    typer.echo(text)


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
