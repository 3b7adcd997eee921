"""Building matrix expressions: numbers in front, products of products are one, transposes where fewest are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from derive.notation.matrix_tree import (
    Apply,
    Count,
    Diag,
    Diagonal,
    Eye,
    Function,
    Hadamard,
    Inner,
    MatMul,
    Matrix,
    Name,
    Norm,
    Ones,
    Outer,
    Power,
    Scaled,
    Shape,
    Sum,
    Trace,
    Transpose,
    Truth,
    rank,
    shape_of,
    turns,
)

ONE = Fraction(1)
Split = tuple[Fraction, tuple[Matrix, ...], Matrix]


def number(value: Fraction) -> Matrix:
    """A rational number."""
    return Scaled(value)


def split(node: Matrix) -> Split:
    """The numbers in front and the rest; the rest of a number is 1."""
    match node:
        case Scaled(c, factors, body):
            return c, factors, number(ONE) if body is None else body
    return (ONE, (node,), number(ONE)) if rank(node) == 0 else (ONE, (), node)


def scaled(coefficient: Fraction, factors: Iterable[Matrix], body: Matrix | None = None) -> Matrix:
    """Numbers times an array, or a product of numbers; a Scaled inside comes out."""
    powers: dict[Matrix, Fraction] = {}
    loose: list[Matrix] = []
    waiting = list(factors)
    if body is not None and (rank(body) == 0 or isinstance(body, Scaled)):
        c, more, body = split(body)
        coefficient, waiting = coefficient * c, [*waiting, *more]
        body = None if rank(body) == 0 else body
    while waiting:
        factor = waiting.pop(0)
        if isinstance(factor, Scaled):
            coefficient *= factor.coefficient
            waiting = [*factor.factors, *waiting]
            continue
        base, e = (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, ONE)
        if e.denominator == 1 or isinstance(base, Norm | Count):
            powers[base] = powers.get(base, Fraction(0)) + e
        else:
            loose.append(factor)
    kept = (*(Power(b, e) if e != 1 else b for b, e in powers.items() if e), *loose)
    if coefficient == 0:
        return Sum((), () if body is None else shape_of(body))
    if coefficient == 1 and not kept and body is not None:
        return body
    if coefficient == 1 and len(kept) == 1 and body is None:
        return kept[0]
    return Scaled(coefficient, kept, body)


def added(terms: Iterable[Matrix], shape: Shape) -> Matrix:
    """A sum: inner sums without a factor are part of it, a term of the same body merges."""
    bodies: dict[tuple[tuple[Matrix, ...], Matrix], Fraction] = {}
    for term in _flat(terms):
        c, factors, body = split(term)
        bodies[factors, body] = bodies.get((factors, body), Fraction(0)) + c
    kept = tuple(scaled(c, factors, body) for (factors, body), c in bodies.items() if c)
    return kept[0] if len(kept) == 1 else Sum(kept, shape)


def _flat(terms: Iterable[Matrix]) -> Iterable[Matrix]:
    for term in terms:
        if isinstance(term, Sum):
            yield from term.terms
        else:
            yield term


def power(base: Matrix, e: Fraction) -> Matrix:
    """A power, entry by entry; the root of a sum of squares is a norm."""
    if e == 1:
        return base
    match base:
        case Scaled(c, factors, body) if e.denominator == 1 and abs(e) <= 8 and c:
            parts = (power(f, e) for f in factors)
            return scaled(c ** int(e), parts, None if body is None else power(body, e))
        case Power(Norm() as inner, f):
            return scaled(ONE, [Power(inner, f * e)])
        case Power(inner, f) if f.denominator == 1 and e.denominator == 1:
            return power(inner, f * e)
    return Power(base, e)


def _pulled(parts: Sequence[Matrix]) -> tuple[Fraction, list[Matrix], list[Matrix]]:
    """The numbers of all parts, and the parts without them."""
    c, numbers, rest = ONE, list[Matrix](), list[Matrix]()
    for part in parts:
        k, factors, body = split(part)
        c *= k
        numbers += factors
        rest.append(body)
    return c, numbers, rest


def hadamard(parts: Sequence[Matrix]) -> Matrix:
    """The product entry by entry of one or more arrays of one shape."""
    c, numbers, rest = _pulled(parts)
    powers: dict[Matrix, Fraction] = {}
    for part in (p for r in rest for p in (r.parts if isinstance(r, Hadamard) else (r,))):
        base, e = (part.base, part.exponent) if isinstance(part, Power) else (part, ONE)
        if e.denominator == 1:
            powers[base] = powers.get(base, Fraction(0)) + e
        else:
            powers[part] = powers.get(part, Fraction(0)) + 1
    ones = _ones(shape_of(rest[0]))
    kept = [power(b, e) for b, e in powers.items() if e and b != ones]
    body = Hadamard(tuple(sorted(kept, key=_place))) if len(kept) > 1 else kept[0] if kept else ones
    return scaled(c, numbers, body)


def _place(part: Matrix) -> int:
    """Chains first, then names and sums, functions and indicators last."""
    if isinstance(part, MatMul | Outer):
        return 0
    bare = part.arg if isinstance(part, Transpose) else part
    if isinstance(bare, Name) and bare.name.endswith("_bar"):
        return 1
    return 4 if isinstance(bare, Truth) else 3 if isinstance(part, Apply) else 2


def _ones(shape: Shape) -> Matrix:
    return Ones(shape[0]) if len(shape) == 1 else Outer(Ones(shape[0]), Ones(shape[1]))


def ones(shape: Shape) -> Matrix:
    """An array of ones; the number 1 without dimensions."""
    return _ones(shape) if shape else number(ONE)


def matmul(parts: Sequence[Matrix]) -> Matrix:
    """A matrix product; identities fall out, a diagonal matrix times a vector is a product entry by entry."""
    c, numbers, rest = _pulled(parts)
    flat = [p for r in rest for p in (r.parts if isinstance(r, MatMul) else (r,))]
    kept: list[Matrix] = [p for p in flat if not isinstance(p, Eye)] or flat[:1]
    while len(kept) > 1 and isinstance(kept[-2], Diag) and rank(kept[-1]) == 1:
        kept[-2:] = [hadamard((kept[-2].arg, kept[-1]))]
        more, extra, last = split(kept[-1])
        c, numbers, kept[-1] = c * more, [*numbers, *extra], last
    return scaled(c, numbers, MatMul(tuple(kept)) if len(kept) > 1 else kept[0])


def outer(left: Matrix, right: Matrix) -> Matrix:
    """``left rightᵀ``."""
    c, numbers, (u, v) = _pulled((left, right))
    return scaled(c, numbers, Outer(u, v))


def inner(left: Matrix, right: Matrix) -> Matrix:
    """``leftᵀ right``; a chain stands on the right."""
    c, numbers, (u, v) = _pulled((left, right))
    if isinstance(u, MatMul) and not isinstance(v, MatMul):
        u, v = v, u
    return scaled(c, [*numbers, Inner(u, v)])


def trace(arg: Matrix) -> Matrix:
    """The trace, with the fewest transposes."""
    c, numbers, (body,) = _pulled((arg,))
    turned = transposed(body)
    return scaled(c, [*numbers, Trace(turned if turns(turned) < turns(body) else body)])


def squares(arg: Matrix) -> Matrix:
    """The sum of all squares."""
    c, numbers, (body,) = _pulled((arg,))
    return scaled(c * c, [*(power(f, Fraction(2)) for f in numbers), Power(Norm(body), Fraction(2))])


def diag(arg: Matrix) -> Matrix:
    """The diagonal matrix; of ones it is the identity."""
    c, numbers, (body,) = _pulled((arg,))
    return scaled(c, numbers, Eye(body.size) if isinstance(body, Ones) else Diag(body))


def diagonal(arg: Matrix) -> Matrix:
    """The diagonal of a matrix."""
    c, numbers, (body,) = _pulled((arg,))
    return scaled(c, numbers, Diagonal(body))


def transposed(node: Matrix) -> Matrix:
    """The transpose, written with the fewest transposes; ``(P - Y)ᵀ`` stays whole."""
    match node:
        case Transpose(arg):
            return arg
        case MatMul(parts) if rank(node) == 2:
            return MatMul(tuple(transposed(p) for p in reversed(parts)))
        case Outer(left, right):
            return Outer(right, left)
        case Diag() | Eye():
            return node
        case Scaled(c, factors, body) if body is not None:
            return scaled(c, factors, transposed(body))
    inside = _inside(node)
    return inside if turns(inside) <= turns(node) and inside != node else Transpose(node)


def _inside(node: Matrix) -> Matrix:
    """The transpose taken of the parts."""
    match node:
        case Hadamard(parts):
            return Hadamard(tuple(transposed(p) for p in parts))
        case Sum(terms, shape):
            return Sum(tuple(transposed(t) for t in terms), shape[::-1])
        case Apply(function, args, order) if args:
            return Apply(function, tuple(transposed(a) if rank(a) == 2 else a for a in args), order)
        case Power(base, e):
            return Power(transposed(base), e)
        case Truth(op, left, right):
            return Truth(op, *(transposed(a) if rank(a) == 2 else a for a in (left, right)))
        case Function("inv" | "power" as op, arg, extra):
            return Function(op, transposed(arg), extra)
    return node


def neat(node: Matrix) -> Matrix:
    """A matrix, with its transpose taken outside where that writes fewer."""
    if rank(node) != 2 or isinstance(node, Transpose | MatMul | Outer):
        return node
    turned = transposed(node)
    return Transpose(turned) if not isinstance(turned, Transpose) and turns(turned) + 1 < turns(node) else node
