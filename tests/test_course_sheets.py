"""What a class is set: rosters, sheets, keys and forms as files."""

import json
import re
from dataclasses import replace
from fractions import Fraction

import nbformat
import pytest
from typer.testing import CliRunner

from derive import Choice, Integers, Part, Problem, Rubric
from derive.bank.banks import files, load
from derive.cli import app
from derive.course.assignment import Assignment
from derive.course.fair import unfair
from derive.course.hand_out import RENDERERS, Page, pages, put
from derive.course.markers import marks, seed_in, told, total
from derive.course.roster import BadRoster, Student, file_names
from derive.course.roster import load as load_roster
from derive.course.sheet import Setter, form_page, key_page, labels, sheet_page

NAMES = ("conv/gradients", "conv/flipping")
WEEK = Assignment("week-3", "Week 3", "Read $x_1$.", tuple((n, None) for n in NAMES), due="Friday")
ADA, BEN = Student("ada", r"Ada \input{x} <script>"), Student("b_n", "")


@pytest.fixture(scope="module")
def problems():
    found = files()
    return {n: load(found[n], n) for n in NAMES}


@pytest.fixture(scope="module")
def sheets(problems):
    setter = Setter(WEEK, problems)
    return [setter.sheet(s) for s in (ADA, BEN)]


@pytest.mark.parametrize(
    "text",
    [
        b"id,name\nada,Ada K\nben,\n",
        b"\xef\xbb\xbfName;ID\r\nAda K;ada\r\n;ben\r\n",
        "Student ID\tfirst_name\tSurname\n ada \tAda\tK\n\nben\t\t\n".encode("utf-16"),
        b'"SIS User ID","Student Name"\n"ada","Ada K"\n"ben",""\n',
    ],
)
def test_rosters_as_platforms_write_them(text, tmp_path):
    (tmp_path / "r.csv").write_bytes(text)
    assert load_roster(tmp_path / "r.csv") == [Student("ada", "Ada K"), Student("ben", "")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "line 1: the roster is empty; its first line names the columns."),
        (b"id\n", "line 1: the roster names columns, but no student."),
        (
            b"who,mark\nada,1\n",
            "line 1: no column is called id (or student, ID number, username); there are who, mark.",
        ),
        (
            b"id\nada\nben\nada\nben\n",
            "line 4: the id ada stands in line 2 already.\nline 5: the id ben stands in line 3",
        ),
        (b"id,name\nada,A\n,B\n", "line 3: the id is empty."),
        (b"id,name\nada,A,B\n", "line 2: there are 3 cells under 2 columns."),
        (b"id\nada\nJos\xe9\n", "line 3: this is not UTF-8 (byte 0xe9); save the file as UTF-8."),
        (b'id,name\nada,"A\nben,B\n', "line 2: a quotation mark opens a field that never ends."),
        (b"id\na\x07a\n", "line 2: the id 'a\\x07a' holds a sign that cannot be printed."),
    ],
)
def test_a_faulty_roster_is_told_by_lines(text, said, tmp_path):
    path = tmp_path / "r.csv"
    path.write_bytes(text)
    with pytest.raises(BadRoster) as error:
        load_roster(path)
    assert str(error.value).replace(f"{path}, ", "").startswith(said)
    assert all(line.startswith(f"{path}, line ") for line in str(error.value).splitlines())


def test_file_names_are_safe_and_their_own():
    ids = ["ada", "Ada", "../../etc/passwd", "a/b", "a b", "a_b", "", "NUL", ".x", "x" * 300, "-rf", "öä", "$(x)"]
    found = file_names(ids)
    assert len({n.casefold() for n in found.values()}) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", n) for n in found.values())
    assert found["a_b"] == "a_b"
    assert "NUL" not in found.values()


@pytest.mark.parametrize("form", ["md", "tex"])
def test_a_sheet_says_what_is_asked_and_the_key_what_is_right(sheets, form):
    sheet, key = sheet_page(sheets[0], form), key_page(sheets[0], form)
    assert "Week 3" in sheet
    assert "Friday" in sheet
    assert "derive:" not in sheet
    flip = sheets[0].problems[1]
    answers = [a.part.answer.show() for a in flip.parts]
    assert all(a in key for a in answers)
    assert not any(a in sheet for a in answers)
    assert f"--seed {WEEK.seed_of('ada')}" in key
    assert "keeps 1 mark)" in key
    assert "filters with an odd number of taps" in sheet


