"""Whole numbers as people list them: ``{5, 6, 7}``, ``5 <= K <= 7``, ``{K : 4 < K < 8}``, “K = 5, 6 or 7”, ``range(5, 8)``."""

from __future__ import annotations

import math
import re
from fractions import Fraction

_NUMBER = r"-?(?:0|[1-9]\d{0,8})(?!\d)"
_LIST = re.compile(rf"(\\?[{{\[(])?\s*({_NUMBER}(?:\s*[,;]\s*{_NUMBER})*)\s*(\\?[}}\])])?")
_BESIDE = re.compile(
    rf"(\\?[{{\[(])?\s*({_NUMBER}(?:\s+(?!\d{{3}}\b){_NUMBER})+)\s*(\\?[}}\])])?"
)  # 1 000 is one number
_LETTER = r"[A-Za-z](?:_\w|_\{\w+\})?"
_LED = re.compile(rf"{_LETTER}\s*(?:\\in(?![a-z])|=|\bin\b|∈|\b(?:is|are|can be|may be|could be)\b)\s*")
_WORDS = re.compile(r"^(?:all\s+)?(?:the\s+)?(?:integers|whole numbers)\s+(?:with\s+)?|\bfrom\b", re.I)
_FIRST = (  # of ℤ_{>0}, and not of ℤ_{>7}
    r"(?:\s*(?:_\s*\{?\s*(?:[+0]|(?:>=?|≥|⩾|\\g(?:eq?(?:slant)?|t)(?![a-z]))\s*[01])\s*\}?|\^\{?\+\}?))?"
)
_WHOLE = rf"{_LETTER}\s*(?:\\in(?![a-z])|∈|\bin\b)\s*(?:\\mathbb\s*\{{?\s*[ZN]\s*\}}?|[ℤℕZ]){_FIRST}"
_SAYS_WHOLE = re.compile(
    rf"\s*,\s*(?:\\text\s*\{{\s*)?(?:(?:with|where|for|and)\s+)?(?:{_WHOLE}|{_LETTER}\s*(?:is\s+)?(?:an\s+)?(?:integer|whole)(?:\s*\}})?)\s*$"
)
_SUCH = re.compile(
    rf"\\?\{{\s*(?:{_WHOLE}|{_LETTER})\s*(?:\||:|\\mid(?![a-z])|\\colon(?![a-z])|such that)\s*(.*?)\s*\\?\}}", re.DOTALL
)
_LESS = r"\s*(<=?|≤|⩽|\\leq?(?:slant)?(?![a-z])|\\lt(?![a-z]))\s*"
_MORE = r"\s*(>=?|≥|⩾|\\geq?(?:slant)?(?![a-z])|\\gt(?![a-z]))\s*"
_RATIO = rf"{_NUMBER}(?:\.\d{{1,9}}|/\d{{1,9}})?"
_STRICT = ("<", r"\lt", ">", r"\gt")
_BOUNDS = re.compile(rf"({_RATIO}){_LESS}({_LETTER}){_LESS}({_RATIO})")
_TURNED = re.compile(rf"({_RATIO}){_MORE}({_LETTER}){_MORE}({_RATIO})")
_ONE = tuple(re.compile(t) for t in (rf"({_RATIO}){_LESS}({_LETTER})", rf"({_LETTER}){_LESS}({_RATIO})"))
_OTHER = tuple(re.compile(t) for t in (rf"({_LETTER}){_MORE}({_RATIO})", rf"({_RATIO}){_MORE}({_LETTER})"))
_FRACTION = re.compile(r"\\[dt]?frac\s*\{\s*(\d+)\s*\}\s*\{\s*(\d+)\s*\}")
_HYPHEN = re.compile(r"(\d{1,9})\s*[-–—]\s*(\d{1,9})")
_LEAD = re.compile(rf"^(?:all\s+)?{_LETTER}\s+(?=\d)")
_INCLUSIVE = re.compile(r",?\s+\(?inclusive(?:ly)?\)?$")
_RANGE = re.compile(rf"(?:(?:set|list|tuple)\()?range\(\s*({_NUMBER})\s*,\s*({_NUMBER})\s*\)\)?")
_DOTS = re.compile(rf"({_NUMBER})\s*,?\s*(?:\.\.\.?|…|\\l?dots(?![a-z])|\bto\b)\s*,?\s*({_NUMBER})")
_BRACED = re.compile(r"\\?\{\s*([^{}]*?)\s*\\?\}")
_AND = re.compile(r"\s*(?:,|\band\b|\\(?:text|mathrm)\s*\{\s*and\s*\}|\\(?:wedge|land)(?![a-z])|∧|&&?)\s*")
_LAYOUT = re.compile(r"\\(?:left|right)(?![a-z])|\\[,;:! ]|~|\\q?quad(?![a-z])")
_CLOSES = {"{": "}", r"\{": r"\}", "[": "]", "(": ")", None: None}
_MOST = 10_000  # numbers between two bounds


