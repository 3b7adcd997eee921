"""The committed record of the checks, so that pages can state the evidence without torch."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derive.bank.banks import content
from derive.calculus.trace import Relation
from derive.derivations.base import Derivation

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
    tried = min((n for n, _ in found.get("lines", ())), default=found["settings"])
    lines = "1 line," if found["steps"] == 1 else f"{found['steps']} lines, each"
    return f"{lines} checked against torch at {tried} settings: error below {_power(found['error_below'])}."


def of_lines(d: Derivation) -> list[Mapping[str, Any] | None]:
    """What is on record of each line: the whole's record, with the line's own settings and error; None where there is none."""
    found = record().get(d.name)
    if not found or found["steps"] != len(d.lines):
        return [None] * len(d.lines)
    whole = {k: v for k, v in found.items() if k != "lines"}
    own = found.get("lines") or [(found["settings"], found["error_below"])] * len(d.lines)
    return [{**whole, "settings": n, "error_below": e} for n, e in own]


def agreements(d: Derivation, *, autograd: bool = False) -> list[str]:
    """What opens at each line: its own evidence, empty where none is on record."""
    what, where = "torch.autograd" if autograd else "torch", "sizes" if d.dimensions else "settings"
    return [
        "" if not c else f"{_tried(line.relation, what)} at {c['settings']} {where}{_close(line.relation, c)}"
        for line, c in zip(d.lines, of_lines(d), strict=True)
    ]


def _tried(relation: Relation, what: str) -> str:
    """What is on record of a line: an equation agrees, anything else holds."""
    return f"agrees with {what}" if set(relation.ops) == {"="} else f"holds with the values of {what}"


def _close(relation: Relation, found: Mapping[str, Any]) -> str:
    return f", error below {_power(found['error_below'])}" if set(relation.ops) == {"="} else ""


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
    """What the record keeps of a report, and of each line its settings and error: nothing that differs from run to run."""
    lines = {"steps": report.steps, "settings": report.settings, "error_below": _exponent(report.worst_error)}
    tried = {"mutants": report.mutants, "killed": report.killed, "equivalent": report.equivalent}
    return {**lines, "kind": report.kind, **tried, "lines": [[c.settings, _exponent(c.error)] for c in report.lines]}


def _exponent(error: float) -> int:
    return FLOOR if error <= 10**FLOOR else math.ceil(math.log10(error))


def write(path: Path, reports: Mapping[str, Report]) -> None:
    """Write the record of the reports where all is well, a line each, in the order of their names."""
    found = (f" {json.dumps(n)}: {json.dumps(entry_of(r))}" for n, r in sorted(reports.items()) if r.ok)
    path.write_text("{\n" + ",\n".join(found) + "\n}\n", encoding="utf-8")
