"""Six problems of an author who had read docs/authoring.md alone, and what was typed for them, each with its verdict."""

import json
from pathlib import Path

import pytest

from derive.bank.banks import bank
from derive.bank.grade import grade

FOLDER = Path(__file__).parent / "data" / "outsider"
ANSWERS = [json.loads(line) for line in (FOLDER / "answers.jsonl").read_text(encoding="utf-8").splitlines()]
FEW = [row for row in ANSWERS if row["problem"] == "counts/ctc_paths" and row["verdict"] == "equal"]


def wrongly_graded(rows: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    """What was typed and what came of it, where that is not what was due."""
    problems, found = bank([FOLDER]), []
    for row in rows:
        answers = {row["part"]: row["answer"]}
        part = grade({"problem": row["problem"], "seed": row["seed"], "answers": answers}, problems)["parts"][
            row["part"]
        ]
        due = (row["verdict"], row.get("misconception", part["misconception"]))
        if (part["verdict"], part["misconception"]) != due:
            found.append(
                (row["problem"], row["answer"], f"{part['verdict']}, {part['misconception']}: {part['feedback']}")
            )
    return found


def test_right_answers_to_an_outsider_s_problems_are_right() -> None:
    assert len(FEW) > 5
    assert wrongly_graded(FEW) == []


@pytest.mark.slow
def test_every_answer_to_an_outsider_s_problems_has_its_verdict_and_misconception() -> None:
    assert len(ANSWERS) == 151
    assert wrongly_graded(ANSWERS) == []
