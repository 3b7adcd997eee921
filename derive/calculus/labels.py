"""Names for bound letters that say their places, so that equal structures are written alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from math import prod

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Apply, Atom, Bound, Compare, Condition, Entry, Group, Logic, MatrixFunction, Reduce
from derive.calculus.expr import Expr, Factor, Term, add, expr
from derive.calculus.labelling import Fuel, Labelling
from derive.calculus.order import COMMUTING, Keys, mix, rational, ties
from derive.calculus.substitute import Rebuild, letters, rename_binders

_POSITION = 1 << 60
_WIDTH = 4096  # places a level; the last ones are for letters that no sum binds
_REDUCED, _ROW, _COLUMN = _WIDTH - 1, _WIDTH - 2, _WIDTH - 3
_LOOSE = 4  # the one colour of letters whose names say nothing


def place(depth: int, k: int) -> Letter:
    """The name of the ``k``-th bound letter of a level."""
    return Letter("·", _POSITION + _WIDTH * depth + k)


class Labels:
    """Labels terms from the outside in: a letter's name depends on nothing inside that still has another name."""

    def __init__(self, symmetric: frozenset[str], fuel: Fuel) -> None:
        self.symmetric, self.fuel = symmetric, fuel
        self.structure = Keys({}, symmetric)
        self.keys = Keys({}, symmetric, labelled=True)
        self.known: dict[tuple[Term, int], Term] = {}

    def merged(self, terms: Iterable[Term], depth: int) -> Expr:
        """The sum of the terms, labelled, like ones merged, in canonical order."""
        whole = add(Expr((self.term(t, depth),)) for t in terms)
        return Expr(tuple(sorted(whole.terms, key=self.keys.term)))

    def term(self, term: Term, depth: int) -> Term:
        """The labelled term."""
        found = self.known.get((term, depth))
        if found is None:
            found = self._inside(self._named(term, depth), depth)
            self.known[term, depth] = self.known[found, depth] = found
        return found

    def _named(self, term: Term, depth: int) -> Term:
        """The term with its own bound letters named by their places."""
        if not term.bounds:
            return term
        first = self.structure.ranges(term.bounds)
        factors = (*term.factors, *ties(term.bounds))
        _, order = Labelling(factors, self.structure, self.fuel).order(first)
        names = {x: Affine.of(place(depth, k)) for k, x in enumerate(order)}
        (renamed,) = rename_binders(Expr((term,)), names).terms
        bounds = {b.letter: b for b in renamed.bounds}
        return replace(renamed, bounds=tuple(_outer_first([bounds[place(depth, k)] for k in range(len(order))])))

    def _inside(self, term: Term, depth: int) -> Term:
        """The same inside the atoms, the factors in order."""
        plain = _Inside(self, depth + 1).expr(Expr((replace(term, bounds=()),)))
        if not plain.terms:
            return Term(Fraction(0))
        (inner,) = plain.terms
        pairs = [self._signed(f) for f in inner.factors]
        size = inner.coefficient * prod(sign for sign, _ in pairs)
        return Term(size, tuple(sorted((f for _, f in pairs), key=self._key)), (*term.bounds, *inner.bounds))

    def _signed(self, factor: Factor) -> tuple[int, Factor]:
        """A denominator with a plus sign in front of its first term, and the sign."""
        atom, e = factor
        if not isinstance(atom, Group) or e >= 0 or e.denominator != 1:
            return 1, factor
        sign, body = self.positive(atom.body)
        return sign ** int(-e), (Group(body), e)

    def positive(self, value: Expr) -> tuple[int, Expr]:
        """A sign and the expression times that sign: its coefficients add up to more than 0, or its first one is positive.

        The first term is one whatever the letters bound further out are called, which have no places yet, if that tells.
        """
        lead = sum(t.coefficient for t in value.terms) or self._first(value)
        if lead >= 0:
            return 1, value
        return -1, Expr(tuple(sorted((-value).terms, key=self.keys.term)))

    def _first(self, value: Expr) -> Fraction:
        loose = self.keys.under({x: _LOOSE for x in letters(value) if 0 < x.uid < _POSITION})
        terms = [(replace(t, coefficient=Fraction(1)), t.coefficient) for t in value.terms]
        return min(((loose.term(t), self.keys.term(t), c) for t, c in terms), default=(0, 0, Fraction(0)))[2]

    def _key(self, factor: Factor) -> int:
        return mix(self.keys.atom(factor[0]), rational(factor[1]))


class _Inside(Rebuild):
    """Labels what stands inside a term's atoms; commuting arguments and conditions come in order."""

    def __init__(self, owner: Labels, depth: int) -> None:
        self.owner, self.depth = owner, depth
        self.top = True

    def expr(self, value: Expr) -> Expr:
        """Labelled, except the outermost, whose atoms are."""
        if self.top:
            self.top = False
            return super().expr(value)
        return self.owner.merged(value.terms, self.depth)

    def leaf(self, atom: Atom) -> Expr | None:
        """The atom with its own letters named and what commutes in order."""
        match atom:
            case Entry(name, at) if name in self.owner.symmetric and len(at) > 1:
                return expr(Entry(name, (*at[:-2], *sorted(at[-2:], key=lambda a: a.terms))))
            case Apply(f, args, 0) if f in COMMUTING:
                return expr(Apply(f, tuple(sorted(map(self.expr, args), key=self.owner.keys.expr))))
            case Reduce(bound=b) if b.letter != place(self.depth, _REDUCED):
                return self._renamed(atom, {b.letter: place(self.depth, _REDUCED)})
            case MatrixFunction(row=row, column=column) if row != place(self.depth, _ROW):
                return self._renamed(atom, {row: place(self.depth, _ROW), column: place(self.depth, _COLUMN)})
        return None

    def _renamed(self, atom: Atom, names: dict[Letter, Letter]) -> Expr:
        ((new, _),) = rename_binders(expr(atom), {x: Affine.of(y) for x, y in names.items()}).terms[0].factors
        return self.parts(new)

    def condition(self, condition: Condition) -> Condition:
        """Equations with a plus sign in front, parts in order."""
        new = super().condition(condition)
        if isinstance(new, Logic):
            return replace(new, parts=tuple(sorted(new.parts, key=self.owner.keys.condition)))
        if isinstance(new, Compare) and new.op in ("=", "!="):
            return replace(new, left=self.owner.positive(new.left)[1])
        return new


def _outer_first(bounds: list[Bound]) -> Iterator[Bound]:
    """Ranges after those of the letters that they hang on, else in the given order."""
    while bounds:
        own = {b.letter for b in bounds}
        found = next(b for b in bounds if own.isdisjoint(b.low.letters | b.high.letters))
        bounds.remove(found)
        yield found
