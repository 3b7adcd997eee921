"""Index slots, bounds and shapes as affine values."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, reduce

from derive.calculus.affine import Affine, Letter
from derive.notation import tree
from derive.notation.declare import Axis
from derive.notation.errors import Refused, Unreadable
from derive.notation.index_language import affine_text

MOST = 400
Known = Callable[[tree.Name], Affine]


def affine_of(node: tree.Node, known: Known) -> Affine:
    """The affine value of an index or a bound.

    Raises:
        Unreadable: it is no sum of letters and integers.
    """
    match node:
        case tree.Number() if node.value.denominator == 1:
            return Affine.of(int(node.value))
        case tree.Name():
            return known(node)
        case tree.Neg(arg):
            return -affine_of(arg, known)
        case tree.Add(terms):
            return sum((affine_of(t, known) for t in terms), Affine(()))
        case tree.Product(factors, ops) if not set(ops) - {"", "cdot", "times", "*"}:
            result = Affine.of(1)
            for f in factors:
                result = expanded(result, affine_of(f, known))
            return result
        case tree.Power(tree.Number() as base, tree.Number() as power) if _small(base, power):
            return Affine.of(int(base.value) ** int(power.value))
        case tree.Power(tree.Name() as base, tree.Number() as power) if power.value in (2, 3):
            return reduce(Affine.__mul__, [known(base)] * int(power.value))
        case tree.Sequence((only,), "()"):
            return affine_of(only, known)
    raise Unreadable("An index is a sum of letters and whole numbers.", node.span[0])


def expanded(a: Affine, b: Affine) -> Affine:
    """The product of affine values, multiplied out.

    Raises:
        Refused: it would have more than ``MOST`` terms before any are put together.
    """
    if len(a.terms) * len(b.terms) > MOST:
        raise Refused("An index or a bound is too long when it is multiplied out.")
    return a * b


def _small(base: tree.Number, power: tree.Number) -> bool:
    """Whether a power of two literals is a whole number of no more than 60 bits."""
    whole = base.value.denominator == power.value.denominator == 1
    return whole and 0 <= power.value <= 60 and int(base.value).bit_length() * int(power.value) <= 60


@lru_cache(maxsize=4096)
def size_affine(text: str) -> Affine:
    """A dimension from the text of a shape: ``n``, ``3`` or ``(T) - (0) + 1``."""
    return affine_text(text)


def axis_affine(axis: Axis) -> Affine:
    """The size of an axis."""
    return size_affine(axis.size)


def letter(name: str) -> Affine:
    """A letter as an affine value."""
    return Affine.of(Letter(name))
