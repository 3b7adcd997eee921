"""Answers that are numbers: one number, a set of whole numbers, a matrix."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from derive.bank.kind import Kind
from derive.bank.rounded import in_numbers, is_short, unmixed
from derive.bank.typed import Typed, bracketed, text_of
from derive.calculus.affine import Letter
from derive.calculus.evaluate import tabulate
from derive.calculus.fields import EXACT
from derive.calculus.scope import Unknown
from derive.calculus.trace import Relation, Table
from derive.derivations.base import Derivation
from derive.grading.compare import compare
from derive.grading.verdict import Verdict
from derive.notation.index_latex import to_latex
from derive.notation.relation_latex import side_latex

SMALL, CLOSE = 10**4, 1e-12  # of denominators, and how near a fraction must be, where nothing exact is at hand
NEAR = 10**5  # of the denominators of what an earlier line is worth


@dataclass(frozen=True)
class Number(Kind):
    """A derivation's result at the variant's numbers: an exact number, or one to so many decimals.

    With ``digits`` an answer may be off by one of the last.
    """

    of: Derivation
    at: Mapping[str, Any]
    value: Fraction
    instead: str = ""
    digits: int | None = None

    @classmethod
    def from_derivation(cls, of: Derivation, *, digits: int | None = None, **at: Any) -> Number:
        """The number that a derivation's result is worth at these values; a list stands for an array.

        Raises:
            ValueError: the result is no fraction of small whole numbers there, and ``digits`` is missing.
        """
        every = {**_sizes(of, at), **at}
        worth = exact(of, every) if digits is None else Fraction(valued(of.result.result, every))
        return cls(of, at, worth, digits=digits)

    @property
    def derivation(self) -> Derivation:
        """Where the number comes from."""
        return self.of

    @property
    def given(self) -> Mapping[str, int]:
        """The numbers that were put in."""
        return self.at

    def show(self) -> str:
        """The number."""
        return (
            str(self.value) if self.digits is None else f"{round(float(self.value), self.digits) + 0.0:.{self.digits}f}"
        )

    def typed(self) -> str:
        """The number."""
        return self.show()

    def judge(self, answer: Typed) -> Verdict:
        """Exact comparison; a formula in the variant's letters counts as its value."""
        text, syntax = text_of(answer)
        found = unmixed(text, partial(compare, self.instead or self.show(), syntax=syntax, **self.request()))
        if found.verdict == "equal" and self.digits is not None and not self.instead:
            short = is_short(text, [float(self.value)], self.digits)
            return replace(found, verdict="different", evidence={"kind": "witness"}) if short else found
        return in_numbers(found, self.at, text)

    @property
    def decimals(self) -> str:
        """The number as a decimal."""
        return self.typed() if self.digits is not None else f"{float(self.value):.12f}"

    def request(self) -> dict[str, Any]:
        """The fields of the comparison, without the answer."""
        whole = {k: v for k, v in self.at.items() if isinstance(v, int)}
        symbols = {k: {"shape": [], "domain": "int", "latex": k} for k in whole}
        room = None if self.digits is None else {"abs": str(Fraction(101, 100 * 10**self.digits))}
        return {"symbols": symbols, "where": [f"{k} == {v}" for k, v in whole.items()], "tolerance": room}

    def worth(self, relation: Relation) -> str:
        """The number that a relation's right side is worth here, empty where it has no value."""
        try:
            found = in_fractions(relation.result, self.at)
            return str(Fraction(valued(relation.result, self.at)).limit_denominator(NEAR) if found is None else found)
        except (ValueError, TypeError, KeyError, ArithmeticError):
            return ""

    def like(self, text: str) -> Number:
        """The same comparison, with a text."""
        return replace(self, instead=text)


def _sizes(of: Derivation, at: Mapping[str, Any]) -> dict[str, int]:
    """The sizes that arrays have."""
    arrays = ((of.symbols[n].shape, np.shape(v)) for n, v in at.items() if n in of.symbols)
    return {str(axis): size for shape, sizes in arrays for axis, size in zip(shape, sizes, strict=False)}


def exact(of: Derivation, at: Mapping[str, Any]) -> Fraction:
    """The number that a result's right side is worth, as the fraction that it is.

    Raises:
        ValueError: it is no fraction of small whole numbers.
    """
    found = in_fractions(of.result.result, at)
    if found is not None:
        return found
    value = valued(of.result.result, at)
    near = Fraction(value).limit_denominator(SMALL)
    if abs(value - float(near)) > CLOSE * max(1.0, abs(value)):
        raise ValueError(f"{of.name} is worth {value} there, no simple fraction")
    return near


