"""Checking many draws at once: the oracle and both sides of every line as one batch, on the CPU or a GPU."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from derive.calculus.fields import Array
from derive.calculus.trace import Line, Side
from derive.derivations.base import Derivation
from derive.verify.batched_oracle import LOOPED, batched_truth
from derive.verify.claims import Claim, claims
from derive.verify.draw import draw, draw_many
from derive.verify.machine import Machine, TooLarge, smooth
from derive.verify.oracle import device_named, torch_module
from derive.verify.stand_ins import stand_ins
from derive.verify.tensors import side_tensor
from derive.verify.worlds import TOLERANCE

DRAWS = 64
ROOM = 1 << 24  # numbers: one batch of one sum may fill 128 MiB of 64-bit floats


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What a batched check found.

    Attributes:
        derivation, device: what was checked, and where.
        ok: whether every line holds at every draw, to `derive.verify.worlds.TOLERANCE`.
        draws: draws at each setting.
        checks: a line at a setting at a draw, counted.
        looped: settings whose oracle could not be mapped and ran draw by draw.
        worst_error: of all checks, beside the size of the right side.
        seconds: all of it; ``drawing`` the part in which the inputs were drawn.
        message: the first line that fails, and where.
    """

    derivation: str
    ok: bool
    device: str
    draws: int
    checks: int
    looped: int
    worst_error: float
    seconds: float
    drawing: float
    message: str = ""

    def record(self) -> dict[str, Any]:
        """The fields as a JSON object."""
        return asdict(self)


def verify_batched(derivation: Derivation, device: str = "auto", draws: int = DRAWS) -> BatchReport:
    """Check every line of a derivation at each of its settings with many draws in one batch; no mutants are tried.

    Args:
        derivation: what to check.
        device: ``auto``, ``cpu`` or ``cuda``.
        draws: inputs drawn at each setting; the first three are those of `derive.verify.check.verify`.

    Raises:
        OracleError: the oracle does not fit the derivation.
        ImportError: torch is missing.
    """
    torch, where, begin = torch_module(), device_named(device), time.perf_counter()
    run = _Run(torch, where, draws)
    for claim in claims(derivation):
        run.claim(claim)
    return BatchReport(
        derivation.name, not run.message, where, draws, run.checks, run.looped, run.worst,
        round(time.perf_counter() - begin, 4), round(run.drawing, 4), run.message,
    )  # fmt: skip


def attempted(derivation: Derivation, device: str = "auto", draws: int = DRAWS) -> BatchReport:
    """`verify_batched` for one of many: an oracle that cannot run on this device or torch fails alone, with its error told.

    Raises:
        ImportError: torch is missing.
    """
    torch_module()
    where, begin = device_named(device), time.perf_counter()
    try:
        return verify_batched(derivation, where, draws)
    except Exception as error:
        told, seconds = f"{type(error).__name__}: {error}"[:500], round(time.perf_counter() - begin, 4)
        return BatchReport(derivation.name, False, where, draws, 0, 0, 0.0, seconds, 0.0, told)


