"""What draws the points that two formulas need: the names, unknown functions and letters in them."""

from __future__ import annotations

from collections.abc import Sequence

from derive.calculus.affine import Affine
from derive.calculus.atoms import Bound
from derive.calculus.expr import Expr
from derive.calculus.functions import DEFINITIONS, functions
from derive.calculus.substitute import free_letters, names
from derive.grading.scalars import TABLE
from derive.grading.space import Sampler, Space


def sampler_of(
    left: Expr, right: Expr, shapes: tuple[tuple[Affine, ...], ...], frame: Sequence[Bound], space: Space
) -> Sampler:
    """What draws the points that two bodies need."""
    found = sorted(names(left) | names(right))
    unknown = sorted(f for f in functions(left) | functions(right) if not _known(f))
    free = {*free_letters(left), *free_letters(right), *(x for s in shapes for a in s for x in a.letters)}
    letters = frozenset(x.name for x in free - {b.letter for b in frame} if not x.uid)
    return space.once(
        ("sampler", *found, None, *unknown, None, letters),
        lambda: Sampler(space, tuple(found), tuple(unknown), letters),
    )


def _known(function: str) -> bool:
    return function in TABLE or function in DEFINITIONS
