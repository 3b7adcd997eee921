"""Showing a difference: sizes, values and both results, short enough to be checked by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from derive.grading.balls import Number, ball, precision, readable
from derive.grading.examine import LADDER, Outcome
from derive.grading.run import Place, Point, Table
from derive.grading.settings import Setting
from derive.grading.space import Sampler

SHORT, LONG = 8, 60


def describe(outcome: Outcome, setting: Setting, sampler: Sampler, base: int) -> dict[str, Any]:
    """The fields of a witness."""
    values = {} if outcome.point is None else values_of(outcome.point, sampler)
    found: dict[str, Any] = {"sizes": {n: k for n, k in setting.items() if n not in values}, "values": values}
    if outcome.outside is not None:
        name, place = outcome.outside
        return {**found, "outside": f"{name}[{', '.join(str(k + base) for k in place)}]"}
    if outcome.place:
        found["entry"] = [k + base for k in outcome.place]
    first, second = _told_apart(outcome.reference, outcome.answer)
    return {**found, "reference_value": first, "answer_value": second}


def simpler(outcome: Outcome, sampler: Sampler, examine: Callable[[Point], Outcome]) -> Outcome:
    """The same difference at a point with short numbers, where there is one close by."""
    point = outcome.point
    if point is None or outcome.kind == "outside" or _is_short(point) or not is_exact(point):
        return outcome
    for digits in (2, 3, 5, 8, 12):
        short = sampler.rounded(point, digits)
        new = examine(short) if short is not None else outcome
        if short is not None and new.kind == outcome.kind and (new.kind == "gap" or not new.kink):
            return new
    return outcome


def is_exact(point: Point) -> bool:
    """Whether all numbers of a point are fractions, so that they can be typed again."""
    return all(isinstance(v, fmpq) for t in point.arrays.values() for v in t.values.values())


def _is_short(point: Point) -> bool:
    return all(isinstance(v, fmpq) and v.q <= 1000 for t in point.arrays.values() for v in t.values.values())


def values_of(point: Point, sampler: Sampler) -> dict[str, Any]:
    """The values of all names at a point, as nested lists."""
    return {n: _nested(t) for n, t in point.arrays.items() if n in sampler.names}


def _nested(table: Table, place: Place = ()) -> Any:
    if len(place) == len(table.shape):
        return _plain(table.values[place])
    return [_nested(table, (*place, k)) for k in range(table.shape[len(place)])]


def _plain(value: Number) -> int | str:
    if not isinstance(value, fmpq):
        return readable(value)
    return int(value.p) if value.q == 1 else str(value)


def _told_apart(a: Number | None, b: Number | None) -> tuple[str, str]:
    """Both values with as many digits as it takes to see that they differ."""
    with precision(LADDER[-1]):
        for digits in range(SHORT, LONG, 4):
            if _decimal(a, digits) != _decimal(b, digits):
                return _shown(a, digits), _shown(b, digits)
        return _shown(a, 400), _shown(b, 400)


def _shown(value: Number | None, digits: int) -> str:
    return "undefined" if value is None else readable(value, digits)


def _decimal(value: Number | None, digits: int) -> str | None:
    return None if value is None else readable(ball(value), digits)
