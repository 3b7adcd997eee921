"""One-edit mutants of expressions: what a slip of the pen would make of them, at every place, inside arguments too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import (
    Apply,
    Atom,
    Bound,
    Bracket,
    Cases,
    Compare,
    Entry,
    Group,
    Guard,
    Indicator,
    MatrixFunction,
    Power,
    Reduce,
)
from derive.calculus.expr import Expr, Factor, Term
from derive.notation.index_text import to_text

REVERSED = {"prod": "max", "max": "min", "min": "max"}
OPPOSITE = {"<": ">=", "<=": ">", "=": "!=", "!=": "=", ">=": "<", ">": "<="}
Marks = (Bracket, Guard, Indicator)


@dataclass(frozen=True, slots=True)
class Edit:
    """A kind of slip, the part it changed (text) and what came of it."""

    kind: str
    place: str
    value: Expr


Changes = Iterator[tuple[str, Term]]


def edits(value: Expr, frame: Sequence[Bound] = ()) -> Iterator[Edit]:
    """Every expression that is one edit away.

    The kinds: ``sign``, ``coefficient``, ``exponent``, ``dropped term``, ``dropped factor``, ``dropped slope`` (f′),
    ``dropped guard``, ``shifted index``, ``another index`` (a letter of the same range), ``transposed``, ``slope`` (f′ for f
    or f for f′), ``range`` (a sum one short), ``reduction`` (max for min) and ``condition``.

    Args:
        value: what is changed.
        frame: the free letters with their ranges.

    >>> from derive.calculus.expr import entry
    >>> sorted({e.kind for e in edits(entry("W", "i", "j") * entry("x", "j"))})
    ['coefficient', 'dropped factor', 'exponent', 'shifted index', 'sign', 'transposed']
    """
    for k, term in enumerate(value.terms):
        if len(value.terms) > 1:
            yield Edit("dropped term", _text(term), Expr((*value.terms[:k], *value.terms[k + 1 :])))
        for kind, place, changed in _of_term(term, (*frame, *term.bounds)):
            yield Edit(kind, place, Expr((*value.terms[:k], changed, *value.terms[k + 1 :])))


def _text(*terms: Term) -> str:
    return to_text(Expr(terms))


def _of_term(term: Term, scope: Sequence[Bound]) -> Iterator[tuple[str, str, Term]]:
    yield "sign", _text(term), replace(term, coefficient=-term.coefficient)
    yield "coefficient", _text(term), replace(term, coefficient=term.coefficient * 2)
    for k, bound in enumerate(term.bounds):
        if bound.kind == "sum":
            short = replace(bound, high=bound.high - 1)
            bounds = (*term.bounds[:k], short, *term.bounds[k + 1 :])
            yield "range", f"{bound.letter.name} of {_text(term)}", replace(term, bounds=bounds)
    for k, (atom, e) in enumerate(term.factors):
        place = _text(Term(Fraction(1), ((atom, e),)))
        before, after = term.factors[:k], term.factors[k + 1 :]
        for kind, new in _of_factor(atom, e):
            yield kind, place, replace(term, factors=(*before, *new, *after))
        for kind, inner, changed in _of_atom(atom, scope):
            yield kind, inner or place, replace(term, factors=(*before, (changed, e), *after))


def _of_factor(atom: Atom, e: Fraction) -> Iterator[tuple[str, tuple[Factor, ...]]]:
    if isinstance(atom, Marks):
        yield "dropped guard", ()
        return
    yield ("dropped slope" if _is_slope(atom) else "dropped factor"), ()
    yield "exponent", ((atom, e + 1),) if e != -1 else ((atom, Fraction(-2)),)


def _is_slope(atom: Atom) -> bool:
    """Whether a factor is a derivative: ``f'(z)``, or the entry of a local Jacobian such as ``da/dz``."""
    return (isinstance(atom, Apply) and atom.order > 0) or (isinstance(atom, Entry) and "/" in atom.name)


