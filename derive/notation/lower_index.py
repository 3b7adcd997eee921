"""Index slots: letters and numbers, slices, whole axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derive.calculus.affine import Affine, fresh
from derive.calculus.atoms import Bound
from derive.calculus.expr import total
from derive.notation import tree
from derive.notation.affine_reader import affine_of, axis_affine
from derive.notation.arrays import Value, scalar
from derive.notation.bounds import enclosing, equals, is_rounded
from derive.notation.errors import Unreadable
from derive.notation.literals import Place, all_equal, sliced
from derive.notation.lower_sized import sized
from derive.notation.walk import split_slots
from derive.notation.write import to_latex

if TYPE_CHECKING:
    from derive.notation.lower import Lowering


def lower_index(lowering: Lowering, node: tree.Index) -> Value:
    """Entries, rows and slices of an array."""
    if _is_identity_entry(lowering, node) and (found := _kronecker(lowering, node)) is not None:
        return found
    if (constant := sized(lowering, node)) is not None:
        return constant
    if isinstance(node.base, tree.Name) and lowering.is_unknown(node.base.name):
        if node.base.name == "delta" and (found := _kronecker(lowering, node)) is not None:
            return found
        return lowering.lower(tree.Name(to_latex(node), span=node.span))
    base = lowering.lower(node.base)
    if any(_is_new(s) for s in node.slots):
        return _widened(lowering, node, base)
    if base.rank < 2 and _are_two_letters(lowering, node):
        if node.base == tree.Name("delta") and (found := _kronecker(lowering, node)) is not None:
            return found
        node = replace(node, slots=split_slots(node.slots, 2))
    slots = split_slots(node.slots, base.rank)
    if (odd := next((s for s in slots if is_rounded(lowering, s)), None)) is not None:
        return _at_rounded(lowering, replace(node, slots=tuple(slots)), odd)
    if len(slots) > base.rank:
        count = f"{base.rank} {'index' if base.rank == 1 else 'indices'}"
        kind = f"This has {count}" if base.rank else "This is a number and has no index"
        raise Unreadable(f"{kind}, not {len(slots)}." if base.rank else f"{kind}.", node.span[0])
    starts = _starts(lowering, node.base, base.rank)
    places: list[Place] = [
        _place(lowering, slot, start, size) for slot, start, size in zip(slots, starts, base.dims, strict=False)
    ]
    if not isinstance(node.base, tree.Name):
        _check_inside(places, base, node)
    found = sliced(base, places)
    lies = lowering.rows and base.rank == 2 and found.rank == 1 and isinstance(places[0], Affine)
    return replace(found, row=True) if lies else found


def _at_rounded(lowering: Lowering, node: tree.Index, slot: tree.Node) -> Value:
    r"""``x_{\lceil n/2\rceil}``: over every place, what stands at the one that is meant."""
    k = fresh("k")
    name = tree.Name(repr(k))
    slots = tuple(name if s is slot else s for s in node.slots)
    found = lower_index(lowering.scope({name.name: Affine.of(k)}), replace(node, slots=slots))
    reach = Bound(k, enclosing(lowering, slot, -1), enclosing(lowering, slot, 1) + 1)
    only = equals(lowering, Affine.of(k), slot)
    return Value(found.dims, lambda *i: total(only * found.at(*i), reach), found.row)


def _is_identity_entry(lowering: Lowering, node: tree.Index) -> bool:
    r"""Whether it is ``I_{ij}`` for two index letters; ``I_{n}`` and ``I_{mn}`` have sizes."""
    if not (isinstance(node.base, tree.Name) and node.base.name == "I" and lowering.is_unknown("I")):
        return False
    return _are_two_letters(lowering, node)


def _are_two_letters(lowering: Lowering, node: tree.Index) -> bool:
    r"""Whether two index letters stand below, ``_{ij}`` or ``_{i,j}``: no product of them."""
    slots, letters = split_slots(node.slots, 2), {*lowering.letters, *lowering.declarations.free_indices}
    return len(slots) == 2 and all(isinstance(s, tree.Name) and s.name in letters for s in slots)


def _kronecker(lowering: Lowering, node: tree.Index) -> Value | None:
    r"""``\delta_{ij}``, which nothing declares: 1 where its indices are the same; None where they are no indices."""
    slots = split_slots(node.slots, 2)
    if len(slots) != 2:
        return None
    try:
        return scalar(all_equal([affine_of(s, lowering.letters_known) for s in slots]))
    except Unreadable:
        return None


def places_of(lowering: Lowering, node: tree.Index, base: Value) -> list[Affine]:
    """Where an index stands in an array, counted from 0; axes without a slot stay whole."""
    slots = split_slots(node.slots, base.rank)
    if len(slots) > base.rank:
        raise Unreadable(f"This has {base.rank} indices, not {len(slots)}.", node.span[0])
    starts = _starts(lowering, node.base, base.rank)
    if any(isinstance(s, tree.Slice) for s in slots):
        raise Unreadable("A slice does not belong here.", node.span[0])
    whole = zip(slots, starts, base.dims, strict=False)
    return [_end(lowering, s, start, size, from_end=lowering.base == 0) - start for s, start, size in whole]


def _check_inside(places: Sequence[Place], base: Value, node: tree.Index) -> None:
    """What is written out, or a shape, has no entries beyond its own."""
    for place, size in zip(places, base.dims, strict=False):
        at, count = place.constant if isinstance(place, Affine) else None, size.constant
        if at is not None and count is not None and not 0 <= at < count:
            raise Unreadable(
                f"This reads outside: there {'is 1 entry' if count == 1 else f'are {count} entries'}.", node.span[0]
            )


def _is_new(slot: tree.Node) -> bool:
    return isinstance(slot, tree.Constant) and slot.name == "none"


def _widened(lowering: Lowering, node: tree.Index, base: Value) -> Value:
    """NumPy's ``x[:, None]``: an axis of length 1 at every None; only whole axes stand beside it."""
    whole = tree.Slice(None, None, None)
    if any(not _is_new(s) and replace(s, span=(0, 0)) != replace(whole, span=(0, 0)) for s in node.slots):
        return _widened(lowering, replace(node, slots=_marked(node.slots, whole)), _picked(lowering, node))
    slots = [*node.slots, *[whole] * (base.rank - sum(not _is_new(s) for s in node.slots))]
    if len(slots) - sum(map(_is_new, slots)) > base.rank:
        raise Unreadable(f"This has {base.rank} indices.", node.span[0])
    own, old = [k for k, s in enumerate(slots) if not _is_new(s)], iter(base.dims)
    dims = tuple(Affine.of(1) if _is_new(s) else next(old) for s in slots)
    return Value(dims, lambda *i: base.at(*(i[k] for k in own)))


