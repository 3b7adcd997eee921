"""Rules about names and sums, each by itself: what it does, that the value stays, and that it refuses what it does not fit."""

from dataclasses import replace

import numpy as np
import pytest

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.canonical import same
from derive.calculus.evaluate import tabulate
from derive.calculus.expr import apply, entry
from derive.calculus.gradient import gradient
from derive.calculus.rules import DoesNotApply
from derive.calculus.rules_names import After, assume, by_lemma, defined, differentiated, known_as, slope, with_ideas
from derive.calculus.rules_sums import gather, join_logarithms
from derive.calculus.substitute import bracket
from derive.calculus.trace import Relation
from derive.notation.index_language import expression, program

SHAPES = {"z": "n", "h": "n", "x": "n", "y": "n", "A": "n n", "B": "n n", "W": "m n"}
NET = program("z[i] := sum(W[i,j]*x[j], j); h[i] := tanh(z[i]); L := sum((h[i] - y[i])**2, i)/2")
I = Bound(Letter("i"), Affine.of(0), Affine.of("n"))  # noqa: E741
RNG = np.random.default_rng(1)
ARRAYS = {"x": RNG.normal(size=3), "A": RNG.normal(size=(3, 3)), "B": RNG.normal(size=(3, 3)), "c": 0.7}


def text(value):
    return expression(value, shapes=SHAPES)


def line(value):
    return Relation((entry("s"), text(value)))


def after(rule, value):
    return rule.apply(line(value)).result


def test_recognising_a_definition_gives_its_name_everywhere():
    rule = known_as(NET.definitions[1], "Call it h.")
    assert same(after(rule, "tanh(z[2])*(1 - tanh(z[i])**2)"), text("h[2]*(1 - h[i]**2)"))


@pytest.mark.parametrize("value", ["exp(z[i])", "tanh(2*z[i])", "h[i]"])
def test_recognising_wants_an_instance(value):
    with pytest.raises(DoesNotApply):
        after(known_as(NET.definitions[1], "Call it h."), value)


def test_a_hypothesis_is_used_for_the_whole_sum_only():
    rule = assume(text("sum(y[k], k)"), text("1"), "", "")
    assert same(after(rule, "x[i]*sum(y[j], j) - y[i]"), text("x[i] - y[i]"))
    with pytest.raises(DoesNotApply):
        after(rule, "sum(x[j]*y[j], j)")


@pytest.mark.parametrize(
    ("name", "wanted"), [("sigmoid", "3*h[i]*(1 - h[i])"), ("tanh", "3*(1 - h[i]**2)"), ("exp", "3*h[i]")]
)
def test_a_slope_is_written_through_the_value(name, wanted):
    h = program(f"h[i] := {name}(z[i])").definitions[0]
    assert same(slope(h).apply(Relation((entry("s"), 3 * apply(name, entry("z", "i"), order=1)))).result, text(wanted))


def test_the_slope_of_another_function_stays():
    with pytest.raises(DoesNotApply):
        slope(NET.definitions[1]).apply(Relation((entry("s"), apply("sigmoid", entry("z"), order=1))))


def test_an_earlier_line_is_a_definition():
    d = defined(Relation((entry("x", "i"), text("2*y[i]")), frame=(I,)))
    assert (d.name, d.letters) == ("x", (I,))
    with pytest.raises(DoesNotApply):
        defined(Relation((entry("x", Affine.of("i") + 1), text("2*y[i]")), frame=(I,)))


