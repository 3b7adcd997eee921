"""How many digits formulas lose in 32-bit floats, TF32 and bfloat16: each side of each line against the same in 64 bits.

Inputs are rounded to the short format first and then held to be exact, so that what is lost is lost by the formula. TF32
is emulated, on any device: in a sum of products of arrays each factor is rounded to 11 bits, and the rest is float32.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf, log10
from typing import Any

import numpy as np

from derive.calculus.atoms import Bound
from derive.calculus.fields import Array
from derive.calculus.trace import Line, Relation, Side
from derive.derivations.base import Derivation
from derive.verify.batched import over_draws
from derive.verify.batched_oracle import batched_truth
from derive.verify.draw import draw
from derive.verify.machine import rounded
from derive.verify.oracle import device_named, torch_module
from derive.verify.stand_ins import stand_ins
from derive.verify.tensors import side_tensor

FORMATS = {"float32": 24, "tf32": 11, "bfloat16": 8}  # bits of the significand
KEPT_AS = {"tf32": "float32"}
DRAWS = 32


@dataclass(frozen=True, slots=True)
class Lost:
    """Decimal digits that one side of a line loses.

    Attributes:
        derivation, line, side: which; lines and sides count from 1.
        scale: what its real inputs were multiplied by.
        worst: format → digits lost at the worst entry of the worst draw, of the `available` ones; all of them where the
            value overflows or is no number; None where torch has no such operation in that format.
        middle: format → the same at the middle draw.
    """

    derivation: str
    line: int
    side: int
    scale: float
    worst: Mapping[str, float | None]
    middle: Mapping[str, float | None]

    def record(self) -> dict[str, Any]:
        """The fields as a JSON object."""
        return {
            "derivation": self.derivation, "line": self.line, "side": self.side, "scale": self.scale,
            "worst": dict(self.worst), "middle": dict(self.middle),
        }  # fmt: skip


def available(name: str) -> float:
    """The decimal digits of a format.

    >>> [round(available(name), 1) for name in FORMATS]
    [7.2, 3.3, 2.4]
    """
    return FORMATS[name] * log10(2)


def digits_lost(
    derivation: Derivation,
    device: str = "auto",
    draws: int = DRAWS,
    scale: float = 1.0,
    every: bool = False,
) -> list[Lost]:
    """The digits that the result loses, or every side of every line.

    Args:
        derivation: whose lines.
        device: ``auto``, ``cpu`` or ``cuda``.
        draws: inputs drawn, at its first setting.
        scale: a factor before inputs of the domain ``real``: 30 shows what overflows.
        every: all sides of all lines, in place of the result's last side.
    """
    numbered = list(enumerate(derivation.lines, 1))
    lines = numbered if every else numbered[-1:]
    places = list(_places(lines, every))
    rows = {name: _Format(derivation, name, device_named(device), draws, scale).lost(places) for name in FORMATS}
    return [
        Lost(derivation.name, n, side, scale, *({name: found[k][at] for name, found in rows.items()} for at in (0, 1)))
        for k, (n, side, _) in enumerate(places)
    ]


Place = tuple[int, int, Relation]


def _places(lines: Sequence[tuple[int, Line]], every: bool) -> Iterator[Place]:
    for number, line in lines:
        count = len(line.relation.sides)
        yield from ((number, side, line.relation) for side in (range(1, count + 1) if every else (count,)))


class _Format:
    """A derivation's arrays at one setting, rounded to one format and kept in 64 bits beside it."""

    def __init__(self, derivation: Derivation, name: str, device: str, draws: int, scale: float) -> None:
        self.torch, self.derivation, self.name, self.device = torch_module(), derivation, name, device
        self.short, self.wide = getattr(self.torch, KEPT_AS.get(name, name)), self.torch.float64
        self.bits = FORMATS[name] if name in KEPT_AS else 0
        self.sizes, self.functions = derivation.settings[0], stand_ins(derivation, 0)
        first = draw(derivation, self.sizes, 0)
        several = range(draws if first else 1)
        inputs = [self._rounded(draw(derivation, self.sizes, seed), scale) for seed in several]
        tensors = {n: self._tensor(np.stack([drawn[n] for drawn in inputs])) for n in first}
        arrays, _ = batched_truth(derivation, inputs, tensors, self.sizes, self.torch, self.functions, device)
        self.arrays = {n: self._shortened(v) if v.is_floating_point() else v for n, v in arrays.items()}

    def _tensor(self, values: Array) -> Any:
        return self.torch.tensor(values, dtype=self.wide, device=self.device)

    def _shortened(self, values: Any) -> Any:
        found = values.to(self.short)
        return rounded(found, self.bits, self.torch) if self.bits else found

    def _rounded(self, drawn: Mapping[str, Array], scale: float) -> dict[str, Array]:
        """A draw with its real arrays scaled, every number one of the short format."""
        scales = {n: scale if self.derivation.symbols[n].domain == "real" else 1.0 for n in drawn}
        return {n: self._shortened(self._tensor(v * scales[n])).double().numpy(force=True) for n, v in drawn.items()}

    def lost(self, places: Sequence[Place]) -> list[tuple[float | None, float | None]]:
        """Worst and middle digits lost by each side."""
        return [self._lost(relation.sides[side - 1], relation.frame) for _, side, relation in places]

    def _lost(self, side: Side, frame: Sequence[Bound]) -> tuple[float | None, float | None]:
        try:
            ours = self._side(side, frame, self.short)
        except (RuntimeError, NotImplementedError):  # torch has no such operation in this format
            return None, None
        return lost(ours.to(self.wide), self._side(side, frame, self.wide), self.name)

    def _side(self, side: Side, frame: Sequence[Bound], dtype: Any) -> Any:
        arrays = {n: v.to(dtype) if v.is_floating_point() else v for n, v in self.arrays.items()}
        return over_draws(
            lambda machine, one: side_tensor(machine, side, frame, self.sizes, one),
            arrays, self.torch, self.device, self.functions, dtype, self.bits if dtype is self.short else 0,
        )  # fmt: skip


def lost(ours: Any, right: Any, name: str) -> tuple[float, float]:
    """Digits lost at the worst and the middle draw, beside the largest entry of each: none where the last bit is right."""
    most, draws = available(name), len(right)
    ours, right = ours.reshape(draws, -1), right.reshape(draws, -1)
    if not right.shape[1]:
        return 0.0, 0.0
    error = ((ours - right).abs().amax(dim=1) / right.abs().amax(dim=1).clamp(min=1e-300)).tolist()
    each = sorted(_digits(e, 2.0 ** -FORMATS[name], most) for e in error)
    return each[-1], each[draws // 2]


def _digits(error: float, unit: float, most: float) -> float:
    """A NaN or an infinite error loses all."""
    return round(min(max(log10(error / unit), 0.0), most), 3) if 0 < error < inf else 0.0 if error == 0 else most
