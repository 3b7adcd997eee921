"""Derivations as values: relations, the rules that turn one into the next, and the lines that record it.

A rule is a value with a name, a sentence, a side condition and an ``apply``; a derivation is what its rules' applications
produce, in order. Printing reads the lines and never computes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from derive.calculus.atoms import Bound
from derive.calculus.expr import Expr


@dataclass(frozen=True, slots=True)
class Table:
    """A vector or matrix given entry by entry (row by row)."""

    entries: tuple[tuple[Expr, ...], ...]
    column: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """``(rows,)`` for a column vector, else ``(rows, columns)``."""
        return (len(self.entries),) if self.column else (len(self.entries), len(self.entries[0]))

    def map(self, change: Callable[[Expr], Expr]) -> Table:
        """The table of changed entries."""
        return replace(self, entries=tuple(tuple(map(change, row)) for row in self.entries))


Side = Expr | Table


@dataclass(frozen=True, slots=True)
class Relation:
    """``a = b`` or a chain ``a <= b < c``, for every value of the frame's letters.

    Beside a `Table`, an expression stands for the array it names: its axes are the frame's letters.
    """

    sides: tuple[Side, ...]
    ops: tuple[str, ...] = ("=",)
    frame: tuple[Bound, ...] = ()

    @property
    def left(self) -> Expr:
        """The left side; TypeError where it is a table."""
        if isinstance(self.sides[0], Table):
            raise TypeError("the left side is a table")
        return self.sides[0]

    @property
    def right(self) -> Side:
        """The last side."""
        return self.sides[-1]

    @property
    def result(self) -> Expr:
        """The last side; TypeError where it is a table."""
        if isinstance(self.right, Table):
            raise TypeError("the result is a table")
        return self.right

    def map(self, change: Callable[[Expr], Expr], *, left: bool = True) -> Relation:
        """The relation with every side changed, the left one only if asked."""
        keep = 0 if left else 1
        new = (s.map(change) if isinstance(s, Table) else change(s) for s in self.sides[keep:])
        return replace(self, sides=(*self.sides[:keep], *new))

    def pairs(self) -> Iterable[tuple[Side, str, Side]]:
        """Each neighbouring pair with the sign between."""
        return ((a, op, b) for (a, b), op in zip(pairwise(self.sides), self.ops, strict=True))


@dataclass(frozen=True, slots=True)
class Rule:
    """One named idea: what it says (``sentence``), when it holds (``condition``) and what it does (``apply``).

    ``fact`` is the equation that it uses, where that is no identity but a definition or a hypothesis.
    """

    name: str
    sentence: str
    apply: Callable[[Relation], Relation]
    condition: str = ""
    statement: str = ""
    idea: bool = True
    fact: Relation | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A relation with the rule that gave it; ``before`` is the line's premise, None where a line opens a new quantity.

    ``mode`` says what is checked: ``holds`` (true of the oracle's values), ``iff`` (true exactly where the oracle says
    the start is true) or ``definition``.
    """

    rule: Rule
    relation: Relation
    before: Relation | None = None
    mode: str = "holds"

    @property
    def changed(self) -> tuple[Relation, ...]:
        """What the rule changed, as relations between an old part and the new one: terms that only one side has."""
        if self.before is None or len(self.before.sides) != len(self.relation.sides):
            return ()
        pairs = zip(self.before.sides, self.relation.sides, strict=True)
        found = [_difference(a, b) for a, b in pairs if isinstance(a, Expr) and isinstance(b, Expr) and a != b]
        return tuple(Relation(sides, frame=self.relation.frame) for sides in found)


def _difference(old: Expr, new: Expr) -> tuple[Expr, Expr]:
    """Both without the terms that they share."""
    shared = set(old.terms) & set(new.terms)
    first, second = (Expr(tuple(t for t in side.terms if t not in shared)) for side in (old, new))
    return first, second


def replay(start: Relation, opening: Rule, rules: Sequence[Rule], mode: str = "holds") -> tuple[Line, ...]:
    """The lines that the rules produce from a start, each rule applied to what the one before gave."""
    lines = [Line(opening, start, None, mode)]
    for rule in rules:
        before = lines[-1].relation
        lines.append(Line(rule, rule.apply(before), before, mode))
    return tuple(lines)


def ideas(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines in runs: bookkeeping goes with the idea that it completes."""
    runs: list[list[Line]] = []
    for line in lines:
        if runs and line.before is not None and not line.rule.idea:
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs
