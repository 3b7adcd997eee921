"""What a class hands in: zips, exports and resubmissions; nothing is dropped without a word."""

import io
import json
import os
import time
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_course_forms import filled
from typer.testing import CliRunner

from derive.bank.banks import files, load
from derive.bank.grade import grade
from derive.cli import app
from derive.course import intake
from derive.course.assignment import Assignment
from derive.course.claims import Claims
from derive.course.collect import Collection
from derive.course.columns import BadMap, Columns
from derive.course.columns import load as load_map
from derive.course.roster import Student
from derive.course.sheet import Setter, form_page

WEEK = Assignment("week-3", "Week 3", "", (("conv/flipping", None), ("networks/activation_slopes", None)))
CLASS = (Student("ada", "Ada King"), Student("ben", "Benjamin Ohm"), Student("7cy", "Cy"))


@pytest.fixture(scope="module")
def problems():
    found = files()
    return {n: load(found[n], n) for n, _ in WEEK.entries}


@pytest.fixture(scope="module")
def blank(problems):
    setter = Setter(WEEK, problems)
    return {s.id: {k: form_page(setter.sheet(s), k) for k in ("md", "tex", "ipynb")} for s in CLASS}


@pytest.fixture
def collect(problems):
    def collected(*paths, keep="last", told=None, claims=None):
        whole = claims or Claims(WEEK, problems, CLASS, (told or Columns()).files)
        return Collection(whole, told or Columns(), keep).collect(paths)

    return collected


def answers(found):
    """(student, problem's last word, part) → answer, of all submissions."""
    return {(s.get("student"), s["problem"][-1], p): a for s in found.submissions for p, a in s["answers"].items() if a}


def kinds(found):
    return [r.kind for r in found.remarks]


def zipped(members, **options):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data, **options)
    return out.getvalue()


def test_a_folder_of_every_kind_of_form(collect, blank, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "x.md").write_text(filled(blank["ada"]["md"], {"1a": "(2, 3)"}), encoding="utf-8")
    (tmp_path / "sub/y.tex").write_text(filled(blank["ben"]["tex"], {"1b": "b"}), encoding="utf-8")
    (tmp_path / "z.ipynb").write_text(filled(blank["7cy"]["ipynb"], {"2a": "c"}, "ipynb"), encoding="utf-8")
    found = collect(tmp_path)
    assert answers(found) == {("ada", "g", "a"): "(2, 3)", ("ben", "g", "b"): "b", ("7cy", "s", "a"): "c"}
    assert (found.is_whole, found.remarks, found.silent, found.files) == (True, [], [], 3)
    assert all(s["seed"] == WEEK.seed_of(s["student"]) for s in found.submissions)
    assert len({s["id"] for s in found.submissions}) == 6


def test_what_is_collected_is_graded_unchanged(collect, blank, problems, tmp_path):
    right = {f"1{n}": p.answer.typed() for n, p in problems["conv/flipping"].variant(WEEK.seed_of("ada")).parts.items()}
    (tmp_path / "x.md").write_text(filled(blank["ada"]["md"], right), encoding="utf-8")
    (tmp_path / "ben.jpg").write_bytes(b"")
    mine, _, *photo = (grade(s, problems) for s in collect(tmp_path).submissions)
    assert (mine["marks"], mine["student"]) == (mine["out_of"], "ada")
    assert {p["status"] for p in photo} == {"needs a person"}
    assert photo[0]["parts"]["a"]["evidence"]["file"] == f"{tmp_path.name}/ben.jpg"
    assert photo[0]["attachments"] == [f"{tmp_path.name}/ben.jpg"]


