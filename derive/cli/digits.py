"""``derive digits``: how many digits formulas lose in short floats."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from derive.cli.common import AsJson, app, fail, named, say
from derive.render.stream import progress

if TYPE_CHECKING:
    from derive.verify.digits import Lost
    from derive.verify.stability import Stability

WIDTH = 34


@app.command()
def digits(
    names: Annotated[list[str] | None, typer.Argument(help="Derivations.")] = None,
    every: Annotated[bool, typer.Option("--all", help="The result of every derivation.")] = False,
    lines: Annotated[bool, typer.Option("--lines", help="Every side of every line, not the result alone.")] = False,
    scale: Annotated[
        float, typer.Option("--scale", help="A factor before real inputs: 30 shows what overflows.")
    ] = 1.0,
    forms: Annotated[
        bool, typer.Option("--forms", help="Formulas in a stable form and as they are defined, side by side.")
    ] = False,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    as_json: AsJson = False,
) -> None:
    """Say how many decimal digits formulas lose in float32 (7.2 there are), TF32 (3.3) and bfloat16 (2.4)."""
    from derive.derivations.catalogue import catalogue

    if not (names or every or forms):
        raise fail("name derivations, or ask for --all or --forms.")
    found = catalogue()
    chosen = list(found) if every else [named(n, found, "derivation") for n in names or ()]
    try:
        if forms:
            _forms(device, as_json)
        if chosen and not as_json:
            say(
                f"{'derivation, line.side':<{WIDTH}}  float32: worst, middle      tf32: worst, middle   bfloat16: worst, middle"
            )
        for name in progress(chosen, len(chosen), "measuring"):
            from derive.verify.digits import digits_lost

            for lost in digits_lost(found[name], device, scale=scale, every=lines):
                say(json.dumps(lost.record(), ensure_ascii=False) if as_json else _told(lost))
    except (ImportError, RuntimeError) as error:
        raise fail(str(error)) from error


def _told(lost: Lost) -> str:
    where = f"{lost.derivation}, {lost.line}.{lost.side}"
    cells = (_cell(by[f]) for f in lost.worst for by in (lost.worst, lost.middle))
    return f"{where:<{WIDTH}}  {'  '.join(cells)}"


def _cell(digits: float | None) -> str:
    return f"{'-' if digits is None else f'{digits:.1f}':>11}"


def _forms(device: str, as_json: bool) -> None:
    from derive.verify.oracle import device_named
    from derive.verify.stability import PAIRS, stability

    if not as_json:
        say(f"{'formula':<24}  float32: as defined, stable   bfloat16: as defined, stable")
    for name in PAIRS:
        found = stability(name, device_named(device))
        say(json.dumps(found.record(), ensure_ascii=False) if as_json else _two(found))


def _two(found: Stability) -> str:
    cells = (_cell(by[form]) for form in found.naive for by in (found.naive, found.stable))
    return f"{found.name:<24}  {'  '.join(cells)}"
