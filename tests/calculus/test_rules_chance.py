"""Expectations, geometric sums, and brackets under an expectation, against averages and sums by NumPy."""

import numpy as np
import pytest

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.canonical import same
from derive.calculus.collapse import collapse
from derive.calculus.evaluate import tabulate
from derive.calculus.expr import entry, expr, power, total
from derive.calculus.gradient import gradients
from derive.calculus.rules import DoesNotApply
from derive.calculus.rules_chance import expect, linearity, outcomes
from derive.calculus.rules_series import sum_powers
from derive.calculus.substitute import reduction, replace_entries
from derive.calculus.trace import Relation
from derive.calculus.values import values
from derive.notation.index_language import expression, program
from derive.notation.index_latex import to_latex
from derive.notation.style import Style

CHANCE = outcomes("o", "n")
N = {Letter("n"): 5}


def _values():
    rng = np.random.default_rng(3)
    return {"x": rng.normal(size=5), "y": rng.normal(size=5), "a": np.array(0.7)}


def test_an_expectation_is_the_average():
    found = tabulate(expression("expectation(x[o]*y[o] + a, o)", shapes={"x": "n", "y": "n"}), [], _values(), N)
    v = _values()
    assert found == pytest.approx((v["x"] * v["y"] + v["a"]).mean())


def test_expectations_of_both_sides_keep_the_relation():
    x, y, a = entry("x", "o"), entry("y", "o"), entry("a")
    after = expect(CHANCE, "").apply(Relation((x + a, x * y + a * x + a), frame=(CHANCE,)))
    v = _values()
    assert after.frame == ()
    assert tabulate(after.left, [], v, N) == pytest.approx(v["x"].mean() + v["a"])
    assert tabulate(after.result, [], v, N) == pytest.approx((v["x"] * v["y"]).mean() + v["a"] * v["x"].mean() + v["a"])


def test_a_bracket_under_an_expectation_picks_a_value_with_its_weight():
    value = expression("expectation([o = q]*x[o], o)", shapes={"x": "n"}, letters=("q",))
    frame = (Bound(Letter("q"), Affine.of(0), Affine.of("n")),)
    collapsed = collapse(value, frame)
    assert not collapsed.terms[0].bounds
    for side in (value, collapsed):
        np.testing.assert_allclose(tabulate(side, [(Letter("q"), 5)], _values(), N), _values()["x"] / 5)


@pytest.mark.parametrize("exponent", ["t", "n - t", "n - t - 1", "t + 2"])
def test_geometric_sums_up_and_down(exponent):
    body = expression(f"sum(3*a**({exponent})*x[2], t=1..n)", shapes={"x": "n"}, letters=("n",))
    closed = sum_powers("").apply(Relation((entry("y"), body))).result
    assert not any(t.bounds for t in closed.terms)
    assert tabulate(closed, [], _values(), N) == pytest.approx(tabulate(body, [], _values(), N))


def test_what_is_no_geometric_sum_is_refused():
    t = Bound(Letter("t"), Affine.of(0), Affine.of("n"))
    doubled = total(power(entry("a"), 2 * expr(Affine.of("t"))), t)
    with pytest.raises(DoesNotApply):
        sum_powers("").apply(Relation((entry("y"), doubled)))


def test_linearity_multiplies_out_and_keeps_the_value():
    body = expression("expectation(sum(A[o, j] - x[o], j)**2, o)", shapes={"A": "n m", "x": "n"})
    after = linearity("").apply(Relation((entry("y"), body))).result
    assert len(after.terms) == 4
    assert all(t.bounds[-1].kind == "expectation" for t in after.terms)
    values = {**_values(), "A": np.random.default_rng(4).normal(size=(5, 3))}
    sizes = {**N, Letter("m"): 3}
    assert tabulate(after, [], values, sizes) == pytest.approx(tabulate(body, [], values, sizes))


def test_an_expectation_of_what_chance_does_not_touch_is_itself():
    after = linearity("").apply(Relation((entry("y"), expression("expectation(a + x[o], o)", shapes={"x": "n"}))))
    assert len(after.result.terms[0].bounds) == 0
    assert tabulate(after.result, [], _values(), N) == pytest.approx(0.7 + _values()["x"].mean())


def test_the_page_shows_products_of_expectations_side_by_side():
    style = Style(hidden={"x": frozenset({0}), "y": frozenset({0})}, index_base=0)
    text = "expectation(x[o], o)*expectation(y[o], o) + a*expectation(x[o]*y[o], o)"
    e = r"\mathbb{E}\left["
    assert to_latex(expression(text, shapes={"x": "n", "y": "n"}), style) == (
        rf"{e}x\right] {e}y\right] + a {e}x y\right]"
    )


def test_a_square_of_zero_is_zero_and_one_over_zero_is_no_number():
    def at_minus_one(value):
        return replace_entries(value, lambda e: -expr(1))

    x = entry("x")
    assert at_minus_one(power(x + 1, 2) + x) == -expr(1)
    assert at_minus_one(power(x + 1, -1)).terms[0].factors[0][1] == -1


def test_an_expectation_and_the_sum_over_its_size_have_one_canonical_form():
    shapes = {"x": "n", "y": "n"}
    pairs = [
        ("expectation(x[o], o)", "sum(x[o], o)/n"),
        ("expectation(1, o = 0..n-1)", "1"),
        ("log(expectation(x[o]*expectation(y[p], p), o))", "log(sum(x[o], o)*sum(y[o], o)/n**2)"),
    ]
    for a, b in pairs:
        assert same(expression(a, shapes=shapes, letters=("n",)), expression(b, shapes=shapes, letters=("n",)))
    assert not same(expression("expectation(x[o], o)", shapes=shapes), expression("sum(x[o], o)", shapes=shapes))


def test_a_product_read_from_text_is_the_product_that_rules_make():
    made = reduction("prod", entry("s", "j"), Bound(Letter("j"), Affine.of(0), Affine.of("n")))
    assert same(expression("prod(s[j], j = 0..n-1)", shapes={"s": "n"}, letters=("n",)), made)


def test_gradients_through_an_expectation():
    loss = program("z[o] := m + s*e[o]; J := expectation(tanh(z[o])**2, o)", shapes={"e": "n"})
    found = gradients(loss, ["m", "s"])
    arrays = {"e": _values()["x"], "m": np.array(0.3), "s": np.array(1.2)}

    def value(m: float, s: float) -> float:
        return float((np.tanh(m + s * arrays["e"]) ** 2).mean())

    worth = values(found.program, arrays, N)
    h = 1e-6
    assert worth["m_bar"] == pytest.approx((value(0.3 + h, 1.2) - value(0.3 - h, 1.2)) / (2 * h), rel=1e-6)
    assert worth["s_bar"] == pytest.approx((value(0.3, 1.2 + h) - value(0.3, 1.2 - h)) / (2 * h), rel=1e-6)
