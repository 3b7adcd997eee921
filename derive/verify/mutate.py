"""Mutation from the trace: every line of a derivation with one edit, and whether the checks find it out.

A mutant that no check finds out is ``equivalent`` where canonical forms prove it equal to the line, as it stands or with
the derivation's own definitions put in, or where a reason is written here; else it survives, and the checks prove little.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from random import Random

import numpy as np

from derive.calculus.atoms import Bound
from derive.calculus.expr import Expr
from derive.calculus.fields import Array
from derive.calculus.trace import Line, Relation, Rule, Side
from derive.derivations.base import Derivation
from derive.verify.edits import edits
from derive.verify.excuses import excuse
from derive.verify.oracle import device_named
from derive.verify.reasons import REASONS
from derive.verify.worlds import DRAWS, TOLERANCE, World, elsewhere, error_of, side_value, worlds

MORE = 24
ENOUGH = 10
ZEROS = "every side of the line is 0, and so is this"
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
    """How mutants fared: how many of each kind, the equivalent ones with the reason, and the survivors."""

    kinds: Mapping[str, int]
    excused: tuple[tuple[Mutant, str], ...]
    alive: tuple[Mutant, ...]

    @property
    def mutants(self) -> int:
        """How many were tried."""
        return sum(self.kinds.values())

    @property
    def equivalent(self) -> int:
        """The mutants that are no errors."""
        return len(self.excused)

    @property
    def killed(self) -> int:
        """The mutants that some check found out."""
        return self.mutants - self.equivalent - len(self.alive)


def toll(derivation: Derivation, drawn: Sequence[World], device: str) -> Toll:
    """Try every mutant of the result, at equality too; then of the lines before it, until `ENOUGH` were tried."""
    more = cache(lambda: list(worlds(derivation, device, MORE)))
    (number, line), *before = reversed(list(enumerate(derivation.lines, 1)))
    found = [_tolled(derivation, [(number, line, derivation.mode)], drawn, lambda: drawn)]
    found += _at_equality(derivation, device, zeros=True)
    for number, line in before:
        if sum(t.mutants for t in found) >= ENOUGH:
            break
        found.append(_tolled(derivation, [(number, line, derivation.mode)], drawn, more, zeros=True))
    return _joined(found)


def _at_equality(
    derivation: Derivation, device: str, draws: int = DRAWS, sample: int = 0, zeros: bool = False
) -> list[Toll]:
    """What the case of equality finds out about a bound, where a derivation has one."""
    if derivation.equality is None:
        return []
    tight = [(len(derivation.lines), tightened(derivation), "holds")]
    return [_surveyed(replace(derivation, truth=derivation.equality), tight, device, draws, sample, zeros)]


def _joined(tolls: Sequence[Toll]) -> Toll:
    return Toll(
        sum((Counter(t.kinds) for t in tolls), Counter()),
        tuple(m for t in tolls for m in t.excused),
        tuple(m for t in tolls for m in t.alive),
    )


def survey(derivation: Derivation, device: str = "auto", draws: int = DRAWS, sample: int = 0) -> Toll:
    """Try the mutants of every line against the oracle, at every setting; what survives meets `MORE` draws.

    Args:
        derivation: whose lines are mutated.
        device: where the oracle runs.
        draws: inputs drawn at each setting.
        sample: how many mutants of a line at most, chosen with a fixed seed; 0 for all.

    Raises:
        OracleError: the oracle does not fit the derivation.
        ImportError: torch is missing.
    """
    numbered = [(n, line, derivation.mode) for n, line in enumerate(derivation.lines, 1)]
    everywhere = _surveyed(derivation, numbered, device, draws, sample)
    return _joined([everywhere, *_at_equality(derivation, device, draws, sample)])


def tightened(derivation: Derivation) -> Line:
    """The result with equals signs: what must hold in the equality case."""
    result = derivation.result
    return Line(EQUALITY, replace(result, ops=("=",) * len(result.ops)))


Numbered = tuple[int, Line, str]


def _surveyed(
    derivation: Derivation, lines: Sequence[Numbered], device: str, draws: int, sample: int, zeros: bool = False
) -> Toll:
    where = device_named(device)
    more = cache(lambda: list(worlds(derivation, where, MORE)))
    drawn = [*worlds(derivation, where, draws), *elsewhere(derivation, where)]
    return _tolled(derivation, lines, drawn, more, sample, zeros)


def _tolled(
    derivation: Derivation,
    lines: Sequence[Numbered],
    drawn: Sequence[World],
    more: Callable[[], Sequence[World]],
    sample: int = 0,
    zeros: bool = False,
) -> Toll:
    """How the mutants of lines fare; with ``zeros``, what survives on a line of zeros is excused."""
    kinds, excused, alive = Counter[str](), list[tuple[Mutant, str]](), list[Mutant]()
    for number, line, mode in lines:
        trial = Trial(line.relation, mode, drawn)
        tried = list(mutants(line, number, mode))
        if sample and len(tried) > sample:
            tried = Random(number).sample(tried, sample)
        kinds.update(m.kind for m in tried)
        for mutant in (m for m in tried if not trial.finds_out(m)):
            reason = _reason(derivation, line.relation, mutant) or (ZEROS if zeros and not trial.tells else "")
            if reason:
                excused.append((mutant, reason))
            elif not Trial(line.relation, mode, more()).finds_out(mutant):
                alive.append(mutant)
    return Toll(kinds, tuple(excused), tuple(alive))


def _reason(derivation: Derivation, relation: Relation, mutant: Mutant) -> str:
    written = REASONS.get((derivation.name, mutant.place), "")
    return written or excuse(derivation, relation, relation.sides[mutant.side], mutant.relation.sides[mutant.side])


@dataclass
class Trial:
    """A line's checks, with the values of its sides kept for all its mutants."""

    relation: Relation
    mode: str
    drawn: Sequence[World]

    @cached_property
    def values(self) -> list[tuple[World, list[Array]]]:
        """The worlds in which the line itself holds, each with the value of every side."""
        found = ((w, [side_value(s, self.relation.frame, w) for s in self.relation.sides]) for w in self.drawn)
        return [(w, sides) for w, sides in found if self._holds(sides, w)]

    @property
    def tells(self) -> bool:
        """Whether a side is anything but 0 in some world; a line of zeros says little of factors."""
        return self.mode == "iff" or any(np.any(np.abs(side) > TOLERANCE) for _, sides in self.values for side in sides)

    def finds_out(self, mutant: Mutant) -> bool:
        """Whether the mutant fails in some world; one without a value does."""
        changed, k = mutant.relation.sides[mutant.side], mutant.side
        for world, sides in self.values:
            try:
                new = side_value(changed, self.relation.frame, world)
            except np.linalg.LinAlgError:
                return True
            if not self._holds([*sides[:k], new, *sides[k + 1 :]], world):
                return True
        return False

    def _holds(self, values: Sequence[Array], world: World) -> bool:
        return error_of(values, self.relation.ops, world, self.mode) <= TOLERANCE