Inner = Iterator[tuple[str, str, Atom]]


def _of_atom(atom: Atom, scope: Sequence[Bound]) -> Inner:
    """Kind, place (empty: the atom itself) and the changed atom."""
    match atom:
        case Entry():
            for kind, at in _indices(atom, scope):
                yield kind, "", replace(atom, at=at)
        case Guard(nonneg):
            yield "condition", "", Guard(nonneg - 1)
        case Bracket(zero):
            yield "condition", "", Bracket(zero - 1)
        case Apply(args=args, order=order):
            if len(args) == 1:
                yield "slope", "", replace(atom, order=order - 1 if order else 1)
            for k, arg in enumerate(args):
                for e in edits(arg, scope):
                    yield e.kind, e.place, replace(atom, args=(*args[:k], e.value, *args[k + 1 :]))
        case Group(body):
            yield from ((e.kind, e.place, Group(e.value)) for e in edits(body, scope))
        case _:
            yield from _of_scope(atom, scope)


def _of_scope(atom: Atom, scope: Sequence[Bound]) -> Inner:
    """The same for atoms with conditions, branches or letters of their own."""
    match atom:
        case Power(base, exponent):
            yield from ((e.kind, e.place, replace(atom, base=e.value)) for e in edits(base, scope))
            yield from ((e.kind, e.place, replace(atom, exponent=e.value)) for e in edits(exponent, scope))
        case Reduce(op, bound, body):
            yield "range", "", replace(atom, bound=replace(bound, high=bound.high - 1))
            yield "reduction", "", replace(atom, op=REVERSED[op])
            yield from ((e.kind, e.place, replace(atom, body=e.value)) for e in edits(body, (*scope, bound)))
        case MatrixFunction(row=row, column=column, size=size, body=body, at=at):
            if len(at) == 2:
                yield "transposed", "", replace(atom, at=(at[1], at[0]))
            own = (Bound(row, Affine.of(0), size), Bound(column, Affine.of(0), size))
            yield from ((e.kind, e.place, replace(atom, body=e.value)) for e in edits(body, (*scope, *own)))
        case Indicator(Compare() as compare):
            yield "condition", "", Indicator(replace(compare, op=OPPOSITE[compare.op]))
            yield from (
                (e.kind, e.place, Indicator(replace(compare, left=e.value))) for e in edits(compare.left, scope)
            )
        case Cases(branches, otherwise):
            for k, (condition, value) in enumerate(branches):
                for e in edits(value, scope):
                    changed = (*branches[:k], (condition, e.value), *branches[k + 1 :])
                    yield e.kind, e.place, replace(atom, branches=changed)
            if otherwise is not None:
                yield from ((e.kind, e.place, replace(atom, otherwise=e.value)) for e in edits(otherwise, scope))


def _indices(atom: Entry, scope: Sequence[Bound]) -> Iterator[tuple[str, tuple[Affine, ...]]]:
    """Each index one further, or by another letter of the same range; two indices exchanged."""
    at = atom.at
    for k, place in enumerate(at):
        yield "shifted index", (*at[:k], place + 1, *at[k + 1 :])
        other = _other(place, scope)
        if other is not None:
            yield "another index", (*at[:k], other, *at[k + 1 :])
    for k in range(len(at) - 1):
        if at[k] != at[k + 1]:
            yield "transposed", (*at[:k], at[k + 1], at[k], *at[k + 2 :])


def _other(place: Affine, scope: Sequence[Bound]) -> Affine | None:
    """The index with its letter replaced by another one of the same range."""
    ranges: dict[Letter, Bound] = {b.letter: b for b in scope}
    for mine in (ranges[x] for x in sorted(place.letters) if x in ranges):
        for b in reversed(scope):
            if b.letter != mine.letter and (b.low, b.high) == (mine.low, mine.high):
                return place.subs({mine.letter: Affine.of(b.letter)})
    return None
