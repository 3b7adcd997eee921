"""From index expressions to matrix notation: ``sum(W[k,i]*d[k], k)`` over ``i`` is ``Wᵀ d``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from derive.calculus.affine import ZERO, Affine, Letter
from derive.calculus.atoms import (
    Apply,
    Atom,
    Bound,
    Bracket,
    Compare,
    Entry,
    Group,
    Indicator,
    MatrixFunction,
    Number,
    Power,
)
from derive.calculus.expr import Expr, Term, expr, multiply
from derive.calculus.substitute import free_letters, subs
from derive.notation import matrix_tree as m
from derive.notation.index_names import Shape, shape_of
from derive.notation.matrix_build import added, diag, diagonal, neat, power, transposed
from derive.notation.matrix_network import Network, NoForm, gathered
from derive.notation.matrix_tree import Matrix

Sizes = Mapping[Letter, Affine]


def matrix_form(value: Expr, frame: Sequence[Bound], shapes: Mapping[str, Shape]) -> Matrix | None:
    """The matrix expression whose entries are ``value`` over the letters of the frame.

    Args:
        value: an expression; its free index letters are the frame's.
        frame: none, one or two letters with their ranges, which start at 0.
        shapes: array name → dimensions; ``v_bar`` is shaped as ``v`` is.

    Returns:
        None where there is no such form: entries with three indices, shifted slots, guards, parts of a range.

    >>> from derive.notation.index_language import expression, shapes_of
    >>> i = Bound(Letter("i"), Affine.of(0), Affine.of("n"))
    >>> shapes = {"W": "m n", "d": "m"}
    >>> node = matrix_form(expression("sum(W[k,i]*d[k], k)", shapes=shapes), (i,), shapes_of(shapes))
    >>> isinstance(node, m.MatMul), m.shape_of(node)
    (True, (n,))
    """
    sizes = {b.letter: b.high for b in frame}
    plain = all(b.low == ZERO and b.high.letters.isdisjoint(sizes) for b in frame)
    if len(frame) > 2 or len(sizes) < len(frame) or not plain:
        return None
    try:
        return _Former(shapes, sizes).form(value, sizes)
    except NoForm:
        return None


class _Former:
    def __init__(self, shapes: Mapping[str, Shape], indices: Iterable[Letter]) -> None:
        self.shapes, self.indices = shapes, set(indices)

    def form(self, value: Expr, sizes: Sizes) -> Matrix:
        """The sum of the terms' forms, over the letters of ``sizes`` in order."""
        terms = [self.term(t, sizes) for t in value.terms]
        return gathered(added(terms, tuple(sizes.values())))

    def term(self, term: Term, sizes: Sizes) -> Matrix:
        """One product, summed over its bound letters."""
        inner = dict(sizes)
        for b in term.bounds:
            if b.low != ZERO or b.kind != "sum" or b.letter in inner or not b.high.letters.isdisjoint(inner):
                raise NoForm
            inner[b.letter] = b.high
            self.indices.add(b.letter)
        for k, (atom, _) in enumerate(term.factors):
            if isinstance(atom, Bracket):
                rest = Term(term.coefficient, term.factors[:k] + term.factors[k + 1 :], term.bounds)
                return self.equal(atom.zero, rest, sizes, inner)
            if len(_used(atom, inner)) > 2:
                return self.spread(term, k, sizes)
        net = Network(inner, tuple(sizes))
        for atom, e in term.factors:
            used = _used(atom, inner)
            net.place(power(self.atom(atom, used), e), tuple(used))
        return net.result(term.coefficient)

    def equal(self, zero: Affine, rest: Term, sizes: Sizes, inner: Sizes) -> Matrix:
        """``[a = b]``: one letter less, or a diagonal matrix."""
        pair = [x for x in inner if x in zero.letters]
        if len(pair) != 2 or zero not in (a := Affine.of(pair[0]) - pair[1], -a) or inner[pair[0]] != inner[pair[1]]:
            raise NoForm
        kept, gone = pair
        bounds = tuple(b for b in rest.bounds if b.letter != gone)
        joined = subs(Expr((Term(rest.coefficient, rest.factors),)), {gone: Affine.of(kept)})
        if not joined.terms:
            return added((), tuple(sizes.values()))
        body = Expr(tuple(Term(t.coefficient, t.factors, (*bounds, *t.bounds)) for t in joined.terms))
        if gone in sizes:
            return diag(self.form(body, {x: s for x, s in sizes.items() if x != gone}))
        return self.form(body, sizes)

    def spread(self, term: Term, k: int, sizes: Sizes) -> Matrix:
        """A sum over three letters, multiplied out."""
        atom, e = term.factors[k]
        if not isinstance(atom, Group) or e != 1:
            raise NoForm
        rest = Expr((Term(term.coefficient, term.factors[:k] + term.factors[k + 1 :]),))
        products = [multiply((Expr((part,)), rest)).terms for part in atom.body.terms]
        opened = (Term(t.coefficient, t.factors, (*term.bounds, *t.bounds)) for ts in products for t in ts)
        return self.form(Expr(tuple(opened)), sizes)

    def atom(self, atom: Atom, sizes: Sizes) -> Matrix:
        """One factor over the letters that it uses."""
        match atom:
            case Entry(name, at):
                return self.slotted(m.Name(name, self.shape(name, len(at))), at, sizes)
            case Number(value) if self.indices.isdisjoint(value.letters):
                return m.Count(value)
            case Group(body):
                return neat(self.form(body, sizes))
            case Apply(function, args, order):
                return neat(m.Apply(function, tuple(self.argument(a, sizes) for a in args), order))
            case Power(base, exponent) if free_letters(exponent).isdisjoint(sizes):
                return m.Raised(self.form(base, sizes), self.form(exponent, {}))
            case Indicator(Compare(op, left, right)):
                return m.Truth(op, self.argument(left, sizes), self.argument(right, sizes))
            case MatrixFunction():
                return self.matrix_function(atom, sizes)
        raise NoForm

    def argument(self, value: Expr, sizes: Sizes) -> Matrix:
        """An argument: a number where it uses no letter."""
        return self.form(value, {} if free_letters(value).isdisjoint(sizes) else sizes)

    def shape(self, name: str, rank: int) -> Shape:
        """The shape of an array, which has as many axes as are read."""
        shape = shape_of(name, self.shapes) if rank else ()
        if shape is None or len(shape) != rank or rank > 2:
            raise NoForm
        return shape

    def slotted(self, node: Matrix, at: Sequence[Affine], sizes: Sizes) -> Matrix:
        """An array read at plain letters that run over its whole axes."""
        letters = [a.letter for a in at]
        for letter, size in zip(letters, m.shape_of(node), strict=True):
            if letter is None or sizes.get(letter) != size:
                raise NoForm
        if len(letters) == 2 and letters[0] == letters[1]:
            return diagonal(node)
        return node if len(letters) < 2 or letters == list(sizes) else transposed(node)

    def matrix_function(self, atom: MatrixFunction, sizes: Sizes) -> Matrix:
        """``inv``, ``det`` or a power of a matrix."""
        if {a.letter for a in atom.at} != set(sizes):
            raise NoForm
        square = {atom.row: atom.size, atom.column: atom.size}
        self.indices |= set(square)
        extra = None if atom.extra is None else self.form(atom.extra, {})
        found = m.Function(atom.op, self.form(atom.body, square), extra)
        return self.slotted(found, atom.at, sizes)


def _used(atom: Atom, sizes: Sizes) -> dict[Letter, Affine]:
    free = free_letters(expr(atom))
    return {x: s for x, s in sizes.items() if x in free}
