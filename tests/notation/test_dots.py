"""Dots in sums, products and extremes: read where the written terms say what the general one is, else refused."""

import pytest

from derive.notation.declare import Declarations
from derive.notation.errors import Unreadable
from derive.notation.latex import read_latex
from derive.notation.meaning import lowered
from derive.notation.plain import read_text
from derive.notation.write import to_latex

DECLARED = Declarations.of({"x": {"shape": ["n"]}, "c": {"shape": ["0..T"]}, "z": {"shape": []}})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"x_1+x_2+\dots+x_n", r"\sum_{k=1}^{n} x_{k}"),
        (r"x_1^2+\cdots+x_{n-1}^2", r"\sum_{k=1}^{n - 1} x_{k}^{2}"),
        (r"1+3+5+\dots+(2n-1)", r"\sum_{k=1}^{n} \left(2 k - 1\right)"),
        (r"1+z+z^2+\dots+z^n", r"\sum_{k=0}^{n} z^{k}"),
        (r"1-z+z^2-\dots+(-1)^nz^n", r"\sum_{k=0}^{n} \left(-1\right)^{k} z^{k}"),
        (r"c_0+\dots+c_T", r"\sum_{k=0}^{T} c_{k}"),
        (r"(1-x_1)(1-x_2)\cdots(1-x_n)", r"\prod_{k=1}^{n} \left(1 - x_{k}\right)"),
        (r"n(n-1)\cdots(n-k+1)", r"\prod_{l=1}^{k} \left(n-l+1\right)"),
        (r"\max(x_1,\dots,x_n)", r"\max_{k=1}^{n} x_{k}"),
        (r"z+x_1+\dots+x_n", r"z + \sum_{k=1}^{n} x_{k}"),
    ],
)
def test_dots_are_a_sum_or_product_over_a_letter(written, meant):
    assert read_latex(written, DECLARED) == read_latex(meant, DECLARED)


def test_three_points_in_a_plain_box():
    assert to_latex(read_text("x_1 + ... + x_n", DECLARED)[0]) == r"\sum_{k=1}^{n} x_{k}"


def test_a_product_of_matrices_over_a_letter_has_no_order():
    declared = Declarations.of({"W": {"shape": ["L", "n", "n"]}})
    with pytest.raises(Unreadable, match="order"):
        lowered(read_latex(r"\prod_{l=1}^L W_l", declared), declared)


@pytest.mark.parametrize("text", [r"1+2+\dots+n-1", r"1+2+\dots+2^n", r"x_1+x_3+\dots+x_n", r"\dots+x_n", r"1+z+\dots"])
def test_dots_that_could_mean_anything_are_refused(text):
    with pytest.raises(Unreadable):
        lowered(read_latex(text, DECLARED), DECLARED)
