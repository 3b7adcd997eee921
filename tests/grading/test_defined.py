"""What an answer says must have a value, though it cancels or is multiplied by nothing."""

from fractions import Fraction

import pytest

from derive import compare

NUMBERS = {
    "x": {"shape": []},
    "y": {"shape": []},
    "mu": {"shape": [3], "latex": r"\mu"},
    "K": {"shape": [], "domain": "positive"},
}


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
    "answer",
    [
        r"x + 0 \log y",
        r"x + \log y - \log y",
        r"x + 0 \sqrt{y}",
        r"x (\sqrt{y - 3})^0",
        r"x + 0 \sqrt{y - 3}",
        r"x \frac{\log(K - 10^6)}{\log(K - 10^6)}",
        r"x + 0 \arcsin y",
        r"x + 0 \log(\mu_2)",
    ],
)
def test_what_has_a_value_on_a_part_of_the_domain_only_is_another_answer(answer):
    verdict = compare("x", answer, symbols=NUMBERS)
    assert verdict.verdict == "different"
    assert verdict.evidence["answer_value"] == "undefined"
    assert verdict.evidence["reference_value"] == str(verdict.evidence["values"]["x"])


def test_an_entry_that_has_no_value_is_named():
    verdict = compare("v_i", r"v_i + 0 \log(v_i - 1)", symbols={"v": {"shape": ["n"]}}, free_indices={"i": "n"})
    place = verdict.evidence["entry"][0] - 1
    assert (verdict.verdict, Fraction(verdict.evidence["values"]["v"][place]) < 1) == ("different", True)


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("1", "x/x"),
        ("0", "0/x"),
        ("0", r"-1 \log 1 - 0 \log 0"),  # by custom
        ("x + 1", r"\frac{x^2 - 1}{x - 1}"),
        ("0", r"\log K - \log K"),
        ("x", r"x + 0 \log K + 0 \log(x^2) + \frac{0}{x - 1}"),
        (r"x \log y", r"x \log y + 0 \log y"),
        ("x", r"x + 1[y > 0] (\log y - \log y)"),
        ("x", r"x + \sum_{i=5}^{4} \frac{1}{i - i}"),
        ("0", r"\begin{cases} \frac{0}{x} & x \ne 0 \\ 0 & x = 0 \end{cases}"),
    ],
)
def test_what_has_one_almost_everywhere_counts(reference, answer):
    assert compare(reference, answer, symbols=NUMBERS).verdict == "equal"
