"""Reverse mode on a program: the adjoint of an array is the sum, over its uses, of adjoint times local derivative.

From this one rule come affine layers, convolutions and recurrences. Each quantity's adjoint takes four lines:
the chain rule over every use, the local derivatives, the collapse of their brackets, and nothing else.
An array named ``v_bar`` is the adjoint ``∂L/∂v``; ``dy/dx`` is the Jacobian, indexed by y's letters and then x's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from derive.calculus.affine import Affine, Letter, fresh
from derive.calculus.atoms import Bound, Entry
from derive.calculus.chain import (
    CHAIN,
    DEFINITION,
    adjoint,
    collapsing,
    dimensions,
    jacobian,
    local,
    reading,
    zeros_outside,
)
from derive.calculus.differentiate import derivative
from derive.calculus.expr import ONE, Expr, add, entry, multiply, total
from derive.calculus.program import Definition, Program
from derive.calculus.substitute import atoms, names, renew, replace_entries
from derive.calculus.trace import Line, Relation


@dataclass(frozen=True)
class Gradients:
    """What reverse mode gives: the lines, and the relation of every adjoint on the way.

    Attributes:
        source: the program that was differentiated (with ``NAME_all`` where the last array is used by others too).
        wrt: the arrays that were asked for.
        lines: the forward definitions on the way, then each adjoint's lines, from the last definition back.
        read: the arrays whose adjoints the results read; None for all on the way.
    """

    source: Program
    wrt: tuple[str, ...]
    lines: tuple[Line, ...]
    read: frozenset[str] | None = None

    @cached_property
    def adjoints(self) -> dict[str, Relation]:
        """Array → the last relation for its adjoint, in order of computation."""
        found = {}
        for line in self.lines:
            left = line.relation.left.terms
            if line.mode != "definition" and left and isinstance(e := left[0].factors[0][0], Entry):
                found[e.name.removesuffix("_bar")] = line.relation
        return found

    @property
    def cotangent(self) -> str | None:
        """The adjoint that arrives from above: of a last definition with letters; None for a scalar loss."""
        last = self.source.definitions[-1]
        return adjoint(last.name) if last.letters else None

    @cached_property
    def program(self) -> Program:
        """The forward definitions that the adjoints read, then the adjoints: what an exporter needs."""
        kept = [n for n in self.adjoints if self.read is None or n in self.read]
        backward = tuple(Definition(adjoint(n), self.adjoints[n].frame, self.adjoints[n].result) for n in kept)
        forward = needed(self.source, {n for d in backward for n in names(d.body)})
        shapes = dict(self.source.shapes)
        shapes |= {adjoint(n): self.source.shapes[n] for n in self.adjoints}
        if self.cotangent:
            shapes[self.cotangent] = self.source.shapes[self.source.definitions[-1].name]
        read = {n for d in (*forward, *backward) for n in (d.name, *names(d.body))}
        return Program((*forward, *backward), {n: s for n, s in shapes.items() if n in read}, self.source.functions)


def needed(program: Program, wanted: set[str]) -> tuple[Definition, ...]:
    """The definitions that the wanted arrays rest on, in order."""
    known = {d.name: d for d in program.definitions}
    found: set[str] = set()
    todo = [n for n in wanted if n in known]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += [n for n in names(known[name].body) if n in known]
    return tuple(d for d in program.definitions if d.name in found)


def gradient(program: Program, wrt: str, letters: Sequence[str] = (), facts: Sequence[Affine] = ()) -> tuple[Line, ...]:
    """The lines of reverse mode from the last definition back to one array; see `gradients`."""
    return gradients(program, [wrt], {wrt: letters}, facts).lines


def gradients(
    program: Program,
    wrt: Sequence[str],
    letters: Mapping[str, Sequence[str]] | None = None,
    facts: Sequence[Affine] = (),
) -> Gradients:
    """Reverse mode from the last definition back to every array of ``wrt``, in one pass.

    Args:
        program: definitions in order; a last definition with letters gets its adjoint from above, as an input.
        wrt: the arrays whose adjoints are asked.
        letters: index letters for an array's entries; its definition's, or the first use's, by default.
        facts: affine values known not to be negative, such as ``N - K``.

    Raises:
        KeyError: one of ``wrt`` is no array of the program, or the last definition does not depend on it.
    """
    work = _Reverse(_with_all(program), letters or {}, facts)
    return Gradients(work.program, tuple(wrt), tuple(work.lines(wrt)))


def _with_all(program: Program) -> Program:
    """Where the last array is used by others too (time), ``NAME_all`` is what they use and NAME a copy of it.

    The cotangent that arrives from above is then one thing, and everything that reaches the array another.
    """
    last = program.definitions[-1]
    if not last.letters or not program.uses(last.name):
        return program
    whole = f"{last.name}_all"

    def renamed(body: Expr) -> Expr:
        return replace_entries(body, lambda e: entry(whole, *e.at) if e.name == last.name else None)

    inner = [replace(d, body=renamed(d.body), name=whole if d is last else d.name) for d in program.definitions]
    copy = replace(last, body=entry(whole, *(b.letter for b in last.letters)))
    return replace(program, definitions=(*inner, copy), shapes={**program.shapes, whole: program.shapes[last.name]})


class _Reverse:
    """One pass: which arrays lie on the way, who uses each, and the rules with what is known of the sizes."""

    def __init__(self, program: Program, letters: Mapping[str, Sequence[str]], facts: Sequence[Affine]) -> None:
        self.program, self.letters = program, letters
        self.last = program.definitions[-1]
        self.users: dict[str, list[Definition]] = {n: [] for n in program.shapes}
        for d in program.definitions:
            for n in names(d.body):
                self.users.setdefault(n, []).append(d)
        least = [Affine.of(x) - 1 for x in sorted(dimensions(program))]
        self.collapsing, self.outside = collapsing((*facts, *least)), zeros_outside(program)

    def lines(self, wrt: Sequence[str]) -> Iterator[Line]:
        """The definitions on the way, then every adjoint."""
        path = self.path(wrt)
        yield from (definition_line(d) for d in self.program.definitions if d.name in path)
        inputs: dict[str, list[str]] = {}
        for name in wrt:
            if self.program.definition(name) is None:
                inputs.setdefault(self.users[name][0].name, []).append(name)
        for d in reversed(self.program.definitions):
            if d.name in path and d is not self.last:
                yield from self.adjoint(d.name, path)
            for name in inputs.get(d.name, ()):
                yield from self.adjoint(name, path)

    def path(self, wrt: Sequence[str]) -> set[str]:
        """The arrays between any of ``wrt`` and the last definition."""
        for name in wrt:
            if name not in self.program.shapes:
                raise KeyError(f"{name} is no array of this program")
        below = {d.name for d in needed(self.program, {self.last.name})}
        below |= {n for d in self.program.definitions if d.name in below for n in names(d.body)}
        for name in wrt:
            if name not in below or name == self.last.name:
                raise KeyError(f"{self.last.name} does not depend on {name}")
        above, todo = set[str](), list(wrt)
        while todo:
            name = todo.pop()
            if name not in above:
                above.add(name)
                todo += [d.name for d in self.users[name]]
        return above & below

    def adjoint(self, name: str, path: set[str]) -> Iterator[Line]:
        """The lines of one adjoint."""
        frame = frame_of(self.program, name, self.letters.get(name, ()))
        uses = [d for d in self.users[name] if d.name in path]
        at = tuple(Affine.of(b.letter) for b in frame)
        through = add(_through(self.program, d, name, at) for d in uses)
        chained = Relation((entry(adjoint(name), *at), through), frame=frame)
        direct = all(d is self.last and not d.letters for d in uses)
        if not direct:
            yield Line(CHAIN, self.told_apart(chained, uses, name, at))
        for rule in (local(uses, name), self.collapsing, self.outside):
            before = chained
            chained = rule.apply(before)
            if chained != before:
                yield Line(rule, chained, None if direct else before)
                direct = False

    def told_apart(self, chained: Relation, uses: Sequence[Definition], name: str, at: tuple[Affine, ...]) -> Relation:
        """The chain rule's line with the loss's own direct derivative written out: by name it is the whole one."""
        if self.last.letters or self.last not in uses:
            return chained
        whole = derivative(renew(reading(self.last.body, name)), name, at)
        others = add(_through(self.program, d, name, at) for d in uses if d is not self.last)
        return replace(chained, sides=(chained.left, others + whole))


def definition_line(d: Definition) -> Line:
    """A definition as a line of a derivation."""
    relation = Relation((entry(d.name, *(b.letter for b in d.letters)), d.body), frame=d.letters)
    return Line(DEFINITION, relation, mode="definition")


def frame_of(program: Program, name: str, letters: Sequence[str] = ()) -> tuple[Bound, ...]:
    """One letter for each axis of an array: given, the definition's, or those of the first use."""
    shape = program.shapes[name]
    found = program.definition(name)
    chosen = list(letters) or ([b.letter.name for b in found.letters] if found else _used(program, name, len(shape)))
    if len(chosen) != len(shape):
        raise ValueError(f"{name} has {len(shape)} axes, not {len(chosen)}")
    if clash := {Letter(x) for x in chosen} & program.fixed_letters:
        raise ValueError(f"{', '.join(x.name for x in clash)} already means a number in this program")
    return tuple(Bound(Letter(x), Affine.of(0), size) for x, size in zip(chosen, shape, strict=True))


