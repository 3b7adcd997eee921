"""A structural order: 61-bit keys that never depend on hash seeds or on the identity of bound letters.

Equal structures have equal keys. Different structures with the same key only cost completeness: every equality is
decided on the structures themselves.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import (
    Apply,
    Atom,
    Bound,
    Bracket,
    Cases,
    Compare,
    Condition,
    Entry,
    Group,
    Guard,
    Indicator,
    MatrixFunction,
    Number,
    Power,
    Reduce,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from derive.calculus.expr import Expr, Factor, Term

MASK = (1 << 61) - 1


@lru_cache(maxsize=65536)
def word(text: str) -> int:
    """The key of a string."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little") & MASK


def mix(*parts: int) -> int:
    """The key of a sequence of keys."""
    key = 0x1B873593CC9E2D51
    for part in parts:
        key = ((key ^ part) * 0x5851F42D4C957F2D + 0x14057B7EF767814F) & MASK
        key ^= key >> 31
    return key


_KIND = {
    kind: word(kind.__name__)
    for kind in (
        Apply,
        Bracket,
        Cases,
        Compare,
        Entry,
        Group,
        Guard,
        Indicator,
        MatrixFunction,
        Number,
        Power,
        Reduce,
    )
}
_ANONYMOUS, SELF, _ROW, _COLUMN = map(word, ("anonymous", "self", "row", "column"))
COMMUTING = ("max", "min")
ONCE = Fraction(1)


class Keys:
    """Keys of structures in which some letters have colours; the others count by name.

    Where terms are ``labelled``, bound letters count by name too: their names say their places.
    """

    def __init__(self, colours: Mapping[Letter, int], symmetric: frozenset[str], *, labelled: bool = False) -> None:
        self.colours = dict(colours)
        self.symmetric = symmetric
        self.labelled = labelled

    def letter(self, letter: Letter) -> int:
        """The colour of a letter."""
        colour = self.colours.get(letter)
        if colour is not None:
            return colour
        return mix(word(letter.name), letter.uid) if letter.uid else word(letter.name)

    def affine(self, value: Affine) -> int:
        """The key of an affine value: a commutative sum over its monomials."""
        total = 0
        for monomial, c in value.terms:
            product = 7
            for letter in monomial:
                product += mix(self.letter(letter))
            total += mix(c, product)
        return total & MASK

    def entry(self, atom: Entry) -> int:
        """The key of an entry; the last two indices of a symmetric array commute."""
        keys = [self.affine(a) for a in atom.at]
        if atom.name in self.symmetric and len(keys) >= 2:
            keys[-2:] = sorted(keys[-2:])
        return mix(_KIND[Entry], word(atom.name), *keys)

    def atom(self, atom: Atom) -> int:
        """The key of a factor."""
        if isinstance(atom, Entry):
            return self.entry(atom)
        return mix(_KIND[type(atom)], self._parts(atom))

    def _parts(self, atom: Atom) -> int:
        match atom:
            case Bracket(value):
                return self.affine(value) ^ self.affine(-value)
            case Number(value) | Guard(value):
                return self.affine(value)
            case Apply(f, args, order):
                keys = list(map(self.expr, args))
                return mix(word(f), order, *(sorted(keys) if f in COMMUTING and not order else keys))
            case Group(body):
                return self.expr(body) ^ self.expr(-body)
            case Power(base, exponent):
                return mix(self.expr(base), self.expr(exponent))
            case Indicator(condition):
                return self.condition(condition)
            case Reduce(op, bound, body):
                inner = self.under({bound.letter: SELF})
                return mix(word(op), self.range(bound), inner.expr(body))
            case Cases(branches, otherwise):
                parts = [k for c, e in branches for k in (self.condition(c), self.expr(e))]
                return mix(*parts, 3 if otherwise is None else self.expr(otherwise))
            case MatrixFunction():
                return self._matrix(atom)
        raise TypeError(type(atom).__name__)

    def _matrix(self, atom: MatrixFunction) -> int:
        inner = self.under({atom.row: _ROW, atom.column: _COLUMN})
        outer = [self.affine(atom.size), *map(self.affine, atom.at)]
        return mix(word(atom.op), *outer, inner.expr(atom.body), 5 if atom.extra is None else self.expr(atom.extra))

    def condition(self, condition: Condition) -> int:
        """The key of a condition."""
        if isinstance(condition, Compare):
            return mix(word(condition.op), self.expr(condition.left), self.expr(condition.right))
        return mix(word(condition.op), *map(self.condition, condition.parts))

    def range(self, bound: Bound) -> int:
        """The key of a range."""
        return mix(word(bound.kind), self.affine(bound.low), self.affine(bound.high))

    def under(self, colours: Mapping[Letter, int]) -> Keys:
        """The same keys with more letters coloured."""
        return Keys({**self.colours, **colours}, self.symmetric, labelled=self.labelled)

    def expr(self, value: Expr) -> int:
        """The key of a sum of terms, whatever their order."""
        return mix(sum(map(self.term, value.terms)) & MASK)

    def term(self, term: Term) -> int:
        """The key of a term, whatever the order of its factors and the names of its bound letters."""
        keys, ranges = self, 0
        if term.bounds:
            if not self.labelled:
                factors = (*term.factors, *ties(term.bounds))
                keys = self.under(refine(self.ranges(term.bounds), factors, self, rounds=2))
            ranges = sum(mix(keys.letter(b.letter), keys.range(b)) for b in term.bounds) & MASK
        return mix(rational(term.coefficient), ranges, keys.product(term.factors))

    def ranges(self, bounds: Iterable[Bound]) -> dict[Letter, int]:
        """The first colours of letters: the keys of their ranges, in which they have no names themselves."""
        bounds = tuple(bounds)
        inner = self.under(dict.fromkeys((b.letter for b in bounds), _ANONYMOUS))
        return {b.letter: inner.range(b) for b in bounds}

    def product(self, factors: Iterable[Factor]) -> int:
        """The key of a product, whatever the order of its factors."""
        return sum(mix(self.atom(a), rational(e)) for a, e in factors) & MASK


