"""Formulas in the form that a definition has and in the form that a program should have: the same, and not in short floats.

That the two forms say the same is no word of this table: a test holds them together in 64 bits, where neither loses much.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.expr import Expr
from derive.notation.index_language import expression
from derive.verify.digits import lost
from derive.verify.machine import Machine
from derive.verify.oracle import torch_module
from derive.verify.tensors import side_tensor

SIZE, DRAWS = 16, 64
FORMATS = ("float32", "bfloat16")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two forms of one function of the vector ``z`` and the indicator ``y``; ``free`` where it is a vector itself."""

    naive: str
    stable: str
    free: str = ""
    scale: float = 1.0
    offset: float = 0.0

    @property
    def forms(self) -> tuple[Expr, Expr]:
        """Both as expressions."""
        frame = self.frame
        naive, stable = (
            expression(t, shapes={"z": "n", "y": "n"}, letters=["n"], frame=frame) for t in (self.naive, self.stable)
        )
        return naive, stable

    @property
    def frame(self) -> tuple[Bound, ...]:
        """The free letter's range."""
        return tuple(Bound(Letter(x), Affine.of(0), Affine.of("n")) for x in self.free)


LARGEST = "amax(z[j], j)"
SHIFTED = f"log(sum(exp(z[i] - {LARGEST}), i))"
MEAN = "sum(z[k], k)/n"
PAIRS: Mapping[str, Pair] = {
    "log-sum-exp": Pair("log(sum(exp(z[i]), i))", f"{LARGEST} + {SHIFTED}", scale=100),
    "softmax": Pair("exp(z[k])/sum(exp(z[i]), i)", f"exp(z[k] - {LARGEST})/sum(exp(z[i] - {LARGEST}), i)", "k", 100),
    "softmax cross-entropy": Pair(
        "-sum(y[k]*log(exp(z[k])/sum(exp(z[i]), i)), k)", f"{SHIFTED} - sum(y[k]*(z[k] - {LARGEST}), k)", scale=100
    ),
    "softplus": Pair("log(1 + exp(z[k]))", "max(z[k], 0) + log(1 + exp(-abs(z[k])))", "k", 100),
    "sigmoid": Pair("exp(z[k])/(1 + exp(z[k]))", "sigmoid(z[k])", "k", 100),
    "sigmoid cross-entropy": Pair(
        "-y[k]*log(sigmoid(z[k])) - (1 - y[k])*log(1 - sigmoid(z[k]))",
        "max(z[k], 0) - y[k]*z[k] + log(1 + exp(-abs(z[k])))", "k", 100,
    ),
    "1 - sigmoid": Pair("1 - sigmoid(z[k])", "sigmoid(-z[k])", "k", 1, 12),
    "tanh": Pair("(exp(z[k]) - exp(-z[k]))/(exp(z[k]) + exp(-z[k]))", "tanh(z[k])", "k", 100),
    "variance": Pair(f"sum(z[i]**2, i)/n - ({MEAN})**2", f"sum((z[i] - {MEAN})**2, i)/n", offset=300),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stability:
    """Digits lost by both forms, at the middle draw, by format."""

    name: str
    naive: Mapping[str, float]
    stable: Mapping[str, float]

    def record(self) -> dict[str, Any]:
        """The fields as a JSON object."""
        return {"formula": self.name, "naive": dict(self.naive), "stable": dict(self.stable)}


def stability(name: str, device: str = "cpu") -> Stability:
    """The digits that both forms of a formula lose; the stable one in 64 bits is what they are held against."""
    found: list[dict[str, float]] = [{}, {}]
    for form in FORMATS:
        arrays = drawn(PAIRS[name], form, device)
        right = both(PAIRS[name], arrays, "float64", device)[1]
        for k, ours in enumerate(both(PAIRS[name], arrays, form, device)):
            found[k][form] = lost(ours.double(), right, form)[1]
    return Stability(name, *found)


def drawn(pair: Pair, form: str, device: str) -> dict[str, Any]:
    """Draws of the vector, numbers of the short format, and an indicator of one place each."""
    torch, rng = torch_module(), np.random.default_rng(0)
    z = torch.tensor(rng.normal(size=(DRAWS, SIZE)) * pair.scale + pair.offset, device=device)
    y = torch.tensor(np.eye(SIZE)[rng.integers(SIZE, size=DRAWS)], device=device)
    return {"z": z.to(getattr(torch, form)).double(), "y": y}


def both(pair: Pair, arrays: Mapping[str, Any], form: str, device: str = "cpu") -> list[Any]:
    """The two forms' values in one format, draws in front."""
    torch = torch_module()
    machine = Machine(torch, device, getattr(torch, form))
    short = {n: v.to(machine.dtype) for n, v in arrays.items()}
    return [
        torch.func.vmap(lambda one, side=side: side_tensor(machine, side, pair.frame, {"n": SIZE}, one))(short)
        for side in pair.forms
    ]
