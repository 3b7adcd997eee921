"""Formulas and spaces built by hand, without any parser."""

from dataclasses import dataclass
from fractions import Fraction

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound, Compare, Indicator
from derive.calculus.expr import Expr, apply, entry, expr
from derive.grading.decide import decide
from derive.grading.domains import Symbol
from derive.grading.relations import relation
from derive.grading.space import Space
from derive.grading.verdict import Verdict


@dataclass(frozen=True)
class Formula:
    body: Expr
    frame: tuple[Bound, ...] = ()
    shape: tuple[Affine, ...] = ()


def over(letter: str, size: str, low: int = 0) -> Bound:
    return Bound(Letter(letter), Affine.of(low), Affine.of(size))


def array(body: Expr, *frame: Bound) -> Formula:
    return Formula(body, frame, tuple(b.high - b.low for b in frame))


def symbol(name: str, *shape: str, domain: str = "real") -> Symbol:
    return Symbol(name, tuple(Affine.of(s) for s in shape), domain)


def space(*symbols: Symbol, where: tuple[str, ...] = (), **others: object) -> Space:
    return Space({s.name: s for s in symbols}, tuple(relation(w) for w in where), **others)


def scalars(reference: Expr, answer: Expr, domain: str = "real") -> Verdict:
    declared = space(symbol("x", domain=domain), symbol("z"))
    return decide(Formula(expr(reference)), Formula(expr(answer)), declared)


def number(n: int, d: int = 1) -> Expr:
    return expr(Fraction(n, d))


def maximum(a: Expr | int, b: Expr | int) -> Expr:
    return apply("max", expr(a), expr(b))


def indicator(op: str, left: Expr, right: Expr | int) -> Expr:
    return expr(Indicator(Compare(op, left, expr(right))))


x, z = entry("x"), entry("z")