def test_zips_within_zips_and_what_systems_put_there(collect, blank, tmp_path):
    form = filled(blank["ada"]["md"], {"1a": "7"})
    inner = zipped(
        {
            "deep/er/form.md": form,
            "__MACOSX/deep/._form.md": "x",
            ".DS_Store": "x",
            "Thumbs.db": "x",
            ".ipynb_checkpoints/f.ipynb": "{}",
        }
    )
    (tmp_path / "all.zip").write_bytes(
        zipped({"Ada King_123_file_/in.zip": inner, "Ada King_123_file_/form.log": "log"})
    )
    found = collect(tmp_path / "all.zip")
    assert answers(found) == {("ada", "g", "a"): "7"}
    assert {r.kind for r in found.remarks} == {"ignored"}
    within = "all.zip/Ada King_123_file_"
    assert {r.file.removeprefix(f"{within}/in.zip/") for r in found.remarks} == {
        f"{within}/form.log", "__MACOSX/deep/._form.md", ".DS_Store", "Thumbs.db", ".ipynb_checkpoints/f.ipynb",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["../up.md", "a/../../up.md", "/etc/up.md", "C:\\up.md", "..\\up.md"])
def test_a_path_that_leads_out_of_a_zip(collect, name, tmp_path):
    (tmp_path / "all.zip").write_bytes(zipped({name: "x"}))
    found = collect(tmp_path / "all.zip")
    assert "leads out of the zip" in found.remarks[0].text
    assert [p.name for p in tmp_path.rglob("*")] == ["all.zip"]


def test_bombs_are_not_unpacked(collect, tmp_path, monkeypatch):
    (tmp_path / "wide.zip").write_bytes(zipped({"a.md": b"0" * (intake.LARGEST + 1)}))
    assert "larger than 10 MB" in collect(tmp_path / "wide.zip").remarks[0].text
    monkeypatch.setattr(intake, "MEMBERS", 3)
    (tmp_path / "many.zip").write_bytes(zipped({f"{k}.md": "" for k in range(4)}))
    assert "more than 3 files" in collect(tmp_path / "many.zip").remarks[0].text
    deep = b""
    for k in range(5):
        deep = zipped({"in.zip": deep} if k else {"a.md": "x"})
    (tmp_path / "deep.zip").write_bytes(deep)
    assert "3 deep only" in collect(tmp_path / "deep.zip").remarks[0].text


def test_a_bomb_whose_header_lies(tmp_path, monkeypatch):
    """The size that a zip states is not what counts, but what comes out of it."""
    monkeypatch.setattr(intake, "LARGEST", 1000)
    data = zipped({"a.md": b"0" * 5000})
    lying = data.replace((5000).to_bytes(4, "little"), (500).to_bytes(4, "little"))
    assert lying != data
    (tmp_path / "a.zip").write_bytes(lying)
    one = intake.Intake([])
    pieces = list(one.pieces(tmp_path / "a.zip"))
    assert sum(len(p.data) for p in pieces) <= 500
    assert pieces or one.refused
    monkeypatch.setattr(intake, "IN_ALL", 2000)
    (tmp_path / "b.zip").write_bytes(zipped({f"{k}.md": b"0" * 900 for k in range(9)}))
    several = intake.Intake([], 2000)
    assert len(list(several.pieces(tmp_path / "b.zip"))) == 2
    assert len(several.refused) == 7


