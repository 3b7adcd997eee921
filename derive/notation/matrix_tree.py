"""Matrix expressions: scalars, column vectors and matrices as a textbook writes them, each with its shape.

Vectors are columns; ``uᵀ v`` is an inner product and ``u vᵀ`` an outer one, so that no row vector is ever needed. A
ones-vector is a value like any other: what is the same in every row says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from derive.calculus.affine import Affine

Shape = tuple[Affine, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A named array."""

    name: str
    shape: Shape = ()


@dataclass(frozen=True, slots=True)
class Count:
    """A dimension used as a number: ``n`` in ``1/n``."""

    value: Affine


@dataclass(frozen=True, slots=True)
class Ones:
    """The vector of ones."""

    size: Affine


@dataclass(frozen=True, slots=True)
class Eye:
    """The identity matrix."""

    size: Affine


@dataclass(frozen=True, slots=True)
class Transpose:
    """A matrix transposed."""

    arg: Matrix


@dataclass(frozen=True, slots=True)
class MatMul:
    """Matrices in a row; the last may be a vector."""

    parts: tuple[Matrix, ...]


@dataclass(frozen=True, slots=True)
class Inner:
    """``uᵀ v``, a number."""

    left: Matrix
    right: Matrix


@dataclass(frozen=True, slots=True)
class Outer:
    """``u vᵀ``, a matrix."""

    left: Matrix
    right: Matrix


@dataclass(frozen=True, slots=True)
class Hadamard:
    """A product entry by entry; a part to a negative power stands below."""

    parts: tuple[Matrix, ...]


@dataclass(frozen=True, slots=True)
class Power:
    """A power, entry by entry."""

    base: Matrix
    exponent: Fraction


@dataclass(frozen=True, slots=True)
class Raised:
    """A power with a letter, entry by entry; the exponent is a number."""

    base: Matrix
    exponent: Matrix


@dataclass(frozen=True, slots=True)
class Apply:
    """A scalar function, or its ``order``-th derivative, entry by entry; an argument may be a number."""

    function: str
    args: tuple[Matrix, ...] = ()
    order: int = 0


@dataclass(frozen=True, slots=True)
class Truth:
    """1 where ``left op right`` holds, entry by entry; either side may be a number."""

    op: str
    left: Matrix
    right: Matrix


@dataclass(frozen=True, slots=True)
class Scaled:
    """``coefficient * factors * body`` with numbers as factors; without a body it is a number."""

    coefficient: Fraction
    factors: tuple[Matrix, ...] = ()
    body: Matrix | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms of one shape; none are zero."""

    terms: tuple[Matrix, ...]
    shape: Shape = ()


@dataclass(frozen=True, slots=True)
class Diag:
    """The diagonal matrix of a vector."""

    arg: Matrix


@dataclass(frozen=True, slots=True)
class Diagonal:
    """The diagonal of a matrix, a vector."""

    arg: Matrix


@dataclass(frozen=True, slots=True)
class Trace:
    """The trace of a matrix."""

    arg: Matrix


@dataclass(frozen=True, slots=True)
class Norm:
    """The root of the sum of all squares: the 2-norm of a vector, the Frobenius norm of a matrix."""

    arg: Matrix


@dataclass(frozen=True, slots=True)
class Function:
    """``inv``, ``det`` or ``power`` (with ``extra``) of a square matrix."""

    op: str
    arg: Matrix
    extra: Matrix | None = None


Matrix = (
    Name | Count | Ones | Eye | Transpose | MatMul | Inner | Outer | Hadamard | Power | Raised | Apply | Truth
    | Scaled | Sum | Diag | Diagonal | Trace | Norm | Function
)  # fmt: skip


def shape_of(node: Matrix) -> Shape:
    """The dimensions: none of a number, one of a vector, two of a matrix.

    >>> n, m = Affine.of("n"), Affine.of("m")
    >>> shape_of(Transpose(Name("W", (n, m))))
    (m, n)
    """
    match node:
        case Name(shape=shape) | Sum(shape=shape):
            return shape
        case Ones(size):
            return (size,)
        case Eye(size):
            return (size, size)
        case Transpose(arg):
            return shape_of(arg)[::-1]
        case MatMul(parts):
            return (shape_of(parts[0])[0], *shape_of(parts[-1])[1:])
        case Outer(left, right):
            return (*shape_of(left), *shape_of(right))
        case Hadamard(parts):
            return shape_of(parts[0])
        case Power(base) | Raised(base):
            return shape_of(base)
        case Apply(args=args):
            return max((shape_of(a) for a in args), key=len, default=())
        case Truth(_, left, right):
            return max(shape_of(left), shape_of(right), key=len)
        case Scaled(body=body):
            return () if body is None else shape_of(body)
        case Diag(arg):
            return shape_of(arg) * 2
        case Diagonal(arg):
            return shape_of(arg)[:1]
        case Function(op, arg):
            return () if op == "det" else shape_of(arg)
    return ()


def rank(node: Matrix) -> int:
    """0, 1 or 2."""
    return len(shape_of(node))


def children(node: Matrix) -> tuple[Matrix, ...]:
    """The expressions directly inside."""
    match node:
        case MatMul(parts) | Hadamard(parts):
            return parts
        case Sum(terms=terms):
            return terms
        case Inner(left, right) | Outer(left, right) | Truth(_, left, right):
            return (left, right)
        case Apply(args=args):
            return args
        case Raised(base, exponent):
            return (base, exponent)
        case Power(base):
            return (base,)
        case Scaled(_, factors, body):
            return factors if body is None else (*factors, body)
        case Transpose(arg) | Diag(arg) | Diagonal(arg) | Trace(arg) | Norm(arg):
            return (arg,)
        case Function(_, arg, extra):
            return (arg,) if extra is None else (arg, extra)
    return ()


def turns(node: Matrix) -> int:
    """How many transposes are written in it.

    >>> turns(MatMul((Transpose(Name("A")), Name("x"))))
    1
    """
    return isinstance(node, Transpose) + sum(map(turns, children(node)))
