"""What a class of five hundred did to its tables, forms and names: nothing is shifted, dropped or misread without a word."""

import json
import re
import textwrap
from dataclasses import replace

import pytest
from test_course_collect import CLASS, WEEK, answers, blank, collect, export, problems, zipped  # noqa: F401
from test_course_forms import filled

from derive.course.claims import Claims
from derive.course.collect import Collection
from derive.course.gradebook import gradebook, left_out
from derive.course.report import Book
from derive.course.roster import Student
from derive.course.sheet import Setter, form_page
from derive.course.stories import PartStory
from derive.course.typed import time_of


def said(found):
    return "\n".join(map(str, found.remarks))


def test_two_columns_of_one_name(collect, tmp_path):  # noqa: F811
    found = collect(export(tmp_path, "id,1a,1a,1b\nada,A,B,x\nben,C,,y\n7cy,D,D,z\n"))
    read = answers(found)
    assert (read["ben", "g", "a"], read["7cy", "g", "a"]) == ("C", "D")
    assert read["ada", "g", "a"]["text"] == "A\n\nB"
    assert "line 2: two columns hold different answers to conv/flipping (a); a person must look." in said(found)


def test_a_row_with_more_cells_than_columns_waits(collect, tmp_path):  # noqa: F811
    found = collect(export(tmp_path, "id;1a;1b\nada;a;b;c\nben;a;b;;\n"))
    read = answers(found)
    assert {read["ada", "g", p]["text"] for p in "ab"} == {"ada | a | b | c"}
    assert (read["ben", "g", "a"], read["ben", "g", "b"]) == ("a", "b")
    assert "line 2: there are 4 cells under 3 columns; a person must look." in said(found)


def test_a_row_that_ends_early_is_named(collect, tmp_path):  # noqa: F811
    found = collect(export(tmp_path, "id,1a,1b\nada,a"))
    assert answers(found) == {("ada", "g", "a"): "a"}
    assert "line 2: there are 2 cells under 3 columns; the others count as empty." in said(found)


def test_a_column_of_a_part_that_there_is_not(collect, tmp_path):  # noqa: F811
    found = collect(export(tmp_path, "id,1a,1z,9 (b),Group 2\nada,a,b,c,d\n"))
    assert "the assignment has no part 1z, 9 (b)" in said(found)
    assert not found.is_whole


def test_a_table_without_a_column_of_students(collect, tmp_path):  # noqa: F811
    found = collect(export(tmp_path, "Matrikel,1a\nada,x\n"))
    assert 'line 1: no column says whose the rows are; say which with --map (student = "…")' in said(found)


def test_a_table_of_a_western_spreadsheet(collect, tmp_path):  # noqa: F811
    path = tmp_path / "x.csv"
    path.write_bytes("id;1a;1b\nada;x²;–1\n".encode("cp1252"))
    found = collect(path)
    assert answers(found) == {("ada", "g", "a"): "x²", ("ada", "g", "b"): "–1"}
    assert "x.csv: it is not UTF-8; it was read as Windows-1252." in said(found)


@pytest.fixture
def form(collect, blank, tmp_path):  # noqa: F811
    """What a form of Ada's with answers is read as, after something was done to its text."""

    def handed_in(given, change=lambda page: page, kind="md"):
        path = tmp_path / f"x.{kind}"
        path.write_text(change(filled(blank["ada"][kind], given, kind)), encoding="utf-8")
        return collect(path)

    return handed_in


def of_ada(found):
    return {p: a for (_, _, p), a in answers(found).items()}


@pytest.mark.parametrize("width", [72, 40, 30])
def test_a_mail_program_breaks_lines(form, width):
    def wrapped(page):
        lines = (
            textwrap.wrap(x, width, break_long_words=False, break_on_hyphens=False) or [""] for x in page.split("\n")
        )
        return "\n".join(piece for line in lines for piece in line)

    found = form({"1a": "(1, 2)", "1c": "none"}, wrapped)
    assert of_ada(found) == {"a": "(1, 2)", "c": "none"}
    assert all(s["student"] == "ada" for s in found.submissions)


def test_a_mail_program_quotes_lines(form):
    found = form({"1a": "(1,\n2)", "1c": "> 3"}, lambda page: "".join(f"> {line}\n" for line in page.split("\n")))
    assert of_ada(found)["a"] == "(1,\n2)"
    assert found.is_whole


@pytest.mark.parametrize("damage", ["0", "\x00", "-- "])
def test_a_damaged_mark_is_no_answer(form, blank, damage):  # noqa: F811
    line = next(x for x in blank["ada"]["md"].split("\n") if "derive:answer 1b" in x)
    found = form({"1b": "(1, 2, 3)"}, lambda page: page.replace(line, line[:-6] + damage + line[-6:]))
    assert of_ada(found)["b"]["text"].endswith("(1, 2, 3)")
    assert "the line in front of the answer to 1b was changed; a person must look." in said(found)


@pytest.mark.parametrize(
    "dress", ["```\n{}\n```", "```math\n{}\n```", "~~~\n{}\n~~~", "**{}**", "`{}`", "* {}", "- {}"]
)
def test_what_markdown_puts_around_answers(form, dress):
    plain = {"1a": "(1, 2)", "1b": "-x", "1c": "none", "2a": r"$\frac12$"}
    found = form({k: dress.format(a) for k, a in plain.items()})
    assert sorted(answers(found).values()) == sorted(plain.values())
    assert ("every answer is an item of a list" in said(found)) == dress.startswith("-")


