"""Lines as students write them: sentences, names said beside a formula, letters that a declaration uses as well."""

import pytest

from derive.grading.lines_text import statements
from derive.grading.steps import steps

POSITIVE = {"domain": "positive"}
RATE = {
    "symbols": {"x": {"shape": ["n"], **POSITIVE}, "lam": {"latex": r"\lambda", **POSITIVE}},
    "given": [r"L = \sum_{i=1}^n (\log\lambda - \lambda x_i)"],
}
LOGISTIC = {
    "symbols": {
        "X": {"shape": ["N", "d"]},
        "y": {"shape": ["N"]},
        "w": {"shape": ["d"]},
        "s": {"shape": "function", "domain": "logistic", "latex": r"\sigma"},
    },
    "given": [r"m = y \odot (X w)", r"q = \sigma(m)", r"L = -\sum_{s=1}^N \log q_s"],
}
FILTER = {
    "symbols": {"w": {"shape": ["K"]}, "x": {"shape": ["N"]}},
    "given": [r"y_i = \sum_{u=1}^K w_u x_{i+u-1}"],
}


def verdicts(request, *lines):
    return [line["verdict"] for line in steps({**request, "lines": list(lines)})["lines"]]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("At the maximum this is zero, so n/λ = Σ_i x_i", [("n/λ = Σ_i x_i", "set")]),
        ("Its derivative is dL/dλ = n/λ", [("dL/dλ = n/λ", "implies")]),
        ("By the chain rule, dL/dz = a", [("dL/dz = a", "since")]),
        ("we get max(0, z) = z", [("max(0, z) = z", "implies")]),
        ("Next softmax gives p = 3", [("p = 3", "implies")]),
        ("x = 3, which is the right answer", [("x = 3", "line")]),
        ("ab cd = ef", [("ab cd = ef", "line")]),
        ("eta grad = 2", [("eta grad = 2", "line")]),
        ("sigma log p = x", [("sigma log p = x", "line")]),
    ],
)
def test_the_words_of_a_sentence_are_no_formula(line, found):
    assert [(s.text.strip(), s.role) for s in statements(line)] == found


def test_sentences_are_judged_by_their_formulas():
    right = ["Its derivative is dL/dλ = n/λ - Σ_i x_i", "At the maximum this is zero, so n/λ = Σ_i x_i"]
    assert verdicts(RATE, *right, "Hence the best rate is λ = n/Σ_i x_i") == ["follows"] * 3
    assert verdicts(RATE, *right, "Hence the best rate is λ = Σ_i x_i/n") == ["follows", "follows", "wrong"]


def test_a_name_said_beside_a_formula_is_not_what_the_line_continues():
    before = [r"\frac{dL}{d\lambda} = \frac n\lambda - \sum_i x_i", r"0 = \frac n\lambda - \sum_i x_i"]
    solved, mean = r"\lambda = \frac{n}{\sum_i x_i}", r"\text{ where } \bar x = \frac1n \sum_i x_i"
    assert verdicts(RATE, *before, solved, rf"= 1/\bar x {mean}") == ["follows"] * 4
    assert verdicts(RATE, *before, solved, rf"= 2/\bar x {mean}")[3] == "wrong"
    assert verdicts(RATE, *before, solved, rf"= 1/\bar x {mean}", "= 1/2")[4] == "wrong"


def test_an_index_may_be_called_as_the_key_of_a_function():
    lines = [r"\frac{\partial L}{\partial q_s} = -\frac{1}{q_s}", r"\frac{\partial m_s}{\partial w_j} = y_s X_{sj}"]
    assert verdicts(LOGISTIC, *lines) == ["follows", "follows"]
    assert verdicts(LOGISTIC, lines[0].replace("-", ""), r"\frac{\partial m_s}{\partial w_j} = X_{sj}") == ["wrong"] * 2


def test_a_sequence_may_be_called_as_the_key_of_its_limit():
    request = {
        "symbols": {"c": {"latex": "c^*"}, "r": {"latex": r"\rho", **POSITIVE}},
        "given": [r"c_{t+1} = c_t - \rho (c_t - c^*)", "c_0 = 0"],
    }
    assert verdicts(request, r"c_{t+1} - c^* = (1-\rho)(c_t - c^*)", r"c_t = (1 - (1-\rho)^t) c^*") == ["follows"] * 2
    assert verdicts(request, r"c_{t+1} - c^* = (1+\rho)(c_t - c^*)") == ["wrong"]


def test_an_entry_that_is_not_there_counts_as_zero():
    assert verdicts(FILTER, r"\frac{\partial y_i}{\partial x_n} = w_{n-i+1}") == ["follows"]
    assert verdicts(FILTER, r"\frac{\partial y_i}{\partial x_n} = w_{n-i}") == ["wrong"]
    assert verdicts(FILTER, r"\frac{\partial y_i}{\partial x_n} = w_{i-n+1}") == ["wrong"]


def test_a_line_of_words_says_that_it_is_none_of_the_working():
    lines = [r"\frac{\partial y_i}{\partial x_n} = w_{n-i+1}", r"\text{Setting this to zero gives}", ""]
    found = steps({**FILTER, "lines": lines})["lines"]
    assert [line["verdict"] for line in found] == ["follows", "unreadable", "unreadable"]
    assert [line["evidence"].get("message", "")[:11] for line in found[1:]] == ["These are w", "There is no"]
