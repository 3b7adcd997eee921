"""The bundle, run as the platform runs it: a folder in place of /autograder, and nothing of this checkout in reach."""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from course_class import bank
from test_course_forms import filled
from wheelhouse import wheelhouse

from derive.course.assignment import load
from derive.course.autograde import main
from derive.course.gradescope import NEEDED, bundle
from derive.course.roster import Student
from derive.course.sheet import Setter, form_page
from derive.course.shelf import Shelf

WEEK = 'title = "Week 1"\nseeds = "each"\nattempts = 2\n[[problems]]\nname = "signs"\nmarks = 12\n'
FENCED = ("typer", "rich", "pebble", "torch", "quickjs", "hypothesis")
HERE = Path(__file__).parents[1]

NUMBER, TEXT = {"type": "number", "minimum": 0}, {"type": "string"}
SEEN = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
WRITTEN = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
TEST = {
    "type": "object", "additionalProperties": False, "required": ["name"],
    "properties": {
        "score": NUMBER, "max_score": NUMBER, "status": {"enum": ["passed", "failed"]}, "name": TEXT, "name_format": WRITTEN,
        "number": TEXT, "output": TEXT, "output_format": WRITTEN, "tags": {"type": "array"}, "visibility": SEEN,
        "extra_data": {},
    },
    "dependentRequired": {"max_score": ["score"], "status": ["score"]},
}  # fmt: skip
PAGE = {
    "type": "object", "additionalProperties": False, "required": ["tests"],
    "anyOf": [{"required": ["score"]}, {"properties": {"tests": {"minItems": 1, "items": {"required": ["score"]}}}}],
    "properties": {
        "score": NUMBER, "execution_time": NUMBER, "output": TEXT, "output_format": WRITTEN, "test_output_format": WRITTEN,
        "test_name_format": WRITTEN, "visibility": SEEN, "stdout_visibility": SEEN, "extra_data": {},
        "tests": {"type": "array", "items": TEST}, "leaderboard": {"type": "array"},
    },
}  # fmt: skip


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
    """The results for a submission of these files, by what run_autograder runs."""
    handed_in(root, metadata, **files)
    main(root)
    return written(root)


def handed_in(root: Path, metadata: dict[str, Any] | None = None, **files: str) -> None:
    for old in (root / "submission").glob("*"):
        old.unlink()
    (root / "submission").mkdir(exist_ok=True)
    for name, text in files.items():
        (root / "submission" / name.replace("_", ".")).write_text(text, encoding="utf-8")
    about = root / "submission_metadata.json"
    about.write_text(json.dumps(metadata if metadata is not None else who("ada")))


def written(root: Path) -> dict[str, Any]:
    found = json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))
    jsonschema.validate(found, PAGE)
    return found


