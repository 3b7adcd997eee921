"""What nobody said is open: verdicts where inequalities are given, names are left unsaid, or a line could not be decided."""

import pytest

from derive.calculus.expr import add, entry
from derive.derivations.catalogue import catalogue
from derive.grading.steps import steps
from derive.grading.steps_equal import LONGEST, Lined, is_short
from derive.grading.steps_request import lines_request

REAL = {"x": {"shape": []}, "b": {"shape": [], "domain": "positive"}, "S": {"shape": [], "domain": "derived"}}


def found(symbols, given, *lines, **more):
    return steps({"symbols": symbols, "given": given, "lines": list(lines), **more})["lines"]


def verdicts(*asked, **more):
    return [line["verdict"] for line in found(*asked, **more)]


def test_a_line_is_refuted_only_where_the_given_inequality_holds():
    assert verdicts(REAL, [r"x \ge 0"], r"|x| = x") == ["follows"]
    assert verdicts(REAL, [r"x \ge 0"], r"|x| = -x") == ["wrong"]
    assert verdicts(REAL, [], r"|x| = x") == ["wrong"]


def test_a_root_is_taken_of_what_is_given_not_to_be_negative():
    square = r"S^2 = b^2 + 1"
    assert verdicts(REAL, [square, r"S \ge 0"], r"S = \sqrt{b^2 + 1}")[-1] == "follows"
    assert verdicts(REAL, [square, r"S \ge 0"], r"S = -\sqrt{b^2 + 1}")[-1] != "follows"
    assert verdicts(REAL, [square, r"S \ge 0"], r"S = b + 1")[-1] != "follows"


def test_a_derived_name_of_which_nothing_is_said_is_open():
    (line,) = found(REAL, [], "S = 2 b")
    assert line["verdict"] == "undecided"
    assert "nothing that is given says what" in line["evidence"]["message"]
    assert verdicts(REAL, ["S = b"], "S = 2 b") == ["wrong"]


def test_what_an_undecided_line_was_about_stays_open():
    lines = found(REAL, [], r"x = \lim_{h \to 0} \frac{h}{b}", "x = 3 b")
    assert [line["verdict"] for line in lines] == ["undecided", "undecided"]
    assert "could not be read" in lines[-1]["evidence"]["message"]
    assert verdicts(REAL, [], "x = 3 b") == ["wrong"]


def test_after_a_line_that_hangs_on_an_unread_one_nothing_more_is_open():
    """The second line is open because of the first; it leaves no name open that the first did not speak of."""
    symbols = {**REAL, "y": {"shape": []}}
    lines = verdicts(symbols, [], r"x = \lim_{h \to 0} \frac{h}{b}", "x = 3 y", "y = 3 b")
    assert lines == ["undecided", "undecided", "wrong"]


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("strided-output-size", r"\right\rfloor + 1", r"\right\rfloor + 2"),
        ("confidence-width", r"{2 n}", r"{n}"),
        ("conv-output-length", "+ 1", "- 1"),
        pytest.param("router-z-loss-gradient", r"2 \ell_{b} p_{b,e}", r"\ell_{b} p_{b,e}", marks=pytest.mark.slow),
        pytest.param("matrix-determinant-lemma", r"1 + t", r"1 - t", marks=pytest.mark.slow),
        pytest.param(
            "hopfield-recall-above-capacity", r"f_{t} > \frac{1}{20}", r"f_{t} > \frac{1}{10}", marks=pytest.mark.slow
        ),
        pytest.param("hoeffding-chord", r"E[x] + 1", r"E[x] - 1", marks=pytest.mark.slow),
    ],
)
def test_last_lines_that_need_more_than_definitions_follow_and_changed_ones_do_not(name, right, wrong):
    request = lines_request(catalogue()[name])
    assert right in request["lines"][-1]
    seen = steps(request)["lines"]
    assert {line["verdict"] for line in seen} <= {"follows", "undecided"}
    assert seen[-1]["verdict"] == "follows"
    changed = [*request["lines"][:-1], request["lines"][-1].replace(right, wrong)]
    assert steps({**request, "lines": changed})["lines"][-1]["verdict"] != "follows"


def test_a_radius_that_nothing_defines_stays_open_and_a_changed_root_does_not_follow():
    request = lines_request(catalogue()["nesterov-radius"])
    assert request["given"][-1] == r"\mathrm{S} \ge 0"
    assert [line["verdict"] for line in steps(request)["lines"]] == ["undecided", "follows", "undecided"]
    changed = [*request["lines"][:-1], request["lines"][-1].replace("1 - ", "1 + ")]
    assert steps({**request, "lines": changed})["lines"][-1]["verdict"] != "follows"


def test_what_holds_for_some_sizes_only_needs_the_condition_on_them():
    request = lines_request(catalogue()["conv-output-length"])
    assert request["where"] == ["N >= K"]
    assert steps({**request, "where": []})["lines"][-1]["verdict"] != "follows"


def test_a_matrix_may_be_given_by_its_entries():
    symbols = {"n": {"domain": "dimension", "shape": []}, "u": {"shape": ["n"]}, "w": {"shape": ["n"]}}
    lines = (r"\det\left(\left(u_i w_j + [i = j]\right)_{i,j}\right) = 1 + \sum_{i=1}^n u_i w_i",)
    assert verdicts(symbols, [], *lines) == ["follows"]
    assert verdicts(symbols, [], lines[0].replace("1 +", "1 -")) == ["wrong"]


def test_a_chain_rule_with_a_named_cotangent_may_hold_the_other_ways_fixed():
    symbols = {n: {"shape": []} for n in ("x", "r", "u", "H")}
    given = [r"r = x^2", r"u = x r", r"L = u^3", r"H = \frac{\partial L}{\partial u}"]
    line = r"\frac{\partial L}{\partial x} = \frac{\partial L}{\partial r} \frac{\partial r}{\partial x} + "
    (open_,) = found(symbols, given, line + r"H \frac{\partial u}{\partial x}")
    assert open_["verdict"] == "undecided"
    assert "holds fixed" in open_["evidence"]["message"]
    assert verdicts(symbols, given, line + r"2 H \frac{\partial u}{\partial x}") == ["wrong"]


def test_a_proof_is_tried_of_short_sides_only() -> None:
    short, long = (Lined((), (), add(entry("x", k) for k in range(n))) for n in (10, LONGEST + 1))
    assert (is_short(short, short), is_short(short, long)) == (True, False)
