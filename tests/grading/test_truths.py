"""Conditions, sets and intervals as answers: the boundary counts."""

from fractions import Fraction

import pytest

from derive import compare
from derive.grading.boundaries import roots

X = {"x": {}}
ETA = {"eta": {"latex": r"\eta"}, "L": {"domain": "positive"}}
LOGIC = {name: {"domain": "binary"} for name in "ABCD"}

CASES = [
    (r"\{1,2,3\}", r"\{3,2,1,1\}", {}, "equal"),
    (r"\{1,2,3\}", "1, 2, 3", {}, "equal"),
    (r"\{1,2,3\}", r"\{1,2\}", {}, "different"),
    (r"\{\sqrt2,\,0\}", r"\left\{0,\frac{2}{\sqrt2}\right\}", {}, "equal"),
    (r"\{\sqrt2,\,0\}", r"\{0, 1.41421356\}", {}, "different"),
    (r"\{n, n+1\}", r"\{1+n, n\}", {"n": {"domain": "posint"}}, "equal"),
    (r"\{n, n+1\}", r"\{n, n+2\}", {"n": {"domain": "posint"}}, "different"),
    (r"\emptyset", r"\{\}", {}, "equal"),
    (r"\{5\}", "5", {}, "equal"),
    ("(0,1]", "(0,1)", {}, "different"),
    ("(0,1]", "0 < t \\le 1", {}, "equal"),
    ("(0,1]", "x + 1", X, "different"),
    (r"(0,1)\cup(1,2)", r"(0,2)\setminus\{1\}", {}, "equal"),
    (r"(0,1)\cup(1,2)", "(0,2)", {}, "different"),
    (r"[0,\infty)", r"(0,\infty)", {}, "different"),
    (r"[0,\infty)", r"[0,\infty]", {}, "unreadable"),
    (r"(-\infty,0)", r"(\infty,0)", {}, "unreadable"),
    (r"x\le 0", "x<0", X, "different"),
    (r"x\le 0", r"0\ge 2x", X, "equal"),
    (r"x^2<2", r"-\sqrt2<x<\sqrt2", X, "equal"),
    (r"x^2<2", r"-\sqrt2<x\le\sqrt2", X, "different"),
    (r"|x-1|\ge 1", r"x\le 0 \text{ or } x\ge 2", X, "equal"),
    (r"x\ne 0", "x>0", X, "different"),
    (r"x^2>0", r"x\ne 0", X, "equal"),
    (r"0<\eta<2/L", r"\eta\in\left(0,\frac{2}{L}\right)", ETA, "equal"),
    (r"0<\eta<2/L", r"0<\eta L\le 2", ETA, "different"),
    (r"0<\eta<2/L", r"|1-\eta L|<1", ETA, "equal"),
    (r"w^\top x>0", r"x^\top w\ge 0", {"w": {"shape": ["n"]}, "x": {"shape": ["n"]}}, "different"),
    (r"y=2x+1", r"2x-y=-1", {**X, "y": {}}, "equal"),
    (r"y=2x+1", r"y=2x+1.0001", {**X, "y": {}}, "different"),
    (r"n\ge 3", "n>2", {"n": {"domain": "int"}}, "equal"),
    (r"n\ge 3", "n>3", {"n": {"domain": "int"}}, "different"),
    (r"A\lor\lnot B", r"\lnot(\lnot A\land B)", LOGIC, "equal"),
    (r"A\oplus B", r"(A\land\neg B)\lor(\neg A\land B)", LOGIC, "equal"),
    (r"A\oplus B", r"A\lor B", LOGIC, "different"),
    (r"x<1", "2x", X, "unreadable"),
]


@pytest.mark.parametrize(("reference", "answer", "symbols", "expected"), CASES)
def test_conditions_and_sets(reference: str, answer: str, symbols: dict[str, object], expected: str) -> None:
    found = compare(reference, answer, symbols=symbols, syntax="latex" if "\\" in answer else "auto")
    assert found.verdict == expected, found


def test_a_pair_is_an_interval_where_intervals_are_asked() -> None:
    assert compare("(0,1)", "[0,1]").verdict == "equal"
    assert compare("(0,1)", "[0,1]", answer_type="interval").verdict == "different"
    assert compare("(0,2/L)", "(0,1/L)", symbols=ETA, answer_type="interval").verdict == "different"


def test_the_witness_of_a_set_is_an_element() -> None:
    evidence = compare("(0,1]", "(0,1)").evidence
    assert evidence["values"] == {"the number": 1}
    assert (evidence["reference_holds"], evidence["answer_holds"]) == (True, False)


