"""Definitions from equations: starts of recurrences, and the order in which arrays may use each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound, Entry
from derive.calculus.expr import ONE, Expr, multiply
from derive.calculus.program import Definition
from derive.calculus.ranges import implied
from derive.calculus.substitute import atoms, bracket, guard, renew, replace_entries, subs
from derive.notation.index_reader import Reader
from derive.notation.index_sizes import plain
from derive.notation.index_solve import Solver
from derive.notation.index_syntax import Node


@dataclass(frozen=True)
class Equation:
    """``head := body`` with the letters of its left side."""

    head: Node
    body: Node
    env: Mapping[str, Letter]

    @property
    def name(self) -> str:
        """What is defined."""
        return self.head.value

    @property
    def is_start(self) -> bool:
        """Whether a number stands on the left: ``h[-1,i] := …``."""
        return any(p.kind != "name" for p in self.head.parts)


@dataclass(frozen=True)
class Start:
    """``name[…, at, …] := body`` at one place of one axis."""

    axis: int
    at: int
    letters: tuple[Letter | None, ...]
    body: Expr

    def value(self, slots: Sequence[Affine]) -> Expr:
        """The start's value in the other slots, where this slot is at the start."""
        put = {x: a for x, a in zip(self.letters, slots, strict=True) if x is not None}
        return multiply((bracket(slots[self.axis] - self.at), subs(renew(self.body), put)))


def defined(equations: Sequence[Equation], solver: Solver, reader: Reader) -> tuple[Definition, ...]:
    """The definitions in order, with starts worked into them.

    Raises:
        ProgramError: an array is defined twice, or through itself, or used too early.
    """
    starts: dict[str, list[Start]] = {}
    for equation in equations:
        if equation.is_start:
            starts.setdefault(equation.name, []).append(_start(equation, solver, reader))
    usual = [e for e in equations if not e.is_start]
    names = [e.name for e in usual]
    for k, equation in enumerate(usual):
        if equation.name in names[:k]:
            raise solver.fail(f"{equation.name} is defined twice", equation.head)
    for equation in equations:
        if equation.name not in names:
            raise solver.fail(f"{equation.name} has a start and no definition", equation.head)
    return tuple(_definition(e, names[k:], starts, solver, reader) for k, e in enumerate(usual))


def _start(equation: Equation, solver: Solver, reader: Reader) -> Start:
    fixed = [(k, solver.affine(p, {})) for k, p in enumerate(equation.head.parts) if p.kind != "name"]
    if len(fixed) != 1 or fixed[0][1].constant is None:
        raise solver.fail("a start has one number on the left and letters beside it", equation.head)
    axis, at = fixed[0]
    letters = tuple(equation.env.get(p.value) for p in equation.head.parts)
    return Start(axis, at.constant or 0, letters, reader.value(equation.body, equation.env))


def _definition(
    e: Equation, open_: Sequence[str], starts: Mapping[str, list[Start]], solver: Solver, reader: Reader
) -> Definition:
    """One definition; ``open_`` are the arrays that are not finished when it is computed."""
    letters = tuple(e.env[p.value] for p in e.head.parts)
    body = reader.value(e.body, e.env)
    _check(body, e, letters, open_, solver)
    body = _inside(body, e.name, letters, starts)
    body = replace_entries(body, lambda a: _started(a, starts, solver))
    put = {x: Affine.of(Letter(x.name)) for x in letters}
    bounds = tuple(Bound(Letter(x.name), *solver.ranges[x]) for x in letters)
    return Definition(e.name, bounds, subs(body, put))


def _check(body: Expr, e: Equation, letters: Sequence[Letter], open_: Sequence[str], solver: Solver) -> None:
    for read in (a for a in atoms(body) if isinstance(a, Entry) and a.name in open_):
        if not any(_moves(slot, letters, solver) for slot in read.at):
            shown = f"{read.name}[{','.join(repr(plain(a)) for a in read.at)}]" if read.at else read.name
            why = "is defined through itself" if read.name == e.name else f"uses {shown} before it is defined"
            raise solver.fail(f"{e.name} {why}; a recurrence goes back, as in {read.name}[t-1]", e.head)


def _moves(slot: Affine, letters: Sequence[Letter], solver: Solver) -> bool:
    """Whether a slot goes back (or on) from a letter of the left side."""
    for letter in letters:
        step = slot - letter
        if letter in slot.letters and step.terms and not any(x.uid for x in step.letters):
            return True
    inner = slot.letter
    return inner is not None and inner in solver.ranges and not solver.ranges[inner][1].letters.isdisjoint(letters)


def _inside(body: Expr, name: str, letters: Sequence[Letter], starts: Mapping[str, list[Start]]) -> Expr:
    """The body with its first places taken by starts at places that exist, such as ``h[0,i] := …``."""
    inside = sorted((s for s in starts.get(name, ()) if s.at >= 0), key=lambda s: s.at)
    if not inside:
        return body
    here = [Affine.of(x) for x in letters]
    return sum((s.value(here) for s in inside), multiply((_elsewhere(inside, here), body)))


def _elsewhere(starts: Sequence[Start], here: Sequence[Affine]) -> Expr:
    first = here[starts[0].axis]
    if [s.at for s in starts] == list(range(len(starts))):
        return guard(first - len(starts))
    return multiply(ONE - bracket(here[s.axis] - s.at) for s in starts)


def _started(read: Entry, starts: Mapping[str, list[Start]], solver: Solver) -> Expr | None:
    """An entry with its start added where it is read before the array begins: there the array itself is zero."""
    from derive.calculus.expr import expr

    before = [s for s in starts.get(read.name, ()) if s.at < 0]
    before = [s for s in before if not implied(read.at[s.axis], dict(solver.ranges))]
    return sum((s.value(read.at) for s in before), expr(read)) if before else None


def steps(definition: Definition) -> Iterator[int]:
    """How far a definition reads itself back, for each read: 1 for ``h[t-1]``."""
    for read in (a for a in atoms(definition.body) if isinstance(a, Entry) and a.name == definition.name):
        for bound, slot in zip(definition.letters, read.at, strict=True):
            step = (Affine.of(bound.letter) - slot).constant
            if step:
                yield step
