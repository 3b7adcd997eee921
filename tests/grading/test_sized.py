"""Ones, identities and lists whose size nobody declares; names that nobody declares."""

import json
from pathlib import Path
from typing import Any

import pytest

from derive import compare
from derive.grading.compare import answer_request

V = {"x": {"shape": ["n"]}, "X": {"shape": ["m", "n"]}}
MEANINGS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "mathlive_meanings.jsonl").read_text().splitlines()
]


@pytest.mark.parametrize(
    ("reference", "answer", "expected"),
    [
        (r"\sum_i x_i", r"\mathbf{1}^\top x", "equal"),
        (r"\sum_i x_i", r"x^\top\mathbf{1}_n", "equal"),
        (r"X^\top\mathbf{1}", r"\sum_i X_{i}", "equal"),
        (r"X^\top\mathbf{1}_m", r"X^\top\mathbf{1}", "equal"),
        (r"X^\top\mathbf{1}_m", r"X\mathbf{1}", "different"),
        (r"x x^\top-I_n", r"xx^T-\operatorname{diag}(\mathbf{1}_n)", "equal"),
        (r"\sum_i x_i", r"\mathbf{1}", "unreadable"),
        (r"\frac{e^{x}}{\mathbf{1}^\top e^{x}}", r"\operatorname{softmax}(x)", "equal"),
        (r"\begin{pmatrix}1\\2\end{pmatrix}", r"(1,2)^\top", "equal"),
        (r"\begin{pmatrix}1&0\\0&2\end{pmatrix}", r"\operatorname{diag}(1,2)", "equal"),
        ("x", "h_j", "unreadable"),
        ("x", r"\frac{\partial L}{\partial x}", "unreadable"),
    ],
)
def test_sizes_come_from_beside(reference: str, answer: str, expected: str) -> None:
    assert compare(reference, answer, symbols=V, syntax="latex").verdict == expected


def test_a_declared_derivative_has_entries() -> None:
    symbols = {"dz": {"latex": r"\frac{\partial L}{\partial z}", "shape": ["m"]}, "x": {"shape": ["n"]}}
    free = {"i": "m", "j": "n"}
    for answer, expected in (
        (r"x_j\frac{\partial L}{\partial z_i}", "equal"),
        (r"x_i\frac{\partial L}{\partial z_j}", "different"),
    ):
        found = compare(r"\frac{\partial L}{\partial z_i}x_j", answer, symbols=symbols, free_indices=free)
        assert found.verdict == expected


@pytest.mark.parametrize("case", MEANINGS, ids=lambda c: c["latex"][:40])
def test_what_a_formula_editor_emits(case: dict[str, Any]) -> None:
    asked = {"reference": "x", "symbols": {"x": {}}, "syntax": "latex", **case}
    answer = asked.pop("latex")
    expected, says = asked.pop("expected"), asked.pop("says", None)
    found = answer_request({**asked, "answer": answer})
    assert found["verdict"] == expected, found
    assert says is None or found["evidence"]["message"] == says


def test_a_name_that_nothing_declares_beside_declared_arrays() -> None:
    found = compare(r"\sum_i x_i + 1", r"\sum_i x_i + t", symbols=V)
    assert found.verdict == "different"
    assert "t" in found.evidence["values"]
