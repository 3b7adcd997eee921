"""What an assignment says in every command: whose variant it is, and what a problem counts."""

import csv
import io
from pathlib import Path

import pytest
from course_class import SIGNS, bank, read, row, written
from typer.testing import CliRunner

from derive.cli import app
from derive.course.assignment import load

WEEK = 'name = "week"\ntitle = "Week 1"\nattempts = 2\n[[problems]]\nname = "signs"\nmarks = {marks}\n'


@pytest.fixture
def week(tmp_path: Path) -> Path:
    bank(tmp_path)
    path = tmp_path / "week.toml"
    path.write_text(WEEK.format(marks=12))
    return path


def derive(folder: Path, *arguments: object, code: int = 0) -> str:
    """What a command says, which ends with a code."""
    command, *rest = map(str, arguments)
    folders = [] if command == "report" else ["--bank", str(folder / "bank")]
    done = CliRunner().invoke(app, [command, *rest, *folders])
    assert done.exit_code == code, done.output
    return done.output


def graded(week: Path, rows: list[object]) -> list[dict[str, object]]:
    """The results of submissions of the assignment."""
    source = written(week.parent / "in.jsonl", rows)
    derive(week.parent, "grade", source, "--assignment", week, "-o", week.parent / "out.jsonl")
    return read(week.parent / "out.jsonl")


def of(week: Path, student: str, **fields: object) -> dict[str, object]:
    """A submission to a student's own variant."""
    return {**row(1, a="minus", b="plus"), "student": student, "seed": load(week).seed_of(student), **fields}


def test_another_students_variant_is_not_graded(week: Path) -> None:
    mine = of(week, "ada")
    other = {**of(week, "ben"), "student": "ada"}
    unseeded = {k: v for k, v in mine.items() if k != "seed"}
    found = graded(week, [mine, unseeded, other, {**mine, "student": None}, {**mine, "seed": True}])
    assert [r["marks"] for r in found] == [3, 3, None, None, None]
    assert [r["seed"] for r in found[:3]] == [load(week).seed_of(x) for x in ("ada", "ada", "ben")]
    assert found[2]["pending"] == ["a", "b"], "what is blank needs nobody"
    said = found[2]["parts"]["a"]["evidence"]["message"]
    assert said == f"It answers variant {load(week).seed_of('ben')}; ada's is {load(week).seed_of('ada')}."
    assert found[3]["parts"]["a"]["evidence"]["message"].startswith("Nothing says whose it is")
    assert found[2]["answers"] == other["answers"]
    assert "signs (a)" in derive(week.parent, "review", week.parent / "out.jsonl")


def test_one_attempt_too_many_waits(week: Path) -> None:
    """The last one may have shown the solution."""
    found = graded(week, [of(week, "ada", attempt=k) for k in (2, 3)])
    assert [r["pending"] for r in found] == [[], ["a", "b"]]
    assert found[1]["parts"]["a"]["evidence"]["message"] == "It is attempt 3 of 2."


def test_one_seed_for_all_is_held_to_as_well(week: Path) -> None:
    week.write_text('seeds = "one"\nseed = 5\n' + week.read_text())
    found = graded(week, [{**row(1, a="minus"), "seed": s} for s in (5, 6, None)])
    assert [(r["seed"], r["pending"]) for r in found] == [(5, []), (6, ["a"]), (5, [])]


def test_results_say_what_they_count(week: Path) -> None:
    found = graded(
        week, [of(week, "ada", answers={"a": "minus", "b": "plus", "c": "because"}), of(week, "ben", id="s2")]
    )
    assert found[0]["counts"] == {"assignment": "week", "out_of": 12, "marks": None, "marks_so_far": 6}
    assert (found[1]["marks"], found[1]["out_of"], found[1]["counts"]["marks"]) == (3, 6, 6)
    out = week.parent / "out.jsonl"
    same = ("decide", out, "--id", "s1", "--part", "c", "--who", "ann", "--marks")
    assert "has 0 to 6 marks, not 7" in derive(week.parent, *same, 7, code=2)
    derive(week.parent, "report", out, "--csv", week.parent / "a.csv")
    derive(week.parent, "report", out, "--assignment", week, "--csv", week.parent / "b.csv")
    rows = list(csv.reader(io.StringIO((week.parent / "a.csv").read_text(encoding="utf-8-sig"))))
    assert rows[0][1:3] == ["signs (12)", "total (12)"]
    assert rows[2] == ["ben", "6", "6", "6", ""]
    assert (week.parent / "a.csv").read_bytes() == (week.parent / "b.csv").read_bytes(), "the same marks either way"


def test_other_marks_of_the_assignment_are_a_change(week: Path) -> None:
    graded(week, [of(week, "ada"), of(week, "ben")])
    out, folder = week.parent / "out.jsonl", week.parent
    assert "holds results of week: name its file" in derive(folder, "regrade", out, code=2)
    other = folder / "other.toml"
    other.write_text(WEEK.format(marks=12).replace('"week"', '"other"'))
    assert "holds results of week" in derive(folder, "regrade", out, "--assignment", other, code=2)
    assert derive(folder, "regrade", out, "--assignment", week).startswith("0 changes")
    week.write_text(WEEK.format(marks=18))
    assert "counts 12 marks in the results and 18 in the assignment" in derive(
        folder, "report", out, "--assignment", week
    )
    said = derive(folder, "regrade", out, "--assignment", week, "--write")
    assert "s1 (ben)  signs: 6 → 9 of 18: counts 12 → 18 in week" in said
    assert [r["counts"]["marks"] for r in read(out)] == [9, 9]
    bank(folder, SIGNS.replace('Choice("minus", "plus"', 'Choice("plus", "minus"'))
    week.write_text(WEEK.format(marks=6))
    said = derive(folder, "regrade", out, "--assignment", week, "--never-lower", "--write")
    assert "signs (a): 2 → 0 of 2: " in said
    assert [r["counts"]["marks"] for r in read(out)] == [3, 3]


def test_what_nobody_set_counts_nothing(week: Path) -> None:
    (week.parent / "bank" / "more.py").write_text(SIGNS)
    found = graded(week, [of(week, "ada"), of(week, "ada", problem="more")])
    assert [r["counts"]["out_of"] for r in found] == [12, 0]
    assert [r["counts"]["marks"] for r in found] == [6, 0]


def test_a_person_gives_marks_as_the_sheet_states_them(week: Path) -> None:
    rows = [of(week, name, id=name, answers={"c": words}) for name, words in (("ada", "because"), ("ben", "so"))]
    graded(week, rows)
    out, folder = week.parent / "out.jsonl", week.parent
    shown = derive(folder, "review", out)
    assert "signs (c), 6 marks, 1 answer" in shown
    assert derive(folder, "decide", out, "--id", "ada", "--part", "c", "--marks", 5, "--who", "ann").endswith(
        ": 5 of 6.\n"
    )
    assert "ann gave 5 on" in derive(folder, "decide", out, "--id", "ada", "--part", "c", "--marks", 4, code=2)
    (decision,) = read(folder / "decisions.jsonl")
    assert decision["marks"] == 2.5, "kept in the problem's own marks, which another assignment shares"
    assert "waiting → 5 of 6: decided by ann" in derive(folder, "regrade", out, "--assignment", week)
    said = derive(folder, "report", out)
    assert "  c         6      0      1      0      0        1" in said
