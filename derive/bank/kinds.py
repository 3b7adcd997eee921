"""Answer kinds: each reads what a student typed, compares it, and shows the right answer."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from derive.calculus.affine import Letter
from derive.calculus.evaluate import tabulate
from derive.calculus.trace import Table
from derive.derivations.base import Derivation, Symbol
from derive.grading.compare import compare
from derive.grading.verdict import Verdict, message
from derive.notation.index_latex import relation_latex, side_latex, to_latex

NONSENSE = r"\frac{1"
Typed = Mapping[str, Any] | str


class Kind(ABC):
    """What a part asks for."""

    pending = False

    @abstractmethod
    def judge(self, answer: Typed) -> Verdict:
        """The verdict on an answer; never an exception, whatever was typed."""

    @abstractmethod
    def show(self) -> str:
        """The right answer as LaTeX."""

    @abstractmethod
    def typed(self) -> str:
        """The right answer as a student would type it."""

    @abstractmethod
    def like(self, text: str) -> Kind:
        """The same kind with a text as its right answer: what a foreseen mistake is compared with."""

    @property
    def derivation(self) -> Derivation | None:
        """Where the answer comes from, None where it is checked and not derived."""
        return None

    @property
    def given(self) -> Mapping[str, int]:
        """The numbers that a variant puts for letters."""
        return {}


def text_of(answer: Typed) -> tuple[str, str]:
    """The text and the syntax of an answer, whichever way it was given.

    >>> text_of({"matrix": [[1, 2], [3, 4]]})
    ('[[1, 2], [3, 4]]', 'python')
    """
    if isinstance(answer, str):
        return answer, "auto"
    if isinstance(answer, Mapping) and "matrix" in answer:
        return re.sub(r"['\"]", "", str(answer["matrix"])), "python"
    if isinstance(answer, Mapping):
        found = answer.get("text", answer.get("choice", ""))
        return str(found), str(answer.get("syntax", "auto"))
    return str(answer), "auto"


def declared(derivation: Derivation, over: Mapping[str, Symbol] | None = None) -> dict[str, dict[str, Any]]:
    """A derivation's names as a comparison declares them; an array over a continuum is one number at its point."""
    vast = {n for n, s in derivation.symbols.items() if s.domain == "continuum"}
    found = {}
    for name, s in {**derivation.symbols, **(over or {})}.items():
        if name in vast:
            continue
        field_of = vast & set(map(str, s.shape))
        latex = f"{s.latex or name}(x)" if field_of else s.latex or name
        shape = [] if field_of else [str(a) for a in s.shape]
        domain = "real" if s.domain == "derived" else s.domain
        found[name] = {"latex": latex, "shape": shape, "domain": domain}
    return found


@dataclass(frozen=True)
class Answer(Kind):
    """The right side of a derivation's result: a scalar, or an entry with the result's free indices.

    Attributes:
        of: the derivation.
        numbers: numbers that the variant puts for dimension letters or scalars.
        symbols: names that differ from the derivation's, or more of them.
        also: other sets of symbols under which the answer may be typed.
        instead: a text to compare with, in place of the result.
    """

    of: Derivation
    numbers: Mapping[str, int] = field(default_factory=dict)
    symbols: Mapping[str, Symbol] = field(default_factory=dict)
    also: Sequence[Mapping[str, Symbol]] = ()
    instead: str = ""

    @property
    def derivation(self) -> Derivation:
        """Where the answer comes from."""
        return self.of

    @property
    def given(self) -> Mapping[str, int]:
        """The numbers that the variant puts for letters."""
        return self.numbers

    def show(self) -> str:
        """The result's right side."""
        return side_latex(self.of.result.right, self.of.result, self.of.page)

    def typed(self) -> str:
        """The same; it is what a student with LaTeX would type."""
        return self.show()

    def judge(self, answer: Typed) -> Verdict:
        """The verdict of the comparison with the result."""
        text, syntax = text_of(answer)
        first = self._compared(text, syntax, self.symbols)
        for symbols in self.also:
            other = self._compared(text, syntax, symbols)
            if other.verdict == "equal":
                return other
            if first.verdict == "unreadable":
                first = other
        return first

    def like(self, text: str) -> Answer:
        """The same comparison, with a text."""
        return replace(self, instead=text)

    def request(self, symbols: Mapping[str, Symbol] | None = None) -> dict[str, Any]:
        """The fields of the comparison, without the answer."""
        relation, d = self.of.result, self.of
        frame = {b.letter.name: str(b.high - b.low) for b in relation.frame}
        declared_now = declared(d, symbols or self.symbols)
        vast = {n for n, s in d.symbols.items() if s.domain == "continuum"}
        free = {} if isinstance(relation.right, Table) or vast & set(frame.values()) else frame
        return {
            "symbols": declared_now,
            "free_indices": free,
            "index_base": d.index_base,
            "out_of_range": d.out_of_range,
            "asked": relation_latex(relation, d.page).split("=")[0].strip(),
            "where": [*d.where, *(f"{k} == {v}" for k, v in self.numbers.items())],
            "sizes": None,
        }

    def _compared(self, text: str, syntax: str, symbols: Mapping[str, Symbol]) -> Verdict:
        fields = self.request(symbols)
        return compare(self._reference(symbols), text, syntax=syntax, **fields)

    def _reference(self, symbols: Mapping[str, Symbol]) -> str:
        if self.instead or not symbols:
            return self.instead or self.show()
        style = self.of.page
        names = {**style.names, **{n: s.latex for n, s in symbols.items() if s.latex}}
        bare = frozenset(n for n in style.continuous if n not in symbols)
        return side_latex(self.of.result.right, self.of.result, _replaced(style, names, bare))


