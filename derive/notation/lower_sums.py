"""Sums, products and extremes over letters: ranges from bounds, or from the slots that the letter stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.calculus.affine import ZERO, Affine, fresh
from derive.calculus.atoms import Bound
from derive.calculus.expr import ONE, Expr, expr, multiply, total
from derive.calculus.substitute import reduction
from derive.notation import tree
from derive.notation.affine_reader import affine_of, axis_affine
from derive.notation.arrays import Value, scalar
from derive.notation.bounds import affine_or_none, at_least, at_most, enclosing
from derive.notation.conditions import factor
from derive.notation.errors import NotRead, Unreadable
from derive.notation.series import NoSeries, series
from derive.notation.walk import split_slots, walk

if TYPE_CHECKING:
    from derive.notation.lower import Lowering

Page = tuple[Affine, Affine]


def lower_big(lowering: Lowering, node: tree.Big) -> Value:
    """``Σ``, ``Π``, ``max``, ``min`` or a mean over letters.

    Raises:
        Unreadable: nothing says how far a letter runs.
    """
    if node.op == "sum" and any(_endless(b.upper) for b in node.binders):
        return _endless_sum(lowering, node)
    if not node.binders and not node.conditions:
        return _over_everything(lowering, node)
    scope, bounds, only = lowering, [], ONE
    for binder in _binders(lowering, node):
        first, last = _range(scope, node, binder)
        letter = fresh(binder.letter.name)
        bounds.append(Bound(letter, first, last + 1))
        only = only * _kept(scope, binder, Affine.of(letter))
        scope = scope.scope({binder.letter.name: Affine.of(letter)})
    body = scope.lower(node.body)
    if node.op == "prod" and body.rank > 1:
        raise Unreadable("In which order are these matrices multiplied? Please write the product out.", node.span[0])
    for condition in node.conditions:
        only = only * factor(scope, condition)
    return Value(body.dims, lambda *i: _joined(node.op, body.at(*i), only, bounds), body.row)


def _over_everything(lowering: Lowering, node: tree.Big) -> Value:
    """``sum(x)`` of an array names no letter: it runs over every entry."""
    body = lowering.lower(node.body)
    if not body.rank:
        raise Unreadable("Say which letter this runs over.", node.span[0])
    letters = [fresh("i") for _ in body.dims]
    bounds = [Bound(letter, ZERO, dim) for letter, dim in zip(letters, body.dims, strict=True)]
    return scalar(_joined(node.op, body.at(*map(Affine.of, letters)), ONE, bounds))


def _endless(node: tree.Node | None) -> bool:
    return isinstance(node, tree.Constant) and node.name == "infinity"


def _endless_sum(lowering: Lowering, node: tree.Big) -> Value:
    r"""``\sum_{k=0}^\infty``: geometric and exponential series in closed form."""
    (binder, *others), symbols = node.binders, lowering.declarations.symbols
    low = None if binder.lower is None else affine_of(binder.lower, lowering.letters_known).constant
    letter = fresh(binder.letter.name)
    body = lowering.scope({binder.letter.name: Affine.of(letter)}).lower(node.body)

    def domain(name: str) -> str:
        return symbols[name].domain if name in symbols else "real"

    try:
        if others or node.conditions or low is None or body.rank:
            raise NoSeries
        return scalar(series(body.at(), letter, low, domain))
    except NoSeries:
        raise NotRead("This infinite sum is not read; please give its value, written out.", node.span[0]) from None


def _binders(lowering: Lowering, node: tree.Big) -> list[tree.Binder]:
    r"""The letters to sum over; a condition such as ``j < i`` or ``j \ne i`` binds its first letter that is not known."""
    found = list(node.binders)
    if found:
        return found
    for condition in node.conditions:
        for part in walk(condition):
            known = isinstance(part, tree.Name) and (
                part.name in lowering.letters or lowering.declarations.is_known(part.name)
            )
            if isinstance(part, tree.Name) and not known:
                return [tree.Binder(part)]
            if isinstance(part, tree.Constant) and part.name == "e":
                raise Unreadable("Here e is Euler's number; sum over another letter.", part.span[0])
    raise Unreadable("Say which letter this runs over.", node.span[0])


def _range(scope: Lowering, node: tree.Big, binder: tree.Binder) -> Page:
    if binder.lower is not None and binder.upper is not None:
        return _end(scope, binder.lower, -1), _end(scope, binder.upper, 1)
    found = _from_slots(scope, node, binder.letter.name)
    if found is None:
        raise Unreadable(f"Nothing says how far '{binder.letter.name}' runs.", binder.span[0] or node.span[0])
    first, last = found
    if binder.lower is not None:
        first = _end(scope, binder.lower, -1)
    return first, last


def _end(scope: Lowering, bound: tree.Node, side: int) -> Affine:
    """A bound, or an affine value beyond it on this side."""
    found = affine_or_none(scope, bound)
    return enclosing(scope, bound, side) if found is None else found


def _kept(scope: Lowering, binder: tree.Binder, letter: Affine) -> Expr:
    """1 where a letter lies inside those of its bounds that are not affine."""
    kept = ONE
    for bound, keeps in ((binder.lower, at_least), (binder.upper, at_most)):
        if bound is not None and affine_or_none(scope, bound) is None:
            kept = kept * keeps(scope, letter, bound)
    return kept


def _from_slots(scope: Lowering, node: tree.Big, name: str) -> Page | None:
    """The page range of the first slot that the letter stands in alone."""
    for part in walk(node.body):
        if isinstance(part, tree.Index):
            found = _slot(scope, part, name)
            if found is not None:
                return found
    return None


def _slot(scope: Lowering, part: tree.Index, name: str) -> Page | None:
    if not any(isinstance(n, tree.Name) and n.name == name for slot in part.slots for n in walk(slot)):
        return None
    if isinstance(part.base, tree.Name):
        symbol = scope.declarations.symbols.get(part.base.name)
        rank = symbol.rank if symbol else 0
    else:
        symbol, rank = None, scope.lower(part.base).rank
    for k, slot in enumerate(split_slots(part.slots, rank)):
        if isinstance(slot, tree.Name) and slot.name == name:
            if symbol is not None and symbol.shape and k < len(symbol.shape):
                axis = symbol.shape[k]
                first = Affine.of(scope.base) if axis.lower is None else _lower(axis.lower)
                return first, first + axis_affine(axis) - 1
            return _computed(scope, part, k)
    return None


def _lower(text: str) -> Affine:
    from derive.notation.affine_reader import size_affine

    return size_affine(text)


def _computed(scope: Lowering, part: tree.Index, k: int) -> Page | None:
    """The range of a slot of something computed, such as ``softmax(z)_j``."""
    if isinstance(part.base, tree.Name):
        return None
    value = scope.lower(part.base)
    if k >= value.rank:
        return None
    return Affine.of(scope.base), value.dims[k] - 1 + scope.base


def _joined(op: str, body: Expr, only: Expr, bounds: list[Bound]) -> Expr:
    if op == "sum":
        return total(only * body, *bounds)
    if op == "mean":
        count = multiply(expr(b.high - b.low) for b in bounds) if only == ONE else total(only, *bounds)
        return total(only * body, *bounds) / count
    if op == "prod":
        body = body if only == ONE else ONE + only * (body - ONE)
    elif only != ONE:
        raise NotRead("A maximum with a condition is not read; please write it out.")
    for b in reversed(bounds):
        body = reduction(op, body, b)
    return body
