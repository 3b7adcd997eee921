r"""Series: ``\sum_{k=0}^\infty`` of a polynomial times ``r^k``, or times ``r^k / k!``, in closed form.

``Σ_k k(k-1)…(k-j+1) r^k`` is ``j! r^j / (1 - r)^(j+1)`` where r is between -1 and 1, and with ``/ k!`` it is ``r^j e^r`` for
every r. A series of another kind, or whose terms need not shrink on the declared domain, is not read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import comb, factorial

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Apply, Atom, Entry, Group, Number, Power
from derive.calculus.expr import ONE, Expr, Term, add, apply, expr, power
from derive.calculus.substitute import letters

SMALL = frozenset({"unit", "unit_sym"})
MOST_DEGREE = 4
MOST_LEFT_OUT = 20
MOST_STEPS = 1_000
Domain = Callable[[str], str]
Polynomial = list[Fraction]


class NoSeries(Exception):
    """This is no series of the kinds that are read."""


@dataclass
class _Factors:
    """A term by what depends on the letter: ``constant · polynomial(k) · ratio^k / (k + shift)!``."""

    constant: Expr = ONE
    ratio: Expr = ONE
    polynomial: Polynomial = field(default_factory=lambda: [Fraction(1)])
    shift: int | None = None
    shrinks: bool = False
    stays: bool = True


def series(body: Expr, letter: Letter, low: int, domain: Domain) -> Expr:
    """The sum of ``body`` over ``letter`` from ``low`` on without end; ``domain`` says where a name's values lie.

    Raises:
        NoSeries: of another kind, or it need not converge.

    >>> from derive.calculus.expr import entry
    >>> k, r = Letter("k"), entry("r")
    >>> series(power(r, expr(k)), k, 0, lambda _: "unit") == 1 / (1 - r)
    True
    """
    if abs(low) > MOST_STEPS:
        raise NoSeries
    return add(_term(t, letter, low, domain) for t in body.terms)


def _term(term: Term, k: Letter, low: int, domain: Domain) -> Expr:
    if term.bounds:
        raise NoSeries
    found = _Factors(constant=expr(term.coefficient))
    for atom, e in term.factors:
        _sort(found, atom, e, k, domain)
    if found.shift is not None:
        return found.constant * power(found.ratio, -found.shift) * _exponential(found, low + found.shift)
    if not (found.shrinks and found.stays):
        raise NoSeries
    return found.constant * power(found.ratio, low) * _geometric(_moved(found.polynomial, low), found.ratio)


def _sort(found: _Factors, atom: Atom, e: Fraction, k: Letter, domain: Domain) -> None:
    """Put a factor where it belongs."""
    alone = Expr((Term(Fraction(1), ((atom, e),)),))
    if k not in letters(alone):
        found.constant = found.constant * alone
        return
    match atom:
        case Number(value) if e.denominator == 1 and e > 0:
            found.polynomial = _times(found.polynomial, _affine(value, k), int(e))
        case Apply("gamma", (argument,), 0) if e == -1 and found.shift is None:
            found.shift = _shift(argument, k) - 1  # gamma(m + 1) is m!
        case Power(base, exponent) if k not in letters(base) and e.denominator == 1:
            slope, rest = _line(exponent, k)
            slope *= int(e)
            found.constant = found.constant * power(base, rest * expr(e))
            found.shrinks = found.shrinks or _shrinks(base, slope, domain)
            found.stays = found.stays and (_shrinks(base, slope, domain) or base.constant in (1, -1))
            found.ratio = found.ratio * power(base, slope)
        case Group(body) if e.denominator == 1 and e > 0:
            slope, rest = _line(body, k)
            fixed = rest.constant
            if fixed is None:
                raise NoSeries
            found.polynomial = _times(found.polynomial, [fixed, Fraction(slope)], int(e))
        case _:
            raise NoSeries


def _line(value: Expr, k: Letter) -> tuple[int, Expr]:
    """The whole number of times that the letter is in a sum, and the rest."""
    slope, rest = Fraction(0), list[Term]()
    for t in value.terms:
        if k not in letters(Expr((t,))):
            rest.append(t)
        elif t.bounds or t.factors != ((Number(Affine.of(k)), Fraction(1)),):
            raise NoSeries
        else:
            slope += t.coefficient
    fixed = Fraction(Expr(tuple(rest)).constant or 0)
    if slope.denominator != 1 or abs(slope) > MOST_STEPS or abs(fixed) > MOST_STEPS:
        raise NoSeries
    return int(slope), Expr(tuple(rest))


def _affine(value: Affine, k: Letter) -> Polynomial:
    slope, rest = _line(expr(value), k)
    if rest.terms and rest.constant is None:
        raise NoSeries
    return [rest.constant or Fraction(0), Fraction(slope)]


def _shift(argument: Expr, k: Letter) -> int:
    slope, rest = _line(argument, k)
    fixed = rest.constant if rest.terms else Fraction(0)
    if slope != 1 or fixed is None or fixed.denominator != 1 or abs(fixed) > MOST_LEFT_OUT:
        raise NoSeries
    return int(fixed)


def _times(polynomial: Polynomial, other: Polynomial, power_: int) -> Polynomial:
    """A product of polynomials, lowest powers first."""
    for _ in range(min(power_, MOST_DEGREE + 1)):
        new = [Fraction(0)] * (len(polynomial) + len(other) - 1)
        for i, a in enumerate(polynomial):
            for j, b in enumerate(other):
                new[i + j] += a * b
        polynomial = new
    if len(polynomial) > MOST_DEGREE + 1:
        raise NoSeries
    return polynomial


def _moved(polynomial: Polynomial, by: int) -> Polynomial:
    """The polynomial at ``k + by``."""
    result = [Fraction(0)] * len(polynomial)
    for n, c in enumerate(polynomial):
        for j in range(n + 1):
            result[j] += c * comb(n, j) * Fraction(by) ** (n - j)
    return result


def _falling(polynomial: Polynomial) -> Polynomial:
    """The coefficients on ``1, k, k(k-1), …``: differences at 0 over factorials."""
    values = [_at(polynomial, k) for k in range(len(polynomial))]
    found = []
    for j in range(len(polynomial)):
        found.append(values[0] / factorial(j))
        values = [b - a for a, b in pairwise(values)]
    return found


def _at(polynomial: Sequence[Fraction], k: int) -> Fraction:
    return sum((c * k**n for n, c in enumerate(polynomial)), Fraction(0))


def _geometric(polynomial: Polynomial, ratio: Expr) -> Expr:
    parts = enumerate(_falling(polynomial))
    return add(c * factorial(j) * power(ratio, j) / power(ONE - ratio, j + 1) for j, c in parts if c)


def _exponential(found: _Factors, low: int) -> Expr:
    """``Σ_{m ≥ low} polynomial(m - shift) ratio^m / m!``: from 0 on, less what comes before ``low``."""
    if not 0 <= low <= MOST_LEFT_OUT:
        raise NoSeries
    polynomial = _moved(found.polynomial, -(found.shift or 0))
    whole = add(c * power(found.ratio, j) for j, c in enumerate(_falling(polynomial)) if c) * apply("exp", found.ratio)
    return whole - add(_at(polynomial, m) / factorial(m) * power(found.ratio, m) for m in range(low))


def _shrinks(base: Expr, slope: int, domain: Domain) -> bool:
    """Whether the powers of a number or of what lies between -1 and 1 get smaller and smaller."""
    if base.constant is not None:
        return abs(base.constant) < 1 if slope > 0 else slope < 0 and abs(base.constant) > 1
    if slope <= 0:
        return False
    if _is_small(base, domain, SMALL):
        return True
    rest = ONE - base
    return _is_small(rest, domain, frozenset({"unit"}))


def _is_small(value: Expr, domain: Domain, domains: frozenset[str]) -> bool:
    """Whether it is a product of names that lie in these domains."""
    match value.terms:
        case (Term(coefficient, factors, ()),):
            entries = all(isinstance(a, Entry) and e >= 1 and domain(a.name) in domains for a, e in factors)
            return (
                bool(factors) and entries and 0 < abs(coefficient) <= 1 and (coefficient > 0 or "unit_sym" in domains)
            )
    return False