@pytest.mark.parametrize(
    "damage", [lambda d: d[: len(d) // 2], lambda d: d[:40] + b"\xff" * 20 + d[60:], lambda d: b"PK"]
)
def test_a_damaged_zip_is_named(collect, blank, damage, tmp_path):
    (tmp_path / "a.zip").write_bytes(damage(zipped({"form.md": blank["ada"]["md"]})))
    found = collect(tmp_path / "a.zip")
    assert not found.is_whole
    assert found.remarks[0].file.startswith("a.zip")


def test_links_are_not_followed(collect, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/secret.md").symlink_to("/etc/hostname")
    info = zipfile.ZipInfo("link.md")
    info.external_attr = 0o120777 << 16
    (tmp_path / "in/a.zip").write_bytes(zipped({info: "/etc/hostname"}))
    found = collect(tmp_path / "in")
    assert [r.text for r in found.remarks] == ["it is a link; links are not followed."] * 2


def test_pictures_belong_to_somebody_or_are_named(collect, blank, tmp_path):
    (tmp_path / "x.md").write_text(filled(blank["ada"]["md"], {"1a": "7"}), encoding="utf-8")
    for name in ("x.pdf", "ohmbenjamin_LATE_77_1_scan.pdf", "IMG_1.HEIC", "notes.exe", ".secret"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "Ada King_5_file_").mkdir()
    (tmp_path / "Ada King_5_file_/photo.png").write_bytes(b"")
    found = collect(tmp_path)
    mine, *_ = found.submissions
    assert mine["answers"]["a"] == "7"
    assert mine["answers"]["b"]["file"] == f"{tmp_path.name}/Ada King_5_file_/photo.png"
    assert [s["student"] for s in found.submissions] == ["ada", "ada", None, "ben", "ben", None]
    assert [s["problem"] for s in found.submissions if s["student"] is None] == [None, None], (
        "nobody's file is one line"
    )
    assert {r.file.split("/", 1)[1]: r.kind for r in found.remarks} == {
        "Ada King_5_file_/photo.png": "person",
        ".secret": "unplaced",
        "IMG_1.HEIC": "unplaced",
        "notes.exe": "unplaced",
        "ohmbenjamin_LATE_77_1_scan.pdf": "person",
        "x.pdf": "unplaced",
    }
    assert found.silent == ["7cy"]


def test_a_forms_own_pdf_answers_nothing(collect, blank, tmp_path):
    (tmp_path / "ada.tex").write_text(filled(blank["ada"]["tex"], {"1a": "7"}), encoding="utf-8")
    (tmp_path / "ada.pdf").write_bytes(b"")
    first = collect(tmp_path).submissions[0]
    assert first["answers"] == {"a": "7", "b": "", "c": ""}
    assert first["attachments"] == [f"{tmp_path.name}/ada.pdf"]


def test_claims_that_contradict_each_other(collect, blank, tmp_path):
    wrong = {"student": "ada", "problem": "conv/flipping", "seed": 5, "answers": {"a": "7"}}
    (tmp_path / "a.json").write_text(json.dumps(wrong), encoding="utf-8")
    (tmp_path / "ben.md").write_text(filled(blank["7cy"]["md"], {"1a": "8"}), encoding="utf-8")
    (tmp_path / "x.md").write_text(blank["ada"]["md"].replace('"student": "ada"', '"student": "eve"'), encoding="utf-8")
    found = collect(tmp_path)
    said = " ".join(map(str, found.remarks))
    assert f"it answers variant 5 of conv/flipping; ada's is {WEEK.seed_of('ada')}" in said
    assert "the form is 7cy's, the file's name is ben's" in said
    assert "eve is not on the roster" in said
    assert found.submissions[0]["answers"]["a"]["text"] == "7"
    assert answers(found)[None, "g", "a"]["text"] == "8", "what contradicts itself waits"
    assert found.silent == [], "all three are heard of"


def hand_ins(*entries):
    return "".join(json.dumps({"problem": "conv/flipping", **e}) + "\n" for e in entries)


THRICE = hand_ins(
    {"student": "ada", "answers": {"a": "2"}, "submitted_at": "2026-11-02T10:00:00Z"},
    {"student": "ada", "answers": {"a": "3"}, "submitted_at": "2026-11-02T12:00:00+01:00"},
    {"student": "ada", "answers": {"a": "1"}, "submitted_at": "2026-11-01T10:00:00Z"},
    {"student": "ada", "answers": {"a": ""}, "submitted_at": "2026-11-09T10:00:00Z"},
    {"student": "ben", "answers": {"a": "x"}},
    {"student": "ben", "answers": {"a": "x"}},
)


@pytest.mark.parametrize(("keep", "kept"), [("last", "3 x"), ("first", "1 x"), ("all", "1 2 3 x x")])
def test_of_several_hand_ins(collect, keep, kept, tmp_path):
    (tmp_path / "in.jsonl").write_text(THRICE, encoding="utf-8")
    found = collect(tmp_path / "in.jsonl", keep=keep)
    assert " ".join(s["answers"]["a"] for s in found.submissions if s["answers"]["a"]) == kept
    assert found.is_whole
    assert kinds(found) == ([] if keep == "all" else ["replaced"] * 4)
    assert len({s["id"] for s in found.submissions}) == len(found.submissions)
    if keep == "all":
        assert [s["attempt"] for s in found.submissions] == [1, 2, 3, 4, 1, 2]
    else:
        assert [r.text.split("(")[1] for r in found.remarks][1:] == [
            "--keep " + keep + ").",
            "the replaced one was empty).",
            "the same again).",
        ]


MOODLE = """\ufeffSurname,"First name","ID number","Email address",State,"Started on",Completed,"Time taken","Grade/10.00","Response 1","Response 2","Response 3","Response 4"
King,Ada,ada,a@x.org,Finished,"1 November 2026, 9:00 AM","1 November 2026, 9:30 AM","30 mins",-,"<p>\\(2\\)</p>","a &lt; b",-,
Ohm,Benjamin,ben,b@x.org,Finished,"1 November 2026, 9:00 AM","1 November 2026, 9:10 AM","10 mins",-,"x
y",'-x,\\mleft(x\\mright),z
"Overall average",,,,,,,,,-,-,-,-
"""  # noqa: E501
CANVAS = """name,id,sis_id,section,submitted,attempt,"4001: Give the convolution",1.0,"4002: Which?",1.0,"4003: c",1.0,"4004: d",1.0,n correct
Ada King,991,ada,S,2026-11-02 10:00:00 UTC,2,(2),1.0,a,0.0,b,0,c,0,1
"""  # noqa: E501


def export(tmp_path, text, name="quiz.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_a_moodle_quiz(collect, problems, tmp_path):
    week = Claims(Assignment("quiz", "Q", "", (("conv/flipping", None),)), problems, CLASS)
    told = load_map(
        export(
            tmp_path, '[columns]\n"Response 1" = "1a"\n"Response 2" = "1 (b)"\n"Response 3" = "conv/flipping c"\n', "m"
        )
    )
    found = collect(export(tmp_path, MOODLE), told=told, claims=week)
    assert answers(found) == {
        ("ada", "g", "a"): r"\(2\)", ("ada", "g", "b"): "a < b", # a dash is Moodle's for nothing
        ("ben", "g", "a"): "x\ny", ("ben", "g", "b"): "-x", ("ben", "g", "c"): r"\left(x\right)",
    }  # fmt: skip
    assert found.submissions[0]["submitted_at"] == "2026-11-01T09:30:00"
    assert kinds(found) == ["ignored"]


def test_as_many_responses_as_parts_need_no_map(collect, problems, tmp_path):
    labels = [f"1{p}" for p in problems["conv/flipping"].parts]
    week = Claims(Assignment("quiz", "Q", "", (("conv/flipping", None),)), problems, CLASS)
    three = MOODLE.replace(',"Response 4"', "").replace("-,\n", "-\n").replace(",z\n", "\n")
    assert len(labels) == 3
    found = collect(export(tmp_path, three), claims=week)
    assert answers(found)["ben", "g", "b"] == "-x"


def test_a_canvas_quiz(collect, problems, tmp_path):
    told = Columns(student="sis_id", columns={"4001: Give the convolution": ("1a",), "4003: c": ("1c",)})
    found = collect(export(tmp_path, CANVAS), told=told)
    assert answers(found) == {("ada", "g", "a"): "(2)", ("ada", "g", "c"): "b"}
    assert (found.submissions[0]["attempt"], found.submissions[0]["submitted_at"]) == (2, "2026-11-02T10:00:00+00:00")


def test_a_question_with_several_fields(collect, tmp_path):
    told = Columns(columns={"R": ("1a", "1b")})
    text = 'id;R\nada;"part 1: 3; part 2: a; b"\nben;unsplit\n'
    found = collect(export(tmp_path, text), told=told)
    assert answers(found) == {("ada", "g", "a"): "3", ("ada", "g", "b"): "a; b"}
    assert "line 3: the cell 'unsplit' does not hold the 2 parts" in str(found.remarks[0])


@pytest.mark.parametrize(
    ("text", "told", "said"),
    [
        ("id,What\nada,x\n", Columns(), "line 1: no column is known to hold an answer; say which with --map"),
        ("id,R\nada,x\n", Columns(columns={"Q": ("1a",)}), "line 1: the map names a column 'Q' that is not there."),
        ("id,R\nada,x\n", Columns(columns={"R": ("9z",)}), "the map sends 'R' to a part that the assignment has not."),
        ("1a\nx\n", Columns(), "line 2: nothing says whose it is; a person must look."),
        ("id,1a\neve,x\n", Columns(), "eve is not on the roster."),
        ('id,1a\nada,"x\n', Columns(), "line 2: a quotation mark opens a field that never ends."),
        ("", Columns(), "the table is empty."),
    ],
)
def test_a_table_that_cannot_be_placed(collect, text, told, said, tmp_path):
    found = collect(export(tmp_path, text), told=told)
    assert not found.is_whole
    assert any(said in str(r) for r in found.remarks)


def test_a_faulty_map_is_told(tmp_path):
    misspelt = "colums: there is no such field. Did you mean columns"
    for text, said in (("colums = 1", misspelt), ("[columns]\nR = 3", "columns.R: input should be"), ("x", "Expected")):
        with pytest.raises(BadMap, match=said):
            load_map(export(tmp_path, text, "m.toml"))


def test_a_file_that_the_map_names_and_nobody_finds_is_told(collect, tmp_path):
    (tmp_path / "there.pdf").write_bytes(b"")
    told = Columns(files={"there.pdf": "eve", "nothere.pdf": "ada", "here.pdf": "ben"})
    found = collect(tmp_path, told=told)
    assert [str(r) for r in found.remarks if "map" in r.text] == [
        "there.pdf: the map says that it is eve's, who is not on the roster.",
        "nothere.pdf: the map names it, and no file of this name was read.",
        "here.pdf: the map names it, and no file of this name was read.",
    ]
    assert [r.kind for r in found.remarks if "map" in r.text] == ["unplaced", "note", "note"]


def test_attempts_beyond_the_last_one(collect, problems, tmp_path):
    """They replace nothing; where there is nothing else, they wait."""
    once = Claims(replace(WEEK, attempts=1), problems, CLASS)
    table = export(tmp_path, "id,attempt,1a,1b\nada,1,3,\nada,2,4,5\nben,2,7,\n")
    found = collect(table, claims=once)
    assert answers(found)["ada", "g", "a"] == "3"
    assert ("ada", "g", "b") not in answers(found), "nor do they fill an empty place"
    assert answers(found)["ben", "g", "a"] == {"file": "quiz.csv, line 4", "why": "it is attempt 2 of 1", "text": "7"}
    assert [(r.kind, r.text) for r in found.remarks] == [
        ("unplaced", "it is attempt 2 of 1; a person must look."),
        ("replaced", "ada's conv/flipping is replaced by quiz.csv, line 2 (attempt 2 of 1 does not count)."),
    ]
    every = collect(table, claims=once, keep="all")
    assert [isinstance(s["answers"]["a"], str) for s in every.submissions] == [True, False, False]


def test_json_of_every_shape(collect, tmp_path):
    one = {
        "id": "q7",
        "student": "ada",
        "problem": "conv/flipping",
        "seed": WEEK.seed_of("ada"),
        "answers": {"a": {"text": "7"}},
    }
    two = {"student": "ben", "answers": {"1a": "8", "1q": "9", "2a": [1, 2]}}
    text = json.dumps({"submissions": [one, two, 3]})
    found = collect(export(tmp_path, text, "a.json"))
    assert answers(found) == {("ada", "g", "a"): {"text": "7"}, ("ben", "g", "a"): "8", ("ben", "s", "a"): "[1, 2]"}
    assert found.submissions[0]["id"] == "q7"
    assert [r.text[:30] for r in found.remarks] == ["there is no part '1q'; its ans", "this is no object with answers"]
    lines = collect(export(tmp_path, hand_ins(one) + "{\n" + hand_ins(two), "a.jsonl"))
    assert [r.line for r in lines.remarks if "not JSON" in r.text] == [2]


def test_without_knowing_the_assignment(blank, tmp_path):
    (tmp_path / "a.md").write_text(filled(blank["ada"]["md"], {"1a": "7"}), encoding="utf-8")
    (tmp_path / "b.png").write_bytes(b"")
    (tmp_path / "c.jsonl").write_text(hand_ins({"student": "ben", "answers": {"a": "8"}}), encoding="utf-8")
    found = Collection().collect([tmp_path])
    assert answers(found)["ada", "g", "a"] == "7"
    assert found.submissions[0]["seed"] == WEEK.seed_of("ada")
    assert answers(found)["ben", "g", "a"]["text"] == "8"
    assert found.submissions[-1]["problem"] is None
    assert kinds(found) == ["unplaced"] * 2


CELLS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="<>&'\xa0\u2028\u2029\x85"), max_size=20
)


@settings(max_examples=40, deadline=None)
@given(CELLS.filter(lambda t: "\\" not in t), st.sampled_from(",;\t"))
def test_a_plain_cell_comes_back_as_it_was_typed(text, separator):
    from derive.course.exports import Exports

    cell = '"' + text.replace('"', '""') + '"'
    exports = Exports({"1a": ("p/q", "a")})
    found = exports.table(f"id{separator}1a\nada{separator}{cell}\n".encode(), "t.csv")
    assert [h.answers for h in found] == [{"a": text.strip()}]


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["a.md", "a.ipynb", "a.csv", "a.json", "a.zip", "a.tex", "a.html"]))
def test_whatever_is_handed_in_is_placed_or_named(tmp_path_factory, data, name):
    folder = tmp_path_factory.mktemp("in")
    (folder / name).write_bytes(data)
    found = Collection().collect([folder])
    assert found.submissions or found.remarks


