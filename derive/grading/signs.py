"""Signs in a proof by rewriting: what is provable of a polynomial of kernels, and what the proof assumes."""

from __future__ import annotations

from collections.abc import Mapping

from flint import fmpq_mpoly

from derive.grading.rational import GENERATORS, UNIT, GiveUp, Quotient, at, squares_removed


class Split(Exception):
    """The sign of ``value`` is needed (None: of something not real), for generators that are ``positive`` or below 1."""

    def __init__(self, key: str, value: fmpq_mpoly | None, positive: set[int], units: set[int]) -> None:
        super().__init__(key)
        self.key, self.value, self.positive = key, value, positive
        self.known = tuple(UNIT - GENERATORS[k] for k in sorted(units))


def text_of(value: Quotient) -> str:
    """A quotient as text: equal texts mean equal values."""
    return f"({value.num})/({value.den})"


class Signs:
    """The part of a proof's basis that knows signs; ``positive`` kernels are above 0, ``units`` below 1 too."""

    signs: Mapping[str, int]
    positive: set[int]
    squares: dict[int, fmpq_mpoly]
    unreal: set[int]
    units: set[int]
    jumps: set[str]

    def sign(self, value: Quotient) -> int:
        """The sign of a value, by its factors: provable, or assumed."""
        product = squares_removed(value.num * value.den, self.squares)
        if not product:
            raise GiveUp
        if self.is_unreal(product):
            return self.assumed(text_of(value), None)
        scale, factors = product.factor()
        result = 1 if scale > 0 else -1
        for factor, n in factors:
            if int(n) % 2:
                result *= self.factor_sign(factor)
        return result

    def factor_sign(self, factor: fmpq_mpoly) -> int:
        """The sign of an irreducible polynomial."""
        flip = 1 if factor.leading_coefficient() > 0 else -1
        factor = factor / factor.leading_coefficient()
        if self.is_positive(factor):
            return flip
        return -flip if self.is_positive(-factor) else flip * self.assumed(str(factor), factor)

    def assumed(self, key: str, value: fmpq_mpoly | None) -> int:
        """The sign that this proof assumes for something."""
        if key not in self.signs:
            raise Split(key, value, self.positive - self.unreal, self.units)
        return self.signs[key]

    def jump(self, value: Quotient) -> int:
        """The sign, where something jumps: the proof then leaves kinks out."""
        self.jumps.add("away from kinks")
        return self.sign(value)

    def is_positive(self, poly: fmpq_mpoly) -> bool:
        """Whether every term is positive or a square, and one of them is positive."""
        if self.is_unreal(poly):
            return False
        if poly and poly.leading_coefficient() > 0:
            key = str(poly / poly.leading_coefficient())
            if key in self.signs:
                return self.signs[key] > 0
        return self._never_below(poly) is True or self._is_between(poly)

    def _is_between(self, poly: fmpq_mpoly) -> bool:
        """Whether it is positive on the way of a kernel from 0 to 1, at whose ends it is not negative."""
        degrees = poly.degrees()
        for k in self.units:
            if degrees[k] == 1:
                ends = [self._never_below(e) for e in (at(poly, k, 0), at(poly, k, 1))]
                if None not in ends and any(ends):
                    return True
        return False

    def _never_below(self, poly: fmpq_mpoly) -> bool | None:
        """True where every term is positive or a square, and one is positive; False where none is; None: unknown."""
        strict = False
        for exponents, c in poly.to_dict().items():
            odd = [k for k, e in enumerate(exponents) if e % 2 and k not in self.positive]
            if c < 0 or odd:
                return None
            strict = strict or all(k in self.positive for k, e in enumerate(exponents) if e)
        return strict

    def is_unreal(self, poly: fmpq_mpoly) -> bool:
        """Whether a kernel occurs that is no real number."""
        return any(poly.degrees()[k] for k in self.unreal)
