"""Lines that follow from equations and inequalities that are given, and from backpropagation; with mutants of each."""

import pytest

from derive.calculus.affine import Affine, Letter
from derive.calculus.expr import entry
from derive.calculus.substitute import names
from derive.grading.steps import steps
from derive.grading.steps_known import putting

NUMBERS = {n: {"shape": []} for n in "xyz"}
GRAPH = {
    "symbols": {
        "n": {"shape": [], "domain": "dimension"},
        "a": {"shape": ["n", "n"]},
        "d": {"shape": ["n"]},
        "z": {"shape": ["n"]},
    },
    "given": [
        r"E = \sum_{i=1}^{n}\sum_{j=1}^{n} a_{i,j}(z_i^2 - z_i z_j)",
        r"\sum_{i=1}^{n}\sum_{j=1}^{n} a_{i,j} z_i^2 = \sum_{i=1}^{n} d_i z_i^2",
    ],
}
RECURRENT = {
    "symbols": {
        **{n: {"shape": [], "domain": "dimension"} for n in "Tmn"},
        "x": {"shape": ["T", "n"]},
        "h": {"shape": ["0..T", "m"], "domain": "derived"},
        "y": {"shape": ["T", "m"], "domain": "derived"},
        "hb": {"shape": ["0..T", "m"], "domain": "derived", "latex": r"\bar{h}"},
        "G": {"shape": ["T", "m"]},
        "W": {"shape": ["m", "m"]},
        "U": {"shape": ["m", "n"]},
        "b": {"shape": ["m"]},
        "s": {"shape": ["m"]},
        "z": {"shape": ["T", "m"], "domain": "derived"},
        "zb": {"shape": ["T", "m"], "domain": "derived", "latex": r"\delta"},
        "f": {"shape": "function", "domain": "elementwise"},
    },
    "given": [
        r"z_{t,i} = \sum_{j=1}^{m} W_{i,j} h_{t-1,j} + \sum_{k=1}^{n} U_{i,k} x_{t,k} + b_i",
        r"h_{t-1,i} = s_i [t = 1] + f(z_{t-1,i}) [t \ge 2]",
        r"y_{t,i} = h_{t,i}",
        r"G = \frac{\partial L}{\partial y}",
        r"\bar{h} = \frac{\partial L}{\partial h}",
        r"\delta = \frac{\partial L}{\partial z}",
    ],
    "out_of_range": "zero",
}


def verdicts(case, *lines):
    return [x["verdict"] for x in steps({**case, "lines": list(lines)})["lines"]]


def test_a_given_equation_is_put_in_wherever_it_stands():
    right = r"E = \sum_{i=1}^{n} d_i z_i^2 - \sum_{i=1}^{n}\sum_{j=1}^{n} a_{i,j} z_i z_j"
    assert verdicts(GRAPH, right) == ["follows"]
    assert verdicts(GRAPH, right.replace("- ", "+ ", 1)) == ["wrong"]


def test_letters_of_a_given_equation_stand_for_any_index_and_sizes_for_themselves():
    given = [r"C_{n+1,n} = 2\sum_{i=0}^{n-1} b_{n,i}", r"\sum_{i=0}^{t-1} b_{t,i} = 2^t - 1"]
    shapes = {name: {"shape": ["0..n+1", "0..n"], "domain": "derived"} for name in "Cb"}
    case = {"symbols": {"n": {"shape": [], "domain": "dimension"}, **shapes}, "given": given}
    assert verdicts(case, r"C_{n+1,n} = 2(2^n - 1)") == ["follows"]
    for wrong in (r"2(2^n - 2)", r"2(2^{n+1} - 1)", r"2^n - 1"):
        assert verdicts(case, rf"C_{{n+1,n}} = {wrong}") == ["wrong"]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"x \le z", "follows"),
        (r"x + 1 \le z + 1", "follows"),
        (r"x < z", "undecided"),
        (r"z \le x", "undecided"),
        (r"x \le z - 1", "undecided"),
    ],
)
def test_inequalities_follow_from_given_ones(line, verdict):
    case = {"symbols": NUMBERS, "given": [r"x \le y", r"y \le z"]}
    (found,) = verdicts(case, line)
    assert found == verdict or (verdict == "undecided" and found == "wrong")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"\bar{h}_{t-1,i} = \sum_{j=1}^{m} \delta_{t,j} W_{j,i} + G_{t-1,i}", ("W_{j,i}", "W_{i,j}")),
        (r"\delta_{t,i} = \bar{h}_{t,i} f'(z_{t,i})", ("h}_{t,i}", "h}_{t-1,i}")),
        (r"\frac{\partial L}{\partial b_i} = \sum_{t=1}^{T} \delta_{t,i}", (r"\sum_{t=1}", r"\sum_{t=2}")),
        (r"\frac{\partial L}{\partial W_{i,j}} = \sum_{t=1}^{T} \delta_{t,i} h_{t-1,j}", ("h_{t-1,j}", "h_{t,j}")),
    ],
)
def test_backpropagation_through_time_is_the_chain_rule_over_the_definitions(right, wrong):
    assert verdicts(RECURRENT, right) == ["follows"]
    assert verdicts(RECURRENT, right.replace(*wrong)) != ["follows"]
    assert verdicts(RECURRENT, right.replace("=", "= 2", 1)) != ["follows"]


