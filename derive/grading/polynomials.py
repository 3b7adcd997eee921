"""Polynomials in matrices and vectors: multiplied out they are sums of products of names, each written in one way only.

A number such as ``v^T M v`` or a trace is read in one of its directions and commutes with everything; quotients of
such numbers are quotients of polynomials in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import floor

from derive.calculus.affine import Affine
from derive.calculus.atoms import Apply, Atom, Bound, Cases, Entry, Group, Guard, Indicator, Number, Power, Reduce
from derive.calculus.expr import Expr, Factor, Term, expr
from derive.calculus.facts import Facts
from derive.calculus.substitute import atoms, letters
from derive.grading.chains import End, Reader, Strand, spelled
from derive.grading.noncommutative import Inverse, Matrix, Sum, Word, turned
from derive.grading.norms import never_negative
from derive.grading.rational import ONE, GiveUp, Quotient, rational

MAX_WORDS = 120
COLUMNS, ROWS = ("orthcols", "orthogonal"), ("orthogonal",)
_FOREIGN = (Apply, Cases, Guard, Indicator, Power, Reduce)
Polynomial = dict[Word, Quotient]


def same_polynomials(
    left: Expr, right: Expr, frame: Sequence[Bound], domains: Mapping[str, str], facts: Facts
) -> str | None:
    """What proves that two matrices, vectors or numbers are the same polynomial in matrices, or None.

    >>> from derive.calculus.affine import Letter
    >>> from derive.calculus.expr import entry, total
    >>> i, j = (Bound(Letter(x), Affine.of(0), Affine.of("n")) for x in "ij")
    >>> square = total(entry("A", "i", "j") ** 2, i, j)
    >>> trace = total(entry("A", "j", "i") * entry("A", "j", "i"), i, j)
    >>> same_polynomials(square, trace, (), {}, Facts.of({}, {"A": ["n", "n"]}))
    'canonical form'
    """
    ends = [b.letter for b in frame]
    if len(ends) > 2 or any(b.low.terms for b in frame) or not (letters(left) or letters(right)):
        return None
    if any(isinstance(a, _FOREIGN) for v in (left, right) for a in atoms(v)):
        return None
    row, column = (*ends, None, None)[:2]
    reader = _Polynomials(domains, facts, {b.letter: b.high for b in frame})
    try:
        gap = (*reader.sum(left, row, column).terms, *((-c, w) for c, w in reader.sum(right, row, column).terms))
        return None if reader.expanded(Sum(gap)) else "canonical form"
    except (GiveUp, OverflowError, RecursionError):
        return None


@dataclass
class _Polynomials(Reader):
    """Reads numbers as quotients of polynomials in generators, and arrays as sums of words."""

    def sum(self, value: Expr, row: End, column: End) -> Sum:
        """The words multiplied out, like ones together, in order."""
        found = self.expanded(Reader.sum(self, value, row, column))
        return Sum(tuple((found[w], w) for w in sorted(found, key=_key)))

    def rooted(self, atom: Atom, e: Fraction) -> tuple[Quotient, list[Word]]:
        """A rational power of what is never negative: a whole power times a root, a number of its own."""
        if e.denominator == 1:
            return self.scalar(atom, int(e))
        if not _is_size(atom) and not never_negative(expr(atom), self.domains, self.facts):
            raise GiveUp
        value, words = self.scalar(atom, 1)
        if words or not value.num:
            raise GiveUp
        root = self.number(("root", str(value.num), str(value.den), e - floor(e)))
        return value.to(floor(e)) * root, []

    def scalar(self, atom: Atom, e: int) -> tuple[Quotient, list[Word]]:
        """A power of a number."""
        if isinstance(atom, Entry | Number):
            return Reader.scalar(self, atom, e)
        if not isinstance(atom, Group):
            raise GiveUp
        found = self.expanded(Reader.sum(self, atom.body, None, None))
        return found.get((), rational(0)).to(e), []

    def flat(self, atom: Atom, e: Fraction) -> Factor:
        """A power of a root of what is never negative as one power."""
        match atom:
            case Group(Expr((Term(c, ((Group(body) as inner, f),), ()),))) if c == 1:
                if never_negative(body, self.domains, self.facts):
                    return self.flat(inner, f * e)
        return atom, e

    def inverted(self, body: Sum) -> Word:
        """The inverse of a matrix; of a multiple of the identity, and of an orthogonal matrix, in plain words."""
        match body.terms:
            case ((c, ()),):
                return (Sum(((c.inverse(), ()),)),)
            case ((c, (Matrix(name) as only,)),) if self.domains.get(name) in ROWS:
                return (Sum(((c.inverse(), turned((only,))),)),)
        return (Inverse(body),)

    def placed(self, strands: Sequence[Strand], row: End, column: End) -> tuple[Quotient, Word]:
        """Numbers in front of the word from the row to the column."""
        scale, rest = ONE, list[Strand]()
        for first, last, word in strands:
            if first == last:
                scale = scale * self.value(word, self.sizes[first] if first is not None else None)
            else:
                rest.append((first, last, word))
        return (scale, Reader.placed(self, rest, row, column)[1]) if rest or row is not None else (scale, ())

    def value(self, word: Word, size: Affine | None) -> Quotient:
        """A closed word: a number, or the trace of a matrix of this size."""
        total = rational(0)
        for w, c in self.expanded(Sum(((ONE, word),))).items():
            total = total + c * self.closed(w, size)
        return total

    def closed(self, word: Word, size: Affine | None) -> Quotient:
        """The generator of one product."""
        if not word:
            return ONE if size is None else self.affine(size)
        pieces = self.pieces(word)
        if len(pieces) > 1:
            if size is not None:
                return self.closed((*word[len(pieces[0]) :], *pieces[0]), None)
            result = ONE
            for piece in pieces:
                result = result * self.closed(piece, None)
            return result
        if size is None:
            if len(word) == 2 and (square := self.square(word)) is not None:
                return square
            return self.number(("number", min(word, turned(word), key=_key)))
        around = [w[k:] + w[:k] for w in (word, turned(word)) for k in range(len(word))]
        shorter = next((r for r in map(self.reduced, around) if len(r) < len(word)), None)
        if shorter:
            return self.closed(shorter, size)
        if shorter is not None:
            raise GiveUp  # the trace of an identity whose size is another
        return self.number(("trace", min(around, key=_key)))

    def pieces(self, word: Word) -> list[Word]:
        """The word cut where a column meets a row: what stands between two cuts is a number."""
        cuts = [
            k for k in range(1, len(word)) if self.is_column(word[k - 1]) or self.is_column(turned(word[k : k + 1])[0])
        ]
        return [word[a:b] for a, b in pairwise((0, *cuts, len(word)))]

    def is_column(self, part: Matrix | Inverse | Sum) -> bool:
        """Whether a factor has a single column."""
        return (
            isinstance(part, Matrix)
            and not part.turned
            and (part.name in self.ones or len(self.facts.shape.get(part.name, ())) == 1)
        )

    def square(self, word: Word) -> Quotient | None:
        """The square of a vector of ones, or of one of length 1."""
        match word:
            case (Matrix(name, True), Matrix(other, False)) if name == other:
                if name in self.ones:
                    return self.affine(self.ones[name])
                return ONE if self.domains.get(name) == "unitvector" else None
        return None

    def expanded(self, value: Sum) -> Polynomial:
        """All products multiplied out.

        Raises:
            GiveUp: there are too many.
        """
        found: Polynomial = {}
        waiting = list(value.terms)
        while waiting:
            c, word = waiting.pop()
            k = next((k for k, part in enumerate(word) if isinstance(part, Sum)), None)
            if k is not None:
                part = word[k]
                assert isinstance(part, Sum)
                waiting += [(c * x, (*word[:k], *w, *word[k + 1 :])) for x, w in part.terms]
                self.left -= len(part.terms)
                if self.left < 0:
                    raise GiveUp
                continue
            pieces = self.pieces(self.reduced(word))
            for number in pieces[1:-1]:
                c = c * self.closed(number, None)
            word = (*pieces[0], *pieces[-1]) if len(pieces) > 1 else pieces[0]
            total = found[word] + c if word in found else c
            if total.num:
                found[word] = total
            else:
                found.pop(word, None)
        if len(found) > MAX_WORDS:
            raise GiveUp
        return found

    def reduced(self, word: Word) -> Word:
        """The word without what is the identity: an inverse beside its matrix, ``Q^T Q``."""
        out = list[Matrix | Inverse | Sum]()
        for part in word:
            if out and self.cancels(out[-1], part):
                out.pop()
            else:
                out.append(part)
        return tuple(out)

    def cancels(self, first: Matrix | Inverse | Sum, second: Matrix | Inverse | Sum) -> bool:
        """Whether two factors are the identity together."""
        match first, second:
            case (Matrix(a, flag), Matrix(b, other)) if (
                a == b and flag != other and len(self.facts.shape.get(a, ())) == 2
            ):
                return self.domains.get(a) in (COLUMNS if flag else ROWS)
            case (Inverse(Sum(((c, (only,)),))), Matrix()) | (Matrix(), Inverse(Sum(((c, (only,)),)))):
                return only in (first, second) and c.num == c.den
        return False


def _is_size(atom: Atom) -> bool:
    return isinstance(atom, Number) and atom.value.letter is not None


def _key(word: Word) -> tuple[object, ...]:
    """An order of words, and of the bodies of inverses in them."""
    return (len(word), spelled(word), tuple(_inside(word)))


def _inside(word: Word) -> Iterator[tuple[object, ...]]:
    for part in word:
        if isinstance(part, Inverse):
            yield tuple((_key(w), str(c.num), str(c.den)) for c, w in part.body.terms)


__all__ = ["same_polynomials"]
