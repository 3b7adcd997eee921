"""A formula as an answer: read as students type it, compared with a derivation's result, and shown."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from derive.bank.defined import Equation, as_numbers, remembered
from derive.bank.kind import Kind
from derive.bank.letters import own_letters, renamed, without_time
from derive.bank.names import declared, kronecker, typed_name, without_kronecker
from derive.bank.programmed import programmed, typed_names
from derive.bank.readings import read
from derive.bank.typed import Typed
from derive.calculus.expr import Expr
from derive.calculus.substitute import names
from derive.calculus.trace import Relation, Table
from derive.derivations.base import Derivation, Symbol
from derive.grading.compare import compare
from derive.grading.verdict import Verdict, message
from derive.notation.relation_latex import relation_latex, side_latex
from derive.notation.style import Style

MEANING = ("kronecker", "identity", "ones", "function", "dimension", "logistic")  # domains that say what a name is
BARE_PI = re.compile(r"(?<![A-Za-z])\\?pi(?![A-Za-z])(?!\s*[_\[])")
CONVOLUTION = re.compile(r"\\(?:ast|star|circledast|otimes)(?![a-zA-Z])|\\.*\*|\*.*\\", re.DOTALL)


def _doubted(verdict: Verdict, text: str, arrays: Sequence[str]) -> Verdict:
    """A clash of shapes around a sign that many write for a convolution, or around a bare π, goes to a person."""
    if verdict.evidence.get("kind") != "shape":
        return verdict
    if CONVOLUTION.search(text):
        return message(
            "undecided", "The sign between these arrays may be meant as a convolution: write it with indices."
        )
    if r"\pi" in arrays and BARE_PI.search(text):
        return message("undecided", r"Here $\pi$ is an array: where you mean the number, write it as a decimal.")
    return verdict


@dataclass(frozen=True)
class Answer(Kind):
    """The right side of a derivation's result: a scalar, or an entry with the result's free indices.

    Attributes:
        of: the derivation.
        numbers: numbers that the variant puts for dimension letters or scalars.
        symbols: names that differ from the derivation's, or more of them.
        also: other sets of symbols under which the answer may be typed.
        means: name → what it stands for, in LaTeX: an answer may write it out.
        instead: a text to compare with, in place of the result.
        letters: free letters of the result → those that an answer names on its left side.
        equations: the equations of the page; an answer may speak of the names that they define.
        defined: names with their definitions, as a comparison declares them, beside the symbols.
        statement: the text of the page, whose letters have the meaning that it gives them.
    """

    of: Derivation
    numbers: Mapping[str, int] = field(default_factory=dict)
    symbols: Mapping[str, Symbol] = field(default_factory=dict)
    also: Sequence[Mapping[str, Symbol]] = ()
    means: Mapping[str, str] = field(default_factory=dict)
    instead: str = ""
    letters: Mapping[str, str] = field(default_factory=dict)
    equations: tuple[Equation, ...] = ()
    defined: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    statement: str = ""

    def __post_init__(self) -> None:
        """Check what ``means`` speaks of, and the numbers.

        Raises:
            ValueError: it speaks of a name that is no symbol; a number is a text.
        """
        if unknown := [n for n in self.means if n not in self.of.symbols and n not in self.symbols]:
            raise ValueError(
                f"means speaks of {', '.join(unknown)}: give the name of a symbol; an array's meaning is whole, X w"
            )
        if texts := [f"{n} = {v!r}" for n, v in self.numbers.items() if isinstance(v, str)]:
            raise ValueError(
                f"the numbers of an answer are numbers, and not {', '.join(texts)}: state the formula at that place"
            )

    @property
    def relation(self) -> Relation:
        """The result in the letters of the answer."""
        return renamed(self.of.result, self.letters) if self.letters else self.of.result

    @property
    def derivation(self) -> Derivation:
        """Where the answer comes from."""
        return self.of

    @property
    def given(self) -> Mapping[str, int]:
        """The numbers that the variant puts for letters."""
        return self.numbers

    def show(self) -> str:
        """The result's right side, in the names that are typed."""
        return self.written(self.of.result)

    def typed(self) -> str:
        """The same; it is what a student with LaTeX would type."""
        return self.show()

    def judge(self, answer: Typed) -> Verdict:
        """The verdict of the comparison with the result, in the reading that `derive.bank.readings` finds."""
        return read(self, answer).verdict

    def defining(self, own: tuple[Equation, ...] = ()) -> dict[str, dict[str, Any]]:
        """The names that the equations of the page, and an answer's own, define, as a comparison declares them."""
        open_ = ((n, s) for n, s in self.of.symbols.items() if s.domain == "derived" and n not in self.means)
        derived = {typed_name(n, s) for n, s in open_}
        asking = without_kronecker(self.request(), (*own, *self.equations))
        return remembered((*own, *self.equations), json.dumps(asking), frozenset({*derived, *self.loose}))

    @cached_property
    def abbreviated(self) -> tuple[Answer, ...]:
        """The same comparison with the names of the page; and again where f stands for f(z)."""
        return self.with_definitions(())

    def with_definitions(self, own: tuple[Equation, ...]) -> tuple[Answer, ...]:
        """The same comparison with an answer's own definitions, too."""
        found = self.defining(own)
        ways = [found] if found == as_numbers(found) else [found, as_numbers(found)]
        return tuple(replace(self, defined=way) for way in ways if way)

    @property
    def loose(self) -> tuple[str, ...]:
        """Symbols of its own, as they are typed, of which only the page can say what they stand for."""
        own = [
            n for n, s in self.symbols.items() if not (n in self.of.symbols or n in self.means or s.domain in MEANING)
        ]
        right = self.of.result.right if own else None
        loose = (n for n in own if not isinstance(right, Expr) or n not in names(right))
        return tuple(typed_name(n, self.symbols[n]) for n in loose)

    def judged(self, text: str, syntax: str) -> Verdict:
        """The verdict on a text as it is typed."""
        asking = self.request()
        letters = {} if self.letters or self.instead else own_letters(text, asking, asking.pop("asked"))
        if letters:
            return replace(self, letters=letters).judged(text, syntax)
        if syntax == "python" or (syntax == "auto" and "\\" not in text):
            text = without_time(text, asking["symbols"])
        arrays = [s["latex"] for s in asking["symbols"].values() if isinstance(s["shape"], list) and s["shape"]]
        first = _doubted(self._compared(text, syntax, self.symbols), text, arrays)
        for symbols in self.also:
            other = self._compared(text, syntax, symbols)
            if other.verdict == "equal":
                return other
            if first.verdict == "unreadable":
                first = other
        if first.verdict == "different" and not self.instead:
            return self._written_out(text, syntax) or first
        return first

    def _written_out(self, text: str, syntax: str) -> Verdict | None:
        """The verdict where an answer is right because of what the program defines: σ(Wx) in place of p."""
        fields = self.request()
        known = {n: {**d, **self.programmed.get(n, {})} for n, d in fields["symbols"].items()}
        if known == fields["symbols"]:
            return None
        found = compare(self.show(), text, syntax=syntax, **{**fields, "symbols": known})
        return found if found.verdict == "equal" else None

    @cached_property
    def programmed(self) -> dict[str, dict[str, str]]:
        """What the program defines and the derivation differentiates, by the names that are typed, where nothing else does."""
        known = self.request()["symbols"]
        own = {n: typed for n, typed in typed_names(self.of).items() if typed in known and n not in self.symbols}
        found = programmed(self.of, own)
        return {n: d for n, d in found.items() if n not in self.defined and known[n].get("domain") != "function"}

    def like(self, text: str) -> Answer:
        """The same comparison, with a text."""
        return replace(self, instead=text)

    def request(self, symbols: Mapping[str, Symbol] | None = None) -> dict[str, Any]:
        """The fields of the comparison, without the answer."""
        if symbols is not None and symbols is not self.symbols:
            return self._request(symbols)
        return {**self._asking, "symbols": dict(self._asking["symbols"])}

    @cached_property
    def _asking(self) -> dict[str, Any]:
        """The fields for the kind's own symbols, which each answer needs again."""
        return self._request(self.symbols)

    @cached_property
    def _reference(self) -> str:
        """The right answer, with the kind's own symbols."""
        return self.written(self.relation, self.symbols)

    def _request(self, symbols: Mapping[str, Symbol]) -> dict[str, Any]:
        relation, d = self.relation, self.of
        frame = {b.letter.name: str(b.high - b.low) for b in relation.frame}
        declared_now = declared(d, symbols or self.symbols)
        for name, text in self.means.items():
            symbol = {**d.symbols, **self.symbols}[name]
            declared_now[typed_name(name, symbol)] |= {"domain": "derived", "definition": text}
        vast = {n for n, s in d.symbols.items() if s.domain == "continuum"}
        free = {} if isinstance(relation.right, Table) or vast & set(frame.values()) else frame
        return {
            "symbols": {**kronecker(frame), **declared_now, **self.defined},
            "free_indices": free,
            "index_base": d.index_base,
            "out_of_range": d.out_of_range,
            "asked": relation_latex(relation, d.page).split("=")[0].strip(),
            "where": [*d.where, *(f"{k} == {v}" for k, v in self.numbers.items())],
            "sizes": None,
        }

    def _compared(self, text: str, syntax: str, symbols: Mapping[str, Symbol]) -> Verdict:
        own = symbols is self.symbols
        reference = self.instead or (self._reference if own else self.written(self.relation, symbols))
        return compare(reference, text, syntax=syntax, **self.request(symbols))

    def written(self, relation: Relation, symbols: Mapping[str, Symbol] | None = None) -> str:
        """A relation's right side with the names that are typed."""
        return side_latex(relation.right, relation, self.style(symbols))

    def style(self, symbols: Mapping[str, Symbol] | None = None) -> Style:
        """How the names are typed."""
        style, given = self.of.page, self.symbols if symbols is None else symbols
        if given:
            named = {**style.names, **{n: s.latex for n, s in given.items() if s.latex}}
            style = replace(style, names=named, continuous=frozenset(n for n in style.continuous if n not in given))
        return style
