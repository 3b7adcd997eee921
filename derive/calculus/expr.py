"""Terms and expressions, and the constructors that build them without expanding.

An expression is a sum of terms; a term is a rational coefficient times factors (atoms to rational powers), summed over
bound letters. ``(p - y)*x`` stays a product with the group ``p - y`` in it. Bound letters are globally fresh, so
substitution cannot capture.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import update_wrapper
from typing import TYPE_CHECKING, TypeVar

from derive.calculus.affine import Affine, Letter, fresh
from derive.calculus.atoms import Apply, Atom, Bound, Bracket, Entry, Group, Guard, Indicator, Number, Power

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Factor = tuple[Atom, Fraction]
Scalar = int | Fraction
UNIT = Fraction(1)
MARKS, NUMBERS, INDICES = (Bracket, Guard, Indicator), (int, Fraction), (Affine, Letter)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Term:
    """``coefficient * product of factors``, summed over ``bounds`` (a later range may use an earlier letter)."""

    coefficient: Fraction
    factors: tuple[Factor, ...] = ()
    bounds: tuple[Bound, ...] = ()

    def __hash__(self) -> int:
        return hash((tuple(atom for atom, _ in self.factors), self.bounds))


@dataclass(frozen=True)
class Expr:
    """A sum of terms; the operators ``+ - * / **`` build new ones without expanding.

    >>> x = entry("x", "i")
    >>> len((x + x * x - x).terms)
    1
    """

    terms: tuple[Term, ...] = ()

    def __hash__(self) -> int:
        memory = self.__dict__
        if "_hash" not in memory:  # a cached property takes a lock
            memory["_hash"] = hash(self.terms)
        found: int = memory["_hash"]
        return found

    def __add__(self, other: Expr | Scalar) -> Expr:
        return add((self, expr(other)))

    def __radd__(self, other: Scalar) -> Expr:
        return add((expr(other), self))

    def __neg__(self) -> Expr:
        return Expr(tuple(Term(-t.coefficient, t.factors, t.bounds) for t in self.terms))

    def __sub__(self, other: Expr | Scalar) -> Expr:
        return add((self, -expr(other)))

    def __rsub__(self, other: Scalar) -> Expr:
        return add((expr(other), -self))

    def __mul__(self, other: Expr | Scalar) -> Expr:
        return multiply((self, expr(other)))

    def __rmul__(self, other: Scalar) -> Expr:
        return multiply((expr(other), self))

    def __truediv__(self, other: Expr | Scalar) -> Expr:
        return multiply((self, power(expr(other), -1)))

    def __rtruediv__(self, other: Scalar) -> Expr:
        return multiply((expr(other), power(self, -1)))

    def __pow__(self, exponent: Expr | Scalar) -> Expr:
        return power(self, exponent)

    @property
    def constant(self) -> Fraction | None:
        """The rational number this is, or None."""
        if not self.terms:
            return Fraction(0)
        match self.terms:
            case (Term(c, (), ()),):
                return c
        return None


def kept(compute: Callable[[Expr], T]) -> Callable[[Expr], T]:
    """Keep with an expression what was once computed from it."""
    key = f"_{compute.__name__}"

    def found(value: Expr) -> T:
        memory = value.__dict__
        if key not in memory:
            memory[key] = compute(value)
        result: T = memory[key]
        return result

    return update_wrapper(found, compute)


ZERO = Expr()
ONE = Expr((Term(UNIT),))


def expr(value: Expr | Scalar | Affine | Letter | Atom) -> Expr:
    """An expression from a number, an affine value, a letter, or an atom."""
    if isinstance(value, Expr):
        return value
    if isinstance(value, NUMBERS):
        return Expr((Term(value if type(value) is Fraction else Fraction(value)),)) if value else ZERO
    if isinstance(value, INDICES):
        return _affine(Affine.of(value))
    return Expr((Term(UNIT, ((value, UNIT),)),))


def _affine(value: Affine) -> Expr:
    return add(
        multiply((expr(c), *(expr(Number(Affine.of(letter))) for letter in monomial))) for monomial, c in value.terms
    )


def entry(name: str, *at: Affine | Letter | int | str) -> Expr:
    """``name[at, ...]`` as an expression.

    >>> entry("X", "i", 0) == entry("X", Letter("i"), 0)
    True
    """
    return expr(Entry(name, tuple(Affine.of(a) for a in at)))


def apply(function: str, *args: Expr | Scalar, order: int = 0) -> Expr:
    """A scalar function, or its ``order``-th derivative, of its arguments."""
    return expr(Apply(function, tuple(expr(a) for a in args), order))


def total(body: Expr, *bounds: Bound) -> Expr:
    """``body`` summed over the bounds, which become fresh letters; several terms stay together in one group.

    >>> i = Bound(Letter("i"), Affine.of(0), Affine.of("n"))
    >>> total(entry("x", "i"), i).terms[0].bounds[0].letter == i.letter
    False
    """
    from derive.calculus.substitute import subs

    if not bounds or not body.terms:
        return body
    renaming: dict[Letter, Affine] = {}
    new = []
    for b in bounds:
        letter = fresh(b.letter)
        new.append(Bound(letter, b.low.subs(renaming), b.high.subs(renaming), b.kind))
        renaming[b.letter] = Affine.of(letter)
    (term,) = group(subs(body, renaming)).terms
    return Expr((Term(term.coefficient, term.factors, (*new, *term.bounds)),))


def group(body: Expr) -> Expr:
    """``body`` as a single term: itself, or a parenthesis round several terms."""
    return body if len(body.terms) == 1 else expr(Group(body))


def add(parts: Iterable[Expr]) -> Expr:
    """The sum, with identical terms merged and zero terms dropped; the order of first appearance stays."""
    terms = [t for part in parts for t in part.terms]
    if len(terms) > 1:
        sums: dict[Term, Fraction] = {}
        for t in terms:
            like = t if t.coefficient is UNIT else Term(UNIT, t.factors, t.bounds)
            sums[like] = sums[like] + t.coefficient if like in sums else t.coefficient
        terms = [like if c is UNIT else Term(c, like.factors, like.bounds) for like, c in sums.items()]
    return Expr(tuple(t for t in terms if t.coefficient))


def multiply(parts: Iterable[Expr]) -> Expr:
    """The product as one term; factors with the same atom merge, a letter bound twice is renamed.

    A root times a root stays as it is: ``x^(1/2)·x^(1/2)`` is ``x`` only where ``x`` is not negative.
    """
    coefficient = UNIT
    powers: dict[tuple[Atom, bool], Fraction] = {}
    bounds: list[Bound] = []
    loose: list[Factor] = []
    for part in _apart(parts):
        if not part.terms:
            return ZERO
        (term,) = part.terms
        if term.coefficient is not UNIT:
            coefficient = term.coefficient if coefficient is UNIT else coefficient * term.coefficient
        bounds += term.bounds
        for atom, e in term.factors:
            if not _merge(powers, atom, e):
                loose.append((atom, e))
    factors = (*((atom, e) for (atom, _), e in powers.items() if e), *loose)
    return Expr((Term(coefficient, factors, tuple(bounds)),))


def _merge(powers: dict[tuple[Atom, bool], Fraction], atom: Atom, e: Fraction) -> bool:
    """Add an exponent to those of the same atom; False where a root would vanish by it."""
    if isinstance(atom, MARKS):
        powers[atom, True] = UNIT
        return True
    whole = e is UNIT or e.denominator == 1
    if (atom, False) in powers:
        total_ = powers[atom, False] + e
        if total_.denominator == 1:
            return False
        powers[atom, False] = total_
        return True
    before = powers.get((atom, whole))
    powers[atom, whole] = e if before is None else before + e
    return True


def _apart(parts: Iterable[Expr]) -> list[Expr]:
    """The factors, each one term, renewed where one of them binds a letter that occurs in another."""
    single = [group(part) if len(part.terms) > 1 else part for part in parts]
    for part in single:
        if part.terms and part.terms[0].bounds:
            return _renewed(single)
    return single


def _renewed(single: list[Expr]) -> list[Expr]:
    from derive.calculus.substitute import letters, renew

    found: list[Expr] = []
    seen: set[Letter] = set()
    bound: set[Letter] = set()
    for part in single:
        own = {b.letter for t in part.terms for b in t.bounds}
        if (own and not own.isdisjoint(seen)) or (bound and not bound.isdisjoint(letters(part))):
            part = renew(part)
            own = {b.letter for t in part.terms for b in t.bounds}
        seen |= letters(part)
        bound |= own
        found.append(part)
    return found


def power(base: Expr, exponent: Expr | Scalar) -> Expr:
    """``base ** exponent``; a rational power goes into the factors of a single unsummed term where that is exact."""
    fixed = exponent.constant if isinstance(exponent, Expr) else exponent
    if fixed is None:
        return expr(Power(base, expr(exponent)))
    if fixed == 1:
        return base
    if fixed == 0:
        return ONE
    if not base.terms and fixed > 0:
        return ZERO
    if fixed.denominator == 1 and len(base.terms) == 1 and not base.terms[0].bounds:
        return _integer_power(base.terms[0], int(fixed))
    fixed = Fraction(fixed)
    match base.terms:
        case (Term(c, ((atom, e),), ()),) if c == 1 and e == 1 and not isinstance(atom, Bracket | Guard | Indicator):
            return Expr((Term(UNIT, ((atom, fixed),)),))
    return Expr((Term(UNIT, ((Group(base), fixed),)),)) if base != ONE else ONE


def _integer_power(term: Term, n: int) -> Expr:
    marks = any(isinstance(a, Bracket | Guard | Indicator) for a, _ in term.factors)
    if (marks and n < 0) or any(e.denominator > 1 and (e * n).denominator == 1 for _, e in term.factors):
        return Expr((Term(UNIT, ((Group(Expr((term,))), Fraction(n)),)),))
    factors = tuple((a, UNIT if isinstance(a, Bracket | Guard | Indicator) else e * n) for a, e in term.factors)
    return Expr((Term(_fraction_power(term.coefficient, n), factors),))


MAX_BITS = 4096


def _fraction_power(value: Fraction, n: int) -> Fraction:
    if abs(n) * max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS and abs(value) != 1:
        raise OverflowError(f"A number here has more than {MAX_BITS} binary digits.")
    return value**n
