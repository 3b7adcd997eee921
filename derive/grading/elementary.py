"""Scalar functions in the kernels of a proof by rewriting, as rows of one table."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derive.grading.basis import Basis
from derive.grading.rational import ONE, ZERO, Quotient, rational

_HALF = rational(Fraction(1, 2))


def _sigmoid(b: Basis, u: Quotient) -> Quotient:
    return (ONE + b.exp(-u)).inverse()


def _tanh(b: Basis, u: Quotient) -> Quotient:
    twice = b.exp(u + u)
    return (twice - ONE) * (twice + ONE).inverse()


def _cos(b: Basis, u: Quotient) -> Quotient:
    forth, back, _ = b.circle(u)
    return _HALF * (forth + back)


def _sin(b: Basis, u: Quotient) -> Quotient:
    forth, back, i = b.circle(u)
    return -(_HALF * i * (forth - back))


def _abs(b: Basis, u: Quotient) -> Quotient:
    return ZERO if not u.num else u * rational(b.sign(u))


def _max(b: Basis, *values: Quotient) -> Quotient:
    best = values[0]
    for v in values[1:]:
        best = _HALF * (best + v + _abs(b, best - v))
    return best


FUNCTIONS: dict[str, Callable[..., Quotient]] = {
    "exp": Basis.exp,
    "log": Basis.log,
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "softplus": lambda b, u: b.log(ONE + b.exp(u)),
    "sinh": lambda b, u: _HALF * (b.exp(u) - b.exp(-u)),
    "cosh": lambda b, u: _HALF * (b.exp(u) + b.exp(-u)),
    "sech": lambda b, u: (_HALF * (b.exp(u) + b.exp(-u))).inverse(),
    "sin": _sin,
    "cos": _cos,
    "tan": lambda b, u: _sin(b, u) * _cos(b, u).inverse(),
    "abs": _abs,
    "sign": lambda b, u: rational(b.jump(u)),
    "heaviside": lambda b, u: rational((1 + b.jump(u)) // 2),
    "relu": lambda b, u: _max(b, u, ZERO),
    "max": _max,
    "min": lambda b, *v: -_max(b, *(-x for x in v)),
}