def rational(value: Fraction) -> int:
    """The key of a rational number."""
    if value == 1:
        return 1
    return mix(value.numerator, value.denominator)


def ties(bounds: tuple[Bound, ...]) -> tuple[Factor, ...]:
    """The ranges that hang on other bound letters, as factors, so that colours tell their letters apart."""
    own = {b.letter for b in bounds}
    hanging = [b for b in bounds if not own.isdisjoint(b.low.letters | b.high.letters)]
    marks = [Guard(a) for b in hanging for a in (b.low - b.letter, b.high - b.letter)]
    return tuple((mark, ONCE) for mark in marks)


def refine(colours: dict[Letter, int], factors: Iterable[Factor], keys: Keys, rounds: int = 64) -> dict[Letter, int]:
    """Colour refinement: letters that play different parts in the factors get different colours, as far as it goes."""
    where = [(a, rational(e), own) for a, e in factors if (own := sorted_own(a, colours))]
    classes = len(set(colours.values()))
    for _ in range(rounds):
        colours = _round(colours, where, keys)
        if len(set(colours.values())) in (classes, len(colours)):
            break
        classes = len(set(colours.values()))
    return colours


def _round(colours: dict[Letter, int], where: list[tuple[Atom, int, list[Letter]]], keys: Keys) -> dict[Letter, int]:
    sums = dict.fromkeys(colours, 0)
    inner = keys.under(colours)
    for atom, e, own in where:
        for letter in own:
            inner.colours[letter] = mix(colours[letter], SELF)
            sums[letter] += mix(inner.atom(atom), e)
            inner.colours[letter] = colours[letter]
    return {letter: mix(colour, sums[letter] & MASK) for letter, colour in colours.items()}


def sorted_own(atom: Atom, among: Mapping[Letter, int]) -> list[Letter]:
    """The letters of an atom among the given ones."""
    found = letters_of(atom)
    return [x for x in among if x in found]


@lru_cache(maxsize=65536)
def letters_of(atom: Atom) -> frozenset[Letter]:
    """Every letter that occurs in an atom."""
    from derive.calculus.substitute import _own_letters, children, letters

    return frozenset(_own_letters(atom)).union(*map(letters, children(atom)))
