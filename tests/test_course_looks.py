"""What a person looks at: one thing for a photograph, a part at a time for the marks, nobody's files for nobody."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from course_class import bank, read
from typer.testing import CliRunner

from derive.cli import app

WEEK = 'name = "week"\ntitle = "Week 1"\nseeds = "one"\nseed = 1\n' + "".join(
    f'[[problems]]\nname = "{name}"\n' for name in ("signs", "more")
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A class of two, with an assignment of two problems of three parts."""
    monkeypatch.chdir(tmp_path)
    bank(tmp_path)
    Path("bank/more.py").write_text(Path("bank/signs.py").read_text())
    Path("week.toml").write_text(WEEK)
    Path("roster.csv").write_text("id,name\nada,Ada King\nben,Ben Ohm\n")
    Path("h").mkdir()
    return tmp_path


def derive(*arguments: object, code: int = 0, typed: str = "") -> str:
    """What a command says, which ends with a code."""
    command, *rest = map(str, arguments)
    more = [] if command == "report" else ["--bank", "bank"]
    done = CliRunner().invoke(app, [command, *rest, *more], input=typed)
    assert done.exit_code == code, done.output
    return done.output


def handed_in(code: int = 0) -> list[dict[str, object]]:
    """The results of what lies in the folder."""
    derive("collect", "h", "--assignment", "week.toml", "--students", "roster.csv", "-o", "s.jsonl", code=code)
    derive("grade", "s.jsonl", "--assignment", "week.toml", "-o", "r.jsonl")
    return read(Path("r.jsonl"))


def looks() -> list[dict[str, object]]:
    return [json.loads(line) for line in derive("review", "r.jsonl", "--json").splitlines()]


def test_a_photograph_is_one_thing_to_look_at(folder: Path) -> None:
    Path("h/ada_1.jpg").write_bytes(b"first page")
    Path("h/ada_2.jpg").write_bytes(b"second page")
    assert [r["pending"] for r in handed_in()] == [["a", "b", "c"]] * 2
    (look,) = looks()
    assert look["files"] == ["h/ada_1.jpg", "h/ada_2.jpg"]
    assert [(p["problem"], p["part"]) for p in look["parts"]] == [(n, p) for n in ("signs", "more") for p in "abc"]
    shown = derive("review", "r.jsonl")
    head = f"{look['id']}  h/ada_1.jpg, h/ada_2.jpg, of ada: 6 parts to mark (a file that only a person reads)"
    assert shown.startswith(f"{head}\n    signs (a), 2 marks: ")
    assert (shown.count("only a person reads"), shown.count("$"), len(shown.splitlines())) == (1, 0, 8)
    assert "1 group, 6 answers" in shown
    assert "name one of them" in derive("decide", "r.jsonl", look["id"], "--marks", 1, code=2)
    assert "name one of them" in derive("decide", "r.jsonl", look["id"], "--part", "a", "--marks", 1, code=2)
    chosen = ("--problem", "more", "--part", "a", "--who", "ann")
    said = derive("decide", "r.jsonl", look["id"], *chosen, "--marks", 2)
    assert said == "more (a), week/ada/more: 2 of 2.\n"
    (after,) = looks()
    assert (after["id"], len(after["parts"])) == (look["id"], 5), "it keeps its name while it is marked"
    assert Path("decisions.jsonl").read_text().count('"id": "week/ada/more"') == 1


def test_another_photograph_of_the_same_name_is_another_answer(folder: Path) -> None:
    Path("h/ada.jpg").write_bytes(b"one")
    handed_in()
    derive("decide", "r.jsonl", looks()[0]["id"], "--problem", "signs", "--part", "a", "--marks", 2, "--who", "ann")
    assert [r["pending"] for r in handed_in()] == [["b", "c"], ["a", "b", "c"]]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ada.jpg", b"one")
    Path("h/ada.jpg").write_bytes(b"two")
    assert [r["pending"] for r in handed_in()] == [["a", "b", "c"], ["a", "b", "c"]]
    Path("h/ada.jpg").unlink()
    Path("h/all.zip").write_bytes(packed.getvalue())
    (sums,) = {a["sum"] for r in handed_in() for a in r["answers"].values()}
    assert sums.endswith("-3"), "a zip knows its files' sums"


def test_nobodys_file_is_one_line_and_no_student(folder: Path) -> None:
    Path("h/scan.pdf").write_bytes(b"?")
    Path("h/ben.jpg").write_bytes(b"?")
    found = handed_in(code=1)
    (lost,) = (r for r in found if r["student"] is None)
    assert lost["message"] == "Nothing says whose h/scan.pdf is: say so in a map ([files]), and collect again."
    assert "is not graded: Nothing says whose h/scan.pdf is" in derive("review", "r.jsonl")
    record = json.loads(derive("report", "r.jsonl", "--json"))
    assert [line["student"] for line in record["book"]] == ["ben"]
    assert any("h/scan.pdf" in note for note in record["notes"])


def test_each_part_is_asked_for_in_turn(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("h/ada.jpg").write_bytes(b"one")
    handed_in()
    monkeypatch.setattr("derive.cli.course_review._no_terminal", lambda: False)
    shown = derive("decide", "r.jsonl", "--who", "ann", typed="2\n\n\n1\nGood.\n\n")
    assert "signs (b), marks, 0 to 1" in shown
    made = read(Path("decisions.jsonl"))
    assert [(d["part"], d["marks"], d["words"], d["id"]) for d in made] == [
        ("a", 2, "", "week/ada/signs"),
        ("b", 1, "Good.", "week/ada/signs"),
    ]
    assert "What was decided is kept." in shown
