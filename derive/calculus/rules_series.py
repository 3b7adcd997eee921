"""Rules for products of equal factors and for geometric sums."""

from __future__ import annotations

from dataclasses import replace

from derive.calculus.affine import Letter
from derive.calculus.atoms import Atom, Bound, Power, Reduce
from derive.calculus.expr import ONE, Expr, Term, add, expr, multiply, power
from derive.calculus.ranges import Ranges, implied, ranges_of
from derive.calculus.rules import DoesNotApply
from derive.calculus.substitute import letters
from derive.calculus.trace import Relation, Rule
from derive.calculus.whole import whole


def equal_factors(sentence: str) -> Rule:
    """A product of what does not hang on its letter is a power: ``Π_j a = aⁿ``, where the range is known not to run back.

    The rule's ``apply`` raises DoesNotApply where there is none.

    >>> from derive.calculus.affine import Affine
    >>> from derive.calculus.expr import entry
    >>> from derive.calculus.substitute import reduction
    >>> a, j = entry("a"), Bound(Letter("j"), Affine.of(0), Affine.of("n"))
    >>> rule = equal_factors("")
    >>> rule.apply(Relation((entry("y"), reduction("prod", a, j)))).result == power(a, expr(Affine.of("n")))
    True
    """

    def apply(relation: Relation) -> Relation:
        outer = ranges_of(relation.frame)
        new = relation.map(lambda side: add(_equal(t, outer) for t in side.terms), left=False)
        if new == relation:
            raise DoesNotApply("there is no product of equal factors")
        return new

    return Rule("equal factors", sentence, apply, statement=r"\prod_{j=1}^{n} a = a^n")


def _equal(term: Term, outer: Ranges) -> Expr:
    known = {**outer, **ranges_of(term.bounds)}
    (new,) = multiply(power(_as_power(a, known), e) for a, e in term.factors).terms
    return Expr((Term(term.coefficient * new.coefficient, new.factors, (*term.bounds, *new.bounds)),))


def _as_power(atom: Atom, known: Ranges) -> Expr:
    if not isinstance(atom, Reduce) or atom.op != "prod" or atom.bound.letter in letters(atom.body):
        return expr(atom)
    length = atom.bound.high - atom.bound.low
    sizes: frozenset[Letter] = frozenset(x for x in length.letters if x not in known)
    return power(atom.body, expr(length)) if implied(length, known, (), sizes) else expr(atom)


def sum_powers(sentence: str) -> Rule:
    """Every sum of powers of one base whose exponents go up or down by one, in closed form: the geometric sum.

    The rule's ``apply`` raises DoesNotApply where there is none.

    >>> from derive.calculus.affine import Affine
    >>> from derive.calculus.canonical import same
    >>> from derive.calculus.expr import entry, total
    >>> t, a = Bound(Letter("t"), Affine.of(0), Affine.of("n")), entry("a")
    >>> powers = total(power(a, expr(Affine.of("t"))), t)
    >>> after = sum_powers("").apply(Relation((entry("y"), powers))).result
    >>> same(after, (1 - power(a, expr(Affine.of("n")))) / (1 - a))
    True
    """

    def apply(relation: Relation) -> Relation:
        new = relation.map(lambda side: add(_summed(t) for t in side.terms), left=False)
        if new == relation:
            raise DoesNotApply("there is no geometric sum")
        return new

    return Rule(
        "geometric sum",
        sentence,
        apply,
        condition="The base is not 1.",
        statement=r"\sum_{k=0}^{n-1} a^k = \frac{1 - a^n}{1 - a}",
    )


def _summed(term: Term) -> Expr:
    for b in term.bounds:
        moving = [k for k, (a, _) in enumerate(term.factors) if b.letter in letters(expr(a))]
        others = [c for c in term.bounds if c is not b]
        if len(moving) != 1 or any(b.letter in c.low.letters | c.high.letters for c in others):
            continue
        atom, e = term.factors[moving[0]]
        if isinstance(atom, Power) and e == 1 and (closed := _closed(atom, b)) is not None:
            rest = term.factors[: moving[0]] + term.factors[moving[0] + 1 :]
            outside = Expr((replace(term, factors=rest, bounds=()),))
            product = multiply((outside, closed))
            return Expr(tuple(replace(t, bounds=(*others, *t.bounds)) for t in product.terms))
    return Expr((term,))


def _closed(atom: Power, b: Bound) -> Expr | None:
    """``Σ aᵉ`` where the exponent moves by one with the letter; from its least value on."""
    exponent = whole(atom.exponent)
    parts = exponent.split(b.letter) if exponent is not None else None
    if parts is None or exponent is None or parts[0].constant not in (1, -1) or b.letter in letters(atom.base):
        return None
    first = b.low if parts[0].constant == 1 else b.high - 1
    least = exponent.subs({b.letter: first})
    count = power(atom.base, expr(b.high - b.low))
    return multiply((power(atom.base, expr(least)), ONE - count, power(ONE - atom.base, -1)))
