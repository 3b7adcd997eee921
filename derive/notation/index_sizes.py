"""How far letters run: letters that alone index the same slot share its size; the others go where their reads fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from derive.calculus.affine import Affine, Letter
from derive.calculus.ranges import implied
from derive.notation.index_syntax import Node

Key = Letter | tuple[str, int]
Range = tuple[Affine, Affine]


class Clash(Exception):
    """Two sizes for one thing; carries the two sizes."""


class NoFit(Exception):
    """A letter whose range is no affine value; carries the reason."""


@dataclass(frozen=True, slots=True)
class Read:
    """One slot of one read: ``array[…, slot, …]`` at its ``place``, with the letters of its scope put in."""

    array: str
    place: int
    slot: Affine
    node: Node


class Sizes:
    """Letters and slots in classes of equal size (union–find).

    >>> sizes, i = Sizes(), Letter("i")
    >>> sizes.join(i, ("x", 0)); sizes.give(("x", 0), Affine.of("n")); sizes.of(i)
    n
    """

    def __init__(self) -> None:
        self._parent: dict[Key, Key] = {}
        self._size: dict[Key, Affine] = {}
        self._members: dict[Key, dict[Key, int]] = {}

    def root(self, key: Key) -> Key:
        """The class of a key."""
        if key not in self._parent:
            self._members[key] = {key: len(self._parent)}
        parent = self._parent.setdefault(key, key)
        while parent != key:
            self._parent[key] = self._parent[parent]
            key, parent = parent, self._parent[parent]
        return key

    def of(self, key: Key) -> Affine | None:
        """The size of a key's class, None while nothing says it."""
        return self._size.get(self.root(key))

    def give(self, key: Key, size: Affine) -> None:
        """Say a size; Clash where another one is known."""
        old = self._size.setdefault(self.root(key), size)
        if old != size:
            raise Clash(f"{old!r} and {size!r}")

    def join(self, a: Key, b: Key) -> None:
        """Make two sizes one; Clash where they are known to differ."""
        a, b = self.root(a), self.root(b)
        sizes = {self._size[k] for k in (a, b) if k in self._size}
        if len(sizes) > 1:
            raise Clash(" and ".join(map(repr, (self._size[a], self._size[b]))))
        if a != b:
            self._parent[b] = a
            self._members[a].update(self._members.pop(b))
        if sizes:
            self._size[a] = sizes.pop()

    def members(self, key: Key) -> list[Key]:
        """Every key of the same class, in order of appearance."""
        places = self._members[self.root(key)]
        return sorted(places, key=places.__getitem__)

    def all(self) -> list[Key]:
        """Every key, in order of appearance."""
        return list(self._parent)


def certain(nonneg: Affine) -> bool:
    """Whether a value is never negative when every letter in it is at least 1."""
    return implied(nonneg, {}, dims=nonneg.letters)


def extreme(value: Affine, ranges: Mapping[Letter, Range], sign: int) -> Affine | None:
    """The largest (``sign`` 1) or smallest (-1) value over the ranges, innermost letter first; None where unknown.

    Letters without a range are dimensions or parameters and are taken to be at least 1.

    >>> extreme(Affine.of("i") - Affine.of("u"), {Letter("u"): (Affine.of(0), Affine.of("K"))}, -1)
    i - K + 1
    """
    for letter in reversed(list(ranges)):
        if letter not in value.letters:
            continue
        parts = value.split(letter)
        if parts is None:
            return None
        slope, rest = parts
        low, high = ranges[letter]
        upward = certain(sign * slope)
        if not upward and not certain(-sign * slope):
            return None
        value = rest + slope * (high - 1 if upward else low)
    return value


def plain(value: Affine) -> Affine:
    """The value with letters as they were typed, for messages."""
    return value.subs({x: Affine.of(Letter(x.name)) for x in value.letters})


def fit(letter: Letter, reads: Iterable[Read], sizes: Sizes, ranges: Mapping[Letter, Range]) -> Range | None:
    """The range, from 0 on, in which all reads of a letter lie inside their arrays; None while something is unknown.

    Raises:
        NoFit: no affine range says it.
    """
    found: list[Range] = []
    for read in reads:
        size = sizes.of((read.array, read.place))
        if letter not in read.slot.letters or size is None:
            continue
        one = _fit_one(letter, read.slot, size, ranges)
        if one is None:
            return None
        found.append(one)
    if not found:
        return None
    return _best([Affine.of(0), *(low for low, _ in found)], 1), _best([high for _, high in found], -1)


def _fit_one(letter: Letter, slot: Affine, size: Affine, ranges: Mapping[Letter, Range]) -> Range | None:
    parts = slot.split(letter)
    if parts is None or abs(parts[0].constant or 0) != 1:
        raise NoFit(f"it moves in steps ({plain(slot)!r}), so that its last value is no sum of sizes")
    slope, rest = parts
    if any(x.uid and x not in ranges for x in rest.letters):
        return None
    least, most = extreme(rest, ranges, -1), extreme(rest, ranges, 1)
    if least is None or most is None:
        raise NoFit(f"the sign of a factor in {plain(slot)!r} is unknown")
    return (-least, size - most) if slope.constant == 1 else (most - size + 1, least + 1)


def _best(values: Sequence[Affine], sign: int) -> Affine:
    """The largest (``sign`` 1) or smallest (-1) of some values, where that is certain."""
    for a in values:
        if all(certain(sign * (a - b)) for b in values):
            return a
    raise NoFit(f"it depends on which of {', '.join(map(repr, map(plain, dict.fromkeys(values))))} is the limit")
