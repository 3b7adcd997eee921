"""Rules about integrals: differentiating both sides, changing the variable."""

from __future__ import annotations

from dataclasses import replace

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Entry
from derive.calculus.differentiate import derivative
from derive.calculus.expr import Expr, Term, add, entry, multiply
from derive.calculus.rules import DoesNotApply
from derive.calculus.substitute import letters, replace_entries, subs
from derive.calculus.trace import Relation, Rule


def differentiate_sides(name: str, sentence: str, left: Expr | None = None, condition: str = "") -> Rule:
    """The derivative of both sides in a scalar; ``left`` is what the derivative of the left side is called.

    >>> x = entry("x")
    >>> rule = differentiate_sides("x", "", entry("slope"))
    >>> rule.apply(Relation((entry("y"), x * x))) == Relation((entry("slope"), 2 * x))
    True
    """

    def side(value: Expr) -> Expr:
        return derivative(value, name, ())

    def apply(relation: Relation) -> Relation:
        if set(relation.ops) != {"="}:
            raise DoesNotApply("an inequality says nothing about derivatives")
        new = relation.map(side, left=left is None)
        return new if left is None else replace(new, sides=(left, *new.sides[1:]))

    return Rule("differentiate", sentence, apply, condition)


def change_variable(coordinate: str, shift: Expr, scale: Expr, letter: str, sentence: str) -> Rule:
    """Put ``shift + scale·u`` for the variable of each integral, and ``scale du`` for its differential.

    Args:
        coordinate: the array of the continuum's points, ``t`` in ``∫ f(t[x]) dx``.
        shift: where the new variable is 0.
        scale: how far one unit of the new variable reaches, a positive number.
        letter: what the new variable is called.
        sentence: the reason.

    The rule's ``apply`` raises DoesNotApply where an integral holds its letter beside the coordinate: what is given point
    by point has no value between the points.
    """

    def term(t: Term) -> Expr:
        over = [b for b in t.bounds if b.kind == "integral"]
        body = Expr((replace(t, bounds=()),))
        for b in over:
            new = Affine.of(Letter(letter, b.letter.uid))
            body = multiply((scale, subs(_moved(body, coordinate, b.letter, shift, scale), {b.letter: new})))
        names = {b.letter: Letter(letter, b.letter.uid) for b in over}
        bounds = tuple(replace(b, letter=names.get(b.letter, b.letter)) for b in t.bounds)
        return Expr(tuple(replace(u, bounds=(*bounds, *u.bounds)) for u in body.terms))

    def apply(relation: Relation) -> Relation:
        return relation.map(lambda side: add(term(t) for t in side.terms), left=False)

    return Rule(
        "change of variable",
        sentence,
        apply,
        condition="The factor is positive.",
        statement=r"\int f(x)\,\mathrm{d}x = \int f(a + b u)\, b \,\mathrm{d}u",
    )


def _moved(body: Expr, coordinate: str, letter: Letter, shift: Expr, scale: Expr) -> Expr:
    def leaf(e: Entry) -> Expr | None:
        return (
            shift + scale * entry(coordinate, letter) if e.name == coordinate and e.at == (Affine.of(letter),) else None
        )

    def gone(e: Entry) -> Expr | None:
        return entry("·point") if e.name == coordinate and e.at == (Affine.of(letter),) else None

    if letter in letters(replace_entries(body, gone)):
        raise DoesNotApply("something under the integral is given at the old points only")
    return replace_entries(body, leaf)
