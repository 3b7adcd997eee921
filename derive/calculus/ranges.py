"""What the ranges of letters imply: is an affine value never negative?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derive.calculus.affine import ONE, Affine, Letter
from derive.calculus.atoms import Bound

Ranges = Mapping[Letter, tuple[Affine, Affine]]


def ranges_of(bounds: Sequence[Bound]) -> dict[Letter, tuple[Affine, Affine]]:
    """Letter → (low, high), in order."""
    return {b.letter: (b.low, b.high) for b in bounds}


def implied(
    nonneg: Affine, ranges: Ranges, facts: Sequence[Affine] = (), dims: frozenset[Letter] = frozenset()
) -> bool:
    """Whether ``nonneg >= 0`` wherever every letter is in its range and every dimension is at least 1.

    Sound, not complete: True is a proof. ``facts`` are affine values known not to be negative. Dimensions are the
    letters that ranges are made of, and those of ``dims``; of any other letter nothing is known.

    >>> N, K, i, u = map(Affine.of, "NKiu")
    >>> inside = {Letter("i"): (Affine.of(0), N - K + 1), Letter("u"): (Affine.of(0), K)}
    >>> implied(N - 1 - i - u, inside), implied(i - u, inside)
    (True, False)
    """
    edges = (a for pair in ranges.values() for a in pair)
    known = dims.union(*(a.letters for a in edges)) - set(ranges)
    least = _least(nonneg, ranges, known)
    if least is None:
        return False
    return any(_plainly(least - given, known) for given in (Affine(()), *facts))


def _least(value: Affine, ranges: Ranges, dims: frozenset[Letter]) -> Affine | None:
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


def _plainly(value: Affine, dims: frozenset[Letter]) -> bool:
    """Non-negative because every dimension is at least 1 and nothing is subtracted after shifting them to 0."""
    if not value.letters <= dims:
        return False
    shifted = value.subs({x: Affine.of(x) + ONE for x in value.letters})
    return all(c >= 0 for _, c in shifted.terms)
