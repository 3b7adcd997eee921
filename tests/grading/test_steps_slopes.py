"""Derivatives without a fraction, what has no value, and inequalities at the origin, in lines of working."""

import pytest

from derive.grading.steps import steps

W, Z, TWO = ({n: {"shape": []} for n in names} for names in ("wx", "z", "xy"))
CURVE, LOGISTIC, BOWL = r"L = w^2 x", r"s = \frac{1}{1+e^{-z}}", "f = x^2 + y^2"


@pytest.mark.parametrize(
    ("symbols", "given", "line", "verdict"),
    [
        (Z, LOGISTIC, "s' = s(1-s)", "follows"),
        (Z, LOGISTIC, "s'(z) = s(1-s)", "follows"),
        (Z, LOGISTIC, "s'' = s(1-s)(1-2s)", "follows"),
        (Z, LOGISTIC, "s' = s(1+s)", "wrong"),
        (Z, LOGISTIC, "s'' = 5", "wrong"),
        (W, CURVE, "L'(w) = 2wx", "follows"),
        (W, CURVE, "L'(w) = 3wx", "wrong"),
        (W, CURVE, "L' = 3wx", "undecided"),
        (W, CURVE, "L'' = 2x", "undecided"),
        (W, CURVE, r"\dot L = 5", "undecided"),
        (W, CURVE, r"\text{Let } L' = L + 3w^2", "follows"),
        (W, CURVE, "dL/dw = 2wx", "follows"),
        (W, CURVE, "dL/dw = 2w", "wrong"),
        (TWO, BOWL, "f = x^2 + y^2 + 0/0", "wrong"),
        (TWO, BOWL, r"\frac{\partial f}{\partial x} = 2x + 0 \cdot \frac{1}{0}", "wrong"),
        (TWO, BOWL, r"\frac{\partial f}{\partial x} = 2x + e^{-1000(1+x^2)}", "wrong"),
        (TWO, BOWL, "f > 0", "wrong"),
        (TWO, BOWL, r"f \ge 0", "follows"),
        (TWO, BOWL, "x' = x - 3", "follows"),
    ],
)
def test_a_line_alone(symbols, given, line, verdict):
    (found,) = steps({"id": "", "symbols": symbols, "given": [given], "lines": [line]})["lines"]
    assert found["verdict"] == verdict, found["evidence"]
