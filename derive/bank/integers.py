"""A set of whole numbers as an answer."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from derive.bank.kind import Kind
from derive.bank.listed import whole_numbers
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
        numbers = whole_numbers(text)
        if numbers is None:
            raise ValueError(f"{text!r} lists no whole numbers")
        return replace(self, instead=tuple(sorted(numbers)))

    def judge(self, answer: Typed) -> Verdict:
        """The numbers that were listed, in any order, against the set; what is missing is counted, not named."""
        text, _ = text_of(answer)
        listed = whole_numbers(text)
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
        listed = whole_numbers(text)
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


def _part_of(listed: set[int], right: set[int]) -> Iterator[Showing]:
    """What a piece of the right set shows."""
    if listed < right:
        alike = len(listed) > 1 and any(listed == {k for k in right if k % 2 == odd} for odd in (0, 1))
        identity = "parity" if alike else "one-of-several"
        yield Showing(identity, f"{len(listed)} of {len(right)}")
