"""A deterministic stream of choices, and the moods in which numbers are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
PRIMES = (61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113)
_SIMPLE_SHARES = (Fraction(1, 2), Fraction(1, 3), Fraction(1, 4), Fraction(2, 5), Fraction(3, 4))
_MASK = (1 << 64) - 1


class Stream:
    """Choices that depend on nothing but the words it was started with.

    >>> Stream("a", 1).below(1000) == Stream("a", 1).below(1000)
    True
    """

    def __init__(self, *words: object) -> None:
        text = "\x1f".join(map(str, words)).encode("utf-8", "surrogatepass")
        self.state = int.from_bytes(blake2b(text, digest_size=8).digest(), "big")

    def bits(self) -> int:
        """64 fresh bits (splitmix64)."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & _MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return z ^ (z >> 31)

    def below(self, n: int) -> int:
        """A whole number from 0 to n − 1."""
        return self.bits() % n

    def choice(self, values: Sequence[T]) -> T:
        """One of the values."""
        return values[self.below(len(values))]


@dataclass(frozen=True, slots=True)
class Mood:
    """How numbers are drawn.

    ``kind`` is ``simple``, ``generic``, ``ties`` or, for whole numbers, ``fixed``; ``signs`` ``+``, ``-``, ``±``.
    Only ``generic`` moods count as evidence; the others find differences that a person can check by hand.
    """

    kind: str = "generic"
    scale: Fraction = Fraction(1)
    signs: str = "±"

    def scaled(self, scale: Fraction) -> Mood:
        """The same mood at another magnitude."""
        return replace(self, scale=scale)

    def real(self, stream: Stream) -> Fraction:
        """Any real number."""
        size = self.positive(stream)
        if self.kind == "ties":
            size = stream.choice((Fraction(0), self.scale, self.scale))
        if self.signs == "±":
            return -size if stream.below(2) else size
        return size if self.signs == "+" else -size

    def positive(self, stream: Stream) -> Fraction:
        """A positive number."""
        if self.kind == "simple":
            return (1 + stream.below(5)) * self.scale
        if self.kind == "ties":
            return stream.choice((Fraction(1), Fraction(1), Fraction(2))) * self.scale
        prime = stream.choice(PRIMES)
        return Fraction(20 + stream.below(3 * prime), prime) * self.scale

    def unit(self, stream: Stream) -> Fraction:
        """A number between 0 and 1, near one of them where the mood's scale is far from 1."""
        if self.kind == "simple":
            middle = stream.choice(_SIMPLE_SHARES)
        elif self.kind == "ties":
            middle = Fraction(1, 2)
        else:
            prime = stream.choice(PRIMES)
            middle = Fraction(1 + stream.below(prime - 1), prime)
        if self.scale < 1:
            return middle * self.scale
        return 1 - middle / self.scale if self.scale > 1 else middle

    def whole(self, stream: Stream) -> int:
        """Any integer."""
        if self.kind == "fixed":
            return int(self.scale)
        size = stream.below(2 + self._reach()) if self.kind != "simple" else 1 + stream.below(4)
        return -size if self.signs == "-" or (self.signs == "±" and stream.below(2)) else size

    def count(self, stream: Stream) -> int:
        """A positive integer."""
        if self.kind == "fixed":
            return int(self.scale)
        if self.kind == "simple":
            return 2 + stream.below(4)
        if self.kind == "ties":
            return 1 + stream.below(2)
        return 1 + stream.below(self._reach())

    def _reach(self) -> int:
        return 12 if self.scale <= 1 else min(int(12 * self.scale), 100_000)
