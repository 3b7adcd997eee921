"""The rules that derivations name, each by itself: what it does, and that it refuses what it does not fit."""

from fractions import Fraction

import pytest

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.canonical import same
from derive.calculus.evaluate import tabulate
from derive.calculus.expr import ONE, ZERO, Expr, apply, entry, power
from derive.calculus.inequalities import between, bounded_by, count_multiplications, floor_between
from derive.calculus.rules import (
    DoesNotApply,
    both_sides,
    differentiate_again,
    distribute,
    merge_symmetric,
    negative,
    positive_first,
    project,
    put,
    solve_for,
    start_value,
    stationary,
)
from derive.calculus.trace import Relation
from derive.notation.index_language import expression, relation

X, Y, Z = (entry(n) for n in "xyz")
I = Bound(Letter("i"), Affine.of(0), Affine.of("n"))  # noqa: E741


def value(e: Expr, **at: float) -> float:
    return float(tabulate(e, [], at))


def test_floor_between_is_true_exactly_for_the_floor():
    after = floor_between().apply(Relation((Y, apply("floor", X))))
    assert after.ops == ("<=", "<")
    for k in range(-20, 21):
        x = k / 4
        for m in range(-6, 7):
            low, middle, high = (value(s, x=x, y=m) for s in after.sides)
            assert (low <= middle < high) == (m == x // 1)


def test_floor_between_wants_a_floor_alone():
    with pytest.raises(DoesNotApply):
        floor_between().apply(Relation((Y, apply("floor", X) + 1)))


@pytest.mark.parametrize("sign", [1, -1])
def test_between_keeps_the_truth(sign):
    before = Relation((Y, sign * X + 3, Z), ("<=", "<"))
    after = between(X, "").apply(before)
    assert after.sides[1] == X
    holds = {"<=": lambda a, b: a <= b, "<": lambda a, b: a < b}
    for x in range(-5, 6):
        for y in range(-4, 5):
            for z in range(-4, 5):
                truth = [
                    all(holds[op](value(a, x=x, y=y, z=z), value(b, x=x, y=y, z=z)) for a, op, b in r.pairs())
                    for r in (before, after)
                ]
                assert truth[0] == truth[1]


def test_between_refuses_an_unknown_with_a_factor():
    with pytest.raises(DoesNotApply):
        between(X, "").apply(Relation((Y, 2 * X, Z), ("<=", "<")))


def test_bounded_by_adds_a_side():
    assert bounded_by(Z, "t", "s", "c").apply(Relation((X, Y))).ops == ("=", "<=")


def test_counting_needs_every_letter():
    counted = count_multiplications("").apply(relation("c = sum(1, a = 0..M-1, b = 2..K)")).result
    assert tabulate(counted, [], {}, {Letter("M"): 5, Letter("K"): 7}) == 30


def test_solving_an_equation_solves_it():
    before = Relation((X / Y, 2 * Z / (1 - Y)))
    after = solve_for(Y, "").apply(before)
    y = value(after.result, x=3.0, z=0.7)
    assert 3 / y == pytest.approx(2 * 0.7 / (1 - y))


def test_two_solutions_are_no_solution():
    with pytest.raises(DoesNotApply):
        solve_for(X, "").apply(Relation((X * X, Y)))


def test_stationary_wants_the_derivative():
    assert stationary(Y, "").apply(Relation((Y, X + Z))).sides == (X + Z, ZERO)
    with pytest.raises(DoesNotApply):
        stationary(Z, "").apply(Relation((Y, X)))


def test_negative_wants_minus_signs():
    assert negative("").apply(Relation((Y, -X))).ops == ("=", "<")
    with pytest.raises(DoesNotApply):
        negative("").apply(Relation((Y, Z - X)))


def test_differentiating_again():
    after = differentiate_again("x", (), Z, "").apply(Relation((Y, apply("log", X))))
    assert value(after.result, x=2.0) == pytest.approx(0.5)
    again = differentiate_again("x", (), Z, "").apply(after)
    assert value(again.result, x=2.0) == pytest.approx(-0.25)


def test_both_sides_change_alike():
    before = Relation((X + 1, Y))
    for change, expected in (("add", 5.0), ("subtract", -1.0), ("multiply", 6.0), ("divide", Fraction(2, 3))):
        left, right = both_sides(change, Z, "").apply(before).sides
        assert value(left, x=1.0, y=2.0, z=3.0) == value(right, x=1.0, y=2.0, z=3.0) == pytest.approx(float(expected))


def test_a_projection_sums_over_its_letter_only():
    frame = (I, Bound(Letter("t"), Affine.of(0), Affine.of("T")))
    before = relation("v[t, i] = g[t, i] + h[i]", frame=frame)
    after = project(entry("u", "i"), I, "").apply(before)
    assert [b.letter.name for b in after.frame] == ["t"]
    assert same(after.left, expression("sum(u[j]*v[t, j], j = 0..n-1)"))


def test_symmetric_sums_merge_and_others_do_not():
    two = expression("sum(H[p, j]*x[j], j = 0..n-1) + sum(H[j, p]*x[j], j = 0..n-1)")
    assert len(merge_symmetric("H", "").apply(Relation((Y, two))).result.terms) == 1
    assert len(merge_symmetric("A", "").apply(Relation((Y, two))).result.terms) == 2


def test_put_substitutes_the_indices():
    rule = put("a", ("i", "j"), entry("b", "j", "i"), "t", "s")
    assert rule.apply(Relation((X, entry("a", 1, 2)))).result == entry("b", 2, 1)


def test_a_start_value_is_put_at_the_start_only():
    after = start_value("c", 0, ONE, "").apply(relation("c[T] = c[0] + c[1]"))
    assert after.result == ONE + entry("c", 1)


def test_distributing_and_turning_signs_keep_values():
    e = -X * (Y - 1) * (Y + Z)
    at = {"x": 2.0, "y": 3.0, "z": 5.0}
    assert value(distribute(e), **at) == value(positive_first(e), **at) == value(e, **at)
    assert power(X, 0) == ONE


def test_the_root_of_an_even_power_is_not_the_power():
    n = expression("n", shapes={"z": "n"})
    assert not same(power(power(X, 2 * n), Fraction(1, 2)), power(X, n))
    assert same(power(X, n) * power(X, 2 * n), power(X, 3 * n))
