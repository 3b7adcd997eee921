"""The lines of worked solutions, fed to `derive steps` with what their derivations give."""

from collections import Counter

import pytest

from derive.bank.banks import bank
from derive.derivations.catalogue import catalogue
from derive.grading.steps import steps
from derive.grading.steps_request import lines_request

PROBLEMS = [
    "conv/gradients",
    "conv/kernel_size",
    "conv/receptive_field",
    "conv/toeplitz",
    "generative/gan_game",
    "generative/optimal_discriminator",
    "networks/composition_jacobian",
    "networks/hamming_parity",
    "networks/shared_filter",
    "optimisation/first_steps",
    "optimisation/quadratic_descent",
    "sequences/lstm_memory",
    "sequences/recurrent_jacobian",
]


def working():
    """The derivations that the solutions of Problem Set 03 show."""
    problems = bank()
    return {d.name: d for name in PROBLEMS for d in problems[name].variant(0).working}


@pytest.mark.slow
def test_no_line_of_a_worked_solution_is_wrong_and_few_are_undecided():
    found = {name: steps(lines_request(d))["lines"] for name, d in working().items()}
    seen = Counter(line["verdict"] for lines in found.values() for line in lines)
    bad = {n: [x for x in lines if x["verdict"] in ("wrong", "unreadable")] for n, lines in found.items()}
    assert not {n: x for n, x in bad.items() if x}
    assert seen.total() >= 130
    # Functional derivatives are not decided.
    apart = [n for n in found if n.startswith("gan-value")]
    undecided = [x for n, lines in found.items() if n not in apart for x in lines if x["verdict"] == "undecided"]
    assert len(undecided) <= 0.05 * seen.total()
    assert seen["undecided"] <= 0.11 * seen.total()


def test_a_changed_line_of_a_worked_solution_is_wrong():
    request = lines_request(catalogue()["conv1d-filter-gradient"])
    assert steps(request)["first_wrong_line"] is None
    request["lines"][-1] = request["lines"][-1].replace("=", "= 2", 1)
    assert steps(request)["first_wrong_line"] == len(request["lines"])


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("adam-average", r"\beta_1^{t - k}", r"\beta_1^{t + k}"),
        ("bagging-share", r"\frac{n - 1}{n}", r"\frac{n - 2}{n}"),
        ("positional-encoding-shift", "b_{t,k}", "a_{t,k}"),
        ("xavier-backward", r"\frac{1}{m}", r"\frac{2}{m}"),
        ("matrix-power-jacobian", "W^{T-k}", "W^{T-1}"),
    ],
)
def test_starts_sizes_shifts_conditions_and_powers_are_read_as_the_page_means_them(name, right, wrong):
    request = lines_request(catalogue()[name])
    assert right in request["lines"][-1]
    found = steps(request)
    assert found["first_wrong_line"] is None
    assert found["lines"][-1]["verdict"] == "follows"
    changed = [*request["lines"][:-1], request["lines"][-1].replace(right, wrong)]
    assert steps({**request, "lines": changed})["first_wrong_line"] == len(changed)


def test_what_two_of_three_given_equations_leave_open_is_not_wrong():
    """Neither the equation on η alone nor the one on z decides a line that needs all three."""
    found = steps(lines_request(catalogue()["factor-analysis-marginal"]))["lines"]
    assert {x["verdict"] for x in found} <= {"follows", "undecided"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("cover-count", r"2 \sum_{i=0}^{n} b_{s+1,i}", r"-2 \sum_{i=0}^{n} b_{s+1,i}"),
        ("mcculloch-pitts-normal-form", r"f_{a} = \sum", r"f_{a} = -\sum"),
        ("binomial-maximum-likelihood", r"\frac{1}{m n}", r"\frac{1}{2 m n}"),
        ("willshaw-half-load", r"s = -", "s = "),
        ("perceptron-rule", r"+ y x_{i}", r"- y x_{i}"),
        ("gradient-step-descent", r"\frac{1}{2 L}", r"\frac{2}{L}"),
        ("reverse-less-forward-cost", "M - N", "M + N"),
        ("transformer-block-parameter-count", "9 E", "8 E"),
    ],
)
def test_a_changed_last_line_never_follows(name, right, wrong):
    request = lines_request(catalogue()[name])
    assert right in request["lines"][-1]
    changed = [*request["lines"][:-1], request["lines"][-1].replace(right, wrong)]
    assert steps({**request, "lines": changed})["lines"][-1]["verdict"] != "follows"


def test_a_stationary_point_names_the_derivative_that_is_zero_there():
    request = lines_request(catalogue()["binomial-maximum-likelihood"])
    assert request["lines"][0].startswith(r"\text{stationary point: } \frac{\partial L}{\partial p} = ")
    assert {x["verdict"] for x in steps(request)["lines"]} == {"follows"}
    changed = [request["lines"][0].replace("m - x", "m + x"), *request["lines"][1:]]
    assert steps({**request, "lines": changed})["first_wrong_line"] == 1


@pytest.mark.slow
def test_no_line_of_every_twentieth_short_derivation_is_wrong_or_unreadable():
    """Those of more than eight lines, which go through time for the most part, are left to benchmarks/worked.py."""
    short = [d for _, d in sorted(catalogue().items()) if len(d.lines) <= 8]
    found = {d.name: steps(lines_request(d))["lines"] for d in short[12::20]}
    bad = {n for n, lines in found.items() if {x["verdict"] for x in lines} & {"wrong", "unreadable"}}
    assert not bad
    seen = Counter(line["verdict"] for lines in found.values() for line in lines)
    assert seen.total() >= 60
    assert seen["undecided"] <= 0.05 * seen.total()
