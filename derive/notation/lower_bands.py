"""Arrays made of parts of others: triangles, sliding sums, columns and rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from derive.calculus.affine import Affine
from derive.calculus.expr import Expr, total
from derive.calculus.substitute import guard
from derive.notation import arrays, tree
from derive.notation.affine_reader import affine_of
from derive.notation.arrays import Value
from derive.notation.errors import Unreadable
from derive.notation.lower_products import ravelled
from derive.notation.lower_reductions import keyword

if TYPE_CHECKING:
    from derive.notation.lower import Lowering


def triangle(upper: bool) -> Callable[[Lowering, tree.Call], Value]:
    """``triu`` and ``tril``: the part on and above, or on and below, the ``k``-th diagonal."""

    def call(lowering: Lowering, node: tree.Call) -> Value:
        value, said = lowering.lower(node.args[0]), keyword(node, "k", "diagonal")
        said = node.args[1] if said is None and len(node.args) > 1 else said
        k = Affine.of(0) if said is None else affine_of(said, lowering.letters_known)
        if value.rank != 2:
            raise Unreadable("A triangle is a part of a matrix.", node.span[0])

        def at(i: Affine, j: Affine) -> Expr:
            return value.at(i, j) * guard(j - i - k if upper else i + k - j)

        return Value(value.dims, at)

    return call


def sliding(flipped: bool) -> Callable[[Lowering, tree.Call], Value]:
    """``convolve`` (by itself full) and ``correlate`` (by itself where both overlap) of two vectors."""

    def call(lowering: Lowering, node: tree.Call) -> Value:
        a, b = (lowering.lower(x) for x in node.args[:2])
        mode = _mode(node) or ("full" if flipped else "valid")
        if a.rank != 1 or b.rank != 1:
            raise Unreadable("This is read of two vectors.", node.span[0])
        n, k = a.dims[0], b.dims[0]
        first, size = {"full": (Affine.of(0), n + k - 1), "valid": (k - 1, n - k + 1)}[mode]
        u = arrays.bound_of(k)
        own = Affine.of(u.letter)

        def at(i: Affine) -> Expr:
            place = i + first - own if flipped else i + first + own - k + 1
            inside = guard(place) * guard(n - 1 - place) if mode == "full" else guard(Affine.of(0))
            return total(inside * a.at(place) * b.at(own), u)

        return Value((size,), at)

    return call


def _mode(node: tree.Call) -> str | None:
    said = keyword(node, "mode")
    said = node.args[2] if said is None and len(node.args) > 2 else said
    if said is not None and not (isinstance(said, tree.Text) and said.text in ("full", "valid")):
        raise Unreadable("Only the modes 'full' and 'valid' are read.", said.span[0])
    return said.text if isinstance(said, tree.Text) else None


def reshaped(lowering: Lowering, node: tree.Call) -> Value:
    """A vector as a column ``reshape(-1, 1)``, as a row ``reshape(1, -1)``, or as itself."""
    value, *sizes = lowering.lower(node.args[0]), *node.args[1:]
    if len(sizes) == 1 and isinstance(sizes[0], tree.Sequence):
        sizes = list(sizes[0].items)
    wanted = [affine_of(s, lowering.letters_known) for s in sizes]
    one, rest = Affine.of(1), Affine.of(-1)
    if value.rank in (1, 2) and (spread := _spread(value, wanted)) is not None:
        return spread
    if value.rank != 1 or [w for w in wanted if w not in (one, rest, value.dims[0])]:
        raise Unreadable("Only a vector made a column or a row is read.", node.span[0])
    match [w == one for w in wanted]:
        case [False]:
            return value
        case [False, True]:
            return Value((value.dims[0], one), lambda i, _: value.at(i))
        case [True, False]:
            return Value((one, value.dims[0]), lambda _, j: value.at(j))
    raise Unreadable("Only a vector made a column or a row is read.", node.span[0])


def _spread(value: Value, wanted: list[Affine]) -> Value | None:
    """The entries in order, in one row or in rows of a new length; None where the sizes do not say so."""
    flat = ravelled(value)
    if len(wanted) == 1 and wanted[0] in (flat.dims[0], Affine.of(-1)):
        return flat
    if len(wanted) == 2 and wanted[0] * wanted[1] == flat.dims[0] and Affine.of(1) not in wanted:
        return Value((wanted[0], wanted[1]), lambda i, j: flat.at(i * wanted[1] + j))
    return None


def flipped(lowering: Lowering, node: tree.Call) -> Value:
    """``flip``: the order of every axis turned round, or of those named."""
    value, said = lowering.lower(node.args[0]), keyword(node, "axis", "dim", "dims")
    said = node.args[1] if said is None and len(node.args) > 1 else said
    named = said.items if isinstance(said, tree.Sequence) else () if said is None else (said,)
    axes = [affine_of(n, lowering.letters_known).constant for n in named]
    if not value.rank or any(a is None or not -value.rank <= a < value.rank for a in axes):
        raise Unreadable("This array has no such axis to flip.", node.span[0])
    turned = {a % value.rank for a in axes if a is not None} if named else set(range(value.rank))

    def at(*i: Affine) -> Expr:
        return value.at(*(d - 1 - k if n in turned else k for n, (k, d) in enumerate(zip(i, value.dims, strict=True))))

    return Value(value.dims, at, row=value.row)
