"""Sizes for letters: different letters get different sizes, all at least 2, and every constraint holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from derive.grading.relations import Relation

SIZES = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12)
COUNTS = (2, 3, 1, 4, 5, 6, 7, 8, 9, 10)
LARGE = (13, 15, 16, 20, 24, 32, 51, 64, 101)
SIGNED = (1, 2, 0, -1, 3, -2, 4, -3)
LOW, UP = (2, 3), (4, 5, 6, 7)
LARGEST_SOLVED = 200
NODES = 20_000
FEW = 3

Setting = dict[str, int]


@dataclass(frozen=True)
class Search:
    """The letters that want integers: ``sizes`` of axes, positive ``counts``, ``others`` with their pools."""

    sizes: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    others: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    where: tuple[Relation, ...] = ()
    given: Mapping[str, int] = field(default_factory=dict)
    smallest: int = 2
    largest: int = LARGEST_SOLVED

    @property
    def names(self) -> tuple[str, ...]:
        """Every letter that wants an integer."""
        return (*self.sizes, *self.counts, *self.others)

    @property
    def relations(self) -> tuple[Relation, ...]:
        """The constraints that speak of these letters only."""
        known = set(self.names)
        return tuple(r for r in self.where if known.issuperset(r.names))


def settings(search: Search, wanted: int = 3) -> list[Setting]:
    """Different admissible settings, the smallest first; fewer where the constraints leave no more.

    >>> from derive.grading.relations import relation
    >>> settings(Search(("n", "k", "T"), where=(relation("n == k + T - 1"),)))[0]
    {'n': 4, 'k': 2, 'T': 3}
    """
    if not search.names:
        return [{}]
    found: list[Setting] = []
    for distinct in (True, False):
        for shift in range(4 * wanted):
            if len(found) >= wanted:
                break
            new = _first(search, shift, distinct, found)
            if new is not None:
                found.append(new)
    whole = {name: int(search.given[name]) for name in search.names if name in search.given}
    if len(whole) == len(search.names) and whole not in found:
        found.append(whole)
    elif len(found) < wanted and whole:
        found += _completed(search, whole, found)
    return found


def further(
    search: Search, values: Sequence[int], found: list[Setting], letters: Sequence[str] = (), nodes: int = NODES
) -> list[Setting]:
    """Admissible settings with these values for one letter at a time (of ``letters``), beyond those found.

    >>> further(Search(("n",)), (7, 52), [])
    [{'n': 7}, {'n': 52}]
    """
    result: list[Setting] = []
    for name in letters or (*search.sizes, *search.counts)[:FEW]:
        for value in values:
            result += _completed(search, {name: value}, [*found, *result], nodes)
    return result


def small(search: Search) -> list[Setting]:
    """Admissible settings of sizes 2 and 3 wherever they can be, for work that grows with every letter.

    Any two letters have different sizes in one of them, and each has both sizes.

    >>> small(Search(("c", "h", "n")))
    [{'c': 3, 'h': 2, 'n': 3}, {'c': 2, 'h': 3, 'n': 3}, {'c': 2, 'h': 3, 'n': 2}]
    """
    digits = len(search.sizes).bit_length()
    found: list[Setting] = []
    for t in range(digits + 1):
        ends = [(k >> t % digits & 1) != (t == digits) for k in range(1, len(search.sizes) + 1)] if digits else []
        sizes = {n: LOW[::-1] + UP if high else LOW + UP for n, high in zip(search.sizes, ends, strict=True)}
        others = {**dict.fromkeys(search.counts, COUNTS), **search.others}
        turned = {n: tuple(_rotated(pool, k + t)) for k, (n, pool) in enumerate(others.items())}
        pools = replace(search, sizes=(), counts=(), others={**sizes, **turned})
        new = next(_assign(pools, {}, 0, False, _Nodes()), None)
        found += [new] if new is not None and new not in found else []
    return found


def _completed(search: Search, given: Setting, found: list[Setting], nodes: int = NODES) -> list[Setting]:
    """A setting that agrees with the given sizes."""
    new = next(_assign(search, dict(given), 0, False, _Nodes(nodes)), None)
    return [new] if new is not None and new not in found else []


def _first(search: Search, shift: int, distinct: bool, found: list[Setting]) -> Setting | None:
    candidates = islice(_assign(search, {}, shift, distinct, _Nodes()), 50)
    return next((s for s in candidates if s not in found and _varied(search, s, found)), None)


def _varied(search: Search, setting: Setting, found: list[Setting]) -> bool:
    """Whether most letters differ from every setting found so far."""
    free = max(1, len(search.names) - len(search.relations))
    return all(sum(setting[k] != other[k] for k in setting) * 2 >= free for other in found)


class _Nodes:
    """The fuel of one search."""

    def __init__(self, left: int = NODES) -> None:
        self.left = left

    def spend(self) -> bool:
        self.left -= 1
        return self.left >= 0


def _assign(search: Search, partial: Setting, shift: int, distinct: bool, nodes: _Nodes) -> Iterator[Setting]:
    """Complete settings that extend a partial one."""
    if not nodes.spend() or not _consistent(search, partial, distinct):
        return
    open_ = [name for name in search.names if name not in partial]
    if not open_:
        yield {name: partial[name] for name in search.names}
        return
    name, values = _next(search, partial, open_, shift)
    for value in values:
        yield from _assign(search, {**partial, name: value}, shift, distinct, nodes)


def _next(search: Search, partial: Setting, open_: Sequence[str], shift: int) -> tuple[str, Sequence[int]]:
    """The next letter to fix: one that an equation determines, else the last that no equation would give."""
    for r in search.relations:
        unknown = [n for n in r.names if n not in partial]
        if len(unknown) == 1 and r.equation is not None:
            value = r.solved(unknown[0], partial)
            if value is not None:
                return unknown[0], [int(value)] if value.denominator == 1 else []
    name = next((n for n in open_ if not _defined(search, n)), open_[0])
    k = search.names.index(name)
    turn = len(search.sizes) - k if shift % 2 else k + 1
    return name, _rotated(_pool(search, name), shift * turn if name in search.sizes else shift + k * shift // 2)


def _defined(search: Search, name: str) -> bool:
    """Whether an equation gives this letter as its left side."""
    from ast import Name

    sides = [r.equation for r in search.relations]
    return any(s is not None and isinstance(s[0], Name) and s[0].id == name for s in sides)


def _pool(search: Search, name: str) -> Sequence[int]:
    if name in search.others:
        return search.others[name]
    near = search.given.get(name, 0)
    return (*(SIZES if name in search.sizes else COUNTS), *(range(near, near + 4) if near else ()), *LARGE)


def _rotated(pool: Sequence[int], shift: int) -> Sequence[int]:
    """The pool from another start, the small part of it first."""
    near = min(len(pool), 5)
    shift %= near
    return (*pool[shift:near], *pool[:shift], *pool[near:])


def _consistent(search: Search, partial: Setting, distinct: bool) -> bool:
    sizes = [partial[n] for n in search.sizes if n in partial]
    if any(not search.smallest <= s <= search.largest for s in sizes) or (distinct and len(set(sizes)) < len(sizes)):
        return False
    counts = [partial[n] for n in search.counts if n in partial]
    if any(not 1 <= c <= search.largest for c in counts):
        return False
    return all(r.holds(partial) for r in search.relations if partial.keys() >= set(r.names))
