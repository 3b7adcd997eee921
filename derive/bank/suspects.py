"""What a wrong answer shows: the slip in the right derivation that leads to it.

The mutants of every line (`derive.bank.slips`) are carried to the end by the rules of the lines below; the results are held
against the answer, at a point first. Equality decides, and the earliest line that explains the answer is named. The work is
counted, so that the same answer always hears the same.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache

from derive.bank.kind import Kind
from derive.bank.kinds import Answer
from derive.bank.misconceptions import Showing
from derive.bank.numbers import Matrix, Number
from derive.bank.slips import TELLING, Slip, slips, wrong_wholes
from derive.bank.typed import Typed, text_of
from derive.calculus.expr import Expr
from derive.calculus.folding import put_in
from derive.calculus.program import Definition
from derive.calculus.rules import DoesNotApply
from derive.calculus.rules_names import defined
from derive.calculus.substitute import names
from derive.calculus.trace import Line, Relation, Table
from derive.derivations.base import Derivation
from derive.grading.suspects import Suspects

MOST_WORK = 450  # what carrying the slips of a derivation may cost
COSTS = {"solve the equation": 10, "limit": 20, "telescope": 10, "Hoeffding's lemma": 10, "half": 10}
ALGEBRA = (
    "factor",
    "simplify",
    "cancel",
    "collect",
    "eigenvector",
    "one fraction",
    "divide out",
    "unroll the recurrence",
)
MOST = 160  # wrong results kept


@dataclass(frozen=True, slots=True)
class Wrong:
    """A wrong result and the slip that leads to it."""

    slip: Slip
    relation: Relation


def explained(kind: Kind, answer: Typed) -> Slip | Showing | None:
    """The slip that leads to an answer that is wrong, None where none is known; never an exception."""
    try:
        return _explained(kind, *text_of(answer))
    except Exception:  # a fault of ours is told on standard error, and the answer stays graded
        sys.stderr.write(traceback.format_exc())
        return None


def _explained(kind: Kind, text: str, syntax: str) -> Slip | Showing | None:
    if not isinstance(kind, Answer | Matrix | Number):
        return kind.slip(text, syntax)
    wrong, suspects, right = _suspects(_Itself(kind))
    found = (wrong[k].slip for k in suspects.same_as(text, syntax) if k not in right)
    if isinstance(kind, Number):  # many a slip leads to the same small number
        first = min(found, key=lambda slip: slip.rank, default=None)
        return first if first is None or first.kind != "averaged" else replace(first, kind="dropped factor")
    return next(found, None)


@dataclass(frozen=True, eq=False, slots=True)
class _Itself:
    """A kind as the key of a cache: the same object, since what it holds has no hash."""

    kind: Answer | Matrix | Number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and self.kind is other.kind

    def __hash__(self) -> int:
        return id(self.kind)


@lru_cache(maxsize=128)
def _suspects(of: _Itself) -> tuple[tuple[Wrong, ...], Suspects, frozenset[int]]:
    """The wrong results of a kind that comes from a derivation, as they are typed, and those that are right for all that.

    A slope of exp that is taken for its value changes nothing: it explains no answer, not even one that lies down.
    """
    kind = of.kind
    typed = [(w, _typed(kind, w.relation)) for w in wrong_results(kind.of)]
    wrong = tuple(w for w, text in typed if text)
    asking = {"symbols": {}} if isinstance(kind, Matrix) else kind.request()
    suspects = _read_once(tuple(text for _, text in typed if text), json.dumps(asking, sort_keys=True))
    return wrong, suspects, frozenset(suspects.same_as(kind.typed(), "latex"))


def _typed(kind: Answer | Matrix | Number, relation: Relation) -> str:
    try:
        return kind.worth(relation) if isinstance(kind, Number) else kind.written(relation)
    except Exception:  # not every wrong result can be written
        return ""


@lru_cache(maxsize=64)
def _read_once(texts: tuple[str, ...], asking: str) -> Suspects:
    return Suspects(texts, json.loads(asking))


@lru_cache(maxsize=64)
def _known(lines: tuple[Line, ...]) -> tuple[Wrong, ...]:
    found: dict[Relation, Wrong] = {}
    carrier = _Carrier(lines)
    right = lines[-1].relation
    for slip, changed in sorted(_slipped(lines), key=lambda pair: _turn(pair[0])):
        result = carrier.carried(slip.line - 1, changed)
        if result is not None and result != right and _fits(result, right):
            kept = found.get(result)
            if kept is None or slip.line < kept.slip.line:
                found[result] = Wrong(slip, result)
    return tuple(sorted(found.values(), key=lambda w: w.slip.line))[:MOST]


def _turn(slip: Slip) -> tuple[bool, int]:
    """The telling kinds come first, line by line; then the others, from the last line up, where less is to be carried."""
    telling = slip.kind in TELLING
    return not telling, slip.line if telling else -slip.line


def wrong_results(derivation: Derivation) -> tuple[Wrong, ...]:
    """The results of one slip in a derivation, by line, the earliest line that gives each; none of an equivalence.

    >>> from derive.derivations.catalogue import catalogue
    >>> found = wrong_results(catalogue()["conv1d-filter-gradient"])
    >>> {(w.slip.line, w.slip.id) for w in found} >= {(2, "sign"), (4, "index-shift")}
    True
    """
    return () if derivation.mode == "iff" else _known(derivation.lines)


def _fits(relation: Relation, right: Relation) -> bool:
    """Whether a relation still speaks of what was asked for."""
    return relation.sides[0] == right.sides[0] and relation.frame == right.frame


def _slipped(lines: Sequence[Line]) -> Iterator[tuple[Slip, Relation]]:
    """Every line with one slip in its last side."""
    for number, line in enumerate(lines, 1):
        for kind, place, side in _sides(line.relation, whole=number == len(lines)):
            changed = replace(line.relation, sides=(*line.relation.sides[:-1], side))
            yield Slip(kind, line.rule.name, number, place), changed


def _sides(relation: Relation, whole: bool) -> Iterator[tuple[str, str, Expr | Table]]:
    right = relation.right
    if isinstance(right, Expr):
        yield from slips(right, relation.frame)
        if whole:
            yield from wrong_wholes(right, relation.frame)
        return
    for i, row in enumerate(right.entries):
        for j, value in enumerate(row):
            for kind, place, new in slips(value, relation.frame):
                rows = [*right.entries[:i], (*row[:j], new, *row[j + 1 :]), *right.entries[i + 1 :]]
                yield kind, place, replace(right, entries=tuple(rows))
    if not right.column:
        yield "transposed", "the table", replace(right, entries=tuple(zip(*right.entries, strict=True)))


class _Carrier:
    """Carries wrong lines of a derivation to its end; slips that lead to the same line on the way are carried once."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines, self.left = lines, MOST_WORK
        self.met: dict[tuple[int, int, Relation], Relation | None] = {}

    def carried(self, k: int, wrong: Relation) -> Relation | None:
        """What a wrong line gives in the end, None where a rule no longer fits or nothing below uses it."""
        end = self._end(k)
        try:
            result = self._applied(k + 1, end + 1, wrong)
            if end == len(self.lines) - 1 or result is None:
                return result
            return self._put_in(defined(result))
        except Exception:  # a rule may raise anything where a line is not what it was made for
            return None

    def _end(self, k: int) -> int:
        """The last line of the chain that a line belongs to."""
        later = (n for n in range(k + 1, len(self.lines)) if self.lines[n].before is None)
        return next(later, len(self.lines)) - 1

    def _applied(self, first: int, end: int, relation: Relation) -> Relation | None:
        """A relation after the rules of these lines; None where too much work was done."""
        if first == end:
            return relation
        key = (first, end, relation)
        if key not in self.met:
            self.met[key] = None  # what raises gives nothing the next time, too
            rule = self.lines[first].rule
            self.left -= COSTS.get(rule.name, 5 if rule.name in ALGEBRA else 1)
            if self.left < 0:
                return None
            with suppress(DoesNotApply):  # what it speaks of is not there any more
                relation = rule.apply(relation)
            self.met[key] = self._applied(first + 1, end, relation)
        return self.met[key]

    def _put_in(self, wrong: Definition) -> Relation | None:
        """The result where the last line that reads a quantity takes it from a wrong line, and not from the right one."""
        first = max(n for n, line in enumerate(self.lines) if line.before is None)
        reading = [n for n in range(first, len(self.lines)) if wrong.name in _read(self.lines[n].relation)]
        if not reading or reading[-1] == len(self.lines) - 1:
            return None
        put = put_in({wrong.name: wrong}).apply(self.lines[reading[-1]].relation)
        return self._applied(reading[-1] + 2, len(self.lines), put)


def _read(relation: Relation) -> frozenset[str]:
    right = relation.right
    return names(right) if isinstance(right, Expr) else frozenset()
