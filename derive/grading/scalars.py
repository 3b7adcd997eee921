"""The scalar functions over balls, as rows of one table."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb, factorial

from flint import arb, fmpq

from derive.grading.balls import (
    HALF,
    ONE,
    TINY,
    ZERO,
    Number,
    State,
    Unclear,
    Undefined,
    ball,
    divide,
    interval,
    is_whole,
    jump_sign,
    rational_power,
    sign_of,
)

Function = Callable[..., Number]
EXACT_COUNT = 2_000


def _smooth(method: str, at_zero: Number) -> Function:
    """A function that is defined everywhere, exact at zero."""
    call = getattr(arb, method)

    def function(_: State, z: Number) -> Number:
        if isinstance(z, fmpq):
            if z == 0:
                return at_zero
            z = arb(z)
        value: arb = call(z)
        return value

    return function


def _log(state: State, z: Number) -> Number:
    if sign_of(state, z) <= 0:
        raise Undefined("a logarithm of a number that is not positive")
    return ZERO if isinstance(z, fmpq) and z == 1 else ball(z).log()


def _log1p(state: State, z: Number) -> Number:
    return _log(state, 1 + z)


def _expm1(_: State, z: Number) -> Number:
    return ball(z).expm1()


def _sigmoid(_: State, z: Number) -> Number:
    if isinstance(z, fmpq) and z == 0:
        return HALF
    return 1 / (1 + (-ball(z)).exp()) if z > 0 else 1 - 1 / (1 + ball(z).exp())


def _softplus(_: State, z: Number) -> Number:
    z = ball(z)
    return z + (-z).exp().log1p() if z > 0 else z.exp().log1p()


def _tan(state: State, z: Number) -> Number:
    if isinstance(z, fmpq) and z == 0:
        return ZERO
    return divide(state, ball(z).sin(), ball(z).cos())


def _quotient(above: str | None, below: str) -> Function:
    """``above(z)/below(z)``, such as the secant or the hyperbolic cotangent."""

    def function(state: State, z: Number) -> Number:
        top = getattr(ball(z), above)() if above else ONE
        return divide(state, top, getattr(ball(z), below)())

    return function


def _within(method: str, low: int | None, high: int | None, open_: bool = False) -> Function:
    """A function that is defined only between two bounds."""

    def function(state: State, z: Number) -> Number:
        least = min(
            sign_of(state, z - low) if low is not None else 1,
            sign_of(state, high - z) if high is not None else 1,
        )
        if least < 0 or (least == 0 and open_):
            raise Undefined(f"{method} outside its domain")
        value: arb = getattr(_clipped(ball(z), low, high), method)()
        return value

    return function


def _clipped(z: arb, low: int | None, high: int | None) -> arb:
    """The part of a ball inside the domain: a value that is known to be there may touch the boundary."""
    if low is not None and not z >= low:
        return arb(low)
    if high is not None and not z <= high:
        return arb(high)
    return z


def _relu(_: State, z: Number) -> Number:
    return _max(_, z, ZERO)


def _max(_: State, *values: Number) -> Number:
    best = values[0]
    for v in values[1:]:
        best = best if best >= v else v if v >= best else ball(best).max(ball(v))
    return best


def _min(state: State, *values: Number) -> Number:
    return -_max(state, *(-v for v in values))


def _abs(_: State, z: Number) -> Number:
    return abs(z) if isinstance(z, fmpq) else z.__abs__()


def _sign(state: State, z: Number) -> Number:
    return fmpq(jump_sign(state, z))


def _heaviside(state: State, z: Number) -> Number:
    return fmpq(1 + jump_sign(state, z)) / 2


def _floor(state: State, z: Number) -> Number:
    if isinstance(z, fmpq):
        return fmpq(z.floor())
    low = ball(z.floor())
    if low.is_exact():
        whole = low.unique_fmpz()
        if whole is not None:
            return fmpq(whole)
    if state.last and z.rad() < TINY and (tied := z.unique_fmpz()) is not None:
        state.kinks += 1
        return fmpq(tied)
    raise Unclear


def _ceil(state: State, z: Number) -> Number:
    return -_floor(state, -z)


def _mod(state: State, a: Number, b: Number) -> Number:
    return a - b * _floor(state, divide(state, a, b))


def _gamma(state: State, z: Number) -> Number:
    if is_whole(z):
        if z <= 0:
            raise Undefined("a pole of the gamma function")
        if z <= EXACT_COUNT:
            return fmpq(factorial(int(z.p) - 1))  # type: ignore[union-attr]
    return ball(z).gamma()


def _factorial(state: State, z: Number) -> Number:
    return _gamma(state, z + 1)


def _lgamma(state: State, z: Number) -> Number:
    return _log(state, _abs(state, _gamma(state, z)))


def _digamma(_: State, z: Number) -> Number:
    if is_whole(z) and z <= 0:
        raise Undefined("a pole of the digamma function")
    return ball(z).digamma()


def _binomial(state: State, n: Number, k: Number) -> Number:
    if is_whole(n) and is_whole(k):
        top, below = int(n.p), int(k.p)  # type: ignore[union-attr]
        if below < 0 or 0 <= top < below:
            return ZERO
        if abs(top) + below <= EXACT_COUNT:
            return fmpq(comb(top, below) if top >= 0 else (-1) ** below * comb(below - top - 1, below))
    return ball(n + 1).gamma() * ball(k + 1).rgamma() * ball(n - k + 1).rgamma()


def _arctan2(state: State, y: Number, x: Number) -> Number:
    if sign_of(state, x) == 0 and sign_of(state, y) == 0:
        raise Undefined("the angle of the origin")
    if jump_sign(state, y) == 0:
        return ZERO if sign_of(state, x) > 0 else arb.pi()
    return arb.atan2(ball(y), ball(x))


def _cbrt(state: State, z: Number) -> Number:
    if sign_of(state, z) < 0:
        return -_cbrt(state, -z)
    return rational_power(state, z, Fraction(1, 3))


def _logaddexp(state: State, a: Number, b: Number) -> Number:
    return a + _softplus(state, b - a)


TABLE: dict[str, Function] = {
    "exp": _smooth("exp", ONE),
    "log": _log,
    "log1p": _log1p,
    "expm1": _expm1,
    "sin": _smooth("sin", ZERO),
    "cos": _smooth("cos", ONE),
    "tan": _tan,
    "sec": _quotient(None, "cos"),
    "csc": _quotient(None, "sin"),
    "cot": _quotient("cos", "sin"),
    "sech": _quotient(None, "cosh"),
    "csch": _quotient(None, "sinh"),
    "coth": _quotient("cosh", "sinh"),
    "arctan": _smooth("atan", ZERO),
    "arctan2": _arctan2,
    "arcsin": _within("asin", -1, 1),
    "arccos": _within("acos", -1, 1),
    "sinh": _smooth("sinh", ZERO),
    "cosh": _smooth("cosh", ONE),
    "tanh": _smooth("tanh", ZERO),
    "arcsinh": _smooth("asinh", ZERO),
    "arccosh": _within("acosh", 1, None),
    "arctanh": _within("atanh", -1, 1, open_=True),
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "logaddexp": _logaddexp,
    "relu": _relu,
    "abs": _abs,
    "sign": _sign,
    "heaviside": _heaviside,
    "floor": _floor,
    "ceil": _ceil,
    "mod": _mod,
    "erf": _smooth("erf", ZERO),
    "erfc": _smooth("erfc", ONE),
    "max": _max,
    "min": _min,
    "gamma": _gamma,
    "factorial": _factorial,
    "lgamma": _lgamma,
    "digamma": _digamma,
    "binomial": _binomial,
    "cbrt": _cbrt,
    "pi": lambda _: arb.pi(),
    "e": lambda _: arb.const_e(),
    "interval": interval,
}
