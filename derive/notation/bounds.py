r"""Bounds that are no sums of letters: ``\max(1, j-M+1)``, ``n/2``, ``\lceil n/2\rceil``, ``\lfloor\sqrt n\rfloor``.

A letter then runs over a wider range whose ends are affine, and a factor keeps what lies inside, exactly: brackets and
guards for quotients, roundings, maxima and minima, and an indicator for anything else. A quotient that is not rounded
bounds as ``k <= n/2`` does; where it is not whole, who asks or grades has to say so, hence ``Lowering.halves``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import TYPE_CHECKING

from derive.calculus.affine import Affine
from derive.calculus.atoms import Compare
from derive.calculus.expr import ONE, Expr, expr, multiply
from derive.calculus.substitute import guard
from derive.notation import tree
from derive.notation.affine_reader import affine_of, expanded
from derive.notation.conditions import truth
from derive.notation.errors import Unreadable

if TYPE_CHECKING:
    from derive.notation.lower import Lowering

Ratio = tuple[Affine, Affine]
ROUNDED, EXTREMES = ("floor", "ceil"), ("max", "min")
FLATTER = ("sqrt", "log2", "log", "ln")  # of a whole number >= 1 no more than the number itself
_PLAIN = frozenset(("", "cdot", "times", "*", "/"))


def at_most(lowering: Lowering, value: Affine, bound: tree.Node) -> Expr:
    """1 where ``value <= bound``, else 0."""
    return _Side(lowering, 1).keeps(value, bound)


def at_least(lowering: Lowering, value: Affine, bound: tree.Node) -> Expr:
    """1 where ``value >= bound``, else 0."""
    return _Side(lowering, -1).keeps(value, bound)


def enclosing(lowering: Lowering, bound: tree.Node, side: int) -> Affine:
    """An affine value that is nowhere below the bound (``side = 1``), or nowhere above it (``side = -1``).

    Raises:
        Unreadable: there is none that we know.
    """
    return _Side(lowering, side).beyond(bound)


def equals(lowering: Lowering, value: Affine, place: tree.Node) -> Expr:
    """1 where ``value`` is the whole number that a place is."""
    return at_most(lowering, value, place) * at_least(lowering, value, place)


def is_rounded(lowering: Lowering, slot: tree.Node) -> bool:
    """Whether an index is a rounded quotient, or one that is to be whole: no sum of letters, though made of them."""
    if isinstance(slot, tree.Slice | tree.Constant | tree.Name | tree.Number):
        return False
    if affine_or_none(lowering, slot) is not None:
        return False
    try:
        enclosing(lowering, slot, 1)
    except Unreadable:
        return False
    return True


def affine_or_none(lowering: Lowering, node: tree.Node) -> Affine | None:
    """The affine value of a node, or None where it has none."""
    try:
        return affine_of(node, lowering.letters_known)
    except Unreadable:
        return None


class _Side:
    """Upper bounds, or, with the sign turned, lower bounds."""

    def __init__(self, lowering: Lowering, side: int) -> None:
        self.lowering, self.side = lowering, side

    @property
    def other(self) -> _Side:
        return _Side(self.lowering, -self.side)

    def keeps(self, value: Affine, bound: tree.Node, rounded: bool = False) -> Expr:
        """1 where a whole number is on this side of the bound, or on it."""
        if (found := self.ratio(bound)) is not None:
            above, below = found
            if below != Affine.of(1) and not rounded:
                self.lowering.halves.add(found)
            return guard((above - below * value) * self.side)
        match bound:
            case tree.Sequence((only,), "()"):
                return self.keeps(value, only, rounded)
            case tree.Neg(arg):
                return self.other.keeps(-value, arg, rounded)
            case tree.Call(tree.Builtin(name), (arg,)) if name in ROUNDED:
                return self._rounded(value, arg, name)
            case tree.Product(factors, ("//",)):
                return self._rounded(value, tree.Product(factors, ("/",), span=bound.span), "floor")
            case tree.Call(tree.Builtin("trunc"), (arg,)) if self._sign(self.beyond(arg)) == 1:
                return self._rounded(value, arg, "floor")
            case tree.Call(tree.Builtin(name), args) if name in EXTREMES:
                kept = [self.keeps(value, a, rounded) for a in args]
                if (name == "min") == (self.side > 0):
                    return multiply(kept)
                return ONE - multiply(ONE - k for k in kept)
            case tree.Add(terms) if (split := self._split(terms)) is not None:
                return self.keeps(value - split[0], split[1], rounded)
        return truth(Compare("<=" if self.side > 0 else ">=", expr(value), self.lowering.number(bound)))

    def _rounded(self, value: Affine, arg: tree.Node, name: str) -> Expr:
        """Rounding towards the inside says nothing new; the other way the number one further in lies strictly inside."""
        if (name == "floor") == (self.side > 0):
            return self.keeps(value, arg, True)
        return ONE - self.other.keeps(value - self.side, arg, True)

    def beyond(self, bound: tree.Node) -> Affine:
        """An affine value on this side of the bound, or on it."""
        if (found := self.ratio(bound)) is not None:
            return found[0] if found[1] == Affine.of(1) else self._flat(found[0])
        match bound:
            case tree.Sequence((only,), "()"):
                return self.beyond(only)
            case tree.Neg(arg):
                return -self.other.beyond(arg)
            case tree.Call(tree.Builtin(name), (arg,)) if name in (*ROUNDED, "trunc"):
                return self.beyond(arg)
            case tree.Product(factors, ("//",)):
                return self.beyond(tree.Product(factors, ("/",), span=bound.span))
            case tree.Call(tree.Builtin(name), args) if name in EXTREMES and args:
                return self._extreme(name, [self.beyond(a) for a in self._usable(name, args)])
            case tree.Call(tree.Builtin(name), (arg, *base)) if name in FLATTER and all(map(_is_base, base)):
                if self._sign((inner := affine_of(arg, self.lowering.letters_known)) - 1) == 1:
                    return self._flat(inner)
            case tree.Add(terms) if (split := self._split(terms)) is not None:
                return split[0] + self.beyond(split[1])
        raise Unreadable("An index is a sum of letters and whole numbers.", bound.span[0])

    def _usable(self, name: str, args: Sequence[tree.Node]) -> Sequence[tree.Node]:
        """Any one bounds a minimum from above, and a maximum from below: numbers and sizes first."""
        if (name == "min") != (self.side > 0):
            return args
        known = [a for a in args if (v := affine_or_none(self.lowering, a)) is not None and self._sign(v) is not None]
        return (known or list(args))[:1]

    def _extreme(self, name: str, values: Sequence[Affine]) -> Affine:
        """All together bound a maximum from above, a minimum from below."""
        if len(values) == 1:
            return values[0]
        return sum((self._flat(v) for v in values), Affine.of(0))

    def _flat(self, value: Affine) -> Affine:
        """Beyond both a value and 0, and so beyond every share of it."""
        sign = self._sign(value * self.side)
        if sign is None:
            return expanded(value, value) * self.side
        return value if sign > 0 else Affine.of(0)

    def _sign(self, value: Affine) -> int | None:
        """1 where a value is nowhere negative, -1 where it is nowhere positive, None where that is not known."""
        least = value.subs({x: Affine.of(x) + 1 for x in value.letters if self._counts(x.name) and not x.uid})
        if not all(self._never_negative(x.name, x.uid) for x in value.letters):
            return None
        signs = {c > 0 for _, c in least.terms}
        return None if len(signs) > 1 else -1 if signs == {False} else 1

    def _counts(self, name: str) -> bool:
        """Whether a letter is at least 1."""
        declared = self.lowering.declarations
        symbol = declared.symbols.get(name)
        if symbol is not None:
            return symbol.domain in ("posint", "dimension")
        return name in declared.dimensions and name not in declared.free_indices

    def _never_negative(self, name: str, uid: int) -> bool:
        return not uid and (self._counts(name) or name in self.lowering.declarations.free_indices)

    def _split(self, terms: Sequence[tree.Node]) -> tuple[Affine, tree.Node] | None:
        """A sum's affine part and the one term that is none."""
        values = [affine_or_none(self.lowering, t) for t in terms]
        if sum(v is None for v in values) != 1:
            return None
        rest = sum((v for v in values if v is not None), Affine.of(0))
        return rest, terms[values.index(None)]

    def ratio(self, node: tree.Node) -> Ratio | None:
        """The quotient of affine values that a node is; what divides is at least 1 wherever it is known to be."""
        match node:
            case tree.Number():
                return Affine.of(node.value.numerator), Affine.of(node.value.denominator)
            case tree.Sequence((only,), "()"):
                return self.ratio(only)
            case tree.Neg(arg):
                inner = self.ratio(arg)
                return None if inner is None else (-inner[0], inner[1])
            case tree.Add(terms):
                return self._folded(
                    terms, lambda a, b: (expanded(a[0], b[1]) + expanded(b[0], a[1]), expanded(a[1], b[1]))
                )
            case tree.Product(factors, ops) if not set(ops) - _PLAIN:
                return self._product(factors, ops)
        value = affine_or_none(self.lowering, node)
        return None if value is None else (value, Affine.of(1))

    def _product(self, factors: Sequence[tree.Node], ops: Sequence[str]) -> Ratio | None:
        found = [self.ratio(f) for f in factors]
        if any(f is None for f in found):
            return None
        result, *others = [f for f in found if f is not None]
        for op, (above, below) in zip(ops, others, strict=True):
            if op == "/":
                if above.constant == 0 or self._sign(above - 1) != 1:
                    return None
                above, below = below, above
            result = expanded(result[0], above), expanded(result[1], below)
        return _reduced(result)

    def _folded(self, terms: Sequence[tree.Node], join: Callable[[Ratio, Ratio], Ratio]) -> Ratio | None:
        found = [self.ratio(t) for t in terms]
        known = [f for f in found if f is not None]
        return _reduced(reduce(join, known)) if len(known) == len(found) else None


def _is_base(node: tree.Node) -> bool:
    """Whether a logarithm to this base grows no faster than what it is of."""
    return isinstance(node, tree.Number) and node.value >= 2


def _reduced(value: Ratio) -> Ratio:
    """Whole numbers where the quotient is one of whole multiples."""
    above, below = value
    d = below.constant
    if d and all(c % d == 0 for _, c in above.terms):
        return Affine(tuple((m, c // d) for m, c in above.terms)), Affine.of(1)
    return value
