"""`derive compare`'s core on the shared examples and on requests that are not requests."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from derive.grading.compare import answer_request, compare

CASES = [json.loads(line) for line in (Path(__file__).parents[1] / "data" / "compare.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
def test_shared_examples(case: dict[str, object]) -> None:
    found = answer_request(case)
    assert found["verdict"] == case["expected"]["verdict"], found  # type: ignore[index]


@pytest.mark.parametrize(
    ("request_", "word"),
    [
        ({"id": 1, "answer": "2"}, "reference"),
        ({"id": 1, "reference": "2"}, "answer"),
        ({"id": 1, "reference": "2", "answer": 3}, "answer"),
        ({"reference": "2", "answer": "2", "where": ["import os"]}, "import os"),
        ([], "object"),
    ],
)
def test_what_is_not_a_request_is_unreadable(request_: object, word: str) -> None:
    found = answer_request(request_)
    assert found["verdict"] == "unreadable"
    assert word in found["evidence"]["message"]


def test_unknown_fields_are_ignored() -> None:
    assert answer_request({"reference": "2", "answer": "2", "mood": 1})["verdict"] == "equal"


def test_tolerance_is_for_numbers() -> None:
    assert compare("1.0397", "1.04", tolerance={"abs": 0.001}).verdict == "equal"
    assert compare("1.0397", "1.04").verdict == "different"
    x = {"x": {"shape": []}}
    assert compare("x", "1.0001x", symbols=x, tolerance={"rel": 0.1}).verdict == "different"


def test_an_undeclared_name_is_a_free_unknown() -> None:
    assert compare("x", "x y", symbols={"x": {"shape": []}}).verdict == "different"


def test_the_same_bytes_for_every_hash_seed() -> None:
    chosen = [{k: c[k] for k in c if k not in ("expected", "why", "problem")} for c in CASES[::12]]
    code = (
        "import json, sys\nfrom derive.grading.compare import answer_request\nfor line in sys.stdin:\n"
        "    found = answer_request(json.loads(line))\n    found.pop('ms')\n    print(json.dumps(found))"
    )
    text = "\n".join(json.dumps(c) for c in chosen)
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code], input=text, capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PATH": ""}, cwd=Path(__file__).parents[2],
        ).stdout
        for seed in ("0", "1", "77")
    }  # fmt: skip
    assert len(outputs) == 1


HOSTILE = (
    "9^{9^{9}}",
    r"\sum_{i=1}^{1000000000} i",
    r"\sum_{i=1}^{10000}\sum_{j=1}^{10000}\sum_{k=1}^{10000} x",
    "x^{1000000}",
    "1000000!",
    "e^{e^{e^{e^{x}}}}",
    r"\binom{1000000}{500000}x",
    "x^{x^{x^{x^x}}}",
    r"\sin(10^{10^{10}})",
    "(10^{10^6})x",
    "2^{x^{100}}",
    r"\prod_{i=1}^{1000000} i",
    "__import__('os')",
    "",
    "(" * 100_000,
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_answers_are_answered_without_a_fault(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = answer_request({"reference": "x", "answer": text, "symbols": {"x": {"shape": []}}})
    assert found["verdict"] in ("different", "refused", "unreadable")
    assert "Traceback" not in capsys.readouterr().err


def test_two_columns_side_by_side_are_told_how_to_be_multiplied():
    p = {"p": {"shape": ["n"]}, "n": {"domain": "dimension"}, "W": {"shape": ["m", "n"]}}
    right = r"\mathrm{diag}(p \odot (1-p))"
    found = compare(right, r"\mathrm{diag}(p(1-p))", symbols=p)
    assert (found.verdict, found.evidence["kind"]) == ("different", "shape")
    assert "write p ⊙ (1 - p) to multiply" in found.evidence["message"]
    assert "⊙" not in compare(right, r"\mathrm{diag}(p W)", symbols=p).evidence["message"], "other shapes meet here"


def test_a_product_of_many_entries_of_one_array_takes_little_memory() -> None:
    """All orders of 16 entries are more than any machine holds; a few of them are looked at."""
    entries = [f"x_{{i+{k}}}" for k in range(16)]
    here, there = (rf"\sum_{{i=1}}^n {' '.join(order)}" for order in (entries, entries[::-1]))
    assert compare(here, f"{there} + x_1 - x_1", symbols={"x": {"shape": ["n"]}}).verdict == "equal"


@pytest.mark.parametrize(("wrong", "size"), [(r"2 \sum_{i=1}^n x_i x_{i+20}", 21), (r"\sum_{i=1}^n x_i x_{i+21}", 21)])
def test_what_only_large_arrays_show_is_looked_for_there(wrong: str, size: int) -> None:
    found = compare(r"\sum_{i=1}^n x_i x_{i+20}", wrong, symbols={"x": {"shape": ["n"]}})
    assert (found.verdict, found.evidence["sizes"]) == ("different", {"n": size})
