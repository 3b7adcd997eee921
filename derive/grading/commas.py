"""Commas in numbers: a decimal comma or thousands? The student is asked."""

from __future__ import annotations

import re

from derive.grading.verdict import Verdict, message

_COMMAS = re.compile(r"(?:[^=,]*=)*[\s$]*[-+−–]?([0-9]+(?:,[0-9]+)+)[\s$]*(?:\\?%[\s$]*)?")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(,[0-9]{3})+")
_LISTED = r"\s*[-+−–]?\d+(?:,\d+)?\s*"
_COMMA_LIST = re.compile(
    rf"[\s($\[{{\\]*(?:[^=,;\s($\[{{\\][^=,;]*=)?{_LISTED}(?:;(?:[^=,;]*=)?{_LISTED})+[)$\]}}\\]*\s*"
)


def commas(answer: str) -> Verdict | None:
    """What to ask about a number with commas in it.

    >>> commas("0,57").evidence["message"], commas("1.5")
    ('Is this a decimal comma? Please write a point.', None)
    """
    said = _COMMAS.fullmatch(answer)
    return _asked(said[1], answer.index(",")) if said else None


def commas_between_decimals(answer: str) -> Verdict | None:
    """What to ask about a list of numbers with commas in them, parted by semicolons.

    >>> commas_between_decimals("(0,5; 1,5)").evidence["position"], commas_between_decimals("1; 2")
    (2, None)
    """
    return _asked("", answer.index(",")) if "," in answer and _COMMA_LIST.fullmatch(answer) else None


def _asked(digits: str, at: int) -> Verdict:
    if _THOUSANDS.fullmatch(digits):
        return message("unreadable", "Is this comma a thousands separator? Please leave it out.", at)
    return message("unreadable", "Is this a decimal comma? Please write a point.", at)
