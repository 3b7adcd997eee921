"""Texts that give an answer away: hints and sentences for students that hold the reference or its value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from derive.bank.choice import Choice
from derive.bank.kind import Kind

if TYPE_CHECKING:
    from derive.bank.problem import AskedPart, Variant

SHORT = 5  # characters: anything shorter stands in a text by chance
NUMBER = re.compile(r"(?<![\w.,^_{])-?\d+(?:\.\d+)?(?![\w.]*\d)")


def leaks(variant: Variant, part: AskedPart) -> Iterator[str]:
    """A sentence for each hint, and each thing said to a mistake, that holds the right answer of the part.

    What the question or the statement holds already is no secret; nor are the phrases of a choice, which all are shown.
    """
    if isinstance(part.answer, Choice) or part.answer.pending:
        return
    known = f"{variant.statement} {part.ask}"
    texts = [("a hint", hint) for hint in part.hints] + [(f"what {m.answer!r} hears", m.say) for m in part.mistakes]
    for where, text in texts:
        if holds(text, part.answer, known):
            yield f"{where} holds the answer: {text!r}"


def holds(text: str, kind: Kind, known: str = "") -> bool:
    r"""Whether a text holds a right answer, as it is shown or typed, or its value, that ``known`` does not hold.

    >>> from derive.bank.values import Values
    >>> root = Values("r := sqrt(x)", {"x": 2}, "r", digits=4)
    >>> holds("It is about 1.4142.", root), holds("It is about 1.4.", root)
    (True, False)
    """
    for right in {kind.show(), kind.typed()}:
        bare = _bare(right)
        if re.fullmatch(r"-?\d+(\.\d+)?", bare):
            if len(bare.strip("-")) > 1 and bare in NUMBER.findall(text) and bare not in NUMBER.findall(known):
                return True
        elif len(bare) >= SHORT and bare in _bare(text) and bare not in _bare(known):
            return True
    return False


def _bare(text: str) -> str:
    """Without spaces, size commands and brackets of LaTeX that change nothing."""
    return re.sub(r"\s|\\left|\\right|\\[,;!: ]|\\cdot|[{}$]", "", text)