def _picked(lowering: Lowering, node: tree.Index) -> Value:
    return lower_index(lowering, replace(node, slots=tuple(s for s in node.slots if not _is_new(s))))


def _marked(slots: tuple[tree.Node, ...], whole: tree.Slice) -> tuple[tree.Node, ...]:
    """The slots of what is left once the fixed ones are gone."""
    return tuple(s if _is_new(s) else whole for s in slots if _is_new(s) or isinstance(s, tree.Slice))


def _starts(lowering: Lowering, node: tree.Node, rank: int) -> list[Affine]:
    symbol = lowering.declarations.symbols.get(node.name) if isinstance(node, tree.Name) else None
    axes = symbol.shape if symbol is not None and symbol.shape else ()
    found = [Affine.of(lowering.base) if a.lower is None else axis_affine(replace(a, size=a.lower)) for a in axes]
    return found or [Affine.of(lowering.base)] * rank


def _place(lowering: Lowering, slot: tree.Node, start: Affine, size: Affine) -> Place:
    """An index counted from 0, or (first, length, step) for a slice."""
    if not isinstance(slot, tree.Slice):
        return _end(lowering, slot, start, size, from_end=lowering.base == 0) - start
    step = 1 if slot.step is None else affine_of(slot.step, lowering.letters_known).constant
    if step not in (1, -1):
        raise Unreadable("A slice with a step other than 1 or -1 is not read.", slot.span[0])
    low, high = (Affine.of(0), size) if step == 1 else (size - 1, Affine.of(-1))
    first, last = (
        end if node is None else _end(lowering, node, end, size, from_end=True)
        for node, end in ((slot.start, low), (slot.stop, high))
    )
    return first, (last - first) * step, step


def _end(lowering: Lowering, node: tree.Node | None, default: Affine, size: Affine, *, from_end: bool) -> Affine:
    """A place; a negative number counts from the end in Python, and in a slice, which only Python has."""
    if node is None:
        return default
    value = affine_of(node, lowering.letters_known)
    fixed = value.constant
    return value + size if fixed is not None and fixed < 0 and from_end else value
