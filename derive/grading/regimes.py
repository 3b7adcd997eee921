"""Sizes at which a formula could turn into another: every side of a condition on sizes is to be looked at.

``⌊n/10⁶⌋``, ``[i < 51]``, ``max(0, n − 1000)`` and a range ``51 ≤ i < n`` change where no small size tells. Each such
switch is followed as a size grows to 10¹⁸; where it takes a sign that no compared size has shown, the formulas are
to be compared there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Apply, Atom, Bound, Bracket, Cases, Entry, Guard, Indicator, MatrixFunction, Reduce
from derive.calculus.expr import Expr, expr
from derive.calculus.substitute import children, letters, names, replace_entries
from derive.grading.balls import Unclear, Undefined, ball, precision
from derive.grading.compiled import Side, compile_side
from derive.grading.hunt import watched
from derive.grading.run import OverBudget, Point, Unsupported
from derive.grading.settings import Search, Setting, further

JUMPS = {"abs", "sign", "relu", "heaviside", "floor", "ceil", "max", "min", "mod"}
GROWING = tuple(2**k for k in range(3, 60))
FUEL = 2_000
NODES = 100
MOST_PLACES = 400
MOST_LETTERS = 4
MOST_SWITCHES = 12
MOST_SEEN = 12
LARGEST = 10**19
UNKNOWN = 2  # the sign of what cannot be computed
Frame = tuple[Bound, ...]
Looked = tuple[Expr, Frame, bool]  # a value, the bounds round it, whether it is the length of a range


@dataclass(frozen=True)
class Switch:
    """A value of sizes and bound letters alone, whose sign matters."""

    side: Side
    frame: Frame
    letters: frozenset[str]
    ranged: bool

    def signs(self, setting: Setting, full: bool = False) -> frozenset[int]:
        """The signs that it takes over the ranges of its letters: at every place, or at the ends of the ranges."""
        run = self.side.run(Point({}, setting), FUEL)
        values = {Letter(n): k for n, k in setting.items()}
        found: set[int] = set()
        with precision(192):
            for place in islice(_places(self.frame, values, full), MOST_PLACES):
                try:
                    value = ball(self.side.entry(run, place))
                except Undefined:
                    continue
                except (Unclear, OverBudget, OverflowError):
                    return frozenset({UNKNOWN})
                found.add(1 if value > 0 else -1 if value < 0 else 0 if value == 0 else UNKNOWN)
        return frozenset(found)


def _places(frame: Sequence[Bound], values: dict[Letter, int], full: bool) -> Iterator[tuple[int, ...]]:
    """Values of bound letters, one after the other, as their ranges may speak of each other."""
    if not frame:
        yield ()
        return
    first, *rest = frame
    low, high = first.low.at(values), first.high.at(values)
    ends = range(low, high) if full else sorted({low, low + 1, high - 1} & {*range(low, min(high, low + 2)), high - 1})
    for value in ends:
        for others in _places(rest, {**values, first.letter: value}, full):
            yield (value, *others)


def switches(bodies: Iterable[Expr], frame: Frame, whole: Iterable[str] = ()) -> list[Switch]:
    """What jumps with sizes, whole scalars and bound letters alone, in these expressions."""
    scalars = {Entry(n): expr(Letter(n)) for n in whole}
    lettered = [replace_entries(body, scalars.get) if scalars else body for body in bodies]
    found = dict.fromkeys(pair for body in lettered for pair in _looked_at(body, frame))
    result: list[Switch] = []
    for value, around, ranged in list(found)[:MOST_SWITCHES]:
        needed = _needed(value, around)
        free = {x.name for x in _letters(value, needed)} - {b.letter.name for b in needed}
        try:
            result.append(Switch(compile_side(value, needed, ()), needed, frozenset(free), ranged))
        except Unsupported:
            continue
    return result


def _letters(value: Expr, frame: Frame) -> set[Letter]:
    return {*letters(value), *(x for b in frame for a in (b.low, b.high) for x in a.letters)}


def _needed(value: Expr, frame: Frame) -> Frame:
    """The bounds that a value depends on, and those that their ranges depend on."""
    wanted, kept = set(letters(value)), []
    for b in reversed(frame):
        if b.letter in wanted:
            wanted |= {x for a in (b.low, b.high) for x in a.letters}
            kept.append(b)
    return tuple(reversed(kept))


def _looked_at(body: Expr, frame: Frame) -> Iterator[Looked]:
    for term in body.terms:
        inner = frame
        for bound in term.bounds:
            yield from _range(bound, inner)
            inner = (*inner, bound)
        for atom, _ in term.factors:
            yield from _of_atom(atom, inner)


def _of_atom(atom: Atom, frame: Frame) -> Iterator[Looked]:
    if isinstance(atom, Reduce):
        yield from _range(atom.bound, frame)
        frame = (*frame, atom.bound)
    if isinstance(atom, MatrixFunction):
        zero = Affine.of(0)
        frame = (*frame, Bound(atom.row, zero, atom.size), Bound(atom.column, zero, atom.size))
    for value in _jumping(atom):
        if not names(value) and letters(value):
            yield value, frame, isinstance(atom, Guard)
    for child in children(atom):
        yield from _looked_at(child, frame)


def _range(bound: Bound, frame: Frame) -> Iterator[Looked]:
    """How long a range is, where that may be less than nothing."""
    length = bound.high - bound.low
    if length.letter is None and length.constant is None:
        yield expr(length), frame, True


def _jumping(atom: Atom) -> Iterator[Expr]:
    match atom:
        case Bracket(zero):
            yield expr(zero)
        case Guard(nonneg):
            yield expr(nonneg + 1)
        case Apply(function=f) if f in JUMPS:
            yield from watched(atom)
        case Indicator() | Cases():
            yield from watched(atom)


def unseen(found: Sequence[Switch], search: Search, seen: Sequence[Setting], marks: Sequence[int]) -> Iterator[Setting]:
    """Settings at which some switch takes a sign that it takes at none of those seen, the smallest of each kind.

    What is sent back counts as seen from then on.
    """
    wide = replace(search, smallest=1, largest=LARGEST)
    all_seen = [dict(s) for s in dict.fromkeys(tuple(s.items()) for s in seen)][:MOST_SEEN]
    known = [frozenset[int]().union(*(s.signs(setting, full=True) for setting in all_seen)) for s in found]
    scalars = sorted(n for n in seen[0] if n not in search.names)
    for name in [*search.sizes, *search.counts, *scalars][:MOST_LETTERS]:
        mine = [k for k, s in enumerate(found) if name in s.letters]
        if not mine:
            continue
        path = _path(wide, name, seen[0], marks)
        for before, setting in pairwise([seen[0], *path]):
            for k in mine:
                if setting[name] == 1 and found[k].ranged:
                    continue
                while found[k].signs(setting) - known[k] - {UNKNOWN}:
                    turn = _first(found[k], known[k], wide, name, before, setting)
                    yield turn
                    known = [v | s.signs(turn) for s, v in zip(found, known, strict=True)]


def _path(search: Search, name: str, start: Setting, marks: Sequence[int]) -> list[Setting]:
    """The first setting with ever larger values of one letter."""
    values = sorted({1, *GROWING, *(m for m in marks if m > 0)})
    return [s for v in values if (s := _with(search, name, v, start)) is not None]


def _with(search: Search, name: str, value: int, start: Setting) -> Setting | None:
    """The setting with another value for one letter, and for what an equation then gives."""
    changed = {**start, name: value}
    if all(r.holds(changed) for r in search.relations):
        return changed
    return next(iter(further(search, (value,), [], (name,), NODES)), None)


def _first(switch: Switch, known: frozenset[int], search: Search, name: str, low: Setting, high: Setting) -> Setting:
    """The smallest value of a letter with a sign not known yet, by halves."""
    below, best = low[name], high
    while best[name] - below > 1:
        middle = _with(search, name, (below + best[name]) // 2, low)
        if middle is None:
            break
        if switch.signs(middle) - known - {UNKNOWN}:
            best = middle
        else:
            below = middle[name]
    return best
