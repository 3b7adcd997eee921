"""Numbers in lines of working: rounded ones are worked with further."""

import pytest

from derive.grading.steps import steps

EXACT = r"t = \frac{\ln 2}{\ln 1.001}"


@pytest.mark.parametrize(
    ("first", "line", "verdict"),
    [
        (EXACT, r"= \frac{0.6931}{0.0009995}", "follows"),
        (EXACT, r"t = \frac{0.693}{0.0009995}", "follows"),
        (EXACT, r"t \approx \frac{0.6931}{0.0009995}", "follows"),
        (EXACT, r"= \frac{0.639}{0.0009995}", "wrong"),
        (EXACT, r"= \frac{0.0009995}{0.6931}", "wrong"),
        (r"t = e^{-1} + 0.5", "t = 0.3679 + 0.5", "follows"),
        (r"t = e^{-1} + 0.5", "t = 0.3679 + 0.4", "wrong"),  # few digits are exact
        (r"t = 0.1e^{-1}", r"t = 0.1\cdot 0.368", "follows"),
        (r"t = 0.1e^{-1}", r"t = 0.2\cdot 0.368", "wrong"),
        (r"t = e^{-7} ", r"t = 1.001 - 1.000", "wrong"),  # its numbers leave half of it open
    ],
)
def test_an_expression_of_rounded_numbers(first: str, line: str, verdict: str) -> None:
    found = steps({"id": "n", "symbols": {}, "given": [], "lines": [first, line]})
    assert found["lines"][1]["verdict"] == verdict
