"""Boolean expressions as answers, judged on every input."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from derive.bank.boolean_slips import slip_of_table
from derive.bank.kind import Kind
from derive.bank.logic import disagreements, tokens, truth_table
from derive.bank.misconceptions import Showing
from derive.bank.typed import Typed, text_of
from derive.grading.verdict import Verdict, message
from derive.notation.errors import Unreadable

SIGNS = frozenset("|&^~()'")
LITERAL = ((r"\(x\)", "x"), ("~x|x'", "x"))
PRODUCT = (("x(?:&?x)+", "x"), (r"\(x\)", "x"), (r"(?<![x&~)^])\((x(?:\|x)*)\)(?![x&(~'^])", r"\1"))
SHOWN = (
    (r"\s*(?:&&?|\b(?:and|AND)\b)\s*", r" \wedge "),
    (r"\s*(?:\|\|?|\b(?:or|OR)\b)\s*", r" \vee "),
    (r"(?:~|!(?!=)|\b(?:not|NOT)\b)\s*", r"\neg "),
)


@dataclass(frozen=True)
class Boolean(Kind):
    r"""A boolean expression of the inputs ``names``: right where it has the right value on every input.

    Attributes:
        names: the inputs, a letter each, or a letter and a number (``D_1``).
        right: the expression, in any notation that is read.
        products: the most products that the answer may have, an OR of ANDs of the inputs or their opposites; by default it may
            be any expression.
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
        """The expression, with the signs of LaTeX."""
        return self.page(self.right)

    def page(self, text: str) -> str:
        r"""An expression as a page shows it.

        >>> Boolean("AB", "A").page("A & ~B | ~(A and B)")
        'A \\wedge \\neg B \\vee \\neg (A \\wedge B)'
        """
        for pattern, sign in SHOWN:
            text = re.sub(pattern, lambda m, sign=sign: sign, text)  # type: ignore[misc]
        return text

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
        count = _products(text, self.names) if self.products is not None else 0
        if count is None:
            said = "Right on every input, but write it as an OR of products of the inputs, each as it is or with a NOT."
            return Verdict("different", {"kind": "form", "message": said}, text)
        if self.products is not None and count > self.products:
            said = f"Right on every input, but with more products than {self.products}: simplify it."
            return Verdict("different", {"kind": "form", "message": said}, text)
        return Verdict("equal", {"kind": "proved", "by": "every input"}, text)

    def slip(self, text: str, syntax: str = "auto") -> Showing | None:
        """The first way to misread the expression that gives this function."""
        theirs = truth_table(text, self.names)
        return slip_of_table((self.posed or self.right, self.right), theirs, self.names)


def _products(text: str, names: Sequence[str]) -> int | None:
    r"""How many products an OR of products has; None where an expression is none.

    >>> _products(r"A \bar{B} \vee (C)", "ABC"), _products("~(A & B)", "AB"), _products("A ^ (B & C)", "ABC")
    (2, None, None)
    """
    found = "".join(t if t in SIGNS else "x" for t in tokens(text, names))
    for steps in (LITERAL, PRODUCT):
        before = ""
        while before != found:
            before = found
            for pattern, plain in steps:
                found = re.sub(pattern, plain, found)
    return found.count("x") if re.fullmatch(r"x(\|x)*", found) else None
