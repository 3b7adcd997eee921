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


ARRAY = {"Y": {"shape": ["n", "k"]}, "G": {"shape": ["n", "k", "h", "w"]}}


@pytest.mark.parametrize(
    ("typed", "meant", "verdict"),
    [
        ("Y.size", "n*k", "equal"),
        ("Y.numel()", "n*k", "equal"),
        ("np.size(Y, 1)", "k", "equal"),
        ("Y.size(0)", "n", "equal"),
        ("len(Y)", "n", "equal"),
        ("Y.size", "n", "different"),
        ("np.sum(Y, axis=(0, 1))", "np.sum(Y)", "equal"),
        ("G.sum((0, 2, 3))", "G.sum(3).sum(2).sum(0)", "equal"),
        ("G.sum(dim=[0, 2, 3])", "G.sum(3).sum(1).sum(0)", "different"),
        ("G.mean(axis=(-1, 0))", "G.sum(3).sum(0)/(n*w)", "equal"),
        ("G.max(axis=(0, 1))", "G.max(axis=0).max(axis=0)", "equal"),
        ("G - G.mean(axis=(2, 3), keepdims=True)", "G - G.mean(3, keepdims=True).mean(2, keepdims=True)", "equal"),
        ("np.median(Y, axis=(0, 1))", "np.sum(Y)", "unreadable"),
        ("Y.sum((0, 0))", "np.sum(Y)", "unreadable"),
    ],
)
def test_sizes_and_several_axes(typed, meant, verdict):
    request = {"reference": meant, "reference_syntax": "python", "symbols": ARRAY, "answer": typed, "syntax": "python"}
    assert answer_request(request)["verdict"] == verdict
