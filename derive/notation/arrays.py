"""Arrays of expressions, as answers mean them: what `W^T δ`, `x ⊙ y`, `tr(A)` are, entry by entry.

A value knows its dimensions and how to give the entry at a place; a 1-D array is a column unless it has been transposed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby

from derive.calculus.affine import Affine, fresh
from derive.calculus.atoms import Bound, MatrixFunction
from derive.calculus.expr import Expr, add, apply, expr, power, total
from derive.calculus.substitute import bracket, reduction

At = Callable[..., Expr]


class Clash(ValueError):
    """Shapes that do not go together: the message is a sentence that names both."""

    def __init__(self, message: str, left: Value, right: Value) -> None:
        super().__init__(f"{message[0].upper()}{message[1:]}.")
        self.left, self.right = left, right


@dataclass(frozen=True)
class Value:
    """An array: ``dims`` and ``at(*indices)``, indices counted from 0; ``row`` marks a transposed column.

    ``diagonal`` is the vector that a diagonal matrix was made from.
    """

    dims: tuple[Affine, ...]
    at: At
    row: bool = False
    diagonal: Value | None = None

    @property
    def rank(self) -> int:
        """The number of axes; 0 for a scalar."""
        return len(self.dims)

    @property
    def is_square(self) -> bool:
        """Whether it is a matrix with as many rows as columns."""
        return self.rank == 2 and self.dims[0] == self.dims[1]

    def describe(self) -> str:
        """The shape in words.

        >>> scalar(expr(1)).describe()
        'a number'
        """
        sizes = "×".join(str(d).replace(" ", "") for d in self.dims)
        kinds = {0: "a number", 1: f"a {'row' if self.row else 'column'} of length {sizes}"}
        return kinds.get(self.rank, f"a {sizes} {'matrix' if self.rank == 2 else 'array'}")


def scalar(value: Expr) -> Value:
    """A number."""
    return Value((), lambda: value)


def bound_of(size: Affine, hint: str = "k") -> Bound:
    """A fresh letter that runs over a dimension."""
    return Bound(fresh(hint), Affine.of(0), size)


def mapped(value: Value, change: Callable[[Expr], Expr]) -> Value:
    """The array with every entry changed; a number at once, so that long chains of numbers stay shallow."""
    if not value.rank:
        return scalar(change(value.at()))
    return Value(value.dims, lambda *i: change(value.at(*i)), value.row)


def zipped(a: Value, b: Value, join: Callable[[Expr, Expr], Expr], sign: str, *, numpy: bool = False) -> Value:
    """Entry by entry; a scalar goes with anything, other shapes must be the same (numpy broadcasts)."""
    if not a.rank:
        return mapped(b, lambda e: join(a.at(), e))
    if not b.rank:
        return mapped(a, lambda e: join(e, b.at()))
    if a.dims == b.dims and (a.row == b.row or numpy):
        return Value(a.dims, lambda *i: join(a.at(*i), b.at(*i)), a.row)
    if numpy and (wide := _broadcast(a, b)):
        return zipped(*wide, join, sign)
    a, b = flattened(a), flattened(b)
    if a.dims == b.dims and a.row == b.row:
        return Value(a.dims, lambda *i: join(a.at(*i), b.at(*i)), a.row)
    raise Clash(f"{a.describe()} {sign} {b.describe()} does not fit", a, b)


def plus(parts: Sequence[Value], *, numpy: bool = False) -> Value:
    """The sum of arrays; neighbours of one shape are added at once.

    Raises:
        Clash: shapes do not go together.
    """
    if not any(v.dims for v in parts):
        return scalar(add(v.at() for v in parts))
    runs = [list(run) for _, run in groupby(parts, key=lambda v: (v.dims, v.row))]
    return reduce(lambda a, b: zipped(a, b, lambda x, y: x + y, "plus", numpy=numpy), map(_alike, runs))


def _alike(parts: Sequence[Value]) -> Value:
    if len(parts) == 1:
        return parts[0]
    if not parts[0].rank:
        return scalar(add(v.at() for v in parts))
    return Value(parts[0].dims, lambda *i: add(v.at(*i) for v in parts), parts[0].row)


def flattened(a: Value) -> Value:
    """A matrix with a single column as a column, with a single row as a row."""
    one = Affine.of(1)
    if a.rank == 2 and a.dims[1] == one:
        return Value(a.dims[:1], lambda i: a.at(i, Affine.of(0)))
    if a.rank == 2 and a.dims[0] == one:
        return Value(a.dims[1:], lambda i: a.at(Affine.of(0), i), row=True)
    return a


def _broadcast(a: Value, b: Value) -> tuple[Value, Value] | None:
    """NumPy's broadcasting: axes are matched from the last, a size of 1 stretches."""
    rank = max(a.rank, b.rank)
    one = Affine.of(1)
    sizes: list[Affine] = []
    for k in range(1, rank + 1):
        x = a.dims[-k] if k <= a.rank else one
        y = b.dims[-k] if k <= b.rank else one
        if x != y and one not in (x, y):
            return None
        sizes.insert(0, y if x == one else x)

    def stretched(v: Value) -> Value:
        def at(*i: Affine) -> Expr:
            own = i[rank - v.rank :]
            return v.at(
                *(
                    Affine.of(0) if d == one and s != one else x
                    for x, d, s in zip(own, v.dims, sizes[rank - v.rank :], strict=True)
                )
            )

        return Value(tuple(sizes), at)

    return stretched(a), stretched(b)


