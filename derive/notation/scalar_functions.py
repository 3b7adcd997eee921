"""Scalar functions that answers use, written with the calculus."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial

from derive.calculus.expr import Expr, apply, power
from derive.calculus.functions import indicator

HALF = Fraction(1, 2)
DOMAIN_FUNCTIONS = {"logistic": "sigmoid", "normal_cdf": "normal_cdf", "normal_pdf": "normal_pdf"}
PLAIN = [
    "exp",
    "log",
    "sin",
    "cos",
    "tan",
    "arcsin",
    "arccos",
    "arctan",
    "sinh",
    "cosh",
    "tanh",
    "sigmoid",
    "softplus",
    "relu",
    "abs",
    "sign",
    "floor",
    "ceil",
    "erf",
    "gelu",
    "silu",
    "normal_cdf",
    "normal_pdf",
]


def _exp(z: Expr) -> Expr:
    return apply("exp", z)


def _elu(z: Expr) -> Expr:
    return indicator(">", z, 0) * z + indicator("<=", z, 0) * (_exp(z) - 1)


SCALAR: dict[str, Callable[[Expr], Expr]] = {
    **{name: partial(apply, name) for name in PLAIN},
    "log10": lambda z: apply("log", z) / apply("log", 10),
    "log2": lambda z: apply("log", z) / apply("log", 2),
    "log1p": lambda z: apply("log", 1 + z),
    "expm1": lambda z: _exp(z) - 1,
    "cot": lambda z: apply("cos", z) / apply("sin", z),
    "sec": lambda z: 1 / apply("cos", z),
    "csc": lambda z: 1 / apply("sin", z),
    "arccot": lambda z: apply("pi") / 2 - apply("arctan", z),
    "coth": lambda z: apply("cosh", z) / apply("sinh", z),
    "sech": lambda z: 1 / apply("cosh", z),
    "csch": lambda z: 1 / apply("sinh", z),
    "arcsinh": lambda z: apply("log", z + power(z * z + 1, HALF)),
    "arccosh": lambda z: apply("log", z + power(z * z - 1, HALF)),
    "arctanh": lambda z: apply("log", (1 + z) / (1 - z)) / 2,
    "sqrt": lambda z: power(z, HALF),
    "cbrt": lambda z: power(z, Fraction(1, 3)),
    "square": lambda z: z * z,
    "reciprocal": lambda z: 1 / z,
    "negative": lambda z: -z,
    "logit": lambda z: apply("log", z / (1 - z)),
    "logsigmoid": lambda z: -apply("log", 1 + _exp(-z)),
    "erfc": lambda z: 1 - apply("erf", z),
    "elu": _elu,
    "mish": lambda z: z * apply("tanh", apply("softplus", z)),
    "heaviside": lambda z: indicator(">", z, 0) + indicator("=", z, 0) / 2,
    "gamma": lambda z: apply("gamma", z),
    "factorial": lambda z: apply("gamma", z + 1),
    "copy": lambda z: z,
    "trunc": lambda z: apply("sign", z) * apply("floor", apply("abs", z)),
    "round": lambda z: apply("floor", z + HALF),
}
PAIRS: dict[str, Callable[[Expr, Expr], Expr]] = {
    "hadamard": lambda a, b: a * b,
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "divide": lambda a, b: a / b,
    "hadamard_power": lambda a, b: power(a, b if b.constant is None else b.constant),
    "binomial": lambda n, k: apply("binomial", n, k),
    "hypot": lambda a, b: power(a * a + b * b, HALF),
    "heaviside": lambda z, middle: indicator(">", z, 0) + middle * indicator("=", z, 0),
    "logaddexp": lambda a, b: apply("log", _exp(a) + _exp(b)),
    "floor_divide": lambda a, b: apply("floor", a / b),
    "remainder": lambda a, b: a - b * apply("floor", a / b),
    "mod": lambda a, b: a - b * apply("floor", a / b),
}
COMPARISONS = {
    "equal": "=",
    "not_equal": "!=",
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
}