START = {
    "symbols": {
        **{n: {"shape": [], "domain": "dimension"} for n in "Tn"},
        **{n: {"shape": []} for n in "wbs"},
        "x": {"shape": ["T"]},
        "z": {"shape": ["T"], "domain": "derived"},
        "h": {"shape": ["0..T"], "domain": "derived"},
        "f": {"shape": "function", "domain": "elementwise"},
    },
    "given": ["z_t = w h_{t-1} + x_t + b", r"h_{t-1} = s [t = 1] + f(z_{t-1}) [t \ge 2]"],
}


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"\frac{\partial z_t}{\partial s} = w \frac{\partial h_{t-1}}{\partial s}", ("h_{t-1}", "h_t")),
        (r"\frac{\partial h_t}{\partial s} = w f'(z_t) \frac{\partial h_{t-1}}{\partial s}", ("f'(z_t)", "f(z_t)")),
        (
            r"\frac{\partial h_{t-1}}{\partial s} = [t = 1] + f'(z_{t-1}) \frac{\partial z_{t-1}}{\partial s} [t \ge 2]",
            ("[t = 1]", "[t = 1] 2"),
        ),
        (r"\frac{\partial h_T}{\partial s} = \prod_{t=1}^{T} w f'(z_t)", ("t=1", "t=2")),
    ],
)
def test_derivatives_by_what_a_recurrence_begins_with(right, wrong):
    assert verdicts(START, right) == ["follows"]
    assert verdicts(START, right.replace(*wrong)) != ["follows"]
    assert verdicts(START, right.replace("=", "= 2", 1)) != ["follows"]


def test_a_recurrence_is_not_put_in_behind_its_start():
    case = {
        "symbols": {"w": {"shape": ["0..T"]}, "a": {"shape": [], "domain": "positive"}},
        "given": ["w_{t+1} = w_t - a w_t"],
    }
    assert verdicts(case, "w_1 = (1 - a)w_0", "w_3 = (1 - a)^2 w_0") == ["follows", "wrong"]
    assert verdicts(case, "w_3 = (1 - a)^3 w_0") == ["follows"]


def test_what_was_found_under_a_condition_is_not_used_without_it():
    case = {"symbols": {"x": {"shape": []}}}
    assert verdicts(case, r"|x| = x \qquad (x > 0)", "|x| = x") == ["follows", "wrong"]
    assert verdicts(case, r"x \le 2x \qquad (x > 0)", r"x \le 2x") == ["follows", "wrong"]


def test_an_inequality_that_continues_a_wrong_line_says_nothing_of_what_that_began_with():
    assert verdicts({"symbols": NUMBERS}, "x = y", r"\le y + 1", r"x \le y + 1") == ["wrong", "follows", "wrong"]


def test_differentials_are_compared_as_such():
    case = {"symbols": {"w": {"shape": []}}, "given": ["L = w^2"]}
    assert verdicts(case, "dL = 2w dw") == ["follows"]
    assert verdicts(case, "dL = w dw") == ["wrong"]


def test_putting_a_recurrence_in_leaves_other_names_alone():
    t = Affine.of(Letter("t"))
    step = putting(entry("h", t), entry("h", t - 1) + entry("h0", t))
    assert names(step.expr(entry("h", t) + entry("ha", t))) == {"h", "h0", "ha"}