@pytest.mark.parametrize(
    ("value", "terms"),
    [
        ("sum(A[i,j]*x[j], j) + sum(x[k]*A[k,i], k)", 1),
        ("sum(A[j,k]*x[j], j) - sum(B[j,k]*x[j], j)", 1),
        ("-2*x[i]*c - 2*x[i]*x[k]", 1),
        ("x[i]*c - 3*x[i]*x[k] + c**2*x[i]", 1),
        ("x[i]*c + x[k]*x[i] + 2*c", 2),
        ("sum(A[i,j]*B[j,k], j, k) + sum(A[i,k]*B[j,k], j, k)", 1),
        ("x[i] + x[i]*c", 1),
    ],
)
def test_gathering_keeps_the_value(value, terms):
    new = after(gather(), value)
    assert len(new.terms) == terms
    frame = [(Letter("i"), 3), (Letter("k"), 3)]
    values = [tabulate(e, frame, ARRAYS, {Letter("n"): 3}) for e in (new, text(value))]
    np.testing.assert_allclose(*values, rtol=1e-12)


@pytest.mark.parametrize("value", ["x[i] + y[i]", "sum(x[j], j) + x[i]", "sum(x[j], j) + sum(x[j], j = 1..n-1)"])
def test_gathering_wants_a_common_factor(value):
    with pytest.raises(DoesNotApply):
        after(gather(), value)


def test_logarithms_join_into_the_logarithm_of_a_quotient():
    new = after(join_logarithms(), "c*log(x[i]) - c*log(y[i]) + log(z[i])")
    assert new == text("log(z[i])") + text("c*log(x[i]/y[i])")
    for value in ("log(x[i]) + log(y[i])", "2*log(x[i]) - log(y[i])", "log(x[i]) - x[i]"):
        with pytest.raises(DoesNotApply):
            after(join_logarithms(), value)


def test_a_hessian_differentiates_the_gradient_in_its_named_form():
    p = program("p[i] := exp(z[i])/sum(exp(z[k]), k); F := log(sum(exp(z[i]), i))")
    named = differentiated(p, "hessian", "z", ideas={"z_bar": (known_as(p.definitions[0], ""),)})
    assert any(x.relation.left == entry("dp/dz", "i", "j") for x in named)
    plain = differentiated(p, "hessian", "z")
    assert plain[-1].relation.left == named[-1].relation.left
    arrays = {"z": RNG.normal(size=3)}
    arrays["p"] = np.exp(arrays["z"]) / np.exp(arrays["z"]).sum()
    arrays["dp/dz"] = np.diag(arrays["p"]) - np.outer(arrays["p"], arrays["p"])
    frame = [(b.letter, 3) for b in named[-1].relation.frame]
    values = [tabulate(x[-1].relation.result, frame, arrays, {Letter("I"): 3}) for x in (named, plain)]
    np.testing.assert_allclose(*values, atol=1e-14)


def test_ideas_come_where_their_quantity_is_found():
    lines = with_ideas(gradient(NET, "W"), {"z_bar": ("h_bar", slope(NET.definitions[1])), "W_bar": ("z_bar",)})
    names = [x.rule.name for x in lines]
    assert names.count("put in") == 2
    assert names.index("slope through the value") < len(names) - 4
    assert same(lines[-1].relation.result, text("(h[i] - y[i])*(1 - h[i]**2)*x[j]"))


def test_a_lemma_may_take_the_place_of_lines():
    (row,) = NET.definitions[1].letters
    frame = (row, replace(row, letter=Letter("k")))
    body = text("1 - h[i]**2") * bracket(Affine.of("i") - Affine.of("k"))
    lemma = Relation((entry("dh/dz", "i", "k"), body), frame=frame)
    lines = with_ideas(gradient(NET, "z"), {"z_bar": (After("chain rule"), by_lemma(lemma, "By the lemma."))})
    assert [x.rule.name for x in lines[-2:]] == ["chain rule", "lemma"]
    assert same(lines[-1].relation.result, text("h_bar[i]*(1 - h[i]**2)"))


@pytest.mark.parametrize("ideas", [{"q_bar": ()}, {"h_bar": ("z_bar",)}, {"h_bar": (After("chain rule"),)}])
def test_ideas_speak_of_quantities_that_are_there(ideas):
    with pytest.raises(KeyError):
        with_ideas(gradient(NET, "W"), ideas)
