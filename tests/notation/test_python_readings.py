"""Generated Python answers: the LaTeX that a student is shown means what the Python meant."""

import re

import pytest
from python_random import SYMBOLS, answer

from derive.grading.compare import answer_request


def _read_back(seeds):
    """What is read is the answer; one in two hundred may be more work than an answer may take."""
    refused = 0
    for seed in seeds:
        request = {"reference": answer(seed), "reference_syntax": "python", "symbols": SYMBOLS}
        found = answer_request({**request, "answer": answer(seed), "syntax": "python"})
        if found["verdict"] == "unreadable":  # such as a matrix plus a column, where no NumPy was named
            assert re.search("does not fit|none is number", found["evidence"]["message"]), (answer(seed), found)
            continue
        if found["verdict"] == "refused":
            assert "more work than one answer may take" in found["evidence"]["message"]
            refused += 1
            continue
        again = answer_request({**request, "answer": found["reading"], "syntax": "latex"})
        assert (found["verdict"], again["verdict"]) == ("equal", "equal"), (answer(seed), found, again)
    assert refused <= len(seeds) / 200


def test_a_python_answer_is_shown_as_what_it_means():
    _read_back(range(80))


@pytest.mark.slow
def test_a_thousand_python_answers_are_shown_as_what_they_mean():
    _read_back(range(100, 1100))
