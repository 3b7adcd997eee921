"""What every answer kind does: it reads what a student typed, compares it, and shows the right answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from derive.bank.misconceptions import Showing
from derive.bank.slips import Slip
from derive.bank.typed import Typed
from derive.derivations.base import Derivation
from derive.grading.verdict import Verdict


class Kind(ABC):
    """What a part asks for."""

    pending = False

    @abstractmethod
    def judge(self, answer: Typed) -> Verdict:
        """The verdict on an answer; never an exception, whatever was typed."""

    @abstractmethod
    def show(self) -> str:
        """The right answer as LaTeX."""

    @abstractmethod
    def typed(self) -> str:
        """The right answer as a student would type it."""

    @abstractmethod
    def like(self, text: str) -> Kind:
        """The same kind with a text as its right answer: what a foreseen mistake is compared with."""

    def identical(self, text: str, answer: Typed) -> bool:
        """Whether an answer is a mistake to the letter, where other answers may be like it."""
        return False

    def page(self, text: str) -> str:
        """How a page shows what a student types: as it is, where it is a formula already."""
        return text

    @property
    def derivation(self) -> Derivation | None:
        """Where the answer comes from, None where it is checked and not derived."""
        return None

    @property
    def given(self) -> Mapping[str, int]:
        """The numbers that a variant puts for letters."""
        return {}

    @property
    def decimals(self) -> str:
        """The right numbers as decimals, empty where no numbers are asked for."""
        return ""

    @property
    def worked(self) -> str:
        """How the answer comes about, Markdown with LaTeX, where the derivations of the problem do not say it."""
        return ""

    def slip(self, text: str, syntax: str = "auto") -> Slip | Showing | None:
        """What a wrong answer shows, as far as the kind itself can tell; None where it cannot."""
        return None


def named(names: Sequence[str]) -> str:
    """Names as a sentence lists them.

    >>> named(["a"]), named(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
