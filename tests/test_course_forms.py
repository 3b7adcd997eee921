"""Filled forms: what stands in a place is read exactly, and what a student did to the form is seen."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_imports import ROOT, runners

from derive.bank.banks import files, load
from derive.course.assignment import Assignment
from derive.course.filled import NoForm, form_of
from derive.course.markers import code_of
from derive.course.roster import Student
from derive.course.sheet import Setter, form_page

NAMES = ("conv/flipping", "networks/activation_slopes")
WEEK = Assignment("week-3", "Week 3", "Read $x$.", tuple((n, None) for n in NAMES))
KINDS = ("md", "tex", "ipynb")


@pytest.fixture(scope="module")
def pages():
    found = files()
    sheet = Setter(WEEK, {n: load(found[n], n) for n in NAMES}).sheet(Student('a"b-->%é', "Ada"))
    return {kind: form_page(sheet, kind) for kind in KINDS}


def filled(page, answers, kind="md"):
    """A form with texts typed under the lines in front of the answers."""
    if kind == "ipynb":
        book = json.loads(page)
        for cell in book["cells"]:
            if cell["id"].startswith("answer-"):
                label = cell["id"].removeprefix("answer-")
                cell["source"] = ("".join(cell["source"]) + answers.get(label, "")).splitlines(True)
        return json.dumps(book)

    def place(m):
        return f"{m[0]}\n{answers.get(m[1], '')}"

    return re.sub(r"^.*derive:answer (\w+) .*$", place, page, flags=re.MULTILINE)


def read(page, kind="md", name="ada.md"):
    (form,) = form_of(page if isinstance(page, bytes) else page.encode("utf-8"), name, kind)
    return form


def waiting(form):
    return {label: a for label, a in form.answers.items() if not isinstance(a, str)}


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_form_is_empty(pages, kind):
    form = read(pages[kind], kind)
    assert set(form.answers) == {"1a", "1b", "1c", *(f"2{p}" for p in "abcdef" if f"2{p}" in form.answers)}
    assert set(form.answers.values()) == {""}
    assert (form.student, form.assignment, form.remarks) == ('a"b-->%é', "week-3", [])
    assert {h.problem: h.seed for h in form.handed()} == dict.fromkeys(NAMES, WEEK.seed_of('a"b-->%é'))


# Pieces that forms, LaTeX, Markdown and notebooks give a meaning; a student's text may hold any of them.
PIECES = ("-->", "<!--", "%%%", "derive:", "\\end{document}", "$$", "```", "\n", "\n\n", "{", "}", '"', "\\", " end 1a", "# 1",
          "\t", "\\begin{align*}", "é", "𝛼", "\u2028", "\x00", "\x0b")  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(st.characters(exclude_categories=["Cs"]), max_size=8))).map(
    "".join
)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_text_comes_back_as_it_was_typed(pages, data):
    kind = data.draw(st.sampled_from(KINDS))
    answers = {label: data.draw(TEXTS) for label in ("1a", "1c", "2a")}
    page = filled(pages[kind], answers, kind)
    for raw in (
        page.encode(),
        b"\xef\xbb\xbf" + page.encode(),
        *map(page.encode, ("utf-16", "utf-16-le", "utf-16-be")),
    ):
        form = read(raw, kind)
        normal = {label: t.replace("\r\n", "\n").replace("\r", "\n").strip() for label, t in answers.items()}
        assert {label: form.answers[label] for label in answers} == normal
        assert not any(form.answers[label] for label in form.answers.keys() - answers.keys())


def test_windows_line_ends_and_encodings(pages):
    page = filled(pages["md"], {"1a": "x²\ny²"})
    assert read(page.replace("\n", "\r\n")).answers["1a"] == "x²\ny²"
    form = read(filled(pages["tex"].replace("≥", ">"), {"1a": "x² – y"}).encode("cp1252", "replace"), "tex")
    assert form.answers["1a"] == "x² – y"
    assert "Windows-1252" in form.remarks[-1].text


def answer_line(page, label):
    return next(line for line in page.split("\n") if f"derive:answer {label} " in line)


@pytest.mark.parametrize("kind", ["md", "tex"])
def test_an_answer_on_the_line_of_its_place(pages, kind):
    line = answer_line(pages[kind], "1a")
    end = next(x for x in pages[kind].split("\n") if "derive:end 1a" in x)
    closing = line.split()[-1]
    for new in (
        f"{line} (2, 3)",
        line.replace(f" {closing}", f" (2, 3) {closing}") if kind == "md" else f"{line}(2, 3)",
    ):
        form = read(pages[kind].replace(line, new), kind)
        assert (form.answers["1a"], form.remarks) == ("(2, 3)", [])
    assert read(pages[kind].replace(end, f"(2, 3) {end}"), kind).answers["1a"] == "(2, 3)"


@pytest.mark.parametrize("dash", ["—", "–"])
def test_editors_that_mend_dashes(pages, dash):
    page = filled(pages["md"], {"1a": "7"}).replace("<!--", f"<!{dash}").replace("-->", f"{dash}>")
    assert read(page).answers["1a"] == "7"


def without(page, *marks):
    return "\n".join(line for line in page.split("\n") if not any(m in line for m in marks))


@pytest.mark.parametrize("kind", ["md", "tex"])
def test_a_deleted_line_in_front_of_an_answer(pages, kind):
    form = read(without(filled(pages[kind], {"1b": "(7, 7, 7)", "1c": "none"}), "derive:answer 1b"), kind)
    assert waiting(form).keys() == {"1b"}
    assert form.answers["1b"]["text"].endswith("(7, 7, 7)")
    assert form.answers["1c"] == "none"
    assert [r.kind for r in form.remarks] == ["unplaced"]


@pytest.mark.parametrize("kind", ["md", "tex"])
@pytest.mark.parametrize("gone", [("derive:end 1b",), ("derive:question 1c",), ("derive:end 1b", "derive:question 1c")])
def test_deleted_lines_that_are_not_needed(pages, kind, gone):
    form = read(without(filled(pages[kind], {"1b": "(7, 7, 7)", "1c": "none"}), *gone), kind)
    assert (form.answers["1b"], form.answers["1c"], waiting(form)) == ("(7, 7, 7)", "none", {})


def test_the_last_end_is_gone(pages):
    last = [line for line in pages["tex"].split("\n") if "derive:end" in line][-1]
    label = last.split()[2]
    assert read(without(filled(pages["tex"], {label: "x"}), last), "tex").answers[label] == "x"


def test_a_place_that_is_gone(pages):
    form = read(
        without(filled(pages["md"], {"1b": "(7, 7, 7)"}), "derive:answer 1b", "derive:question 1b", "derive:end 1b")
    )
    assert waiting(form).keys() == {"1a", "1b"}
    assert "(7, 7, 7)" in form.answers["1a"]["text"]
    assert any("the place for 1b is gone" in str(r) for r in form.remarks)


def test_the_first_line_is_gone(pages):
    form = read(without(filled(pages["md"], {"1a": "7"}), "derive:form"))
    assert (form.student, form.answers["1a"]) == ("", "7")
    assert form.seed("conv/flipping") == WEEK.seed_of('a"b-->%é')


def other_code(page):
    """The code of conv/flipping in a form, and another student's."""
    mine = answer_line(page, "1a").split()[4]
    return mine, code_of("week-3", "eve", "conv/flipping", WEEK.seed_of("eve"))


