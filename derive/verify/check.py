"""Checking a derivation: every line, at every setting, against the oracle."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from derive.calculus.trace import Line
from derive.derivations.base import Derivation
from derive.verify.claims import claims
from derive.verify.draw import draw
from derive.verify.mutate import Toll, toll
from derive.verify.oracle import device_named
from derive.verify.worlds import DRAWS, TOLERANCE, World, line_error, worlds


@dataclass(frozen=True, slots=True)
class Failure:
    """A line that does not hold, with the first setting where it fails."""

    line: int
    rule: str
    sizes: Mapping[str, int]
    error: float
    message: str


@dataclass(frozen=True, slots=True)
class LineCheck:
    """What one line was held against: at how many settings, and the largest error there."""

    line: int
    settings: int
    error: float


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found: one line of ``derive verify --json``."""

    derivation: str
    ok: bool
    kind: str
    steps: int
    settings: int
    worst_error: float
    mutants: int
    killed: int
    equivalent: int
    device: str
    seconds: float
    message: str
    failures: tuple[Failure, ...] = ()
    lines: tuple[LineCheck, ...] = ()

    def record(self) -> dict[str, Any]:
        """The fields of the protocol."""
        return {k: v for k, v in asdict(self).items() if k not in ("failures", "lines")}


def verify(derivation: Derivation, device: str = "auto", draws: int = DRAWS) -> Report:
    """Check every line of a derivation at each of its settings; where all hold, try mutants of the last lines.

    Args:
        derivation: what to check; its lines are replayed first.
        device: where the oracle runs, ``auto``, ``cpu`` or ``cuda``.
        draws: inputs drawn at each setting.

    Raises:
        OracleError: the oracle does not fit the derivation.
        ImportError: torch is missing.
    """
    where, begin = device_named(device), time.perf_counter()
    problem = _settings_problem(derivation)
    failures: list[Failure] = []
    drawn: list[World] = []
    checks: list[LineCheck] = []
    worst = 0.0
    for claim in claims(derivation):
        here = list(worlds(claim.derivation, where, draws if claim.often else 1))
        drawn = drawn or here
        more, checked = check_lines(claim.lines, here, claim.mode)
        failures, worst = failures + more, max([worst, *(c.error for c in checked)])
        checks += checked if len(claim.derivation.lines) == len(derivation.lines) else []
    found = toll(derivation, drawn, where) if not failures else Toll({}, (), ())
    message = problem or (
        failures[0].message if failures else f"survivors: {'; '.join(map(str, found.alive))}" if found.alive else ""
    )
    return Report(
        derivation=derivation.name,
        ok=not failures and not problem and not found.alive,
        kind=derivation.kind,
        steps=len(derivation.lines),
        settings=max(
            len(drawn) if not derivation.dimensions else len(derivation.settings), 1 + len(derivation.variants)
        ),
        worst_error=worst,
        mutants=found.mutants,
        killed=found.killed,
        equivalent=found.equivalent,
        device=where,
        seconds=round(time.perf_counter() - begin, 3),
        message=message,
        failures=tuple(failures),
        lines=tuple(_whole(n, checks) for n in range(1, len(derivation.lines) + 1)),
    )


def _whole(number: int, checks: Sequence[LineCheck]) -> LineCheck:
    """All the checks of a line as one."""
    own = [c for c in checks if c.line == number]
    return LineCheck(number, sum(c.settings for c in own), max((c.error for c in own), default=0.0))


def _settings_problem(derivation: Derivation) -> str:
    """What is wrong with the settings: too few, a size of 1, or two dimension letters with the same size.

    Where there are no dimension letters, every draw of the inputs is a setting of its own.
    """
    if not derivation.dimensions and derivation.mode != "iff":
        few = len(derivation.variants) < 2 and not draw(derivation, {}, 0)
        return f"{derivation.name} has no dimension letters and fewer than three parameter draws" if few else ""
    if len(derivation.settings) < 3:
        return f"{derivation.name} states {len(derivation.settings)} settings; three are the least"
    chosen = {name for name, s in derivation.symbols.items() if s.domain not in ("dimension", "continuum")}
    for setting in derivation.settings:
        sizes = {name: n for name, n in setting.items() if name not in chosen}
        if any(n < 2 for n in sizes.values()) and derivation.mode != "iff":
            return f"{derivation.name}: a size of 1 proves little: {dict(sizes)}"
        if len(set(sizes.values())) < len(sizes) and derivation.mode != "iff":
            return f"{derivation.name}: different letters need different sizes: {dict(sizes)}"
    return ""


def check_lines(
    lines: Sequence[tuple[int, Line]], drawn: Sequence[World], mode: str
) -> tuple[list[Failure], list[LineCheck]]:
    """The first setting where each line fails, and what each was held against, with its largest finite error."""
    failures, checks = [], []
    for number, line in lines:
        worst = 0.0
        for world in drawn:
            error = line_error(line.relation, world, mode)
            worst = max(worst, error) if np.isfinite(error) else worst
            if not error <= TOLERANCE:
                text = f"line {number} ({line.rule.name}) is off by {error:.3g} at {dict(world.sizes)}"
                failures.append(Failure(number, line.rule.name, world.sizes, error, text))
                break
        checks.append(LineCheck(number, _different(drawn), worst))
    return failures, checks


def _different(drawn: Sequence[World]) -> int:
    """How many settings these are: different sizes, or draws where there is nothing with a size."""
    sizes = {tuple(sorted(w.sizes.items())) for w in drawn}
    return len(sizes) if any(sizes) else len(drawn)
