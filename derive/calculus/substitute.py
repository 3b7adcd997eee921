"""Walking and rebuilding expressions: substitution of letters and of entries, letters and names that occur."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from derive.calculus.affine import Affine, Letter, fresh
from derive.calculus.atoms import (
    Apply,
    Atom,
    Bound,
    Bracket,
    Cases,
    Compare,
    Condition,
    Entry,
    Group,
    Guard,
    Indicator,
    Logic,
    MatrixFunction,
    Number,
    Power,
    Reduce,
)
from derive.calculus.expr import Expr, Term, add, expr, group, kept, multiply, power

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class Rebuild:
    """Rebuild an expression from the leaves up; subclasses say what becomes of affine values and of atoms."""

    def affine(self, value: Affine) -> Affine:
        """What an affine value becomes."""
        return value

    def leaf(self, atom: Atom) -> Expr | None:
        """What an atom becomes, or None to rebuild it from its parts."""
        return None

    def expr(self, value: Expr) -> Expr:
        """The rebuilt expression."""
        return add(self.term(t) for t in value.terms)

    def term(self, term: Term) -> Expr:
        """The rebuilt term."""
        product = multiply(
            (Expr((Term(term.coefficient),)), *(power(self.atom(a), e) for a, e in term.factors)),
        )
        if not term.bounds or not product.terms:
            return product
        (inner,) = group(product).terms
        bounds = tuple(self.bound(b) for b in term.bounds)
        return Expr((Term(inner.coefficient, inner.factors, (*bounds, *inner.bounds)),))

    def bound(self, bound: Bound) -> Bound:
        """The rebuilt range; its letter stays."""
        return replace(bound, low=self.affine(bound.low), high=self.affine(bound.high))

    def condition(self, condition: Condition) -> Condition:
        """The rebuilt condition."""
        if isinstance(condition, Logic):
            return replace(condition, parts=tuple(self.condition(p) for p in condition.parts))
        return replace(condition, left=self.expr(condition.left), right=self.expr(condition.right))

    def atom(self, atom: Atom) -> Expr:
        """The rebuilt factor, an expression because a leaf may become one."""
        new = self.leaf(atom)
        return new if new is not None else self.parts(atom)

    def parts(self, atom: Atom) -> Expr:
        """Rebuild an atom from its rebuilt parts."""
        match atom:
            case Entry(name, at):
                return expr(Entry(name, tuple(self.affine(a) for a in at)))
            case Number(value):
                return expr(self.affine(value))
            case Bracket(value):
                return bracket(self.affine(value))
            case Guard(value):
                return guard(self.affine(value))
            case Apply(f, args, order):
                return expr(Apply(f, tuple(self.expr(a) for a in args), order))
            case Group(body):
                inner = self.expr(body)
                return group(inner) if inner.terms or not body.terms else inner
            case Power(base, exponent):
                return power(self.expr(base), self.expr(exponent))
            case Reduce(op, b, body):
                return expr(Reduce(op, self.bound(b), self.expr(body)))
            case Indicator(condition):
                return expr(Indicator(self.condition(condition)))
            case Cases(branches, otherwise):
                new = tuple((self.condition(c), self.expr(e)) for c, e in branches)
                return expr(Cases(new, otherwise and self.expr(otherwise)))
            case MatrixFunction(size=size, body=body, at=at, extra=extra):
                moved = tuple(self.affine(a) for a in at)
                more = extra and self.expr(extra)
                return expr(replace(atom, size=self.affine(size), body=self.expr(body), at=moved, extra=more))


def bracket(zero: Affine) -> Expr:
    """``[zero = 0]``, already 1 or 0 where that is decided."""
    if zero.constant is not None:
        return expr(int(zero.constant == 0))
    leading = zero.terms[0][1]
    return expr(Bracket(zero if leading > 0 else -zero))


def guard(nonneg: Affine) -> Expr:
    """``[nonneg >= 0]``, already 1 or 0 where that is decided."""
    if nonneg.constant is not None:
        return expr(int(nonneg.constant >= 0))
    return expr(Guard(nonneg))


def reduction(op: str, body: Expr, bound: Bound) -> Expr:
    """``op`` (``prod``, ``max`` or ``min``) of ``body`` over a letter that is free in it; the letter becomes fresh."""
    letter = fresh(bound.letter)
    inner = subs(body, {bound.letter: Affine.of(letter)})
    return expr(Reduce(op, replace(bound, letter=letter), inner))


class _Letters(Rebuild):
    def __init__(self, values: Mapping[Letter, Affine]) -> None:
        self.values = values

    def affine(self, value: Affine) -> Affine:
        return value.subs(self.values)

    def expr(self, value: Expr) -> Expr:
        return value if letters(value).isdisjoint(self.values) else super().expr(value)


def subs(value: Expr, values: Mapping[Letter, Affine]) -> Expr:
    """Put affine values for free letters; bound letters are fresh, so nothing is captured.

    >>> from derive.calculus.expr import entry
    >>> subs(entry("x", "i"), {Letter("i"): Affine.of("j") + 1}) == entry("x", Affine.of("j") + 1)
    True
    """
    return _Letters(values).expr(value) if values else value


class _Entries(Rebuild):
    def __init__(self, value: Callable[[Entry], Expr | None]) -> None:
        self.value = value

    def expr(self, value: Expr) -> Expr:
        return super().expr(value) if names(value) else value

    def leaf(self, atom: Atom) -> Expr | None:
        return self.value(atom) if isinstance(atom, Entry) else None


def replace_entries(value: Expr, new: Callable[[Entry], Expr | None]) -> Expr:
    """Put an expression for each entry for which ``new`` gives one."""
    return _Entries(new).expr(value)


class _Atoms(Rebuild):
    def __init__(self, value: Callable[[Atom], Expr | None]) -> None:
        self.value = value

    def leaf(self, atom: Atom) -> Expr | None:
        return self.value(atom)


def replace_atoms(value: Expr, new: Callable[[Atom], Expr | None]) -> Expr:
    """Put an expression for each atom for which ``new`` gives one, outermost first; the rest is rebuilt."""
    return _Atoms(new).expr(value)


class _Binders(_Letters):
    """Renames bound letters too, where they are bound."""

    def bound(self, bound: Bound) -> Bound:
        return replace(super().bound(bound), letter=self.letter(bound.letter))

    def letter(self, old: Letter) -> Letter:
        return self.values[old].letter or old if old in self.values else old

    def parts(self, atom: Atom) -> Expr:
        if isinstance(atom, MatrixFunction):
            atom = replace(atom, row=self.letter(atom.row), column=self.letter(atom.column))
        return super().parts(atom)


def renew(value: Expr, values: Mapping[Letter, Affine] = MappingProxyType({})) -> Expr:
    """The same expression with fresh letters wherever one is bound: what every second use of a definition needs.

    Values for free letters are put in at the same time.
    """
    return rename_binders(value, {**values, **{b: Affine.of(fresh(b)) for b in binders(value)}})


def rename_binders(value: Expr, values: Mapping[Letter, Affine]) -> Expr:
    """Rename letters, in their binders as well; the new letters must not occur yet."""
    return _Binders(values).expr(value) if values else value


@kept
def binders(value: Expr) -> tuple[Letter, ...]:
    """Every letter that is bound somewhere inside, in order of appearance."""
    found: dict[Letter, None] = {}
    for term in value.terms:
        found.update((b.letter, None) for b in term.bounds)
        for atom, _ in term.factors:
            if isinstance(atom, Reduce):
                found[atom.bound.letter] = None
            if isinstance(atom, MatrixFunction):
                found.update({atom.row: None, atom.column: None})
            for child in children(atom):
                found.update((b, None) for b in binders(child))
    return tuple(found)


def atoms(value: Expr) -> Iterator[Atom]:
    """Every atom, outermost first, inside arguments, groups and conditions too."""
    for term in value.terms:
        for atom, _ in term.factors:
            yield atom
            for child in children(atom):
                yield from atoms(child)


def children(atom: Atom) -> tuple[Expr, ...]:
    """The expressions inside an atom."""
    match atom:
        case Apply(args=args):
            return args
        case Group(body) | Reduce(body=body):
            return (body,)
        case Power(base, exponent):
            return (base, exponent)
        case Indicator(condition):
            return tuple(_sides(condition))
        case Cases(branches, otherwise):
            inside = [e for c, value in branches for e in (*_sides(c), value)]
            return (*inside, *([otherwise] if otherwise is not None else []))
        case MatrixFunction(body=body, extra=extra):
            return (body,) if extra is None else (body, extra)
    return ()


def _sides(condition: Condition) -> Iterator[Expr]:
    if isinstance(condition, Compare):
        yield condition.left
        yield condition.right
    else:
        for part in condition.parts:
            yield from _sides(part)


@kept
def names(value: Expr) -> frozenset[str]:
    """The names of the arrays whose entries occur."""
    return frozenset[str]().union(*(names_of(atom) for term in value.terms for atom, _ in term.factors))


def names_of(atom: Atom) -> frozenset[str]:
    """The names of the arrays whose entries occur in an atom."""
    return frozenset((atom.name,)) if isinstance(atom, Entry) else frozenset[str]().union(*map(names, children(atom)))


@kept
def letters(value: Expr) -> frozenset[Letter]:
    """Every letter that occurs, bound ones included."""
    found: set[Letter] = set()
    for term in value.terms:
        for b in term.bounds:
            found |= {b.letter, *b.low.letters, *b.high.letters}
        for atom, _ in term.factors:
            found |= _own_letters(atom)
            for child in children(atom):
                found |= letters(child)
    return frozenset(found)


def _own_letters(atom: Atom) -> set[Letter]:
    match atom:
        case Entry(at=at):
            return {x for a in at for x in a.letters}
        case Number(value) | Bracket(value) | Guard(value):
            return set(value.letters)
        case Reduce(bound=b):
            return {b.letter, *b.low.letters, *b.high.letters}
        case MatrixFunction(row=row, column=column, size=size, at=at):
            return {row, column, *size.letters, *(x for a in at for x in a.letters)}
    return set()


def free_letters(value: Expr) -> frozenset[Letter]:
    """The letters that occur and are bound nowhere inside."""
    return letters(value) - set(binders(value))
