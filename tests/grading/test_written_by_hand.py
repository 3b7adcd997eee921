"""Notations that people bring along: rows as MATLAB and NumPy print them, stars, positive parts, brackets of Iverson."""

import pytest

from derive import compare

STARRED = {"c_star": {"latex": "c^*"}, "x": {}, "r": {"shape": "function"}}
TABLE = r"\begin{bmatrix} 0 & -1 \\ 4 & 0.5 \end{bmatrix}"
PARTS = {"x": {}, "v": {"shape": ["n"]}, "A": {"shape": ["n", "n"], "domain": "invertible"}, "z": {}}


@pytest.mark.parametrize(
    "text",
    [
        "[0 -1; 4 0.5]",
        "[0, -1; 4, 0.5]",
        "[[0 -1][4 0.5]]",
        "[[0 -1] [4 0.5]]",
        "[[0,-1][4,0.5]]",
        "[[ 0.  -1. ]\n [ 4.   0.5]]",
        "[0 -1\n 4 1/2]",
        "[0  -1 ; 4  2/4]",
    ],
)
def test_rows_of_numbers_with_spaces_between_them(text: str) -> None:
    assert compare(TABLE, text).verdict == "equal"


@pytest.mark.parametrize(
    ("right", "text", "verdict"),
    [
        ("(1, 2, 3)", "[1 2 3]", "equal"),
        ("(1, 2, 3)", "[1 2\n 3]", "equal"),
        (TABLE, "[0 - 1; 4 0.5]", "different"),
        (TABLE, "[0 1; 4 0.5]", "different"),
        ("(-1, 2)", "[1 -2, 2]", "equal"),  # commas part the entries already
        (r"\begin{bmatrix} -1 \\ -1 \end{bmatrix}", "[1 - 2; 3 - 4]", "equal"),
        ("x", "x [1 2]", "different"),
    ],
)
def test_what_parts_entries_and_what_does_not(right: str, text: str, verdict: str) -> None:
    assert compare(right, text, symbols={"x": {}}).verdict == verdict


@pytest.mark.parametrize("text", ["c*", "c_*", r"c^\star", r"c_\star", r"c_{\star}", "c⋆", "c∗", "c^{*}", r"c^{\ast}"])
@pytest.mark.parametrize("form", ["2{}", "{} + {}", r"\frac{{4 {}}}{{2}}", "({})2"])
def test_a_star_may_stand_anywhere_beside_its_letter(text: str, form: str) -> None:
    assert compare("2c^*", form.format(text, text), symbols=STARRED).verdict == "equal"


@pytest.mark.parametrize(
    ("right", "text", "verdict"),
    [
        ("c^* - 1", "c* - 1", "equal"),
        ("c^* x", "x*c*", "equal"),
        ("c^* x", "c* * x", "equal"),
        ("c^* - 1", "c*-1", "different"),
        ("c^* x", "c*x", "different"),
    ],
)
def test_but_a_products_sign_stays_one(right: str, text: str, verdict: str) -> None:
    assert compare(right, text, symbols=STARRED).verdict == verdict


@pytest.mark.parametrize(
    ("right", "text", "verdict"),
    [
        (r"\max(0, x)", "(x)^+", "equal"),
        (r"\max(0, x)", "x^+", "unreadable"),  # it may be the next x
        (r"\max(0, x - z)", r"\left[x - z\right]^+", "equal"),
        (r"\max(0, v)", "(v)^+", "equal"),
        (r"\max(0, x - z)", "(x - z)^+", "equal"),
        (r"\max(0, A)", "A^+", "unreadable"),  # it is the pseudo-inverse to others
        (r"\mathbb{1}[x > 0]", "[x > 0]", "equal"),
        (r"\mathbb{1}[x > 0]", r"\left[x > 0\right]", "equal"),
        (r"\mathbb{1}[x > 0]", "[x < 0]", "different"),
        (r"\mathbb{1}[x > 0]", "x > 0", "unreadable"),
        ("x > 0", "[x > 0]", "equal"),
        ("2z", "r'(z) = 2z", "equal"),
        ("2z", "r'(z) = z", "different"),
        ("2z", "r(z) = 2z", "unreadable"),
    ],
)
def test_positive_parts_brackets_that_count_and_left_sides(right: str, text: str, verdict: str) -> None:
    assert compare(right, text, symbols={**PARTS, "r": {"shape": "function"}}).verdict == verdict