def _replaced(style: Any, names: Mapping[str, str], continuous: frozenset[str]) -> Any:
    return replace(style, names=names, continuous=continuous)


@dataclass(frozen=True)
class Number(Kind):
    """A derivation's result at the variant's numbers: an exact number."""

    of: Derivation
    at: Mapping[str, Any]
    value: Fraction
    instead: str = ""

    @classmethod
    def from_derivation(cls, of: Derivation, **at: Any) -> Number:
        """The number that a derivation's result is worth at these values; a list stands for an array.

        Raises:
            ValueError: the result is no fraction of small whole numbers there.
        """
        return cls(of, at, exact(of, at))

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
        return str(self.value)

    def typed(self) -> str:
        """The number."""
        return str(self.value)

    def judge(self, answer: Typed) -> Verdict:
        """Exact comparison; a formula in the variant's letters counts as its value."""
        text, syntax = text_of(answer)
        whole = {k: v for k, v in self.at.items() if isinstance(v, int)}
        symbols = {k: {"shape": [], "domain": "int", "latex": k} for k in whole}
        where = [f"{k} == {v}" for k, v in whole.items()]
        return compare(self.instead or str(self.value), text, syntax=syntax, symbols=symbols, where=where)

    def like(self, text: str) -> Number:
        """The same comparison, with a text."""
        return replace(self, instead=text)


def exact(of: Derivation, at: Mapping[str, Any]) -> Fraction:
    """The number that a result's right side is worth, as the fraction that it is.

    Raises:
        ValueError: it is no fraction of small whole numbers.
    """
    value = _valued(of.result.result, at)
    near = Fraction(value).limit_denominator(10**5)
    if abs(value - float(near)) > 1e-9 * max(1.0, abs(value)):
        raise ValueError(f"{of.name} is worth {value} there, no simple fraction")
    return near


def _valued(side: Any, at: Mapping[str, Any]) -> float:
    arrays = {k: np.asarray(v, dtype=float) for k, v in at.items()}
    letters = {Letter(k): v for k, v in at.items() if isinstance(v, int)}
    return float(tabulate(side, [], arrays, letters))