def run_as_the_platform(root: Path) -> dict[str, Any]:
    """The results that the script writes, with nothing of this checkout in reach."""
    done = subprocess.run(["bash", root / "source" / "run_autograder", root], cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return written(root)


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
    handed_in(platform, form_md=form(platform, "ada", a="minus", b="minus", c="It is <b>negative</b>."))
    found = run_as_the_platform(platform)
    assert scores(found) == {"1(a)": 4, "1(b)": 0, "1(c)": None}, "what waits is not 0"
    assert {t["name"][:4]: t.get("max_score") for t in found["tests"][:3]} == {"1(a)": 4, "1(b)": 2, "1(c)": None}
    assert [t.get("status") for t in found["tests"]] == ["passed", "failed", None, None]
    assert "waits for a person" in found["tests"][2]["output"]
    assert [t["name"] for t in found["tests"] if t["visibility"] == "hidden"] == ["1 evidence for staff"]
    seen = " ".join(t["output"] for t in found["tests"] if t["visibility"] == "visible")
    assert "plus" not in seen, "the right answer is not shown at the first attempt"
    assert (found["visibility"], found["stdout_visibility"]) == ("visible", "hidden")
    assert found["score"] == 4, "the sum, as not every test has a score"


def test_json_is_graded_and_the_last_attempt_shows_the_solution(platform: Path) -> None:
    rows = json.dumps({"problem": "signs", "answers": {"a": "plus", "b": "plus"}})
    found = graded(platform, who("ada", earlier=1), answers_json=rows)
    assert scores(found) == {"1(a)": 2, "1(b)": 2, "1(c)": 0}
    assert "Solution: " in found["tests"][0]["output"]


def test_a_file_that_names_its_attempt_sees_no_more_for_it(platform: Path) -> None:
    """The solution belongs to the last attempt, and which one this is, the platform says."""
    rows = json.dumps({"problem": "signs", "answers": {"a": "plus"}, "attempt": 2})
    assert "Solution: " not in json.dumps(graded(platform, answers_json=rows))
    assert "Solution: " in json.dumps(graded(platform, who("ada", earlier=1), answers_json=rows.replace("2", "1")))


def test_a_strange_form_and_no_form_wait_for_a_person(platform: Path) -> None:
    others = graded(platform, form_md=form(platform, "ben", a="minus"))
    assert not any("score" in t for t in others["tests"])
    assert others["score"] == 0
    assert "ben" in json.dumps(others)
    photo = graded(platform, notes_txt="see my photo")
    assert scores(photo) == {"1(a)": None, "1(b)": None, "1(c)": None}, "whose it is, the platform says"
    assert photo["score"] == 0
    assert "notes.txt: no marked place" in photo["output"]
    nothing = graded(platform)
    assert (nothing["tests"], nothing["output"]) == ([], "Nothing was handed in for signs.")


def test_after_the_last_attempt_marks_stay(platform: Path) -> None:
    """The solution was shown with it; failures of the platform are no attempts."""
    first = graded(platform, form_md=form(platform, "ada", a="plus"))
    last = graded(platform, who("ada", earlier=1), form_md=form(platform, "ada", a="plus", b="minus"))
    assert scores(last)["1(a)"] == 2
    before = [
        {"submission_time": "2026-11-02", "score": "2.0", "results": last},
        {"submission_time": "2026-11-01", "score": "2.0", "results": first},
        {"submission_time": "2026-11-03", "autograder_error": True},
        {"submission_time": "2026-10-31", "results": {"tests": [{"name": "fault", "visibility": "hidden"}]}},
    ]
    solved = form(platform, "ada", a="minus", b="plus")
    again = graded(platform, {**who("ada"), "previous_submissions": before}, form_md=solved)
    assert again["tests"] == last["tests"]
    assert "All attempts (2) are used" in again["output"]
    named = {
        "submission_time": "2026-10-30",
        "results": graded(platform, a_json='{"problem": "fault", "answers": {"a": "x"}}'),
    }
    assert [(t["name"], t["visibility"]) for t in named["results"]["tests"]] == [("fault", "visible")]
    assert "All attempts" in graded(platform, {"previous_submissions": [named, *before[:1]]}, form_md=solved)["output"]
    del before[0]["results"]
    assert graded(platform, {**who("ada"), "previous_submissions": before}, form_md=solved)["score"] == 2
    assert scores(graded(platform, {**who("ada"), "previous_submissions": before[1:]}, form_md=solved))["1(a)"] == 4


def test_a_form_of_the_rosters_id_is_ones_own(platform: Path) -> None:
    """The variant belongs to the id on the roster, whatever number the platform has for the student."""
    told = {"users": [{"sid": "0017", "email": "ada@x.edu", "name": "Ada King"}]}
    assert scores(graded(platform, told, form_md=form(platform, "ada", a="minus")))["1(a)"] == 4
    pair = {"users": [{"email": "eve@x.edu"}, *told["users"]]}
    assert scores(graded(platform, pair, form_md=form(platform, "ada", a="minus")))["1(a)"] == 4, "a group's form"
    nobody = graded(platform, {}, form_md=form(platform, "ada", a="minus"))
    assert "does not say who hands in" in nobody["output"]
    others = graded(platform, told, form_md=form(platform, "ben", a="minus"))
    assert others["tests"][0]["output"] == "This form is ben's, and you are 0017: a person has to look at it."


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


def test_the_schema_refuses_what_the_platform_does() -> None:
    """A page must have a score, its own or a test's; nothing has a name that the platform does not know."""
    fine = {"tests": [{"name": "1(a)", "score": 1, "max_score": 2, "output": "x", "visibility": "visible"}]}
    jsonschema.validate(fine, PAGE)
    for wrong in (
        {},
        {"tests": []},
        {"tests": [{"name": "x", "score": None}]},
        {"tests": [*fine["tests"], {"name": "1(b)"}]},
        {**fine, "visibility": "staff"},
        {**fine, "mark": 1},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, PAGE)


@pytest.mark.slow
@pytest.mark.xdist_group("wheel")
def test_the_platform_builds_and_runs_the_bundle_of_an_installed_wheel(tmp_path: Path) -> None:
    """The wheel's own command makes the zip; setup.sh builds, from a folder of wheels; run_autograder grades."""
    clean = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PIP_NO_COMPILE": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }

    def run(*command: object, **settings: str) -> str:
        done = subprocess.run(list(map(str, command)), cwd="/", env=clean | settings, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def zipped(path: Path, place: Path) -> Path:
        with zipfile.ZipFile(path) as packed:
            packed.extractall(place)
        return place

    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "dist"], cwd=HERE, check=True,
                   capture_output=True)  # fmt: skip
    installed = zipped(next((tmp_path / "dist").glob("*.whl")), tmp_path / "installed")
    week = tmp_path / "week.toml"
    week.write_text('title = "Week 1"\n[[problems]]\nname = "conv/flipping"\nmarks = 8\n')
    derive = (sys.executable, "-c", "from derive.cli import main; main()")
    said = run(*derive, "gradescope", week, "-o", tmp_path / "autograder.zip", PYTHONPATH=str(installed))
    assert said == f"{tmp_path / 'autograder.zip'}: Week 1, 1 problem.\n"
    root = tmp_path / "autograder"
    source = zipped(tmp_path / "autograder.zip", root / "source")
    wheels = wheelhouse(tmp_path / "wheels", NEEDED)
    run("bash", source / "setup.sh", root, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheels))
    (libraries,) = (root / "venv").glob("lib/python*/site-packages")
    assert {"sympy", "numpy", "flint", "pydantic", "jinja2"} <= {p.name for p in libraries.iterdir()}
    assert not list(libraries.glob("*derive*"))
    sheet = Setter(load(week), Shelf()).sheet(Student("ada"))
    right = {name: part.answer.typed() for name, part in sheet.problems[0].variant.parts.items()}
    (root / "submission").mkdir()
    page = filled(form_page(sheet, "md"), {"1a": right["a"], "1b": "(7, 7, 7)", "1c": right["c"]})
    (root / "submission" / "ada.md").write_text(page, encoding="utf-8")
    (root / "submission_metadata.json").write_text(json.dumps(who("ada")))
    copied = Path(shutil.copy(source / "run_autograder", root))  # as the platform does when it has built the image
    copied.chmod(0o755)
    run(copied, root)
    found = written(root)
    assert scores(found) == {"1(a)": 4, "1(b)": 0, "1(c)": 2}
    assert [t.get("max_score") for t in found["tests"][:3]] == [4, 2, 2]
