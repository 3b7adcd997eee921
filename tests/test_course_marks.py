"""A person's part, changing one's mind, the report and the gradebook."""

import csv
import io
import json
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest
from course_class import SIGNS, bank, course, read, row, written
from typer.testing import CliRunner

from derive.cli import app
from derive.course.assignment import Assignment
from derive.course.batch import grade_file, results_of
from derive.course.decisions import BadDecision, Decision, Decisions, decide, keep
from derive.course.gradebook import gradebook, left_out
from derive.course.groups import Group, Like, grouped, visible
from derive.course.groups import waiting as those_waiting
from derive.course.pages import code, marks_figure, page, parts_figure
from derive.course.regrade import regrade
from derive.course.report import Book
from derive.course.setting import Worth

CLASS = [
    row(1, a="minus", b="plus", c="It is  negative."),
    row(2, a="plus", b="plus", c="it is negative"),
    row(3, a="minus", b="minus", c="no idea at all"),
    row(4, a="minus", b="plus"),
    row(5, a="nothing like it", b="plus", c="It is  negative."),
]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    output = tmp_path / "out.jsonl"
    grade_file(written(tmp_path / "in.jsonl", CLASS), output, course(tmp_path))
    return output


def derive(results: Path, *arguments: object) -> tuple[int, str]:
    """The exit code of a command on results, and what it says."""
    command, *rest = map(str, arguments)
    folders = [] if command == "report" else ["--bank", str(results.parent / "bank")]
    done = CliRunner().invoke(app, [command, str(results), *rest, *folders])
    return done.exit_code, done.output


def waiting(results: Path) -> dict[str, list[str]]:
    decisions = Decisions.read(results.with_name("decisions.jsonl"))
    return {r["id"]: r["pending"] for r in map(decisions.applied, read(results)) if r["pending"]}


def test_what_waits_is_grouped(results: Path) -> None:
    found = grouped(those_waiting(read(results)), course(results.parent).shelf)
    assert [(g.part, g.ids) for g in found] == [("c", ["s1", "s5", "s2"]), ("a", ["s5"]), ("c", ["s3"])]
    assert found[0].why == "undecided: A person will read this."
    assert len({name for g in found for name in g.names}) == 4


def test_one_wording_is_one_line(results: Path) -> None:
    likes = [Like(seed, "because", [seed, seed + 10]) for seed in range(3)] + [Like(5, "be cause", [5])]
    assert Group("signs", "c", "Why?", 3, "", likes).texts == [("because", 6), ("be cause", 1)]
    source = written(results.parent / "long.jsonl", [row(1, c="word " * 30_000)])
    grade_file(source, results, course(results.parent))
    shown = derive(results, "review")[1]
    assert "… (149999 characters)" in shown
    assert len(shown) < 1000


def test_sentences_are_grouped_over_variants_and_numbers_are_not(tmp_path: Path) -> None:
    """The statement shows another number in each variant; a sentence without one says the same in all of them."""
    texts = ["It is a negative one.", "it is a  negative one", "It is 3 below zero.", "-n", "two words"]
    rows = [{**row(10 * k + seed, c=text), "seed": seed} for k, text in enumerate(texts) for seed in range(1, 5)]
    output = tmp_path / "out.jsonl"
    shelf = course(tmp_path).shelf
    grade_file(written(tmp_path / "in.jsonl", rows), output, course(tmp_path))
    statements = {shelf["signs"].variant(seed).statement for seed in range(1, 5)}
    found = grouped(those_waiting(read(output)), shelf)
    assert len(statements) > 1
    assert sorted(len(g.ids) for g in found)[-1] == 8
    assert len(found) == 1 + 3 * len(statements)


def test_formulas_are_grouped_by_comparing_them(tmp_path: Path) -> None:
    shelf = course(tmp_path).shelf.__class__()
    part = {"verdict": "undecided", "marks": None, "out_of": 3, "feedback": "", "evidence": {}}
    texts = [r"\sum_i g_i x_{i+u-1}", r"\sum_i x_{i+u-1} g_i", r"\sum_i x_{i+u+1} g_i", r"\foo{x", r"\foo{ x"]
    rows = [
        {"id": k, "problem": "conv/gradients", "seed": 1, "answers": {"b": t}, "pending": ["b"], "parts": {"b": part}}
        for k, t in enumerate(texts)
    ]
    assert sorted(sorted(g.ids) for g in grouped(those_waiting(rows), shelf)) == [[0, 1], [2], [3], [4]]