def transpose(a: Value, *, numpy: bool = False) -> Value:
    """The transpose: a column becomes a row, axes turn round."""
    if a.rank < 2:
        return a if numpy or not a.rank else Value(a.dims, a.at, not a.row)
    return Value(a.dims[::-1], lambda *i: a.at(*reversed(i)))


def times(a: Value, b: Value, *, numpy: bool = False) -> Value:
    """The matrix product; a number scales, row times column is a number, column times row a matrix.

    Raises:
        Clash: the inner dimensions differ, or two columns meet.
    """
    if not a.rank or not b.rank:
        return zipped(a, b, lambda x, y: x * y, "times")
    if a.rank == 1 and b.rank == 1:
        return _vectors(a, b, numpy)
    if a.rank == 1 and not a.row and not numpy and b.rank == 2 and b.dims[0] == Affine.of(1):
        return outer(a, flattened(b))
    if (a.rank == 1 and not (a.row or numpy)) or (b.rank == 1 and b.row and not numpy):
        raise Clash(f"{a.describe()} times {b.describe()} does not fit", a, b)
    rank = a.rank if numpy and b.rank <= 2 else 2
    if a.rank > rank or b.rank > 2 or a.dims[-1] != b.dims[0]:
        raise Clash(f"{a.describe()} times {b.describe()} does not fit", a, b)
    k = bound_of(a.dims[-1])
    inner, left = Affine.of(k.letter), a.rank - 1

    def at(*i: Affine) -> Expr:
        return total(a.at(*i[:left], inner) * b.at(inner, *i[left:]), k)

    return Value((*a.dims[:-1], *b.dims[1:]), at, row=a.rank == 1 and b.rank == 2)


def _vectors(a: Value, b: Value, numpy: bool) -> Value:
    if (a.row and not b.row) or numpy:
        return dot(a, b)
    if b.row and not a.row:
        return outer(a, b)
    raise Clash(
        f"{a.describe()} times {b.describe()} does not fit: transpose one, or multiply entry by entry with ⊙",
        a,
        b,
    )


def dot(a: Value, b: Value) -> Value:
    """The inner product of two vectors, or of two matrices entry by entry.

    Raises:
        Clash: the dimensions differ.
    """
    if a.dims != b.dims:
        raise Clash(f"{a.describe()} · {b.describe()} does not fit", a, b)
    return summed(Value(a.dims, lambda *i: a.at(*i) * b.at(*i)))


