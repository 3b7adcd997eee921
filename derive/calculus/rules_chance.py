"""Rules for expectations over outcomes."""

from __future__ import annotations

from dataclasses import replace

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.expr import Expr, Term, add, total
from derive.calculus.rules import distribute
from derive.calculus.substitute import letters
from derive.calculus.trace import Relation, Rule


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


def linearity(sentence: str) -> Rule:
    """Expectations of sums, multiplied out, as sums of expectations.

    >>> from derive.calculus.expr import entry
    >>> x, y = entry("x", "o"), entry("y")
    >>> before = Relation((entry("m"), total(x * (x + y), outcomes("o", "n"))))
    >>> len(linearity("").apply(before).result.terms)
    2
    """

    def term(t: Term) -> Expr:
        used = letters(Expr((replace(t, bounds=()),)))
        chance = [b for b in t.bounds if b.kind == "expectation" and b.letter in used]
        rest = [b for b in t.bounds if b.kind != "expectation"]
        if any(b.letter in c.low.letters | c.high.letters for b in chance for c in rest):
            return Expr((t,))
        return Expr((replace(t, bounds=(*rest, *chance)),))

    def apply(relation: Relation) -> Relation:
        return relation.map(lambda side: add(term(t) for t in distribute(side).terms), left=False)

    return Rule(
        "linearity", sentence, apply, statement=r"\mathbb{E}\left[\sum_j a_j X_j\right] = \sum_j a_j\,\mathbb{E}[X_j]"
    )
