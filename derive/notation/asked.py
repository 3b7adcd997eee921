"""The derivative that somebody asks for, and what is known of the names around it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from derive.calculus.affine import Affine

_DRESS = re.compile(
    r"\\(?:left|right|mathrm|mathbf|mathit|boldsymbol|bm|operatorname|displaystyle)(?![A-Za-z])|[\\{}\s&]"
)


class UnfitSide(ValueError):
    """A side that is not the derivative asked for; the message says what to write."""


class Named(Protocol):
    """What is known of a name: its LaTeX, its axes, and the declaration that readers want."""

    @property
    def latex(self) -> str:
        """How LaTeX writes it; nothing where it says nothing of that."""

    @property
    def axes(self) -> tuple[Affine, ...]:
        """The sizes of its axes."""

    @property
    def shape(self) -> tuple[str, ...] | None:
        """The same as they were typed."""

    @property
    def declared(self) -> dict[str, Any]:
        """Its declaration."""


@dataclass(frozen=True)
class Asked:
    """The derivative that is asked for.

    Attributes:
        wrt: the name in which is differentiated.
        asks: which derivative.
        names: what is declared.
        inputs: the names that the code takes, of which no left side is the derivative.
        adjoints: whether a right side may speak of other derivatives.
        also: other names of what is differentiated in.
    """

    wrt: str
    asks: str
    names: Mapping[str, Named]
    inputs: Collection[str] = ()
    adjoints: bool = False
    also: Collection[str] = ()

    def known_as(self, name: str) -> set[str]:
        """A name's spellings, without braces and backslashes."""
        every = {name, *(self.also if name == self.wrt else ())}
        known = ((n, self.names.get(n)) for n in every)
        return {bare(x) for n, given in known for x in (n, given.latex if given is not None and given.latex else n)}


def bare(text: str) -> str:
    """A name without the braces, fonts and backslashes of LaTeX."""
    return _DRESS.sub("", text)