def test_the_command_says_what_it_did(blank, tmp_path):
    (tmp_path / "week-3.toml").write_text(
        'title = "W"\n[[problems]]\nname = "conv/flipping"\n[[problems]]\nname = "networks/activation_slopes"\n',
        encoding="utf-8",
    )
    (tmp_path / "in").mkdir()
    (tmp_path / "in/x.md").write_text(filled(blank["ada"]["md"], {"1a": "\U0001d6fc é"}), encoding="utf-8")
    out = tmp_path / "s.jsonl"
    arguments = ["collect", str(tmp_path / "in"), "--assignment", str(tmp_path / "week-3.toml"), "-o", str(out)]
    done = CliRunner().invoke(app, arguments)
    assert (done.exit_code, done.stderr) == (0, "2 submissions of 1 student from 1 file\n")
    assert [json.loads(line)["answers"].get("a") for line in out.read_text(encoding="utf-8").splitlines()] == [
        "\U0001d6fc é",
        "",
    ]
    (tmp_path / "in/y.txt").write_text("hello", encoding="utf-8")
    again = CliRunner().invoke(app, [*arguments, "--json"])
    assert again.exit_code == 1
    assert json.loads(again.stderr)["file"] == "in/y.txt"
    assert CliRunner().invoke(app, [*arguments, "--keep", "best"]).exit_code == 2
    missing = CliRunner().invoke(app, ["collect", str(tmp_path / "nothing.md")])
    assert isinstance(missing.exception, OSError)


