"""The rules of scalar algebra and analysis, each by itself."""

import numpy as np
import pytest

from derive.calculus.evaluate import tabulate
from derive.calculus.expr import ONE, ZERO, Expr, apply, entry, expr, power
from derive.calculus.rules import DoesNotApply
from derive.calculus.rules_scalar import (
    collect,
    companion,
    determinant,
    factor_roots,
    limit,
    negative_discriminant,
    square_below,
    take_logarithms,
    take_root,
)
from derive.calculus.trace import Relation, Table
from derive.notation.index_language import relation

X, Y, Z = (entry(n) for n in "xyz")
HALF = expr(1) / 2


def value(e: Expr, **at: float) -> float:
    return float(tabulate(e, [], at))


def test_logarithms_keep_an_equation():
    after = take_logarithms("").apply(Relation((power(X, Y), Z)))
    assert value(after.left, x=2.0, y=3.0) == pytest.approx(np.log(8))
    assert value(after.result, z=8.0) == pytest.approx(np.log(8))


def test_a_limit_is_where_values_go():
    quotient = apply("log", ONE + X) / X
    after = limit(X, 0, Z, "", frozenset({"x"})).apply(Relation((Y, quotient)))
    assert after.left == Z
    assert value(after.result) == pytest.approx(value(quotient, x=1e-6), rel=1e-5)


def test_a_square_is_below_exactly_between_the_roots():
    after = square_below("").apply(Relation((power(X - 1, 2), Y), ("<",)))
    assert after.ops == ("<", "<")
    for x in np.arange(-4, 4, 0.37):
        for y in (0.5, 2.0, 7.0):
            low, middle, high = (value(s, x=x, y=y) for s in after.sides)
            assert (low < middle < high) == ((x - 1) ** 2 < y)
    with pytest.raises(DoesNotApply):
        square_below("").apply(Relation((X, Y), ("<",)))


def test_factoring_in_roots_keeps_values():
    side = 1 + X - 2 * power(X, HALF)
    after = factor_roots("").apply(Relation((Y, side)))
    assert len(after.result.terms) == 1
    assert value(after.result, x=3.0) == pytest.approx(value(side, x=3.0))


def test_collecting_keeps_values():
    side = X * Y - Z * X + 2 * Y + Z
    after = collect([X, Y], "").apply(Relation((entry("u"), side)))
    at = {"x": 2.0, "y": 3.0, "z": 5.0}
    assert value(after.result, **at) == value(side, **at)
    with pytest.raises(DoesNotApply):
        collect([X], "").apply(Relation((Y, X * X)))


def test_the_matrix_of_a_recurrence_steps_it():
    before = relation("v[t] = 3*v[t-1] - x*v[t-2]", letters=("t",))
    table = companion("v", "t", "M", "").apply(before).right
    assert isinstance(table, Table)
    matrix = np.array([[value(e, x=2.0) for e in row] for row in table.entries])
    assert matrix @ [5.0, 7.0] == pytest.approx([3 * 5 - 2 * 7, 5])
    with pytest.raises(DoesNotApply):
        companion("v", "t", "M", "").apply(relation("v[t] = v[t-1] + x", letters=("t",)))


def test_determinant_and_characteristic_polynomial():
    table = Table(((X, Y), (ONE, ZERO - Z)))
    before = Relation((entry("M", "a", "b"), table))
    at = {"x": 2.0, "y": 3.0, "z": 5.0, "r": 0.7}
    matrix = np.array([[2.0, 3.0], [1.0, -5.0]])
    assert value(determinant(entry("d"), "").apply(before).result, **at) == pytest.approx(np.linalg.det(matrix))
    polynomial = determinant(entry("d"), "", minus=entry("r")).apply(before).result
    assert value(polynomial, **at) == pytest.approx(np.linalg.det(0.7 * np.eye(2) - matrix))


def test_the_discriminant_is_negative_exactly_for_complex_roots():
    rule = negative_discriminant(Z, "")
    after = rule.apply(Relation((entry("P"), Z * Z - (X + 1) * Z + Y)))
    for x in (-3.0, 0.5, 2.0):
        for y in (-1.0, 0.4, 5.0):
            small, large = (value(s, x=x, y=y) for s in after.sides)
            assert (small < large) == bool(np.abs(np.roots([1, -(x + 1), y]).imag).max() > 1e-9)
    with pytest.raises((DoesNotApply, ValueError)):
        rule.apply(Relation((entry("P"), Z + Y)))


def test_a_root_is_taken_of_that_square_only():
    assert value(take_root(X, "").apply(Relation((power(X, 2), Y))).result, y=9.0) == 3
    with pytest.raises(DoesNotApply):
        take_root(X, "").apply(Relation((Z, Y)))