def outer(a: Value, b: Value) -> Value:
    """``a bᵀ`` of two vectors."""
    return Value((*a.dims, *b.dims), lambda *i: a.at(*i[: a.rank]) * b.at(*i[a.rank :]))


def summed(a: Value, axis: int | None = None) -> Value:
    """The sum of all entries, or along one axis."""
    if axis is None:
        ks = [bound_of(d) for d in a.dims]
        return scalar(total(a.at(*(Affine.of(k.letter) for k in ks)), *ks))
    axis %= a.rank
    k = bound_of(a.dims[axis])
    rest = (*a.dims[:axis], *a.dims[axis + 1 :])
    return Value(rest, lambda *i: total(a.at(*i[:axis], Affine.of(k.letter), *i[axis:]), k))


def extreme(op: str, a: Value) -> Value:
    """The largest or smallest entry."""
    ks = [bound_of(d) for d in a.dims]
    body = a.at(*(Affine.of(k.letter) for k in ks))
    for k in reversed(ks):
        body = reduction(op, body, k)
    return scalar(body)


def softmax(a: Value) -> Value:
    """``e^{z_i} / Σ_j e^{z_j}`` over the last axis."""
    over = summed(mapped(a, lambda e: apply("exp", e)), a.rank - 1)
    return Value(a.dims, lambda *i: apply("exp", a.at(*i)) / over.at(*i[:-1]), a.row)


def logsumexp(a: Value) -> Value:
    """``log Σ_j e^{z_j}`` over the last axis."""
    if not a.rank:
        raise Clash(f"the logsumexp of {a.describe()} is not read", a, a)
    return mapped(summed(mapped(a, lambda e: apply("exp", e)), a.rank - 1), lambda e: apply("log", e))


def diag(a: Value) -> Value:
    """A diagonal matrix from a vector, or a matrix's diagonal."""
    if a.rank == 1:
        return Value((a.dims[0], a.dims[0]), lambda i, j: a.at(i) * bracket(i - j), diagonal=a)
    _square(a)
    return Value(a.dims[:1], lambda i: a.at(i, i))


def trace(a: Value) -> Value:
    """The sum of the diagonal."""
    return a if not a.rank else summed(diag(_square(a)))


def eye(size: Affine) -> Value:
    """The identity matrix."""
    return Value((size, size), lambda i, j: bracket(i - j))


def _square(a: Value) -> Value:
    if not a.is_square:
        raise Clash(f"{a.describe()} is not square", a, a)
    return a


def matrix_function(op: str, a: Value, extra: Expr | None = None) -> Value:
    """``inv``, ``det`` or a power with a letter, of a square matrix."""
    _square(a)
    if a.diagonal is not None and op == "inv":
        return diag(mapped(a.diagonal, lambda e: 1 / e))
    if a.diagonal is not None and op == "det":
        return extreme("prod", a.diagonal)
    row, column = fresh("r"), fresh("c")
    body = a.at(Affine.of(row), Affine.of(column))
    if op == "det":
        return scalar(expr(MatrixFunction("det", row, column, a.dims[0], body)))
    return Value(a.dims, lambda i, j: expr(MatrixFunction(op, row, column, a.dims[0], body, (i, j), extra)))


def raised(a: Value, exponent: Expr, *, numpy: bool = False) -> Value:
    """A power: of a square matrix the matrix power, of anything else entry by entry."""
    fixed = exponent.constant
    if not a.is_square or numpy:
        return mapped(a, lambda e: power(e, exponent if fixed is None else fixed))
    if a.diagonal is not None and fixed is not None:
        return diag(mapped(a.diagonal, lambda e: power(e, fixed)))
    if fixed == -1:
        return matrix_function("inv", a)
    if fixed is None or fixed.denominator != 1 or fixed > 16 or fixed < 0:
        return matrix_function("power", a, exponent)
    result = eye(a.dims[0])
    for k in range(int(fixed)):
        result = a if k == 0 else times(result, a)
    return result
