"""Mutation from the trace: every line of a derivation with one edit, and whether the checks find it out.

A mutant that no check finds out is ``equivalent`` where canonical forms prove it equal to the line, as it stands or with
the derivation's own definitions put in, or where a reason is written here; else it survives, and the checks prove little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from derive.calculus.atoms import Bound
from derive.calculus.expr import Expr
from derive.calculus.fields import Array
from derive.calculus.trace import Line, Relation, Rule, Side
from derive.derivations.base import Derivation
from derive.verify.edits import edits
from derive.verify.excuses import excuse
from derive.verify.oracle import device_named
from derive.verify.worlds import DRAWS, TOLERANCE, World, error_of, side_value, worlds

EQUALITY = Rule("equality case", "The bound is attained.", lambda r: r)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One edit of one line.

    Attributes:
        line: the line's number, from 1.
        rule: the rule that it breaks: the line no longer is what the rule gives.
        kind: the kind of edit (`derive.verify.edits`).
        place: the part that was edited, as text.
        side: the number of the relation's side that was edited.
        relation: the wrong line.
    """

    line: int
    rule: str
    kind: str
    place: str
    side: int
    relation: Relation

    def __str__(self) -> str:
        return f"line {self.line} ({self.rule}): {self.kind} at {self.place}"


def mutants(line: Line, number: int, mode: str = "holds") -> Iterator[Mutant]:
    """Each different mutant of a line; of a bound (``<``, ``<=``) only sides that an equals sign ties down too."""
    relation, seen = line.relation, set(line.relation.sides)
    for k in _tied(relation, mode):
        for kind, place, new in _of_side(relation.sides[k], relation.frame):
            if new not in seen:
                seen.add(new)
                sides = (*relation.sides[:k], new, *relation.sides[k + 1 :])
                yield Mutant(number, line.rule.name, kind, place, k, replace(relation, sides=sides))


def _tied(relation: Relation, mode: str) -> Iterator[int]:
    """The sides that are mutated; a first side that only names what is on its right is not."""
    if mode == "iff":
        yield from range(len(relation.sides))
    for k in range(1, len(relation.sides) if mode != "iff" else 0):
        if "=" in relation.ops[k - 1 : k + 1]:
            yield k


def _of_side(side: Side, frame: Sequence[Bound]) -> Iterator[tuple[str, str, Side]]:
    if isinstance(side, Expr):
        yield from ((e.kind, e.place, e.value) for e in edits(side, frame))
        return
    for i, row in enumerate(side.entries):
        for j, value in enumerate(row):
            for e in edits(value, frame):
                rows = [*side.entries[:i], (*row[:j], e.value, *row[j + 1 :]), *side.entries[i + 1 :]]
                yield e.kind, e.place, replace(side, entries=tuple(rows))
    if not side.column and len(side.entries) == len(side.entries[0]):
        yield "transposed", "the table", replace(side, entries=tuple(zip(*side.entries, strict=True)))


@dataclass(frozen=True, slots=True)
class Toll:
    """How mutants fared: how many, the equivalent ones with the reason, and the survivors."""

    mutants: int
    excused: tuple[tuple[Mutant, str], ...]
    alive: tuple[Mutant, ...]

    @property
    def equivalent(self) -> int:
        """The mutants that are no errors."""
        return len(self.excused)

    @property
    def killed(self) -> int:
        """The mutants that some check found out."""
        return self.mutants - self.equivalent - len(self.alive)


def toll(derivation: Derivation, drawn: Sequence[World]) -> Toll:
    """Try every mutant of the result against every world."""
    lines = derivation.lines
    return _tolled(derivation, [(len(lines), lines[-1], derivation.mode)], drawn)


def survey(
    derivation: Derivation,
    device: str = "auto",
    draws: int = DRAWS,
    chosen: Callable[[list[Mutant]], list[Mutant]] = list,
) -> Toll:
    """Try the mutants of every line against the oracle, at every setting; ``chosen`` may take a sample of a line's.

    Raises:
        OracleError: the oracle does not fit the derivation.
        ImportError: torch is missing.
    """
    where = device_named(device)
    numbered = [(n, line, derivation.mode) for n, line in enumerate(derivation.lines, 1)]
    found = _tolled(derivation, numbered, list(worlds(derivation, where, draws)), chosen)
    if derivation.equality is None:
        return found
    tight = [(len(derivation.lines), tightened(derivation), "holds")]
    at_equality = replace(derivation, truth=derivation.equality)
    more = _tolled(derivation, tight, list(worlds(at_equality, where, draws)), chosen)
    return Toll(found.mutants + more.mutants, found.excused + more.excused, found.alive + more.alive)


def tightened(derivation: Derivation) -> Line:
    """The result with equals signs: what must hold in the equality case."""
    result = derivation.result
    return Line(EQUALITY, replace(result, ops=("=",) * len(result.ops)))


def _tolled(
    derivation: Derivation,
    lines: Sequence[tuple[int, Line, str]],
    drawn: Sequence[World],
    chosen: Callable[[list[Mutant]], list[Mutant]] = list,
) -> Toll:
    count, excused, alive = 0, list[tuple[Mutant, str]](), list[Mutant]()
    for number, line, mode in lines:
        trial = Trial(line.relation, mode, drawn)
        tried = chosen(list(mutants(line, number, mode)))
        count += len(tried)
        for mutant in (m for m in tried if not trial.finds_out(m)):
            sides = line.relation.sides[mutant.side], mutant.relation.sides[mutant.side]
            reason = excuse(derivation, line.relation, *sides)
            if reason:
                excused.append((mutant, reason))
            else:
                alive.append(mutant)
    return Toll(count, tuple(excused), tuple(alive))


@dataclass
class Trial:
    """A line's checks, with the values of its sides kept for all its mutants."""

    relation: Relation
    mode: str
    drawn: Sequence[World]

    @cached_property
    def values(self) -> list[list[Array]]:
        """For each world, the value of each side."""
        return [[side_value(s, self.relation.frame, w) for s in self.relation.sides] for w in self.drawn]

    def finds_out(self, mutant: Mutant) -> bool:
        """Whether the mutant fails in some world."""
        changed = mutant.relation.sides[mutant.side]
        for world, sides in zip(self.drawn, self.values, strict=True):
            new = [*sides[: mutant.side], side_value(changed, self.relation.frame, world), *sides[mutant.side + 1 :]]
            if not error_of(new, self.relation.ops, world, self.mode) <= TOLERANCE:
                return True
        return False
