"""Ways of writing a line: Python, equations between functions, renamed letters, several ways down, differentials."""

import pytest

from derive.grading.paper import rows
from derive.grading.steps import answer_request, steps

SIGMA = {"sigma": {"shape": "function", "domain": "logistic", "latex": "\\sigma"}, "z": {}}
CONV = {
    "symbols": {"w": {"shape": ["K"]}, "x": {"shape": ["n"]}, "y": {"shape": ["T"]}, "g": {"shape": ["T"]}},
    "given": ["y_i = \\sum_{k=1}^{K}w_kx_{i+k-1}", "g = \\frac{\\partial L}{\\partial y}"],
    "where": ["n == T + K - 1"],
}
GATE = {
    "symbols": {"a": {}, "v": {}},
    "given": ["s = a^2", "y = as", "v = \\frac{\\partial L}{\\partial y}"],
}


def verdicts(lines, **request):
    found = steps({**request, "lines": lines})
    return [line["verdict"] for line in found["lines"]]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\sigma' = \sigma(1-\sigma)", "follows"),
        (r"\sigma' = \sigma - \sigma^2", "follows"),
        (r"\sigma' = \sigma(1+\sigma)", "wrong"),
        (r"\tanh' = 1-\tanh^2", "follows"),
        (r"\text{using } \sigma' = \sigma(1-\sigma):\quad \sigma'(z) = \sigma(z)(1-\sigma(z))", "follows"),
        (r"\sigma(", "unreadable"),
    ],
)
def test_an_equation_between_functions_is_one_at_any_point(line, verdict):
    assert verdicts([line], symbols=SIGMA) == [verdict]


@pytest.mark.parametrize(("index", "verdict"), [("s", "follows"), ("s+1", "wrong")])
def test_a_renamed_letter_is_what_it_was_said_to_be(index, verdict):
    line = rf"\text{{with }} s=i+k-1:\ \frac{{\partial L}}{{\partial w_k}} = \sum_{{i=1}}^T g_i x_{{{index}}}"
    assert verdicts([line], **CONV) == [verdict]


def test_lines_in_python():
    request = {"symbols": {"p": {"shape": ["n"], "domain": "prob"}}, "given": ["H = -\\sum_kp_k\\log p_k"]}
    lines = ["H = -np.sum(p*np.log(p))  # nats", "Q = np.exp(H)", "= np.exp(np.sum(p*np.log(p)))"]
    assert verdicts(lines, **request, syntax="python") == ["follows", "follows", "wrong"]
    assert answer_request({**request, "lines": lines, "syntax": "perl"})["verdict"] == "unreadable"


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\frac{dH}{dr} = 2r\delta", "follows"),
        (r"dH = 2r\delta\,dr", "follows"),
        (r"\delta H = r^2\delta^2", "follows"),
        (r"\frac{dH}{dr} = r\delta", "wrong"),
    ],
)
def test_d_is_a_differential_where_it_is_only_the_name_of_delta(line, verdict):
    symbols = {"r": {}, "d": {"domain": "positive", "latex": "\\delta"}}
    assert verdicts([line], symbols=symbols, given=["H = r^2\\delta"]) == [verdict]


def test_two_equations_for_one_name_both_hold():
    request = {"symbols": {n: {"domain": "positive"} for n in "sc"}, "given": ["q = s^2c", "q = c"]}
    assert verdicts(["s^2 = 1", "s = 1"], **request) == ["follows", "follows"]
    assert verdicts(["s^2 = 2"], **request) == ["wrong"]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\frac{\partial L}{\partial s}\frac{\partial s}{\partial a}+v\frac{\partial y}{\partial a}", "undecided"),
        (
            r"\frac{\partial L}{\partial s}\frac{\partial s}{\partial a}"
            r"+\frac{\partial L}{\partial y}\frac{\partial y}{\partial a}",
            "follows",
        ),
        ("2a^2v+a^2v", "follows"),
        ("a^2v", "wrong"),
    ],
)
def test_a_sum_over_several_ways_down_holds_the_others_fixed(line, verdict):
    assert verdicts([rf"\frac{{\partial L}}{{\partial a}} = {line}"], **GATE) == [verdict]
    assert verdicts([r"\frac{\partial y}{\partial a} = s"], **GATE) == ["wrong"]


def test_what_could_not_be_read_leaves_its_subject_open():
    lines = [r"v = \int_0^1 x\,dx", "v = 2b", "b = 3b"]
    assert verdicts(lines, symbols={"v": {}, "b": {}}) == ["undecided", "undecided", "wrong"]


def test_zero_on_the_left_of_an_array_and_an_index_called_e():
    ridge = {"symbols": {"X": {"shape": ["m", "n"]}, "w": {"shape": ["n"]}}, "given": [r"L = \|Xw\|^2"]}
    assert verdicts([r"\nabla_wL = 2X^\top Xw", r"0 = 2X^\top Xw", r"X^\top Xw = 0"], **ridge) == ["follows"] * 3
    array = {"symbols": {"z": {"shape": ["m"]}}, "given": ["h_i = e^{z_i}"]}
    lines = [r"\frac{\partial h_{e}}{\partial z_{c}} = e^{z_e}[c = e]", r"h_{e} = z_{e}"]
    assert verdicts(lines, **array) == ["follows", "wrong"]


def test_a_value_is_called_with_what_it_is_made_of():
    request = {"symbols": {"w": {"shape": ["n"]}}, "given": [r"L = \|w\|^2"]}
    assert verdicts([r"L(w) = w^\top w", r"L(w) = 2w^\top w"], **request) == ["follows", "wrong"]


def test_a_formula_over_several_rows_and_its_number():
    assert [r.text for r in rows("\\begin{multline}\n a \\\\ = b\n\\end{multline}")] == ["a = b"]
    assert verdicts([r"x+x = 2x \eqno(3)", r"2x = x+x\,."], symbols={"x": {}}) == ["follows", "follows"]
