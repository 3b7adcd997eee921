"""Rules for expectations over outcomes, and for the sums that averages bring along."""

from __future__ import annotations

from dataclasses import replace

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound, Power
from derive.calculus.expr import ONE, Expr, Term, add, expr, multiply, power, total
from derive.calculus.rules import DoesNotApply
from derive.calculus.substitute import letters
from derive.calculus.trace import Relation, Rule
from derive.calculus.whole import whole


def outcomes(letter: str, size: str) -> Bound:
    """A letter that runs over equally likely outcomes: under it a sum is an expectation."""
    return Bound(Letter(letter), Affine.of(0), Affine.of(size), "expectation")


def expect(over: Bound, sentence: str) -> Rule:
    """The expectation of both sides, term by term, with what does not hang on chance taken out.

    >>> from derive.calculus.expr import entry
    >>> x, y = entry("x", "o"), entry("y")
    >>> after = expect(outcomes("o", "n"), "").apply(Relation((x, 2 * y * x + y)))
    >>> [len(t.bounds) for t in after.result.terms]
    [1, 0]
    """

    def term(t: Term) -> Expr:
        whole_ = Expr((replace(t, bounds=()),))
        if over.letter not in letters(whole_):
            return Expr((t,))
        (mean,) = total(whole_, over).terms
        return Expr((replace(mean, bounds=(*t.bounds, *mean.bounds)),))

    def apply(relation: Relation) -> Relation:
        frame = tuple(b for b in relation.frame if b.letter != over.letter)
        return replace(relation.map(lambda side: add(term(t) for t in side.terms)), frame=frame)

    return Rule(
        "take expectations", sentence, apply, statement=r"\mathbb{E}[a X + b Y] = a\,\mathbb{E}[X] + b\,\mathbb{E}[Y]"
    )


def sum_powers(sentence: str) -> Rule:
    """Every sum of powers of one base whose exponents go up or down by one, in closed form: the geometric sum.

    The rule's ``apply`` raises DoesNotApply where there is none.

    >>> from derive.calculus.expr import entry
    >>> t, a = Bound(Letter("t"), Affine.of(0), Affine.of("n")), entry("a")
    >>> powers = total(power(a, expr(Affine.of("t"))), t)
    >>> sum_powers("").apply(Relation((entry("y"), powers))).result == (1 - power(a, expr(Affine.of("n")))) / (1 - a)
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
