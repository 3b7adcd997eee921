"""Rules on the letters of sums and on scalar functions: what they give is worth the same, and where they refuse."""

import numpy as np
import pytest

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.evaluate import tabulate
from derive.calculus.expr import apply, entry, total
from derive.calculus.inequalities import as_floor
from derive.calculus.rules import DoesNotApply, unroll
from derive.calculus.rules_functions import (
    addition_theorems,
    as_sigmoid,
    divide_out,
    even,
    into_maximum,
    multiply_through,
    out_of_maximum,
    split_exponentials,
    written_out,
)
from derive.calculus.rules_index import pick_over, reindex, sift, telescope
from derive.calculus.trace import Relation
from derive.notation.index_language import expression

SIZES = {Letter("n"): 5, Letter("m"): 3}
RNG = np.random.default_rng(3)
ARRAYS = {
    "x": RNG.normal(size=5),
    "w": RNG.normal(size=3),
    "v": RNG.normal(size=6),
    "a": RNG.normal(),
    "b": RNG.normal(),
}
SHAPES = {"x": "n", "w": "m", "v": "n+1", "a": "", "b": ""}


def worth(value, **more):
    return float(tabulate(value, [], ARRAYS | more, SIZES))


def text(body):
    return expression(body, shapes=SHAPES, letters=("n", "m"))


SAME = [
    (telescope(""), "sum(v[i+1] - v[i], i = 0..n-1)"),
    (telescope(""), "a*b + sum(v[i+1]**2 - v[i]**2, i = 1..n-2)"),
    (reindex("i", Affine.of("n") - 1 - Affine.of("i"), ""), "sum(x[i]*v[i+1], i = 0..n-1)"),
    (reindex("i", Affine.of("i") + 2, ""), "sum(x[i]*v[i+1], i = 1..n-1)"),
    (sift("x", (Affine.of("n"),), ""), "sum(w[u]*x[u+1], u = 0..m-1)"),
    (sift("x", (Affine.of("n"),), ""), "sum(w[u]*x[u-1], u = 0..m-1)"),
    (multiply_through(entry("a"), ""), "(a + 1/a)/(b + 1/a)"),
    (divide_out(entry("a"), ""), "(a**2 + b)/(a + 3)"),
    (as_sigmoid(""), "2/(1 + exp(a - b)) + b"),
    (split_exponentials(""), "exp(a + b)/sum(exp(x[i] + a), i)"),
    (into_maximum(""), "a + max(b, 2*a)"),
    (into_maximum(""), "amax(x[i], i) + amax(w[j], j)"),
    (out_of_maximum(entry("b") ** 2, ""), "max(a*b**2, b**3)"),
    (even("abs", ""), "abs(-a*b) + a"),
    (addition_theorems(""), "sin(a + 2*b)*cos(a - b)"),
    (written_out("relu", expression("(z + abs(z))/2"), ""), "relu(a)*relu(-b)"),
]


@pytest.mark.parametrize(("rule", "body"), SAME)
def test_a_rule_keeps_the_value(rule, body):
    before = text(body)
    after = rule.apply(Relation((entry("y"), before))).result
    assert after != before
    assert worth(after) == pytest.approx(worth(before), abs=1e-12)


IDLE = [
    (telescope(""), "sum(v[i+1] + v[i], i = 0..n-1)"),
    (telescope(""), "sum(v[i+2] - v[i], i = 0..n-1)"),
    (reindex("k", Affine.of("k") + 1, ""), "sum(x[i], i)"),
    (reindex("i", 2 * Affine.of("i"), ""), "sum(x[i], i = 0..m-1)"),
    (sift("w", (Affine.of("m"),), ""), "sum(x[i], i)"),
    (as_sigmoid(""), "1/(2 + exp(a))"),
    (split_exponentials(""), "exp(a*b)"),
    (into_maximum(""), "a + 2*max(b, a)"),
    (even("abs", ""), "abs(a)"),
    (addition_theorems(""), "sin(a*b)"),
    (written_out("relu", expression("max(z, 0)"), ""), "abs(a)"),
]


@pytest.mark.parametrize(("rule", "body"), IDLE)
def test_a_rule_refuses_what_it_does_not_speak_of(rule, body):
    with pytest.raises(DoesNotApply):
        rule.apply(Relation((entry("y"), text(body))))


def test_a_bracket_is_solved_for_the_letter_that_is_asked_for():
    n = Bound(Letter("k"), Affine.of(0), Affine.of("n") + Affine.of("m") - 1)
    double = sift("x", (Affine.of("n"),), "").apply(
        Relation((entry("y", "k"), expression("sum(w[u]*x[k-u], u)", shapes=SHAPES, frame=(n,))), frame=(n,))
    )
    (term,) = pick_over("u", "").apply(double).result.terms
    assert [b.high for b in term.bounds] == [Affine.of("n")]
    with pytest.raises(DoesNotApply):
        pick_over("u", "").apply(Relation((entry("y"), text("sum(x[i], i)"))))


def test_a_floor_needs_ends_that_are_one_apart():
    m, x = entry("m"), entry("x")
    assert as_floor("").apply(Relation((m, x, m + 1), ("<=", "<"))).result == apply("floor", x)
    for sides, ops in (((m, x, m + 2), ("<=", "<")), ((m, x, m + 1), ("<", "<=")), ((m, x), ("<=",))):
        with pytest.raises(DoesNotApply):
            as_floor("").apply(Relation(sides, ops))


def test_an_inequality_with_a_factor_is_unrolled_only_where_it_is_not_negative():
    t = Bound(Letter("t"), Affine.of(1), Affine.of("n") + 1)
    line = Relation((entry("q", "t"), entry("a") * entry("q", Affine.of("t") - 1)), ("<=",), (t,))
    with pytest.raises(DoesNotApply):
        unroll("q", Affine.of("n"), "t", "").apply(line)
    rule = unroll("q", Affine.of("n"), "t", "", "a is not negative.")
    assert rule.condition
    assert rule.apply(line).ops == ("<=",)
    assert total(entry("a"), t) != rule.apply(line).result


def test_a_bound_from_below_is_unrolled_too():
    t = Bound(Letter("t"), Affine.of(1), Affine.of("n") + 1)
    step = entry("a") * entry("q", Affine.of("t") - 1)
    line = Relation((entry("q", "t"), step), (">=",), (t,))
    with pytest.raises(DoesNotApply):
        unroll("q", Affine.of("n"), "t", "").apply(line)
    rule = unroll("q", Affine.of("n"), "t", "", "a is not negative.")
    assert rule.apply(line).ops == (">=",)
    with pytest.raises(DoesNotApply):
        rule.apply(Relation((entry("q", "t"), 2 * step, step), (">=", "<="), (t,)))
