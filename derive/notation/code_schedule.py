"""In which order definitions are computed: recurrences become loops over the index along which they go.

Definitions that refer to each other form the strongly connected parts of the graph of reads. Such a part is computed by
a loop over one axis of each of its arrays, forwards or backwards, such that every read inside the part is at the same
step or at one that is done; what still refers to each other within a step is scheduled in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound, Entry, Guard, MatrixFunction, Reduce
from derive.calculus.expr import Expr
from derive.calculus.program import Definition
from derive.calculus.ranges import Ranges, implied
from derive.calculus.substitute import children
from derive.notation.code_values import NotExportable


@dataclass(frozen=True)
class Read:
    """One definition reading another: where, and what is known about the letters there."""

    reader: Definition
    name: str
    at: tuple[Affine, ...]
    ranges: Ranges
    facts: tuple[Affine, ...]

    def sure(self, nonneg: Affine, dims: frozenset[Letter]) -> bool:
        """Whether a value is never negative where this read counts."""
        return any(implied(nonneg - given, self.ranges, (), dims) for given in (Affine(()), *self.facts))


@dataclass(frozen=True)
class Loop:
    """Steps repeated along one axis of each definition in them: array name → axis."""

    axes: Mapping[str, int]
    backwards: bool
    steps: tuple[Definition | Loop, ...]

    @property
    def definitions(self) -> Iterator[Definition]:
        """Every definition inside."""
        for step in self.steps:
            yield from step.definitions if isinstance(step, Loop) else (step,)


@dataclass(frozen=True)
class Scheduler:
    """Orders definitions; ``reads`` are those between them."""

    reads: Sequence[Read]
    dims: frozenset[Letter]
    used: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def steps(self, definitions: Sequence[Definition]) -> tuple[Definition | Loop, ...]:
        """The definitions in an order in which each finds what it reads.

        Raises:
            NotExportable: some definitions refer to each other and no loop along an axis computes them.
        """
        edges = {d.name: [r.name for r in self.reads if r.reader is d] for d in definitions}
        reach = _reachable(edges)
        done: set[str] = set()
        found: list[Definition | Loop] = []
        while len(done) < len(definitions):
            ready = next(
                d
                for d in definitions
                if d.name not in done and all(n in done or d.name in reach[n] for n in reach[d.name])
            )
            part = [
                d for d in definitions if d is ready or (d.name in reach[ready.name] and ready.name in reach[d.name])
            ]
            done |= {d.name for d in part}
            found.append(self._loop(part) if ready.name in reach[ready.name] else ready)
        return tuple(found)

    def _loop(self, part: Sequence[Definition]) -> Loop:
        names = {d.name for d in part}
        inside = [r for r in self.reads if r.reader in part and r.name in names]
        for backwards in (False, True):
            for axes in self._axes(part, inside, backwards, {}):
                strict = [r for r in inside if r.sure(_step(r, axes, backwards) - 1, self.dims)]
                if strict:
                    used = {n: self.used.get(n, frozenset()) | {axes[n]} for n in names}
                    rest = Scheduler([r for r in inside if r not in strict], self.dims, used)
                    return Loop(axes, backwards, rest.steps(part))
        raise NotExportable(f"{', '.join(sorted(names))} refer to each other, and no index along which they do goes on")

    def _axes(
        self, part: Sequence[Definition], inside: Sequence[Read], backwards: bool, chosen: dict[str, int]
    ) -> Iterator[dict[str, int]]:
        """Every choice of one axis for each definition such that no read is at a later step."""
        if len(chosen) == len(part):
            yield dict(chosen)
            return
        d = part[len(chosen)]
        for axis in range(len(d.letters)):
            trial = {**chosen, d.name: axis}
            new = [
                r for r in inside if r.reader.name in trial and r.name in trial and d.name in (r.reader.name, r.name)
            ]
            if axis not in self.used.get(d.name, ()) and all(
                r.sure(_step(r, trial, backwards), self.dims) for r in new
            ):
                yield from self._axes(part, inside, backwards, trial)


def _step(read: Read, axes: Mapping[str, int], backwards: bool) -> Affine:
    """How many steps ago the read entry was computed."""
    gap = Affine.of(read.reader.letters[axes[read.reader.name]].letter) - read.at[axes[read.name]]
    return -gap if backwards else gap


def _reachable(edges: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    reach: dict[str, set[str]] = {}
    for start in edges:
        seen: set[str] = set()
        todo = list(edges[start])
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += edges.get(name, ())
        reach[start] = seen & edges.keys()
    return reach


def reads_between(definitions: Sequence[Definition]) -> Iterator[Read]:
    """Every read of one of the definitions by another, or by itself."""
    names = frozenset(d.name for d in definitions)
    for d in definitions:
        ranges = {b.letter: (b.low, b.high) for b in d.letters}
        yield from _reads(d, d.body, names, ranges, ())


def _reads(
    d: Definition, value: Expr, names: frozenset[str], ranges: Ranges, facts: tuple[Affine, ...]
) -> Iterator[Read]:
    for term in value.terms:
        inner = {**ranges, **_ranges(term.bounds)}
        given = (*facts, *(a.nonneg for a, _ in term.factors if isinstance(a, Guard)))
        for atom, _ in term.factors:
            if isinstance(atom, Entry) and atom.name in names:
                yield Read(d, atom.name, atom.at, inner, given)
            for child in children(atom):
                yield from _reads(d, child, names, {**inner, **_own(atom)}, given)


def _own(atom: object) -> Ranges:
    """The ranges of the letters that an atom binds."""
    if isinstance(atom, Reduce):
        return _ranges((atom.bound,))
    if isinstance(atom, MatrixFunction):
        return {x: (Affine.of(0), atom.size) for x in (atom.row, atom.column)}
    return {}


def _ranges(bounds: Sequence[Bound]) -> Ranges:
    return {b.letter: (b.low, b.high) for b in bounds}
