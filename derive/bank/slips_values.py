"""Wrong numbers of a right program: one slip in one of its rules, worked out at the same inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from math import isfinite
from typing import Any

import numpy as np

from derive.bank.slips import Slip, slips, wrong_wholes
from derive.calculus.program import Definition, Program
from derive.calculus.substitute import names
from derive.calculus.values import values

MOST_RUNS = 200
CHANCE = 0.25
NEIGHBOURS = 3  # on each side of the right number
CLOSE = 1e-6
Wrong = tuple[Slip, Any]


class Slipped:
    """A program at its inputs with one slip in one of its rules: each slip is worked out once, for whatever array is asked.

    Args:
        program: the rules, adjoints included.
        arrays: the inputs by name.
    """

    def __init__(self, program: Program, arrays: Mapping[str, Any]) -> None:
        self.program, self.arrays = program, arrays
        self.right = values(program, arrays, {})
        self._reads = {d.name: names(d.body) for d in program.definitions}
        self._runs: dict[Definition, Mapping[str, Any]] = {}

    def wrong(self, name: str) -> Iterator[Wrong]:
        """What one slip makes of an array, the likeliest first; and the arrays on the way that have its shape."""
        way = on_the_way(self._reads, name)
        rules = [(n, d) for n, d in enumerate(self.program.definitions, 1) if d.name in way]
        each = max(1, MOST_RUNS // max(1, len(rules)))
        found: list[tuple[Slip, Definition | None]] = [
            (Slip("stopped early", d.name, n, d.name), None)
            for n, d in rules
            if d.name != name and np.shape(self.right[d.name]) == np.shape(self.right[name])
        ]
        for n, d in rules:
            made = islice(_changed(d, whole=d.name == name), each)
            found += [(Slip(kind, d.name, n, place), changed) for kind, place, changed in made]
        for slip, changed in sorted(found, key=lambda pair: pair[0].rank):
            wrong = self.right[slip.rule] if changed is None else self._run(changed).get(name)
            if wrong is not None:
                yield slip, wrong

    def told_by(self, name: str, theirs: Any, same: Callable[[Any, Any], Any], step: float) -> tuple[Slip, bool] | None:
        """The slip that leads to these numbers, and whether it is sure which rule it breaks.

        None where they may be met by chance: a single number of a program with several rules may, where slips meet more
        than a quarter of the numbers that are about as near to the right one.

        Args:
            name: the array that is asked for.
            theirs: its wrong values.
            same: where two arrays of numbers are the same, entry by entry.
            step: how far apart numbers lie that are as short as these; 0 where nothing is met by chance.
        """
        every = list(self.wrong(name))
        found = [slip for slip, wrong in every if np.all(same(theirs, wrong))]
        if not found:
            return None
        sure = len({slip.rule for slip in found if slip.rank[0] == found[0].rank[0]}) == 1
        if step and len({slip.rule for slip, _ in every}) > 1:
            values = [float(wrong) for _, wrong in every if np.ndim(wrong) == 0]
            if met(float(theirs), float(self.right[name]), values, step) > CHANCE:
                return None
        return found[0], sure

    def _run(self, new: Definition) -> Mapping[str, Any]:
        """The arrays that a wrong rule changes; what does not rest on it is taken as it is."""
        if new not in self._runs:
            rules = tuple(new if d.name == new.name else d for d in self.program.definitions)
            below = {d.name for d in rules if new.name in on_the_way(self._reads, d.name)}
            known = {n: v for n, v in self.right.items() if n not in below}
            part = replace(self.program, definitions=tuple(d for d in rules if d.name in below))
            self._runs[new] = _worked_out(part, {**self.arrays, **known})
        return self._runs[new]


def met(theirs: float, right: float, wrong: Sequence[float], step: float) -> float:
    """The share of the numbers at least as near to the right one, and as short, that wrong ways lead to.

    >>> met(5, 4, [5, 5, 3, 40, 4.5], 1), met(9, 4, [5, 5, 3], 1)
    (0.3333333333333333, 0.2)
    """
    reach = max(NEIGHBOURS, round(abs(theirs - right) / step))
    steps = [(w - right) / step for w in wrong if isfinite(w) and abs(w - right) < (reach + 0.5) * step]
    return len({round(k) for k in steps if abs(k - round(k)) < CLOSE} - {0}) / (2 * reach)


def on_the_way(reads: Mapping[str, frozenset[str]], name: str) -> set[str]:
    """The arrays that an array depends on, itself among them; ``reads`` says what each rule reads."""
    found, open_ = {name}, [name]
    while open_:
        new = reads.get(open_.pop(), frozenset()) - found
        found |= new
        open_ += sorted(new)
    return found


def _changed(d: Definition, whole: bool) -> Iterator[tuple[str, str, Definition]]:
    made = chain(wrong_wholes(d.body, d.letters), slips(d.body, d.letters)) if whole else slips(d.body, d.letters)
    for kind, place, body in made:
        yield kind, place, replace(d, body=body)


def _worked_out(program: Program, arrays: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        with np.errstate(all="ignore"):
            return values(program, arrays, {})
    except Exception:  # a wrong rule may have no value, in many ways
        return {}