def test_a_form_that_a_platform_made_html(collect, blank, tmp_path):
    lines = (
        filled(blank["ada"]["md"], {"1a": "a<b>c"})
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .split("\n")
    )
    (tmp_path / "onlinetext.html").write_text("".join(f"<p>{line}</p>" for line in lines), encoding="utf-8")
    assert answers(collect(tmp_path)) == {("ada", "g", "a"): "a<b>c"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", "<b>" * 300_000),
        ("a.html", "<!--" * 300_000),
        ("a.html", "<p" + " " * 500_000),
        ("a.md", "<!-- derive:end 1a -->" * 10_000),
        ("a.md", "<!-- derive:answer 1a p/q 7 0a1b2c3d -->\n" * 6_000),
        (
            "a.md",
            "<!-- derive:answer 1a p/q 7 0a1b2c3d -->" + "x\n" * 200_000 + "<!-- derive:answer 1b p/q 7 0a1b2c3d -->",
        ),
        ("a.tex", "%%% derive:answer 1a p/q " + "7" * 9000 + " 0a1b2c3d %%%"),
        ("a.csv", "id,seed,attempt,p/q a\nx," + "9" * 9000 + "," + "9" * 9000 + "," + "<b>" * 200_000),
        ("a.csv", "id,p/q a\nx," + " " * 900_000 + "x"),
        ("a.json", '{"answers": {"a": "x"}, "problem": "p", "seed": ' + "9" * 9000 + "}"),
    ],
)
def test_what_is_meant_to_take_long_does_not(name, text, tmp_path):
    (tmp_path / name).write_text(text, encoding="utf-8")
    start = time.process_time()
    found = Collection().collect([tmp_path])
    assert time.process_time() - start < 2
    assert found.submissions or found.remarks


