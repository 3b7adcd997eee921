"""Unknown smooth functions: one random function a name, the same for all its derivatives."""

from __future__ import annotations

from derive.grading.balls import Number, State, ball, number
from derive.grading.run import Jet
from derive.grading.scalars import TABLE
from derive.grading.stream import Mood, Stream


def random_jet(stream: Stream, positive: bool = False) -> Jet:
    """A quadratic plus two waves of unrelated frequency (plus a constant that keeps it positive)."""
    mood = Mood()
    square, slope, level = (number(mood.real(stream)) for _ in range(3))
    waves = [(number(mood.real(stream)), number(mood.positive(stream)), number(mood.real(stream))) for _ in range(2)]
    if positive:
        square, slope = abs(square), number(0)
        level = abs(level) + sum((abs(a) for a, _, _ in waves), number(0))

    def jet(state: State, order: int, args: tuple[Number, ...]) -> Number:
        z = _joined(args)
        value: Number = _polynomial(order, z, square, slope, level)
        for amplitude, frequency, phase in waves:
            value = value + amplitude * frequency**order * _wave(state, order, frequency * z + phase)
        return value

    return jet


def _joined(args: tuple[Number, ...]) -> Number:
    z = args[0]
    for k, a in enumerate(args[1:], 2):
        z = z + k * a + z * a / (5 * k)
    return z


def _polynomial(order: int, z: Number, square: Number, slope: Number, level: Number) -> Number:
    if order == 0:
        return square * z * z + slope * z + level
    if order == 1:
        return 2 * square * z + slope
    return 2 * square if order == 2 else number(0)


def _wave(state: State, order: int, z: Number) -> Number:
    """The ``order``-th derivative of the sine, up to the inner factor."""
    value = ball(TABLE["cos" if order % 2 else "sin"](state, z))
    return -value if order % 4 in (2, 3) else value
