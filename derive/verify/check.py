"""Checking a derivation: every line, at every setting, against the oracle."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from derive.calculus.atoms import Bound
from derive.calculus.evaluate import tabulate
from derive.calculus.fields import Array
from derive.calculus.substitute import subs
from derive.calculus.trace import Line, Relation, Rule, Side, Table
from derive.derivations.base import MESH, Derivation
from derive.verify.draw import dims, draw
from derive.verify.oracle import device_named, truth_values
from derive.verify.stand_ins import evaluators, stand_ins

TOLERANCE = 1e-9
DRAWS = 3
PLENTY = 400  # numbers: where a setting draws more of them, one draw is enough
EQUALITY = Rule("equality case", "The bound is attained.", lambda r: r)


@dataclass(frozen=True, slots=True)
class Failure:
    """A line that does not hold, with the first setting where it fails."""

    line: int
    rule: str
    sizes: Mapping[str, int]
    error: float
    message: str


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

    def record(self) -> dict[str, Any]:
        """The fields of the protocol."""
        return {k: v for k, v in asdict(self).items() if k != "failures"}


def verify(derivation: Derivation, device: str = "auto", draws: int = DRAWS) -> Report:
    """Check every line of a derivation at each of its settings.

    Args:
        derivation: what to check; its lines are replayed first.
        device: where the oracle runs, ``auto``, ``cpu`` or ``cuda``.
        draws: inputs drawn at each setting.

    Raises:
        OracleError: the oracle does not fit the derivation.
        ImportError: torch is missing.
    """
    from derive.verify.mutate import toll

    where, begin = device_named(device), time.perf_counter()
    problem = _settings_problem(derivation)
    worlds = list(_worlds(derivation, where, draws))
    failures, worst = _check_lines(derivation.lines, worlds, derivation.mode)
    for other in derivation.variants:
        more, error = _check_lines(other.lines, list(_worlds(other, where, 1)), other.mode)
        failures, worst = failures + more, max(worst, error)
    if derivation.equality is not None:
        more, error = _check_lines(
            (_tight(derivation),), list(_worlds(_at_equality(derivation), where, draws)), "holds"
        )
        failures, worst = failures + more, max(worst, error)
    found = toll(derivation, worlds)
    message = problem or (
        failures[0].message if failures else f"survivors: {'; '.join(found.alive)}" if found.alive else ""
    )
    return Report(
        derivation=derivation.name,
        ok=not failures and not problem and not found.alive,
        kind=derivation.kind,
        steps=len(derivation.lines),
        settings=max(
            len(worlds) if not derivation.dimensions else len(derivation.settings), 1 + len(derivation.variants)
        ),
        worst_error=worst,
        mutants=found.mutants,
        killed=found.killed,
        equivalent=found.equivalent,
        device=where,
        seconds=round(time.perf_counter() - begin, 3),
        message=message,
        failures=tuple(failures),
    )


def _at_equality(derivation: Derivation) -> Derivation:
    assert derivation.equality is not None
    return replace(derivation, truth=derivation.equality)


def _tight(derivation: Derivation) -> Line:
    """The result with equals signs: what must hold in the equality case."""
    result = derivation.result
    return Line(EQUALITY, replace(result, ops=("=",) * len(result.ops)))


@dataclass(frozen=True, slots=True)
class World:
    """One setting with one draw: sizes, what every name is worth, and what stands for an unknown function."""

    sizes: Mapping[str, int]
    arrays: Mapping[str, Any]
    functions: Mapping[str, str] = field(default_factory=dict)


def _worlds(derivation: Derivation, device: str, draws: int) -> Iterator[World]:
    for number, sizes in enumerate((*derivation.settings, *derivation.boundary)):
        functions = stand_ins(derivation, number)
        drawn = sum(v.size for v in draw(derivation, sizes, 0).values())
        often = number < len(derivation.settings) and 0 < drawn <= PLENTY
        for seed in range(draws if often else 1):
            inputs = draw(derivation, sizes, seed)
            yield World(sizes, truth_values(derivation, inputs, sizes, device, functions), functions)


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


def _check_lines(lines: Sequence[Line], worlds: Sequence[World], mode: str) -> tuple[list[Failure], float]:
    failures, worst = [], 0.0
    for number, line in enumerate(lines, 1):
        for world in worlds:
            error = line_error(line.relation, world, mode)
            worst = max(worst, error) if np.isfinite(error) else worst
            if not error <= TOLERANCE:
                text = f"line {number} ({line.rule.name}) is off by {error:.3g} at {dict(world.sizes)}"
                failures.append(Failure(number, line.rule.name, world.sizes, error, text))
                break
    return failures, worst


def line_error(relation: Relation, world: World, mode: str = "holds") -> float:
    """How far a relation is from true, relative to the size of its right side; infinite where it is plainly false."""
    if mode == "iff":
        return 0.0 if _true(relation, world) == bool(world.arrays["truth"]) else float("inf")
    return max(_pair_error(a, op, b, relation.frame, world) for a, op, b in relation.pairs())


def _true(relation: Relation, world: World) -> bool:
    return all(_pair_error(a, op, b, relation.frame, world) <= TOLERANCE for a, op, b in relation.pairs())


def _pair_error(a: Side, op: str, b: Side, frame: Sequence[Bound], world: World) -> float:
    left, right = side_value(a, frame, world), side_value(b, frame, world)
    if left.shape != right.shape:
        return float("inf")
    if not left.size:
        return 0.0
    if not (np.isfinite(left).all() and np.isfinite(right).all()):
        return float("inf")
    scale = max(1.0, float(np.abs(right).max()))
    gap = left - right if op in ("<", "<=") else right - left if op in (">", ">=") else np.abs(left - right)
    if op in ("<", ">") and not (gap < 0).all():
        return float("inf")
    return max(0.0, float(gap.max()) / scale)


def side_value(side: Side, frame: Sequence[Bound], world: World) -> Array:
    """The numbers that one side of a relation stands for, one axis a letter of the frame."""
    if isinstance(side, Table):
        rows = [[float(side_value(e, (), world)) for e in row] for row in side.entries]
        return np.array(rows)[:, 0] if side.column else np.array(rows)
    letters = dims(world.sizes)
    axes = [(b.letter, (b.high - b.low).at(letters)) for b in frame]
    from_zero = {b.letter: b.low + b.letter for b in frame if b.low.terms}
    functions = evaluators(world.functions)
    return tabulate(subs(side, from_zero), axes, world.arrays, letters, mesh=MESH, functions=functions)
