"""A product of entries as a network: letters are nodes with vectors, pairs of letters are edges with matrices.

A bound letter with one neighbour is a matrix times a vector, with two it is a matrix product, with none a number; what
stays are the free letters, with what multiplies each of them and what joins them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from derive.calculus.affine import Affine, Letter
from derive.notation.matrix_build import (
    added,
    diag,
    hadamard,
    inner,
    matmul,
    neat,
    ones,
    outer,
    scaled,
    split,
    squares,
    trace,
    transposed,
)
from derive.notation.matrix_tree import (
    Count,
    Diagonal,
    Eye,
    Hadamard,
    MatMul,
    Matrix,
    Ones,
    Outer,
    Power,
    Sum,
    shape_of,
)


class NoForm(Exception):
    """There is no matrix form."""


class Network:
    """What multiplies each letter and each pair of letters of one term."""

    def __init__(self, sizes: Mapping[Letter, Affine], free: Sequence[Letter]) -> None:
        self.sizes, self.free = dict(sizes), tuple(free)
        self.numbers: list[Matrix] = []
        self.vectors: dict[Letter, list[Matrix]] = {x: [] for x in sizes}
        self.edges: dict[tuple[Letter, Letter], list[Matrix]] = {}

    def place(self, node: Matrix, at: Sequence[Letter]) -> None:
        """One factor: a number, a vector over a letter, or a matrix from one letter to another."""
        if not at:
            self.numbers.append(node)
        elif len(at) == 1:
            self.vectors[at[0]].append(node)
        else:
            a, b = at
            key, turned = ((a, b), node) if (b, a) not in self.edges else ((b, a), transposed(node))
            self.edges.setdefault(key, []).append(turned)

    def neighbours(self, letter: Letter) -> list[Letter]:
        """The letters that share an edge with this one."""
        return [b if a == letter else a for a, b in self.edges if letter in (a, b)]

    def taken(self, a: Letter, b: Letter) -> list[Matrix]:
        """The matrices from ``a`` to ``b``, taken out."""
        if (a, b) in self.edges:
            return self.edges.pop((a, b))
        return [transposed(m) for m in self.edges.pop((b, a), [])]

    def vector(self, letter: Letter) -> Matrix:
        """What multiplies a letter: ones where nothing does."""
        found = self.vectors.pop(letter)
        return hadamard(found) if found else ones((self.sizes[letter],))

    def contract(self) -> None:
        """Sum every bound letter out.

        Raises:
            NoForm: a letter joins three others.
        """
        bound = [x for x in reversed(self.sizes) if x not in self.free]
        while bound:
            near = {x: self.neighbours(x) for x in bound}
            letter = min(bound, key=lambda x: len(near[x]))
            bound.remove(letter)
            match near[letter]:
                case [a] if self._closed(a, letter):
                    bound.remove(a)
                    self.numbers.append(whole(self.taken(a, letter)))
                case found:
                    self._sum_out(letter, found)

    def _closed(self, a: Letter, k: Letter) -> bool:
        """Whether two bound letters have nothing but each other."""
        return a not in self.free and self.neighbours(a) == [k] and not self.vectors[a] and not self.vectors[k]

    def _sum_out(self, k: Letter, near: Sequence[Letter]) -> None:
        match near:
            case []:
                self.numbers.append(total(self.vector(k)))
            case [a]:
                matrix = neat(hadamard(self.taken(a, k)))
                self.vectors[a].append(matmul((matrix, self.vector(k))))
            case [a, b]:
                left, right = neat(hadamard(self.taken(a, k))), neat(hadamard(self.taken(k, b)))
                self.place(matmul((left, diag(self.vector(k)), right)), (a, b))
            case _:
                raise NoForm

    def result(self, coefficient: Fraction) -> Matrix:
        """The whole product, over the free letters in order."""
        self.contract()
        return scaled(coefficient, self.numbers, self._body())

    def _body(self) -> Matrix | None:
        if not self.free:
            return None
        if len(self.free) == 1:
            return self.vector(self.free[0])
        a, b = self.free
        found = self.taken(a, b)
        if not found:
            return outer(self.vector(a), self.vector(b))
        return sandwich(self.vector(a), neat(hadamard(found)), self.vector(b))


def total(vector: Matrix) -> Matrix:
    """The sum of a vector's entries: an inner product, a squared norm, a trace."""
    c, numbers, body = split(vector)
    parts = body.parts if isinstance(body, Hadamard) else (body,)
    below = any(isinstance(p, Power) and p.exponent < 0 for p in parts)
    match parts:
        case (Ones(size),) if size.letter or size.constant is not None:
            found: Matrix = Count(size)
        case (Ones(),):
            raise NoForm
        case (Power(base, e),) if e == 2:
            found = squares(base)
        case (Diagonal(matrix),):
            found = trace(matrix)
        case (first, *rest) if rest and not below:
            found = inner(first, hadamard(rest))
        case _:
            found = inner(Ones(shape_of(body)[0]), body)
    return scaled(c, [*numbers, found])