def test_a_decision_about_a_group_counts_now_and_later(results: Path) -> None:
    group = grouped(those_waiting(read(results)), course(results.parent).shelf)[0]
    code_, said = derive(
        results, "decide", group.id, "--marks", 2, "--who", "ann", "--words", "Nearly.", "--why", "sign"
    )
    assert (code_, said) == (0, "signs (c), 2 wordings: 2 of 3.\n")
    assert waiting(results) == {"s3": ["c"], "s5": ["a"]}
    assert [r["marks"] for r in read(results)] == [None, None, None, 3, None], "results are as they were"
    more = [*CLASS, row(6, c="it is negative")]
    made = Decisions.read(results.with_name("decisions.jsonl"))
    source = written(results.parent / "more.jsonl", more)
    grade_file(source, results, course(results.parent, decisions=made))
    found = read(results)
    assert [r["marks"] for r in found] == [5, 4, None, 3, None, 2]
    part = found[5]["parts"]["c"]
    assert (part["feedback"], part["decision"]["who"], part["decision"]["why"]) == ("Nearly.", "ann", "sign")
    assert part["automatic"]["marks"] is None
    grade_file(source, results, course(results.parent))
    assert [r["marks"] for r in read(results)] == [None, None, None, 3, None, None], "it is no longer there"


def test_students_read_what_a_person_said_and_nothing_for_staff(tmp_path: Path) -> None:
    made = Decisions()
    made.take(Decision("signs", "a", ((1, "plus"),), 2, "ann", "now"))
    output = tmp_path / "out.jsonl"
    source = written(tmp_path / "in.jsonl", [row(1, a="plus")])
    grade_file(source, output, course(tmp_path, audience="student", decisions=made))
    part = read(output)[0]["parts"]["a"]
    assert (part["marks"], part["feedback"], part["decision"]) == (2, "A person has marked this.", {"when": "now"})
    assert "automatic" not in part


def test_applying_twice_is_applying_once(results: Path) -> None:
    made = Decisions()
    made.take(Decision("signs", "c", ((1, "no idea at all"),), 1.5, "ann", "now", id="s3"))
    once = [made.applied(r) for r in read(results)]
    assert [made.applied(r) for r in once] == once
    assert [Decisions().applied(r) for r in once] == read(results)
    assert once[2]["marks"] == 3.5


def test_one_student_before_the_group(results: Path) -> None:
    group = grouped(those_waiting(read(results)), course(results.parent).shelf)[0]
    derive(results, "decide", group.id, "--marks", 2, "--who", "ann")
    assert derive(results, "decide", "--id", "s2", "--part", "c", "--marks", 3, "--who", "bo")[0] == 0
    made = Decisions.read(results.with_name("decisions.jsonl"))
    assert [made.applied(r)["parts"]["c"]["marks"] for r in read(results)] == [2, 3, None, 0, 2]
    other = {**read(results)[1], "answers": {"c": "another answer"}}
    assert made.applied(other)["parts"]["c"]["marks"] is None, "never to another answer"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--id", "s9", "--part", "c", "--marks", 1], "there is no submission s9 in"),
        (["--id", "s1", "--part", "z", "--marks", 1], "signs has no part z; it has a, b, c."),
        (["--id", "s1", "--part", "c", "--marks", 4], "signs (c) has 0 to 3 marks, not 4."),
        (["--id", "s1", "--part", "c", "--marks", "nan"], "signs (c) has 0 to 3 marks, not nan."),
        (["--id", "s1", "--marks", 1], "say which part"),
        (["--id", "s1", "--part", "c"], "say what it earns"),
        (["00000000", "--marks", 1], "no group 00000000 waits"),
        ([], "name a group"),
    ],
)
def test_a_decision_that_cannot_be_made_is_a_sentence(results: Path, arguments: list[object], said: str) -> None:
    exit_code, output = derive(results, "decide", *arguments)
    assert exit_code == 2
    assert said in output
    assert not results.with_name("decisions.jsonl").exists()


