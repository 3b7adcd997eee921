"""Whether a page can show what an author writes."""

from __future__ import annotations

from collections.abc import Iterator

from derive.bank.problem import AskedPart
from derive.bank.typed import FORMULA
from derive.render.katex import NotTypeset, display
from derive.render.markdown import prose


def untypeset(text: str) -> Iterator[str]:
    r"""What of a text no page can show, a sentence each.

    >>> list(untypeset(r"Give $\frac12 n$.")), list(untypeset("Give $n^2, please."))
    ([], ["a dollar sign opens a formula that nothing closes, at '$n^2, please.'"])
    """
    alone = FORMULA.sub("", text).replace(r"\$", "").partition("$")
    if alone[1]:
        yield f"a dollar sign opens a formula that nothing closes, at {'$' + alone[2][:30]!r}"
        return
    try:
        prose(text)
    except NotTypeset as error:
        yield f"a formula cannot be typeset: {error}"


def unshown(part: AskedPart) -> Iterator[str]:
    """The same of what a part says, and of its right answer."""
    for text in (part.ask, *part.own, *(m.say for m in part.mistakes), part.answer.worked):
        yield from untypeset(text)
    try:
        display(part.answer.show())
    except NotTypeset as error:
        yield f"the right answer cannot be typeset: {error}"
