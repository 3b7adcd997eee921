"""``derive verify``: derivations against torch, or a formula of one's own against one's own code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from derive.cli.batched import batch_of, verified_in_batches
from derive.cli.common import AsJson, app, fail, named, say
from derive.render.stream import progress

if TYPE_CHECKING:
    from derive.derivations.base import Derivation


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Derivations; all by default.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    every: Annotated[bool, typer.Option("--all", help="Every derivation (the default).")] = False,
    record: Annotated[Path | None, typer.Option("--record", help="Write what was checked to this file.")] = None,
    mutants: Annotated[bool, typer.Option("--mutants", help="Which one-edit mutants of the lines survive.")] = False,
    formula: Annotated[
        str, typer.Option("--formula", help="A formula of your own: is it the gradient of --torch?")
    ] = "",
    code: Annotated[str, typer.Option("--torch", help="With --formula: MODULE:FUNCTION, your torch code.")] = "",
    wrt: Annotated[str, typer.Option("--wrt", help="With --formula: the name in which it is the derivative.")] = "",
    given: Annotated[
        list[str] | None, typer.Option("--given", help="With --formula: X=n,d or Y=onehot(n,k) or P=…")
    ] = None,
    where: Annotated[list[str] | None, typer.Option("--where", help="With --formula: a constraint, n >= k.")] = None,
    cotangent: Annotated[
        str, typer.Option("--cotangent", help="With --formula: what arrives at an array's value.")
    ] = "",
    batch: Annotated[
        int | None, typer.Option("--batch", min=0, help="Draws in one batch; 64 with --device cuda, else 0: none.")
    ] = None,
    asks: Annotated[str, typer.Option("--asks", help="With --formula: gradient, jacobian or hessian.")] = "gradient",
    kinks: Annotated[str, typer.Option("--kinks", help="With --formula: avoid, both or exact.")] = "avoid",
    sizes: Annotated[list[str] | None, typer.Option("--size", help="With --formula: a fixed size, k=3.")] = None,
    parameters: Annotated[
        list[str] | None, typer.Option("--parameter", help="With --formula and a module: W=fc.weight.")
    ] = None,
    syntax: Annotated[
        str, typer.Option("--syntax", help="With --formula: auto, latex, python, text or index.")
    ] = "auto",
    index_base: Annotated[int, typer.Option("--index-base", help="With --formula: the first index in LaTeX.")] = 1,
    draws: Annotated[int, typer.Option("--draws", min=1, help="With --formula: draws for each size.")] = 3,
    seed: Annotated[int, typer.Option("--seed", help="With --formula: the first seed.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Check every line and result of derivations against torch; or a formula of your own against your torch code."""
    from derive.derivations.catalogue import catalogue

    if device not in ("auto", "cpu", "cuda"):
        raise fail(f"there is no device {device}; choose auto, cpu or cuda.")
    if device == "cuda" and not _has_cuda():
        raise fail("there is no CUDA device that torch can use; --device cpu runs the same checks.")
    if formula:
        from derive.cli.formula import formula_verified, pair, sizes_of

        how: dict[str, Any] = {"where": where or (), "cotangent": cotangent, "asks": asks, "kinks": kinks}
        how |= {"device": device, "syntax": syntax, "index_base": index_base, "draws": draws, "seed": seed}
        how |= {"sizes": sizes_of(sizes or ()), "parameters": dict(pair("--parameter", p) for p in parameters or ())}
        return formula_verified(formula, code, wrt, given or (), as_json, how)
    if code or wrt or given or cotangent or where:
        raise fail(
            "--torch, --wrt, --given, --cotangent and --where say what --formula is compared with; there is none."
        )
    found = catalogue()
    chosen = [named(n, found, "derivation") for n in names or []] if names and not every else list(found)
    try:
        if mutants:
            return _mutated([found[n] for n in chosen], device, as_json)
        if draws := batch_of(batch, device):
            return verified_in_batches([found[n] for n in chosen], device, draws, as_json)
        reports = {n: _verified(found[n], device, as_json) for n in progress(chosen, len(chosen), "checking")}
    except typer.Exit:
        raise
    except (ImportError, RuntimeError) as error:
        raise fail(str(error)) from error
    if record is not None:
        from derive.render import record as records

        records.write(record, reports)
    if not all(r.ok for r in reports.values()):
        raise typer.Exit(1)


def _has_cuda() -> bool:
    from derive.verify.oracle import torch_module

    try:
        return bool(torch_module().cuda.is_available())
    except ImportError as error:
        raise fail(str(error)) from error


def _verified(derivation: Derivation, device: str, as_json: bool) -> Any:
    from derive.verify.check import verify as check_one

    report = check_one(derivation, device)
    if as_json:
        say(json.dumps(report.record(), ensure_ascii=False))
    else:
        sign = "ok  " if report.ok else "FAIL"
        say(
            f"{sign} {report.derivation:<28} {report.steps:>3} lines  {report.settings:>3} settings  "
            f"{report.killed}/{report.mutants} mutants  error {report.worst_error:.0e}  {report.device}"
            f"  {report.seconds:5.2f} s" + (f"  {report.message}" if report.message else "")
        )
    return report


def _mutated(chosen: list[Derivation], device: str, as_json: bool) -> None:
    """Print what became of the mutants of every line."""
    from derive.render.mutants import mutant_record, mutant_report
    from derive.verify.mutate import survey

    alive = 0
    for derivation in progress(chosen, len(chosen), "mutating"):
        toll = survey(derivation, device)
        row = json.dumps(mutant_record(derivation.name, toll), ensure_ascii=False)
        say(row if as_json else mutant_report(derivation.name, toll))
        alive += len(toll.alive)
    if alive:
        raise typer.Exit(1)
