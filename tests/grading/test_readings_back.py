"""The reading of an answer, typed in its place, is the same answer: the same verdict and the same reading."""

# ruff: noqa: E501

import pytest
from mutations import requests

from derive.grading.compare import answer_request

SYMBOLS = {
    "x": {"shape": ["n"]}, "y": {"shape": ["m"]}, "W": {"shape": ["m", "n"]}, "A": {"shape": ["n", "n"]}, "c": {},
    "h": {"shape": ["0..T"]},
}  # fmt: skip


def _again(request, found):
    typed = {**request, "answer": found["reading"], "syntax": "latex"}
    again = answer_request(typed)
    return again["verdict"], again["reading"]


@pytest.mark.parametrize("part", range(8))
def test_the_reading_of_an_answer_is_that_answer(part):
    for request in requests()[part::8]:
        found = answer_request(request)
        if found["reading"] is not None:
            assert _again(request, found) == (found["verdict"], found["reading"]), request


PYTHON = [
    ("x[0]", "x_{1}"), ("x[-1]", "x_{n}"), ("W[:, -1]", "W_{:,n}"), ("h[0]", "h_{0}"), ("W.shape[0]", "m"), ("len(x)", "n"), ("x[:-1]", None),
    ("sum(x[i]*i for i in range(n))", r"\sum_{i=1}^{n} x_{i} * \left(i - 1\right)"),
    ("sum(h[t] for t in range(T))", r"\sum_{t=1}^{T} h_{t - 1}"),
    ("sum(W[i,j]*x[j] for i in range(m) for j in range(i) if j != i)", r"\sum_{i=1}^{m} \sum_{j=1, j \ne i}^{i - 1} W_{i,j} * x_{j}"),
    ("(y@W)*x", r"\left(W^{\top} @ y\right) \odot x"), ("x.T@x", "x @ x"), ("A**2 + np.eye(n)", None), ("x@A@x", None), ("A@A**2", None),
    ("np.exp(W)/np.exp(W).sum(axis=1, keepdims=True)", None), ("np.sum(W*x)", None), ("(np.exp(A) - x[:, None])@x", None), ("np.sum(x[:, None]*x)", None), ("np.outer(y, x)*W", None), ("2*x*x", None), ("W.mean(axis=0)", None),
    ("c + x2", r"c + \mathrm{x2}"), ("c//2*3", r"\left\lfloor \frac{c}{2}\right\rfloor * 3"), ("np.where(c > 0, c, 0)", r"\begin{cases}c & c > 0 \\ 0 & \text{otherwise}\end{cases}"),
    ("sum(x[i1] for i1 in range(n))", r"\sum_{\mathrm{i1}=1}^{n} x_{\left(\mathrm{i1}\right)}"),
]  # fmt: skip
ENTRIES = [
    ("x[i]*i", r"x_{i} * \left(i - 1\right)"), ("x[i] - x[n-1-i]", None), ("(i == 0)*x[i]", r"\mathbb{1}\left[i = 1\right] * x_{i}"),
    ("sum(x[j] for j in range(i))", r"\sum_{j=1}^{i - 1} x_{j}"), ("1 if i == 0 else x[i-1]", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "page", "free"), [(*p, {}) for p in PYTHON] + [(*p, {"i": "n"}) for p in ENTRIES])
@pytest.mark.parametrize("base", [0, 1])
def test_a_python_answer_reads_as_a_page_writes_it(text, page, free, base):
    request = {"reference": text, "reference_syntax": "python", "answer": text, "syntax": "python", "symbols": SYMBOLS}
    request |= {"free_indices": free, "index_base": base}
    found = answer_request(request)
    assert found["verdict"] == "equal"
    assert _again(request, found)[0] == "equal", found["reading"]
    if base and page is not None:
        assert found["reading"] == page


def test_limits_that_differ_stand_under_signs_of_their_own():
    text = r"\sum_{1\le i\le m,\ 1\le j\le n} W_{i,j}"
    found = answer_request({"reference": text, "answer": text, "symbols": SYMBOLS})
    assert found["reading"] == r"\sum_{i=1}^{m} \sum_{j=1}^{n} W_{i,j}"
