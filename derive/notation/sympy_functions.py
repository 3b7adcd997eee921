"""SymPy's words for our functions, relations and connectives."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import sympy

from derive.calculus.algebra import CALLED, functions

SPECIAL = {
    "arctan": sympy.atan,
    "arcsin": sympy.asin,
    "arccos": sympy.acos,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "sign": sympy.sign,
    "ceil": sympy.ceiling,
    "erf": sympy.erf,
}
_CALLED = {name: functions()[name] for name in CALLED} | SPECIAL
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **functions(),
    **{name: partial(f, evaluate=False) for name, f in _CALLED.items()},
    "sigmoid": lambda z: 1 / (1 + sympy.exp(-z)),
    "softplus": lambda z: sympy.log(1 + sympy.exp(z)),
    "relu": lambda z: sympy.Max(0, z),
}
RELATIONS = {"<": sympy.Lt, "<=": sympy.Le, "=": sympy.Eq, "!=": sympy.Ne, ">=": sympy.Ge, ">": sympy.Gt}
LOGIC = {"and": sympy.And, "or": sympy.Or, "not": sympy.Not}