def test_names_of_files_reach_no_terminal_as_they_are(tmp_path):
    (tmp_path / "all.zip").write_bytes(zipped({"\x1b[2Jx.exe": ""}))
    (found,) = Collection().collect([tmp_path / "all.zip"]).remarks
    assert str(found) == "all.zip/\\x1b[2Jx.exe: files of this kind are not read."
    (tmp_path / os.fsdecode(b"\xe9.md")).write_text("", encoding="utf-8")
    done = CliRunner().invoke(app, ["collect", str(tmp_path), "--json"])
    assert (done.exit_code, "?.md" in done.stderr) == (1, True)


def test_a_name_in_two_signs_is_the_same(problems, tmp_path):
    (tmp_path / "Jose\u0301 Sua\u0301rez_4_file_").mkdir()
    (tmp_path / "Jose\u0301 Sua\u0301rez_4_file_/p.pdf").write_bytes(b"")
    found = Collection(Claims(WEEK, problems, (Student("j7", "José Suárez"),))).collect([tmp_path])
    assert (found.submissions[0]["student"], found.is_whole) == ("j7", True)


def test_two_students_whom_a_name_may_mean(problems, tmp_path):
    (tmp_path / "ada_and_ben.pdf").write_bytes(b"")
    found = Collection(Claims(WEEK, problems, CLASS)).collect([tmp_path])
    assert (found.is_whole, found.silent) == (False, ["ada", "ben", "7cy"])
    assert [(s["student"], s["problem"], s["attachments"]) for s in found.submissions] == [
        (None, None, [f"{tmp_path.name}/ada_and_ben.pdf"])
    ]


