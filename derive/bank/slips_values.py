"""Wrong numbers of a right program: one slip in one of its rules, worked out at the same inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np

from derive.bank.slips import Slip, slips, wrong_wholes
from derive.calculus.program import Definition, Program
from derive.calculus.substitute import names
from derive.calculus.values import values

MOST_RUNS = 240
Wrong = tuple[Slip, Any]


def wrong_values(program: Program, arrays: Mapping[str, Any], name: str) -> tuple[Wrong, ...]:
    """What one slip makes of an array, rule by rule; and the arrays on the way that have its shape.

    Args:
        program: the rules, adjoints included.
        arrays: the inputs by name.
        name: the array that is asked for.
    """
    right = values(program, arrays, {})
    rules = [(n, d) for n, d in enumerate(program.definitions, 1) if d.name in _on_the_way(program, name)]
    found: list[Wrong] = [
        (Slip("stopped early", d.name, n, d.name), right[d.name])
        for n, d in rules
        if d.name != name and np.shape(right[d.name]) == np.shape(right[name])
    ]
    each = max(1, MOST_RUNS // max(1, len(rules)))
    for n, d in rules:
        found += [
            (Slip(kind, d.name, n, place), wrong)
            for kind, place, changed in list(_changed(d, whole=d.name == name))[:each]
            if (wrong := _worked_out(program, d, changed, arrays, name)) is not None
        ]
    return tuple(sorted(found, key=lambda w: w[0].rank))


def _on_the_way(program: Program, name: str) -> set[str]:
    """The arrays that an array depends on, itself among them."""
    reads = {d.name: names(d.body) for d in program.definitions}
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


def _worked_out(program: Program, old: Definition, new: Definition, arrays: Mapping[str, Any], name: str) -> Any:
    rules = tuple(new if d is old else d for d in program.definitions)
    try:
        with np.errstate(all="ignore"):
            return values(replace(program, definitions=rules), arrays, {})[name]
    except Exception:  # a wrong rule may have no value, in many ways
        return None
