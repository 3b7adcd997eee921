"""The rules on terms, each by itself."""

import pytest

from derive.calculus.affine import Letter
from derive.calculus.canonical import same
from derive.calculus.evaluate import tabulate
from derive.calculus.expr import ZERO, entry
from derive.calculus.inequalities import count_multiplications
from derive.calculus.rules import DoesNotApply, unroll
from derive.calculus.rules_terms import estimate, is_value_of, multiply_out, take_out
from derive.calculus.trace import Relation
from derive.notation.index_language import affine_text, expression, relation

X, Y, Z = (entry(n) for n in "xyz")


def test_multiplying_out_lets_brackets_pick_and_like_terms_cancel():
    before = relation("y = sum((x[i] + d*[i = 2])**2, i = 0..n-1) - sum(x[i]**2, i = 0..n-1)", letters=("n",))
    after = multiply_out("").apply(before)
    assert len(after.result.terms) == 2
    values = {"x": [1.0, 2.0, 3.0, 4.0], "d": 0.5, "y": 0.0}
    assert tabulate(after.result, [], values, {Letter("n"): 4}) == pytest.approx(0.5**2 + 2 * 0.5 * 3)


def test_a_factor_comes_out_of_sums_too():
    before = relation("y = -x*sum(w[i], i = 0..2) - x*z")
    after = take_out(-X, "").apply(before)
    assert len(after.result.terms) == 1
    assert same(after.result, before.result)
    with pytest.raises(DoesNotApply):
        take_out(X, "").apply(Relation((Y, X + Z)))


def test_an_estimate_replaces_one_whole_term():
    after = estimate(2 * X, ZERO, "t", "s").apply(Relation((Y, Z + 2 * X)))
    assert after.sides == (Y, Z + 2 * X, Z)
    assert after.ops == ("=", "<=")
    with pytest.raises(DoesNotApply):
        estimate(X, ZERO, "t", "s").apply(Relation((Y, Z + 2 * X)))


def test_an_inequality_unrolls_only_with_slope_one():
    steps = affine_text("T")
    after = unroll("v", steps, "t", "").apply(relation("v[t] = v[t-1] + x <= v[t-1] + z", letters=("t",)))
    assert after.ops == ("<=",)
    assert same(count_multiplications("").apply(after).result, expression("v[0] + T*z", letters=("T",)))
    with pytest.raises(DoesNotApply):
        unroll("v", steps, "t", "").apply(relation("v[t] = v[t-1] <= x*v[t-1]", letters=("t",)))


def test_a_sum_in_parentheses_is_found_in_any_order():
    from derive.calculus.match import rewrite

    assert rewrite(Z * (X + Y), Y + X, entry("s")) == Z * entry("s")
    assert rewrite(Z * (X - Y), Y + X, entry("s")) == Z * (X - Y)


def test_a_value_is_named_only_where_it_is_that_value():
    line = Relation((Z, X * Y))
    assert is_value_of(line, "").apply(Relation((entry("a"), Y * X))).sides[-1] == Z
    with pytest.raises(DoesNotApply):
        is_value_of(line, "").apply(Relation((entry("a"), X + Y)))