def test_a_name_is_no_command_and_no_tag(sheets):
    assert r"\textbackslash{}input\{x\} <script>" in sheet_page(sheets[0], "tex")
    assert r"\\input\{x\} \<script\>" in sheet_page(sheets[0], "md")


def test_marks_of_the_assignment_are_shared_out(problems):
    sheet = Setter(replace(WEEK, entries=((NAMES[1], 10),)), problems).sheet(ADA)
    own = [p.marks for p in problems[NAMES[1]].parts.values()]
    assert [a.marks for a in sheet.problems[0].parts] == [Fraction(10 * m, sum(own)) for m in own]
    assert "*10 marks; due Friday.*" in sheet_page(sheet, "md")
    assert "*(2.5 marks)*" in sheet_page(sheet, "md")


@pytest.mark.parametrize("form", ["md", "tex", "ipynb"])
def test_a_form_has_a_place_for_each_part(sheets, problems, form):
    text = form_page(sheets[0], form)
    if form == "ipynb":
        book = nbformat.reads(text, as_version=4)
        nbformat.validate(book)
        text = "\n".join(c.source for c in book.cells)
    found = marks(text)
    places = [m for m in found if m.what == "answer"]
    assert [m.label for m in places] == list(labels(WEEK, problems))
    assert {(m.problem, seed_in(m.code)) for m in places} == {(n, WEEK.seed_of("ada")) for n in NAMES}
    assert [total(m.before) for m in places] == [m.total for m in places]
    assert told(found[0])["student"] == "ada"


def test_both_are_asked_the_same_with_other_numbers(sheets):
    assert list(unfair(sheets)) == []
    assert sheet_page(sheets[0], "md").replace("ada", "b_n") != sheet_page(sheets[1], "md")


def odd(values):
    return Choice("yes", "no") if values["n"] else Rubric(("so",))


def test_a_variant_that_asks_for_something_else_is_told():
    odd_one = Problem("T", "S", {"a": Part("Q", odd)}, params={"n": Integers(0, 3)}, name="x/odd")
    setter = Setter(replace(WEEK, entries=(("x/odd", None),)), {"x/odd": odd_one})
    sheets = [setter.sheet(Student(f"s{k}")) for k in range(20)]
    differing = [s for s in sheets if not s.problems[0].variant.values["n"]]
    assert 0 < len(differing) < 10
    said = list(unfair(sheets))
    assert [line.split(":")[0] for line in said] == [s.student.id for s in differing]
    assert said[0].endswith("in (a) asks for Rubric, others Choice.")


def test_one_seed_for_all_has_one_key(problems):
    week = replace(WEEK, seeds="one", seed=4, forms=("md",))
    setter = Setter(week, problems)
    found = [p.path for p in pages(week, [setter.sheet(s) for s in (ADA, BEN)])]
    assert found == ["forms/ada.md", "sheets/ada.md", "forms/b_n.md", "sheets/b_n.md", "key/week-3.md"]


def test_a_file_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    put(tmp_path, Page("sheets/a.md", b"first"))
    from pathlib import Path

    def full(self, target):
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        put(tmp_path, Page("sheets/a.md", b"second"))
    assert [p.name for p in (tmp_path / "sheets").iterdir()] == ["a.md"]
    assert (tmp_path / "sheets/a.md").read_bytes() == b"first"


@pytest.fixture
def course(tmp_path):
    (tmp_path / "week.toml").write_text('title = "W"\n[[problems]]\nname = "conv/flipping"\n', encoding="utf-8")
    (tmp_path / "r.csv").write_text("id\nada\nben\n", encoding="utf-8")
    return tmp_path


