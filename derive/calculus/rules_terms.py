"""Rules on terms: multiplying out, merging, estimating a part."""

from __future__ import annotations

from dataclasses import replace

from derive.calculus.canonical import same
from derive.calculus.collapse import collapse
from derive.calculus.expr import Expr, Term, add, multiply, power
from derive.calculus.folding import merged
from derive.calculus.rules import DoesNotApply, distribute
from derive.calculus.trace import Relation, Rule


def multiply_out(sentence: str, title: str = "multiply out") -> Rule:
    """Multiply products of sums out, let brackets pick their terms, and merge the terms that are the same.

    >>> from derive.calculus.expr import entry
    >>> x, y = entry("x"), entry("y")
    >>> after = multiply_out("").apply(Relation((entry("z"), (x + y) * (x - y))))
    >>> after.result == x * x - y * y
    True
    """

    def apply(relation: Relation) -> Relation:
        return relation.map(lambda side: merged(collapse(distribute(side), relation.frame)), left=False)

    return Rule(title, sentence, apply)


def take_out(common: Expr, sentence: str) -> Rule:
    """Take a factor that every term of the right side has in front of a parenthesis, out of the sums too.

    The rule's ``apply`` raises DoesNotApply where a term does not have it.

    >>> from derive.calculus.expr import entry
    >>> x, y = entry("x"), entry("y")
    >>> take_out(-x, "").apply(Relation((y, -2 * x - x * y))).result == -x * (2 + y)
    True
    """

    def divided(term: Term) -> Expr:
        (left,) = multiply((Expr((term,)), power(common, -1))).terms
        for atom, e in left.factors:
            if e < 0 and (atom, e) not in term.factors:
                raise DoesNotApply("a term does not have that factor")
        return Expr((left,))

    def apply(relation: Relation) -> Relation:
        inside = add(divided(t) for t in relation.result.terms)
        return replace(relation, sides=(*relation.sides[:-1], multiply((common, inside))))

    return Rule("take a factor out", sentence, apply)


def estimate(part: Expr, bound: Expr, title: str, sentence: str, condition: str = "") -> Rule:
    """Put something that is at least as large for one term of the right side: ``= … <= …``.

    Args:
        part: one whole term of the right side (up to the order of factors and the names of bound letters), with its sign.
        bound: what it is at most; the check samples that over the declared domains.
        title: the rule's name.
        sentence: its reason.
        condition: when it holds.

    The rule's ``apply`` raises DoesNotApply where no term is ``part``.
    """

    def apply(relation: Relation) -> Relation:
        terms = relation.result.terms
        k = next((k for k, t in enumerate(terms) if same(Expr((t,)), part)), None)
        if k is None:
            raise DoesNotApply("no term of the right side is that part")
        new = Expr(terms[:k]) + bound + Expr(terms[k + 1 :])
        return replace(relation, sides=(*relation.sides, new), ops=(*relation.ops, "<="))

    return Rule(title, sentence, apply, condition, fact=Relation((part, bound), ("<=",)))


def is_value_of(line: Relation, sentence: str, title: str = "name the value") -> Rule:
    """What stands on the right is what a line gives for its left side: ``… = x·y = z``.

    The rule's ``apply`` raises DoesNotApply where it is something else.

    >>> from derive.calculus.expr import entry
    >>> x, y = entry("x"), entry("y")
    >>> is_value_of(Relation((entry("z"), y * x)), "").apply(Relation((entry("a"), x * y))).result == entry("z")
    True
    """

    def apply(relation: Relation) -> Relation:
        if not same(relation.result, line.result):
            raise DoesNotApply("the right side is not what that line gives")
        return replace(relation, sides=(*relation.sides, line.left), ops=(*relation.ops, "="))

    return Rule(title, sentence, apply, fact=line)
