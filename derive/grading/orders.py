"""Orders of growth: where nothing declares O, ``O(5 n^2 + n)`` is ``O(n^2)``."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from derive.calculus.affine import Affine
from derive.calculus.atoms import Apply, Atom, Entry, Number
from derive.calculus.canonical import TooLarge, canonical
from derive.calculus.expr import Expr, Term
from derive.grading.reading import Formula
from derive.notation import tree
from derive.notation.declare import Declarations

MARKS = frozenset({"O", "Theta", "Omega"})
COUNTS = ("posint", "dimension")

_MARKED = frozenset(Entry(m) for m in MARKS)
Rate = tuple[Fraction, Fraction]  # the powers of a size and of its logarithm
NONE = (Fraction(0), Fraction(0))


def same_order(right: Formula, given: Formula, declarations: Declarations) -> bool:
    """Whether both are orders of growth, and the same: their fastest terms agree but for constants.

    Terms are sizes to powers, times powers of their logarithms; of anything else nothing is said.
    """
    marks = [_mark(f) for f in (right, given)]
    if None in marks or marks[0] != marks[1]:
        return False
    fastest = [_fastest(f.body, declarations) for f in (right, given)]
    return None not in fastest and fastest[0] == fastest[1]


def _mark(formula: Formula) -> str | None:
    r"""``O``, or what else stands before the bracket and is declared nowhere."""
    match formula.node:
        case tree.Product((tree.Name(mark), _), ("",)) if mark in MARKS & formula.unknown and not formula.shape:
            return mark
    return None


def _fastest(body: Expr, declarations: Declarations) -> frozenset[tuple[tuple[str, Rate], ...]] | None:
    """The terms that no other term outgrows; None where one is no product of powers, or is subtracted."""
    try:
        terms = canonical(body).terms
    except (TooLarge, OverflowError):
        return None
    rates = [(rate, term.coefficient) for term in terms if (rate := _rates(term, declarations)) is not None]
    kept = [(r, c) for r, c in rates if not any(_outgrown(r, other) for other, _ in rates if other != r)]
    if len(rates) < len(terms) or any(c < 0 for _, c in kept):
        return None
    return frozenset(tuple(sorted(r.items())) for r, _ in kept)


def _outgrown(slow: Mapping[str, Rate], fast: Mapping[str, Rate]) -> bool:
    return all(slow.get(n, NONE) <= fast.get(n, NONE) for n in {*slow, *fast})


def _rates(term: Term, declarations: Declarations) -> dict[str, Rate] | None:
    found: dict[str, Rate] = {}
    for atom, exponent in term.factors:
        if atom in _MARKED or _is_constant(atom):
            continue
        name, logarithm = _size(atom, declarations)
        if not name:
            return None
        power, logs = found.get(name, NONE)
        found[name] = (power, logs + exponent) if logarithm else (power + exponent, logs)
    return None if term.bounds else found


def _is_constant(atom: Atom) -> bool:
    """The logarithm of a number above 1: that of a base."""
    return isinstance(atom, Apply) and atom.function == "log" and (atom.args[0].constant or 0) > 1


def _size(atom: Atom, declarations: Declarations) -> tuple[str, bool]:
    """The size that a factor is, or is the logarithm of, and which; "" for anything else."""
    match atom:
        case Apply("log", (Expr((Term(coefficient, ((inner, exponent),), ()),)),), 0) if coefficient == exponent == 1:
            return _size(inner, declarations)[0] if not isinstance(inner, Apply) else "", True
        case Entry(name, ()):
            symbol = declarations.symbols.get(name)
            return name if symbol is not None and symbol.domain in COUNTS else "", False
        case Number(value) if any(value == Affine.of(letter) for letter in value.letters):
            return str(value), False
    return "", False
