"""Rules for functions of a matrix, and for a value that changes along a straight line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from derive.calculus.affine import Affine
from derive.calculus.atoms import Atom, Bracket, MatrixFunction
from derive.calculus.collapse import collapse
from derive.calculus.differentiate import derivative
from derive.calculus.expr import ONE, ZERO, Expr, Term, entry
from derive.calculus.folding import put_in, recognise
from derive.calculus.program import Definition
from derive.calculus.rules import DoesNotApply
from derive.calculus.substitute import Rebuild, bracket, replace_entries
from derive.calculus.trace import Relation, Rule


def differentiate_through(definitions: Mapping[str, Definition], name: str, called: Expr, sentence: str) -> Rule:
    """The right side's derivative in a scalar, through what definitions say of the names in it; ``called`` is its name.

    >>> from derive.calculus.expr import power
    >>> t = entry("t")
    >>> rule = differentiate_through({"z": Definition("z", (), 1 + t * t)}, "t", entry("s"), "")
    >>> rule.apply(Relation((entry("v"), power(entry("z"), 2)))).result == 4 * t * entry("z")
    True
    """
    inside, outside = put_in(definitions), recognise(tuple(definitions.values()))

    def apply(relation: Relation) -> Relation:
        opened = inside.apply(relation)
        slope = collapse(derivative(opened.result, name, ()), relation.frame)
        return outside.apply(replace(relation, sides=(called, slope)))

    return Rule("differentiate again", sentence, apply)


def straight_line(
    value: Definition, slope: Expr, definitions: Mapping[str, Definition], name: str, second: Expr, sentence: str
) -> Rule:
    """A function whose second derivative is zero: its value and its slope at zero are all there is.

    Args:
        value: the function, a scalar.
        slope: its derivative in ``name``.
        definitions: what the names in both stand for.
        name: the scalar that it is a function of.
        second: what its second derivative is called.
        sentence: the reason.

    The rule's ``apply`` raises DoesNotApply unless the line before says that something is zero.
    """
    opened = put_in(definitions)

    def at_zero(body: Expr) -> Expr:
        whole = opened.apply(Relation((entry(value.name), body))).result
        return replace_entries(whole, lambda e: ZERO if e.name == name else None)

    def apply(relation: Relation) -> Relation:
        if relation.result != ZERO or relation.left != second:
            raise DoesNotApply("the line before does not say that the second derivative is zero")
        return replace(relation, sides=(entry(value.name), at_zero(value.body) + entry(name) * at_zero(slope)))

    return Rule(
        "a straight line",
        sentence,
        apply,
        statement=r"f'' = 0 \;\Rightarrow\; f(t) = f(0) + t f'(0)",
        fact=opened.apply(Relation((entry(value.name), value.body))),
    )


class _Identity(Rebuild):
    def leaf(self, atom: Atom) -> Expr | None:
        if not isinstance(atom, MatrixFunction) or not _is_identity(atom):
            return None
        return ONE if atom.op == "det" else bracket(atom.at[0] - atom.at[1])


def _is_identity(atom: MatrixFunction) -> bool:
    match atom.body.terms:
        case (Term(c, ((Bracket(zero), e),), ()),) if c == 1 and e == 1:
            gap = Affine.of(atom.row) - Affine.of(atom.column)
            return zero in (gap, -gap)
    return False


def identity_matrix(sentence: str) -> Rule:
    """The identity's determinant is 1, its inverse and its powers are itself.

    The rule's ``apply`` raises DoesNotApply where no function of the identity stands.
    """

    def apply(relation: Relation) -> Relation:
        new = relation.map(_Identity().expr, left=False)
        if new == relation:
            raise DoesNotApply("there is no function of the identity matrix")
        return new.map(lambda side: collapse(side, relation.frame), left=False)

    return Rule("identity matrix", sentence, apply, statement=r"\det I = 1, \quad I^{-1} = I")
