"""A plain box: declared names of several letters as exponents, ``z1`` for ``z_1``, entries in brackets, sums of everything."""

import pytest

from derive import compare

X = {"x": {"shape": ["n"]}}
CASES = (
    (r"p^\gamma", "p^gamma", {"p": {"domain": "positive"}, "gamma": {"latex": r"\gamma"}}, "equal"),
    (r"p^\eta", "p^lr + 0", {"p": {"domain": "positive"}, "lr": {"latex": r"\eta"}}, "equal"),
    ("a^{b_1}", "a^b1", {"a": {"domain": "positive"}, "b_1": {}}, "equal"),
    ("z_1 + 1", "z1 + 1", {"z_1": {}}, "equal"),
    ("z_1 + 1", "z1 + 1", {"z_1": {}, "z": {}}, "different"),
    (r"\sum_i (z_1)_i", "sum_i z1[i]", {"z1": {"shape": ["n"], "latex": "z_1"}}, "equal"),
    (r"\sum_j W_{ij} x_j", "sum_j W[i,j]*x[j]", {"W": {"shape": ["m", "n"]}, **X}, "equal"),
    (r"\sum_j W_{ij} x_j", "sum_j W[j,i]*x[j]", {"W": {"shape": ["n", "n"]}, **X}, "different"),
    (r"x^\top x", "sum(x^2)", X, "equal"),
    (r"x^\top x", "sum(x)^2", X, "different"),
    ("2(y+1)", "2[y+1]", {"y": {}}, "equal"),
)


@pytest.mark.parametrize(("reference", "answer", "symbols", "verdict"), CASES)
def test_plain_text_reads_as_it_is_meant(reference, answer, symbols, verdict):
    free = {"i": "m"} if "W" in symbols and "m" in symbols["W"]["shape"] else {"i": "n"} if "W" in symbols else {}
    assert compare(reference, answer, symbols=symbols, syntax="text", free_indices=free).verdict == verdict


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
