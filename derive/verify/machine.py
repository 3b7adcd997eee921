"""Where and how tensors are computed, and the scalar functions that are computed there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2
from typing import Any

import numpy as np


class TooLarge(Exception):
    """A sum has more cells than there is room for; ``cells`` says how many."""

    def __init__(self, cells: int) -> None:
        super().__init__(f"a sum over {cells:,} cells")
        self.cells = cells


@dataclass(frozen=True)
class Machine:
    """Where and how tensors are computed.

    Attributes:
        room: the number of cells that one draw may fill.
        functions: what stands for an unknown function, with its derivatives.
        bits: what the factors of a sum of products are rounded to, as tensor cores round them; 0 for nothing.
    """

    torch: Any
    device: str = "cpu"
    dtype: Any = None
    room: int = 1 << 40
    functions: Mapping[str, Sequence[Callable[[Any], Any]]] = field(default_factory=dict)
    bits: int = 0

    def tensor(self, values: Any, dtype: Any = None) -> Any:
        """The values on the device; bools and places keep their type."""
        return self.torch.as_tensor(values, dtype=dtype, device=self.device)

    def number(self, value: Any) -> Any:
        """A number, or an array of whole numbers, in this precision."""
        return self.tensor(np.asarray(value, dtype=float), self.dtype or self.torch.float64)


def rounded(values: Any, bits: int, torch: Any) -> Any:
    """Floats to the nearest with so many bits in the significand; the largest and what is no number stay.

    >>> import torch
    >>> rounded(torch.tensor([1.0, 1 + 2.0**-10, 1 + 2.0**-12]), 11, torch)
    tensor([1.0000, 1.0010, 1.0000])
    """
    far = values * (2 ** (1 - round(log2(torch.finfo(values.dtype).eps)) - bits) + 1)
    near = far - (far - values)
    return torch.where(torch.isfinite(near), near, values)


def operators(machine: Machine) -> dict[str, Callable[..., Any]]:
    """The scalar functions that torch has; the others are unfolded."""
    torch = machine.torch
    same = (
        "exp",
        "log",
        "sin",
        "cos",
        "tan",
        "sinh",
        "cosh",
        "tanh",
        "sigmoid",
        "relu",
        "abs",
        "sign",
        "floor",
        "ceil",
    )
    return {
        **{name: getattr(torch, name) for name in (*same, "erf")},
        **{
            "arctan": torch.atan,
            "arcsin": torch.asin,
            "arccos": torch.acos,
            "max": torch.maximum,
            "min": torch.minimum,
        },
        "softplus": lambda z: torch.logaddexp(torch.zeros_like(z), z),
        "pi": lambda: machine.number(np.pi),
        "e": lambda: machine.number(np.e),
    }


def smooth(chosen: Mapping[str, str], torch: Any) -> dict[str, Sequence[Callable[[Any], Any]]]:
    """Unknown function → the one that stands for it with its derivatives (`derive.verify.stand_ins`), for tensors."""
    logistic, tanh = torch.sigmoid, torch.tanh
    known: dict[str, Sequence[Callable[[Any], Any]]] = {
        "sin": (torch.sin, torch.cos, lambda z: -torch.sin(z)),
        "softplus": (
            lambda z: torch.logaddexp(z, torch.zeros_like(z)), logistic, lambda z: logistic(z) * logistic(-z),
        ),
        "tanh": (tanh, lambda z: torch.cosh(z) ** -2.0, lambda z: -2 * tanh(z) * torch.cosh(z) ** -2.0),
    }  # fmt: skip
    return {name: known[f] for name, f in chosen.items()}
