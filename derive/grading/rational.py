"""Quotients of polynomials in at most 16 kernels, the numbers of a proof by rewriting."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

KERNELS = 16
MAX_TERMS = 300
RING = fmpq_mpoly_ctx.get(("g", KERNELS), Ordering.lex)
GENERATORS = RING.gens()


class GiveUp(Exception):
    """The rewriting does not reach this formula; nothing is known."""


UNIT = RING.constant(fmpq(1))


def constant(value: Fraction | int) -> fmpq_mpoly:
    """A constant polynomial."""
    if value == 1:
        return UNIT
    return RING.constant(fmpq(value.numerator, value.denominator))


@dataclass(frozen=True)
class Quotient:
    """``num / den``, with common factors divided out."""

    num: fmpq_mpoly
    den: fmpq_mpoly

    def __add__(self, other: Quotient) -> Quotient:
        if self.den is other.den or self.den == other.den:
            return quotient(self.num + other.num, self.den)
        return quotient(self.num * other.den + other.num * self.den, self.den * other.den)

    def __mul__(self, other: Quotient) -> Quotient:
        if self.is_one or other.is_one:
            return other if self.is_one else self
        return quotient(self.num * other.num, self.den * other.den)

    @property
    def is_one(self) -> bool:
        """Whether this is the number 1 as it is written here."""
        return self.num is UNIT and self.den is UNIT

    def __neg__(self) -> Quotient:
        return Quotient(-self.num, self.den)

    def __sub__(self, other: Quotient) -> Quotient:
        return self + -other

    def inverse(self) -> Quotient:
        """``1 / self``."""
        if not self.num:
            raise GiveUp
        return quotient(self.den, self.num)

    def to(self, n: int) -> Quotient:
        """A whole power."""
        base = self if n >= 0 else self.inverse()
        if n == 1:
            return base
        if abs(n) * max(len(base.num), len(base.den)) > MAX_TERMS:
            raise GiveUp
        return Quotient(base.num ** abs(n), base.den ** abs(n))


def quotient(num: fmpq_mpoly, den: fmpq_mpoly) -> Quotient:
    """The reduced quotient, with a denominator of leading coefficient 1."""
    if len(num) > MAX_TERMS or len(den) > MAX_TERMS:
        raise GiveUp
    if den is UNIT or den == UNIT:
        return Quotient(num, UNIT)
    if not den.is_constant():
        common = num.gcd(den)
        if not common.is_constant():
            num, den = divmod(num, common)[0], divmod(den, common)[0]
    scale = den.leading_coefficient()
    if scale == 1:
        return Quotient(num, den)
    return Quotient(num / scale, den / scale)


def rational(value: Fraction | int) -> Quotient:
    """A number."""
    return Quotient(constant(value), UNIT)


ONE = rational(1)
ZERO = rational(0)


def whole_number(value: Quotient) -> int | None:
    """The value of a constant that is a whole number."""
    if not (value.num.is_constant() and value.den.is_constant()):
        return None
    number = value.num.leading_coefficient() / value.den.leading_coefficient() if value.num else fmpq(0)
    return int(number.p) if number.q == 1 else None


def falling(value: Quotient, k: int) -> Quotient:
    """``n (n−1) ⋯ (n−k+1)``."""
    result = ONE
    for j in range(k):
        result = result * (value - rational(j))
    return result


def at(poly: fmpq_mpoly, k: int, value: int) -> fmpq_mpoly:
    """The polynomial with a number put for a generator."""
    total = constant(0)
    for exponents, c in poly.to_dict().items():
        rest = (*exponents[:k], 0, *exponents[k + 1 :])
        total += RING.from_dict({rest: c * value ** exponents[k]})
    return total


def squares_removed(poly: fmpq_mpoly, squares: dict[int, fmpq_mpoly]) -> fmpq_mpoly:
    """The polynomial with ``g²`` replaced for every kernel whose square is known."""
    for _ in range(8):
        high = [k for k in squares if poly.degrees()[k] > 1]
        if not high:
            return poly
        for k in high:
            poly = _without_square(poly, k, squares[k])
    raise GiveUp


def _without_square(poly: fmpq_mpoly, k: int, square: fmpq_mpoly) -> fmpq_mpoly:
    total = constant(0)
    for exponents, c in poly.to_dict().items():
        twice, once = divmod(exponents[k], 2)
        rest = RING.from_dict({(*exponents[:k], once, *exponents[k + 1 :]): c})
        total += rest * square**twice
    if len(total) > MAX_TERMS:
        raise GiveUp
    return total
