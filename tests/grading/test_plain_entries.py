"""A plain box: declared names of several letters as exponents, ``z1`` for ``z_1``, entries in brackets, sums of everything."""

import pytest

from derive import compare

X = {"x": {"shape": ["n"]}}
CASES = (
    (r"p^\gamma", "p^gamma", {"p": {"domain": "positive"}, "gamma": {"latex": r"\gamma"}}, "equal"),
    (r"p^\eta", "p^lr + 0", {"p": {"domain": "positive"}, "lr": {"latex": r"\eta"}}, "equal"),
    ("a^{b_1}", "a^b1", {"a": {"domain": "positive"}, "b_1": {}}, "equal"),
    ("z_1 + 1", "z1 + 1", {"z_1": {}}, "equal"),
    ("z_1 + 1", "z1 + 1", {"z_1": {}, "z": {}}, "equal"),
    (r"\eta_1 t", "eta1 t", {"a": {"latex": r"\eta_1"}, "t": {}}, "equal"),
    (r"\eta_1 t", "eta1 t", {"a": {"latex": r"\eta_1"}, "b": {"latex": r"\eta_2"}, "t": {}}, "equal"),
    (r"\eta_1 t", "eta2 t", {"a": {"latex": r"\eta_1"}, "b": {"latex": r"\eta_2"}, "t": {}}, "different"),
    (r"\cos(\pi t)", "cos(pi t)", {"t": {}}, "equal"),
    (r"\max(y - 1, 0)", "(y - 1)_+", {"y": {}}, "equal"),
    (r"\max(y - 1, 0)", "(1 - y)_+", {"y": {}}, "different"),
    (r"x^\top x", "x . x", X, "equal"),
    (r"\begin{pmatrix}1&y\\3&4\end{pmatrix}", "[1, y; 3, 4]", {"y": {}}, "equal"),
    (r"\begin{pmatrix}1&y\\3&4\end{pmatrix}", "1, 3; y, 4", {"y": {}}, "different"),
    (r"\begin{cases}-y & y>1\\y\end{cases}", "{ -y , y > 1 ; y , otherwise }", {"y": {}}, "equal"),
    (r"\begin{cases}-y & y>1\\y\end{cases}", "{ y , y > 1 ; -y , otherwise }", {"y": {}}, "different"),
    (r"\sum_i (z_1)_i", "sum_i z1[i]", {"z1": {"shape": ["n"], "latex": "z_1"}}, "equal"),
    (r"\sum_j W_{ij} x_j", "sum_j W[i,j]*x[j]", {"W": {"shape": ["m", "n"]}, **X}, "equal"),
    (r"\sum_j W_{ij} x_j", "sum_j W[j,i]*x[j]", {"W": {"shape": ["n", "n"]}, **X}, "different"),
    (r"x^\top x", "sum(x^2)", X, "equal"),
    (r"x^\top x", "sum(x)^2", X, "different"),
    ("2(y+1)", "2[y+1]", {"y": {}}, "equal"),
)


@pytest.mark.parametrize(("reference", "answer", "symbols", "verdict"), CASES)
@pytest.mark.parametrize("syntax", ["text", "auto"])
def test_plain_text_reads_as_it_is_meant(reference, answer, symbols, verdict, syntax):
    free = {"i": "m"} if "W" in symbols and "m" in symbols["W"]["shape"] else {"i": "n"} if "W" in symbols else {}
    assert compare(reference, answer, symbols=symbols, syntax=syntax, free_indices=free).verdict == verdict


def test_a_number_in_brackets_may_count_from_zero():
    symbols = {"z": {"shape": [3]}}
    found = compare("z_1 + z_2", "z[1] + z[2]", symbols=symbols, syntax="text")
    assert found.verdict == "undecided"
    assert len(found.readings) == 2
    from_zero = compare("z_1 + z_2", "z[1] + z[2]", symbols=symbols, syntax="text", index_base=0)
    assert from_zero.verdict == "equal"


def test_a_name_with_a_subscript_gets_no_second_one():
    found = compare(r"\sum_i (z_1)_i", "sum_i z1_i", symbols={"z1": {"shape": ["n"], "latex": "z_1"}}, syntax="text")
    assert found.reading == r"\sum_{i} {z_1}_{i}"


