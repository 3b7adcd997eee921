"""Differentiated sides and changed variables, against quadrature and differences; and where they are refused."""

import numpy as np
import pytest

from derive.calculus.affine import Letter
from derive.calculus.evaluate import tabulate
from derive.calculus.expr import entry
from derive.calculus.rules import DoesNotApply
from derive.calculus.rules_integrals import change_variable, differentiate_sides
from derive.calculus.trace import Relation
from derive.notation.index_language import expression

SHAPES = {"t": "R", "p": "R"}
MESH = 0.05
POINTS = (np.arange(800) - 399.5) * MESH


def text(formula: str):
    return expression(formula, shapes=SHAPES)


def value(side, **scalars: float) -> float:
    arrays = {"t": POINTS, **{k: np.array(v) for k, v in scalars.items()}}
    return float(tabulate(side, [], arrays, {Letter("R"): 800}, mesh=MESH))


def test_a_changed_variable_keeps_the_integral():
    before = Relation((entry("y"), text("3*integral(exp(-t[x]**2)*cos(t[x]), x) + a")))
    after = change_variable("t", text("m"), text("s"), "u", "").apply(before)
    assert after != before
    expected = 3 * np.sqrt(np.pi) * np.exp(-1 / 4) + 0.5
    assert value(before.result, a=0.5) == pytest.approx(expected)
    assert value(after.result, a=0.5, m=0.7, s=1.3) == pytest.approx(expected)


def test_what_is_known_at_the_old_points_only_is_not_moved():
    with pytest.raises(DoesNotApply):
        change_variable("t", text("m"), text("s"), "u", "").apply(
            Relation((entry("y"), text("integral(p[x]*t[x], x)")))
        )


def test_both_sides_are_differentiated():
    area = Relation((text("integral(exp(-t[x]**2/(2*s**2)), x)"), text("s*sqrt(2*pi)")))
    after = differentiate_sides("s", "").apply(area)
    step = 1e-5
    for side, slope in zip(area.sides, after.sides, strict=True):
        difference = (value(side, s=0.8 + step) - value(side, s=0.8 - step)) / (2 * step)
        assert value(slope, s=0.8) == pytest.approx(difference, rel=1e-8)


def test_an_inequality_is_not_differentiated():
    with pytest.raises(DoesNotApply):
        differentiate_sides("s", "").apply(Relation((entry("s"), entry("s") + 1), ("<",)))
