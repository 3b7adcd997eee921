"""Matching a pattern against an expression: the same up to the names of letters and the order of terms and factors.

The pattern's free letters stand for any index; a letter that it binds stands for a letter that the target binds in the
same place, over the same range.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import (
    Apply,
    Atom,
    Bound,
    Bracket,
    Compare,
    Entry,
    Group,
    Guard,
    Indicator,
    MatrixFunction,
    Number,
    Power,
    Reduce,
)
from derive.calculus.expr import Expr, Factor, Term

Binding = dict[Letter, Affine]
LAST = (Bracket, Guard, Number)  # these bind no letter, so they are compared when the others have bound theirs
Item = TypeVar("Item")


def unify(pattern: Expr, target: Expr, binding: Binding | None = None) -> Iterator[Binding]:
    """Every way to read the target as the pattern, given what some letters already stand for.

    >>> from derive.calculus.expr import apply, entry
    >>> found = unify(apply("exp", entry("z", "i") + 1), apply("exp", 1 + entry("z", "k")))
    >>> [b[Letter("i")] for b in found]
    [k]
    """
    if len(pattern.terms) == len(target.terms):
        yield from _each(pattern.terms, target.terms, binding or {}, _terms)


def unify_atoms(pattern: Atom, target: Atom, binding: Binding) -> Iterator[Binding]:
    """The same for two factors."""
    match pattern, target:
        case Entry(), Entry():
            if pattern.name == target.name:
                yield from unify_indices(pattern.at, target.at, binding)
        case (Number(p), Number(t)) | (Bracket(p), Bracket(t)) | (Guard(p), Guard(t)):
            if p.subs(binding) == t:
                yield binding
        case Apply(), Apply():
            if (pattern.function, pattern.order) == (target.function, target.order):
                yield from _in_order(pattern.args, target.args, binding)
        case Group(p), Group(t):
            yield from unify(p, t, binding)
        case Power(), Power():
            yield from _in_order((pattern.base, pattern.exponent), (target.base, target.exponent), binding)
        case Indicator(Compare() as p), Indicator(Compare() as t):
            if p.op == t.op:
                yield from _in_order((p.left, p.right), (t.left, t.right), binding)
        case Reduce(), Reduce():
            if pattern.op == target.op:
                found = unify(pattern.body, target.body, binding)
                yield from (b for b in found if same_ranges((pattern.bound,), (target.bound,), b))
        case MatrixFunction(), MatrixFunction():
            yield from _matrices(pattern, target, binding)
        case _:
            if pattern == target:
                yield binding


def unify_indices(pattern: Sequence[Affine], target: Sequence[Affine], binding: Binding) -> Iterator[Binding]:
    """The binding with what the pattern's lone letters stand for, once, where every index agrees.

    A slot such as ``t + 1`` says what t stands for, too.
    """
    new = dict(binding)
    if len(pattern) != len(target):
        return
    for mine, theirs in zip(pattern, target, strict=True):
        if mine.letter is not None:
            if new.setdefault(mine.letter, theirs) != theirs:
                return
        elif mine.subs(new) != theirs and not _solved(mine, theirs, new):
            return
    yield new


def _solved(mine: Affine, theirs: Affine, binding: Binding) -> bool:
    """Whether a slot has one letter that stands for nothing yet; it then stands for what makes the slots equal."""
    unknown = [x for x in mine.letters if x.uid and x not in binding]
    parts = mine.split(unknown[0]) if len(unknown) == 1 else None
    if parts is None or abs(parts[0].constant or 0) != 1:
        return False
    slope, rest = parts
    binding[unknown[0]] = slope * (theirs - rest.subs(binding))
    return True


def same_ranges(mine: Sequence[Bound], theirs: Sequence[Bound], binding: Binding) -> bool:
    """Whether the pattern's bound letters stand for these bound letters, one each, over the same ranges."""
    ranges = {b.letter: b for b in theirs}
    stands_for = [binding.get(b.letter, Affine(())).letter for b in mine]
    if len(mine) != len(theirs) or {x for x in stands_for if x} != set(ranges):
        return False
    found = [ranges[x] for x in stands_for if x]
    return all(
        (b.low.subs(binding), b.high.subs(binding), b.kind) == (t.low, t.high, t.kind)
        for b, t in zip(mine, found, strict=True)
    )


def _each(
    wanted: Sequence[Item],
    candidates: Sequence[Item],
    binding: Binding,
    one: Callable[[Item, Item, Binding], Iterator[Binding]],
) -> Iterator[Binding]:
    """Every pairing of as many wanted as candidate items."""
    if not wanted:
        yield binding
        return
    for k, candidate in enumerate(candidates):
        for more in one(wanted[0], candidate, binding):
            yield from _each(wanted[1:], (*candidates[:k], *candidates[k + 1 :]), more, one)


def _in_order(pattern: Sequence[Expr], target: Sequence[Expr], binding: Binding) -> Iterator[Binding]:
    if not pattern and not target:
        yield binding
    elif pattern and target:
        for more in unify(pattern[0], target[0], binding):
            yield from _in_order(pattern[1:], target[1:], more)


def _terms(pattern: Term, target: Term, binding: Binding) -> Iterator[Binding]:
    if pattern.coefficient == target.coefficient and len(pattern.factors) == len(target.factors):
        wanted = sorted(pattern.factors, key=lambda f: isinstance(f[0], LAST))
        found = _each(wanted, target.factors, binding, _factors)
        yield from (b for b in found if same_ranges(pattern.bounds, target.bounds, b))


def _factors(pattern: Factor, target: Factor, binding: Binding) -> Iterator[Binding]:
    if pattern[1] == target[1]:
        yield from unify_atoms(pattern[0], target[0], binding)


def _matrices(pattern: MatrixFunction, target: MatrixFunction, binding: Binding) -> Iterator[Binding]:
    places = {pattern.row: Affine.of(target.row), pattern.column: Affine.of(target.column)}
    inside = {**binding, **places}
    if (pattern.op, pattern.size.subs(binding)) != (target.op, target.size):
        return
    wanted, extra = (() if e is None else (e,) for e in (pattern.extra, target.extra))
    for found in unify(pattern.body, target.body, inside):
        for more in _in_order(wanted, extra, found):
            yield from unify_indices(pattern.at, target.at, more)
