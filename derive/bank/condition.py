"""Conditions as answers: a set of numbers given by inequalities, such as 0 < ρη ≤ 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from derive.bank.kinds import Kind
from derive.bank.misconceptions import Showing
from derive.bank.names import declared
from derive.bank.slips import Slip, slips
from derive.bank.typed import Typed, text_of
from derive.calculus.atoms import Compare, Logic
from derive.calculus.atoms import Condition as Relations
from derive.calculus.evaluate import holds
from derive.calculus.scope import Scope, Unknown
from derive.derivations.base import Derivation
from derive.grading.reading import read_tree, reading_of
from derive.grading.verdict import Verdict, message
from derive.notation import tree
from derive.notation.arrays import Clash
from derive.notation.conditions import lower_condition
from derive.notation.declare import Declarations
from derive.notation.errors import Refused, Unreadable
from derive.notation.lower import Lowering
from derive.notation.relation_latex import relation_latex

WEAK = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
REVERSED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
GRID = tuple(Fraction(k, 16) for k in range(-8, 73))


@dataclass(frozen=True)
class Condition(Kind):
    """The relation that a derivation ends in, over the positive numbers of ``over``.

    The two conditions are compared on a grid of exact values that holds every boundary a problem of this size has;
    agreement is therefore ``sampled``, a disagreement is a witness.
    """

    of: Derivation
    over: tuple[str, ...] = ()
    instead: str = ""

    def like(self, text: str) -> Condition:
        """The same comparison, with a text."""
        return replace(self, instead=text)

    @property
    def derivation(self) -> Derivation:
        """Where the condition comes from."""
        return self.of

    def show(self) -> str:
        """The relation."""
        return relation_latex(self.of.result, self.of.page)

    def typed(self) -> str:
        """The relation."""
        return self.show()

    def judge(self, answer: Typed) -> Verdict:
        """Where the two conditions agree, and a point where they do not."""
        text, syntax = text_of(answer)
        declarations = Declarations.of(declared(self.of))
        try:
            theirs, reading = self._read(text, syntax, declarations)
        except Unreadable as error:
            return message("unreadable", error.message, error.position)
        except Refused as error:
            return message("refused", error.message)
        except Clash as error:
            return message("unreadable", str(error))
        ours, _ = self._read(self.instead or self.show(), "latex", declarations)
        try:
            return replace(self._compared(ours, theirs), reading=reading)
        except Unknown as error:
            return message("unreadable", f"The condition may speak of {' and '.join(self.over)} only, not of {error}.")

    def _read(self, text: str, syntax: str, declarations: Declarations) -> tuple[Relations, str]:
        try:
            node = read_tree(text, "latex" if syntax == "auto" else syntax, declarations)
        except Unreadable:
            if syntax != "auto":
                raise
            node = read_tree(text, "python", declarations)
        while isinstance(node, tree.Sequence) and len(node.items) == 1:
            node = node.items[0]
        if not isinstance(node, tree.Relation | tree.Logic):
            raise Unreadable("Give a condition, such as 0 < a < 1.", 0)
        return lower_condition(Lowering(declarations, declarations.index_base), node), reading_of(node)

    def _points(self) -> Iterator[dict[str, Any]]:
        """Values of the first name on a grid that meets the boundaries, the others at a few positive values."""
        first, *others = self.over
        for rest in product((Fraction(1), Fraction(1, 2), Fraction(4)), repeat=len(others)):
            whole = np.prod([float(r) for r in rest]) if rest else 1.0
            for x in GRID:
                if x > 0:
                    yield {first: float(x) / whole, **dict(zip(others, map(float, rest), strict=True))}

    def slip(self, text: str, syntax: str = "auto") -> Slip | Showing | None:
        """The first wrong version of the relation that is true at the same points as the answer."""
        declarations = Declarations.of(declared(self.of))
        theirs, ours = (self._read(t, s, declarations)[0] for t, s in ((text, syntax), (self.show(), "latex")))
        points = [(p, _true(theirs, p)) for p in self._points()]
        telling = sorted(points, key=lambda pair: _true(ours, pair[0]) == pair[1])  # where it is wrong comes first
        slips = wrong_conditions(ours, self.of.lines[-1].rule.name, len(self.of.lines))
        return next((slip for slip, wrong in slips if all(_true(wrong, p) == value for p, value in telling)), None)

    def _compared(self, ours: Relations, theirs: Relations) -> Verdict:
        count = 0
        for point in self._points():
            count += 1
            a, b = _true(ours, point), _true(theirs, point)
            if a != b:
                values = {k: str(Fraction(v).limit_denominator(64)) for k, v in point.items()}
                return Verdict(
                    "different",
                    {"kind": "witness", "values": values, "reference_value": a, "answer_value": b},
                )
        return Verdict("equal", {"kind": "sampled", "points": count, "settings": [], "digits": 15})


def _true(condition: Relations, point: Mapping[str, Any]) -> bool:
    return bool(holds(condition, Scope({k: np.asarray(v) for k, v in point.items()}, {})))


def wrong_conditions(right: Relations, rule: str, line: int) -> Iterator[tuple[Slip | Showing, Relations]]:
    """What a slip makes of a condition, which stands in a line of a derivation.

    >>> from derive.calculus.expr import entry, expr
    >>> unit = Logic("and", (Compare("<", expr(0), entry("x")), Compare("<", entry("x"), expr(2))))
    >>> {"strict-for-weak", "complement", "hidden-constraint"} <= {slip.id for slip, _ in wrong_conditions(unit, "solve", 2)}
    True
    """
    parts = right.parts if isinstance(right, Logic) and right.op == "and" else (right,)

    def put(k: int, *changed: Relations) -> Relations:
        return Logic("and", (*parts[:k], *changed, *parts[k + 1 :]))

    yield Showing("complement", "the opposite"), Logic("not", (right,))
    simple = [(k, p) for k, p in enumerate(parts) if isinstance(p, Compare) and p.op in WEAK]
    for k, p in simple:
        yield Showing("strict-for-weak", f"{WEAK[p.op]} for {p.op}"), put(k, replace(p, op=WEAK[p.op]))
    if len(simple) == len(parts) > 1:
        weak = tuple(replace(p, op=WEAK[p.op]) for _, p in simple)
        yield Showing("strict-for-weak", "every bound"), Logic("and", weak)
    for k, p in simple:
        yield Showing("hidden-constraint", "a bound is missing"), put(k)
        yield Showing("complement", "a bound the other way round"), put(k, replace(p, op=REVERSED[p.op]))
        yield Showing("strict-for-weak", "the bound alone"), put(k, replace(p, op="="))
        for kind, place, changed in slips(p.left, ()):
            yield Slip(kind, rule, line, place), put(k, replace(p, left=changed))
        for kind, place, changed in slips(p.right, ()):
            yield Slip(kind, rule, line, place), put(k, replace(p, right=changed))
    if simple and isinstance(right, Logic) and len(parts) > 1:
        yield Showing("wrong-condition", "OR in place of AND"), Logic("or", parts)