def whole_numbers(text: str) -> set[int] | None:
    """The numbers that a text lists, or gives by their first and last; None where it does neither.

    >>> sorted(whole_numbers("K = 7 or 8")), sorted(whole_numbers("7 <= K < 10")), whole_numbers("{7, 8")
    ([7, 8], [7, 8, 9], None)
    >>> sorted(whole_numbers("13/2 < K <= 9.5")), sorted(whole_numbers("{K : 7 <= K <= 8, K integer}"))
    ([7, 8, 9], [7, 8])
    >>> sorted(whole_numbers("K >= 7 and K < 9")), whole_numbers("{K : 7 <= K <= 9, K odd}"), whole_numbers("[7, 9]")
    ([7, 8], None, None)
    >>> sorted(whole_numbers("from 7 to 9 (inclusive)")), whole_numbers("9-7"), sorted(whole_numbers("all K from 7–8"))
    ([7, 8, 9], None, [7, 8])
    """
    if len(text) > 20_000:
        return None
    text = " ".join(_LAYOUT.sub(" ", text).replace("−", "-").split()).strip("$").strip().rstrip(".").strip()
    if len(text) < 200:
        text = _bare(text)
    ends = _ends(text)
    if ends is not None:
        return set(range(*ends)) if ends[1] - ends[0] <= _MOST else None
    return _listed(text)


def _bare(text: str) -> str:
    """What is said of the numbers, without the letter's set and the words round it."""
    such = _SUCH.fullmatch(text)
    text = _SAYS_WHOLE.sub("", such[1] if such else text)
    text = _INCLUSIVE.sub("", _LEAD.sub("", re.sub(r"\s+", " ", _WORDS.sub("", text)).strip()))
    if not re.search(r"[<>≤≥⩽⩾]|\\[lg](?:e|t|eq)", text):  # “K = 7 or 8” is a list, too
        text = re.sub(rf"\b{_LETTER}\s*=", "", re.sub(r"\s*,?\s*\b(?:and|or)\b", ",", text)).strip()
    return _LED.sub("", text, count=1) if _LED.match(text) else text


def _listed(text: str) -> set[int] | None:
    m = _LIST.fullmatch(text) or _BESIDE.fullmatch(text)
    if m is None or _CLOSES[m[1]] != m[3]:
        return None
    listed = [int(n) for n in re.split(r"\s*[,;]\s*|\s+", m[2])]
    pair = m[1] in ("[", "(") and len(listed) == 2 and listed[1] - listed[0] > 1  # it may be an interval
    return None if pair else set(listed)


def _ends(text: str) -> tuple[int, int] | None:
    """The first number of a run, and the one after its last."""
    found = _between(_FRACTION.sub(r"\1/\2", text))
    if found is not None:
        return found
    if m := _RANGE.fullmatch(text):
        return int(m[1]), int(m[2])
    braced = _BRACED.fullmatch(text)
    if m := _DOTS.fullmatch(braced[1] if braced else text):
        return int(m[1]), int(m[2]) + 1
    if (m := _HYPHEN.fullmatch(text)) and int(m[1]) < int(m[2]):
        return int(m[1]), int(m[2]) + 1
    return None


def _between(text: str) -> tuple[int, int] | None:
    """The same for bounds, on both sides at once or one by one."""
    if re.search(r"/0+(?!\d)", text):
        return None
    if m := _BOUNDS.fullmatch(text):
        return _above(m[1], m[2]), _below(m[5], m[4])
    if m := _TURNED.fullmatch(text):
        return _above(m[5], m[4]), _below(m[1], m[2])
    bounds = [_bound(piece) for piece in _AND.split(text)]
    lows, highs = ([b for b in bounds if b and b[0] == side] for side in ("low", "high"))
    if len(bounds) == 2 and len(lows) == len(highs) == 1 and lows[0][1] == highs[0][1]:
        return lows[0][2], highs[0][2]
    return None


def _bound(text: str) -> tuple[str, str, int] | None:
    """Which end one inequality gives, of which letter, and the end."""
    if m := _ONE[0].fullmatch(text):
        return "low", m[3], _above(m[1], m[2])
    if m := _OTHER[0].fullmatch(text):
        return "low", m[1], _above(m[3], m[2])
    if m := _ONE[1].fullmatch(text):
        return "high", m[1], _below(m[3], m[2])
    if m := _OTHER[1].fullmatch(text):
        return "high", m[3], _below(m[1], m[2])
    return None


def _above(value: str, sign: str) -> int:
    """The first whole number above a bound."""
    low = Fraction(value)
    return math.floor(low) + 1 if sign in _STRICT else math.ceil(low)


def _below(value: str, sign: str) -> int:
    """The one after the last below a bound."""
    high = Fraction(value)
    return math.ceil(high) if sign in _STRICT else math.floor(high) + 1
