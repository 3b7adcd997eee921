"""How names are written: what a page needs to know beside an expression."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound


@dataclass(frozen=True)
class Style:
    """Names, counting base and shapes for a printer.

    Attributes:
        names: array or letter name → how it is written.
        index_base: the first index on the page; the calculus counts from 0.
        starts: array name → first index of each axis on the page (None: the index base).
        ranks: array name → number of axes, needed for Jacobians ``dy/dx``.
        continuous: arrays over a continuum, written ``p(x)``.
        continua: dimension letters that stand for a continuum; an index over one is a point and is never shifted.
        coordinates: arrays of the points of a continuum; ``t[x]`` is the point x itself.
        hidden: array name → axes that the page leaves out: those over the outcomes of an experiment.
        loss: what is differentiated in ``∂L/∂v``.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    index_base: int = 1
    starts: Mapping[str, tuple[int | None, ...]] = field(default_factory=dict)
    ranks: Mapping[str, int] = field(default_factory=dict)
    continuous: frozenset[str] = frozenset()
    continua: frozenset[str] = frozenset()
    coordinates: frozenset[str] = frozenset()
    hidden: Mapping[str, frozenset[int]] = field(default_factory=dict)
    loss: str = "L"


@dataclass(frozen=True)
class Names:
    """Readable names for letters in a scope: calculus letter → page letter and its shift."""

    style: Style
    letters: Mapping[Letter, Affine] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()

    @property
    def has_e(self) -> bool:
        """Whether e is somebody's name, so that the exponential needs another."""
        return "e" in {*self.taken, *self.style.names.values(), *self.style.ranks}

    def shown(self, value: Affine, start: int = 0) -> Affine:
        """An affine value in page letters, with ``start`` added."""
        return value.subs(self.letters) + start

    def bind(self, bound: Bound, *, free: bool = False) -> Names:
        """The scope with one more letter, called as it hopes to be unless the name is taken; a sum's is never ``e``."""
        name = bound.letter.name
        used = {*self.taken, *self.style.names.values()} - {name if name not in self.taken else ""}
        used |= set() if free or "e" in self.style.names else {"e"}
        used |= {n for n, written in self.style.names.items() if n in self.style.ranks and n != written}
        chosen = next(c for c in _choices(name) if c not in used)
        shift = self._shift(bound)
        letters = {**self.letters, bound.letter: Affine.of(Letter(chosen)) - shift}
        return Names(self.style, letters, self.taken | {chosen})

    def _shift(self, bound: Bound) -> int:
        """Page letter minus calculus letter: a range starts at the index base, or moves with the letter it starts at."""
        if bound.kind == "integral" or any(x.name in self.style.continua for x in bound.high.letters):
            return 0
        for letter in bound.low.letters:
            if letter in self.letters:
                return _offset(self.letters[letter])
        low = bound.low.constant
        return self.style.index_base - (low if low is not None else 0)


def _offset(shown: Affine) -> int:
    """How far a page letter is ahead of its calculus letter."""
    return -next((c for m, c in shown.terms if not m), 0)


def _choices(name: str) -> Iterator[str]:
    """Names for an index letter: its own, the usual ones, then primes."""
    yield name
    yield from "jikluvpqrab"
    yield from (name.rstrip("'") + "'" * k for k in count(1))
