"""Drawing exact values for declared domains, entry by entry, row by row, or as a whole matrix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod

from flint import fmpq, fmpq_mat

from derive.calculus.affine import Affine
from derive.grading.balls import ONE, ZERO, Number, number
from derive.grading.run import OverBudget, Place, Table, Unsupported
from derive.grading.stream import Mood, Stream

MAX_CELLS = 20_000
Rows = list[list[fmpq]]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A declared name as the grader needs it; ``function`` says that it is applied entry by entry."""

    name: str
    shape: tuple[Affine, ...] = ()
    domain: str = "real"
    function: bool = False

    @property
    def discrete(self) -> bool:
        """Whether its values cannot move a little."""
        return self.domain in DISCRETE

    @property
    def whole(self) -> bool:
        """Whether it is a scalar that may stand as a letter in an index or a bound."""
        return not self.shape and not self.function and self.domain in WHOLE

    @property
    def counts(self) -> bool:
        """Whether it is a whole number that may be as large as you like."""
        return self.whole and self.domain not in FEW


DISCRETE = {"int", "posint", "binary", "pm1", "onehot", "identity", "ones", "kronecker", "dimension"}
FEW = {"binary", "pm1"}
WHOLE = {"int", "posint", "binary", "pm1", "dimension"}
CONVEX = {"real", "nonzero", "positive", "nonnegative", "unit", "unit_sym", "prob", "symmetric", "spd", ""}


def draw(symbol: Symbol, shape: tuple[int, ...], mood: Mood, stream: Stream) -> Table:
    """Values for a symbol of this shape.

    >>> draw(Symbol("p", domain="prob"), (2,), Mood("simple"), Stream("p")).shape
    (2,)
    """
    if prod(shape) > MAX_CELLS:
        raise OverBudget(f"{symbol.name} has too many entries")
    if symbol.domain in ENTRIES:
        entry = ENTRIES[symbol.domain]
        return _table(shape, [number(entry(mood, stream)) for _ in range(prod(shape))])
    if symbol.domain in ROWS:
        row = ROWS[symbol.domain]
        width = shape[-1] if shape else 1
        return _table(shape, [x for _ in range(prod(shape[:-1])) for x in row(width, mood, stream)])
    if symbol.domain == "kronecker":
        return _table(shape, [number(int(len(set(p)) <= 1)) for p in product(*map(range, shape))])
    if symbol.domain in MATRICES and len(shape) >= 2:
        matrix = MATRICES[symbol.domain]
        blocks = (matrix(shape[-2], shape[-1], mood, stream) for _ in range(prod(shape[:-2])))
        return _table(shape, [x for rows in blocks for row in rows for x in row])
    raise Unsupported(f"{symbol.name}: the domain {symbol.domain} for the shape {shape}")


def _table(shape: tuple[int, ...], flat: Sequence[Number]) -> Table:
    return Table(shape, dict(zip(product(*map(range, shape)), flat, strict=True)))


def _unit_sym(mood: Mood, stream: Stream) -> Fraction:
    size = mood.unit(stream)
    return -size if mood.signs == "-" or (mood.signs == "±" and stream.below(2)) else size


def _nonzero(mood: Mood, stream: Stream) -> Fraction:
    return mood.real(stream) or mood.scale


def _nonnegative(mood: Mood, stream: Stream) -> Fraction:
    return abs(mood.real(stream))


ENTRIES: dict[str, Callable[[Mood, Stream], Fraction | int]] = {
    "real": Mood.real,
    "nonzero": _nonzero,
    "positive": Mood.positive,
    "nonnegative": _nonnegative,
    "unit": Mood.unit,
    "unit_sym": _unit_sym,
    "int": Mood.whole,
    "posint": Mood.count,
    "dimension": Mood.count,
    "binary": lambda _, stream: stream.below(2),
    "pm1": lambda _, stream: 2 * stream.below(2) - 1,
    "ones": lambda *_: 1,
}


def _prob(width: int, mood: Mood, stream: Stream) -> list[Number]:
    weights: list[Fraction] = [mood.unit(stream) if mood.kind != "ties" else Fraction(1) for _ in range(width)]
    if mood.scale != 1:
        weights[stream.below(width)] *= max(mood.scale, 1 / mood.scale)
    total = sum(weights, Fraction(0))
    return [number(Fraction(w, total)) for w in weights]


