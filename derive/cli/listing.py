"""``derive list``: problems, derivations by subject, the catalogue's page, and what sources print wrongly."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Annotated, Any

import typer

from derive.cli.common import AsJson, Bank, Output, app, fail, problems_of, say
from derive.render.stream import progress, write


@app.command(name="list")
def list_(
    derivations: Annotated[bool, typer.Option("--derivations", help="List derivations only.")] = False,
    errata: Annotated[
        bool, typer.Option("--errata", help="List what sources print wrongly, with numbers that show it.")
    ] = False,
    catalogue: Annotated[
        bool, typer.Option("--catalogue", help="The page of all derivations, in Markdown: docs/catalogue.md.")
    ] = False,
    as_json: AsJson = False,
    output: Output = None,
    bank: Bank = None,
) -> None:
    """List problems and derivations by subject, or what sources print wrongly.

    Exit code 1 where a formula that is said to be wrong has no numbers that show it.
    """
    if derivations + errata + catalogue > 1:
        raise fail("choose one of --derivations, --errata and --catalogue.")
    if catalogue:
        from derive.render.catalogue import catalogue_page

        write(output, catalogue_page())
        return
    if errata:
        _errata(as_json)
        return
    _rows(derivations, as_json, bank)


def _rows(derivations: bool, as_json: bool, bank: Bank) -> None:
    from derive.derivations.catalogue import catalogue
    from derive.render.listing import derivation_row, problem_row

    rows = [] if derivations else [problem_row(p) for p in problems_of(bank).values()]
    rows += [derivation_row(d) for d in catalogue().values()]
    if as_json:
        for row in rows:
            say(json.dumps(row, ensure_ascii=False))
        return
    stated = {n for n, d in catalogue().items() if d.kind == "definition"}
    _group("problems", [r for r in rows if r["kind"] == "problem"])
    _group("derivations", [r for r in rows if r["kind"] == "derivation" and r["name"] not in stated])
    _group("definitions, restated", [r for r in rows if r["name"] in stated])


def _group(heading: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """A heading, the subjects under it, and the rows of each."""
    if not rows:
        return
    say(f"{heading} ({len(rows)})")
    width = max(len(r["name"]) for r in rows)
    for subject, chosen in groupby(sorted(rows, key=lambda r: (r["subject"], r["name"])), lambda r: r["subject"]):
        say(f"\n  {subject}")
        for r in chosen:
            say(f"    {r['name']:<{width}}  {r['title']}")
    say("")


def _errata(as_json: bool) -> None:
    from derive.derivations.catalogue import catalogue
    from derive.render.listing import erratum_row, erratum_text
    from derive.verify.errata import witness

    found = [(d, p) for d in catalogue().values() for p in d.printed]
    unshown = 0
    try:
        for d, p in progress(found, len(found), "looking"):
            row = erratum_row(d, p, witness(d, p))
            unshown += row["witness"] is None
            say(json.dumps(row, ensure_ascii=False) if as_json else erratum_text(row))
    except ImportError as error:
        raise fail(str(error)) from error
    if unshown:
        raise typer.Exit(1)
