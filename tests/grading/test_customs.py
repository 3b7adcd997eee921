"""Customs of writing that a verdict hangs on: long decimals, the plain box, equations where a value is asked."""

import pytest

from derive import compare

X = {"x": {"shape": []}}


@pytest.mark.parametrize(
    ("reference", "answer", "verdict"),
    [
        (r"\pi", "3.14159265358979", "equal"),
        (r"\pi", "3.14159265358978", "different"),
        (r"\pi", "3.1415926535898", "different"),
        (r"\frac{x}{3}", "0.333333333333333 x", "equal"),
        (r"\frac{x}{3}", "0.33333 x", "different"),
    ],
)
def test_a_long_decimal_stands_for_its_last_place(reference, answer, verdict):
    assert compare(reference, answer, symbols=X).verdict == verdict


def test_where_customary_readings_disagree_nobody_is_wrong():
    verdict = compare(r"\frac{x}{2}", "1/2x", syntax="text", symbols=X)
    assert verdict.verdict == "undecided"
    assert len(verdict.readings) == 2
    assert compare("1024", "2^10", syntax="text").verdict == "equal"


@pytest.mark.parametrize("answer", ["1+1=2", "x=x", "3 < 4"])
def test_an_equation_is_no_value(answer):
    verdict = compare("2", answer, symbols=X)
    assert verdict.verdict == "unreadable"
    assert "equation" in verdict.evidence["message"]


def test_a_square_of_a_root_is_the_number_only_where_there_is_a_root():
    assert compare("x", r"\left(\sqrt{x}\right)^2", symbols=X).verdict == "different"
    assert compare("x", r"\sqrt{x}\sqrt{x}", symbols=X).verdict == "different"
    positive = {"x": {"shape": [], "domain": "positive"}}
    assert compare("x", r"\left(\sqrt{x}\right)^2", symbols=positive).verdict == "equal"
