"""What a missing factor is made of: sizes, given scalars and lengths of vectors, to small powers, and a constant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, product
from math import e, log, pi, sqrt

import numpy as np

from derive.calculus.atoms import Number
from derive.calculus.expr import Expr
from derive.calculus.fields import Array
from derive.calculus.substitute import children

NEAR = 1e-8
POWERS = (Fraction(-1), Fraction(1), Fraction(-1, 2), Fraction(1, 2), Fraction(-2), Fraction(2))
LARGEST, FINEST = 100, 12
NAMED = {-1: "a change of sign", 2: "a factor 2", 0.5: "a factor 1/2", -2: "a factor -2", -0.5: "a factor -1/2"}
ROOTS = {"√2": sqrt(2), "√3": sqrt(3), "π": pi, "√π": sqrt(pi), "√(2π)": sqrt(2 * pi), "log 2": log(2), "e": e}
RAISED = {Fraction(1, 2): "√{0}", Fraction(1): "{0}", Fraction(2): "{0}²"}
SUMS, MEANS = ": the code sums, the formula takes a mean", ": the code takes a mean, the formula sums"
Made = tuple[tuple[str, Fraction], ...]


@dataclass(frozen=True)
class Quantities:
    """Numbers that a factor may be made of, at every world: sizes, and what is not a size.

    Attributes:
        values: name → its number at each world.
        sizes: the names that are sizes.
        summed, averaged: the sizes of which the code may take a sum where the formula takes a mean, or a mean.
        fixed: what is made of given numbers that are the same at every world; not whole ones, which fit by chance.
    """

    values: Mapping[str, Array]
    sizes: frozenset[str]
    summed: frozenset[str]
    averaged: frozenset[str]
    fixed: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, sizes: Sequence[Mapping[str, int]], arrays: Sequence[Mapping[str, Array]], body: Expr | None = None
    ) -> Quantities:
        """The sizes and what is one less, the scalars and the lengths of the vectors of each world.

        A formula that divides by a size takes a mean; one that does not name it takes none.
        """
        found = {n: np.array([float(s[n]) for s in sizes]) for n in sizes[0]}
        found |= {f"({n} - 1)": v - 1 for n, v in found.items()}
        letters = frozenset(found)
        for n, one in arrays[0].items():
            if not one.ndim:
                found[n] = np.array([float(a[n]) for a in arrays])
            elif one.ndim == 1:
                found[f"‖{n}‖"] = np.array([float(np.linalg.norm(a[n])) for a in arrays])
        plain = {n: v for n, v in found.items() if n in arrays[0] and not arrays[0][n].ndim}
        found |= _decays(plain)
        fixed = frozenset(n for n, v in found.items() if n not in letters and (v == v[0]).all() and v[0] % 1)
        spoken = list(_spoken(body)) if body is not None else None
        summed = frozenset(n for n, power in spoken if power == -1) if spoken is not None else letters
        averaged = letters - {n for n, _ in spoken or ()}
        return cls({n: v for n, v in found.items() if v.all()}, letters, summed, averaged, fixed)

    @cached_property
    def tables(self) -> tuple[list[Made], Array]:
        """Every product with its number at each world."""
        every = list(self.made())
        worlds = range(len(next(iter(self.values.values()), ())))
        return every, np.array([self.at(made, worlds) for made in every])

    def made(self) -> Iterator[Made]:
        """Products of powers, the plainer first."""
        yield ()
        single = [(n, p) for p in POWERS for n in self.values if p.denominator == 1 or (self.values[n] > 0).all()]
        yield from ((one,) for one in single)
        yield from (pair for pair in combinations(single, 2) if pair[0][0] != pair[1][0])
        for power, letters in product(POWERS[:2], combinations(sorted(self.sizes & self.values.keys()), 3)):
            yield tuple((x, power) for x in letters)

    def at(self, made: Made, where: Sequence[int]) -> Array:
        """A product's number at some of the worlds."""
        return np.asarray(np.prod([self.values[n][where] ** float(p) for n, p in made], axis=0) * np.ones(len(where)))