def test_a_second_decision_must_say_that_it_replaces(results: Path) -> None:
    one = ["--id", "s1", "--part", "c", "--who", "ann", "--marks"]
    assert derive(results, "decide", *one, 1)[0] == 0
    exit_code, output = derive(results, "decide", *one, 2)
    assert exit_code == 2
    assert "ann gave 1 on 20" in output
    assert derive(results, "decide", *one, 2, "--replace")[0] == 0
    made = Decisions.read(results.with_name("decisions.jsonl"))
    assert (made.applied(read(results)[0])["parts"]["c"]["marks"], made.faults) == (2, [])


def test_what_is_wrong_with_decisions_is_said_and_not_applied(results: Path) -> None:
    path = results.with_name("decisions.jsonl")
    one = Decision("signs", "c", ((1, "no idea at all"),), 1, "ann", "now", id="s3")
    keep(path, one)
    keep(path, replace(one, marks=2, who="bo"))
    with path.open("ab") as file:
        file.write(b'{"problem": "signs", "pa')
    keep(path, replace(one, id="s77"))
    keep(path, replace(one, id="s4", answers=((1, None),), marks=9))
    exit_code, output = derive(results, "report")
    assert exit_code == 0
    assert "Lines 1 and 2 of decisions.jsonl disagree about an answer of s3 to signs (c): 1 by ann, 2 by bo." in output
    assert "Line 3 of decisions.jsonl is no decision" in output
    assert "Line 4 of decisions.jsonl is about an answer of s77" in output
    assert "Line 5 of decisions.jsonl gives 9 of 3 marks; it is not applied." in output
    assert waiting(results)["s3"] == ["c"]


def test_marks_outside_the_part_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDecision):
        decide(tmp_path / "d.jsonl", Decision("signs", "c", ((1, "x"),), -1, "ann", ""), Worth(3))


def test_a_corrected_key_says_who_changes_before_anything_is_written(results: Path) -> None:
    before = results.read_bytes()
    bank(
        results.parent,
        SIGNS.replace('Choice("minus", "plus"', 'Choice("plus", "minus"').replace("title", "version=2, title"),
    )
    exit_code, output = derive(results, "regrade")
    assert exit_code == 0
    assert "s1  signs (a): 2 → 0 of 2: version 1 → 2, equal → different" in output
    assert "s2  signs (a): 1 → 2 of 2: version 1 → 2, partly → equal" in output
    assert "4 changes: 1 up or settled anew, 3 down. Nothing is written;" in output
    assert "\nsigns (a): 1 up" not in output, "so few changes need no sum for each part"
    assert results.read_bytes() == before
    rows = [json.loads(line) for line in derive(results, "regrade", "--json")[1].splitlines()]
    assert [(r["id"], r["before"], r["after"]) for r in rows] == [
        ("s1", 2, 0),
        ("s2", 1, 2),
        ("s3", 2, 0),
        ("s4", 2, 0),
    ]
    derive(results, "regrade", "--write")
    assert [r["parts"]["a"]["marks"] for r in read(results)] == [0, 2, 0, 0, None]
    fresh = results.with_name("fresh.jsonl")
    grade_file(results.with_name("in.jsonl"), fresh, course(results.parent))
    assert fresh.read_bytes() == results.read_bytes(), "as if it had been graded so at once"


def test_nobody_is_lowered_where_that_is_asked(results: Path) -> None:
    bank(results.parent, SIGNS.replace('Choice("minus", "plus"', 'Choice("plus", "minus"'))
    decisions = results.with_name("decisions.jsonl")
    found = regrade(results, course(results.parent), decisions, never_lower=True).changes
    assert [c.kept for c in found] == [True, False, True, True]
    assert not decisions.exists()
    regrade(results, course(results.parent), decisions, never_lower=True, write=True)
    assert [r["parts"]["a"]["marks"] for r in read(results)] == [2, 2, 2, 2, None]
    now = course(results.parent, decisions=Decisions.read(decisions))
    grade_file(results.with_name("in.jsonl"), results, now)
    assert [r["parts"]["a"]["marks"] for r in read(results)] == [2, 2, 2, 2, None], "it survives another run"


