"""Inverses and determinants for a proof: factors taken out, and both ways to write an entry of a symmetric inverse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Apply, Atom, Entry, Group, MatrixFunction
from derive.calculus.canonical import same
from derive.calculus.expr import Expr, Factor, Term, expr, multiply, power
from derive.calculus.facts import Facts
from derive.calculus.order import Keys, letters_of
from derive.calculus.substitute import Rebuild, atoms, letters, renew, subs

HALF = Fraction(1, 2)
MOST = 4  # inverses that are written both ways, which doubles the terms for each


def evened(value: Expr, facts: Facts) -> Expr:
    """``(c M)^-1`` as ``M^-1 / c``, ``det(c M)`` as ``c^n det M``, ``det(M^-1)`` as ``1 / det M``; symmetric inverses evenly.

    >>> from derive.calculus.affine import Letter
    >>> from derive.calculus.expr import entry
    >>> r, c = Letter("r"), Letter("c")
    >>> def inverse(body): return expr(MatrixFunction("inv", r, c, Affine.of("n"), body, (Affine.of(0), Affine.of(1))))
    >>> A = entry("A", r, c)
    >>> same(evened(inverse(2 * A), Facts()), inverse(A) / 2)
    True
    """
    return _Evened(facts, sum(isinstance(a, MatrixFunction) for a in atoms(value)) <= MOST).expr(value)


class _Evened(Rebuild):
    def __init__(self, facts: Facts, both: bool) -> None:
        self.facts, self.both = facts, both

    def leaf(self, atom: Atom) -> Expr | None:
        if not isinstance(atom, MatrixFunction) or atom.op not in ("inv", "det"):
            return None
        if atom.op == "det" and (inverse := _inverted(atom)) is not None:
            return power(self.atom(inverse), -1)
        inner = replace(atom, body=self.expr(atom.body))
        scale, body = _apart(inner)
        inner = replace(inner, body=body)
        if atom.op == "det":
            size = power(scale, expr(atom.size)) if scale.constant != 1 else scale
            return size * expr(inner)
        return power(scale, -1) * self._both_ways(inner)

    def _both_ways(self, atom: MatrixFunction) -> Expr:
        """Half of an entry and half of the mirrored one, where the matrix is its own transpose."""
        row, column = atom.at
        if not self.both or row == column or not self._is_symmetric(atom):
            return expr(atom)
        return HALF * expr(atom) + HALF * renew(expr(replace(atom, at=(column, row))))

    def _is_symmetric(self, atom: MatrixFunction) -> bool:
        turned = subs(atom.body, {atom.row: Affine.of(atom.column), atom.column: Affine.of(atom.row)})
        return same(atom.body, renew(turned), facts=self.facts)


def _inverted(atom: MatrixFunction) -> MatrixFunction | None:
    """The determinant of the matrix of whose inverse this is the determinant."""
    match atom.body.terms:
        case (Term(c, ((MatrixFunction("inv", at=at) as inverse, e),), ()),) if c == 1 and e == 1:
            here = (Affine.of(atom.row), Affine.of(atom.column))
            if at in (here, here[::-1]) and inverse.size == atom.size:
                return replace(inverse, op="det", at=())
    return None


def _apart(atom: MatrixFunction) -> tuple[Expr, Expr]:
    """A factor that is free of the row and column, and the matrix over it, with no such denominators and a settled sign."""
    terms = atom.body.terms
    own = {atom.row, atom.column}
    least: dict[Atom, Fraction] = {}
    outer = [{a: e for a, e in t.factors if _is_outer(a, e, t, own)} for t in terms]
    for a in dict.fromkeys(a for found in outer for a in found):
        e = min(found.get(a, Fraction(0)) for found in outer)
        if e:
            least[a] = e
    if not terms:
        return expr(1), atom.body
    rest = [replace(t, factors=_over(t.factors, least)) for t in terms]
    size = _size(replace(atom, body=Expr(tuple(rest))))
    scale = multiply((expr(size), *(power(expr(a), e) for a, e in least.items())))
    return scale, Expr(tuple(replace(t, coefficient=t.coefficient / size) for t in rest))


def _is_outer(atom: Atom, e: Fraction, term: Term, own: set[Letter]) -> bool:
    """Whether a factor is a power of something that depends on neither row nor column nor what is summed over."""
    number = isinstance(atom, Apply) and atom.function in ("pi", "exp") and not atom.order
    inside = own | {b.letter for b in term.bounds}
    return (number or isinstance(atom, Entry | Group)) and e.denominator == 1 and inside.isdisjoint(letters_of(atom))


def _over(factors: tuple[Factor, ...], least: Mapping[Atom, Fraction]) -> tuple[Factor, ...]:
    exponents = dict(factors)
    found = {a: exponents.get(a, Fraction(0)) - least.get(a, Fraction(0)) for a in (*exponents, *least)}
    return tuple((a, e) for a, e in found.items() if e)


def _size(atom: MatrixFunction) -> Fraction:
    """A number over which the matrix has the coefficient 1 in front of the term that comes first by its structure."""
    plain = dict.fromkeys(letters(atom.body), 4)
    keys = Keys({**plain, atom.row: 1, atom.column: 1}, frozenset())
    found = [(keys.term(replace(t, coefficient=Fraction(1))), t.coefficient) for t in atom.body.terms]
    return min(found)[1]
