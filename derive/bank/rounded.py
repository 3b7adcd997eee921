"""Numbers as answers: letters that have no value, and what is right but for its rounding."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from derive.bank.kind import named
from derive.bank.labelled import is_named
from derive.bank.misconceptions import Showing
from derive.bank.spelled import apart
from derive.bank.typed import numeral, product_of
from derive.grading.verdict import Verdict, message

NUMBER = re.compile(r"(?<![\w.])[-+−]?(?:\d+(?:\.\d+)?|\.\d+)(?![\w.]|\s*[/^*])")
BEHIND = re.compile(  # a number with words behind it
    r"(?:[A-Za-z]\w*\s*=)?[\s$]*[-+−]?(?:\\d?frac)?[\d.,/{}]*[\d}](?:\s|\\[,;: ])+([A-Za-z]+(?:[\s/]+[A-Za-z]+)*)[\s.$]*"
)
FLOAT = 11  # figures behind the point that a program prints at least
FRAME = re.compile(r"\\(?:begin|end)\{[a-z]*matrix\}|\\(?:left|right)(?![a-z])|[\s()\[\]{},;$&\\]")
FEWEST = 2  # figures behind the point, fewer of which many a wrong number has
SHORT = "Right as far as its digits go, and they are too few: give as many decimals as the question says, or the exact value."
COMMA = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
PRODUCT = "Is this a mixed number, or a product? Please write the plus sign or the times sign."
THOUSANDS = "Is this comma a thousands separator? Please leave it out."
UNPLACED = (
    "We cannot tell which of these values answer the question: give what is asked for alone, in order, without names."
)


def rounded(text: str, right: str, fewest: int = FEWEST) -> Showing | None:
    """The misconception of a text whose every number is the right one with other figures; None where one is another number.

    ``fewest`` is how many figures behind the point a number must have to be taken for the right one.

    >>> rounded("1.053", "1.0527"), rounded("(1.05, 2.71)", "(1.0527, 2.7183)") is not None
    (Showing(id='rounding', words='1.053 for 1.0527'), True)
    >>> rounded("1.06", "1.0527"), rounded("1", "1.0527")
    (None, None)
    >>> rounded("-0.2", "-0.2022"), rounded("-0.2", "-0.2022", fewest=1).whole[:29]
    (None, 'Right as far as its digits go')
    >>> rounded("2.71", "2.7183").whole, rounded("0.6666666666666667", "0.666666666667").whole[:29]
    ('', 'Right as far as its digits go')
    """
    given, wanted = _alone(text), [Decimal(m[0]) for m in NUMBER.finditer(right)]
    if not given or len(given) != len(wanted):
        return None
    pairs = list(zip(given, wanted, strict=True))
    off = [(a, b) for a, b in pairs if a != b or _is_float(a, b)]
    if not off or not all(_is_float(a, b) or _is_cut(a, b, fewest) for a, b in off):
        return None
    a, b = off[0]
    whole = all(_is_float(a, b) or a == _to(a, b, ROUND_HALF_UP) for a, b in off)
    return Showing("rounding", f"{a} for {b}", SHORT if whole else "")


def is_short(text: str, right: Sequence[float], digits: int) -> bool:
    """Whether a number of a text has fewer decimals than are asked for, and is not the right one but for zeros at its end.

    >>> is_short("0.99", [0.99015], 4), is_short("0.437", [0.43698], 4), is_short("0.9902", [0.99015], 4)
    (True, False, False)
    >>> is_short("h = {0.99, 0.5}", [0.99015, 0.5], 4), is_short("r = 0.99", [0.99015], 4), is_short("1 - 0.01", [0.99, 0], 4)
    (True, True, False)
    """
    given = _alone(text)
    if len(given) != len(right):
        return False
    room = 0.51 * 10.0**-digits
    return any(_places(a) < digits and abs(float(a) - b) > room for a, b in zip(given, right, strict=True))


def _alone(text: str) -> list[Decimal]:
    """The numbers of a text, behind its last equals sign; none where more than they stands there."""
    last = text.rpartition("=")[2]
    found = [Decimal(m[0].replace("−", "-")) for m in NUMBER.finditer(last)]
    return [] if FRAME.sub("", NUMBER.sub("", last)) else found


def _is_float(given: Decimal, right: Decimal) -> bool:
    """Whether a number is what a program prints for the right one, with all digits that it has."""
    return _places(given) >= FLOAT and abs(given - right) <= abs(right).scaleb(-FLOAT)


def _is_cut(given: Decimal, right: Decimal, fewest: int) -> bool:
    places, wanted = _places(given), _places(right)
    if not fewest <= places <= wanted or not given:
        return False
    return given in (_to(given, right, ROUND_DOWN), _to(given, right, ROUND_HALF_UP))


def _places(x: Decimal) -> int:
    return max(0, -int(x.as_tuple().exponent))


def _to(given: Decimal, right: Decimal, how: str) -> Decimal:
    """The right number with as many figures as the given one has."""
    return right.quantize(Decimal(1).scaleb(-_places(given)), how)


def unmixed(text: str, compared: Callable[[str], Verdict], read: Callable[[str], str] = numeral) -> Verdict:
    r"""The verdict on numbers, ``5 \frac13`` taken for a sum; where only another reading is right, which of them is meant.

    Args:
        text: what was typed.
        compared: the verdict on a text.
        read: puts a text into the form that is compared.

    >>> unmixed("4 1/2", lambda t: message("equal" if t == "4* 1/2" else "different", t)).verdict
    'unreadable'
    """
    found = compared(read(text))
    if found.verdict != "different":
        return found
    product, whole = product_of(text), COMMA.sub("", text)
    if product and compared(read(product)).verdict == "equal":
        return message("unreadable", PRODUCT)
    if whole != text and compared(read(whole)).verdict == "equal":
        return message("unreadable", THOUSANDS)
    return found


def in_numbers(verdict: Verdict, known: Collection[str] = (), text: str = "") -> Verdict:
    """The verdict on a number; a letter that nothing gives a value to is said, and no point is made up for it."""
    loose = [n for n in dict(verdict.evidence.get("values") or {}) if n not in known]
    if verdict.verdict != "different":
        return verdict
    if word := next((w for w in apart(text, verdict.reading or "", 2) if not set(w) <= set(known)), ""):
        whole = text.strip() if text.replace(" ", "").isalpha() else word
        return message("unreadable", f"We read numbers and formulas, and '{whole[:40]}' is none.", text.find(word))
    if verdict.evidence.get("kind") == "shape" and is_named(text):
        return message("unreadable", UNPLACED)
    if not loose:  # at the variant's own numbers there is no other place to try
        return replace(verdict, evidence={k: v for k, v in verdict.evidence.items() if k not in ("sizes", "values")})
    if m := BEHIND.fullmatch(text):
        return message(
            "unreadable", f"Give the number alone: we cannot tell what '{m[1].strip()[:40]}' does to it.", m.start(1)
        )
    are = "is" if len(loose) == 1 else "are"
    said = f"The answer is to be in numbers, and nothing here says what {named(loose)} {are}."
    return replace(verdict, evidence={"kind": "form", "message": said})
