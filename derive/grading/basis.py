"""The kernels of one proof by rewriting, and what each construction of the calculus is in them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import factorial

from flint import fmpq_mpoly

from derive.calculus.affine import Affine
from derive.calculus.atoms import (
    Apply,
    Atom,
    Cases,
    Compare,
    Entry,
    Group,
    Indicator,
    Number,
    Power,
)
from derive.calculus.canonical import TooLarge, canonical
from derive.calculus.expr import Expr, Term, expr
from derive.calculus.facts import NOTHING, Facts
from derive.calculus.functions import DEFINITIONS
from derive.calculus.functions import TABLE as DERIVATIVES
from derive.calculus.substitute import free_letters, names
from derive.grading.exponents import Exponents
from derive.grading.patterns import pattern
from derive.grading.prepare import written_out
from derive.grading.rational import (
    GENERATORS,
    KERNELS,
    ZERO,
    GiveUp,
    Quotient,
    constant,
    falling,
    rational,
    squares_removed,
    whole_number,
)
from derive.grading.signs import text_of
from derive.grading.total import EVERYWHERE, is_total

FEW = 8  # a binomial over a number up to this is a polynomial
POSITIVE = {"positive", "unit", "prob", "posint", "dimension"}
_OPS = {"<": (-1,), "<=": (-1,), ">": (1,), ">=": (1,)}
ODD = {"arctan", "erf", "arcsin", "arcsinh", "arctanh"}


@dataclass
class Basis(Exponents):
    """The kernels of one proof."""

    functions: Mapping[str, Callable[..., Quotient]]
    domains: Mapping[str, str]
    signs: Mapping[str, int]
    roots: Mapping[Hashable, int]
    kernels: dict[Hashable, int] = field(default_factory=dict)
    positive: set[int] = field(default_factory=set)
    squares: dict[int, fmpq_mpoly] = field(default_factory=dict)
    exponents: dict[int, Quotient] = field(default_factory=dict)
    unreal: set[int] = field(default_factory=set)
    units: set[int] = field(default_factory=set)
    logs: dict[int, fmpq_mpoly] = field(default_factory=dict)
    limits: set[Hashable] = field(default_factory=set)
    jumps: set[str] = field(default_factory=set)
    facts: Facts = NOTHING
    inside: bool = False

    def equal(self, left: Expr, right: Expr) -> bool:
        """Whether the difference is zero; what limits the right side's domain must limit the left's."""
        a = self.expr(left)
        allowed = set(self.limits)
        b = self.expr(right)
        if not self.limits <= allowed:
            return False
        difference = squares_removed(a.num * b.den - b.num * a.den, self.squares)
        dens = squares_removed(a.den, self.squares), squares_removed(b.den, self.squares)
        return not difference and all(dens)

    def kernel(self, key: Hashable, positive: bool = False) -> int:
        """The generator that stands for something."""
        if key not in self.kernels:
            if len(self.kernels) >= KERNELS:
                raise GiveUp
            self.kernels[key] = len(self.kernels)
            if positive:
                self.positive.add(self.kernels[key])
        return self.kernels[key]

    def of(self, key: Hashable, positive: bool = False) -> Quotient:
        """The generator as a value."""
        return Quotient(GENERATORS[self.kernel(key, positive)], constant(1))

    def expr(self, value: Expr) -> Quotient:
        """An expression."""
        if not value.terms:
            return ZERO
        first, *rest = value.terms
        total = self.term(first)
        for term in rest:
            total = total + self.term(term)
        return total

    def term(self, term: Term) -> Quotient:
        """A term; a sum over a letter is a kernel."""
        if term.bounds:
            inner = Expr((Term(Fraction(1), term.factors, term.bounds),))
            return rational(term.coefficient) * self.opaque(inner)
        result = rational(term.coefficient)
        for atom, e in term.factors:
            base = self.atom(atom)
            result = result * (base.to(int(e)) if e.denominator == 1 else self.root(base, e))
        return result

    def opaque(self, value: Expr) -> Quotient:
        """Something that is equal only to itself, up to the names of bound letters; a sum in its canonical form."""
        if not self.inside:
            return self.summed(value)
        shape, letters = pattern(value)
        free = free_letters(value)
        key = ("opaque", shape, tuple(x if x in free else None for x in letters))
        if not all(is_total(t) for t in value.terms):
            self.limits.add(key)
        return self.of(key, positive=all(self.never_negative(t) for t in value.terms))

    def never_negative(self, term: Term) -> bool:
        """Whether every factor is an even power, an exponential or positive by declaration."""
        return term.coefficient > 0 and all(
            e % 2 == 0
            or (isinstance(a, Entry) and self.domains.get(a.name) in POSITIVE)
            or (isinstance(a, Apply) and a.function == "exp" and not a.order)
            for a, e in term.factors
        )

    def summed(self, value: Expr) -> Quotient:
        """The terms of a sum's canonical form, each a kernel."""
        try:
            form = canonical(value, facts=self.facts)
        except (TooLarge, OverflowError):
            form = value
        self.inside = True
        try:
            return self.expr(form)
        finally:
            self.inside = False

    def atom(self, atom: Atom) -> Quotient:
        """An atom."""
        match atom:
            case Entry():
                return self.entry(atom)
            case Number(value):
                return self.affine(value)
            case Group(body):
                return self.expr(body)
            case Apply():
                return self.apply(atom)
            case Power(base, exponent):
                return self.power(self.expr(base), self.expr(exponent))
            case Indicator(Compare(op, a, b)) if op in _OPS and self.moves(a - b):
                return rational(int(self.jump(self.expr(a - b)) in _OPS[op]))
            case Cases(branches, otherwise):
                return self.cases(branches, otherwise)
        return self.opaque(expr(atom))

    def power(self, base: Quotient, exponent: Quotient) -> Quotient:
        """A general power: an exponential where the base is known to be positive."""
        if self.is_positive(base.num * base.den):
            return self.exp(exponent * self.log(base))
        key = ("power", text_of(base), text_of(exponent))
        self.limits.add(key)
        return self.of(key)

    def moves(self, value: Expr) -> bool:
        """Whether a tie is a kink: every name in it varies continuously."""
        whole = {"int", "posint", "binary", "pm1", "onehot", "dimension"}
        found = names(value)
        return bool(found) and not any(self.domains.get(n) in whole for n in found)

    def cases(self, branches: tuple[tuple[object, Expr], ...], otherwise: Expr | None) -> Quotient:
        """The branch that the assumed signs choose."""
        for condition, value in branches:
            if not isinstance(condition, Compare) or condition.op not in _OPS:
                raise GiveUp
            difference = condition.left - condition.right
            if not self.moves(difference):
                raise GiveUp
            if self.jump(self.expr(difference)) in _OPS[condition.op]:
                return self.expr(value)
        if otherwise is None:
            raise GiveUp
        return self.expr(otherwise)

    def entry(self, entry: Entry) -> Quotient:
        """An entry of an array, with what its domain says of its sign and square."""
        domain = self.domains.get(entry.name, "real")
        k = self.kernel(("entry", entry.name, entry.at), domain in POSITIVE)
        if domain == "unit":
            self.units.add(k)
        if domain in ("pm1", "binary", "onehot"):
            self.squares[k] = constant(1) if domain == "pm1" else GENERATORS[k]
        return Quotient(GENERATORS[k], constant(1))

    def affine(self, value: Affine) -> Quotient:
        """A polynomial of letters."""
        total = ZERO
        for monomial, c in value.terms:
            product = rational(c)
            for letter in monomial:
                product = product * self.of(("letter", letter), self.domains.get(letter.name) in POSITIVE)
            total = total + product
        return total

    def apply(self, atom: Apply) -> Quotient:
        """A function of its arguments."""
        name, order = atom.function, atom.order
        if (name in DERIVATIVES or name in DEFINITIONS) and (order or name in DEFINITIONS):
            return self.expr(written_out(name, order, atom.args[0]))
        args = [self.expr(a) for a in atom.args]
        if name == "binomial" and (k := whole_number(args[1])) is not None and 0 <= k <= FEW:
            return falling(args[0], k) * rational(Fraction(1, factorial(k)))
        if not order and name in self.functions:
            return self.functions[name](self, *args)
        if not order and name in ODD and args[0].num and args[0].num.leading_coefficient() < 0:
            return -self.unknown(name, order, [-args[0]])
        return self.unknown(name, order, args)

    def unknown(self, name: str, order: int, args: list[Quotient]) -> Quotient:
        """A function of which nothing is known but its arguments."""
        key = ("apply", name, order, *[text_of(a) for a in args])
        if name not in EVERYWHERE:
            self.limits.add(key)
        return self.of(key, positive=not args)

    def circle(self, argument: Quotient) -> tuple[Quotient, Quotient, Quotient]:
        """``e^{iu}``, its inverse, and ``i``."""
        i = self.kernel(("i",))
        self.squares[i] = constant(-1)
        self.unreal.add(i)
        around = self.power_of("cis", argument)
        return around, around.inverse(), Quotient(GENERATORS[i], constant(1))