def test_a_linear_function_has_an_exact_root() -> None:
    assert roots(lambda v: 3 * v - 1)[0]
    assert not roots(lambda v: 1 / v - 2)[0]


def test_every_root_of_a_polynomial_is_found_far_away_and_double_ones_too() -> None:
    exact, found = roots(lambda v: (v - 1) * (v - 1000) * (v * v - 3) ** 2)
    assert exact
    assert [round(float(v), 6) for v in found] == [-1.732051, 1, 1.732051, 1000]


def test_a_corner_far_away_is_no_straight_line() -> None:
    assert not roots(lambda v: max(v - 2, -v - 500))[0]
    assert roots(lambda v: v * 0 + 1) == (True, [])


@pytest.mark.parametrize(
    ("right", "wrong"),
    [(r"(1 - \sqrt{b})^2 < a < (1 + \sqrt{b})^2", r"0 < a < (1 + \sqrt{b})^2"), ("a^2 < 2", r"a^2 \le 2")],
)
def test_a_witness_is_a_number_that_can_be_typed_again(right: str, wrong: str) -> None:
    """Even where it lies on a boundary that is no fraction, such as the root of 2."""
    found = compare(right, wrong, symbols={"a": {"domain": "positive"}, "b": {"domain": "positive"}})
    assert found.verdict == "different"
    assert all(len(str(value)) <= 15 and Fraction(str(value)) > 0 for value in found.evidence["values"].values())


BESIDE = {"i": {"shape": [], "domain": "int"}, "r": {"shape": [], "domain": "posint"}}


@pytest.mark.parametrize(
    ("reference", "answer", "verdict"),
    [
        (r"\{-\sqrt2, \sqrt2\}", "sqrt(2), -sqrt(2)", "equal"),
        (r"\{-\sqrt2, \sqrt2\}", "(sqrt(2)), (-sqrt(2))", "equal"),
        (r"\{-\sqrt2, \sqrt2\}", "x = √2 or x = -√2", "equal"),
        (r"\{-\sqrt2, \sqrt2\}", "x = √2 or x = 2", "different"),
        (r"\{-\sqrt2, \sqrt2\}", "x = √2 and x = -√2", "different"),
        (r"\{-\sqrt2, \sqrt2\}", "x^2 = 2", "equal"),
        (r"\{-\sqrt2, \sqrt2\}", "x^2 = 4", "different"),
        (r"\{0, 1\}", "0, 1", "equal"),
        ("(0, 1)", "(0, 1)", "equal"),
        ("[0, 1]", "0, 1", "different"),
        (r"(-\infty, -1) \cup (1, \infty)", r"\{x : |x| > 1\}", "equal"),
        (r"(-\infty, -1) \cup (1, \infty)", r"\{x \mid |x| > 1\}", "equal"),
        (r"(-\infty, -1) \cup (1, \infty)", r"\{x : |x| \ge 1\}", "different"),
        (r"(-\infty, -1) \cup (1, \infty)", "(-oo, -1) U (1, oo)", "equal"),
        (r"(-\infty, -1) \cup (1, \infty)", "(-oo,-1)U(2,oo)", "different"),
        (r"(-\infty, -1) \cup (1, \infty)", "x < -1 or x > 1", "equal"),
        (r"(-\infty, -1) \cup (1, \infty)", "x < -1 and x > 1", "different"),
        (r"\{j : |i - j| \le r\}", "[i - r, i + r]", "equal"),
        (r"\{j : |i - j| \le r\}", "(i - r, i + r)", "different"),
    ],
)
def test_sets_as_students_type_them(reference: str, answer: str, verdict: str) -> None:
    assert compare(reference, answer, symbols=BESIDE, answer_type="set").verdict == verdict


@pytest.mark.parametrize("answer", ["x = √2 or x = -√2", "x = 2 and x = -√2", "y = 3 xor y = -√2"])
def test_two_values_are_not_the_last_of_them(answer: str) -> None:
    assert compare(r"-\sqrt2", answer).verdict == "unreadable"


@pytest.mark.parametrize(
    ("answer", "verdict"), [("a xor b", "equal"), (r"\lnot(a \leftrightarrow b)", "equal"), ("a or b", "different")]
)
def test_exclusive_or_in_words(answer: str, verdict: str) -> None:
    binary = {"shape": [], "domain": "binary"}
    assert compare(r"a \oplus b", answer, symbols={"a": binary, "b": binary}).verdict == verdict
