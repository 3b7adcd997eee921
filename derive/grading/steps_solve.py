"""Does one equation follow from others? Points on the others are found by Newton's method, with many digits.

At a point where all the equations of ``system`` hold, the new one holds too, or it does not follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import prod

from flint import arb, arb_mat

from derive.calculus.atoms import Cases, Entry, Indicator
from derive.calculus.expr import Expr, add
from derive.calculus.substitute import atoms
from derive.grading.balls import Number, Unclear, Undefined, ball, precision
from derive.grading.compiled import Side, compile_side, places
from derive.grading.drawn import sampler_of
from derive.grading.prepare import prepared
from derive.grading.run import OverBudget, Point, Table, Unsupported
from derive.grading.space import Plan, Sampler, Space
from derive.grading.steps_equal import Lined
from derive.grading.stream import Mood

BITS = 320
STEP = arb(2) ** -120
SMALL = arb(2) ** -100
LARGEST = 14
MOST = 40
ITERATIONS = 40
FUEL = 60_000
PATIENCE = 800_000
PLANS = (Plan(Mood("simple", signs="+")), Plan(Mood(signs="+")), Plan())
FREE = frozenset({"real", "nonzero", "positive", "nonnegative", "unit", "unit_sym"})
SQUARE = frozenset({"symmetric", "spd", "invertible", "posdet"})
Fault = (Undefined, Unclear, ZeroDivisionError, ValueError)


@dataclass
class Patience:
    """How many operations the search for points may still take."""

    left: int = PATIENCE

    def spend(self, steps: int) -> None:
        """Use some up.

        Raises:
            OverBudget: none are left.
        """
        self.left -= steps
        if self.left < 0:
            raise OverBudget("no points were found in good time")


@dataclass(frozen=True)
class Difference:
    """An equation as what must be zero, entry by entry."""

    side: Side
    body: Expr
    lined: Lined
    patience: Patience

    @classmethod
    def of(cls, lined: Lined, space: Space, patience: Patience) -> Difference:
        """Compile a difference of two sides."""
        body = prepared(lined.body, space)
        return cls(compile_side(body, lined.frame, lined.shape), body, lined, patience)

    def values(self, point: Point) -> list[arb]:
        """All entries at a point."""
        run = self.side.run(point, FUEL, True)
        found = [ball(self.side.entry(run, p)) for p in places(self.side.sizes(point), FUEL)]
        self.patience.spend(FUEL - run.fuel)
        return found


def implied(system: Sequence[Lined], goal: Lined, space: Space, first: Sequence[str]) -> bool | None:
    """Whether the goal holds wherever the system does; None where no point was found, or where only some roots agree.

    Where an array that was solved for is all zero, as the eigenvector in ``H u = η u``, most things agree: such a root
    proves nothing. Neither does one where conditions hold or do not: they are the same all round it.

    Args:
        system: differences of equations that hold.
        goal: the difference of the new one.
        space: the declared domain.
        first: the names to solve for, where they can be; others come after.
    """
    try:
        patience = Patience()
        *equations, wanted = [Difference.of(e, space, patience) for e in (*system, goal)]
        if any(isinstance(a, Indicator | Cases) for e in (*equations, wanted) for a in atoms(e.body)):
            return None
        return _implied(equations, wanted, space, first)
    except (OverBudget, Unsupported, OverflowError, KeyError):
        return None


def _implied(equations: list[Difference], goal: Difference, space: Space, first: Sequence[str]) -> bool | None:
    every = (*equations, goal)
    shapes = tuple(e.lined.shape for e in every)
    sampler = sampler_of(
        add([e.body for e in equations]), goal.body, shapes, [b for e in every for b in e.lined.frame], space
    )
    trivial: list[bool] = []
    for names, exact in _unknowns(equations, sampler, first):
        found = list(islice(_holds(equations, goal, sampler, names, exact), 8))
        seen = [holds for holds, zero in found if not zero]
        if len(seen) >= 2:
            return seen[0] if len(set(seen)) == 1 else None
        trivial += [holds for holds, _ in found]
    return False if len(trivial) >= 2 and not any(trivial) else None


def _unknowns(
    equations: list[Difference], sampler: Sampler, first: Sequence[str]
) -> Iterator[tuple[tuple[str, ...], bool]]:
    """What to solve for, and whether there must be as many unknown entries as equations."""
    inside = {a.name for e in equations for a in atoms(e.body) if isinstance(a, Entry)}
    free = [n for n in sampler.names if n in inside and sampler.symbol(n).domain in FREE]
    ordered = [*dict.fromkeys(n for n in first if n in free)]
    ordered += [n for n in free if n not in ordered]
    if len(equations) == 1:
        yield from (((n,), True) for n in ordered[:8])
        yield from (((n,), True) for n in sampler.names if n in inside and sampler.symbol(n).domain in SQUARE)
    elif len(equations) == 2:
        yield from (((a, b), True) for k, a in enumerate(ordered[:4]) for b in ordered[k + 1 : 5])
    yield tuple(ordered), False


def _holds(
    equations: list[Difference], goal: Difference, sampler: Sampler, names: tuple[str, ...], exact: bool
) -> Iterator[tuple[bool, bool]]:
    """At every root found: whether the goal holds there, and whether a name that was solved for is zero."""
    empty = 0
    for setting in sampler.settings()[:3]:
        points = [sampler.point(setting, plan, 5000 + k) for k, plan in enumerate(PLANS)]
        fitting = [p for p in points if p is not None and _fits(equations, p, names, exact)]
        found = [f for p in fitting if (f := _held(equations, goal, sampler, names, p)) is not None]
        empty += not found
        if empty > 1:
            return
        yield from found


def _fits(equations: list[Difference], point: Point, names: tuple[str, ...], exact: bool) -> bool:
    """Whether there are as many unknown entries as equations, or more where that will do, and not too many."""
    wanted = sum(prod(e.side.sizes(point)) for e in equations)
    unknown = sum(len(point.arrays[n].values) for n in names)
    return wanted <= LARGEST and unknown <= MOST and (wanted == unknown if exact else wanted <= unknown)


def _held(
    equations: list[Difference], goal: Difference, sampler: Sampler, names: tuple[str, ...], point: Point
) -> tuple[bool, bool] | None:
    with precision(BITS):
        try:
            starts = (point, _nearer(point, names))
            root = next((r for p in starts if (r := _started(equations, sampler, names, p)) is not None), None)
            if root is None:
                return None
            values = goal.values(root)
            if not all(ball(v).is_finite() for v in values):
                return None
            scale = 1 + sum((abs(v).mid() for e in equations for v in _sizes(e, root)), arb(0))
            zero = any(all(bool(abs(ball(v)) < SMALL) for v in root.arrays[n].values.values()) for n in names)
            return all(bool(abs(v) < SMALL * scale) for v in values), zero
        except Fault:
            return None


def _started(equations: list[Difference], sampler: Sampler, names: tuple[str, ...], point: Point) -> Point | None:
    try:
        return _root(equations, sampler, names, point)
    except Fault:
        return None


def _nearer(point: Point, names: tuple[str, ...]) -> Point:
    """The point with all that is solved for between −1 and 1, where probabilities and correlations are."""
    values = [(n, p, ball(v)) for n in names for p, v in point.arrays[n].values.items()]
    return _moved(point, {(n, p): (v / (1 + abs(v)) - v).mid() for n, p, v in values})


def _sizes(equation: Difference, root: Point) -> list[arb]:
    return [
        ball(v)
        for n in {a.name for a in atoms(equation.body) if isinstance(a, Entry)}
        for v in root.arrays[n].values.values()
    ]


def _root(equations: list[Difference], sampler: Sampler, names: tuple[str, ...], point: Point) -> Point | None:
    """A point near this one where all equations hold."""
    for _ in range(ITERATIONS):
        errors = [v for e in equations for v in e.values(point)]
        unknown = [(n, p) for n in names for p in point.arrays[n].values]
        if not all(e.is_finite() for e in errors):
            return None
        if all(bool(abs(e.mid()) < SMALL * SMALL) for e in errors):
            return point
        moved = _step(equations, sampler, point, unknown, errors)
        if moved is None:
            return None
        point = moved
    return None


def _step(
    equations: list[Difference],
    sampler: Sampler,
    point: Point,
    unknown: list[tuple[str, tuple[int, ...]]],
    errors: list[arb],
) -> Point | None:
    columns = []
    for name, place in unknown:
        other = _moved(point, {(name, place): STEP})
        after = [v for e in equations for v in e.values(other)]
        columns.append([(a - b).mid() / STEP for a, b in zip(after, errors, strict=True)])
    wide, tall = len(unknown), len(errors)
    slope = arb_mat(tall, wide, [columns[c][r] for r in range(tall) for c in range(wide)])
    square = slope * slope.transpose()
    gap = sum((e.mid() * e.mid() for e in errors), arb(0)).mid()
    most = sum((square[k, k].mid() for k in range(tall)), arb(0)).mid() / 1024
    damping = min(gap, most, key=float) if tall > 1 else arb(0)
    square += arb_mat(tall, tall, [damping if r == c else 0 for r in range(tall) for c in range(tall)])
    change = slope.transpose() * square.solve(arb_mat(tall, 1, [-e.mid() for e in errors]))
    share = arb(1)
    for _ in range(12):
        moves = {u: share * change[k, 0].mid() for k, u in enumerate(unknown)}
        moved = _moved(point, moves)
        if all(_inside(sampler.symbol(n).domain, moved.arrays[n].values[p]) for n, p in unknown):
            return moved
        share = share / 2
    return None


def _moved(point: Point, moves: dict[tuple[str, tuple[int, ...]], arb]) -> Point:
    arrays = dict(point.arrays)
    for (name, place), change in moves.items():
        table = arrays[name]
        arrays[name] = Table(table.shape, {**table.values, place: (ball(table.values[place]) + change).mid()})
    return replace(point, arrays=arrays)


def _inside(domain: str, value: Number) -> bool:
    x = ball(value)
    match domain:
        case "positive" | "nonnegative":
            return bool(x > 0)
        case "unit":
            return bool(x > 0) and bool(x < 1)
        case "unit_sym":
            return bool(x > -1) and bool(x < 1)
        case "nonzero":
            return bool(abs(x) > SMALL)
    return bool(abs(x) < arb(10) ** 12)
