"""More sets of answers, of subjects that the shared examples leave out; verdicts decided by hand."""

import json
from pathlib import Path

import pytest

from derive.grading.compare import answer_request

DATA = Path(__file__).parents[1] / "data"
FILES = tuple(f"compare_own{n}.jsonl" for n in ("", 2, 3, 4, 5, 6, 7))
CASES = [json.loads(line) for name in FILES for line in (DATA / name).read_text().splitlines()]


def check(case: dict[str, object]) -> None:
    asked = {k: v for k, v in case.items() if k not in ("expected", "problem", "why")}
    found = answer_request(asked)
    assert found["verdict"] == case["expected"]["verdict"], found  # type: ignore[index]


@pytest.mark.parametrize("case", CASES[::5], ids=lambda c: c["id"])
def test_every_fifth(case: dict[str, object]) -> None:
    check(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", [c for k, c in enumerate(CASES) if k % 5 in (1, 3)], ids=lambda c: c["id"])
def test_two_fifths_more(case: dict[str, object]) -> None:
    check(case)