def ran(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_the_command_writes_the_same_bytes_each_time(course):
    one, two = (
        ran(
            "sheet",
            course / "week.toml",
            "--students",
            course / "r.csv",
            "-o",
            course / n,
            "--format",
            "md,tex",
            "--json",
        )
        for n in ("one", "two")
    )
    assert (one.exit_code, two.exit_code) == (0, 0)
    assert json.loads(one.stdout)["files"] == 14
    texts = [{p.relative_to(course / n): p.read_bytes() for p in (course / n).rglob("*.*")} for n in ("one", "two")]
    assert texts[0] == texts[1]
    assert len(texts[0]) == 14


def test_what_an_earlier_run_left_is_named(course):
    ran("sheet", course / "week.toml", "--students", course / "r.csv", "-o", course / "out")
    (course / "r.csv").write_text("id\nada\n", encoding="utf-8")
    found = ran("sheet", course / "week.toml", "--students", course / "r.csv", "-o", course / "out")
    assert "from an earlier run: sheets/ben.md" in found.stdout
    assert "ada" not in found.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--format", "docx"), "sheets cannot be written as docx; choose from"),
        (("--forms", "odt"), "there is no answer form odt; choose from ipynb, md, tex."),
        (("--students", "week.toml"), "week.toml, line 1: no column is called id"),
        ((), "each student has a seed of their own"),
    ],
)
def test_misuse_is_a_sentence(course, options, said, monkeypatch):
    monkeypatch.chdir(course)
    roster = ["--students", "r.csv"] if options and "--students" not in options else []
    done = ran("sheet", "week.toml", "-o", "out", *options, *roster)
    assert (done.exit_code, said in done.stderr) == (2, True)
    assert not (course / "out").exists()


def test_a_roster_that_is_not_there(course, monkeypatch):
    monkeypatch.chdir(course)
    assert isinstance(ran("sheet", "week.toml", "-o", "out", "--students", "nobody.csv").exception, FileNotFoundError)


def test_html_escapes_what_a_student_is_called(sheets):
    page = key_page(sheets[0], "html")
    assert r"Ada \input{x} &lt;script&gt;" in page
    assert "<script" not in page
    assert page.count('class="result"') == sum(len(p.parts) for p in sheets[0].problems)
    assert 'class="result"' not in sheet_page(sheets[0], "html")


def test_a_pdf_is_the_same_each_time(sheets):
    source = key_page(replace(sheets[0], problems=sheets[0].problems[1:]), "pdf")
    assert '#"Ada \\\\input{x} <script>";' in source
    made = RENDERERS["pdf"](source)
    assert made.startswith(b"%PDF")
    assert made == RENDERERS["pdf"](source)


def test_a_format_whose_extra_is_missing_is_said_before_anything_is_written(course, monkeypatch):
    monkeypatch.setattr("derive.course.hand_out.find_spec", lambda name: None if name == "tylax" else name)
    done = ran(
        "sheet", course / "week.toml", "--students", course / "r.csv", "-o", course / "out", "--format", "md,pdf"
    )
    assert (done.exit_code, done.output) == (2, "derive: PDF needs the extra 'pdf': pip install 'derive-suite[pdf]'.\n")
    assert not (course / "out").exists()


def test_one_page_that_cannot_be_set_costs_nobody_else_theirs(course):
    (course / "r.csv").write_text("id,name\nada,Ada\nben,王小明\n王,Wang\n", encoding="utf-8")
    (course / "week.toml").write_text('title = "W"\nseeds = "one"\n[[problems]]\nname = "kinds"\n', encoding="utf-8")
    (course / "bank").mkdir()
    (course / "bank" / "kinds.py").write_text(
        "from derive.bank.choice import Choice\nfrom derive.bank.problem import Part, Problem\n"
        'problem = Problem("Kinds", "Which?", {"a": Part("x << arrow >> y", Choice("one", "two"), 1)})\n'
    )
    command = ("sheet", course / "week.toml", "--students", course / "r.csv", "-o", course / "out", "--bank", course / "bank",
               "--format", "md,pdf", "--forms", "md")  # fmt: skip
    path = course / "bank" / "kinds.py"
    bare = path.read_text()
    path.write_text(bare.replace("<< arrow >>", "to"))
    found = ran(*command)
    assert found.exit_code == 1
    assert "without the name: sheets/ben.pdf: " in found.stdout
    assert re.search("not written: sheets/student-[0-9a-f]{8}.pdf: ", found.stdout)
    assert {p.stem for p in (course / "out/forms").iterdir()} > {"ada", "ben"}
    assert len(list((course / "out/forms").iterdir())) == 3
    path.write_text(bare.replace("<< arrow >>", "$x \\\\leftarrowtail y$"))
    found = ran(*command)
    assert found.exit_code == 1
    assert re.search("not written: sheets/ada.pdf, .* and 1 others: kinds \\(a\\): .*leftarrowtail", found.stdout)
    assert len(list((course / "out/sheets").glob("*.md"))) == 3


def test_a_name_steers_no_terminal(tmp_path):
    (tmp_path / "r.csv").write_text("id,name\nada,Ada\x1b[2J\u202e \x00King\n", encoding="utf-8")
    assert load_roster(tmp_path / "r.csv")[0].name == "Ada [2J King"
