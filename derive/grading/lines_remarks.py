"""Remarks behind a formula that claim nothing: “(chain rule)”, “by the product rule”, “where x is the input”."""

from __future__ import annotations

import re

from derive.notation.declare import CONSTANTS
from derive.notation.functions import GREEK_FUNCTIONS

_RULES = (
    "the by using use from via with applying apply chain product quotient power sum rule rules again twice linearity definition"
    " of and then algebra simplify simplified simplifying expand expanded expanding substitute substituting differentiate"
    " differentiating derivative rearrange rearranged rearranging collect collecting terms multiply multiplying out"
).replace(" ", "|")
_OPENER = "(?:where|and|here|with)"
_MEANT = "|".join(
    name.removeprefix("\\") for name in (*CONSTANTS, *GREEK_FUNCTIONS)
)  # a sentence gives these another meaning
_NAMED = r"\$?(?:\\?[A-Za-z]|\\[a-z]+)(?:_(?:\w|\{\w+\}))?\$?"
_NAME = rf"(?!\$?\\?(?:{_MEANT})(?![A-Za-z])){_NAMED}"
_SAYS = (  # a noun that claims something of what it names
    "zero|ones?|identity|inverse|transpose|solution|optimum|optimal|minimum|maximum|minimi[sz]er|maximi[sz]er|root|sum|product|mean"
    "|derivative|gradient|slope|square|norm|constant|same|negative|half|difference|ratio|average|limit"
)
_NOUN = rf"(?!(?:{_SAYS}|and|where|with|by|of)\b)[a-z][a-z-]+(?![\w-])"
_NOUNS = rf"(?:the|our|its)\s+{_NOUN}(?:\s+{_NOUN}){{0,9}}\s*"
_CALLED = rf"(?:is|are|denotes?|stands\s+for|being)\s+{_NOUNS}"
_ALSO = rf"(?:\s*,?\s*(?:and\s+)?{_NAME}\s+(?:{_CALLED}|{_NOUNS})){{0,9}}"
_END = r"(?=[\s.,;!)\]]*$)"
_FORMULA = r"(?<=[\w)\]}'^])\s{0,40}"
_REMARKS = (
    re.compile(
        rf"{_FORMULA}(?:[,;]|\\q?quad(?![a-z]))?\s{{0,40}}(?:[(\[]\s*|#+\s*|//\s*|--+\s*|—\s*|\b(?=by\b|using\b|via\b))"
        rf"(?:(?:{_RULES})\b[\s,]{{0,9}}){{2,16}}[)\]]?{_END}",
        re.IGNORECASE,
    ),
    re.compile(rf"{_FORMULA}(?:[,;(]\s*(?:{_OPENER}\s+)?|(?<=\s){_OPENER}\s+){_NAME}\s+{_CALLED}{_ALSO}[)]?{_END}"),
)
_CLAUSE = re.compile(  # a condition in brackets, such as “(with x > 0)”, stays as it is
    rf"[(\[](?=\s*(?:where|with)\s+{_NAMED}\s*:?=)((?:[^()<>≤≥]|\([^()<>≤≥]*\))*)[)\]](?=\s*[.,;]?\s*$)"
)


def without_remarks(text: str) -> str:
    r"""The text with such remarks blanked, and with the brackets round “(where z = …)” as commas: offsets stay.

    >>> without_remarks("dL/dw = z x where x is the input"), without_remarks("a = 2b (by the chain rule)")
    ('dL/dw = z x                     ', 'a = 2b                    ')
    >>> without_remarks("a = z x (where z = x + 1)"), without_remarks("X = Y since X is symmetric")
    ('a = z x ,where z = x + 1 ', 'X = Y since X is symmetric')
    """
    text = text if r"\le" in text or r"\ge" in text or r"\to" in text else _CLAUSE.sub(r",\1 ", text)
    for remark in _REMARKS:
        text = remark.sub(lambda m: " " * len(m[0]), text)
    return text
