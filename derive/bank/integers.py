"""A set of whole numbers as an answer."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.bank.kinds import Kind
from derive.bank.misconceptions import Showing
from derive.bank.numbers import valued
from derive.bank.slips import Slip, slips
from derive.bank.typed import Typed, text_of
from derive.calculus.expr import Expr, entry
from derive.calculus.substitute import names
from derive.derivations.base import Derivation
from derive.grading.verdict import Verdict, message

TESTS = {"<": operator.lt, "<=": operator.le}
OTHER = {"<": "<=", "<=": "<"}


@dataclass(frozen=True)
class IntegerSet(Kind):
    """All whole numbers between the outer sides of a derivation's result, from ``least`` on.

    The derivation may be an inequality that is `derive.bank.stated.stated`, a chain such as ``n/2 < K <= n``.

    Raises:
        ValueError: the result is no such chain.
    """

    of: Derivation
    at: Mapping[str, int]
    unknown: str
    least: int = 1
    instead: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        """Check the result."""
        ops = self.of.result.ops
        if len(ops) != 2 or not {*ops} <= {*TESTS}:
            raise ValueError(f"{self.of.name} does not end in bounds on both sides, such as n/2 < K <= n")
        low, middle, high = self.of.result.sides
        if middle != entry(self.unknown) or any(isinstance(s, Expr) and self.unknown in names(s) for s in (low, high)):
            raise ValueError(f"{self.of.name} does not bound {self.unknown} alone: write … <= {self.unknown} <= …")

    @property
    def derivation(self) -> Derivation:
        """Where the bounds come from."""
        return self.of

    @property
    def given(self) -> Mapping[str, int]:
        """The numbers that were put in."""
        return self.at

    @property
    def values(self) -> list[int]:
        """The numbers, smallest first."""
        if self.instead is not None:
            return list(self.instead)
        low, high, ops = self._bounds
        return self._between(low, high, ops)

    @property
    def _bounds(self) -> tuple[Expr, Expr, Sequence[str]]:
        result = self.of.result
        return result.left, result.result, result.ops

    def _between(self, low: Expr, high: Expr, ops: Sequence[str], least: int | None = None) -> list[int]:
        """The numbers between two sides, from ``least`` on."""
        a, b = valued(low, self.at), valued(high, self.at)
        above, below = (TESTS[op] for op in ops)
        first = self.least if least is None else least
        return [k for k in range(math.floor(a) - 1, math.ceil(b) + 2) if k >= first and above(a, k) and below(k, b)]

    def show(self) -> str:
        r"""The set, ``\{8, 9, 10\}``."""
        return r"\{" + ", ".join(map(str, self.values)) + r"\}"

    def typed(self) -> str:
        """The set with braces."""
        return "{" + ", ".join(map(str, self.values)) + "}"

    def like(self, text: str) -> IntegerSet:
        """The same comparison, with the numbers of a text; a text that lists none is a ValueError."""
        numbers = _whole_numbers(text)
        if numbers is None:
            raise ValueError(f"{text!r} lists no whole numbers")
        return replace(self, instead=tuple(sorted(numbers)))

    def judge(self, answer: Typed) -> Verdict:
        """The numbers that were listed, in any order, against the set; what is missing is counted, not named."""
        text, _ = text_of(answer)
        listed = _whole_numbers(text)
        if listed is None:
            return message(
                "unreadable", "List whole numbers, such as {3, 4, 5}, or give their bounds, such as 3 <= K <= 5.", 0
            )
        reading = r"\{" + ", ".join(map(str, sorted(listed))) + r"\}"
        if listed == set(self.values):
            return Verdict("equal", {"kind": "proved", "by": "the same numbers"}, reading)
        wrong = sorted(listed - set(self.values))
        missing = len(set(self.values) - listed)
        return Verdict("different", {"kind": "set", "wrong": wrong, "missing": missing}, reading)

    def slip(self, text: str, syntax: str = "auto") -> Slip | Showing | None:
        """The first wrong way to the numbers that gives the ones that were listed."""
        listed = _whole_numbers(text)
        return next((slip for slip, wrong in self._wrong(listed or set()) if listed and set(wrong) == listed), None)

    def _wrong(self, listed: set[int]) -> Iterator[tuple[Slip | Showing, list[int]]]:
        """A slip, and the numbers that it leads to."""
        low, high, ops = self._bounds
        for turned in ((OTHER[ops[0]], ops[1]), (ops[0], OTHER[ops[1]]), (OTHER[ops[0]], OTHER[ops[1]])):
            yield Showing("strict-for-weak", f"{turned} for {ops}"), self._between(low, high, turned)
        right = self.values
        for first, last in ((-1, 0), (1, 0), (0, -1), (0, 1), (1, 1), (-1, -1)):
            moved = list(range(right[0] + first, right[-1] + last + 1)) if right else []
            yield Showing("off-by-one", f"ends moved by {first} and {last}"), moved
        yield Showing("hidden-constraint", f"numbers below {self.least}"), self._between(low, high, ops, -(10**6))
        for part in _part_of(listed, set(right)):
            yield part, sorted(listed)
        rule, line = self.of.lines[-1].rule.name, len(self.of.lines)
        for kind, place, changed in slips(low, ()):
            yield Slip(kind, rule, line, place), self._between(changed, high, ops)
        for kind, place, changed in slips(high, ()):
            yield Slip(kind, rule, line, place), self._between(low, changed, ops)


_NUMBER = r"-?\d{1,9}"
_LIST = re.compile(rf"(\\?[{{\[(])?\s*({_NUMBER}(?:\s*[,;]\s*{_NUMBER})*)\s*(\\?[}}\])])?")
_LETTER = r"[A-Za-z](?:_\w|_\{\w+\})?"
_LED = re.compile(rf"{_LETTER}\s*(?:\\in(?![a-z])|=|\bin\b|∈)\s*")
_LESS = r"\s*(<=?|≤|\\leq?(?![a-z])|\\lt(?![a-z]))\s*"
_RATIO = rf"{_NUMBER}(?:\.\d{{1,9}}|/\d{{1,9}})?"
_BOUNDS = re.compile(rf"({_RATIO}){_LESS}{_LETTER}{_LESS}({_RATIO})")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{\s*(\d+)\s*\}\s*\{\s*(\d+)\s*\}")
_RANGE = re.compile(rf"range\(\s*({_NUMBER})\s*,\s*({_NUMBER})\s*\)")
_DOTS = re.compile(rf"({_NUMBER})\s*,?\s*(?:\.\.\.?|…|\\l?dots(?![a-z])|\bto\b)\s*,?\s*({_NUMBER})")
_HYPHEN = re.compile(r"(\d{1,9})\s*[-–—]\s*(\d{1,9})")
_SAID = re.compile(
    rf"(?:all\s+)?(?:{_LETTER}\s+)?(?:from\s+)?(\d.*?)(?:,?\s+\(?inclusive(?:ly)?\)?)?|(?:list|set)\((range\(.*\))\)"
)
_BRACED = re.compile(r"\\?\{\s*([^{}]*?)\s*\\?\}")
_CLOSES = {"{": "}", r"\{": r"\}", "[": "]", "(": ")", None: None}
_MOST = 10_000  # numbers between two bounds


def _whole_numbers(text: str) -> set[int] | None:
    """The numbers that a text lists, or gives by their first and last; None where it does neither.

    >>> sorted(_whole_numbers("K = 7 or 8")), sorted(_whole_numbers("7 <= K < 10")), _whole_numbers("{7, 8")
    ([7, 8], [7, 8, 9], None)
    >>> sorted(_whole_numbers("13/2 < K <= 9.5")), sorted(_whole_numbers("from 7 to 9")), _whole_numbers("9-7")
    ([7, 8, 9], [7, 8, 9], None)
    """
    if len(text) > 20_000:
        return None
    text = text.strip().strip("$").strip()
    if len(text) < 200:  # “K = 7 or 8” is a list, too
        text = re.sub(rf"\b{_LETTER}\s*=", "", re.sub(r"\s*,?\s*\b(?:and|or)\b", ",", text)).strip()
    text = _LED.sub("", text, count=1) if _LED.match(text) else text
    if m := _SAID.fullmatch(text):
        text = m[1] or m[2]
    ends = _ends(text)
    if ends is not None:
        return set(range(*ends)) if ends[1] - ends[0] <= _MOST else None
    m = _LIST.fullmatch(text)
    if m is None or _CLOSES[m[1]] != m[3]:
        return None
    listed = [int(n) for n in re.split(r"[,;]", m[2])]
    pair = m[1] in ("[", "(") and len(listed) == 2 and listed[1] - listed[0] > 1  # it may be an interval
    return None if pair else set(listed)


def _ends(text: str) -> tuple[int, int] | None:
    """The first number of a run, and the one after its last."""
    if (m := _BOUNDS.fullmatch(_FRACTION.sub(r"\1/\2", text))) and not re.search(r"/0*$|/0+\D", m[1] + " " + m[4]):
        strict, low, high = ("<", r"\lt"), Fraction(m[1]), Fraction(m[4])
        first = math.floor(low) + 1 if m[2] in strict else math.ceil(low)
        return first, math.ceil(high) if m[3] in strict else math.floor(high) + 1
    if m := _RANGE.fullmatch(text):
        return int(m[1]), int(m[2])
    braced = _BRACED.fullmatch(text)
    if m := _DOTS.fullmatch(braced[1] if braced else text):
        return int(m[1]), int(m[2]) + 1
    if (m := _HYPHEN.fullmatch(text)) and int(m[1]) < int(m[2]):
        return int(m[1]), int(m[2]) + 1
    return None


def _part_of(listed: set[int], right: set[int]) -> Iterator[Showing]:
    """What a piece of the right set shows."""
    if listed < right:
        alike = len(listed) > 1 and any(listed == {k for k in right if k % 2 == odd} for odd in (0, 1))
        identity = "parity" if alike else "one-of-several"
        yield Showing(identity, f"{len(listed)} of {len(right)}")