def factor(ratios: Mapping[int, float], quantities: Quantities, exact: bool = False) -> str | None:
    """What every ratio is: ``a factor 1/n: the code takes a mean, …``, or None where nothing tried is it.

    Args:
        ratios: world → the number that is to be explained there.
        quantities: what it may be made of.
        exact: whether a number that nobody would write is none.

    >>> of = Quantities.of([{"n": 2}, {"n": 3}], [{"c": np.array(4.0)}, {"c": np.array(9.0)}])
    >>> factor({0: 0.5, 1: 1 / 3}, of)
    'a factor 1/n: the code takes a mean, the formula sums'
    >>> factor({0: -6.0, 1: -6.0}, of), factor({0: 0.25, 1: 1 / 6}, of)
    ('a factor -6', 'a factor 1/n and a factor 1/2: the code takes a mean, the formula sums')
    """
    where, right = list(ratios), np.array(list(ratios.values()))
    every, numbers = quantities.tables
    with np.errstate(all="ignore"):
        left = right / numbers[:, where] if quantities.values else right[None]
        alike = np.abs(left - left[:, :1]).max(axis=1) <= NEAR * np.abs(left[:, 0])
    found = [(every[k], float(left[k, 0])) for k in np.flatnonzero(alike)]
    for made, number in _ordered(found, quantities):
        said = _said(made, number, quantities, exact)
        if said is not None:
            return said
    return None


def _ordered(found: list[tuple[Made, float]], quantities: Quantities) -> list[tuple[Made, float]]:
    """Given numbers first where the factor is one number that is no sign, 2 or 1/2."""
    odd = found and not found[0][0] and all(abs(found[0][1] - n) > NEAR for n in (1, *NAMED))
    given = {n for n, v in quantities.values.items() if n not in quantities.sizes and (v == v[0]).all()}
    plain = [(made, n) for made, n in found if len(made) == 1 and made[0][0] in given and abs(made[0][1]) == 1]
    named = [(made, n) for made, n in found if made and {x for x, _ in made} <= quantities.fixed]
    fixed = [(made, n) for made, n in (*plain, *named) if abs(n - 1) < NEAR]
    return [*fixed, *found] if odd else found


def _decays(scalars: Mapping[str, Array]) -> dict[str, Array]:
    """What is left of 1: ``(1 - p)`` of a number between 0 and 1, and ``(1 - b^t)`` with a whole number of steps."""
    parts = {n: v for n, v in scalars.items() if ((v > 0) & (v < 1)).all()}
    steps = {n: v for n, v in scalars.items() if ((v > 1) & (v == np.round(v))).all()}
    found = {f"(1 - {n})": 1 - v for n, v in parts.items()}
    return found | {f"(1 - {n}^{t})": 1 - v**k for n, v in parts.items() for t, k in steps.items()}


def _said(made: Made, number: float, quantities: Quantities, exact: bool) -> str | None:
    """A product and a number as words; None where a product needs a number that nobody would write."""
    if not made:
        return (
            constant(number)
            if exact
            else constant(number) or f"a factor {number:.{6 if abs(number - 1) > 1e-5 else 12}g}"
        )
    more = "" if abs(number - 1) < NEAR else constant(number)
    if more is None:
        return None
    names, powers = {n for n, _ in made}, {p for _, p in made}
    sums, means = powers == {1} and names <= quantities.summed, powers == {-1} and names <= quantities.averaged
    why = SUMS if sums else MEANS if means else ""
    return f"a factor {_written(made)}{f' and {more}' if more else ''}{why}"


def _spoken(body: Expr) -> Iterator[tuple[str, Fraction]]:
    """The letters that an expression has as numbers, with their exponents."""
    for term in body.terms:
        for atom, exponent in term.factors:
            if isinstance(atom, Number):
                yield from ((x.name, exponent) for x in atom.value.letters)
            yield from (pair for child in children(atom) for pair in _spoken(child))


def constant(number: float) -> str | None:
    """A number that a formula would hold: a small fraction, perhaps times a root or π; None for others."""
    named = next((text for n, text in NAMED.items() if abs(number - n) < NEAR), None)
    if named:
        return named
    plain = _fraction(number)
    if plain is not None:
        return f"a factor {plain}"
    for text, root in ROOTS.items():
        over, times = _fraction(number * root), _fraction(number / root)
        if over is not None and abs(over.numerator) == 1:
            below = f"({over.denominator} {text})" if over.denominator != 1 else text
            return f"a factor {over.numerator}/{below}"
        if times is not None:
            lead = "" if times == 1 else "-" if times == -1 else f"{times} "
            return f"a factor {lead}{text}"
    return None


def _fraction(number: float) -> Fraction | None:
    found = Fraction(number).limit_denominator(FINEST)
    fits = found and abs(found.numerator) <= LARGEST and abs(float(found) - number) <= NEAR * abs(number)
    return found if fits else None


def _written(made: Iterable[tuple[str, Fraction]]) -> str:
    """``1/(n k)``, ``k/√d``."""
    above, below = ([RAISED[abs(p)].format(n) for n, p in made if (p > 0) == up] for up in (True, False))
    under = f"({' '.join(below)})" if len(below) > 1 else "".join(below)
    return (" ".join(above) or "1") + (f"/{under}" if below else "")
