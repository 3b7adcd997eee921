"""What a formula means: its dimensions, and its entries over letters that count from 0."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.expr import Expr, entry
from derive.calculus.substitute import free_letters, subs
from derive.notation import arrays, tree
from derive.notation.affine_reader import axis_affine
from derive.notation.conditions import truth
from derive.notation.declare import Declarations, axis_of
from derive.notation.errors import Unreadable
from derive.notation.lower import Lowering
from derive.notation.regions import member

ELEMENT = "the number"


@dataclass(frozen=True)
class Lowered:
    """An answer in the calculus: its dimensions and its entries over ``frame`` (free letters counted from 0).

    ``unknown`` are the names that nothing declares, ``shapes`` those of the nodes, by their ``id``, ``halves`` the
    quotients of sizes that stand as bounds without being rounded, as pairs, and ``partial`` what may be undefined in it.
    """

    dims: tuple[Affine, ...]
    frame: tuple[Bound, ...]
    body: Expr
    row: bool = False
    unknown: frozenset[str] = frozenset()
    shapes: Mapping[int, tuple[Affine, ...]] = field(default_factory=dict)
    halves: frozenset[tuple[Affine, Affine]] = frozenset()
    partial: tuple[arrays.Value, ...] = ()


def lowered(
    node: tree.Node, declarations: Declarations, *, base: int | None = None, numpy: bool = False, rows: bool = False
) -> Lowered:
    """An answer or a reference in the calculus, over letters that count from 0.

    An array gets letters ``axis0, axis1, …``; what names a declared free index is an array over all of them. A row
    ``X_i`` of a matrix stands upright, as a column does; it lies down throughout where ``rows`` says so, or where
    shapes go together in no other way.

    Raises:
        Unreadable: it means nothing we know.
        Clash: shapes do not go together.
    """
    try:
        return _lowered(node, declarations, Lowering(declarations, _first(declarations, base), numpy, rows=rows))
    except arrays.Clash as clash:
        with suppress(arrays.Clash, Unreadable):
            return _lowered(node, declarations, Lowering(declarations, _first(declarations, base), numpy, rows=True))
        raise clash


def _first(declarations: Declarations, base: int | None) -> int:
    return declarations.index_base if base is None else base


def _lowered(node: tree.Node, declarations: Declarations, work: Lowering) -> Lowered:
    value = arrays.flattened(work.lower(node))
    free = tuple(
        Bound(Letter(x), Affine.of(0), axis_affine(axis_of(size))) for x, size in declarations.free_indices.items()
    )
    given, unknown, partial = _axes(value), frozenset(work.unknown), tuple(work.partial)
    body = value.at(*(Affine.of(b.letter) for b in given))
    used = free_letters(body) & {b.letter for b in free}
    open_ = [b for b in free if b.letter not in used]
    if (
        used and given and [b.high for b in open_] == [b.high - b.low for b in given]
    ):  # a row δ_t where δ_{t,i} is asked for
        places = zip(open_, given, strict=True)
        body = subs(body, {g.letter: Affine.of(f.letter) + g.low for f, g in places})
        return Lowered(tuple(b.high for b in free), free, body, False, unknown, work.shapes, _own(work), partial)
    if free and (not given or used):
        frame = (*free, *given)
        return Lowered(tuple(b.high for b in frame), frame, body, False, unknown, work.shapes, _own(work), partial)
    if len(free) == len(given):
        body = subs(body, {g.letter: Affine.of(f.letter) for f, g in zip(free, given, strict=True)})
        given = tuple(Bound(f.letter, g.low, g.high) for f, g in zip(free, given, strict=True))
    return Lowered(value.dims, given, body, value.row, unknown, work.shapes, _own(work), partial)


def _own(work: Lowering) -> frozenset[tuple[Affine, Affine]]:
    """The quotients that are to be whole at every size; one that moves with an index cannot be."""
    free = work.declarations.free_indices
    return frozenset(h for h in work.halves if not any(x.uid or x.name in free for part in h for x in part.letters))


def _axes(value: arrays.Value) -> tuple[Bound, ...]:
    return tuple(Bound(Letter(f"axis{k}"), Affine.of(0), d) for k, d in enumerate(value.dims))


def region(node: tree.Node, declarations: Declarations, *, base: int | None = None) -> Lowered:
    """A set of numbers in the calculus: 1 where the scalar ``ELEMENT`` lies in it, else 0.

    Raises:
        Unreadable: it is no set of numbers.
        Clash: shapes do not go together.
    """
    work = Lowering(declarations, _first(declarations, base))
    return Lowered((), (), truth(member(work, node, entry(ELEMENT))), False, frozenset(work.unknown), work.shapes)
