"""What an answer says must have a value, though it cancels or is multiplied by nothing."""

import pytest

from derive import compare

NUMBERS = {"x": {"shape": []}, "K": {"shape": [], "domain": "positive"}}


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("x", "x + 0/0"),
        ("x", r"x + \frac{x - x}{x - x}"),
        ("x", "x + 1/0 - 1/0"),
        ("x", r"x + 0 \log(-1)"),
        ("x", r"x + 0 \log(-x^2)"),
        ("x", "x + log(-K) - log(-K)"),
        ("x", r"x (\sqrt{-1})^0"),
        ("0", r"0 \arcsin 7"),
        ("0", r"\log 0"),
        ("3", "1/0"),
        ("0", r"\begin{cases} 0 & x > 0 \\ \frac00 & x \le 0 \end{cases}"),
    ],
)
def test_what_has_a_value_nowhere_is_no_answer(reference, answer):
    verdict = compare(reference, answer, symbols=NUMBERS)
    assert verdict.verdict == "different"
    assert "undefined" in str(verdict.evidence["answer_value"])


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("1", "x/x"),
        ("0", "0/x"),
        ("0", r"-1 \log 1 - 0 \log 0"),  # by custom
        ("x + 1", r"\frac{x^2 - 1}{x - 1}"),
        ("0", r"\log K - \log K"),
        ("x", r"x + \sum_{i=5}^{4} \frac{1}{i - i}"),
        ("0", r"\begin{cases} \frac{0}{x} & x \ne 0 \\ 0 & x = 0 \end{cases}"),
    ],
)
def test_what_has_one_almost_everywhere_counts(reference, answer):
    assert compare(reference, answer, symbols=NUMBERS).verdict == "equal"