def test_a_person_who_lowers_marks_is_not_overruled(results: Path) -> None:
    bank(results.parent, SIGNS.replace('Choice("minus", "plus"', 'Choice("plus", "minus"'))
    assert derive(results, "decide", "--id", "s4", "--part", "b", "--marks", 0.5, "--who", "bo")[0] == 0
    said = derive(results, "regrade", "--never-lower")[1]
    assert "s4  signs (b): 1 → 0.5 of 1: decided by bo\n" in said
    assert (
        "s1  signs (a): 2 → 0 of 2: the problem's file has changed, equal → different; kept at the higher marks" in said
    )
    assert "5 changes: 1 up or settled anew, 1 down, 3 kept as they were. Nothing is written" in said
    derive(results, "regrade", "--never-lower", "--write")
    assert [read(results)[3]["parts"][p]["marks"] for p in "ab"] == [2, 0.5]


def test_decisions_by_another_key_are_told(results: Path) -> None:
    """Whoever decided knew the wrong key; what they gave stands, and they hear what the answer is worth now."""
    derive(results, "decide", "--id", "s2", "--part", "a", "--marks", 1.5, "--who", "bo")
    derive(results, "regrade", "--write")
    assert "since these results" not in derive(results, "regrade")[1]
    bank(results.parent, SIGNS.replace('Choice("minus", "plus"', 'Choice("plus", "minus"'))
    said = derive(results, "regrade")[1]
    assert (
        "Line 1 of decisions.jsonl: bo gave 1.5 of 2 for signs (a); since these results the problem's file has changed,"
        " and by itself the answer earns 2. Leave it, or decide anew:"
        f" derive decide {results} --id s2 --part a --marks N --replace\n"
    ) in said
    derive(results, "decide", "--id", "s2", "--part", "a", "--marks", 2, "--who", "bo", "--replace")
    derive(results, "regrade", "--write", "--never-lower")
    assert read(results)[1]["parts"]["a"]["marks"] == 2
    assert "since these results" not in derive(results, "regrade")[1]
    bank(results.parent)
    assert derive(results, "regrade")[1].count("since these results") == 1, "what --never-lower keeps is meant so"


def test_a_part_that_is_gone_is_told(results: Path) -> None:
    cut = SIGNS[: SIGNS.index('        "b": Part')] + SIGNS[SIGNS.index('        "c": Part') :]
    bank(results.parent, cut)
    said = derive(results, "regrade", "--never-lower")[1]
    assert "s1  signs (b): 1 → 0 of 0: the problem's file has changed, marks 1 → 0, equal → no such part\n" in said


