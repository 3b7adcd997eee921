"""A second set of answers, of subjects that the shared examples leave out; verdicts decided by hand."""

import json
from pathlib import Path

import pytest

from derive.grading.compare import answer_request

LINES = (Path(__file__).parents[1] / "data" / "compare_own.jsonl").read_text().splitlines()
CASES = [json.loads(line) for line in LINES]


def check(case: dict[str, object]) -> None:
    asked = {k: v for k, v in case.items() if k not in ("expected", "problem", "why")}
    found = answer_request(asked)
    assert found["verdict"] == case["expected"]["verdict"], found  # type: ignore[index]


@pytest.mark.parametrize("case", CASES[::5], ids=lambda c: c["id"])
def test_every_fifth(case: dict[str, object]) -> None:
    check(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", [c for k, c in enumerate(CASES) if k % 5], ids=lambda c: c["id"])
def test_the_others(case: dict[str, object]) -> None:
    check(case)