def in_fractions(side: Any, at: Mapping[str, Any]) -> Fraction | None:
    """What an expression is worth, exactly; None where roots, exponentials or inverses stand in it.

    >>> from derive.derivations.catalogue import catalogue
    >>> in_fractions(catalogue()["willshaw-load"].result.result, {"n": 10, "r": 3, "S": 3})
    Fraction(753571, 1000000)
    """
    exactly = np.vectorize(_meant, otypes=[object])
    letters = {Letter(k): v for k, v in at.items() if isinstance(v, int)}
    try:
        found: Any = tabulate(side, [], {k: exactly(v) for k, v in at.items()}, letters, field=EXACT)[()]
    except (Unknown, KeyError, ArithmeticError):
        return None
    return Fraction(found)


def _meant(value: Any) -> Fraction:
    """The number that a value stands for: 1/3 of the float nearest to it, for a float knows no thirds.

    >>> _meant(1 / 3), _meant(0.06), _meant(0.12345), _meant(7)
    (Fraction(1, 3), Fraction(3, 50), Fraction(2469, 20000), Fraction(7, 1))
    """
    near = Fraction(value).limit_denominator(SMALL)
    return near if float(near) == float(value) else Fraction(str(value))


def valued(side: Any, at: Mapping[str, Any]) -> float:
    """What an expression is worth where its arrays and letters have these values."""
    arrays = {k: np.asarray(v, dtype=float) for k, v in at.items()}
    letters = {Letter(k): v for k, v in at.items() if isinstance(v, int)}
    return float(tabulate(side, [], arrays, letters))


@dataclass(frozen=True)
class Matrix(Kind):
    """A derivation's result that is a table: compared entry by entry."""

    of: Derivation
    instead: str = ""

    def like(self, text: str) -> Matrix:
        """The same comparison, with a text."""
        return replace(self, instead=text)

    @property
    def derivation(self) -> Derivation:
        """Where the matrix comes from."""
        return self.of

    @property
    def table(self) -> Table:
        """The entries."""
        if not isinstance(self.of.result.right, Table):
            raise TypeError(f"the result of {self.of.name} is no table")
        return self.of.result.right

    def show(self) -> str:
        """The matrix."""
        return side_latex(self.table, self.of.result, self.of.page)

    def written(self, relation: Relation) -> str:
        """A relation's right side."""
        return side_latex(relation.right, relation, self.of.page)

    def typed(self) -> str:
        """The matrix."""
        return self.show()

    def judge(self, answer: Typed) -> Verdict:
        """The verdict of the whole; a different one says which entries differ, row by row from 1."""
        text, syntax = text_of(answer)
        whole = unmixed(text, partial(compare, self.instead or self.show(), syntax=syntax), bracketed)
        text = bracketed(text)
        if whole.verdict != "different" or self.instead:
            return whole
        if whole.evidence.get("kind") == "shape":
            return whole
        cells = self._cells(whole.reading or text)
        wrong = [] if cells is None else self._wrong(cells)
        return Verdict(
            "different",
            {**whole.evidence, "kind": "entries" if wrong else whole.evidence.get("kind", "witness"), "wrong": wrong},
            whole.reading,
        )

    def _cells(self, text: str) -> list[list[str]] | None:
        """The typed entries, None where they are not laid out as the right matrix is."""
        body = re.sub(r"\\(begin|end)\{[a-z]*matrix\}", "", text).strip().strip("$")
        if "&" in body or r"\\" in body:
            rows = [[c.strip() for c in r.split("&")] for r in re.split(r"\\\\(?:\[[^\]]*\])?", body) if r.strip()]
        else:
            rows = [[c.strip() for c in r.split(",")] for r in re.findall(r"\[([^\[\]]*)\]", body)]
        return rows if [len(r) for r in rows] == [len(r) for r in self.table.entries] else None

    def _wrong(self, cells: list[list[str]]) -> list[list[int]]:
        page = self.of.page
        return [
            [i, j]
            for i, row in enumerate(self.table.entries, 1)
            for j, right in enumerate(row, 1)
            if compare(to_latex(right, page), cells[i - 1][j - 1]).verdict != "equal"
        ]
