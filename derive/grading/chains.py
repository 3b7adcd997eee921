"""Sums over matched indices as products of matrices, and the proof of matrix identities with inverses by them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Atom, Bound, Bracket, Entry, Group, MatrixFunction, Number
from derive.calculus.expr import Expr, Factor, Term
from derive.calculus.facts import Facts
from derive.calculus.order import letters_of
from derive.calculus.substitute import atoms
from derive.grading.noncommutative import Inverse, Matrix, Sum, Word, turned, vanishes
from derive.grading.rational import GENERATORS, KERNELS, ONE, UNIT, GiveUp, Quotient, rational

INVERTIBLE = frozenset({"spd", "invertible", "posdet", "orthogonal"})
SYMMETRIC = frozenset({"spd", "symmetric"})
MAX_FACTORS, MAX_POWER = 200, 8
ONES = "\0"  # begins the name of a vector of ones
End = Letter | None  # None is the end of a vector that has a single column, and both ends of a number
Strand = tuple[End, End, Word]


def same_matrices(
    left: Expr, right: Expr, frame: Sequence[Bound], domains: Mapping[str, str], facts: Facts
) -> str | None:
    """What proves that two matrices, vectors or numbers made of products, sums and inverses are equal, or None.

    >>> from derive.calculus.expr import entry, expr
    >>> n, (i, j, r, c) = Affine.of("n"), map(Letter, "ijrc")
    >>> frame = [Bound(x, Affine.of(0), n) for x in (i, j)]
    >>> def inverse(body, *at): return expr(MatrixFunction("inv", r, c, n, body, tuple(map(Affine.of, at))))
    >>> twice = inverse(inverse(entry("A", r, c), r, c), i, j)
    >>> same_matrices(twice, entry("A", i, j), frame, {"A": "invertible"}, Facts.of({}, {"A": [n, n]}))
    'matrix series'
    """
    if not any(isinstance(a, MatrixFunction) and a.op == "inv" for v in (left, right) for a in atoms(v)):
        return None
    ends = [b.letter for b in frame]
    if len(ends) > 2 or any(b.low.terms for b in frame):
        return None
    sizes = {b.letter: b.high for b in frame}
    readers = (Reader(domains, facts, dict(sizes), around, last) for last in (False, True) for around in (0, 1))
    return "matrix series" if any(_same(left, right, (*ends, None, None)[:2], r) for r in readers) else None


def _same(left: Expr, right: Expr, ends: tuple[End, ...], reader: Reader) -> bool:
    row, column = ends
    try:
        ours, theirs = (reader.sum(v, row, column).terms for v in (left, right))
        return vanishes(Sum((*ours, *((-c, w) for c, w in theirs))))
    except (GiveUp, OverflowError, RecursionError):
        return False


@dataclass
class Reader:
    """Reads expressions between two indices.

    ``sizes`` are the ranges of letters, ``around`` is where the series of a square matrix that may have no inverse starts;
    of ``v^T u`` and ``u^T v`` the one that comes ``last`` or first is read; ``numbers`` stand for scalars.
    """

    domains: Mapping[str, str]
    facts: Facts
    sizes: dict[Letter, Affine]
    around: int = 0
    last: bool = False
    numbers: dict[Hashable, int] = field(default_factory=dict)
    left: int = MAX_FACTORS
    ones: dict[str, Affine] = field(default_factory=dict)
    places: dict[Letter, Affine] = field(default_factory=dict)

    def sum(self, value: Expr, row: End, column: End) -> Sum:
        """The words of an expression whose free indices are these two."""
        return Sum(tuple(self.term(t, row, column) for t in value.terms))

    def term(self, term: Term, row: End, column: End) -> tuple[Quotient, Word]:
        """The number in front, and the factors in the order in which their indices meet."""
        term = self.spliced(term)
        for b in term.bounds:
            if b.kind != "sum":
                raise GiveUp
            self.sizes[b.letter], self.places[b.letter] = b.high - b.low, b.letter - b.low
        among = {b.letter for b in term.bounds} | {x for x in (row, column) if x is not None}
        scale, edges = rational(term.coefficient), list[Strand]()
        for atom, e in term.factors:
            self.left -= 1
            own = sorted(letters_of(atom) & among)
            if self.left < 0 or (own and e.denominator != 1):
                raise GiveUp
            if not own:
                number, words = self.rooted(atom, e)
                scale = scale * number
                edges += [(None, None, w) for w in words]
            elif len(own) <= 2 and (e == 1 or (isinstance(atom, Entry | Group) and 0 < e <= MAX_POWER)):
                edges += [self.edge(atom, own)] * int(e)
            else:
                raise GiveUp
        outer = [x for x in (row, column) if x is not None]
        edges += self.filled(edges, outer, [b.letter for b in term.bounds])
        number, word = self.placed(joined(edges, outer), row, column)
        return scale * number, word

    def spliced(self, term: Term) -> Term:
        """The term with the factors of products in brackets among its own."""
        coefficient, waiting, bounds, factors = term.coefficient, list(term.factors), list(term.bounds), list[Factor]()
        while waiting:
            atom, e = self.flat(*waiting.pop(0))
            if isinstance(atom, Group) and e == 1 and len(atom.body.terms) == 1:
                (inner,) = atom.body.terms
                coefficient *= inner.coefficient
                waiting = [*inner.factors, *waiting]
                bounds += inner.bounds
            else:
                factors.append((atom, e))
        if len({b.letter for b in bounds}) < len(bounds):
            raise GiveUp
        return Term(coefficient, tuple(factors), tuple(bounds))

    def flat(self, atom: Atom, e: Fraction) -> Factor:
        """A power of a power as one power, where that is the same."""
        return atom, e

    def filled(self, edges: Sequence[Strand], outer: Sequence[Letter], summed: Sequence[Letter]) -> Iterator[Strand]:
        """A vector of ones for each place in which an index is missing: ``Σ_i v_i`` is ``1^T v``."""
        ends = [x for e in edges for x in e[:2]]
        for wanted, letters in ((1, outer), (2, summed)):
            for x in letters:
                size, missing = self.sizes[x], wanted - ends.count(x)
                if missing > 0 and size.letter is None:
                    raise GiveUp
                for _ in range(missing):
                    self.ones[f"{ONES}{size}"] = size
                    yield x, None, (Matrix(f"{ONES}{size}"),)

    def placed(self, strands: Sequence[Strand], row: End, column: End) -> tuple[Quotient, Word]:
        """The number in front and the word from the row to the column."""
        return ONE, _ordered(strands, row, column, self.last)

    def rooted(self, atom: Atom, e: Fraction) -> tuple[Quotient, list[Word]]:
        """A rational power of a number."""
        if e.denominator != 1:
            raise GiveUp
        return self.scalar(atom, int(e))

    def scalar(self, atom: Atom, e: int) -> tuple[Quotient, list[Word]]:
        """A power of a number: in front where it commutes by itself, else as a matrix with one row and column."""
        if isinstance(atom, Entry | Number):
            if letters_of(atom) - self.dimensions():
                raise GiveUp
            return (self.affine(atom.value) if isinstance(atom, Number) else self.number(atom)).to(e), []
        if not isinstance(atom, Group):
            raise GiveUp
        inner = self.sum(atom.body, None, None)
        if not any(w for _, w in inner.terms):
            total = rational(0)
            for c, _ in inner.terms:
                total = total + c
            return total.to(e), []
        if abs(e) > MAX_POWER:
            raise GiveUp
        return ONE, [(inner,) if e > 0 else (Inverse(inner),)] * abs(e)

    def dimensions(self) -> frozenset[Letter]:
        """The letters that are sizes."""
        return frozenset(x for n in (*self.sizes.values(), *self.all_sizes()) for x in n.letters)

    def all_sizes(self) -> list[Affine]:
        """The sizes of all axes."""
        return [n for axes in self.facts.shape.values() for n in axes]

    def affine(self, value: Affine) -> Quotient:
        """A polynomial of letters."""
        total = rational(0)
        for monomial, c in value.terms:
            product = rational(c)
            for letter in monomial:
                product = product * self.number(letter)
            total = total + product
        return total

    def number(self, key: Hashable) -> Quotient:
        """The generator of a number."""
        k = self.numbers.setdefault(key, len(self.numbers))
        if k >= KERNELS:
            raise GiveUp
        return Quotient(GENERATORS[k], UNIT)

    def is_square(self, name: str) -> bool:
        """Whether an array has as many rows as columns."""
        axes = self.facts.shape[name]
        return len(axes) == 2 and axes[0] == axes[1]

    def edge(self, atom: Atom, own: Sequence[Letter]) -> Strand:
        """A factor with one or two indices, between them."""
        match atom:
            case Entry(name, at):
                ends = self.ends(at, self.facts.shape.get(name, ()), own)
                domain, square = self.domains.get(name, "real"), self.is_square(name)
                base = int(square and (domain in INVERTIBLE or self.around))
                letter = Matrix(name, False, base, square and domain in SYMMETRIC)
                first, second = (*ends, None)[:2]
                return first, second, (letter,)
            case Bracket(zero) if len(own) == 2 and self.sizes[own[0]] == self.sizes[own[1]]:
                gap = self.place(own[0]) - self.place(own[1])
                if zero not in (gap, -gap):
                    raise GiveUp
                return own[0], own[1], ()
            case MatrixFunction("inv", row, column, size, body, at):
                first, second = self.ends(at, (size, size), own)
                self.sizes[row] = self.sizes[column] = size
                return first, second, self.inverted(self.sum(body, row, column))
            case Group(body):
                first, second = (*own, None)[:2]
                return first, second, (self.sum(body, first, second),)
        raise GiveUp

    def inverted(self, body: Sum) -> Word:
        """The inverse of a matrix."""
        return (Inverse(body),)

    def ends(self, at: Sequence[Affine], sizes: Sequence[Affine], own: Sequence[Letter]) -> list[Letter]:
        """The letters of the slots: the indices of the factor, each of which must run over the whole axis."""
        found = [x for a in at for x in own if self.place(x) == a]
        if len(sizes) != len(at) or sorted(found) != sorted(own) or [self.sizes[x] for x in found] != list(sizes):
            raise GiveUp
        return found

    def place(self, letter: Letter) -> Affine:
        """Where a letter is in its range, counted from 0."""
        return self.places[letter] if letter in self.places else Affine.of(letter)


def joined(edges: list[Strand], outer: Sequence[Letter]) -> list[Strand]:
    """The strands from end to end, in which each summed letter joins two factors; a closed one ends where it begins.

    Raises:
        GiveUp: an index stands in more than two factors.
    """
    done = list[Strand]()
    while edges:
        first = edges.pop(0)
        letter = next((x for x in first[:2] if x is not None and x not in outer), None)
        if letter is None or first[0] == first[1]:
            done.append(first)
            continue
        met = [k for k, e in enumerate(edges) if letter in e[:2]]
        if len(met) != 1:
            raise GiveUp
        second = edges.pop(met[0])
        a, _, word = first if first[1] == letter else _turned(first)
        _, b, more = second if second[0] == letter else _turned(second)
        edges.insert(0, (a, b, (*word, *more)))
    return done


def _turned(edge: Strand) -> Strand:
    return edge[1], edge[0], turned(edge[2])


def _ordered(edges: Sequence[Strand], row: End, column: End, last: bool) -> Word:
    """What begins at the row, the numbers, and what ends at the column."""
    numbers = [_settled(e, last) for e in edges if e[:2] == (None, None)]
    middle = [w for *_, w in sorted(numbers, key=lambda e: spelled(e[2]))]
    rest = [e for e in edges if e[:2] != (None, None)]
    if any(a == b for a, b, _ in rest):
        raise GiveUp
    if row is not None and column is not None and len(rest) == 1:
        ((a, b, word),) = rest
        if middle or {a, b} != {row, column}:
            raise GiveUp
        return word if a == row else turned(word)
    before = [e if e[0] == row else _turned(e) for e in rest if row is not None and row in e[:2]]
    after = [e if e[1] == column else _turned(e) for e in rest if column is not None and column in e[:2]]
    if len(before) != (row is not None) or len(after) != (column is not None) or len(before) + len(after) != len(rest):
        raise GiveUp
    return tuple(part for word in (*(e[2] for e in before), *middle, *(e[2] for e in after)) for part in word)


def _settled(edge: Strand, last: bool) -> Strand:
    """One of the two ways to read a number."""
    ours, theirs = spelled(edge[2]), spelled(turned(edge[2]))
    return edge if ours == theirs or (ours < theirs) != last else _turned(edge)


def spelled(word: Word) -> tuple[str, ...]:
    """The names in a word, in order; plain factors come before inverses."""
    return tuple(part.name + "'" * part.turned if isinstance(part, Matrix) else "\x7f" for part in word)