def test_regrading_without_the_bank_is_refused(results: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    before = results.read_bytes()
    other = tmp_path_factory.mktemp("other")
    bank(other)
    (other / "bank" / "signs.py").rename(other / "bank" / "more.py")
    done = CliRunner().invoke(app, ["regrade", str(results), "--write", "--bank", str(other / "bank")])
    assert done.exit_code == 2
    assert "no bank has these problems, to which there are results: signs (5)." in done.output
    assert results.read_bytes() == before


def test_lines_that_could_not_be_placed_stay_or_are_tried_again(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    rows = ["nonsense\n", {**row(1, a="minus"), "problem": "later"}]
    grade_file(written(tmp_path / "in.jsonl", rows), output, course(tmp_path))
    before = output.read_bytes()
    assert regrade(output, course(tmp_path), tmp_path / "d", write=True) == ([], [])
    assert output.read_bytes() == before
    (tmp_path / "bank" / "later.py").write_text(SIGNS)
    found = regrade(output, course(tmp_path), tmp_path / "d").changes
    assert [(c.part, c.before, c.after) for c in found] == [("a", None, 2), ("b", None, 0), ("c", None, 0)]


def book(results: Path, assignment: Assignment | None = None) -> Book:
    with results.open("rb") as lines:
        return Book.of(results_of(lines), Decisions(), assignment)


def test_the_report_counts_every_part_and_shows_what_waits(results: Path) -> None:
    found = book(results).record
    parts = {p["part"]: p for p in found["problems"][0]["parts"]}
    counts = {n: [p[k] for k in ("right", "partly", "wrong", "blank", "waiting")] for n, p in parts.items()}
    assert counts == {"a": [3, 1, 0, 0, 1], "b": [4, 0, 1, 0, 0], "c": [0, 0, 0, 1, 4]}
    assert parts["a"]["share"] == pytest.approx(7 / 8)
    assert parts["a"]["misconceptions"] == {"sign": 1}
    assert found["waiting"] == {"submissions": 4, "students": 4}
    assert [row["marks"] for row in found["book"]] == [None, None, None, 3, None]
    assert found["marks"] == {"count": 1, "lowest": 3, "median": 3, "mean": 3, "highest": 3}
    assert found["bands"] == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    assert [(r["part"], r["share"]) for r in found["hardest"]] == [("b", 0.8), ("a", 0.875)]
    assert parts["c"]["share"] is None, "one blank answer beside four that wait says nothing of it"
    assert found["misconceptions"] == [{"id": "sign", "name": "the wrong sign", "count": 1, "where": ["signs (a)"]}]
    text = page(found, "txt")
    assert "waiting for a person: 4 submissions of 4 students, without a total yet" in text
    assert "      1  the wrong sign: signs (a)" in text


def test_an_assignment_scales_marks_and_orders_problems(results: Path) -> None:
    set_ = Assignment("week", "Week 1", entries=(("other", 4), ("signs", 10)))
    found = book(results, set_)
    assert (found.out_of, found.total("s4"), found.total("s1")) == (14, 5, None)
    assert found.so_far("s1") == 5
    assert list(found.problems) == ["other", "signs"]


def test_an_answer_to_no_part_is_in_the_notes(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    grade_file(written(tmp_path / "in.jsonl", [row(1, zz="9")]), output, course(tmp_path))
    assert book(output).record["notes"] == ["Line 1 (s1): There is no part zz."]


def test_a_problem_that_nobody_handed_in_counts_its_own_marks(results: Path) -> None:
    folder = results.parent
    (folder / "bank" / "other.py").write_text(SIGNS)
    (folder / "week.toml").write_text('title = "W"\n[[problems]]\nname = "signs"\n[[problems]]\nname = "other"\n')
    command = [
        "report",
        str(results),
        "--assignment",
        str(folder / "week.toml"),
        "--bank",
        str(folder / "bank"),
        "--json",
    ]
    assert json.loads(CliRunner().invoke(app, command).stdout)["out_of"] == 12


def test_whose_line_could_not_be_placed_has_no_total(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    rows = [row(1, a="minus"), {**row(1, a="minus"), "problem": "sings"}, {**row(2), "problem": "sings"}]
    grade_file(written(tmp_path / "in.jsonl", rows), output, course(tmp_path))
    found = cells(gradebook(book(output)))
    assert found[1] == ["s1", "2", "waiting", "2", "a line that could not be placed"]
    assert found[2] == ["s2", "", "waiting", "0", "a line that could not be placed"]


HOSTILE = [
    "=cmd|' /C calc'!A0", "+1", "-1", "@x", "\t=1", " =1", "a;=1+1", "a\t=1+1",
    'q"=1', '"=1+1"', 'a";=1+1;"', "＝1", "Åsa\r\n=1",
    "\ufeff=1", "\xa0=1", "a;\xa0=1", '=HYPERLINK("x";"y")',
]  # fmt: skip


@pytest.fixture
def hostile(tmp_path: Path) -> dict[str, str]:
    """Platform → a gradebook of students whose ids and names a spreadsheet would calculate."""
    names = {n: f"={n}" for n in HOSTILE} | {f"s{k}": n for k, n in enumerate(HOSTILE)}
    rows = [{**row(k, a="minus", b="plus", c=""), "student": student} for k, student in enumerate(names)]
    output = tmp_path / "out.jsonl"
    grade_file(written(tmp_path / "in.jsonl", rows), output, course(tmp_path))
    made = book(output, Assignment("w", "=1+1", entries=(("signs", None),)))
    return {p: gradebook(made, p, names) for p in ("table", "canvas", "moodle")}


def test_no_cell_is_a_formula(hostile: dict[str, str]) -> None:
    for platform, text in hostile.items():
        every = [cell for line in cells(text) for cell in line]
        every += [piece for cell in every for piece in cell.split(";")]
        assert not [c for c in every if c.strip().startswith(("=", "+", "-", "@", "＝"))], platform
        assert text.count("\r\n") == len(text.splitlines()) > len(HOSTILE), "a line a student"
        assert "Åsa" in text, platform
        assert not any(ord(c) <= 0x1F and c not in "\r\n" for c in text)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice is installed")
def test_a_spreadsheet_calculates_nothing_in_a_gradebook(hostile: dict[str, str], tmp_path: Path) -> None:
    """Opened with each separator that a country's spreadsheet may expect; a file without the guard is calculated."""
    bare = "".join(f'"{name}"\r\n' for name in HOSTILE if '"' not in name)
    for platform, text in {**hostile, "bare": bare}.items():
        (tmp_path / f"{platform}.csv").write_text(text, encoding="utf-8", newline="")
    for separator in ",;\t":
        command = [
            "soffice",
            "--headless",
            f"--infilter=CSV:{ord(separator)},34,76",
            "--convert-to",
            "fods",
            "--outdir",
        ]
        files = sorted(map(str, tmp_path.glob("*.csv")))
        subprocess.run([*command, str(tmp_path), *files], check=True, capture_output=True)
        opened = {p: (tmp_path / f"{p}.fods").read_text(encoding="utf-8") for p in (*hostile, "bare")}
        assert [p for p, page in opened.items() if "table:formula=" in page] == ["bare"]
        assert all("Åsa" in opened[p] for p in hostile)
        if separator == ",":
            assert 'office:value-type="float" office:value="3"' in opened["canvas"], "marks are numbers"


def cells(text: str) -> list[list[str]]:
    """A gradebook as a spreadsheet reads it."""
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_gradebooks_have_the_columns_that_platforms_read(results: Path) -> None:
    set_ = Assignment("week", "Week 1", entries=(("signs", None),))
    names = {"s4": "Ada King", "s9": "Nobody Came"}
    canvas = cells(gradebook(book(results, set_), "canvas", names))
    assert canvas[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Week 1"]
    assert canvas[1] == ["    Points Possible", "", "", "", "", "6"]
    assert canvas[2:] == [["Ada King", "", "s4", "s4", "", "3"]], "an empty cell would take away a mark that stands"
    moodle = cells(gradebook(book(results, set_), "moodle", names))
    assert moodle == [["ID number", "Full name", "Week 1"], ["s4", "Ada King", "3"]]
    table = cells(gradebook(book(results)))
    assert table[0] == ["student", "signs (6)", "total (6)", "so far", "waiting"]
    assert table[1] == ["s1", "waiting", "waiting", "3", "signs (c)"]
    assert table[4] == ["s4", "3", "3", "3", ""]


def test_a_stranger_is_in_no_platforms_gradebook(results: Path) -> None:
    """Moodle ends the import at a student whom it does not know."""
    assert left_out(book(results), {"s1": "", "s4": ""}) == {
        "s1": "something waits for a person",
        **dict.fromkeys(("s2", "s3", "s5"), "not on the roster"),
    }
    assert cells(gradebook(book(results), "moodle", {"s1": ""})) == [["ID number", "Full name", "signs"]]
    (results.parent / "r.csv").write_text("id\ns1\ns4\n")
    out = results.parent / "g.csv"
    said = derive(
        results,
        "report",
        "--csv",
        out,
        "--for",
        "moodle",
        "--students",
        results.parent / "r.csv",
        "-o",
        out.with_suffix(".txt"),
    )
    assert said == (
        0,
        f"{out} leaves out, something waits for a person: s1\n{out} leaves out, not on the roster: s2, s3, s5\n",
    )


def test_a_spreadsheet_reads_numbers_as_numbers_and_names_as_they_are(tmp_path: Path) -> None:
    rows = [
        {**row(1, a="minus", b="plus", c="-"), "student": "Åsa"},
        {**row(2, a="plus", b="plus", c="-"), "student": "-7"},
    ]
    output = tmp_path / "out.jsonl"
    grade_file(written(tmp_path / "in.jsonl", rows), output, course(tmp_path))
    set_ = Assignment("week", "Week 1", entries=(("signs", 7),))
    (tmp_path / "g.csv").write_text(gradebook(book(output, set_)), encoding="utf-8", newline="")
    data = (tmp_path / "g.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf"), "without it a spreadsheet takes UTF-8 for Windows-1252"
    assert not gradebook(book(output, set_), "canvas").startswith("\ufeff")
    table = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert [line[0] for line in table] == ["student", "'-7", "Åsa"]
    assert [[float(x) for x in line[1:4]] for line in table[1:]] == [[2.33] * 3, [3.5] * 3]


def test_figures_and_pages_hold_what_students_type_as_text(tmp_path: Path) -> None:
    text = '<script>alert("&")</script> `` | \x1b[2J'
    output = tmp_path / "out.jsonl"
    grade_file(
        written(tmp_path / "in.jsonl", [row(1, a=text), {**row(2), "id": text, "problem": text}]),
        output,
        course(tmp_path),
    )
    record = book(output, Assignment("w", text, entries=(("signs", None),))).record
    for figure in (marks_figure(record), parts_figure(record)):
        tree = ElementTree.fromstring(figure)
        assert visible(text) in (tree.findtext("{http://www.w3.org/2000/svg}title") or "")
        assert tree.find("{http://www.w3.org/2000/svg}desc") is not None
        assert not list(tree.iter("{http://www.w3.org/2000/svg}script"))
    assert "\x1b" not in page({**record, "title": ""}, "txt") + page({**record, "title": ""}, "md")
    assert code(visible(text)) in page(record, "md")


def test_figures_say_who_waits_and_need_no_colour(tmp_path: Path) -> None:
    """What a reader sees says how many are not shown, and parts are told apart by pattern and number too."""
    output = tmp_path / "out.jsonl"
    rows = [row(1, a="minus", b="plus"), row(2, a="plus", b="minus", c="It is."), row(3, a="?", b="plus")]
    grade_file(written(tmp_path / "in.jsonl", rows), output, course(tmp_path))
    record = book(output, Assignment("w", "Week", entries=(("signs", None),))).record
    marks, parts = (ElementTree.fromstring(f(record)) for f in (marks_figure, parts_figure))
    words = {form: [x.text for x in form.iter("{http://www.w3.org/2000/svg}text")] for form in (marks, parts)}
    assert words[marks][:2] == ["Totals of Week", "2 students, and 1 without a total, who wait for a person"]
    assert words[parts][0] == "Parts of Week"
    fills = [x.get("fill") for x in parts.findall("{http://www.w3.org/2000/svg}rect")[1:6]]
    assert len(set(fills)) == 5
    assert sum(str(f).startswith("url(") for f in fills) == 3
    assert {words[parts][k] for k in range(1, 6)} == {"right", "partly", "wrong", "blank", "waiting"}
    assert words[parts].count("1") == 5, "each bar says how many"


def test_the_report_command_writes_all_its_files(results: Path) -> None:
    folder = results.parent
    exit_code, said = derive(
        results,
        "report",
        "--csv",
        folder / "g.csv",
        "--svg",
        folder / "figures",
        "--format",
        "md",
        "-o",
        folder / "r.md",
    )
    assert (exit_code, said) == (0, "")
    assert (folder / "r.md").read_text(encoding="utf-8").startswith("# Report\n")
    assert sorted(p.name for p in (folder / "figures").iterdir()) == ["marks.svg", "parts.svg"]
    assert json.loads(derive(results, "report", "--json")[1])["students"] == 5
    assert "s4,3,3,3," in (folder / "g.csv").read_text(encoding="utf-8")


def test_an_id_that_stands_twice_is_told(tmp_path: Path) -> None:
    """Their results do not depend on each other; a decision by that id would be about nobody certain."""
    rows = [{**row(1, a="minus"), "id": 1}, {**row(2, a="plus"), "id": 1}, row(3, a="plus")]
    source, output = written(tmp_path / "in.jsonl", rows), tmp_path / "out.jsonl"
    place = course(tmp_path).shelf.folders[0]
    done = CliRunner().invoke(app, ["grade", str(source), "-o", str(output), "--bank", str(place)])
    said = "Several submissions have the id 1: give them ids of their own"
    assert done.output.count(said) == 1
    assert [r["parts"]["a"]["marks"] for r in read(output)] == [2, 1, 1]
    assert derive(output, "report")[1].count(said) == 1
