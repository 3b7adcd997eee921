"""Judging lines of working one by one, each from the student's own lines before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from derive.calculus.atoms import Condition
from derive.calculus.expr import Expr
from derive.grading.lines_text import Statement, aligned, statements
from derive.grading.steps_claims import Claim, carried_scenes
from derive.grading.steps_equal import equal
from derive.grading.steps_given import split_equals
from derive.grading.steps_names import Target, called_text, defined, target, with_letters, working
from derive.grading.steps_scene import Scene, Undecidable
from derive.grading.verdict import Verdict
from derive.notation import tree
from derive.notation.arrays import Clash, Value, mapped
from derive.notation.conditions import lower_condition, truth
from derive.notation.errors import Refused, Unreadable
from derive.notation.latex import read_latex
from derive.notation.walk import walk
from derive.notation.write import to_latex

ORDER = ("wrong", "unreadable", "undecided", "follows")
EQUALS = ("=", "defines")


@dataclass(frozen=True, slots=True)
class Judged:
    """What is said of a line, or of one link of it."""

    verdict: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    reading: str | None = None

    @property
    def counts(self) -> bool:
        """Whether marks hang on it."""
        return self.evidence.get("kind") not in ("named", "start", "trivial", "remark")


def says(verdict: str, text: str, **more: Any) -> Judged:
    """A verdict with a sentence."""
    return Judged(verdict, {"message": text, **more})


@dataclass
class Judge:
    """The state between lines.

    Attributes:
        scene: what is given and what the student has named.
        last: the expression that a line beginning with ``=`` continues.
        left: what the running chain is about.
        claims: what the student has said so far about known quantities.
    """

    scene: Scene
    last: tree.Node | None = None
    left: tree.Node | None = None
    claims: list[Claim] = field(default_factory=list)
    gap: bool = False
    conditions: list[tree.Node] = field(default_factory=list)

    def line(self, text: str) -> Judged:
        """The verdict on the next line."""
        try:
            return self._line(text)
        except Unreadable as error:
            self.gap = True
            position = {} if error.position is None else {"position": error.position}
            return says("unreadable", error.message, **position)
        except (Refused, OverflowError) as error:
            self.gap = True
            return says("unreadable", str(error))

    def _line(self, text: str) -> Judged:
        parts = statements(aligned(text))
        if not parts:
            return says("unreadable", "There is nothing to read here.", position=0)
        nodes = [(self._read(s), s) for s in parts]
        self.conditions = [n for n, s in nodes if s.role == "condition" and _restricts(n)]
        rest = [(n, s) for n, s in nodes if s.role != "condition"]
        if not rest:
            return Judged("follows", {"kind": "remark"}, "")
        ordered = sorted(rest, key=lambda pair: pair[1].role != "where") if _explains(rest) else rest
        found = [j for node, s in ordered for j in self._statement(node, s)]
        reading = r",\quad ".join(to_latex(n) for n, _ in rest)
        return replace(_worst(found), reading=reading)

    def _read(self, statement: Statement) -> tree.Node:
        try:
            return read_latex(statement.text, self.scene.declared)
        except Unreadable:
            left, *right = split_equals(statement.text)
            if not right or not called_text(left):
                raise
            trial = self.scene.with_symbol(left.strip(), left.strip(), ())
            return read_latex(statement.text, trial.declared)

    def _statement(self, node: tree.Node, statement: Statement) -> Iterator[Judged]:
        match node:
            case tree.Logic("implies" | "iff", operands):
                for part in operands:
                    if part != tree.Constant("above"):
                        yield from self._statement(part, statement)
            case tree.Sequence(items, ""):
                if not any(i == tree.Constant("dots") for i in items):
                    for item in items:
                        yield from self._statement(item, statement)
            case tree.Relation(operands, ops) if ops[0] in ("in", "notin", "subset"):
                yield Judged("follows", {"kind": "remark"})
            case tree.Relation(operands, ops):
                yield from self._chain(operands, ops, statement)
            case tree.Constant("above"):
                return
            case _:
                yield from self._bare(node)

    def _bare(self, node: tree.Node) -> Iterator[Judged]:
        """An expression alone continues the line before, or opens the derivation."""
        start = self.last if self.last is not None else self.scene.goal
        if start is None:
            self._moved(None, node)
            yield Judged("follows", {"kind": "start"})
            return
        yield self._link(start, "=", node)
        self._moved(self.left, node)

    def _moved(self, left: tree.Node | None, last: tree.Node) -> None:
        self.left, self.last = left, last

    def _chain(self, operands: Sequence[tree.Node], ops: Sequence[str], statement: Statement) -> Iterator[Judged]:
        sides, first = list(operands), 0
        if sides[0] == tree.Constant("above"):
            start = self.last if self.last is not None else self.scene.goal
            if start is None:
                self._moved(None, sides[1])
                yield Judged("follows", {"kind": "start"})
                sides, ops = sides[1:], ops[1:]
            else:
                sides[0] = start
            left = self.left if self.left is not None else start
        else:
            left = sides[0]
            named = self._named(sides[0], sides[1], ops[0], statement)
            if named is not None:
                yield named
                first = 1
        verdicts = [
            self._link(a, op, b) for a, op, b in zip(sides[first:], ops[first:], sides[first + 1 :], strict=False)
        ]
        yield from verdicts
        if left is not None and set(ops) <= set(EQUALS):
            self._claim(left, sides[-1], _worst(verdicts).verdict if verdicts else "follows", first == 1)
        self._moved(left, sides[-1])

    def _named(self, node: tree.Node, value: tree.Node, op: str, statement: Statement) -> Judged | None:
        """A line that first names something."""
        if op not in EQUALS:
            return None
        start, end = node.span
        goal = target(node, statement.text[start:end], self.scene)
        if isinstance(node, tree.Product) and called_text(statement.text[start:end]):
            goal = None
        if goal is None or not self._is_new(goal, statement):
            return None
        scene = with_letters(self.scene, value)
        try:
            work = working(scene)
            lowered = work.lower(value)
            new = None if work.unknown else defined(scene, goal, lowered, value)
        except Clash as error:
            return says("wrong", str(error), kind="shape")
        except Undecidable as error:
            return says("undecided", str(error))
        if work.unknown:
            return says("undecided", f"nothing says what {_listed(work.unknown)} means")
        if new is None:
            return says("undecided", "this does not say what the new name means")
        self.scene = replace(new, options=self.scene.options)
        return Judged("follows", {"kind": "named", "name": goal.latex})

    def _is_new(self, goal: Target, statement: Statement) -> bool:
        known = goal.name in self.scene.symbols or self.scene.declared.is_known(goal.name)
        if not known:
            return True
        free = goal.name in self.scene.symbols and goal.name not in self.scene.meanings
        return free and statement.role == "where" and not goal.slots and goal.name not in self._used()

    def _used(self) -> set[str]:
        return {
            n.name for c in self.claims for side in (c.left, c.right) for n in walk(side) if isinstance(n, tree.Name)
        }

    def _claim(self, left: tree.Node, right: tree.Node, verdict: str, named: bool) -> None:
        self.claims = [c for c in self.claims if c.left != left or named]
        self.claims.append(Claim(left, right, verdict, self.scene))

    def _link(self, a: tree.Node, op: str, b: tree.Node) -> Judged:
        """One link of a chain: an equation, or another relation."""
        if op not in EQUALS:
            return says("undecided", "Only equations are judged here.")
        if a == b:
            return Judged("follows", {"kind": "trivial"})
        owned = any(c.left == a and c.verdict == "wrong" for c in self.claims)
        found = says("wrong", "") if owned else self._identity(self.scene, a, b)
        if found.verdict != "follows" and any(c.verdict != "follows" for c in self.claims):
            for scene in carried_scenes(self.scene, self.claims):
                carried = self._identity(scene, a, b)
                if carried.verdict == "follows":
                    return Judged("follows", {**carried.evidence, "carried": True})
                if owned:
                    found = carried
        if found.verdict == "wrong" and self.gap and not owned:
            return replace(found, verdict="undecided") if a == self.last else found
        return found

    def _identity(self, scene: Scene, a: tree.Node, b: tree.Node) -> Judged:
        first = self._laid_out(scene, a, b, "")
        if first[0].verdict != "wrong":
            return first[0]
        for layout in sorted(first[1]):
            other, _ = self._laid_out(scene, a, b, layout)
            if other.verdict == "follows":
                return Judged("follows", {**other.evidence, "layout": layout})
        return first[0]

    def same(self, a: tree.Node, b: tree.Node) -> Judged:
        """Whether two expressions are the same under what is given."""
        return self._identity(self.scene, a, b)

    def _laid_out(self, scene: Scene, a: tree.Node, b: tree.Node, layout: str) -> tuple[Judged, set[str]]:
        scene = with_letters(scene, a, b)
        work = working(scene, layout)
        try:
            left, right = work.lower(a), work.lower(b)
            if work.unknown:
                return says("undecided", f"nothing says what {_listed(work.unknown)} means"), set()
            left, right = self._restricted(left, right, scene)
            found = equal(left, right, scene, frozenset(work.by))
        except Clash as error:
            return says("wrong", str(error), kind="shape"), work.laid_out
        except Undecidable as error:
            return says("undecided", str(error)), set()
        return _judged(found), work.laid_out

    def _restricted(self, left: Value, right: Value, scene: Scene) -> tuple[Value, Value]:
        """Both sides where the line's conditions hold, and zero elsewhere."""
        for node in self.conditions:
            condition: Condition = lower_condition(working(with_letters(scene, node)), node)
            only: Expr = truth(condition)
            left, right = (mapped(v, lambda e: only * e) for v in (left, right))
        return left, right


def _judged(found: Verdict) -> Judged:
    verdict = {"equal": "follows", "different": "wrong"}.get(found.verdict, "undecided")
    return Judged(verdict, dict(found.evidence))


def _worst(found: Sequence[Judged]) -> Judged:
    """The worst verdict; among lines that follow, one that counts."""
    if not found:
        return Judged("follows", {"kind": "remark"})
    return min(found, key=lambda j: (ORDER.index(j.verdict), not j.counts))


def _listed(names: set[str]) -> str:
    return ", ".join(f"'{n}'" for n in sorted(names))


def _explains(rest: Sequence[tuple[tree.Node, Statement]]) -> bool:
    """Whether "where s = …" comes after the formula that uses s."""
    return any(s.role == "where" for _, s in rest[1:])


def _restricts(node: tree.Node) -> bool:
    """Whether a remark is a condition on values, not the range of a letter."""
    return isinstance(node, tree.Relation) and set(node.ops) <= {"=", "!=", "<", "<=", ">", ">="}
