"""``derive verify --batch``: many draws of every setting in one batch, on the CPU or a GPU."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from derive.cli.common import say
from derive.render.stream import progress

if TYPE_CHECKING:
    from derive.derivations.base import Derivation
    from derive.verify.batched import BatchReport


def batch_of(asked: int | None, device: str) -> int:
    """Draws in a batch: what was asked for, else a batch on a GPU that was asked for, else 0: one draw at a time."""
    from derive.verify.batched import DRAWS

    return asked if asked is not None else DRAWS if device == "cuda" else 0


def verified_in_batches(chosen: Sequence[Derivation], device: str, batch: int, as_json: bool) -> None:
    """Print a line for each derivation and the sum of all; exit code 1 where a line does not hold."""
    from derive.verify.batched import attempted

    reports = []
    for derivation in progress(chosen, len(chosen), "checking"):
        reports.append(attempted(derivation, device, batch))
        say(json.dumps(reports[-1].record(), ensure_ascii=False) if as_json else told(reports[-1]))
    if not as_json:
        checks, looped = sum(r.checks for r in reports), sum(r.looped for r in reports)
        bad = sum(not r.ok for r in reports)
        say(f"{len(reports)} derivations, {bad} fail; {checks:,} checks; {looped} settings whose oracle is no batch")
    if not all(r.ok for r in reports):
        raise typer.Exit(1)


def told(report: BatchReport) -> str:
    """A report as a line."""
    return (
        f"{'ok  ' if report.ok else 'FAIL'} {report.derivation:<28} {report.checks:>7,} checks"
        f"  error {report.worst_error:.0e}  {report.device}  {report.seconds:5.2f} s"
        + (f"  {report.message}" if report.message else "")
    )
