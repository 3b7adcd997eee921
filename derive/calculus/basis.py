"""One way to write what can be written in several: exponentials, primitive marks, comparisons with 0."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import gcd

from derive.calculus.affine import Affine
from derive.calculus.atoms import (
    Apply,
    Atom,
    Bracket,
    Compare,
    Condition,
    Group,
    Guard,
    Logic,
    MatrixFunction,
    Power,
    Reduce,
)
from derive.calculus.expr import ONE, ZERO, Expr, Factor, Term, add, apply, expr, group, multiply, power
from derive.calculus.functions import DEFINITIONS
from derive.calculus.order import Keys, letters_of
from derive.calculus.roots import roots_apart
from derive.calculus.substitute import Rebuild, bracket, guard, letters, subs
from derive.calculus.whole import whole

_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
EVEN = ("abs", "cos", "cosh")
ODD = ("sign", "sin", "sinh", "tan", "atan", "asin", "erf")


class Basis(Rebuild):
    """Rebuilds the atoms of a term; ``form`` makes what stands inside them canonical."""

    def __init__(self, form: Callable[[Expr], Expr], symmetric: frozenset[str]) -> None:
        self.form, self.symmetric = form, symmetric

    def expr(self, value: Expr) -> Expr:
        """What stands inside an atom, canonical."""
        return self.form(value)

    def term(self, term: Term) -> Expr:
        """The term with the sizes of its denominators in its coefficient, and what all their terms share beside them."""
        return add(map(self._apart, self._balanced(roots_apart(multiply_in(super().term(term)))).terms))

    def _balanced(self, value: Expr) -> Expr:
        """``1/(1 + exp(-z))`` as ``exp(z)/(exp(z) + 1)``: no denominator's exponent lies below that of another term."""
        if not any(_exponential(a) and e < 0 for t in value.terms for a, e in t.factors):
            return value
        return add(self._lifted(self._risen(t)) for t in value.terms)

    def _risen(self, term: Term) -> Term:
        """A term whose denominators have given their least exponentials away."""
        factors = list[Factor]()
        for atom, e in term.factors:
            least = self._least(atom) if isinstance(atom, Group) and e < 0 and e.denominator == 1 else ZERO
            if isinstance(atom, Group) and least.terms:
                atom = Group(add(self._lifted(t, -least) for t in atom.body.terms))
                factors.append((Apply("exp", (least,)), e))
            factors.append((atom, e))
        return replace(term, factors=tuple(factors))

    def _least(self, atom: Group) -> Expr:
        """The least exponent of the terms of a sum, in an order that adding to all of them leaves alone; 0 where none is.

        The order is by the sum of the coefficients. Where that is a draw the first difference decides, unless letters
        stand in it: their names may be those of sums around, which say nothing.
        """
        every = [self.expr(_exponent(t)) for t in atom.body.terms] if _exponential(atom) else [ZERO]
        weights = [sum(t.coefficient for t in u.terms) for u in every]
        least, *others = [u for u, w in zip(every, weights, strict=True) if w == min(weights)]
        if others and any(letters(u) for u in every):
            return ZERO
        for u in others:
            gap = self.expr(least - u)
            least = u if gap.terms and gap.terms[0].coefficient > 0 else least
        return least

    def _lifted(self, term: Term, by: Expr = ZERO) -> Expr:
        """A term with its exponentials as one, times another."""
        bound = {b.letter for b in term.bounds}
        kept = tuple(f for f in term.factors if not (_is_exp(f[0]) and bound.isdisjoint(letters_of(f[0]))))
        whole = self.expr(_exponent(term) + by)
        rest = Expr((replace(term, factors=kept),))
        return multiply((rest, apply("exp", whole))) if whole.terms else rest

    def _apart(self, term: Term) -> Expr:
        """``(a b + a c)^-1`` as ``a^-1 (b + c)^-1``."""
        shared = {a: _shared(a.body) for a, e in term.factors if isinstance(a, Group) and e.denominator == 1 and e < 0}
        if not any(shared.values()):
            return Expr((term,))
        parts = []
        for atom, e in term.factors:
            if isinstance(atom, Group) and shared.get(atom):
                parts += [power(expr(a), k * e) for a, k in shared[atom]]
                parts.append(power(group(self.expr(_divided(atom.body, shared[atom]))), e))
            else:
                parts.append(Expr((Term(Fraction(1), ((atom, e),)),)))
        found = multiply((expr(term.coefficient), *parts))
        return Expr(tuple(replace(t, bounds=(*term.bounds, *t.bounds)) for t in found.terms))

    def leaf(self, atom: Atom) -> Expr | None:
        """The atom in the basis."""
        match atom:
            case Apply("sigmoid", (z,), 0):
                return power(ONE + apply("exp", self.expr(-z)), -1)
            case Apply("tanh", (z,), 0):
                e = apply("exp", self.expr(2 * z))
                return (e - 1) / (e + 1)
            case Apply("normal_cdf" | "normal_pdf" as f, (z,), 0):
                return self.expr(DEFINITIONS[f](z))
            case Apply("exp", (z,), 0) if not z.terms:
                return ONE
            case Apply(f, (z,), 0) if f in EVEN or f in ODD:
                return _signed(f, self.expr(z))
            case Apply("log", (z,), 0):
                return _log(self.expr(z))
            case Apply("max" | "min" as f, (a, b), 0) if not (a.terms and b.terms):
                return _beside_zero(f, self.expr(a + b))
            case Guard(nonneg):
                return _primitive_guard(nonneg)
            case Bracket(zero):
                return _primitive_bracket(zero)
            case Power(base, exponent):
                return _power(self.expr(base), self.expr(exponent))
            case MatrixFunction():
                return self.parts(_upright(replace(atom, body=self.expr(atom.body)), self.symmetric))
            case Reduce(bound=b) if b.low.terms:
                moved = subs(atom.body, {b.letter: b.low + b.letter})
                return self.parts(Reduce(atom.op, replace(b, low=Affine(()), high=b.high - b.low), moved))
        return None

    def condition(self, condition: Condition) -> Condition:
        """A comparison with 0 by ``<``, ``<=``, ``=`` or ``!=``, in lowest terms; ``not`` goes inside."""
        match condition:
            case Logic("not", (Compare(op, left, right),)):
                return self.condition(Compare(_OPPOSITE[op], left, right))
            case Compare(op, left, right):
                gap = right - left if op in (">", ">=") else left - right
                return Compare(op.replace(">", "<"), _lowest(self.expr(gap))[1], ZERO)
        return super().condition(condition)


