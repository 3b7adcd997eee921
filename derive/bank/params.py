"""Parameters of a problem: a variant is a pure function of the problem's name and a seed, on every platform."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TRIES = 1000


class Stream:
    """Pseudo-random integers from SHA-256, so that no library's generator decides a variant.

    >>> Stream("conv", 7).below(10) == Stream("conv", 7).below(10)
    True
    """

    def __init__(self, *key: object) -> None:
        self.key, self.count = "|".join(map(str, key)), 0

    def below(self, n: int) -> int:
        """An integer from 0 to n − 1."""
        self.count += 1
        digest = hashlib.sha256(f"{self.key}|{self.count}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % n


@dataclass(frozen=True, slots=True)
class Integers:
    """Whole numbers from ``low`` to ``high``, both included."""

    low: int
    high: int

    def draw(self, stream: Stream) -> int:
        """One of them."""
        return self.low + stream.below(self.high - self.low + 1)


@dataclass(frozen=True)
class OneOf:
    """One of the given values."""

    values: Sequence[Any]

    def draw(self, stream: Stream) -> Any:
        """One of them."""
        return self.values[stream.below(len(self.values))]


Parameter = Integers | OneOf


def draw_all(
    params: Mapping[str, Parameter], where: Callable[[Mapping[str, Any]], bool] | None, name: str, seed: int
) -> dict[str, Any]:
    """Values for all parameters that satisfy ``where``.

    Raises:
        ValueError: none was found in a thousand tries.
    """
    for attempt in range(TRIES):
        values = {k: p.draw(Stream(name, seed, attempt, k)) for k, p in params.items()}
        if where is None or where(values):
            return values
    raise ValueError(f"no values in {TRIES} tries satisfy the problem's where=")
