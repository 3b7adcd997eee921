"""Sizes far from those at which everything is drawn: what holds up to 6 or up to a typed number alone fails there."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import accumulate, islice, product, takewhile
from time import process_time
from types import CodeType
from typing import Any

import numpy as np

from derive.grading.settings import further
from derive.testing.differences import World
from derive.testing.given import BadTest
from derive.testing.question import Question
from derive.testing.tiny import unseen

FAR = 17
NEXT = 7  # above the sizes at which everything is drawn
LEAST, LARGEST = 4, 100  # of the typed numbers that may be bounds of sizes
MOST = 16
PATIENCE = 0.25  # seconds of processor time at sizes on the way
NODES = 2000
WIDER = (1e3, 1e-6)
_TYPED = re.compile(r"(?<![\w.])\d+(?![\w.])")
_OF_TEN = re.compile(r"10\s*(?:\^|\*\*)\s*[{(]?\s*[-+]?\d+")


def far_sizes(question: Question, said: Iterable[Any]) -> list[dict[str, int]]:
    """One letter at a time far larger than the others: 17, and each whole number that is typed, itself and two more.

    Two more are one place beyond a bound, from 0 and from 1.

    Args:
        question: what is compared.
        said: the texts and functions of the test.
    """
    if question.several:
        return []
    letters = [n for n in question.search.sizes if n not in question.search.given]
    typed = sorted({n for one in said for n in _numbers(one) if LEAST <= n <= LARGEST})
    values = dict.fromkeys([FAR, *(k for n in typed for k in (n + 2, n))])
    found: list[dict[str, int]] = []
    for value in values:
        found += further(question.search, (value,), found, letters, NODES)
    return found[:MOST]


def far_worlds(question: Question, settings: Sequence[Mapping[str, int]], seed: int) -> Iterator[World | str]:
    """One draw at each of these sizes, or what the code says where it cannot run there; what overflows says nothing.

    On the way to a size smaller ones are timed, each once, so that code which goes over all subsets is left in time.
    """
    quick: list[dict[str, int]] = []
    for sizes in settings:
        nearer = [n for n in _nearer(question, sizes) if n not in quick]
        if slow := next((n for n in nearer if _takes_long(question, n, seed)), None):
            yield f"at {_said(slow)} the code takes longer than {PATIENCE:g} s: larger sizes are not tried"
            continue
        quick += nearer
        try:
            worlds = question.worlds(sizes, seed)
        except BadTest:
            raise
        except Exception as error:  # somebody's code: a table that ends, a fixed buffer
            yield f"at {_said(sizes)} the code does not run ({type(error).__name__}): nothing is said there"
            continue
        yield from (replace(w, far=True) for w in worlds if np.isfinite(w.torch).all())


def _said(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{n} = {v}" for n, v in sizes.items())


def _takes_long(question: Question, sizes: Mapping[str, int], seed: int) -> bool:
    """Whether the code takes its time at these sizes; where it does not run it takes none."""
    start = process_time()
    with suppress(Exception):  # somebody's code: what it says at the size that is asked for is told
        question.worlds(sizes, seed)
    return process_time() - start > PATIENCE


def other_sides(
    question: Question, tried: Sequence[Mapping[str, int]], seed: int, worlds: Sequence[World]
) -> list[World]:
    """Draws with real inputs far larger or smaller, where no draw yet took the other side of a kink."""
    found: list[World] = []
    for sizes, scale in product(tried, WIDER):
        if not _one_sided([*worlds, *found]):
            return found
        with suppress(BadTest):  # so small that every draw is on a kink
            found += question.worlds(sizes, seed, scale)
    return found


def _one_sided(worlds: Sequence[World]) -> list[str]:
    """The functions of which one side was never taken."""
    taken: dict[tuple[int, str], frozenset[bool]] = {}
    for world in worlds:
        taken |= {edge: sides | taken.get(edge, frozenset()) for edge, sides in world.sides.items()}
    return list(dict.fromkeys(name for (_, name), sides in taken.items() if len(sides) == 1))


def not_shown(question: Question, worlds: Sequence[World], beyond: Sequence[World | str]) -> Iterator[str]:
    """A sentence on each function of which one side was never taken, and on what else no draw shows."""
    for name in _one_sided(worlds):
        yield f"no draw took the other side of {name}: nothing is said there"
    yield from (text for text in beyond if isinstance(text, str))
    if (small := unseen(question.formula)) and question.literal is None:
        yield small


def grown(question: Question, worlds: Sequence[World]) -> Iterator[World]:
    """The draws themselves; before one that fails at far sizes alone, those at sizes that grow up to it."""
    for world in worlds:
        if world.far and not world.agrees(question.ours(world)):
            yield from _between(question, world)
        yield world


def _between(question: Question, world: World) -> Iterator[World]:
    """The draws between the smallest sizes and those of a far world that fails, its largest letter growing."""
    for sizes in _grown(question, world.sizes, range(LEAST, max(world.sizes.values()))):
        yield from (replace(w, far=True, least=world.least) for w in question.worlds(sizes, world.seed))


def _nearer(question: Question, sizes: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Some sizes on the way to far ones, each a quarter larger than the one before."""
    steps = accumulate(range(MOST), lambda size, _: size * 5 // 4, initial=NEXT)
    yield from _grown(question, sizes, takewhile(lambda size: size < max(sizes.values()), steps))


def _grown(question: Question, sizes: Mapping[str, int], values: Iterable[int]) -> Iterator[dict[str, int]]:
    """Sizes like these whose largest letter has one value after the other."""
    letter = max(sizes, key=lambda n: sizes[n])
    for value in values:
        yield from islice(further(question.search, (value,), [], (letter,), NODES), 1)


def _numbers(said: Any) -> Iterator[int]:
    """The whole numbers that a text or a function's own lines hold."""
    if isinstance(said, str):
        yield from map(int, _TYPED.findall(_OF_TEN.sub("", said)))
    elif inspect.isfunction(said):
        yield from _constants(said.__code__)


def _constants(code: CodeType) -> Iterator[int]:
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _constants(one)
        elif isinstance(one, tuple):
            yield from (n for n in one if type(n) is int)
        elif type(one) is int:
            yield one
