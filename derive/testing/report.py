"""What a check of a formula against code found, as a message and as a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.calculus.fields import Array
from derive.testing.differences import TOLERANCE, World, vanishes

SHOWN = 5
ROUNDED = (
    "  They agree to 6 digits: does the code compute in float32, has the formula rounded numbers, or a small one, an ε,"
    " at another place?"
)


@dataclass(frozen=True)
class GradientReport:
    """What a check found.

    Attributes:
        ok: whether the formula is what torch computes, at every size and draw.
        wrt, code, reading: the name, the code's name, and the formula as it was understood.
        sizes: the sizes that were tried.
        draws, seed, device: how often each was drawn, from which seed, and where torch ran.
        error: the largest relative error.
        failure: the smallest world that shows a difference, with the formula's array; None where there is none.
        explanations: changes of the formula that make it agree everywhere.
        first: the smallest world that fails, where ``failure`` is a larger one that tells more.
        unseen: what no draw showed: the other side of a kink, sizes at which the code does not run.
        far: further sizes, at which it was compared once.
    """

    ok: bool
    wrt: str
    code: str
    reading: str
    sizes: tuple[Mapping[str, int], ...]
    draws: int
    seed: int
    device: str
    error: float
    failure: tuple[World, Array] | None = None
    explanations: tuple[str, ...] = ()
    first: World | None = None
    unseen: tuple[str, ...] = ()
    far: tuple[Mapping[str, int], ...] = ()

    def record(self) -> dict[str, Any]:
        """The same as a JSON object."""
        shown = self.failure
        return {
            "ok": self.ok, "wrt": self.wrt, "code": self.code, "reading": self.reading, "sizes": list(self.sizes),
            "draws": self.draws, "seed": self.seed, "device": self.device, "error": self.error,
            "failure": shown and {
                "sizes": shown[0].sizes, "formula": shown[1].tolist(), "torch": shown[0].torch.tolist()
            },
            "explanations": list(self.explanations), "unseen": list(self.unseen),
            "far": list(self.far),
        }  # fmt: skip

    def __str__(self) -> str:
        if self.ok:
            at = "; ".join(written_sizes(s) for s in self.sizes)
            far = "".join(f"; {written_sizes(s)}" for s in self.far)
            right = f"∂/∂{self.wrt} of {self.code} is right (error {self.error:.1g}) at {at}, {self.draws} draws each"
            return "\n".join([right + (f", and once at{far[1:]}" if far else ""), *(f"  {x}" for x in self.unseen)])
        assert self.failure is not None
        return "\n".join(_told(self, *self.failure))


def written_sizes(sizes: Mapping[str, int]) -> str:
    """``n = 3, d = 2``."""
    return ", ".join(f"{n} = {v}" for n, v in sizes.items()) or "its one size"


def _told(report: GradientReport, world: World, ours: Array) -> list[str]:
    lines = [
        f"the formula for the derivative in {report.wrt} is not that of {report.code}",
        f"  read as: {report.reading}",
        f"  smallest case that shows it: {written_sizes(world.sizes)} ({_drawn(world)}, {report.device}, float64)",
    ]
    if report.first is not None and report.first.sizes != world.sizes:
        why = ", but torch's derivative is 0 there" if vanishes(report.first.torch, report.first.least) else ""
        lines.append(f"  at {written_sizes(report.first.sizes)} it fails too{why}")
    if ours.shape != world.torch.shape:
        lines.append(f"  the formula has the shape {ours.shape}, torch's derivative {world.torch.shape}")
    else:
        lines += _entries(ours, world.torch, world.least)
    lines += [f"  {text}" for text in report.explanations[:3]]
    if not report.explanations:
        lines.append("  No single change (sign, factor, mean for sum, transpose, missing slope, index) mends it.")
    return lines


def _drawn(world: World) -> str:
    scaled = f", real inputs times {world.scale:g}" if world.scale != 1 else ""
    put = "".join(
        f", {n} = {v:g} in place of the given number" if n.isidentifier() else f", {v:g} in place of {n} in both"
        for n, v in world.put.items()
    )
    return f"seed {world.seed}{scaled}{put}"


def _entries(ours: Array, right: Array, least: float) -> list[str]:
    gap, size = np.abs(ours - right), float(np.abs(right).max())
    wrong = np.argwhere(~(gap <= TOLERANCE * max(least, size)))
    digits = 8 if gap.max() > 1e-6 * size else 16
    lines = [f"  {len(wrong)} of {right.size} entries differ (indices count from 0):"]
    for place in map(tuple, wrong[:SHOWN]):
        a, b = float(ours[place]), float(right[place])
        shown = digits if a and abs(b / a - 1) < 1e-3 else digits - 2
        ratio = f"   torch = {b / a:.{shown}g} × formula" if a and abs(b) > 1e-12 * abs(a) else ""
        at = f"[{', '.join(map(str, place))}]" if place else "the value"
        lines.append(f"    {at:>10}   formula {a: .{digits}g}   torch {b: .{digits}g}{ratio}")
    lines += [f"    … and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else []
    return lines + ([ROUNDED] if digits > 8 else [])