def _onehot(width: int, _: Mood, stream: Stream) -> list[Number]:
    hot = stream.below(width)
    return [number(int(k == hot)) for k in range(width)]


def _unit_vector(width: int, mood: Mood, stream: Stream) -> list[Number]:
    """A rational point of the sphere: the stereographic image of a rational point."""
    t = [mood.real(stream) for _ in range(width - 1)]
    norm = sum((x * x for x in t), Fraction(0))
    flat = [2 * x / (norm + 1) for x in t] + [(norm - 1) / (norm + 1)]
    return [number(x) for x in flat]


ROWS: dict[str, Callable[[int, Mood, Stream], list[Number]]] = {
    "prob": _prob,
    "onehot": _onehot,
    "unitvector": _unit_vector,
}


def _free(n: int, m: int, mood: Mood, stream: Stream) -> Rows:
    return [[number(mood.real(stream)) for _ in range(m)] for _ in range(n)]


def _square(n: int, m: int) -> int:
    if n != m:
        raise Unsupported("a square domain for a matrix that is not square")
    return n


def _symmetric(n: int, m: int, mood: Mood, stream: Stream) -> Rows:
    rows = _free(n, _square(n, m), mood, stream)
    return [[rows[min(i, j)][max(i, j)] for j in range(n)] for i in range(n)]


def _spd(n: int, m: int, mood: Mood, stream: Stream) -> Rows:
    """``s·(AᵀA + I)`` for a matrix with small entries."""
    a = fmpq_mat(_free(n, _square(n, m), mood.scaled(Fraction(1)), stream))
    scale = number(mood.scale)
    gram = (a.transpose() * a).tolist()
    return [[scale * (gram[i][j] + int(i == j)) for j in range(n)] for i in range(n)]


def _invertible(n: int, m: int, mood: Mood, stream: Stream) -> Rows:
    for _ in range(20):
        rows = _free(n, _square(n, m), mood, stream)
        if fmpq_mat(rows).det() != 0:
            return rows
    return [[number(mood.scale) * int(i == j) for j in range(n)] for i in range(n)]


def _posdet(n: int, m: int, mood: Mood, stream: Stream) -> Rows:
    rows = _invertible(n, m, mood, stream)
    if fmpq_mat(rows).det() < 0:
        rows[0] = [-x for x in rows[0]]
    return rows


def _orthogonal(n: int, m: int, mood: Mood, stream: Stream) -> Rows:
    """The Cayley transform of a rational skew matrix, a row flipped every other time."""
    skew = [[ZERO] * n for _ in range(_square(n, m))]
    for i in range(n):
        for j in range(i):
            skew[i][j] = number(mood.real(stream))
            skew[j][i] = -skew[i][j]
    s, one = fmpq_mat(skew), fmpq_mat(_identity(n, n, mood, stream))
    rows: Rows = [list(r) for r in ((one - s) * (one + s).inv()).tolist()]
    if stream.below(2):
        rows[0] = [-x for x in rows[0]]
    return rows


def _orthonormal_columns(n: int, m: int, mood: Mood, stream: Stream) -> Rows:
    if m > n:
        raise Unsupported("more orthonormal columns than rows")
    return [row[:m] for row in _orthogonal(n, n, mood, stream)]


def _identity(n: int, m: int, _: Mood, __: Stream) -> Rows:
    return [[ONE if i == j else ZERO for j in range(m)] for i in range(n)]


MATRICES: dict[str, Callable[[int, int, Mood, Stream], Rows]] = {
    "symmetric": _symmetric,
    "spd": _spd,
    "invertible": _invertible,
    "posdet": _posdet,
    "orthogonal": _orthogonal,
    "orthcols": _orthonormal_columns,
    "identity": _identity,
}


def mixed(symbol: Symbol, table: Table, other: Table, share: Fraction) -> Table:
    """The point this share of the way to another table, where the domain is convex; else the first."""
    if symbol.domain not in CONVEX:
        return table
    t = number(share)
    values: dict[Place, Number] = {p: v + t * (other.values[p] - v) for p, v in table.values.items()}
    return Table(table.shape, values)
