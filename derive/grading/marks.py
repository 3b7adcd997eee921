"""Cases and indicators that only compare indices, written for a proof with brackets and guards."""

from __future__ import annotations

from collections.abc import Sequence

from derive.calculus.affine import Affine
from derive.calculus.atoms import Atom, Cases, Compare, Condition, Indicator, Number
from derive.calculus.expr import ONE, ZERO, Expr, kept
from derive.calculus.substitute import atoms, bracket, children, guard, replace_atoms
from derive.grading.total import is_total

_OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}

FEW = (1, 2, 3)  # powers that indices come with


def marked(value: Expr) -> Expr:
    """The expression with every choice between indices as a sum: ``x if i = j else y`` is ``[i = j] x + (1 - [i = j]) y``.

    >>> from derive.calculus.affine import Letter
    >>> from derive.calculus.expr import entry, expr
    >>> i, j = (expr(Letter(x)) for x in "ij")
    >>> from derive.notation.index_text import to_text
    >>> to_text(marked(expr(Cases(((Compare("=", i, j), entry("x")),), entry("y")))))
    '[i = j]*x + (1 - [i = j])*y'
    """
    return replace_atoms(value, _new) if _chooses(value) else value


@kept
def _chooses(value: Expr) -> bool:
    return any(isinstance(a, Cases | Indicator) for a in atoms(value))


def _new(atom: Atom) -> Expr | None:
    match atom:
        case Indicator(condition):
            return mark(condition)
        case Cases(branches, otherwise):
            return _choice(branches, otherwise)
    return None


def _choice(branches: Sequence[tuple[Condition, Expr]], otherwise: Expr | None) -> Expr | None:
    """The sum of the branches; None where a value could be missing where it is not asked for."""
    if otherwise is None:
        branches, otherwise = _covering(branches)
    values = [e for _, e in branches]
    if otherwise is None or not all(_has_values(v) for v in (*values, otherwise)):
        return None
    total, rest = ZERO, ONE
    for condition, value in branches:
        holds = mark(condition)
        if holds is None:
            return None
        total, rest = total + rest * holds * marked(value), rest * (ONE - holds)
    return total + rest * marked(otherwise)


def _has_values(value: Expr) -> bool:
    """Whether it certainly has a value everywhere: nothing is divided by."""
    inside = all(_has_values(child) for t in value.terms for a, _ in t.factors for child in children(a))
    return inside and all(is_total(t) and all(e > 0 for _, e in t.factors) for t in value.terms)


def _covering(branches: Sequence[tuple[Condition, Expr]]) -> tuple[Sequence[tuple[Condition, Expr]], Expr | None]:
    """Two branches of which one holds when the other does not, the second as what holds otherwise."""
    match branches:
        case ((Compare(op, a, b), _) as first, (Compare(other, c, d), value)) if other == _OPPOSITE[op] and (a, b) == (
            c,
            d,
        ):
            return (first,), value
    return branches, None


def mark(condition: Condition) -> Expr | None:
    """The bracket or guard that is 1 exactly where indices compare so."""
    if not isinstance(condition, Compare) or (gap := _affine(condition.left - condition.right)) is None:
        return None
    match condition.op:
        case "=":
            return bracket(gap)
        case "!=":
            return ONE - bracket(gap)
        case ">=":
            return guard(gap)
        case ">":
            return guard(gap - 1)
        case "<=":
            return guard(-gap)
    return guard(-gap - 1)


def _affine(value: Expr) -> Affine | None:
    """A difference of indices, and of products of them, as an affine value."""
    total = Affine.of(0)
    for term in value.terms:
        part = Affine.of(1)
        for atom, e in term.factors:
            if not isinstance(atom, Number) or e not in FEW:
                return None
            for _ in range(int(e)):
                part = part * atom.value
        if term.bounds or term.coefficient.denominator != 1:
            return None
        total = total + part * int(term.coefficient)
    return total
