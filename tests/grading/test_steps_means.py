"""Lines with expectations and integrals: what holds for every distribution follows, and nothing is refuted."""

import pytest

from derive.derivations.catalogue import catalogue
from derive.grading.steps import steps
from derive.grading.steps_request import lines_request

WEIGHTS = {
    "n": {"domain": "dimension", "shape": []},
    "w": {"shape": ["n"], "random": True},
    "x": {"shape": ["n"], "random": True},
    "a": {"shape": []},
}
DENSITY = {"p": {"shape": "function"}, "x": {"shape": []}, "a": {"shape": []}, "s": {"shape": [], "domain": "positive"}}


def verdicts(symbols, given, *lines):
    return [line["verdict"] for line in steps({"symbols": symbols, "given": given, "lines": list(lines)})["lines"]]


def test_expectations_are_linear_and_independence_must_be_given():
    independent = r"\mathbb{E}[w_j x_j] = \mathbb{E}[w_j] \mathbb{E}[x_j]"
    line = r"\mathbb{E}\left[\sum_{j=1}^n w_j x_j\right] = \sum_{j=1}^n \mathbb{E}[w_j] \mathbb{E}[x_j]"
    assert verdicts(WEIGHTS, [independent], line) == ["follows"]
    assert verdicts(WEIGHTS, [independent], line.replace("= ", "= 2 ")) == ["undecided"]
    assert verdicts(WEIGHTS, [], line) == ["undecided"]
    assert verdicts(WEIGHTS, [], r"\mathbb{E}[a x_j + 3] = a \mathbb{E}[x_j] + 3") == ["follows"]


@pytest.mark.parametrize("line", [r"\mathbb{E}[x_j^2] = \mathbb{E}[x_j]^2", r"\mathbb{E}[a x_j] = \mathbb{E}[x_j]"])
def test_what_does_not_hold_for_every_distribution_is_undecided_with_a_reason(line):
    (found,) = steps({"symbols": WEIGHTS, "lines": [line]})["lines"]
    assert found["verdict"] == "undecided"
    assert "Integrals and expectations are compared as they stand" in found["evidence"]["message"]


def test_a_name_made_of_random_ones_is_random():
    given = [r"z = \sum_{j=1}^n w_j x_j", r"v = z^2"]
    symbols = {**WEIGHTS, "z": {"shape": [], "domain": "derived"}, "v": {"shape": [], "domain": "derived"}}
    square = r"\mathbb{E}\left[\left(\sum_{j=1}^n w_j x_j\right)^2\right]"
    assert verdicts(symbols, given, rf"\mathbb{{E}}[v] = {square}") == ["follows"]
    assert verdicts(symbols, given[::-1], rf"\mathbb{{E}}[v] = {square}") == ["follows"]
    assert verdicts(symbols, given, r"\mathbb{E}[v] = v", r"\mathbb{E}[z^2] = z^2") == ["undecided", "undecided"]


def test_an_expectation_of_nothing_random_is_not_read():
    (found,) = steps({"symbols": {"x": {}}, "lines": [r"\mathbb{E}[x] = x"]})["lines"]
    assert found["verdict"] == "undecided"
    assert "is not read" in found["evidence"]["message"]


def test_integrals_are_linear_and_a_density_integrates_to_what_is_given():
    one = r"\int p(x) \, \mathrm{d}x = 1"
    split = r"\int p(x) (x - a) dx = \int p(x) x \, dx - a \int p(x) dx"
    assert verdicts(DENSITY, [one], split, r"= \int p(x) x dx - a") == ["follows", "follows"]
    assert verdicts(DENSITY, [], r"\int p(x) (x - a) dx = \int p(x) x dx - a") == ["undecided"]
    assert verdicts(DENSITY, [one], split.replace(r"\, dx - a", r"\, dx + a")) == ["undecided"]
    assert verdicts(DENSITY, [one], r"\int p(s x) s dx = 1") == ["undecided"]  # a change of the variable


def test_a_slope_goes_under_the_integral():
    given = [r"J = \int e^{-s x} p(x) dx"]
    assert verdicts(DENSITY, given, r"\frac{\partial J}{\partial s} = -\int x e^{-s x} p(x) dx") == ["follows"]
    assert verdicts(DENSITY, given, r"\frac{\partial J}{\partial s} = \int x e^{-s x} p(x) dx") == ["undecided"]


def test_a_function_under_an_integral_is_what_an_equation_says():
    given = [r"J = \int p(x) x dx", r"e^{-x} = 2 p(x)"]
    assert verdicts(DENSITY, given, r"J = \frac12 \int e^{-x} x dx") == ["follows"]
    assert verdicts(DENSITY, given, r"J = 2 \int e^{-x} x dx") == ["undecided"]
    even = [r"p(x) = p(-x)", r"J = \int p(x) x dx"]  # says nothing of what p is
    assert verdicts(DENSITY, even, r"J = \int p(x) x dx") == ["follows"]
    assert verdicts(DENSITY, [r"p(a) = 0"], r"p(s) = 0") != ["follows"]


def test_an_integral_with_limits_or_without_an_end_is_not_read():
    for text in (r"a = \int_0^1 x dx", r"a = \int x", r"a = \int (x dx"):
        (found,) = steps({"symbols": DENSITY, "lines": [text]})["lines"]
        assert found["verdict"] in ("undecided", "unreadable"), text


def test_an_integral_over_an_array_or_a_size_is_not_read():
    symbols = {**DENSITY, "x": {"shape": ["n"]}}
    assert verdicts(symbols, [], r"\int p(x_1) dx = \int p(x_2) dx") == ["undecided"]
    assert verdicts(symbols, [], r"\int n \, dn = n \int 1 dn") == ["undecided"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("he-initialisation", r"= \frac{2}{n}", r"= \frac{1}{n}"),
        ("unit-mean", "= 0", "= 1"),
        ("adam-bias", r"\left(1 - \beta_1^{t}\right)", r"\left(1 + \beta_1^{t}\right)"),
        ("gaussian-moment-generating-function", r"\frac{1}{2} s^{2}", r"s^{2}"),
    ],
)
def test_worked_lines_follow_through_means_and_changed_ones_do_not(name, right, wrong):
    request = lines_request(catalogue()[name])
    assert right in request["lines"][-1]
    assert {line["verdict"] for line in steps(request)["lines"]} == {"follows"}
    changed = [*request["lines"][:-1], request["lines"][-1].replace(right, wrong)]
    assert steps({**request, "lines": changed})["lines"][-1]["verdict"] != "follows"
