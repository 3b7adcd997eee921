"""How printers arrange a matrix expression: which term comes first, what stands below a bar, what broadcasting puts back."""

from __future__ import annotations

from collections.abc import Sequence

from derive.notation.matrix_build import split
from derive.notation.matrix_tree import Eye, Matrix, Ones, Outer, Power, Scaled, Transpose, rank


class Column(Transpose):
    """A vector as a column that broadcasting repeats along the rows."""

    __slots__ = ()


def leading(terms: Sequence[Matrix]) -> list[Matrix]:
    """The identity first, else a term without a minus sign."""
    place = [2 if split(t)[0] < 0 else 0 if isinstance(split(t)[2], Eye) else 1 for t in terms]
    first = place.index(min(place))
    return [terms[first], *terms[:first], *terms[first + 1 :]]


def apart(parts: Sequence[Matrix]) -> tuple[list[Matrix], list[Matrix]]:
    """The factors above and below the fraction bar, both with positive powers."""
    return [p for p in parts if not _under(p)], [below(p) for p in parts if isinstance(p, Power) and _under(p)]


def below(part: Power) -> Matrix:
    """What stands below the fraction bar."""
    return part.base if part.exponent == -1 else Power(part.base, -part.exponent)


def _under(part: Matrix) -> bool:
    return isinstance(part, Power) and part.exponent < 0


def full(term: Matrix) -> bool:
    """Whether a term says something for every axis: no ones-vector that only repeats."""
    body = split(term)[2]
    sides = (body.left, body.right) if isinstance(body, Outer) else (body,)
    return not any(isinstance(s, Ones) for s in sides) and rank(body) > 0


def broadcast(term: Matrix) -> Matrix:
    """A term without the ones-vectors that broadcasting puts back."""
    c, factors, body = split(term)
    match body:
        case Ones() | Outer(Ones(), Ones()):
            return Scaled(c, factors)
        case Outer(Ones(), v):
            return Scaled(c, factors, v)
        case Outer(u, Ones()):
            return Scaled(c, factors, Column(u))
    return term
