"""The committed record of the checks, so that pages can state the evidence without torch."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derive.bank.banks import content

if TYPE_CHECKING:
    from derive.verify.check import Report

FLOOR = -12


@cache
def record() -> Mapping[str, Mapping[str, Any]]:
    """Derivation name → what was checked; empty where nothing has been recorded."""
    path = content("solutions") / "checks.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def evidence(name: str) -> str:
    """The sentence that stands under a derivation, empty where it has not been checked."""
    found = record().get(name)
    if not found:
        return ""
    lines = "1 line," if found["steps"] == 1 else f"{found['steps']} lines, each"
    return f"{lines} checked against torch at {found['settings']} settings: error below {_power(found['error_below'])}."


def agreement(name: str, *, autograd: bool = False) -> str:
    """What opens at a step: the evidence for it, empty where it has not been checked."""
    found = record().get(name)
    if not found:
        return ""
    what = "torch.autograd" if autograd else "torch"
    return f"agrees with {what} at {found['settings']} sizes, error below {_power(found['error_below'])}"


def mutants(name: str) -> str:
    """The sentence about the wrong results that were tried, empty where none is on record."""
    found = record().get(name, {})
    if not found.get("mutants"):
        return ""
    same = f", {found['equivalent']} of them equal to the result" if found["equivalent"] else ""
    return f"One edit to the result: {found['mutants']} tried{same}, {found['killed']} found out."


def _power(exponent: int) -> str:
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def entry_of(report: Report) -> dict[str, Any]:
    """What the record keeps of a report: nothing that differs from run to run."""
    error = report.worst_error
    exponent = FLOOR if error <= 10**FLOOR else math.ceil(math.log10(error))
    lines = {"steps": report.steps, "settings": report.settings, "error_below": exponent, "kind": report.kind}
    return {**lines, "mutants": report.mutants, "killed": report.killed, "equivalent": report.equivalent}


def write(path: Path, reports: Mapping[str, Report]) -> None:
    """Write the record of these reports, in the order of their names."""
    found = {name: entry_of(r) for name, r in sorted(reports.items())}
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