@dataclass(frozen=True)
class IntegerSet(Kind):
    """All whole numbers between the outer sides of a derivation's result, from ``least`` on."""

    of: Derivation
    at: Mapping[str, int]
    unknown: str
    least: int = 1
    instead: tuple[int, ...] | None = None

    @property
    def derivation(self) -> Derivation:
        """Where the bounds come from."""
        return self.of

    @property
    def given(self) -> Mapping[str, int]:
        """The numbers that were put in."""
        return self.at

    @property
    def values(self) -> list[int]:
        """The numbers, smallest first."""
        if self.instead is not None:
            return list(self.instead)
        low, high = (_valued(s, self.at) for s in (self.of.result.sides[0], self.of.result.sides[-1]))
        every = range(int(low) - 1, int(high) + 2)
        tests = [{"<": lambda a, b: a < b, "<=": lambda a, b: a <= b}[op] for op in self.of.result.ops]
        return [k for k in every if k >= self.least and tests[0](low, k) and tests[1](k, high)]

    def show(self) -> str:
        r"""The set, ``\{8, 9, 10\}``."""
        return r"\{" + ", ".join(map(str, self.values)) + r"\}"

    def typed(self) -> str:
        """The set with braces."""
        return "{" + ", ".join(map(str, self.values)) + "}"

    def like(self, text: str) -> IntegerSet:
        """The same comparison, with the numbers of a text; a text that lists none is a ValueError."""
        numbers = _whole_numbers(text)
        if numbers is None:
            raise ValueError(f"{text!r} lists no whole numbers")
        return replace(self, instead=tuple(sorted(numbers)))

    def judge(self, answer: Typed) -> Verdict:
        """The numbers that were listed, in any order, against the set; what is missing is counted, not named."""
        text, _ = text_of(answer)
        listed = _whole_numbers(text)
        if listed is None:
            return message("unreadable", "List whole numbers with commas between them, such as {3, 4, 5}.", 0)
        reading = r"\{" + ", ".join(map(str, sorted(listed))) + r"\}"
        if listed == set(self.values):
            return Verdict("equal", {"kind": "proved", "by": "the same numbers"}, reading)
        wrong = sorted(listed - set(self.values))
        missing = len(set(self.values) - listed)
        return Verdict("different", {"kind": "set", "wrong": wrong, "missing": missing}, reading)


_LIST = re.compile(
    r"\s*(?:[A-Za-z]\s*(?:\\in|=|in|∈)\s*)?\\?[{\[(]?\s*(-?\d{1,9}(?:\s*[,;]\s*-?\d{1,9})*)\s*\\?[}\])]?\s*\$?\s*"
)


def _whole_numbers(text: str) -> set[int] | None:
    m = _LIST.fullmatch(text.strip().strip("$")) if len(text) < 20_000 else None
    return None if m is None else {int(n) for n in re.split(r"[,;]", m.group(1))}


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

    def typed(self) -> str:
        """The matrix."""
        return self.show()

    def judge(self, answer: Typed) -> Verdict:
        """The verdict of the whole; a different one says which entries differ, row by row from 1."""
        text, syntax = text_of(answer)
        whole = compare(self.instead or self.show(), text, syntax=syntax)
        if whole.verdict != "different" or self.instead:
            return whole
        cells = self._cells(text)
        wrong = [] if cells is None else self._wrong(cells)
        return Verdict(
            "different",
            {**whole.evidence, "kind": "entries" if wrong else "shape", "wrong": wrong},
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


@dataclass(frozen=True)
class Choice(Kind):
    """One of several phrases; the first is right."""

    right: str
    others: tuple[str, ...]

    def __init__(self, right: str, *others: str) -> None:
        """Keep the phrases."""
        object.__setattr__(self, "right", right)
        object.__setattr__(self, "others", others)

    def like(self, text: str) -> Choice:
        """The same choices, with another one right."""
        return Choice(text, *(c for c in (self.right, *self.others) if _plain(c) != _plain(text)))

    def show(self) -> str:
        """The phrase."""
        return rf"\text{{{self.right}}}"

    def typed(self) -> str:
        """The phrase."""
        return self.right

    def judge(self, answer: Typed) -> Verdict:
        """The same phrase, whatever its case and spacing."""
        text, _ = text_of(answer)
        said = _plain(text)
        if said == _plain(self.right):
            return Verdict("equal", {"kind": "proved", "by": "the same choice"}, text)
        if said in map(_plain, self.others):
            return Verdict("different", {"kind": "choice"}, text)
        return message("unreadable", f"Choose one of: {', '.join(sorted((self.right, *self.others)))}.", 0)


def _plain(text: str) -> str:
    return re.sub(r"[\s\-_]+", " ", text.strip().lower())


@dataclass(frozen=True)
class Rubric(Kind):
    """A short text that a person reads."""

    points: tuple[str, ...]
    pending = True

    def like(self, text: str) -> Rubric:
        """A rubric compares nothing."""
        return self

    def show(self) -> str:
        """What the text should say."""
        return r"\text{see the points below}"

    def typed(self) -> str:
        """The points."""
        return "; ".join(self.points)

    def judge(self, answer: Typed) -> Verdict:
        """Always a person's."""
        return message("undecided", "A person reads this answer.")
