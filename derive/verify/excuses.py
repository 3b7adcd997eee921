"""Why a mutant that no check finds out is no error: proofs by canonical form, and what a derivation lets them assume."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from derive.calculus.affine import Affine
from derive.calculus.atoms import Bound, Entry
from derive.calculus.canonical import same
from derive.calculus.chain import adjoint, jacobian
from derive.calculus.differentiate import derivative
from derive.calculus.expr import Expr, group, multiply
from derive.calculus.facts import Facts
from derive.calculus.program import Definition
from derive.calculus.substitute import guard, names, renew, replace_entries, subs
from derive.calculus.trace import Relation, Side, Table
from derive.derivations.base import Derivation, axis_size


def excuse(derivation: Derivation, relation: Relation, before: Side, after: Side) -> str:
    """Why one side of a line may be the other; empty where nothing shows it."""
    facts = facts_of(derivation, relation)
    if isinstance(before, Table) or isinstance(after, Table):
        return "equal canonical forms" if _same_tables(before, after, facts) else ""
    if same(before, after, facts=facts):
        return "equal canonical forms"
    if derivation.program is None:
        return ""
    meanings = (list(_slopes(derivation)), list(_values(derivation)))
    for what, known in (("local derivatives", meanings[0]), ("definitions", meanings[0] + meanings[1])):
        here, there = (defined(side, known) for side in (before, after))
        if same(here, there, facts=facts):
            return f"equal canonical forms with the {what} put in"
    return ""


def _same_tables(before: Side, after: Side, facts: Facts) -> bool:
    if not (isinstance(before, Table) and isinstance(after, Table)):
        return False
    if list(map(len, before.entries)) != list(map(len, after.entries)):
        return False
    pairs = zip(chain.from_iterable(before.entries), chain.from_iterable(after.entries), strict=True)
    return all(a == b or same(a, b, facts=facts) for a, b in pairs)


def facts_of(derivation: Derivation, relation: Relation) -> Facts:
    """What a proof about a line may assume: domains, shapes, ranges, and what is known not to be negative."""
    return Facts.of(
        {n: s.domain for n, s in derivation.symbols.items()},
        shapes=_shapes(derivation),
        frame=relation.frame,
        nonneg=derivation.facts,
    )


def _shapes(derivation: Derivation) -> Mapping[str, tuple[Affine, ...]]:
    """The shapes of symbols and of the program's arrays, their adjoints and local Jacobians."""
    other = ("dimension", "continuum", "function")
    found = {n: tuple(map(axis_size, s.shape)) for n, s in derivation.symbols.items() if s.domain not in other}
    if derivation.program is not None:
        found |= derivation.program.shapes
        found |= {adjoint(n): s for n, s in derivation.program.shapes.items()}
        for d in derivation.program.definitions:
            mine = derivation.program.shapes[d.name]
            found |= {jacobian(d.name, n): (*mine, *s) for n, s in derivation.program.shapes.items()}
    return found


Meaning = Callable[[tuple[Affine, ...]], Expr]
Known = tuple[str, tuple[Bound, ...], Meaning]


def defined(value: Expr, known: Iterable[Known]) -> Expr:
    """The value with what arrays mean put in for them, in order."""
    for name, letters, meaning in known:
        value = replace_entries(value, _put(name, letters, meaning))
    return value


def _slopes(derivation: Derivation) -> Iterator[Known]:
    """The local Jacobians of a gradient, or the whole Jacobians of forward mode: each one's first letters, and its value."""
    program = derivation.program
    assert program is not None
    for d in program.definitions:
        if derivation.asks == "gradient":
            yield from ((jacobian(d.name, x), d.letters, _slope(d, x)) for x in sorted(names(d.body)))
        else:
            whole = replace(d, body=defined(d.body, _values(derivation)))
            yield jacobian(d.name, derivation.wrt), d.letters, _slope(whole, derivation.wrt)


def _values(derivation: Derivation) -> Iterator[Known]:
    """The definitions, last first."""
    program = derivation.program
    assert program is not None
    for d in reversed(program.definitions):
        yield d.name, d.letters, _value(d)


def _value(d: Definition) -> Meaning:
    return lambda at: group(subs(renew(d.body), {b.letter: x for b, x in zip(d.letters, at, strict=True)}))


def _slope(d: Definition, wrt: str) -> Meaning:
    count = len(d.letters)

    def at(places: tuple[Affine, ...]) -> Expr:
        body = subs(renew(d.body), {b.letter: x for b, x in zip(d.letters, places[:count], strict=True)})
        return group(derivative(body, wrt, places[count:]))

    return at


def _put(name: str, letters: tuple[Bound, ...], meaning: Meaning) -> Callable[[Entry], Expr | None]:
    """The array's value in place of its entries, zero outside it."""

    def put(e: Entry) -> Expr | None:
        if e.name != name or len(e.at) < len(letters):
            return None
        inside = [guard(x - b.low) * guard(b.high - 1 - x) for x, b in zip(e.at, letters, strict=False)]
        return multiply((meaning(e.at), *inside))

    return put
