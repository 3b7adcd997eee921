"""Conditions as answers: a set of numbers given by inequalities, such as 0 < ρη ≤ 1."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

import numpy as np

from derive.bank.kind import Kind
from derive.bank.misconceptions import Showing
from derive.bank.names import declared
from derive.bank.slips import Slip, slips
from derive.bank.spelled import spelled, strange
from derive.bank.typed import Typed, text_of
from derive.calculus.affine import Letter
from derive.calculus.atoms import Compare, Logic
from derive.calculus.atoms import Condition as Relations
from derive.calculus.evaluate import holds
from derive.calculus.scope import Scope, Unknown
from derive.derivations.base import Derivation, Symbol
from derive.grading.compare import compare
from derive.grading.reading import read_formulas
from derive.grading.verdict import Verdict, message
from derive.notation.conditions import lower_condition
from derive.notation.declare import Declarations
from derive.notation.errors import Refused, Unreadable
from derive.notation.latex import read_latex
from derive.notation.lower import Lowering
from derive.notation.reader import unknown_names
from derive.notation.relation_latex import relation_latex

JOINED = (  # by a word, as a formula says it in LaTeX and in plain text
    (re.compile(r"\s*\\text\s*\{\s*(?:and|und)\s*\}\s*|\s+(?:and|und)\s+"), r" \wedge ", " and "),
    (re.compile(r"\s*\\text\s*\{\s*(?:or|oder)\s*\}\s*|\s+(?:or|oder)\s+"), r" \vee ", " or "),
)
IFF = re.compile(r"\\(?:iff|Leftrightarrow|Longleftrightarrow)(?![A-Za-z])|⇔|⟺|<=>|\biff\b")
WEAK = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
REVERSED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
GRID = tuple(Fraction(k, 16) for k in range(-8, 73))
FEW = (Fraction(1), Fraction(1, 2), Fraction(4))


@dataclass(frozen=True)
class Condition(Kind):
    r"""The relation that a derivation ends in: any condition that holds for the same numbers is right.

    Attributes:
        of: the derivation, or an inequality that is `derive.bank.stated.stated`.
        over: the names that the condition may speak of, perhaps with the domains that the page gives them; all that are not
            derived where none are given. A derived one is positive where nothing is said.

    >>> from derive import Symbol, stated
    >>> idle = stated("idle", "a*m >= 1", symbols={"a": Symbol(domain="positive"), "m": Symbol(domain="positive")},
    ...     truth=lambda torch, a, m: not torch.addcmul(torch.ones(()), a, m, value=-1) > 0)
    >>> [Condition(idle).judge(text).verdict for text in (r"m \ge 1/a", "m > 1/a", "a m")]
    ['equal', 'different', 'unreadable']
    """

    of: Derivation
    over: Sequence[str] | Mapping[str, str] = ()
    instead: str = ""

    def like(self, text: str) -> Condition:
        """The same comparison, with a text."""
        return replace(self, instead=text)

    @property
    def derivation(self) -> Derivation:
        """Where the condition comes from."""
        return self.of

    @cached_property
    def symbols(self) -> dict[str, Symbol]:
        """What the condition may speak of."""
        spoken = self.over or [n for n, s in self.of.symbols.items() if s.domain != "derived"]
        known = {n: self.of.symbols[n] for n in spoken}
        said = self.over if isinstance(self.over, Mapping) else {}
        given = {n: "positive" if s.domain == "derived" else s.domain for n, s in known.items()} | {**said}
        return {n: replace(s, domain=given[n]) for n, s in known.items()}

    @property
    def declared(self) -> dict[str, dict[str, Any]]:
        """These names as a comparison declares them."""
        return declared(replace(self.of, symbols=self.symbols))

    def show(self) -> str:
        """The relation."""
        return relation_latex(self.of.result, self.of.page)

    def typed(self) -> str:
        """The relation."""
        return self.show()

    def judge(self, answer: Typed) -> Verdict:
        """Whether the two hold together, at points on both sides of every boundary and on it; or one where they do not."""
        text, syntax = text_of(answer)
        text = _joined(text)
        found = self._read(text, syntax)
        settled = found.verdict not in ("different", "unreadable")
        chain = [] if settled else [self._read(side, syntax) for side in self._own_sides(text)]
        return next((v for v in chain if v.verdict != "equal"), chain[0]) if chain else self._without_words(found, text)

    def _without_words(self, found: Verdict, text: str) -> Verdict:
        """A verdict, but not on what takes a word for a product of its letters."""
        word = strange(text, found.reading, Declarations.of(self.declared)) if found.verdict == "different" else ""
        return (
            message("unreadable", f"We read conditions, and '{word}' is no name that we know here.") if word else found
        )

    def _own_sides(self, text: str) -> list[str]:
        """Of a chain of equivalences the conditions that speak of the asked names alone: ``L = 0 ⟺ x² ≤ y²`` has one."""
        sides = IFF.split(text)
        declarations = Declarations.of(self.declared)
        return [s for s in sides if not _strangers(self._spelled(s), declarations)] if len(sides) > 1 else []

    def _read(self, text: str, syntax: str) -> Verdict:
        first, again = self._compared(text, syntax), self._spelled(text)
        if first.verdict not in ("different", "unreadable") or again == text:
            return first
        other = self._compared(again, syntax)
        return first if other.verdict == "unreadable" else other

    def _spelled(self, text: str) -> str:
        return spelled(text, self.of, self.symbols, self.declared)

    def _compared(self, text: str, syntax: str) -> Verdict:
        reference = self.instead or self.show()
        return compare(reference, text, syntax=syntax, symbols=self.declared, where=[*self.of.where], sizes=None)

    def _condition(self, text: str, syntax: str) -> Relations:
        """A text as a condition.

        Raises:
            Unreadable: with a sentence and a position.
        """
        declarations = Declarations.of(self.declared)
        found = read_formulas(text, syntax, declarations)[0]
        return lower_condition(Lowering(declarations, declarations.index_base), found.node)

    def slip(self, text: str, syntax: str = "auto") -> Slip | Showing | None:
        """The first wrong version of the relation that is true at the same points as the answer."""
        theirs, ours = self._condition(self._spelled(_joined(text)), syntax), self._condition(self.show(), "latex")
        try:
            points = [(p, _true(theirs, p)) for p in self._points()]
        except Unknown:  # it speaks of something else
            return None
        telling = sorted(points, key=lambda pair: _true(ours, pair[0]) == pair[1])  # where it is wrong comes first
        slips = wrong_conditions(ours, self.of.lines[-1].rule.name, len(self.of.lines))
        return next((slip for slip, wrong in slips if all(_true(wrong, p) == value for p, value in telling)), None)

    def _points(self) -> Iterator[dict[str, Fraction]]:
        """Values of the first name on a grid that meets simple boundaries, the others at a few values."""
        typed = dict(zip(self.declared, self.symbols.values(), strict=True))
        first, *others = typed
        for rest in product(*([v for v in FEW if _allowed(typed[n], v)] for n in others)):
            whole = prod(rest, start=Fraction(1))
            yield from (
                {first: x / whole, **dict(zip(others, rest, strict=True))}
                for x in GRID
                if _allowed(typed[first], x / whole)
            )


def _joined(text: str) -> str:
    r"""A text whose conditions are joined by the signs of its own language.

    >>> _joined(r"\eta > 0 and \eta < 2"), _joined("x > 0 und x < 2")
    ('\\eta > 0 \\wedge \\eta < 2', 'x > 0 and x < 2')
    """
    latex = "\\" in text
    for word, sign, plain in JOINED:
        text = word.sub((sign if latex else plain).replace("\\", r"\\"), text)
    return text


def _strangers(text: str, declarations: Declarations) -> bool:
    """Whether a text speaks of names that nothing declares, or cannot be read."""
    try:
        return bool(unknown_names(read_latex(text, declarations, sides=True), declarations))
    except (Unreadable, Refused):
        return True


def _allowed(symbol: Symbol, value: Fraction) -> bool:
    """Whether a name may have a value."""
    match symbol.domain:
        case "real" | "nonzero":
            return value != 0
        case "int":
            return value.denominator == 1
        case "posint" | "dimension":
            return value.denominator == 1 and value > 0
        case "unit":
            return 0 < value < 1
        case "unit_sym":
            return abs(value) < 1
    return value > 0


def _true(condition: Relations, point: Mapping[str, Fraction]) -> bool:
    sizes = {Letter(n): np.asarray(int(v)) for n, v in point.items()}
    with np.errstate(all="ignore"):  # a root of a negative number: the condition does not hold there
        return bool(holds(condition, Scope({n: np.asarray(float(v)) for n, v in point.items()}, sizes)))


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
