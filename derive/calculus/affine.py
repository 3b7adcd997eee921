"""Affine indices: integer polynomials in index letters and dimension letters.

An index such as ``2*i + u - 1`` or ``s*i + u`` and a dimension such as ``N - K + 1`` are the same kind of value.
Everything counts from 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache, reduce
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_fresh = count(1)


@dataclass(frozen=True, slots=True, order=True)
class Letter:
    """An index letter or a dimension letter; ``uid`` 0 is the user's own, any other is bound and globally fresh.

    >>> Letter("i") == Letter("i"), fresh("i") == fresh("i")
    (True, False)
    """

    name: str
    uid: int = 0

    def __repr__(self) -> str:
        return self.name if not self.uid else f"{self.name}'{self.uid}"


def fresh(like: str | Letter) -> Letter:
    """A bound letter that no other expression uses; capture is therefore impossible."""
    return Letter(like.name if isinstance(like, Letter) else like, next(_fresh))


Monomial = tuple[Letter, ...]
AffineLike = "Affine | Letter | int | str"


@dataclass(frozen=True, eq=False, repr=False)
class Affine:
    """An integer polynomial in letters, in normal form (sorted, no zero coefficients).

    >>> i, u = Affine.of("i"), Affine.of("u")
    >>> 2 * i + u - 1 - u
    2*i - 1
    """

    terms: tuple[tuple[Monomial, int], ...]

    @staticmethod
    def of(value: Affine | Letter | int | str) -> Affine:
        """The affine value of an integer, a letter, or a letter's name."""
        if isinstance(value, Affine):
            return value
        if isinstance(value, int):
            return _integer(int(value))
        return _single(value if isinstance(value, Letter) else Letter(value))

    @staticmethod
    def collect(pairs: Iterable[tuple[Monomial, int]]) -> Affine:
        """Add monomials up: the only place where the normal form is made."""
        sums: dict[Monomial, int] = {}
        for monomial, coefficient in pairs:
            sums[monomial] = sums.get(monomial, 0) + coefficient
        kept = [pair for pair in sums.items() if pair[1]]
        if len(kept) > 1:
            kept.sort(key=_place)
        return Affine(tuple(kept))

    def __hash__(self) -> int:
        memory = self.__dict__
        if "_hash" not in memory:  # a cached property takes a lock
            memory["_hash"] = hash(self.terms)
        found: int = memory["_hash"]
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Affine) and self.terms == other.terms

    def __add__(self, other: Affine | Letter | int) -> Affine:
        other = Affine.of(other)
        if not (self.terms and other.terms):
            return self if self.terms else other
        return Affine.collect((*self.terms, *other.terms))

    __radd__ = __add__

    def __neg__(self) -> Affine:
        return Affine(tuple((m, -c) for m, c in self.terms))

    def __sub__(self, other: Affine | Letter | int) -> Affine:
        return self + -Affine.of(other)

    def __rsub__(self, other: Affine | Letter | int) -> Affine:
        return Affine.of(other) + -self

    def __mul__(self, other: Affine | Letter | int) -> Affine:
        if isinstance(other, int):
            return self._times(other)
        rhs = Affine.of(other).terms
        return Affine.collect((tuple(sorted(m + n)), c * d) for m, c in self.terms for n, d in rhs)

    __rmul__ = __mul__

    def _times(self, factor: int) -> Affine:
        if factor in (0, 1):
            return self if factor else ZERO
        return Affine(tuple((m, c * factor) for m, c in self.terms))

    @cached_property
    def letters(self) -> frozenset[Letter]:
        """Every letter that occurs."""
        return frozenset(letter for monomial, _ in self.terms for letter in monomial)

    @property
    def constant(self) -> int | None:
        """The integer this is, or None where a letter occurs."""
        if not self.terms:
            return 0
        return self.terms[0][1] if self.terms[0][0] == () else None

    @property
    def letter(self) -> Letter | None:
        """The letter this is, or None where it is anything else."""
        if len(self.terms) != 1:
            return None
        ((monomial, c),) = self.terms
        return monomial[0] if c == 1 and len(monomial) == 1 else None

    def split(self, letter: Letter) -> tuple[Affine, Affine] | None:
        """``(a, b)`` with ``self = a*letter + b`` and no ``letter`` in either, or None where it is not linear.

        >>> (Affine.of("s") * Affine.of("i") + 3).split(Letter("i"))
        (s, 3)
        """
        if letter not in self.letters:
            return ZERO, self
        slope: list[tuple[Monomial, int]] = []
        rest: list[tuple[Monomial, int]] = []
        for monomial, c in self.terms:
            times = monomial.count(letter)
            if times > 1:
                return None
            (slope if times else rest).append((tuple(x for x in monomial if x != letter), c))
        return Affine.collect(slope), Affine.collect(rest)

    def subs(self, values: Mapping[Letter, Affine]) -> Affine:
        """Put affine values for letters, all at once."""
        if self.letters.isdisjoint(values):
            return self
        alone = self.letter
        if alone is not None:
            return values[alone]
        pairs: list[tuple[Monomial, int]] = []
        for monomial, c in self.terms:
            put = [values[x] for x in monomial if x in values]
            kept = Affine(((tuple(x for x in monomial if x not in values), c),))
            pairs += reduce(Affine.__mul__, put, kept).terms
        return Affine.collect(pairs)

    def at(self, values: Mapping[Letter, int]) -> int:
        """The integer this is worth when every letter has a value; KeyError names a letter without one."""
        total = 0
        for monomial, c in self.terms:
            for letter in monomial:
                c *= values[letter]
            total += c
        return total

    def __repr__(self) -> str:
        ordered = sorted(self.terms, key=lambda t: (not t[0], t[1] < 0))
        parts = [_signed("*".join(map(repr, m)), c) for m, c in ordered]
        return "".join(parts).removeprefix(" + ").replace(" - ", "-", 1 if parts and parts[0][1] == "-" else 0) or "0"


def _place(pair: tuple[Monomial, int]) -> tuple[int, Monomial]:
    """Where a monomial stands: those of most letters first."""
    return -len(pair[0]), pair[0]


@lru_cache(maxsize=4096)
def _integer(value: int) -> Affine:
    return Affine((((), value),) if value else ())


@lru_cache(maxsize=4096)
def _single(letter: Letter) -> Affine:
    return Affine((((letter,), 1),))


def _signed(monomial: str, coefficient: int) -> str:
    size = abs(coefficient)
    body = monomial if monomial and size == 1 else f"{size}*{monomial}" if monomial else str(size)
    return (" - " if coefficient < 0 else " + ") + body


ZERO = Affine(())
ONE = Affine.of(1)