EDITS = {
    "a digit": lambda page, mine, theirs: page.replace(mine, mine[:3] + ("0" if mine[3] != "0" else "1") + mine[4:]),
    "another's code": lambda page, mine, theirs: page.replace(mine, theirs),
    "a number": lambda page, mine, theirs: page.replace(mine, "7"),
    "one place": lambda page, mine, theirs: page.replace(f"{mine} ", f"{theirs} ", 1),
    "another student": lambda page, mine, theirs: page.replace(r'"student": "a\"b-', r'"student": "eve-'),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("kind", ["md", "tex"])
def test_a_form_made_another_variant_is_not_graded(pages, kind, edit):
    page = filled(pages[kind], {"1a": "7", "1b": "8", "2a": "9"})
    changed = EDITS[edit](page, *other_code(page))
    assert changed != page
    form = read(changed, kind)
    all_of_it = edit == "another student"
    assert set(waiting(form)) == ({"1a"} if edit == "one place" else {"1a", "1b"} | ({"2a"} if all_of_it else set()))
    assert waiting(form)["1a"]["text"] == "7"
    assert "was changed" in waiting(form)["1a"]["why"]
    assert form.answers["1c"] == "", "an empty place needs nobody"
    handed = [h.problem for h in form.handed()]
    assert handed == list(dict.fromkeys(handed)), "one hand-in a problem"


def test_everybodys_form_may_say_whose_it_is():
    found = files()
    week = Assignment("week-1", "Week 1", "", (("conv/flipping", None),), seeds="one", seed=7)
    page = form_page(Setter(week, {"conv/flipping": load(found["conv/flipping"], "conv/flipping")}).sheet(None), "md")
    form = read(filled(page, {"1a": "7"}).replace('"student": ""', '"student": "ada"'))
    assert (form.student, form.answers["1a"], form.seed("conv/flipping")) == ("ada", "7", 7)


def test_answered_twice(pages):
    line = answer_line(pages["md"], "1a")
    twice = f"{line}\nx\n<!-- derive:end 1a -->\n{line}\n%s\n<!-- derive:end 1a -->\n"
    for second, found in (("x", "x"), ("", "x"), ("y", None)):
        form = read(pages["md"].replace(f"{line}\n\n<!-- derive:end 1a -->", twice % second))
        assert form.answers["1a"] == found if found else waiting(form)["1a"]["text"] == "x\n\ny"
    assert "answered more than once" in str(form.remarks[0])


def test_a_changed_question_is_no_harm_and_an_answer_in_it_is_not_lost(pages):
    page = pages["md"].replace("Give the convolution", "Give a convolution")
    assert page != pages["md"]
    form = read(filled(page, {"1a": "7"}))
    assert (form.answers["1a"], [r.kind for r in form.remarks]) == ("7", ["note"])
    above = read(pages["md"].replace(answer_line(page, "1a"), f"(2, 3)\n{answer_line(page, '1a')}"))
    assert waiting(above).keys() == {"1a"}
    assert above.answers["1a"]["text"].endswith("(2, 3)")


def test_an_answer_below_its_place_is_not_lost(pages):
    form = read(pages["md"].replace("<!-- derive:end 1b -->", "<!-- derive:end 1b -->\n(7, 7, 7)"))
    assert waiting(form).keys() == {"1b"}
    assert form.answers["1b"]["text"] == "(7, 7, 7)"


@pytest.mark.parametrize("line", ["derive:end 1b", "derive:question 1b"])
def test_an_answer_within_another_line_is_not_lost(pages, line):
    form = read(pages["md"].replace(f"{line} -->", f"{line} (7, 7, 7) -->"))
    assert waiting(form)["1b"]["text"] == "(7, 7, 7)"
    book = read(pages["ipynb"].replace("derive:end -->", "derive:end ZEBRA -->"), "ipynb")
    assert any("ZEBRA" in a.get("text", "") for a in waiting(book).values())


@pytest.mark.parametrize("kind", ["md", "tex"])
def test_answers_below_all_places_may_be_any(pages, kind):
    page = filled(pages[kind], {"1a": "7"})
    last = page.rindex("derive:end")
    end = page.index("\n", last) + 1
    form = read(f"{page[:end]}\n(a) 3\n(b) (7, 7, 7)\n{page[end:]}", kind)
    assert form.answers["1a"] == "7"
    assert waiting(form).keys() == form.answers.keys() - {"1a"}
    assert "1b, 1c, 2a" in form.remarks[-1].text


def test_a_cell_that_a_student_added_belongs_to_the_answer(pages):
    book = json.loads(filled(pages["ipynb"], {"1a": "first"}, "ipynb"))
    place = next(k for k, c in enumerate(book["cells"]) if c["id"] == "answer-1a")
    code = {"cell_type": "code", "source": "import os; os.abort()", "outputs": [{"text": "out"}], "metadata": {}}
    book["cells"].insert(place + 1, code)
    assert read(json.dumps(book), "ipynb").answers["1a"] == "first\nimport os; os.abort()"


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("x = 3", "md", "no marked place"),
        ("", "tex", "no marked place"),
        ("<!-- derive:end -->", "md", "no marked place"),
        ("{", "ipynb", "it is no notebook"),
        ("[" * 100_000, "ipynb", "it is no notebook"),
        ('{"cells": 3}', "ipynb", "without the cells"),
        ('{"cells": [3, {"source": 7}, {}]}', "ipynb", "no marked place"),
    ],
)
def test_what_is_no_form_is_told(text, kind, said):
    with pytest.raises(NoForm, match=said):
        form_of(text.encode(), "x", kind)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.integers(0, 10**6))
def test_whatever_is_done_to_a_form_nothing_is_lost(pages, text, place):
    """A text put anywhere below the first line is in an answer, in a remark, or in the text of a question, which is told."""
    page = filled(pages["md"], {"1a": "7"})
    start = page.index("derive:question 1a -->") + len("derive:question 1a -->")
    cut = start + place % (len(page) - start)
    marker = "ZEBRA"
    form = read(f"{page[:cut]} {marker}{text} {page[cut:]}")
    kept = any(marker in str(a) for a in form.answers.values()) or any(marker in str(r) for r in form.remarks)
    assert kept or any("is not the form's" in r.text for r in form.remarks) or waiting(form)


@pytest.mark.parametrize("start", ["filled", "intake", "exports", "typed", "tables"])
def test_what_is_handed_in_reaches_nothing_that_runs(start):
    assert runners(ROOT / "derive", f"derive.course.{start}") == []
