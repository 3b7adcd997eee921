"""``derive new`` and ``derive check``: the tools of those who write problems."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from derive.cli.common import AsJson, Bank, app, fail, named, say
from derive.render.stream import progress

if TYPE_CHECKING:
    from derive.testing.review import Review

NAME = re.compile(r"[a-z][a-z0-9_]*(?:/[a-z][a-z0-9_]*)*")


@app.command()
def new(
    problem: Annotated[str, typer.Argument(help="Its name, such as networks/my_problem.")],
    bank: Annotated[
        Path | None, typer.Option("--bank", help="The folder of your problems; problems by default.")
    ] = None,
    source: Annotated[str | None, typer.Option("--from", help="A derivation of the catalogue to ask for.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write the file of a new problem, which runs as it is."""
    if not NAME.fullmatch(problem.removesuffix(".py")):
        raise fail(f"{problem!r} is no name for a problem: small letters, digits and _, with / between folders.")
    name, folder = problem.removesuffix(".py"), bank or _own_bank()
    path = folder / f"{name}.py"
    if path.exists() and not force:
        raise fail(f"{path} is there already; --force writes over it.")
    text = _skeleton(name, folder, source)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    say(f"{path} is written. Next:")
    say(f"    derive check {name} --bank {folder}")
    say(f"    derive practise {name} --bank {folder}")


def _own_bank() -> Path:
    named_folders = [p for p in os.environ.get("DERIVE_BANKS", "").split(os.pathsep) if p]
    return Path(named_folders[0] if named_folders else "problems")


def _skeleton(name: str, folder: Path, source: str | None) -> str:
    from derive.derivations.catalogue import catalogue
    from derive.render.skeleton import NoAnswer, skeleton, skeleton_from

    if source is None:
        return skeleton(name, str(folder))
    found = catalogue()
    try:
        return skeleton_from(name, str(folder), found[named(source, found, "derivation")])
    except NoAnswer as error:
        raise fail(f"{error}.") from error


@app.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(help="Problems; all by default.")] = None,
    bank: Bank = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="How many variants of each problem.")] = 50,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 for what is missing too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check problems, and list what they lack.

    Exit code 1 where a promise is broken; what a problem lacks is advice, unless --strict is given.
    """
    from derive.bank.banks import EmptyBank, files
    from derive.testing.review import review, summary

    try:
        found = files(bank or ())
    except EmptyBank as error:
        raise fail(f"{error}.") from error
    chosen = [named(n, found, "problem") for n in names or found]
    reviews = []
    for name in progress(chosen, len(chosen), "checking"):
        reviews.append(review(name, found[name], seeds))
        _told(reviews[-1], as_json)
    if not as_json and len(reviews) > 1:
        say(summary(reviews))
    if any(r.broken or (strict and r.lacks) for r in reviews):
        raise typer.Exit(1)


def _told(r: Review, as_json: bool) -> None:
    from derive.testing.review import record

    if as_json:
        say(json.dumps(record(r), ensure_ascii=False))
        return
    say(f"{'FAIL' if r.broken else 'ok  '} {r.name}: {r.covers}")
    for line in r.lines:
        say(f"     {line}")
