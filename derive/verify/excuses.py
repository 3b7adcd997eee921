"""Why a mutant that no check finds out is no error: proofs by canonical form, and what a derivation lets them assume."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from derive.calculus.affine import Affine
from derive.calculus.atoms import Bound, Entry
from derive.calculus.canonical import same
from derive.calculus.chain import adjoint, jacobian
from derive.calculus.differentiate import derivative
from derive.calculus.expr import Expr, group, multiply
from derive.calculus.facts import Facts
from derive.calculus.program import Definition, Program
from derive.calculus.substitute import guard, names, renew, replace_entries, subs
from derive.calculus.trace import Relation, Side, Table
from derive.derivations.base import Derivation, axis_size


def excuse(derivation: Derivation, relation: Relation, before: Side, after: Side) -> str:
    """Why one side of a line may be the other; empty where nothing shows it."""
    if isinstance(before, Table) or isinstance(after, Table):
        return ""
    facts = facts_of(derivation, relation)
    if same(before, after, facts=facts):
        return "equal canonical forms"
    if derivation.of is None:
        return ""
    here, there = (defined(side, derivation) for side in (before, after))
    return "equal canonical forms with the definitions put in" if same(here, there, facts=facts) else ""


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
    if derivation.of is not None:
        found |= derivation.of.shapes
        found |= {adjoint(n): s for n, s in derivation.of.shapes.items()}
        for d in derivation.of.definitions:
            mine = derivation.of.shapes[d.name]
            found |= {jacobian(d.name, n): (*mine, *s) for n, s in derivation.of.shapes.items()}
    return found


def defined(value: Expr, derivation: Derivation) -> Expr:
    """The value with the program's definitions put in for its arrays, and their derivatives for local Jacobians."""
    for name, letters, body in _meanings(derivation):
        value = replace_entries(value, _put(name, letters, body))
    return value


Meaning = Callable[[tuple[Affine, ...]], Expr]


def _meanings(derivation: Derivation) -> Iterator[tuple[str, tuple[Bound, ...], Meaning]]:
    """Each array that means something, after all that read it: its letters, and its value at a place."""
    program = derivation.of
    assert program is not None
    if derivation.asks == "gradient":
        for d in program.definitions:
            for x in sorted(names(d.body)):
                yield jacobian(d.name, x), d.letters, _slope(d, x)
    else:
        for d in program.definitions:
            whole = replace(d, body=_through(d.body, program))
            yield jacobian(d.name, derivation.wrt), d.letters, _slope(whole, derivation.wrt)
    for d in reversed(program.definitions):
        yield d.name, d.letters, _value(d)


def _through(value: Expr, program: Program) -> Expr:
    """The value with every definition put in."""
    for d in reversed(program.definitions):
        value = replace_entries(value, _put(d.name, d.letters, _value(d)))
    return value


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
