"""What a formula means: its dimensions, and its entries over letters that count from 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.expr import Expr, entry
from derive.notation import arrays, tree
from derive.notation.affine_reader import axis_affine
from derive.notation.conditions import truth
from derive.notation.declare import Axis, Declarations
from derive.notation.lower import Lowering
from derive.notation.regions import member

ELEMENT = "the number"


@dataclass(frozen=True)
class Lowered:
    """An answer in the calculus: its dimensions and its entries over ``frame`` (free letters counted from 0).

    ``unknown`` are the names that nothing declares, ``shapes`` those of the nodes, by their ``id``.
    """

    dims: tuple[Affine, ...]
    frame: tuple[Bound, ...]
    body: Expr
    row: bool = False
    unknown: frozenset[str] = frozenset()
    shapes: Mapping[int, tuple[Affine, ...]] = field(default_factory=dict)


def lowered(node: tree.Node, declarations: Declarations, *, base: int | None = None, numpy: bool = False) -> Lowered:
    """An answer or a reference in the calculus, over letters that count from 0.

    An array gets letters ``axis0, axis1, …``; a scalar with declared free indices is an array over those.

    Raises:
        Unreadable: it means nothing we know.
        Clash: shapes do not go together.
    """
    work = Lowering(declarations, declarations.index_base if base is None else base, numpy)
    value = arrays.flattened(work.lower(node))
    if value.rank == 0 and declarations.free_indices:
        frame = tuple(
            Bound(Letter(x), Affine.of(0), axis_affine(Axis(str(size))))
            for x, size in declarations.free_indices.items()
        )
        return Lowered(tuple(b.high for b in frame), frame, value.at(), False, frozenset(work.unknown), work.shapes)
    named = list(declarations.free_indices) if len(declarations.free_indices) == value.rank else []
    letters = [Letter(x) for x in named] or [Letter(f"axis{k}") for k in range(value.rank)]
    frame = tuple(Bound(x, Affine.of(0), d) for x, d in zip(letters, value.dims, strict=True))
    body = value.at(*(Affine.of(b.letter) for b in frame))
    return Lowered(value.dims, frame, body, value.row, frozenset(work.unknown), work.shapes)


def region(node: tree.Node, declarations: Declarations, *, base: int | None = None) -> Lowered:
    """A set of numbers in the calculus: 1 where the scalar ``ELEMENT`` lies in it, else 0.

    Raises:
        Unreadable: it is no set of numbers.
        Clash: shapes do not go together.
    """
    work = Lowering(declarations, declarations.index_base if base is None else base)
    return Lowered((), (), truth(member(work, node, entry(ELEMENT))), False, frozenset(work.unknown), work.shapes)