def _is_exp(atom: Atom) -> bool:
    return isinstance(atom, Apply) and atom.function == "exp" and not atom.order


def _exponential(atom: Atom) -> bool:
    """Whether it is a sum with an exponential in one of its terms."""
    return isinstance(atom, Group) and any(_is_exp(a) for t in atom.body.terms for a, _ in t.factors)


def _exponent(term: Term) -> Expr:
    """The exponent of a term's exponentials, as far as its sums leave it alone."""
    bound = {b.letter for b in term.bounds}
    found = [(a, e) for a, e in term.factors if isinstance(a, Apply) and _is_exp(a) and bound.isdisjoint(letters_of(a))]
    return add(a.args[0] * e for a, e in found)


def _shared(value: Expr) -> list[Factor]:
    """The factors with whole exponents that every term has, outside its sums."""
    if not value.terms:
        return []
    first, *more = value.terms
    bound = {b.letter for t in value.terms for b in t.bounds}
    found = [f for f in first.factors if f[1].denominator == 1 and bound.isdisjoint(letters_of(f[0]))]
    return [f for f in found if all(f in t.factors for t in more)]


def _divided(value: Expr, shared: Sequence[Factor]) -> Expr:
    return Expr(tuple(replace(t, factors=tuple(f for f in t.factors if f not in shared)) for t in value.terms))


def multiply_in(value: Expr) -> Expr:
    """Every denominator without common number: ``(2x + 2y)^-1`` is half of ``(x + y)^-1``."""
    return Expr(tuple(_without_size(t) for t in value.terms))


