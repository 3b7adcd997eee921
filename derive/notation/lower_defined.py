"""Names with a definition: what it says, with the places or the argument put in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derive.calculus.affine import Affine
from derive.notation import tree
from derive.notation.affine_reader import axis_affine, size_affine
from derive.notation.arrays import Value, scalar
from derive.notation.errors import Unreadable

if TYPE_CHECKING:
    from derive.calculus.expr import Expr
    from derive.notation.declare import Symbol
    from derive.notation.lower import Lowering

MAX_DEFINITIONS = 24


def derived(lowering: Lowering, symbol: Symbol, node: tree.Node) -> Value:
    """What a derived symbol's definition says; the definition counts from the index base.

    Raises:
        Unreadable: it leads back to itself, or says nothing that we know.
    """
    inner, body = _defining(lowering, symbol, node)
    if not symbol.letters:
        return inner.lower(body)
    axes = symbol.shape or ()
    starts = [Affine.of(inner.base) if a.lower is None else size_affine(a.lower) for a in axes]

    def at(*places: Affine) -> Expr:
        counted = [k + start for k, start in zip(places, starts, strict=True)]
        return inner.scope(dict(zip(symbol.letters, counted, strict=True))).number(body)

    return Value(tuple(map(axis_affine, axes)), at)


def value_of(lowering: Lowering, symbol: Symbol, argument: Expr, node: tree.Node) -> Expr:
    """What the definition of a function of a number says of an argument.

    Raises:
        Unreadable: it leads back to itself, or says nothing that we know.
    """
    inner, body = _defining(lowering, symbol, node)
    (name,) = symbol.letters
    return replace(inner, values={name: scalar(argument)}).number(body)


def _defining(lowering: Lowering, symbol: Symbol, node: tree.Node) -> tuple[Lowering, tree.Node]:
    """The lowering of a symbol's definition, and what the definition says."""
    from derive.notation.latex import read_latex

    if lowering.depth > MAX_DEFINITIONS:
        raise Unreadable(f"The definition of '{symbol.name}' leads back to itself.", node.span[0])
    declarations = lowering.declarations
    inner = replace(
        lowering, base=declarations.index_base, numpy=False, letters={}, depth=lowering.depth + 1, shapes={}, around=(),
        rows=False, values={},
    )  # fmt: skip
    return inner, read_latex(symbol.definition or "", declarations)