def test_the_emptiest_column_is_not_the_id(collect, tmp_path):
    found = collect(export(tmp_path, "ID number,Username,1a\n,ada,7\n-,ben,8\n"))
    assert answers(found) == {("ada", "g", "a"): "7", ("ben", "g", "a"): "8"}


def test_a_hard_space_is_a_space(collect, tmp_path):
    assert answers(collect(export(tmp_path, "id,1a\nada,a\xa0b&nbsp;c\n")))["ada", "g", "a"] == "a b c"


def test_a_damaged_hand_in_waits_for_a_person(collect, blank, tmp_path):
    """Whose file it is, is known by its name: that student has handed something in."""
    (tmp_path / "ada.md").write_text("(1, 2)", encoding="utf-8")
    (tmp_path / "ben.zip").write_bytes(b"PK")
    (tmp_path / "7cy.md.gz").write_bytes(b"\x1f\x8b")
    found = collect(tmp_path)
    waits = {s["student"]: s["answers"]["a"]["why"] for s in found.submissions if s["problem"] == "conv/flipping"}
    assert waits.keys() == {"ada", "ben", "7cy"}
    assert waits["ada"] == "no marked place of a form stands in it."
    assert (found.silent, found.is_whole) == ([], False)
    (tmp_path / "nobody.zip").write_bytes(b"PK")
    assert len(collect(tmp_path).submissions) == len(found.submissions)


