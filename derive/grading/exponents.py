"""Rewriting exponentials, logarithms and roots: products of independent kernels."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from flint import fmpq, fmpq_mpoly, fmpz

from derive.grading.rational import (
    GENERATORS,
    ONE,
    RING,
    ZERO,
    GiveUp,
    Quotient,
    constant,
    quotient,
    rational,
    squares_removed,
)
from derive.grading.signs import Signs, text_of


class Roots(Exception):
    """An exponential is needed to a fractional power."""

    def __init__(self, key: Hashable, denominator: int) -> None:
        super().__init__(key)
        self.key, self.denominator = key, denominator


class Exponents(Signs):
    """The part of a proof's basis that knows exponentials, logarithms and roots."""

    roots: Mapping[Hashable, int]
    exponents: dict[int, Quotient]
    logs: dict[int, fmpq_mpoly]
    limits: set[Hashable]

    if TYPE_CHECKING:

        def kernel(self, key: Hashable, positive: bool = False) -> int: ...  # noqa: D102
        def of(self, key: Hashable, positive: bool = False) -> Quotient: ...  # noqa: D102

    def power_of(self, kind: str, argument: Quotient) -> Quotient:
        """``e^argument`` (or ``e^{i·argument}``) as a product of independent exponentials."""
        result = ONE
        below = str(argument.den)
        logs = self.logs and kind == "exp" and argument.den.is_constant()
        for exponents, c in argument.num.to_dict().items():
            whole = Fraction(int(c.p), int(c.q))
            log = self._log_of(exponents) if logs else None
            if log is not None and whole.denominator == 1:
                result = result * Quotient(log, constant(1)).to(int(whole))
                continue
            key = (kind, exponents, below)
            times = whole * self.roots.get(key, 1)
            if times.denominator != 1:
                raise Roots(key, whole.denominator)
            k = self.kernel(key, kind == "exp")
            unit = quotient(RING.from_dict({exponents: fmpq(1, self.roots.get(key, 1))}), argument.den)
            if kind == "exp":
                self.exponents[k] = unit
            else:
                self.unreal.add(k)
            result = result * Quotient(GENERATORS[k], constant(1)).to(int(times))
        return result

    def _log_of(self, exponents: tuple[int, ...]) -> fmpq_mpoly | None:
        used = [k for k, e in enumerate(exponents) if e]
        return self.logs.get(used[0]) if len(used) == 1 and exponents[used[0]] == 1 else None

    def exp(self, argument: Quotient) -> Quotient:
        """The exponential."""
        return self.power_of("exp", argument)

    def log(self, value: Quotient) -> Quotient:
        """The logarithm, of a product as a sum where every factor is known to be positive."""
        scale, factors = self.factors(value)
        if not all(self.is_positive(f) for f, _ in factors):
            return self._restricted(value)
        if scale <= 0:
            raise GiveUp
        total = self.log_number(scale)
        for f, n in factors:
            total = total + rational(n) * self.log_factor(f)
        return total

    def _restricted(self, value: Quotient) -> Quotient:
        """The logarithm of something whose sign is not known: a kernel, and a limit of the domain."""
        self.limits.add(("log", text_of(value)))
        return self.of(("log", text_of(value)))

    def log_factor(self, factor: fmpq_mpoly) -> Quotient:
        """The logarithm of an irreducible positive polynomial."""
        exponents = next(iter(factor.to_dict()))
        used = [k for k, e in enumerate(exponents) if e]
        if len(factor) == 1 and len(used) == 1 and used[0] in self.exponents:
            return self.exponents[used[0]]
        k = self.kernel(("log", str(factor)))
        self.logs[k] = factor
        return Quotient(GENERATORS[k], constant(1))

    def log_number(self, value: fmpq) -> Quotient:
        """The logarithm of a positive rational."""
        total = ZERO
        for whole, sign in ((value.p, 1), (value.q, -1)):
            for prime, n in fmpz(whole).factor():
                k = self.kernel(("log", str(prime)), positive=True)
                self.logs[k] = constant(int(prime))
                total = total + rational(sign * int(n)) * Quotient(GENERATORS[k], constant(1))
        return total

    def factors(self, value: Quotient) -> tuple[fmpq, list[tuple[fmpq_mpoly, int]]]:
        """The constant and the irreducible factors with their exponents."""
        top, above = squares_removed(value.num, self.squares).factor()
        bottom, below = squares_removed(value.den, self.squares).factor()
        found = [*[(f, int(n)) for f, n in above], *[(f, -int(n)) for f, n in below]]
        scale = fmpq(top) / fmpq(bottom)
        result = []
        for f, n in found:
            if f.leading_coefficient() < 0:
                f, scale = -f, scale * (-1) ** n
            result.append((f, n))
        return scale, result

    def root(self, value: Quotient, exponent: Fraction) -> Quotient:
        """A square root to a whole power."""
        if exponent.denominator != 2:
            return self.exp(rational(exponent) * self.log(value))
        scale, factors = self.factors(value)
        if scale <= 0:
            raise GiveUp
        result = self.root_number(scale)
        unknown = [f for f, n in factors if n % 2 and not self.is_positive(f)]
        if len(unknown) > 1 or any(self.is_unreal(f) for f, _ in factors):
            raise GiveUp
        for f, n in factors:
            result = result * self.root_factor(f, n)
        return result.to(exponent.numerator)

    def root_factor(self, factor: fmpq_mpoly, n: int) -> Quotient:
        """``√(factorⁿ)``."""
        base = Quotient(factor, constant(1))
        if n % 2 == 0:
            size = base if self.sign(base) > 0 else -base
            return size.to(n // 2)
        exponents = next(iter(factor.to_dict()))
        used = [k for k, e in enumerate(exponents) if e]
        if len(factor) == 1 and len(used) == 1 and used[0] in self.exponents:
            return self.exp(rational(Fraction(n, 2)) * self.exponents[used[0]])
        if not self.is_positive(factor):
            self.limits.add(("root", str(factor)))
        k = self.kernel(("root", str(factor)), positive=True)
        self.squares[k] = factor
        return Quotient(GENERATORS[k], constant(1)).to(n)

    def root_number(self, value: fmpq) -> Quotient:
        """The square root of a positive rational."""
        result = ONE
        for whole, sign in ((value.p, 1), (value.q, -1)):
            for prime, n in fmpz(whole).factor():
                k = self.kernel(("root", str(prime)), positive=True)
                self.squares[k] = constant(int(prime))
                once = Quotient(GENERATORS[k], constant(1)) if int(n) % 2 else ONE
                result = result * (once * rational(int(prime) ** (int(n) // 2))).to(sign)
        return result
