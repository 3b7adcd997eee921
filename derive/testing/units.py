"""The axes of a formula beside those of its name: those of length 1, and of rows that a left side names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from derive.calculus.affine import Affine, Letter, fresh
from derive.calculus.atoms import Bound
from derive.calculus.expr import Expr
from derive.calculus.substitute import subs
from derive.grading.reading import Formula
from derive.testing.given import BadTest

UNIT = Affine.of(1)


def axes_due(found: Formula, own: Sequence[Affine] | None) -> tuple[Affine, ...]:
    """The axes that a formula has beside those of the name that it is the derivative in.

    Python's are those that NumPy would give. In LaTeX a column is a matrix of one column where the name is a matrix, and a
    matrix of one row and one column is a number where the name is one.

    Args:
        found: the formula, in which no axis of length 1 may be left.
        own: the axes of the name; None where nothing is known of them.
    """
    shape = tuple(found.shape)
    if _without(found.whole) != _without(shape):  # its axes are those of a left side
        return shape
    if found.syntax == "python":
        return tuple(found.whole)
    if own is not None and not _without(own) and not _without(shape):
        return tuple(own)
    if len(shape) == 1 and (len(found.whole) == 2 if own is None else len(own) == 2):
        return (UNIT, *shape) if found.row else (*shape, UNIT)
    return shape


def by_rows(found: Formula, letters: Mapping[str, str], own: Sequence[Affine], wrt: str) -> Formula:
    """A formula of one row, or of one column, as one of them all: the left side has its index alone.

    Args:
        found: the formula.
        letters: those of the left side, with the axes over which they run.
        own: the axes of the name that it is the derivative in.
        wrt: this name.

    Raises:
        BadTest: it has fewer axes than a row.
    """
    count = len(letters)
    if not 0 < count < len(own):
        return found
    if len(found.whole) != len(own) - count:
        given = f"{count} {'index' if count == 1 else 'indices'}, and its shape has {len(own)}"
        raise BadTest(f"the left side gives {wrt} {given}: write one letter for each axis")
    frame, body = found.frame, found.body
    if len(frame) < len(own):  # the same in every row
        upright = len(own) == 2 and [b.high - b.low for b in frame] != [own[1]]
        lead = [Bound(Letter(x), Affine.of(0), a) for x, a in zip(letters, own[1:] if upright else own, strict=False)]
        rest = [(b, replace(b, letter=fresh(b.letter))) for b in frame]
        body = subs(body, {old.letter: Affine.of(new.letter) for old, new in rest})
        frame = (*lead, *(new for _, new in rest))
    if [b.high - b.low for b in frame] != list(own) and [b.high - b.low for b in frame[::-1]] == list(own):
        frame = frame[::-1]
    return replace(found, frame=frame, body=body, shape=tuple(b.high - b.low for b in frame))


def _without(axes: Sequence[Affine]) -> list[Affine]:
    return [a for a in axes if a != UNIT]


def with_axes(frame: Sequence[Bound], body: Expr, axes: Sequence[Affine]) -> tuple[tuple[Bound, ...], Expr]:
    """The entries of an array that has other axes of length 1."""
    if [b.high - b.low for b in frame] == list(axes):
        return tuple(frame), body
    gone = {b.letter: b.low for b in frame if b.high - b.low == UNIT}
    return tuple(_bounds([b for b in frame if b.letter not in gone], axes)), subs(body, gone)


def _bounds(kept: Sequence[Bound], axes: Sequence[Affine]) -> Iterator[Bound]:
    rest = iter(kept)
    yield from (Bound(fresh("u"), Affine.of(0), UNIT) if a == UNIT else next(rest) for a in axes)
