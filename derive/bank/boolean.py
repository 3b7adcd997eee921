"""Boolean expressions as answers, judged on every input."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from derive.bank.boolean_slips import slip_of_table
from derive.bank.kinds import Kind
from derive.bank.logic import SPELLINGS, disagreements, truth_table
from derive.bank.misconceptions import Showing
from derive.bank.typed import Typed, text_of
from derive.grading.verdict import Verdict, message
from derive.notation.errors import Unreadable


@dataclass(frozen=True)
class Boolean(Kind):
    r"""A boolean expression of the inputs ``names``: right where it has the right value on every input.

    Attributes:
        names: the inputs, a letter each, or a letter and a number (``D_1``).
        right: the expression, in any notation that is read.
        products: the most products (ANDs between ORs) that the answer may have; any number by default.
        posed: the expression as the question gives it, where that is another one: what is misread in it is known for it.
    """

    names: Sequence[str]
    right: str
    products: int | None = None
    posed: str = ""

    def __post_init__(self) -> None:
        """Read the expression at once: what cannot be read is the author's to hear."""
        try:
            truth_table(self.right, self.names)
            truth_table(self.posed or self.right, self.names)
        except Unreadable as error:
            raise ValueError(f"{self.right!r} cannot be read: {error.message}") from error

    def show(self) -> str:
        """The expression."""
        return self.right

    def typed(self) -> str:
        """The expression."""
        return self.right

    def like(self, text: str) -> Boolean:
        """The same comparison, with another expression right, however many products it has."""
        return replace(self, right=text, products=None)

    def judge(self, answer: Typed) -> Verdict:
        """The inputs on which it is wrong."""
        text, _ = text_of(answer)
        try:
            theirs = truth_table(text, self.names)
        except Unreadable as error:
            return message("unreadable", error.message, error.position)
        wrong = disagreements(truth_table(self.right, self.names), theirs)
        if wrong:
            return Verdict(
                "different", {"kind": "inputs", "names": list(self.names), "wrong": wrong, "output": ""}, text
            )
        if self.products is not None and _products(text) > self.products:
            said = f"Right on every input, but with more products than {self.products}: simplify it."
            return Verdict("different", {"kind": "form", "message": said}, text)
        return Verdict("equal", {"kind": "proved", "by": "every input"}, text)

    def slip(self, text: str, syntax: str = "auto") -> Showing | None:
        """The first way to misread the expression that gives this function."""
        theirs = truth_table(text, self.names)
        return slip_of_table((self.posed or self.right, self.right), theirs, self.names)


def _products(text: str) -> int:
    return 1 + len(re.findall(SPELLINGS[0][0], text))
