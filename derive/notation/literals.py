"""Arrays that are written out, and parts of arrays."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from derive.calculus.affine import Affine
from derive.calculus.atoms import Condition
from derive.calculus.expr import ONE, ZERO, Expr, add
from derive.calculus.substitute import bracket
from derive.notation.arrays import Value
from derive.notation.conditions import conjunction


def all_equal(indices: Sequence[Affine]) -> Expr:
    """1 where all indices are the same."""
    result = ONE
    for a, b in pairwise(indices):
        result = result * bracket(a - b)
    return result


def plain(branches: Sequence[tuple[Condition | Expr, Expr]]) -> list[tuple[Condition, Expr]]:
    """Branches whose conditions are conditions."""
    return [(c if not isinstance(c, Expr) else conjunction(c), e) for c, e in branches]


def listed(items: Sequence[Expr]) -> Value:
    """A column of given entries."""
    return Value((Affine.of(len(items)),), lambda i: pick(items, i))


def pick(items: Sequence[Expr], at: Affine) -> Expr:
    """The entry of a list at an index that may be a letter."""
    fixed = at.constant
    if fixed is not None:
        return items[fixed] if 0 <= fixed < len(items) else ZERO
    return add([_mark(at, k) * item for k, item in enumerate(items)])


@lru_cache(maxsize=256)
def _mark(at: Affine, k: int) -> Expr:
    """1 where an index is a number."""
    return bracket(at - k)


Place = Affine | tuple[Affine, Affine, int]  # an index, or a slice: its first place, its length, its step


def sliced(base: Value, places: Sequence[Place]) -> Value:
    """Fixed places fall away, slices shift or turn round, missing slots stay whole."""
    fixed = list(places) + [(Affine.of(0), d, 1) for d in base.dims[len(places) :]]
    dims = tuple(p[1] for p in fixed if isinstance(p, tuple))

    def at(*i: Affine) -> Expr:
        free = iter(i)
        return base.at(*(p[0] + next(free) * p[2] if isinstance(p, tuple) else p for p in fixed))

    return Value(dims, at, row=base.rank == 1 and base.row and bool(dims))


def last_place(text: str) -> Fraction:
    """The unit in the last place of a decimal as typed.

    >>> last_place("3.14"), last_place("2.5e-3")
    (Fraction(1, 100), Fraction(1, 10000))
    """
    digits, _, exponent = text.lower().partition("e")
    return Fraction(10) ** (int(exponent or 0) - len(digits.partition(".")[2]))