def _without_size(term: Term) -> Term:
    coefficient, factors = term.coefficient, list[Factor]()
    for atom, e in term.factors:
        if isinstance(atom, Group) and e.denominator == 1 and e < 0:
            size, body = _lowest(atom.body)
            coefficient *= size ** int(e)
            atom = Group(body)
        elif isinstance(atom, Group) and e.denominator > 1 and atom.body.constant is None:
            factors += _sized_root(atom, e)
            continue
        factors.append((atom, e))
    return replace(term, coefficient=coefficient, factors=tuple(factors))


def _sized_root(atom: Group, e: Fraction) -> Sequence[Factor]:
    """``(2x + 2y)^(1/2)`` as ``2^(1/2)`` times ``(x + y)^(1/2)``."""
    size, body = _lowest(atom.body)
    return ((Group(expr(size)), e), *power(body, e).terms[0].factors) if size != 1 else ((atom, e),)


def _lowest(value: Expr) -> tuple[Fraction, Expr]:
    """A positive number and the expression over it, whose coefficients are whole and without common divisor."""
    if not value.terms:
        return Fraction(1), value
    numbers = [t.coefficient for t in value.terms]
    below = 1
    for c in numbers:
        below = below * c.denominator // gcd(below, c.denominator)
    size = Fraction(gcd(*(int(c * below) for c in numbers)), below)
    return size, value if size == 1 else Expr(tuple(replace(t, coefficient=t.coefficient / size) for t in value.terms))


def _signed(function: str, z: Expr) -> Expr:
    """An even or odd function where the argument's coefficients add up to 0 or more; sizes leave ``abs`` and ``sign``."""
    size, body = _lowest(z) if function in ("abs", "sign") else (Fraction(1), z)
    turned = sum(t.coefficient for t in body.terms) < 0
    value = apply(function, -body if turned else body)
    if turned and function in ODD:
        value = -value
    return value * expr(size) if function == "abs" else value


def _upright(atom: MatrixFunction, symmetric: frozenset[str]) -> MatrixFunction:
    """Of ``f(X)`` and the transpose of ``f(Xᵀ)``, which are the same, the one that comes first by its structure."""
    plain = dict.fromkeys(letters(atom.body), 4)
    here = Keys({**plain, atom.row: 1, atom.column: 2}, symmetric).expr(atom.body)
    there = Keys({**plain, atom.row: 2, atom.column: 1}, symmetric).expr(atom.body)
    return atom if here <= there else replace(atom, row=atom.column, column=atom.row, at=atom.at[::-1])


def _log(z: Expr) -> Expr:
    match z.terms:
        case (Term(c, ((Apply("exp", (inside,), 0), e),), ()),) if c == 1:
            return inside * e
    return ZERO if z == ONE else apply("log", z)


def _beside_zero(function: str, z: Expr) -> Expr:
    """``max(0, z)`` and ``min(0, z)``."""
    return apply("relu", z) if function == "max" else -apply("relu", -z)


def _power(base: Expr, exponent: Expr) -> Expr:
    match base.terms:
        case (Term(c, ((Apply("exp", (inside,), 0), e),), ()),) if c == 1 and exponent.constant is None:
            return apply("exp", multiply((group(inside), expr(e), group(exponent))))
        case (Term(c, factors, ()),) if exponent.constant is None and whole(exponent) is not None:
            if all(e.denominator == 1 for _, e in factors):
                size = power(expr(c), exponent) if c != 1 else ONE
                return multiply((size, *(power(expr(a), exponent * e) for a, e in factors)))
    return power(base, exponent)


def _slopes(value: Affine) -> tuple[int, int]:
    """The common divisor of the letters' coefficients, and the constant."""
    constant = sum(c for m, c in value.terms if not m)
    return gcd(*(c for m, c in value.terms if m)), constant


def _primitive_guard(nonneg: Affine) -> Expr:
    divisor, constant = _slopes(nonneg)
    if divisor < 2:
        return guard(nonneg)
    return guard(Affine.collect([*((m, c // divisor) for m, c in nonneg.terms if m), ((), constant // divisor)]))


def _primitive_bracket(zero: Affine) -> Expr:
    divisor, constant = _slopes(zero)
    if divisor < 2:
        return bracket(zero)
    if constant % divisor:
        return ZERO
    return bracket(Affine.collect((m, c // divisor) for m, c in zero.terms))
