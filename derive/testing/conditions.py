"""On which sides of its own conditions a formula stands: what no draw meets says nothing of what holds there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from math import prod

from derive.calculus.affine import Affine
from derive.calculus.atoms import Bound, Cases, Compare, Condition, Indicator, Reduce
from derive.calculus.expr import Expr, expr
from derive.calculus.fields import Array
from derive.calculus.substitute import children, names, subs
from derive.notation.index_text import to_text
from derive.testing.formula import Formula, values_of
from derive.verify.draw import dims
from derive.verify.kinks import Sides

MOST = 50_000  # entries of a condition


def formula_sides(formula: Formula, arrays: Mapping[str, Array], sizes: Mapping[str, int]) -> Sides:
    """Whether each condition between values holds somewhere, and whether it fails somewhere; none of a function's.

    >>> import numpy as np
    >>> from derive.testing.formula import formula_of
    >>> from derive.testing.given import given_of
    >>> z = {"z": given_of("z", ("n",))}
    >>> found = formula_of("z_bar[i] = where(z[i] > 15, 1, 0)", "index", z, "z", 0)
    >>> formula_sides(found, {"z": np.array([1.0, 20.0])}, {"n": 2}) == {(-1, "z[i] > 15"): frozenset({True, False})}
    True
    """
    if formula.body is None:
        return {}
    found: dict[tuple[int, str], frozenset[bool]] = {}
    for k, (condition, bounds) in zip(count(1), _conditions(formula.body, formula.frame), strict=False):
        holds = _holds(condition, bounds, arrays, sizes)
        if holds:
            found[-k, to_text(expr(Indicator(condition)))[1:-1]] = holds
    return found


def _conditions(value: Expr, bounds: tuple[Bound, ...]) -> Iterator[tuple[Compare, tuple[Bound, ...]]]:
    """The comparisons of values, each with the ranges around it."""
    for term in value.terms:
        inner = (*bounds, *term.bounds)
        for atom, _ in term.factors:
            own = [atom.condition] if isinstance(atom, Indicator) else []
            own += [c for c, _ in atom.branches] if isinstance(atom, Cases) else []
            yield from ((c, inner) for o in own for c in _compared(o) if names(c.left) or names(c.right))
            for child in children(atom):
                yield from _conditions(child, (*inner, atom.bound) if isinstance(atom, Reduce) else inner)


def _compared(condition: Condition) -> Iterator[Compare]:
    if isinstance(condition, Compare):
        yield condition
    else:
        for part in condition.parts:
            yield from _compared(part)


def _holds(
    condition: Compare, bounds: tuple[Bound, ...], arrays: Mapping[str, Array], sizes: Mapping[str, int]
) -> frozenset[bool]:
    """The truth values over all entries; none where the ranges depend on each other, or are too many."""
    letters = {b.letter for b in bounds}
    if any(letters & (b.low.letters | b.high.letters) for b in bounds):
        return frozenset()
    moved = {b.letter: b.low + b.letter for b in bounds}
    mark = subs(expr(Indicator(condition)), moved)
    frame = tuple(Bound(b.letter, Affine.of(0), b.high - b.low) for b in bounds)
    if prod((b.high - b.low).at(dims(sizes)) for b in bounds) > MOST:
        return frozenset()
    return frozenset(bool(v) for v in values_of(mark, frame)(arrays, sizes).ravel())
