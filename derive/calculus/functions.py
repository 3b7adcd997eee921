"""Scalar functions: their derivatives, as rows of one table.

A function's derivative is written with the calculus itself; functions that are not in the table are unknown and smooth,
and their derivative is ``f⁽ᵏ⁺¹⁾``. A derivative that a textbook keeps (``σ′``) stays folded until it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from derive.calculus.atoms import Compare, Indicator
from derive.calculus.expr import ONE, ZERO, Expr, apply, expr, kept, power

HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Function:
    """A scalar function: one partial derivative an argument; ``folded`` keeps ``f′`` in print."""

    name: str
    partials: tuple[Callable[..., Expr], ...]
    folded: bool = False
    sentence: str = ""


def indicator(op: str, left: Expr, right: Expr | int) -> Expr:
    """``1[left op right]``."""
    return expr(Indicator(Compare(op, left, expr(right))))


def _sigmoid(z: Expr) -> Expr:
    return apply("sigmoid", z) * (ONE - apply("sigmoid", z))


def _tanh(z: Expr) -> Expr:
    return ONE - power(apply("tanh", z), 2)


def _erf(z: Expr) -> Expr:
    return 2 * power(apply("pi"), -HALF) * apply("exp", -(z * z))


def _normal_pdf(z: Expr) -> Expr:
    return power(2 * apply("pi"), -HALF) * apply("exp", -HALF * (z * z))


_ROWS = (
    Function("exp", (lambda z: apply("exp", z),), sentence="the exponential is its own derivative"),
    Function("log", (lambda z: power(z, -1),), sentence="the derivative of log z is 1/z"),
    Function("sin", (lambda z: apply("cos", z),), sentence="the derivative of sin is cos"),
    Function("cos", (lambda z: -apply("sin", z),), sentence="the derivative of cos is −sin"),
    Function("tan", (lambda z: power(apply("cos", z), -2),)),
    Function("arctan", (lambda z: power(ONE + z * z, -1),)),
    Function("arcsin", (lambda z: power(ONE - z * z, -HALF),)),
    Function("arccos", (lambda z: -power(ONE - z * z, -HALF),)),
    Function("sinh", (lambda z: apply("cosh", z),)),
    Function("cosh", (lambda z: apply("sinh", z),)),
    Function("tanh", (_tanh,), folded=True, sentence="tanh′ = 1 − tanh²"),
    Function("sigmoid", (_sigmoid,), folded=True, sentence="σ′ = σ(1 − σ)"),
    Function("softplus", (lambda z: apply("sigmoid", z),), sentence="the derivative of softplus is the sigmoid"),
    Function("relu", (lambda z: indicator(">", z, 0),), sentence="the slope of relu is 1 where z > 0, else 0"),
    Function("abs", (lambda z: apply("sign", z),), sentence="the derivative of |z| is sign z, for z ≠ 0"),
    Function("sign", (lambda _: ZERO,)),
    Function("floor", (lambda _: ZERO,)),
    Function("ceil", (lambda _: ZERO,)),
    Function("erf", (_erf,)),
    Function("normal_cdf", (lambda z: apply("normal_pdf", z),), sentence="the derivative of Φ is the density φ"),
    Function("normal_pdf", (lambda z: -z * apply("normal_pdf", z),)),
    Function("max", (lambda a, b: indicator(">", a, b), lambda a, b: indicator("<=", a, b))),
    Function("min", (lambda a, b: indicator("<", a, b), lambda a, b: indicator(">=", a, b))),
)
TABLE = {row.name: row for row in _ROWS}
DEFINITIONS: dict[str, Callable[[Expr], Expr]] = {
    "gelu": lambda z: z * apply("normal_cdf", z),
    "silu": lambda z: z * apply("sigmoid", z),
    "sqrt": lambda z: power(z, HALF),
    "normal_pdf": _normal_pdf,
    "normal_cdf": lambda z: HALF * (ONE + apply("erf", z * power(expr(2), -HALF))),
}
CONSTANTS = ("pi", "e")
NAMED_SLOPES = ("gelu", "silu")  # a page writes gelu′(z)


def partial(function: str, order: int, args: tuple[Expr, ...], k: int) -> Expr:
    """The derivative of ``function⁽ᵒʳᵈᵉʳ⁾(args)`` in its ``k``-th argument, folded where a textbook folds it.

    >>> x = apply("x")
    >>> partial("exp", 0, (x,), 0) == apply("exp", x)
    True
    """
    row = TABLE.get(function)
    if row is None and function in DEFINITIONS and function not in NAMED_SLOPES:
        return unfolded(function, order + 1, args[0])
    if row is None or (row.folded and len(args) == 1):
        if len(args) != 1:
            raise ValueError(f"{function} of {len(args)} arguments has no derivative in the table")
        return apply(function, *args, order=order + 1)
    return row.partials[k](*args)


def unfolded(function: str, order: int, z: Expr) -> Expr:
    """``function⁽ᵒʳᵈᵉʳ⁾(z)`` of a known function written out without derivatives."""
    from derive.calculus.differentiate import derivative
    from derive.calculus.expr import entry
    from derive.calculus.substitute import replace_entries

    if function not in TABLE and function not in DEFINITIONS:
        return apply(function, z, order=order)
    if order == 0:
        return DEFINITIONS[function](z) if function in DEFINITIONS else apply(function, z)
    variable = entry("·argument")
    value = DEFINITIONS[function](variable) if function not in TABLE else TABLE[function].partials[0](variable)
    for _ in range(order - (function in TABLE)):
        value = unfold(derivative(value, "·argument", ()))
    return replace_entries(value, lambda e: z if e.name == "·argument" else None)


def unfold(value: Expr) -> Expr:
    """Write every derivative of a known function out: ``σ′(z)`` becomes ``σ(z)(1 − σ(z))``."""
    from derive.calculus.atoms import Apply, Atom
    from derive.calculus.substitute import replace_atoms

    def leaf(atom: Atom) -> Expr | None:
        if isinstance(atom, Apply) and atom.order and atom.function in (*TABLE, *DEFINITIONS):
            return unfolded(atom.function, atom.order, unfold(atom.args[0]))
        return None

    return replace_atoms(value, leaf)


@kept
def functions(value: Expr) -> frozenset[str]:
    """The functions that are applied somewhere inside."""
    from derive.calculus.atoms import Apply
    from derive.calculus.substitute import atoms

    return frozenset(a.function for a in atoms(value) if isinstance(a, Apply))