def test_a_dash_in_front_of_some_answers_is_a_minus(form):
    found = form({"1a": "- 3", "1b": "- x", "1c": "none"})
    assert (of_ada(found)["a"], of_ada(found)["b"]) == ("- 3", "- x")


def test_comments_in_latex_are_no_answers(form):
    typed = {"1a": "% my answer\n(1, 2) % done", "1b": "% (1, 2)", "1c": "5 \\% of it", "2a": "13 % 4", "2b": "% words"}
    read = answers(form(typed, kind="tex"))
    assert [a for _, a in sorted(read.items())] == ["(1, 2)", "% (1, 2)", "5 \\% of it", "13 % 4", "% words"]
    assert "LaTeX's comments are left out (1a)." in said(form(typed, kind="tex"))


def test_a_damaged_mark_of_a_form_that_is_nobodys(form, blank):  # noqa: F811
    """Its first line is gone too: nothing says any more whose it is, and which question it was."""
    line = next(x for x in blank["ada"]["md"].split("\n") if "derive:answer 1b" in x)
    found = form({"1a": "7", "1b": "(1, 2, 3)"}, lambda page: page.replace(line, line[:-6]).split("\n", 1)[1])
    assert "(1, 2, 3)" in str(found.submissions) + said(found)


def test_what_waits_is_not_among_what_is_not_right():
    story = PartStory()
    waits = {"out_of": 2, "marks": None, "verdict": "undecided", "reading": None}
    story.take(waits, {"file": "x.md", "why": "whose?", "text": "x"})
    story.take(waits | {"verdict": "unreadable"}, "x x")
    story.take(waits | {"verdict": "different", "marks": 0, "reading": "y"}, "y")
    assert (dict(story.answers), len(story.held), story.counts["waiting"]) == ({"y": 1}, 2, 2)


def test_names_and_titles_in_any_script_stop_no_latex(problems):  # noqa: F811
    week = replace(WEEK, title="Неделя 4: Α", text="第四周 ≤ 5", due="Thứ bảy, 😀")
    page = form_page(Setter(week, problems).sheet(Student("王小明", "Nguyễn O’Łuk")), "tex")
    declared = {chr(int(c, 16)) for c in re.findall(r"\\DeclareUnicodeCharacter\{(\w+)\}", page)}
    latin = set(map(chr, range(0xA0, 0x180))) | set("–’")
    assert {c for c in page if ord(c) > 127} - latin == declared
    assert r"\DeclareUnicodeCharacter{1EC5}{ê}" in page
    assert r"\Alpha" not in page
    assert page.index(r"\DeclareUnicodeCharacter{") > page.index("{inputenc}")
    assert "DeclareUnicode" not in form_page(Setter(WEEK, problems).sheet(Student("ada", "Ådä Kiñg")), "tex")


@pytest.mark.parametrize(
    "said",
    [
        "November 2, 2026, 3:45 PM", "Monday, November 2, 2026, 3:45 PM", "2 Nov 2026 15:45", "2 Nov 2026, 3:45 PM",
        "Nov 2, 2026, 15:45", "2026/11/02 15:45", "02.11.2026, 15:45:00",
    ],
)  # fmt: skip
def test_times_as_platforms_write_them(said):
    assert time_of(said) == "2026-11-02T15:45:00"


def test_what_is_no_number_is_told(collect, tmp_path):  # noqa: F811
    rows = [
        {"student": "ada", "seed": "x", "attempt": "two", "answers": {"1a": ["1/2", ["x", 3]], "2a": [[1, 2], [3, 4]]}},
        {"student": "ben", "answers": {}},
    ]
    found = collect(export(tmp_path, json.dumps(rows), "x.json"))
    assert answers(found) == {("ada", "g", "a"): "[1/2, [x, 3]]", ("ada", "s", "a"): "[[1, 2], [3, 4]]"}
    assert "line 1: the seed 'x' is no whole number; it does not count." in said(found)
    assert "line 1: the attempt 'two' is no whole number; it does not count." in said(found)
    assert "line 2: there are no answers in it." in said(found)
    found = collect(export(tmp_path, "id,attempt,1a\nada,two,x\n"))
    assert "line 2: the attempt 'two' is no whole number; it does not count." in said(found)


def test_an_encrypted_zip_waits_for_its_student(problems, tmp_path):  # noqa: F811
    data = bytearray(zipped({"x.md": "derive:answer"}))
    for start, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.find(start) + flags] |= 1
    (tmp_path / "7.zip").write_bytes(bytes(data))
    found = Collection(Claims(WEEK, problems, (Student("7"),))).collect([tmp_path])
    assert "7.zip/x.md: it is encrypted. It needs a person (7)." in said(found)
    assert found.silent == []
    assert {s["student"] for s in found.submissions} == {"7"}


def test_an_id_that_a_spreadsheet_takes_for_a_formula_is_in_no_platforms_table():
    book = Book()
    for student in ("+49170", "s1"):
        book.entries[student] = {}
    assert left_out(book) == {"+49170": "a spreadsheet would take the id for a formula; enter their marks by hand"}
    assert "49170" not in gradebook(book, "moodle")
    assert "'+49170" in gradebook(book)
