"""Judging lines of working one by one, each from the student's own lines before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from derive.grading.lines_text import Statement
from derive.grading.steps_claims import Claim
from derive.grading.steps_compared import Comparing
from derive.grading.steps_counts import with_ends
from derive.grading.steps_judged import Judged, says, says_nothing, worst
from derive.grading.steps_letters import renamed, with_letters_put
from derive.grading.steps_link import related
from derive.grading.steps_means import as_written
from derive.grading.steps_names import with_letters
from derive.grading.steps_naming import EQUALS
from derive.grading.steps_numbers import as_equation, is_decimal, rounded
from derive.grading.steps_order import ORDERS
from derive.grading.steps_pointwise import pointwise
from derive.grading.steps_reading import (
    ABOVE,
    Read,
    apart,
    conjuncts,
    in_order,
    is_bare,
    is_numeric,
    is_put,
    of_indices,
    read_again,
    read_line,
    restricts,
    whole_range,
)
from derive.grading.steps_scene import Undecidable
from derive.grading.steps_trees import is_zero
from derive.notation import tree
from derive.notation.arrays import Clash
from derive.notation.errors import NotRead, Refused, Unreadable
from derive.notation.write import to_latex

WITH = re.compile(r"\bwith\b", re.IGNORECASE)
VARIATION = re.compile(r"\\frac\s*\{\s*\\delta")


class Judge(Comparing):
    """Verdicts line by line."""

    def line(self, text: str) -> Judged:
        """The verdict on the next line."""
        self.number, self.continues = self.number + 1, False
        found = self.traced(self._read_or_said(text))
        if found.verdict == "undecided" and "=" in text and not found.dark:
            self.cloud(text)
        return found

    def _read_or_said(self, text: str) -> Judged:
        try:
            return self._at_any_point(text)
        except Unreadable as error:
            self._lost()
            self.cloud_head(text)
            self.cloud(text)
            if VARIATION.search(text) or isinstance(error, NotRead):
                return says("undecided", error.message)
            position = {} if error.position is None else {"position": error.position}
            return says("unreadable", error.message, **position)
        except (Refused, OverflowError) as error:
            self._lost()
            return says("unreadable", str(error))
        except (Clash, Undecidable) as error:
            return says("undecided", str(error))

    def _at_any_point(self, text: str) -> Judged:
        """The verdict on a line; an equation between functions is one at any point."""
        try:
            return self._line(text)
        except Unreadable as error:
            found = pointwise(text, self.scene)
            if found is None:
                raise
            self.scene = found[1]
            try:
                return self._line(found[0])
            except Unreadable:
                raise error from None

    def _lost(self) -> None:
        self.gap, self.last, self.left = True, None, None

    def _line(self, text: str) -> Judged:
        if (named := self.cotangent(text)) is not None:
            return named
        nodes = read_line(text, self.scene, self.left)
        if not nodes:
            return says_nothing(text)
        nodes = [part for node, s in nodes for part in apart(node, s, self.scene)]
        nodes = [(n, self._as_condition(n, s, text)) for n, s in nodes]
        self.said = [n for m, s in nodes if s.role == "condition" for n in conjuncts(m) if restricts(n)]
        self.conditions = [n for n in self.said if not whole_range(n, self.scene)]
        put = [n for n in self.conditions if is_put(n, self.scene)]
        self.put = put or self.put
        rest = [(n, s) for n, s in nodes if s.role != "condition" and not (s.role == "about" and is_bare(n))]
        if not rest:
            return Judged("follows", {"kind": "remark"}, "")
        rest, doubts = self._reasons(rest)
        known, self.nodes = self.scene.symbols, [n for n, _ in rest]
        found = worst([j for node, s in in_order(rest) for j in self._beside(node, s, known, alone=len(rest) == 1)])
        self.gap = False
        if doubts and found.verdict == "follows":
            found = says("undecided", f"This holds where {doubts}, and nothing that is given says that it does.")
        return replace(found, reading=r",\quad ".join(to_latex(as_written(n)) for n, _ in rest))

    def _reasons(self, rest: list[Read]) -> tuple[list[Read], str]:
        """A line without the reason that is no fact, "since x > 0": it holds there, if it does; and that reason."""
        doubtful = [
            (n, s)
            for n, s in rest
            if s.role == "since"
            and isinstance(n, tree.Relation)
            and set(n.ops) <= ORDERS.keys()
            and ABOVE not in n.operands
            if len(n.operands) == 2 and self._link(n.operands[0], n.ops[0], n.operands[1]).verdict == "wrong"
        ]
        if not doubtful or len(doubtful) == len(rest):
            return rest, ""
        self.conditions += [n for n, _ in doubtful]
        return [r for r in rest if r not in doubtful], ", ".join(f"${to_latex(n)}$" for n, _ in doubtful)

    def _as_condition(self, node: tree.Node, statement: Statement, text: str) -> Statement:
        """A statement about index letters alone, and "with x = 3", restrict the line they stand on."""
        numbers = statement.role == "where" and all(is_put(n, self.scene) for n in conjuncts(node))
        with_number = numbers and WITH.search(text)
        return replace(statement, role="condition") if with_number or of_indices(node, self.scene) else statement

    def _beside(
        self, node: tree.Node, statement: Statement, known: Mapping[str, object], *, alone: bool
    ) -> list[Judged]:
        """What is said of a statement; a name said beside a formula is not what the next line continues."""
        running = self.left, self.last, self.loose
        found = list(self._known(node, statement, known))
        if statement.role == "where" and not alone:
            self.left, self.last, self.loose = running
        return found

    def _known(self, node: tree.Node, statement: Statement, known: Mapping[str, object]) -> Iterator[Judged]:
        """A statement, read once more where the line has named something by then."""
        if known is not self.scene.symbols:
            node, _ = next(apart(read_again(statement, self.scene, self.left), statement, self.scene))
        found = renamed(self.scene, node, self.nodes)
        if found is not None:
            self.letters[found[0]] = found[1]
            yield Judged("follows", {"kind": "named", "name": found[0]})
        else:
            yield from self._statement(with_letters_put(node, self.letters), statement)

    def _statement(self, node: tree.Node, statement: Statement) -> Iterator[Judged]:
        self.role = statement.role
        match node:
            case tree.Logic("implies" | "iff", operands):
                for k, part in enumerate(operands):
                    if part != ABOVE:
                        yield from self._statement(part, replace(statement, role="implies") if k else statement)
            case tree.Logic("and", operands) | tree.Sequence(operands, ""):
                if not any(i == tree.Constant("dots") for i in operands):
                    for item in operands:
                        yield from self._statement(item, statement)
            case tree.Logic():
                yield says("undecided", "Several cases are not judged here.")
            case tree.Relation(operands, ops) if ops[0] in ("in", "notin", "subset", "sim"):
                yield Judged("follows", {"kind": "remark"})
            case tree.Relation(operands, ops):
                yield from self._chain(operands, ops, statement)
            case tree.Constant("above"):
                return
            case _:
                yield from self._bare(node)

    def _start(self) -> tree.Node | None:
        return self.last if self.last is not None else None if self.gap else self.scene.goal

    def _bare(self, node: tree.Node) -> Iterator[Judged]:
        """An expression alone continues the line before, or opens the derivation."""
        start = self._start()
        self.continues = start is not None
        yield self._opening() if start is None else self._link(start, "=", node)
        self._moved(None if start is None else self.left, node)

    def _opening(self) -> Judged:
        if self.gap:
            return says("undecided", "The line before could not be read, and this one continues it.")
        return Judged("follows", {"kind": "start"})

    def _moved(self, left: tree.Node | None, last: tree.Node) -> None:
        self.left, self.last = left, last

    def _chain(self, operands: Sequence[tree.Node], ops: Sequence[str], statement: Statement) -> Iterator[Judged]:
        sides, first = list(operands), 0
        left: tree.Node | None = sides[0]
        if sides[0] == ABOVE:
            start = self._start()
            if start is None:
                yield self._opening()
                self._moved(None, sides[1])
                sides, ops = sides[1:], ops[1:]
            else:
                sides[0], self.continues = start, True
            left = self.left if self.left is not None else start
        else:
            before = self.scene.symbols
            named = self.named(sides[0], sides[1], ops[0], statement)
            if named is not None:
                yield self.optimal(sides[0], sides[1], named)
                first, left = 1, self.as_named(sides[0], before)
        plain = self.scene
        self.scene = with_ends(with_letters(plain, *sides, *([left] if left is not None else [])), *sides)
        counts = self.scene.symbols.keys() - plain.symbols.keys()
        links = list(zip(sides[first:], ops[first:], sides[first + 1 :], strict=False))
        verdicts = [self.defines(self._link(a, op, b, left), op) for a, op, b in links]
        yield from verdicts
        self.bounded(sides[0] if operands[0] == ABOVE else left, ops, sides[-1], verdicts)
        if left is not None and is_decimal(sides[-1]):
            self.numbers.append((left, sides[-1]))
        symbols = {n: s for n, s in self.scene.symbols.items() if n not in counts}
        self.scene = replace(self.scene, options=plain.options, symbols=symbols)
        self._moved(left, sides[-1])
        self.loose = not set(ops) <= set(EQUALS) or (self.loose and operands[0] == ABOVE)
        if left is None or self.loose:
            return
        if len(sides) > 2 and is_zero(sides[-1]) and len(verdicts) > 1:
            sides, verdicts = sides[:-1], verdicts[:-1]
        if not (verdicts and verdicts[-1].evidence.get("kind") == "set"):
            self._claim(left, sides[-1], verdicts, first == 1, continued=operands[0] == ABOVE)

    def _claim(
        self, left: tree.Node, right: tree.Node, verdicts: Sequence[Judged], named: bool, *, continued: bool
    ) -> None:
        before = [c.verdict for c in self.claims if c.left == left and continued and c.verdict != "follows"]
        found = worst(verdicts)
        verdict = before[-1] if before else "wrong" if found.evidence.get("carried") else found.verdict
        source = (self.source if continued else 0) or self._source() if found.evidence.get("carried") or before else 0
        self.claims = [c for c in self.claims if c.left != left or named]
        where = tuple(self.said), tuple(self.conditions)
        self.claims.append(Claim(left, right, verdict, self.scene, *where, source or self.number))

    def _link(self, a: tree.Node, op: str, b: tree.Node, left: tree.Node | None = None) -> Judged:
        """One link of a chain: an equation, or another relation; through integrals and expectations nothing is refuted."""
        found = self.settled(a, b, self._linked(a, op, b, left))
        if not (found.refuted and self.put and not self.conditions and is_numeric(b)):
            return found
        self.conditions = self.put  # the numbers of a line before
        again = self.settled(a, b, self._linked(a, op, b, left))
        self.conditions = []
        return again

    def _linked(self, a: tree.Node, op: str, b: tree.Node, left: tree.Node | None) -> Judged:
        near = rounded(self.scene, a, b, self.numbers) if op == "approx" else None
        if op not in EQUALS:
            found = near or self._overstated(a, op, b) or related(self.scene, a, op, b, self.conditions, left)
            sure = found.verdict == "follows" or op not in ORDERS or found.evidence.get("kind") == "shape"
            return found if sure else self._known_by_orders(a, op, b) or found
        if a == b:
            return Judged("follows", {"kind": "trivial"})
        owned = any(c.left == a and c.verdict == "wrong" for c in self.standing())
        found = says("wrong", "") if owned else self.same(a, b)
        if found.evidence.get("kind") == "held":  # what would prove it reads the derivatives in one of the two ways
            return found
        if found.verdict == "undecided":
            found = self._rewritten(a, b) or found
        if found.verdict != "follows" and found.evidence.get("kind") != "shape" and not owned:
            found = self._known_by_equations(a, b, left, refuted=found.verdict == "wrong") or found
        if found.verdict == "wrong" and not owned and (near := rounded(self.scene, a, b, self.numbers)) is not None:
            found = as_equation(near, b) if near.verdict == "follows" else found
        if found.verdict != "follows":
            found = self._carried(a, b, found, owned)
        if found.verdict in ("wrong", "undecided") and found.evidence.get("kind") != "shape":
            found = self._within_orders(a, b, self._solved(a, b, found, left))
        dark = self.dark(a, b) if found.refuted else ""
        if dark:
            self.posed.doubt()
            return replace(says("undecided", f"what was said before of {dark} could not be read"), dark=True)
        unsaid = self.unsaid(a) if found.verdict == "wrong" else ""
        if unsaid:
            self.posed.doubt()
        return says("undecided", f"nothing that is given says what {unsaid} is") if unsaid else found
