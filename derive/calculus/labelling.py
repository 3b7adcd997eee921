"""Bound letters in canonical order: colours refined by the parts that letters play, then one made special at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.calculus.order import letters_of, mix, refine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from derive.calculus.affine import Letter
    from derive.calculus.expr import Factor
    from derive.calculus.order import Keys


class TooLarge(Exception):
    """More work than a canonical form is worth."""


class Fuel:
    """How much work is left; `TooLarge` when there is none."""

    def __init__(self, amount: int) -> None:
        self.left = amount

    def spend(self, amount: int) -> None:
        """Take an amount away."""
        self.left -= amount
        if self.left < 0:
            raise TooLarge


class Labelling:
    """The order of a sum's bound letters by individualise-and-refine; isomorphic sums get the same order.

    Raises:
        TooLarge: the fuel is spent, at about one unit a key.
    """

    def __init__(self, factors: tuple[Factor, ...], keys: Keys, fuel: Fuel) -> None:
        self.factors = factors
        self.keys = keys
        self.fuel = fuel

    def order(self, colours: dict[Letter, int]) -> tuple[int, list[Letter]]:
        """A key of the whole and the letters in canonical order, from their first colours."""
        self.fuel.spend(len(colours) * len(self.factors))
        colours = refine(colours, self.factors, self.keys)
        classes = sorted(set(colours.values()))
        alone = {c for c in classes if sum(v == c for v in colours.values()) == 1}
        fixed = [x for c in classes if c in alone for x in colours if colours[x] == c]
        loose = [x for x in colours if colours[x] not in alone]
        parts = sorted((self._part(part, colours) for part in self._connected(loose)), key=lambda p: p[0])
        key = mix(self.keys.under(colours).product(self.factors), *(k for k, _ in parts))
        return key, fixed + [x for _, part in parts for x in part]

    def _part(self, part: list[Letter], colours: dict[Letter, int]) -> tuple[int, list[Letter]]:
        """The best order of letters that hang together, one of the most exclusive class made special first.

        Of letters that a symmetry exchanges, one is tried; every two equal orders show a symmetry.
        """
        counts = {c: sum(colours[x] == c for x in part) for c in {colours[x] for x in part}}
        _, colour = min((n, c) for c, n in counts.items())
        inside = Labelling(self._touching(part), self.keys.under(colours), self.fuel)
        best: tuple[int, list[Letter]] | None = None
        orbits = {x: {x} for x in part}
        apart = {x: mix(colours[x], k) for k, x in enumerate(part)}
        tried: set[Letter] = set()
        for x in (x for x in part if colours[x] == colour):
            if any(y in orbits[x] or inside.twins(x, y, apart) for y in tried):
                continue
            tried.add(x)
            found = inside.order({y: mix(colours[y], 11) if y == x else colours[y] for y in part})
            if best is not None and found[0] == best[0]:
                _join(orbits, zip(best[1], found[1], strict=True))
            best = found if best is None or found[0] < best[0] else best
        assert best is not None
        return best

    def twins(self, x: Letter, y: Letter, apart: Mapping[Letter, int]) -> bool:
        """Whether exchanging two letters of one colour changes nothing; ``apart`` tells all letters from each other."""
        self.fuel.spend(len(self.factors))
        here, there = (self.keys.under(c) for c in (apart, {**apart, x: apart[y], y: apart[x]}))
        return here.product(self.factors) == there.product(self.factors)

    def _touching(self, part: list[Letter]) -> tuple[Factor, ...]:
        return tuple((a, e) for a, e in self.factors if not letters_of(a).isdisjoint(part))

    def _connected(self, loose: list[Letter]) -> list[list[Letter]]:
        return connected(loose, [letters_of(a) for a, _ in self.factors])


def _join(orbits: dict[Letter, set[Letter]], pairs: Iterable[tuple[Letter, Letter]]) -> None:
    for x, y in pairs:
        both = orbits[x] | orbits[y]
        for z in both:
            orbits[z] = both


def connected(letters: Iterable[Letter], ties: Iterable[frozenset[Letter]]) -> list[list[Letter]]:
    """The letters in groups that no tie joins."""
    groups: list[list[Letter]] = [[x] for x in letters]
    for tie in ties:
        met = [g for g in groups if not tie.isdisjoint(g)]
        if len(met) > 1:
            groups = [g for g in groups if tie.isdisjoint(g)] + [[x for g in met for x in g]]
    return groups
