"""What a comparison happens over: declared symbols, constraints, sizes; and the points drawn from it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import product
from typing import Any, TypeVar

from flint import fmpq

from derive.grading.balls import number
from derive.grading.domains import Symbol, draw, mixed
from derive.grading.jets import random_jet
from derive.grading.relations import Relation, relation
from derive.grading.run import Jet, Point, Table
from derive.grading.settings import SIGNED, Search, Setting, settings, small
from derive.grading.stream import Mood, Stream

T = TypeVar("T")
TRIES = 40
MOST_KEPT = 64
POINTS_KEPT = 3
EXHAUSTIVE = 4096
FREE = {"real", "nonzero", "positive", "nonnegative", "unit", "unit_sym"}
FINITE = {"binary": (0, 1), "pm1": (-1, 1)}


@dataclass(frozen=True)
class Space:
    """The declared domain of a comparison; ``seed`` is the request's own content."""

    symbols: Mapping[str, Symbol] = field(default_factory=dict)
    where: tuple[Relation, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    strict: bool = True
    index_base: int = 1
    tolerance: tuple[Fraction, Fraction] | None = None
    seed: str = ""
    known: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gives, kept for the next answer to the same question; what was asked for last stays longest."""
        found: T = self.known.pop(key) if key in self.known else make()
        while len(self.known) >= MOST_KEPT:
            del self.known[next(iter(self.known))]
        self.known[key] = found
        return found


@dataclass(frozen=True)
class Plan:
    """In which mood each symbol is drawn at one point."""

    mood: Mood = field(default_factory=Mood)
    special: Mapping[str, Mood] = field(default_factory=dict)

    def of(self, name: str) -> Mood:
        """The mood of one symbol."""
        return self.special.get(name, self.mood)


_SCALES = [Fraction(10) ** e for e in (-3, 3, -6, 6, -12)] + [Fraction(1, 10), Fraction(10), Fraction(30)]
_BASIC = [
    Plan(Mood("simple", signs="+")),
    Plan(Mood("simple")),
    Plan(),
    Plan(),
    Plan(Mood(signs="+")),
    Plan(Mood(signs="-")),
]


@lru_cache(maxsize=64)
def plans(names: tuple[str, ...]) -> list[Plan]:
    """The moods of every point of a setting: the simplest first, then magnitudes, then ties."""
    swept = [Plan(Mood(scale=s, signs=sign)) for s in _SCALES for sign in "+-"]
    alone = [
        Plan(special={name: Mood(scale=Fraction(10) ** e)}) for name in names[:6] for e in (-4, 4) if len(names) > 1
    ]
    return [*_BASIC, *swept, *alone, Plan(), Plan(), Plan(Mood("ties")), Plan(Mood("ties", signs="+"))]


@dataclass(frozen=True)
class Sampler:
    """Draws points: the same for the same space, whatever else was drawn before."""

    space: Space
    names: tuple[str, ...]
    functions: tuple[str, ...]
    letters: frozenset[str]
    drawn: dict[Hashable, Point | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    def search(self) -> Search:
        """The letters that want an integer: sizes, and whole scalars in an index or a constraint."""
        return self._search

    @cached_property
    def _search(self) -> Search:
        constrained = {n for r in self.space.where for n in r.names}
        scalars = [
            s
            for s in self.space.symbols.values()
            if s.whole and s.domain != "dimension" and (s.name in self.letters or s.name in constrained)
        ]
        named = {s.name for s in scalars}
        shaped = {x.name for s in self._needed() for a in s.shape for x in a.letters}
        dims = {s.name for s in self.space.symbols.values() if s.domain == "dimension"}
        integers = {n for n in constrained if n not in self.space.symbols}
        sizes = sorted((shaped | self.letters | dims | integers) - named)
        return Search(
            tuple(sizes),
            tuple(s.name for s in scalars if s.domain == "posint"),
            {s.name: FINITE.get(s.domain, SIGNED) for s in scalars if s.domain != "posint"},
            (*self.space.where, *self._implied()),
            self.space.sizes,
        )

    def _implied(self) -> list[Relation]:
        """What the domains themselves demand of the sizes."""
        tall = [s.shape[-2:] for s in self._needed() if s.domain == "orthcols" and len(s.shape) > 1]
        return [relation(f"{rows} >= {columns}") for rows, columns in tall]

    def settings(self) -> list[Setting]:
        """At least three admissible settings of the letters, more where whole scalars are among them."""
        return self._settings

    @cached_property
    def _settings(self) -> list[Setting]:
        search = self._search
        wanted = 8 if search.counts or search.others else 3
        return settings(search, wanted if self.names or not search.names else 12)

    def small(self) -> list[Setting]:
        """Admissible settings in which the sizes are as small as can be."""
        return small(self._search)

    def _needed(self) -> list[Symbol]:
        return [self.symbol(n) for n in self.names]

    def symbol(self, name: str) -> Symbol:
        """The declaration; a name without one is a free unknown."""
        return self.space.symbols.get(name, Symbol(name))

    def cases(self) -> Iterator[Point] | None:
        """Every point there is, where all names are scalars with few values; else None."""
        symbols = self._needed()
        finite = all(not s.shape and s.domain in FINITE for s in symbols)
        if not finite or self.functions or self.letters or not symbols or 2 ** len(symbols) > EXHAUSTIVE:
            return None
        values = product(*(FINITE[s.domain] for s in symbols))
        named = (dict(zip(self.names, v, strict=True)) for v in values)
        return (
            Point({n: Table((), {(): number(k)}) for n, k in v.items()}, v)
            for v in named
            if all(r.holds(v) for r in self.space.where)
        )

    def planned(self, setting: Setting, every: Sequence[Plan], k: int) -> Point | None:
        """The point of the ``k``-th plan; the first few are kept for the next answer."""
        if k >= POINTS_KEPT:
            return self.point(setting, every[k], k)
        key = (k, *setting.items())
        if key not in self.drawn:
            self.drawn[key] = self.point(setting, every[k], k)
        return self.drawn[key]

    def point(self, setting: Setting, plan: Plan, k: int) -> Point | None:
        """The ``k``-th point of a setting, or None where the constraints could not be met."""
        for attempt in range(TRIES):
            drawn = self._arrays(setting, plan, f"{k}.{attempt}")
            arrays = self._fitted(drawn, setting) if self.space.where else drawn
            if arrays is not None:
                return Point(arrays, self._letters(arrays, setting), self._jets(k))
        return None

    def _arrays(self, setting: Setting, plan: Plan, word: str) -> dict[str, Table]:
        arrays = {}
        for symbol in self._needed():
            shape = tuple(a.at({x: setting[x.name] for x in a.letters}) for a in symbol.shape)
            if not shape and symbol.name in setting:
                arrays[symbol.name] = Table((), {(): number(setting[symbol.name])})
                continue
            stream = Stream(self.space.seed, symbol.name, word, *sorted(setting.items()))
            arrays[symbol.name] = draw(symbol, shape, plan.of(symbol.name), stream)
        return arrays

    def _fitted(self, arrays: dict[str, Table], setting: Setting) -> dict[str, Table] | None:
        """The same values with equations solved for a scalar that can move; None where a constraint fails."""
        scalars = {n: _fraction(t.values[()]) for n, t in arrays.items() if t.shape == ()}
        values = {**{n: Fraction(v) for n, v in setting.items()}, **scalars}
        fixed: dict[str, Fraction] = {}
        for r in self.space.where:
            movable = [n for n in r.names if n in scalars and n not in setting and n not in fixed]
            if not set(r.names) <= values.keys():
                continue
            if r.equation and movable and not r.holds(values):
                solved = r.solved(movable[-1], values)
                if solved is not None:
                    values[movable[-1]] = fixed[movable[-1]] = solved
        if not all(r.holds(values) for r in self.space.where if set(r.names) <= values.keys()):
            return None
        if not all(allowed(self.symbol(n), v) for n, v in fixed.items()):
            return None
        return {**arrays, **{n: Table((), {(): number(v)}) for n, v in fixed.items()}}

    def _letters(self, arrays: Mapping[str, Table], setting: Setting) -> dict[str, int]:
        whole = {n: arrays[n].values[()] for n in self.names if self.symbol(n).whole}
        return {**{n: int(_fraction(v)) for n, v in whole.items()}, **setting}

    def _jets(self, k: int) -> dict[str, Jet]:
        return {f: random_jet(Stream(self.space.seed, f, k), positive=k % 3 == 1) for f in self.functions}

    def between(self, point: Point, other: Point, share: Fraction) -> Point | None:
        """The point this share of the way to another; None where a constraint fails."""
        arrays = {
            n: t if n in point.letters else mixed(self.symbol(n), t, other.arrays[n], share)
            for n, t in point.arrays.items()
        }
        if self.space.where:
            fitted = self._fitted(arrays, dict(point.letters))
            return None if fitted is None else replace(point, arrays=fitted)
        return replace(point, arrays=arrays)

    def rounded(self, point: Point, digits: int) -> Point | None:
        """The same point with so many significant digits; None where the domain forbids it."""
        arrays = {n: self._short(n, t, digits) for n, t in point.arrays.items()}
        short = {n: t for n, t in arrays.items() if t is not None}
        if len(short) < len(arrays):
            return None
        if self.space.where and self._fitted(short, dict(point.letters)) != short:
            return None
        return replace(point, arrays=short)

    def _short(self, name: str, table: Table, digits: int) -> Table | None:
        symbol = self.symbol(name)
        if symbol.domain not in FREE:
            return table
        values = {p: _fraction(v) for p, v in table.values.items()}
        short = {p: significant(v, digits) for p, v in values.items()}
        if not all(allowed(symbol, v) for v in short.values()):
            return None
        return Table(table.shape, {p: number(v) for p, v in short.items()})

    def can_move(self) -> bool:
        """Whether any value can move a little."""
        return any(not s.discrete for s in self._needed()) or bool(self.functions)


def _fraction(value: object) -> Fraction:
    assert isinstance(value, fmpq)
    return Fraction(int(value.p), int(value.q))


def significant(value: Fraction, digits: int) -> Fraction:
    """The nearest decimal with so many significant digits.

    >>> significant(Fraction(1, 3), 2)
    Fraction(33, 100)
    """
    return Fraction(f"{float(value):.{digits - 1}e}") if abs(value) < 10**300 else value


def allowed(symbol: Symbol, value: Fraction) -> bool:
    """Whether a number lies in a symbol's domain."""
    match symbol.domain:
        case "nonzero":
            return value != 0
        case "positive":
            return value > 0
        case "nonnegative":
            return value >= 0
        case "unit":
            return 0 < value < 1
        case "unit_sym":
            return -1 < value < 1
        case "posint":
            return value.denominator == 1 and value > 0
        case "int" | "dimension":
            return value.denominator == 1
        case "pm1" | "binary":
            return value in FINITE[symbol.domain]
    return True