def _used(program: Program, name: str, rank: int) -> list[str]:
    """The letters of the first use where different ones stand alone; else p, q, r and so on, as far as they are free."""
    for d in program.uses(name):
        for atom in atoms(reading(d.body, name)):
            if isinstance(atom, Entry) and atom.name == name:
                alone = [a.letter.name for a in atom.at if a.letter]
                if len(set(alone)) == rank and program.fixed_letters.isdisjoint(map(Letter, alone)):
                    return alone
    arrays = {Letter(n) for n in program.shapes}
    free = [x for x in "pqrstuvabcdfghijklmn" if Letter(x) not in program.fixed_letters | arrays]
    return [*free, *(f"p{k}" for k in range(1, rank))][:rank]


def _through(program: Program, d: Definition, name: str, at: tuple[Affine, ...]) -> Expr:
    """One use's share: the user's adjoint times its derivative, summed over the user's letters."""
    over = tuple(Bound(fresh(b.letter), b.low, b.high) for b in d.letters)
    put = {old.letter: Affine.of(new.letter) for old, new in zip(d.letters, over, strict=True)}
    here = [Affine.of(b.letter) for b in over]
    above = ONE if d is program.definitions[-1] and not d.letters else entry(adjoint(d.name), *here)
    ranges = tuple(Bound(b.letter, b.low.subs(put), b.high.subs(put)) for b in over)
    return total(multiply((above, entry(jacobian(d.name, name), *here, *at))), *ranges)