class _Run:
    """One check, with what it has found so far."""

    def __init__(self, torch: Any, device: str, draws: int) -> None:
        self.torch, self.device, self.draws = torch, device, draws
        self.checks, self.looped, self.worst, self.drawing, self.message = 0, 0, 0.0, 0.0, ""

    def claim(self, claim: Claim) -> None:
        """Check its lines at every setting."""
        d = claim.derivation
        for number, sizes in enumerate((*d.settings, *d.boundary)):
            functions = stand_ins(d, number)
            inputs, tensors = self._drawn(d, sizes)
            arrays, mapped = batched_truth(d, inputs, tensors, sizes, self.torch, functions, self.device)
            self.looped += not mapped
            self._errors(claim, sizes, arrays, functions)

    def _drawn(self, d: Derivation, sizes: Mapping[str, int]) -> tuple[list[dict[str, Array]], dict[str, Any]]:
        """The first draws, and all of them stacked: `LOOPED` are those of one draw at a time, the others drawn at once."""
        begin, first = time.perf_counter(), draw(d, sizes, 0)
        inputs = [first, *(draw(d, sizes, seed) for seed in range(1, min(self.draws, LOOPED) if first else 1))]
        more = draw_many(d, sizes, len(inputs), max(self.draws - len(inputs), 0))
        stacked = {n: np.concatenate([np.stack([drawn[n] for drawn in inputs]), more[n]]) for n in first}
        tensors = {n: self.torch.tensor(v, dtype=self.torch.float64, device=self.device) for n, v in stacked.items()}
        self.drawing += time.perf_counter() - begin
        return inputs, tensors

    def _errors(
        self, claim: Claim, sizes: Mapping[str, int], arrays: Mapping[str, Any], functions: Mapping[str, str]
    ) -> None:
        """The errors of all lines at a setting, read off the device once."""
        rows = [self._line(line, claim.mode, sizes, arrays, functions) for _, line in claim.lines]
        if not rows:
            return
        errors = self.torch.stack(rows).cpu().numpy()
        self.checks += errors.size
        finite = errors[np.isfinite(errors)]
        self.worst = max(self.worst, float(finite.max(initial=0.0)))
        for (number, line), row in zip(claim.lines, errors, strict=True):
            if not self.message and not (row <= TOLERANCE).all():
                off = f"line {number} ({line.rule.name}) is off by {row.max():.3g}"
                self.message = f"{off} at {dict(sizes)}, draw {int((~(row <= TOLERANCE)).argmax())}"

    def _line(
        self, line: Line, mode: str, sizes: Mapping[str, int], arrays: Mapping[str, Any], functions: Mapping[str, str]
    ) -> Any:
        relation = line.relation

        def side(side: Side) -> Any:
            def one(machine: Machine, given: Mapping[str, Any]) -> Any:
                return side_tensor(machine, side, relation.frame, sizes, given)

            return over_draws(one, arrays, self.torch, self.device, functions)

        sides = [side(s) for s in relation.sides]
        pairs = zip(sides, relation.ops, sides[1:], strict=False)
        worst = self.torch.stack([_gap(left, op, right, self.torch) for left, op, right in pairs]).amax(dim=0)
        if mode == "iff":
            agrees = (worst <= TOLERANCE) == (arrays["truth"] != 0)
            return self.torch.where(agrees, 0.0, float("inf")).to(worst.dtype)
        return worst


def over_draws(
    one: Callable[[Machine, Mapping[str, Any]], Any],
    arrays: Mapping[str, Any],
    torch: Any,
    device: str,
    functions: Mapping[str, str],
    dtype: Any = None,
    bits: int = 0,
) -> Any:
    """A function of one draw's arrays at every draw: in one pass, or in as many as memory asks for."""
    known, draws = smooth(functions, torch), len(next(iter(arrays.values())))
    try:
        machine = Machine(torch, device, dtype, max(ROOM // draws, 1), known, bits)
        return torch.func.vmap(lambda given: one(machine, given))(dict(arrays))
    except TooLarge as large:
        machine = Machine(torch, device, dtype, functions=known, bits=bits)
        size = max(ROOM // (2 * large.cells), 1)
        return torch.func.vmap(lambda given: one(machine, given), chunk_size=min(size, draws))(dict(arrays))


def _gap(left: Any, op: str, right: Any, torch: Any) -> Any:
    """`derive.verify.worlds.pair_error` at every draw."""
    draws = len(left)
    if left.shape != right.shape:
        return torch.full((draws,), float("inf"), dtype=left.dtype, device=left.device)
    left, right = left.reshape(draws, -1), right.reshape(draws, -1)
    if not left.shape[1]:
        return torch.zeros(draws, dtype=left.dtype, device=left.device)
    gap = left - right if op in ("<", "<=") else right - left if op in (">", ">=") else (left - right).abs()
    found = gap.amax(dim=1).clamp(min=0) / right.abs().amax(dim=1).clamp(min=1)
    bad = ~(torch.isfinite(left).all(dim=1) & torch.isfinite(right).all(dim=1))
    if op in ("<", ">"):
        bad = bad | ~(gap < 0).all(dim=1)
    return torch.where(bad, float("inf"), found)


def agree(first: Sequence[BatchReport], second: Sequence[BatchReport]) -> list[str]:
    """The derivations of which two devices say different things."""
    return [a.derivation for a, b in zip(first, second, strict=True) if a.ok != b.ok or a.checks != b.checks]
