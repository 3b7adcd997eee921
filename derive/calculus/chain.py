"""The rules that every mode of differentiation shares: local derivatives, brackets that collapse, zeros outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Atom, Entry, Guard
from derive.calculus.collapse import collapse
from derive.calculus.differentiate import derivative
from derive.calculus.expr import ZERO, Expr, Term, kept
from derive.calculus.program import Definition, Program
from derive.calculus.ranges import Given, implied
from derive.calculus.substitute import atoms, names, renew, replace_entries
from derive.calculus.trace import Relation, Rule


def adjoint(name: str) -> str:
    """The name of ``∂L/∂name``."""
    return f"{name}_bar"


def jacobian(of: str, wrt: str) -> str:
    """The name of ``∂of/∂wrt``."""
    return f"d{of}/d{wrt}"


def dimensions(program: Program) -> frozenset[Letter]:
    """The letters that are by themselves the size of some axis: each at least 1."""
    return frozenset(a.letter for shape in program.shapes.values() for a in shape if a.letter)


def reading(value: Expr, name: str) -> Expr:
    """The terms in which entries of an array occur.

    >>> from derive.calculus.expr import entry
    >>> x, y = entry("x"), entry("y")
    >>> reading(2 * x + y + x * y, "x") == 2 * x + x * y
    True
    """
    return Expr(tuple(_readers(value).get(name, ())))


@kept
def _readers(value: Expr) -> dict[str, list[Term]]:
    """Array → the terms in which its entries occur."""
    found: dict[str, list[Term]] = {}
    for term in value.terms:
        for name in names(Expr((term,))):
            found.setdefault(name, []).append(term)
    return found


def local(uses: Sequence[Definition], name: str) -> Rule:
    """The rule that puts every local Jacobian ``dv/dname`` of the definitions in."""

    def apply(relation: Relation) -> Relation:
        return relation.map(lambda side: replace_entries(side, lambda e: _local_derivative(e, uses, name)), left=False)

    return Rule(
        "local derivatives",
        "Differentiate each definition: a sum term by term, a product factor by factor, and one entry by another of the "
        "same array gives 1 if they are the same entry and 0 if not.",
        apply,
        statement=r"\frac{\partial v_a}{\partial v_b} = [a = b]",
        idea=False,
    )


def _local_derivative(e: Entry, uses: Sequence[Definition], name: str) -> Expr | None:
    for d in uses:
        if e.name == jacobian(d.name, name):
            rank = len(d.letters)
            put = {b.letter: a for b, a in zip(d.letters, e.at[:rank], strict=True)}
            return derivative(renew(reading(d.body, name), put), name, e.at[rank:])
    return None


def collapsing(facts: Sequence[Affine] | Given) -> Rule:
    """The rule that lets brackets collapse, for what is known of the sizes."""
    given = Given.of(facts)
    return Rule(
        "collapse the brackets",
        "A bracket [i = e] under a sum over i keeps only the term with i = e.",
        lambda r: r.map(lambda side: collapse(side, r.frame, given), left=False),
        condition="The index put in must lie in the range of the sum; where that is not certain a condition stays.",
        statement=r"\sum_i [i = e]\, f(i) = f(e)",
        idea=False,
    )


def zeros_outside(program: Program) -> Rule:
    """Drop the guards that only say that an array is read inside its shape: outside, it reads as zero."""
    shapes = {**program.shapes, **{adjoint(n): shape for n, shape in program.shapes.items()}}
    dims = dimensions(program)

    def term(t: Term) -> Term:
        if not any(isinstance(a, Guard) for a, _ in t.factors):
            return t
        inside = [g for a, _ in t.factors if isinstance(a, Entry) for g in _inside(a, shapes.get(a.name, ()))]
        kept = tuple((a, e) for a, e in t.factors if not (isinstance(a, Guard) and implied(a.nonneg, {}, inside, dims)))
        return replace(t, factors=kept)

    def nowhere(e: Atom) -> bool:
        return isinstance(e, Entry) and any((a.constant or 0) < 0 for a in e.at)

    def side(value: Expr) -> Expr:
        if any(map(nowhere, atoms(value))):
            value = replace_entries(value, lambda e: ZERO if nowhere(e) else None)
        return Expr(tuple(map(term, value.terms)))

    return Rule(
        "zero outside",
        "An array that is read outside its range counts as zero, so the condition need not be written.",
        lambda r: r.map(side, left=False),
        condition="Entries outside an array are zero by convention.",
        idea=False,
    )


def _inside(e: Entry, shape: tuple[Affine, ...]) -> Iterator[Affine]:
    for at, size in zip(e.at, shape, strict=False):
        yield at
        yield size - 1 - at


DEFINITION = Rule("definition", "The quantity is defined so.", lambda r: r)
CHAIN = Rule(
    "chain rule",
    "The loss depends on this entry through every quantity computed from it: add, over all of them, the derivative of "
    "the loss in the quantity times the derivative of the quantity in this entry.",
    lambda r: r,
    statement=r"\frac{\partial L}{\partial v_q} = \sum_{w}\sum_a \frac{\partial L}{\partial w_a}\,"
    r"\frac{\partial w_a}{\partial v_q}",
)
