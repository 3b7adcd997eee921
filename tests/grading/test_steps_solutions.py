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
    # Functional derivatives and backpropagation through a recurrence of letter length are not decided.
    apart = [n for n in found if n.startswith(("gan-value", "rnn-tanh-bptt"))]
    undecided = [x for n, lines in found.items() if n not in apart for x in lines if x["verdict"] == "undecided"]
    assert len(undecided) <= 0.05 * seen.total()
    assert seen["undecided"] <= 0.11 * seen.total()


def test_a_changed_line_of_a_worked_solution_is_wrong():
    request = lines_request(catalogue()["conv1d-filter-gradient"])
    assert steps(request)["first_wrong_line"] is None
    request["lines"][-1] = request["lines"][-1].replace("=", "= 2", 1)
    assert steps(request)["first_wrong_line"] == len(request["lines"])
