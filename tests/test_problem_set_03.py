"""The 15 problems of Problem Set 03: right answers as students type them, typical wrong ones, and what nobody can read.

Each line of `data/problem_set_03.jsonl` says whether its answer is right, wrong or waits for a person, worked out by hand, and
for many a wrong one which misconception it shows.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from derive.bank.banks import bank
from derive.bank.grade import grade_part

LINES = [
    json.loads(line) for line in (Path(__file__).parent / "data/problem_set_03.jsonl").read_text("utf-8").splitlines()
]
VERDICTS = {"right": ("equal",), "wrong": ("different", "partly"), "waits": ("unreadable", "undecided", "refused")}
PROBLEMS = tuple(dict.fromkeys(line["problem"] for line in LINES))
BANK = bank()


def told(line):
    """A line that is graded otherwise than it says, empty where it is not."""
    part = BANK[line["problem"]].variant(line["seed"]).parts[line["part"]]
    found = grade_part(part, line["answer"])
    right = found["verdict"] in VERDICTS[line["verdict"]] and (found["marks"] == part.marks) == (
        line["verdict"] == "right"
    )
    named = "misconception" not in line or found["misconception"] == line["misconception"]
    where = f"{line['part']}: {line['answer']!r} is {found['verdict']}, {found['misconception']}"
    return "" if right and named else f"{where}; {line['verdict']}, {line.get('misconception')}: {found['feedback']}"


def test_there_are_enough_of_them() -> None:
    assert len(LINES) >= 200
    assert min(Counter(line["problem"] for line in LINES).values()) >= 10
    assert {line["problem"] for line in LINES} == {n for n, p in BANK.items() if p.source.startswith("003_")}
    assert sum("misconception" in line for line in LINES) >= 80


@pytest.mark.slow
@pytest.mark.parametrize("name", PROBLEMS)
def test_each_answer_gets_its_verdict(name: str) -> None:
    assert [t for line in LINES if line["problem"] == name and (t := told(line))] == []
