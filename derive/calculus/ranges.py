"""What the ranges of letters imply: is an affine value never negative?"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from derive.calculus.affine import ONE, Affine, Letter
from derive.calculus.atoms import Bound

Ranges = Mapping[Letter, tuple[Affine, Affine]]


def ranges_of(bounds: Sequence[Bound]) -> dict[Letter, tuple[Affine, Affine]]:
    """Letter → (low, high), in order."""
    return {b.letter: (b.low, b.high) for b in bounds}


@dataclass(frozen=True)
class Given:
    """Affine values known not to be negative; every letter in them is a dimension.

    >>> N, K = map(Affine.of, "NK")
    >>> given = Given((N - 1, N - K))
    >>> given.telling, sorted(given.letters)
    ((N - K,), [K, N])
    """

    facts: tuple[Affine, ...] = ()

    @staticmethod
    def of(facts: Sequence[Affine] | Given) -> Given:
        """What is given, from the values."""
        return facts if isinstance(facts, Given) else Given(tuple(facts))

    @cached_property
    def letters(self) -> frozenset[Letter]:
        """The dimensions that occur."""
        return frozenset[Letter]().union(*(f.letters for f in self.facts))

    @cached_property
    def telling(self) -> tuple[Affine, ...]:
        """What says more than that a dimension is at least 1."""
        return tuple(f for f in self.facts if not _plainly(f, self.letters))


NOTHING_GIVEN = Given()


@dataclass(frozen=True, slots=True)
class _Dimensions:
    """The letters that are dimensions, at least 1: those that ranges are made of, and those that are given."""

    ranges: Ranges
    given: frozenset[Letter]

    def __contains__(self, letter: object) -> bool:
        if letter in self.ranges:
            return False
        return letter in self.given or any(letter in edge.letters for pair in self.ranges.values() for edge in pair)


def implied(
    nonneg: Affine,
    ranges: Ranges,
    facts: Sequence[Affine] | Given = NOTHING_GIVEN,
    dims: frozenset[Letter] = frozenset(),
) -> bool:
    """Whether ``nonneg >= 0`` wherever every letter is in its range and every dimension is at least 1.

    Sound, not complete: True is a proof. ``facts`` are affine values known not to be negative. Dimensions are the
    letters that ranges are made of, and those of ``dims``; of any other letter nothing is known.

    >>> N, K, i, u = map(Affine.of, "NKiu")
    >>> inside = {Letter("i"): (Affine.of(0), N - K + 1), Letter("u"): (Affine.of(0), K)}
    >>> implied(N - 1 - i - u, inside), implied(i - u, inside)
    (True, False)
    """
    known = _Dimensions(ranges, dims)
    least = _least(nonneg, ranges, known)
    if least is None:
        return False
    telling = facts.telling if isinstance(facts, Given) else facts
    return _plainly(least, known) or any(_plainly(least - fact, known) for fact in telling)


def _least(value: Affine, ranges: Ranges, dims: Container[Letter]) -> Affine | None:
    """The smallest value over the ranges, innermost letter first, or None where a slope's sign is unknown."""
    for letter in reversed(list(ranges)):
        if letter not in value.letters:
            continue
        parts = value.split(letter)
        if parts is None:
            return None
        slope, rest = parts
        low, high = ranges[letter]
        if _plainly(slope, dims):
            value = rest + slope * low
        elif _plainly(-slope, dims):
            value = rest + slope * (high - 1)
        else:
            return None
    return value


def _plainly(value: Affine, dims: Container[Letter]) -> bool:
    """Non-negative because every dimension is at least 1 and nothing is subtracted after shifting them to 0."""
    return _shifted_positive(value) and all(x in dims for x in value.letters)


@lru_cache(maxsize=65536)
def _shifted_positive(value: Affine) -> bool:
    shifted = value.subs({x: Affine.of(x) + ONE for x in value.letters})
    return all(c >= 0 for _, c in shifted.terms)
