"""Which assumed signs contradict each other: positive sums of what is above 0 that cannot be above 0."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations

from flint import fmpq_mpoly

MOST = 60


def contradictory(above: Sequence[fmpq_mpoly], positive: Collection[int]) -> bool:
    """Whether polynomials cannot all be above 0, by adding two of them so that a monomial goes, and again.

    Args:
        above: what is assumed to be above 0.
        positive: the generators that are never negative.

    >>> from derive.grading.rational import GENERATORS
    >>> r, d = GENERATORS[:2]
    >>> contradictory([r - d, -r - d], {1}), contradictory([r - d, r + d], {1})
    (True, False)
    """
    known = list(above)
    for _ in range(2):
        if any(_never_above(p, positive) for p in known):
            return True
        found = [sum_ for p, q in combinations(known, 2) for sum_ in _sums(p, q)]
        known = [*above, *found][:MOST]
    return any(_never_above(p, positive) for p in known)


def _sums(p: fmpq_mpoly, q: fmpq_mpoly) -> list[fmpq_mpoly]:
    """The sums of positive multiples of two polynomials that lose a monomial by it."""
    ours, theirs = p.to_dict(), q.to_dict()
    return [p * abs(theirs[m]) + q * abs(c) for m, c in ours.items() if m in theirs and (c > 0) != (theirs[m] > 0)]


def _never_above(poly: fmpq_mpoly, positive: Collection[int]) -> bool:
    """Whether no term is above 0 anywhere."""
    return all(
        c < 0 and not any(e % 2 and k not in positive for k, e in enumerate(exponents))
        for exponents, c in poly.to_dict().items()
    )
