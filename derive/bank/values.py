"""Answers that a program computes: a number or a table of numbers, forward values and gradients alike."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, partial
from math import isqrt
from typing import Any

import numpy as np

from derive.bank.adjoined import BAR, slipped_of, with_adjoints
from derive.bank.kind import Kind
from derive.bank.labelled import is_named, labelled_values
from derive.bank.put_in import as_put_in, in_lines, is_worth, numbers_for_names
from derive.bank.rounded import UNPLACED, in_numbers, is_short, unmixed
from derive.bank.slips import Slip
from derive.bank.tables import table_of
from derive.bank.typed import Typed, bracketed, numeral, text_of, ungrouped
from derive.calculus.expr import entry
from derive.calculus.program import Definition, Program
from derive.calculus.scope import Unknown
from derive.calculus.substitute import names
from derive.calculus.trace import Relation
from derive.calculus.values import values
from derive.derivations.base import Derivation
from derive.grading.compare import compare
from derive.grading.verdict import Verdict, message
from derive.notation.arrays import Clash
from derive.notation.errors import Refused, Unreadable
from derive.notation.relation_latex import relation_latex
from derive.notation.style import Style

SMALL = 10**5  # denominators of what is exact
SHORT = 60  # denominators of what may be met by chance
LOSS = "L"


@dataclass(frozen=True)
class Values(Kind):
    r"""The values of one array of a program, an adjoint (``W_bar``) as well as what the program defines.

    Attributes:
        text: the program, in the index language; adjoints are those of its definition of ``L``.
        at: values of its inputs.
        name: the array that is asked for.
        digits: decimals that are asked for; an answer may be off by one of the last. Without it numbers are exact.
        latex: how the page writes names.
        shown: the arrays whose rule and values the worked solution shows, in this order; the asked one by default.
        comes: a derivation that stands behind the numbers, if there is one.

    Raises:
        ValueError: the program does not read an input, or the numbers are no simple fractions and ``digits`` is missing.

    >>> Values("L := (a - b)**2", {"a": 5, "b": 2}, "a_bar").typed()
    '6'
    """

    text: str
    at: Mapping[str, Any]
    name: str
    digits: int | None = None
    latex: Mapping[str, str] = field(default_factory=dict)
    shown: tuple[str, ...] = ()
    comes: Derivation | None = None
    instead: str = ""

    def __post_init__(self) -> None:
        """Work the numbers out at once: an author hears of what is wrong when the problem is made."""
        if self.instead:
            return
        idle = sorted(set(self.at) - {n for d in self._program.definitions for n in names(d.body)})
        if idle:
            why = " (e is Euler's number: choose another name)" if "e" in idle else ""
            raise ValueError(f"a number is given for {', '.join(idle)}, which the program does not read{why}")
        loose = {str(x) for size in self._program.shapes.values() for a in size for x in a.letters}
        if loose:
            raise ValueError(f"the program does not say how large {', '.join(sorted(loose))} is: write dims")
        self.show()

    @property
    def derivation(self) -> Derivation | None:
        """The derivation that stands behind the numbers."""
        return self.comes

    @cached_property
    def _program(self) -> Program:
        return with_adjoints(self.text, self._shapes, self._asked)

    @property
    def _asked(self) -> tuple[str, ...]:
        """The adjoints that are asked for; parts that ask for none, or for the same, share their program."""
        return tuple(sorted({n for n in (self.name, *self.shown) if n.endswith(BAR)}))

    @property
    def _shapes(self) -> tuple[tuple[str, str], ...]:
        return tuple(sorted((n, ",".join(map(str, np.shape(v)))) for n, v in self.at.items() if np.ndim(v)))

    @property
    def _inputs(self) -> str:
        return json.dumps({k: np.asarray(v).tolist() for k, v in self.at.items()}, sort_keys=True)

    @cached_property
    def every(self) -> Mapping[str, Any]:
        """The values of all arrays."""
        arrays = {k: np.asarray(v, dtype=float) for k, v in self.at.items()}
        try:
            return values(self._program, arrays, {})
        except Unknown as error:
            raise ValueError(
                f"nothing says what {error.args[0]} is: give it among the numbers, sizes included"
            ) from error

    @property
    def shape(self) -> tuple[int, ...]:
        """How many entries it has along each axis."""
        return np.shape(self.every[self.name])

    @property
    def decimals(self) -> str:
        """The values as decimals."""
        return (
            self.typed() if self.digits is not None else " ".join(f"{x:.12f}" for x in np.ravel(self.every[self.name]))
        )

    def show(self) -> str:
        """The values, as a page shows them."""
        return self._right

    @cached_property
    def _right(self) -> str:
        return self._shown(self.every[self.name])

    def typed(self) -> str:
        """The values, as a student would type them."""
        return self.show()

    def like(self, text: str) -> Values:
        """The same comparison, with a text."""
        return replace(self, instead=text)

    @property
    def worked(self) -> str:
        """The rules on the way to the answer in letters, each with its values."""
        found = {d.name: d for d in self._program.definitions}
        return "\n".join(self._rule(found[n]) for n in self.shown or (self.name,))

    def _rule(self, d: Definition) -> str:
        sides = (entry(d.name, *(b.letter.name for b in d.letters)), d.body)
        page = Style(names=self.latex, loss=LOSS)
        rule, numbers = relation_latex(Relation(sides, frame=d.letters), page), self._shown(self.every[d.name])
        if not d.letters:
            worth = {n: as_put_in(self.at.get(n), x, self._number) for n, x in self.every.items() if not np.ndim(x)}
            put = numbers_for_names(d.body, rule, page, worth)
            return in_lines(rule, put if is_worth(put, self.every[d.name], self.digits) else "", numbers)
        bare = re.sub(r"_\{[^{}]*\}(?=\}*$)", "", relation_latex(Relation(sides[:1], (), d.letters), page))
        return rf"$${rule}, \qquad {bare} = {numbers}$$"

    @staticmethod
    def table(rows: Any) -> str:
        """Rows of numbers as a matrix, for a statement."""
        body = r" \\ ".join(" & ".join(map(str, row)) for row in rows)
        return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"

    def _shown(self, value: Any) -> str:
        table = np.asarray(value)
        if table.ndim == 0:
            return self._number(float(table))
        rows = [[x] for x in table] if table.ndim == 1 else table
        return self.table([self._number(float(x)) for x in row] for row in rows)

    def _number(self, x: float) -> str:
        if self.digits is not None:
            return f"{round(x, self.digits) + 0.0:.{self.digits}f}"
        room = 1e-13 * max(1.0, abs(x))
        near = Fraction(x).limit_denominator(min(SMALL, isqrt(int(1e-3 / room)) or 1))  # so that none is met by chance
        if abs(x - float(near)) > room:
            raise ValueError(f"{self.name} is {x}, no simple fraction: ask for decimals (digits=)")
        sign = "-" if near < 0 else ""
        return str(near) if near.denominator == 1 else rf"{sign}\frac{{{abs(near.numerator)}}}{{{near.denominator}}}"

    def judge(self, answer: Typed) -> Verdict:
        """Entry by entry; a different one says which entries differ, row by row, counted from 1."""
        text, syntax = text_of(answer)
        text = text if self.shape else ungrouped(text)
        text = labelled_values(text, self.shape, self.latex.get(self.name, self.name))
        if self.shape and is_named(text):
            return message("unreadable", UNPLACED)
        room = None if self.digits is None else {"abs": str(Fraction(101, 100 * 10**self.digits))}
        compared = partial(compare, self.instead or self.show(), syntax=syntax, tolerance=room, symbols=self._letters)
        whole = in_numbers(unmixed(text, compared, bracketed if self.shape else numeral), self._letters, text)
        if whole.verdict == "equal" and self._is_short(text):
            return replace(whole, verdict="different", evidence={"kind": "witness"})
        if whole.verdict != "different" or self.instead or whole.evidence.get("kind") in ("shape", "form"):
            return whole
        wrong = self._wrong(bracketed(text), syntax)
        return replace(whole, evidence={**whole.evidence, "kind": "entries", "wrong": wrong}) if wrong else whole

    def _is_short(self, text: str) -> bool:
        right = [float(x) for x in np.ravel(self.every[self.name])]
        return self.digits is not None and not self.instead and is_short(text, right, self.digits)

    @property
    def _letters(self) -> dict[str, dict[str, Any]]:
        """The numbers that the variant gives, by their letters: an answer may name them."""
        single = {
            n: Fraction(v).limit_denominator(SMALL) for n, v in self.at.items() if not np.ndim(v) and n != self.name
        }
        return {
            n: {"shape": [], "latex": self.latex.get(n, n), "domain": "derived", "definition": f"({v})"}
            for n, v in single.items()
        }

    def _wrong(self, text: str, syntax: str) -> list[list[int]]:
        """The entries that are off, for feedback; none for a single number."""
        right = np.asarray(self.every[self.name])
        theirs = self._theirs(text, syntax)
        if theirs is None or not right.ndim or theirs.shape != right.shape:
            return []
        places = np.argwhere(~self._near(theirs, right))
        return [[int(n) + 1 for n in place] for place in places]

    @staticmethod
    def _theirs(text: str, syntax: str) -> Any:
        """The numbers that a text gives, None where it gives none."""
        try:
            return table_of(text, syntax)
        except (Unreadable, Refused, Clash):
            return None

    def _near(self, theirs: Any, right: Any) -> Any:
        """Which entries are the same, as closely as was asked for."""
        room = 1e-9 * np.maximum(1.0, np.abs(right)) if self.digits is None else 1.01 * 10.0**-self.digits
        with np.errstate(all="ignore"):
            return np.abs(theirs - right) <= room

    def slip(self, text: str, syntax: str = "auto") -> Slip | None:
        """The slip in one rule of the program that leads to these numbers; None where none is known, or they are right."""
        theirs, right = self._theirs(text, syntax), np.asarray(self.every[self.name])
        if theirs is None or theirs.shape != right.shape or self._near(theirs, right).all():
            return None
        slipped = slipped_of(self.text, self._shapes, self._asked, self._inputs)
        found = slipped.told_by(self.name, theirs, self._near, self._step(theirs - right))
        if found is None:
            return None
        slip, sure = found
        return replace(slip, heading=f"the rule for ${self._left(slip.rule)}$") if sure else slip

    def _step(self, off: Any) -> float:
        """How far apart numbers lie that are as short as one that is so far off; 0 for decimals and tables."""
        if np.ndim(off) or self.digits is not None:
            return 0.0
        short = Fraction(float(off)).limit_denominator(SHORT)
        return 1 / short.denominator if abs(float(short) - float(off)) < 1e-9 else 0.0

    def follows(self, given: Mapping[str, Any], text: str, syntax: str = "auto") -> bool:
        """Whether these are the numbers that the program gives where some of its arrays are given instead of worked out."""
        theirs, right = self._theirs(text, syntax), self.every[self.name]
        rules = tuple(d for d in self._program.definitions if d.name not in given)
        fits = all(np.shape(v) == np.shape(self.every[n]) for n, v in given.items())
        if theirs is None or theirs.shape != np.shape(right) or not fits or self.name in given:
            return False
        arrays = {k: np.asarray(v, dtype=float) for k, v in {**self.at, **given}.items()}
        found = values(replace(self._program, definitions=rules), arrays, {})[self.name]
        return bool(np.any(found) and self._near(theirs, found).all())

    def _left(self, name: str) -> str:
        d = next(d for d in self._program.definitions if d.name == name)
        left = Relation((entry(d.name, *(b.letter.name for b in d.letters)),), (), d.letters)
        return relation_latex(left, Style(names=self.latex, loss=LOSS))