def test_what_cannot_be_read_is_one_remark(collect, blank, tmp_path, monkeypatch):
    (tmp_path / "ada.md").write_text(filled(blank["ada"]["md"], {"1a": "7"}), encoding="utf-8")
    (tmp_path / "ben.md").write_text("x", encoding="utf-8")
    (tmp_path / "locked").mkdir()
    real, scan = intake.Path.open, os.scandir

    def refused(self, *rest, **more):
        if self.name == "ben.md":
            raise PermissionError(13, "Permission denied", str(self))
        return real(self, *rest, **more)

    def closed(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(intake.Path, "open", refused)
    monkeypatch.setattr(os, "scandir", closed)
    found = collect(tmp_path)
    assert answers(found)["ada", "g", "a"] == "7"
    said = " ".join(map(str, found.remarks))
    assert "ben.md: it cannot be read: Permission denied." in said
    assert "locked: the folder cannot be read: Permission denied." in said


def test_what_this_suite_wrote_is_no_hand_in(collect, blank, tmp_path):
    (tmp_path / "ada.md").write_text(filled(blank["ada"]["md"], {"1a": "7"}), encoding="utf-8")
    (tmp_path / "s.jsonl").write_text(hand_ins({"student": "ada", "answers": {"a": "old"}}), encoding="utf-8")
    (tmp_path / "r.jsonl").write_text(
        hand_ins({"student": "ada", "answers": {"a": "old"}, "parts": {}, "status": "graded"})
    )
    claims = Claims(WEEK, {n: load(files()[n], n) for n, _ in WEEK.entries}, CLASS)
    found = Collection(claims).collect([tmp_path], tmp_path / "s.jsonl")
    assert answers(found)["ada", "g", "a"] == "7"
    assert [r.kind for r in found.remarks] == ["unplaced", "ignored"]


def test_empty_places_replace_nothing(collect, blank, tmp_path):
    (tmp_path / "ada_1.md").write_text(filled(blank["ada"]["md"], {"1a": "7", "1c": "none"}), encoding="utf-8")
    (tmp_path / "ada_2.md").write_text(filled(blank["ada"]["md"], {"1b": "8", "1c": "all"}), encoding="utf-8")
    found = collect(tmp_path)
    assert found.submissions[0]["answers"] == {"a": "7", "b": "8", "c": "all"}
    assert "(a) is empty there and kept from" in str(found.remarks[0])
    first = collect(tmp_path, keep="first")
    assert first.submissions[0]["answers"] == {"a": "7", "b": "", "c": "none"}


def test_a_form_of_another_assignment_waits(collect, blank, problems, tmp_path):
    other = Assignment("other", "Other", "", (("conv/flipping", None),))
    page = form_page(Setter(other, problems).sheet(CLASS[0]), "md")
    (tmp_path / "x.md").write_text(filled(page, {"1a": "7"}), encoding="utf-8")
    found = collect(tmp_path)
    assert answers(found)["ada", "g", "a"]["text"] == "7"
    assert "it is a form of other, not of week-3" in str(found.remarks)


def test_a_scan_beside_ones_own_form_where_two_have_one_name(problems, blank, tmp_path):
    twins = Claims(WEEK, problems, (Student("ada", "Lu Smith"), Student("b2", "Lu Smith")))
    folder = tmp_path / "Lu Smith_4_assignsubmission_file_"
    folder.mkdir()
    (folder / "form.md").write_text(filled(blank["ada"]["md"], {"1a": "7"}), encoding="utf-8")
    (folder / "scan.pdf").write_bytes(b"x")
    found = Collection(twins).collect([tmp_path])
    assert {s["student"] for s in found.submissions} == {"ada"}
    assert found.submissions[0]["attachments"] == [f"{tmp_path.name}/{folder.name}/scan.pdf"]
    assert found.submissions[0]["answers"]["b"]["file"].endswith("scan.pdf")


def test_a_form_without_a_suffix_is_read(collect, blank, tmp_path):
    (tmp_path / "answers35").write_text(filled(blank["ada"]["md"], {"1a": "7"}), encoding="utf-8")
    (tmp_path / "README").write_text("hello", encoding="utf-8")
    found = collect(tmp_path)
    assert answers(found)["ada", "g", "a"] == "7"
    assert [str(r) for r in found.remarks] == [f"{tmp_path.name}/README: files of this kind are not read."]
