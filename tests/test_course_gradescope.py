"""The bundle, run as the platform runs it: a folder in place of /autograder, and nothing of this checkout in reach."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from course_class import bank

from derive.course.assignment import load
from derive.course.gradescope import NEEDED, bundle
from derive.course.roster import Student
from derive.course.sheet import Setter, form_page
from derive.course.shelf import Shelf

WEEK = 'title = "Week 1"\nseeds = "each"\nattempts = 2\n[[problems]]\nname = "signs"\nmarks = 12\n'
FENCED = ("typer", "rich", "pebble", "torch", "quickjs", "hypothesis")
HERE = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The platform's folder with the bundle unpacked; libraries that the bundle does not ask for cannot be imported."""
    root = tmp_path_factory.mktemp("autograder")
    (root / "week.toml").write_text(WEEK)
    chosen, shelf = load(root / "week.toml"), Shelf([bank(root)])
    data = bundle(root / "week.toml", chosen, shelf)
    assert data == bundle(root / "week.toml", chosen, shelf)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        modes = {i.filename: i.external_attr >> 16 & 0o777 for i in packed.infolist()}
        packed.extractall(root / "source")
    assert (modes["setup.sh"], modes["run_autograder"], modes["week.toml"]) == (0o755, 0o755, 0o644)
    fence = root / "fence"
    fence.mkdir()
    for name in FENCED:
        (fence / f"{name}.py").write_text(f"raise ImportError('{name} is not in requirements.txt')\n")
    python = root / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nPYTHONPATH="$PYTHONPATH:{fence}" exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    return root


def graded(root: Path, metadata: dict[str, Any] | None = None, **files: str) -> dict[str, Any]:
    """The results for a submission of these files."""
    for old in (root / "submission").glob("*"):
        old.unlink()
    (root / "submission").mkdir(exist_ok=True)
    for name, text in files.items():
        (root / "submission" / name.replace("_", ".")).write_text(text, encoding="utf-8")
    about = root / "submission_metadata.json"
    about.write_text(json.dumps(metadata if metadata is not None else who("ada")))
    done = subprocess.run(["bash", root / "source" / "run_autograder", root], cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))
    assert all(t["visibility"] in ("visible", "hidden") for t in found["tests"])
    return found


def who(student: str, earlier: int = 0) -> dict[str, Any]:
    return {
        "users": [{"sid": student, "email": f"{student}@x.edu", "name": student}],
        "previous_submissions": [{}] * earlier,
    }


def form(root: Path, student: str, **answers: str) -> str:
    """A student's answer form, filled in."""
    setter = Setter(load(root / "week.toml"), Shelf([root / "bank"]))
    text = form_page(setter.sheet(Student(student)), "md")
    for part, answer in answers.items():
        head, mark, tail = text.partition(f"<!-- derive:answer 1{part} ")
        line, _, rest = tail.partition("\n")
        text = f"{head}{mark}{line}\n{answer}\n{rest}"
    return text


def scores(found: dict[str, Any]) -> dict[str, Any]:
    return {t["name"][:4]: t.get("score") for t in found["tests"] if t["visibility"] == "visible"}


def test_a_filled_form_is_graded_part_by_part(platform: Path) -> None:
    found = graded(platform, form_md=form(platform, "ada", a="minus", b="minus", c="It is <b>negative</b>."))
    assert scores(found) == {"1(a)": 4, "1(b)": 0, "1(c)": None}, "what waits is not 0"
    assert {t["name"][:4]: t.get("max_score") for t in found["tests"][:3]} == {"1(a)": 4, "1(b)": 2, "1(c)": None}
    assert [t.get("status") for t in found["tests"]] == ["passed", "failed", None, None]
    assert "waits for a person" in found["tests"][2]["output"]
    assert [t["name"] for t in found["tests"] if t["visibility"] == "hidden"] == ["1 evidence for staff"]
    seen = " ".join(t["output"] for t in found["tests"] if t["visibility"] == "visible")
    assert "plus" not in seen, "the right answer is not shown at the first attempt"
    assert (found["visibility"], found["stdout_visibility"]) == ("visible", "hidden")


@pytest.mark.slow
def test_json_is_graded_and_the_last_attempt_shows_the_solution(platform: Path) -> None:
    rows = json.dumps({"problem": "signs", "answers": {"a": "plus", "b": "plus"}})
    found = graded(platform, who("ada", earlier=1), answers_json=rows)
    assert scores(found) == {"1(a)": 2, "1(b)": 2, "1(c)": 0}
    assert "Solution: " in found["tests"][0]["output"]


@pytest.mark.slow
def test_a_strange_form_and_no_form_wait_for_a_person(platform: Path) -> None:
    others = graded(platform, form_md=form(platform, "ben", a="minus"))
    assert not any("score" in t for t in others["tests"])
    assert others["score"] == 0
    assert "ben" in json.dumps(others)
    nothing = graded(platform, notes_txt="see my photo")
    assert nothing["tests"] == []
    assert "Nothing was handed in for signs." in nothing["output"]
    assert "notes.txt" in nothing["output"]


@pytest.mark.slow
def test_a_fault_is_for_staff_and_the_student_still_has_results(platform: Path) -> None:
    found = graded(platform, {"users": "nonsense"}, form_md="x")
    assert "a person will look at it" in found["output"]
    assert [(t["name"], t["visibility"]) for t in found["tests"]] == [("fault", "hidden")]


def test_the_scripts_ask_for_what_is_needed_and_fetch_nothing_else(platform: Path) -> None:
    source = platform / "source"
    named = [line.split("==")[0] for line in (source / "requirements.txt").read_text().splitlines()]
    assert named == list(NEEDED)
    for script in ("setup.sh", "run_autograder"):
        assert subprocess.run(["bash", "-n", source / script], check=False).returncode == 0
        assert "http" not in (source / script).read_text()
    assert "pip install" not in (source / "run_autograder").read_text()
    assert {p.parts[-2] for p in (source / "suite").glob("derive/*/__init__.py")} >= {"bank", "course", "grading"}
    assert not (source / "suite" / "derive" / "cli").exists()
    found = subprocess.run(
        [platform / "venv/bin/python", "-c", "import derive.course.autograde as a; print(a.__file__)"],
        env={"PYTHONPATH": str(source / "suite"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        cwd="/",
        check=True,
    )
    assert Path(found.stdout.strip()).is_relative_to(source), "it runs the bundle's own suite"
