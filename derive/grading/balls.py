"""Numbers that know what they do not know: exact rationals while possible, else balls round the true value.

A `Number` is an ``fmpq`` or an ``arb``. Every function here is rigorous: it returns a number that contains
the true value, or raises `Undefined` (there is no value) or `Unclear` (more bits may tell).
``State.last`` says that there will be no more bits; then a tiny ball round zero counts as zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from math import isqrt

from flint import arb, ctx, fmpq

Number = fmpq | arb
ZERO, ONE, HALF = fmpq(0), fmpq(1), fmpq(1, 2)
TINY = arb(2) ** -200
EXACT_BITS = 20_000
FRACTION_BITS = 2_000  # longer ones cost more than they tell: every sum looks for a common divisor


class Undefined(ArithmeticError):
    """There is no real value here: a logarithm of a negative number, a division by zero, a missing case."""


class Unclear(ArithmeticError):
    """The balls are too wide to tell; more bits may help."""


ArithmeticFailure = (Undefined, Unclear)


class State:
    """What one evaluation leaves behind: ``kinks`` counts ties that a jump hangs on."""

    __slots__ = ("kinks", "last")

    def __init__(self, last: bool = False) -> None:
        self.last = last
        self.kinks = 0


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Balls of this many bits."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def number(value: Fraction | int) -> fmpq:
    """An exact number.

    >>> number(Fraction(1, 3)) * 3
    1
    """
    return fmpq(value.numerator, value.denominator)


def ball(value: Number) -> arb:
    """The number as a ball."""
    return value if isinstance(value, arb) else arb(value)


def interval(state: State, middle: Number, radius: Number) -> Number:
    """The ball of all numbers this close to the middle: what a decimal with many digits stands for."""
    return arb(ball(middle).mid(), 0) + ball(radius) * arb(0, 1) + (ball(middle) - ball(middle).mid())


def shortened(value: Number) -> Number:
    """The number, as a ball where its fraction has become too long to go on with exactly.

    >>> [type(shortened(v)).__name__ for v in (fmpq(3) ** 9_000, fmpq(3, 7) ** 500, fmpq(3, 7) ** 900)]
    ['fmpq', 'fmpq', 'arb']
    """
    if isinstance(value, fmpq) and value.height_bits() > FRACTION_BITS and value.height_bits() > _most_bits(value):
        return arb(value)
    return value


def _most_bits(value: fmpq) -> int:
    return EXACT_BITS if value.q == 1 else FRACTION_BITS


def is_whole(value: Number) -> bool:
    """Whether it is an integer, known exactly."""
    return isinstance(value, fmpq) and value.q == 1


def sign_of(state: State, value: Number) -> int:
    """−1, 0 or 1."""
    if isinstance(value, fmpq):
        p = value.p
        return 1 if p > 0 else -1 if p < 0 else 0
    if value > 0:
        return 1
    if value < 0:
        return -1
    if value.is_zero() or (state.last and value.rad() < TINY):
        return 0
    raise Unclear


def jump_sign(state: State, value: Number) -> int:
    """The sign, where something jumps: a zero counts as a kink."""
    sign = sign_of(state, value)
    if sign == 0:
        state.kinks += 1
    return sign


def divide(state: State, a: Number, b: Number) -> Number:
    """``a / b``."""
    if sign_of(state, b) == 0:
        raise Undefined("a division by zero")
    return a / b


def integer_power(state: State, base: Number, n: int) -> Number:
    """``base ** n``; 0⁰ is 1."""
    if n < 0:
        return divide(state, ONE, integer_power(state, base, -n))
    if isinstance(base, fmpq):
        if n * max(base.p.bit_length(), base.q.bit_length()) <= _most_bits(base) or base in (0, 1, -1):
            return _small_power(base, n)
        base = arb(base)
    return base**n


def _small_power(base: fmpq, n: int) -> fmpq:
    if base == 0 or base == 1:
        return base if n else ONE
    return base**n if base != -1 else (ONE if n % 2 == 0 else base)


def exact_root(value: fmpq) -> fmpq | None:
    """The rational square root, if there is one.

    >>> exact_root(fmpq(4, 9)), exact_root(fmpq(2))
    (2/3, None)
    """
    p, q = int(value.p), int(value.q)
    root_p, root_q = isqrt(p), isqrt(q)
    return fmpq(root_p, root_q) if root_p * root_p == p and root_q * root_q == q else None


def root(value: Number) -> Number:
    """The square root of a positive number."""
    if isinstance(value, fmpq):
        exact = exact_root(value)
        return exact if exact is not None else arb(value).sqrt()
    return value.sqrt()


def rational_power(state: State, base: Number, exponent: Fraction) -> Number:
    """``base ** exponent``; of a negative base only where the exponent is whole."""
    n, d = exponent.numerator, exponent.denominator
    if d == 1:
        return integer_power(state, base, n)
    sign = sign_of(state, base)
    if sign < 0:
        raise Undefined("a root of a negative number")
    if sign == 0:
        if n < 0:
            raise Undefined("a division by zero")
        return ZERO
    if d == 2:
        return integer_power(state, root(base), n)
    return ball(base) ** arb(fmpq(n, d))


def power(state: State, base: Number, exponent: Number) -> Number:
    """``base ** exponent`` for any real exponent."""
    if isinstance(exponent, fmpq):
        return rational_power(state, base, Fraction(int(exponent.p), int(exponent.q)))
    sign = sign_of(state, base)
    if sign > 0:
        return (ball(exponent) * ball(base).log()).exp()
    if sign < 0:
        if exponent.contains_integer() and not state.last:
            raise Unclear
        raise Undefined("a power of a negative number")
    if sign_of(state, exponent) <= 0:
        raise Undefined("zero to a power that is not positive")
    return ZERO


def readable(value: Number, digits: int = 12) -> str:
    """A short decimal, or a short fraction, for people.

    >>> readable(fmpq(1, 3)), readable(fmpq(5)), readable(arb(2).sqrt(), 5)
    ('1/3', '5', '1.4142')
    """
    if isinstance(value, fmpq):
        text = str(value)
        return text if len(text) <= 24 else readable(arb(value), digits)
    return str(ball(value).str(digits, radius=False))


def digits_of(value: Number) -> int:
    """How many decimal digits are known: relative, or absolute where the number may be zero.

    >>> digits_of(arb(1, 1e-30)) in (29, 30), digits_of(fmpq(1, 3))
    (True, 1000000)
    """
    if isinstance(value, fmpq) or value.rad() == 0:
        return 10**6
    size = value.abs_lower()
    scale = value.rad() / size if size > 0 else value.rad()
    return max(0, int(-float((scale.log() / arb(10).log()).mid())))
