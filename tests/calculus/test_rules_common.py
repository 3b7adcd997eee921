"""Rules about whole sums: the value stays, and what a rule does not fit is refused."""

import numpy as np
import pytest

from derive.calculus.affine import Letter
from derive.calculus.canonical import same
from derive.calculus.evaluate import tabulate
from derive.calculus.expr import entry, power
from derive.calculus.rules import DoesNotApply
from derive.calculus.rules_common import (
    common_factor_first,
    constant_sums,
    counted,
    merge_like,
    on_the_right,
    take_out,
)
from derive.calculus.trace import Relation, Rule
from derive.notation.index_language import expression

P, A, B = entry("p"), entry("a"), entry("b")


@pytest.mark.parametrize(
    "text",
    [
        "a[i]*p[i] - p[i]*sum(b[j]*p[j], j = 0..n-1)",
        "a[i]*p[i]**2 + 3*p[i]**3",
        "a[i]/p[i] - b[i]/p[i]**2",
        "sqrt(p[i])*a[i] - sqrt(p[i])*b[i]",
        "(a[i] - b[i])*p[i] + (a[i] - b[i])*sum((a[i] - b[i])*a[j], j = 0..n-1)",
    ],
)
def test_the_value_stays(text):
    value = expression(text)
    rng = np.random.default_rng(0)
    arrays = {x: rng.uniform(0.5, 2, 4) for x in "pab"}
    before, after = (
        tabulate(e, [(Letter("i"), 4)], arrays, {Letter("n"): 4}) for e in (value, common_factor_first(value))
    )
    np.testing.assert_allclose(after, before, rtol=1e-12)
    assert len(common_factor_first(value).terms) == 1


def test_what_a_sum_binds_stays_inside():
    value = expression("sum(p[j]*a[j], j = 0..n-1) + sum(p[j]*b[j], j = 0..n-1)")
    with pytest.raises(DoesNotApply):
        common_factor_first(value)


def test_nothing_common_is_refused():
    with pytest.raises(DoesNotApply):
        take_out("").apply(Relation((P, A * P + B)))
    with pytest.raises(DoesNotApply):
        take_out("").apply(Relation((P, A * P)))
    with pytest.raises(DoesNotApply):
        common_factor_first(P * A + power(P, -1) * B)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("sum(a[i], j = 0..n-1)", "n*a[i]"),
        ("2*sum(a[i]*b[j], j = 0..n-1, i1 = 1..n-1)", "2*(n - 1)*sum(a[i]*b[j], j = 0..n-1)"),
        ("sum(a[i], k = 0..n-1, j = k..n-1)", "a[i]*sum(n - k, k = 0..n-1)"),
    ],
)
def test_a_sum_of_equal_terms_is_their_number_times_one(text, wanted):
    found = counted(expression(text, letters=("n",)))
    assert same(found, expression(wanted, letters=("n",))), found


def test_a_sum_that_holds_its_letter_stays():
    with pytest.raises(DoesNotApply):
        constant_sums("").apply(Relation((A, expression("sum(a[j], j = 0..n-1)"))))


def test_like_terms_add_up():
    value = expression("sum(a[j]*b[j], j = 0..n-1) - sum(b[k]*a[k], k = 0..n-1) + p[i]")
    assert merge_like("").apply(Relation((A, value))).result == entry("p", "i")


def test_the_left_side_may_be_kept():
    rule = Rule("t", "s", lambda r: r.map(lambda side: side + B))
    assert on_the_right(rule).apply(Relation((A, P))).sides == (A, P + B)