def whole(matrices: Sequence[Matrix]) -> Matrix:
    """The sum of all entries of a product of matrices, entry by entry: a trace or a squared norm."""
    c, numbers, body = split(hadamard(matrices))
    parts = body.parts if isinstance(body, Hadamard) else (body,)
    match parts:
        case (Power(base, e),) if e == 2:
            found = squares(base)
        case (left, right):
            found = trace(matmul((left, transposed(right))))
        case _:
            rows = Ones(shape_of(body)[0])
            found = inner(rows, matmul((body, Ones(shape_of(body)[1]))))
    return scaled(c, [*numbers, found])


def sandwich(left: Matrix, matrix: Matrix, right: Matrix) -> Matrix:
    """``diag(left) matrix diag(right)``; into a sum whose terms take it in without a new diagonal matrix."""
    for vector, side in ((left, 0), (right, 1)):
        matrix = _sided(vector, matrix, side)
    return matrix


def _sided(vector: Matrix, matrix: Matrix, side: int) -> Matrix:
    c, numbers, body = split(matrix)
    k, more, plain = split(vector)
    if isinstance(plain, Ones):
        return scaled(k, more, matrix)
    if isinstance(body, Sum) and all(_takes(t, side) for t in body.terms):
        body = added((_sided(plain, t, side) for t in body.terms), body.shape)
    else:
        body = _times(plain, body, side)
    return scaled(c * k, [*numbers, *more], body)


def _times(vector: Matrix, matrix: Matrix, side: int) -> Matrix:
    match matrix:
        case Outer(u, v):
            return outer(hadamard((vector, u)), v) if side == 0 else outer(u, hadamard((vector, v)))
        case Eye():
            return diag(vector)
    return matmul((diag(vector), matrix) if side == 0 else (matrix, diag(vector)))


def _takes(term: Matrix, side: int) -> bool:
    match split(term)[2]:
        case Eye():
            return True
        case Outer(u, v):
            return isinstance(v if side else u, Ones)
    return False


def gathered(node: Matrix) -> Matrix:
    """A sum with the matrix that all terms begin or end with written once: ``(A + Aᵀ) x``."""
    if not isinstance(node, Sum) or len(node.terms) < 2:
        return node
    chains = [_chain(t) for t in node.terms]
    for place in (-1, 0):
        ends = {parts[place] for _, _, parts in chains}
        if len(ends) == 1 and all(len(parts) > 1 for _, _, parts in chains):
            return _factored(chains, place)
    return node


def _chain(term: Matrix) -> tuple[Fraction, tuple[Matrix, ...], tuple[Matrix, ...]]:
    c, numbers, body = split(term)
    return c, numbers, body.parts if isinstance(body, MatMul) else (body,)


def _factored(chains: Sequence[tuple[Fraction, tuple[Matrix, ...], tuple[Matrix, ...]]], place: int) -> Matrix:
    common = chains[0][2][place]
    rests = [scaled(c, numbers, matmul(p[:-1] if place else p[1:])) for c, numbers, p in chains]
    rest = neat(gathered(added(rests, shape_of(rests[0]))))
    return matmul((rest, common) if place else (common, rest))