@pytest.mark.parametrize(
    ("reference", "answer", "verdict"),
    [
        (r"X^\top X w - X^\top y", r"\sum_i X_i^\top X_i w - X^\top y", "equal"),
        (r"X^\top X + H", r"\sum_{i=1}^n X_i^\top X_i + H", "equal"),
        (r"X^\top X w", r"\sum_i X_i X_i^\top w", "equal"),
        (r"X^\top X w", r"\sum_i X_i^\top X_i w + w", "different"),
        (r"X^\top X", r"2 \sum_i X_i^\top X_i", "different"),
    ],
)
def test_a_row_may_stand_or_lie(reference, answer, verdict):
    symbols = {"X": {"shape": ["n", "d"]}, "w": {"shape": ["d"]}, "y": {"shape": ["n"]}, "H": {"shape": ["d", "d"]}}
    assert compare(reference, answer, symbols=symbols).verdict == verdict


def test_two_unknown_words_side_by_side_are_a_sentence():
    found = compare("2x", "twice whatever residual plus y", symbols={"x": {}, "y": {}}, syntax="text")
    assert found.verdict == "unreadable"
    assert "sentences" in found.evidence["message"]


def test_a_power_of_a_sum_beside_another_of_its_kind():
    answer = r"\frac{\mathbb 1[i=j]+A_{ij}}{\sqrt{1+\sum_k A_{ik}}\sqrt{1+\sum_k A_{jk}}}"
    reference = r"\frac{A_{ij}+\delta_{ij}}{\sqrt{(1+\sum_k A_{ik})(1+\sum_k A_{jk})}}"
    symbols = {"A": {"shape": ["n", "n"], "domain": "nonnegative"}}
    assert compare(reference, answer, symbols=symbols, free_indices={"i": "n", "j": "n"}).verdict == "equal"


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [("sum_i g_i x_{i+u-1}", "equal"), ("sum_{i=1}^m g_i*x_{i+u-1}", "equal"), ("sum_i g_i x_{i+u}", "different")],
)
def test_a_sum_without_a_backslash_is_a_sum(answer, verdict):
    asked = {"symbols": {"g": {"shape": ["m"]}, "x": {"shape": ["n"]}}, "free_indices": {"u": "k"}}
    found = compare(r"\sum_i g_i x_{i+u-1}", answer, out_of_range="zero", **asked)
    assert found.verdict == verdict
    assert r"\sum" in found.reading


@pytest.mark.parametrize("syntax", ["auto", "text"])
@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("sum_i s_i X_ik (sum_j X_ij w_j - y_i)", "equal"),
        ("sum_i s_i X_{ik} (sum_j X_{ij} w_j - y_i)", "equal"),
        ("Σ_i s_i X_i,k (Σ_j X_i,j w_j - y_i)", "equal"),
        ("sum_i s_i X_ik (sum_j X_ij w_j + y_i)", "different"),
        ("sum_i s_i X_ki (sum_j X_ij w_j - y_i)", "different"),
    ],
)
def test_brackets_behind_an_entry_multiply(syntax, answer, verdict):
    shapes = {"X": ["n", "d"], "w": ["d"], "y": ["n"], "s": ["n"]}
    reference = r"\sum_{i=1}^n s_i X_{ik} \left(\sum_{j=1}^d X_{ij} w_j - y_i\right)"
    asked = {"symbols": {k: {"shape": v} for k, v in shapes.items()}, "free_indices": {"k": "d"}, "syntax": syntax}
    assert compare(reference, answer, **asked).verdict == verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (r"\sum_i x_i + y_i", "equal"),
        (r"\sum_i x_i - y_i", "different"),
        (r"\sum_i x_i + \sum_i y_i", "equal"),
        (r"\sum_i x_i + y_i + a - a", "unreadable"),
        (r"\sum_i x_i + y_k", "different"),
    ],
)
def test_a_letter_that_only_a_sum_explains_is_summed(answer, verdict):
    symbols = {"x": {"shape": ["n"]}, "y": {"shape": ["n"]}, "a": {}}
    found = compare(r"\sum_{i=1}^n (x_i + y_i)", answer, symbols=symbols)
    assert found.verdict == verdict
