"""The atoms of the index calculus: what a factor of a term can be. All are immutable values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derive.calculus.affine import Affine, Letter
    from derive.calculus.expr import Expr


@dataclass(frozen=True, slots=True)
class Bound:
    """A letter with its range ``low <= letter < high``.

    ``kind`` is ``sum``, ``integral`` over a continuum, or ``expectation`` over outcomes of which each is as likely as another.
    """

    letter: Letter
    low: Affine
    high: Affine
    kind: str = "sum"


@dataclass(frozen=True, slots=True)
class Entry:
    """``X[a, b, ...]``: an entry of a named array, counted from 0; outside the array it reads as zero."""

    name: str
    at: tuple[Affine, ...] = ()


@dataclass(frozen=True, slots=True)
class Number:
    """An affine value used as a number: a dimension ``n`` in ``1/n``, an index ``i`` in ``(i + 1)*x[i]``."""

    value: Affine


@dataclass(frozen=True, slots=True)
class Bracket:
    """``[zero = 0]``, worth 1 or 0: the Kronecker delta of an affine value."""

    zero: Affine


@dataclass(frozen=True, slots=True)
class Guard:
    """``[nonneg >= 0]``, worth 1 or 0: what is left of a range when its letter has been replaced."""

    nonneg: Affine


@dataclass(frozen=True, slots=True)
class Apply:
    """``f⁽ᵏ⁾(a, b, …)``: a scalar function, or its ``order``-th derivative, entry by entry; constants have no arguments."""

    function: str
    args: tuple[Expr, ...] = ()
    order: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """An expression kept together as one factor: a parenthesis."""

    body: Expr


@dataclass(frozen=True, slots=True)
class Power:
    """``base ** exponent`` where the exponent is no rational number."""

    base: Expr
    exponent: Expr


@dataclass(frozen=True, slots=True)
class Reduce:
    """A product, maximum or minimum (``op`` is ``prod``, ``max`` or ``min``) over a bound letter."""

    op: str
    bound: Bound
    body: Expr


@dataclass(frozen=True, slots=True)
class Compare:
    """A relation between two scalars; ``op`` is one of ``< <= = != >= >``."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Logic:
    """``and``, ``or``, ``not`` of conditions; ``and`` of nothing is true, ``or`` of nothing is false."""

    op: str
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """``1[condition]``, worth 1 or 0."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Cases:
    """The value of the first branch whose condition holds, else ``otherwise`` (None: undefined)."""

    branches: tuple[tuple[Condition, Expr], ...]
    otherwise: Expr | None


@dataclass(frozen=True, slots=True)
class MatrixFunction:
    """An entry of a function of a matrix, or a scalar one (``at`` empty): ``inv``, ``det``, ``power`` (with ``extra``).

    The matrix is ``body`` with the bound letters ``row`` and ``column``, both below ``size``.
    """

    op: str
    row: Letter
    column: Letter
    size: Affine
    body: Expr
    at: tuple[Affine, ...] = ()
    extra: Expr | None = None


Condition = Compare | Logic
Atom = Entry | Number | Bracket | Guard | Apply | Group | Power | Reduce | Indicator | Cases | MatrixFunction
