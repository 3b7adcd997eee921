"""Which of many formulas an answer is the same as: all are read once; most are told from the answer at one point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from derive.grading.decide import decide
from derive.grading.posed import space_of
from derive.grading.reading import Formula, read_formula, read_formulas
from derive.grading.relations import RelationError
from derive.notation.arrays import Clash
from derive.notation.declare import Declarations
from derive.notation.errors import Refused, Unreadable

NO_READING = (Unreadable, Refused, Clash, RelationError, OverflowError)


@dataclass(frozen=True)
class Suspects:
    r"""Formulas in LaTeX with the declarations of a comparison.

    Attributes:
        texts: the formulas.
        asking: the fields of a comparison's request that declare names, and ``asked``.

    >>> found = Suspects(["2x", "x^2", "-x"], {"symbols": {"x": {"shape": []}}})
    >>> list(found.same_as("x - 2x"))
    [2]
    """

    texts: Sequence[str]
    asking: Mapping[str, Any]

    @cached_property
    def _declarations(self) -> Declarations:
        return Declarations.of(**{k: v for k, v in self.asking.items() if k != "asked"})

    @cached_property
    def _formulas(self) -> list[Formula | None]:
        return [self._read(text) for text in self.texts]

    def _read(self, text: str) -> Formula | None:
        try:
            return read_formula(text, "latex", self._declarations)
        except NO_READING:
            return None

    def same_as(self, answer: str, syntax: str = "auto") -> Iterator[int]:
        """The numbers of the formulas that an answer is equal to, as they are found.

        None for what cannot be read or speaks of unknown letters; nor for nothing: 0 shows no slip.
        """
        try:
            readings = read_formulas(answer, syntax, self._declarations, self.asking.get("asked"))
            space = space_of(self._declarations, [answer], None)
        except NO_READING:
            return
        given = readings[0]
        if given.unknown or (self._nothing and decide(given, self._nothing, space).verdict == "equal"):
            return
        for k, formula in enumerate(self._formulas):
            if formula is not None and decide(given, formula, space).verdict == "equal":
                yield k

    @cached_property
    def _nothing(self) -> Formula | None:
        return self._read("0")
