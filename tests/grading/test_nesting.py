"""Answers and lines as deep as the budget allows are judged, whatever had been asked before."""

import pytest

from derive.grading.compare import compare
from derive.grading.steps import steps

SYMBOLS = {"n": {"shape": [], "domain": "posint"}, "x": {"shape": []}}
DEEP = r"\sin(" * 180 + "x" + ")" * 180


@pytest.mark.parametrize("answer", [DEEP, r"\binom{n}{" * 90 + "1" + "}" * 90, "C_n^{" * 90 + "1" + "}" * 90])
def test_a_deep_answer_is_the_same_as_itself_and_as_nothing_else(answer: str) -> None:
    assert compare(answer, answer, symbols=SYMBOLS).verdict == "equal"
    assert compare("n", answer, symbols=SYMBOLS).verdict == "different"


def test_a_deep_line_is_judged() -> None:
    found = steps({"symbols": SYMBOLS, "lines": [f"y = {DEEP}", f"= {DEEP}", r"= \cos x"]})
    assert [line["verdict"] for line in found["lines"]] == ["follows", "follows", "wrong"]
