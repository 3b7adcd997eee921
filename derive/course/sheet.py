"""One student's sheet: the problems of an assignment in the student's variants, as a sheet, a key or an answer form."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from unicodedata import normalize

from derive.bank.choice import Choice
from derive.bank.problem import AskedPart, Problem, Variant
from derive.course.assignment import Assignment
from derive.course.groups import counted
from derive.course.markers import code_of, header, mark, total
from derive.course.roster import Student
from derive.course.setting import rounded
from derive.render.filling import rendered
from derive.render.html import html_page
from derive.render.markdown import github
from derive.render.pdf import PAPERS
from derive.render.plain import plain_text
from derive.render.tex import declared, tex_in_any_script
from derive.render.typst_math import Untypeset
from derive.render.typst_prose import display, quoted, typst

Words = Callable[[str], str]
TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
# How a format writes Markdown with formulas, and how it writes words that nobody checked: a student's name.
LOOKS: dict[str, tuple[Words, Words]] = {
    "md": (github, lambda t: re.sub(r"([\\`*_{}\[\]<>#|$&!])", r"\\\1", t)),
    "ipynb": (str, lambda t: re.sub(r"([\\`*_{}\[\]<>#|$&!])", r"\\\1", t)),
    "html": (str, str),  # the templates escape
    "pdf": (typst, lambda t: f"#{quoted(t)};"),
    "tex": (
        tex_in_any_script,
        lambda t: "".join(TEX.get(c, f"\\{c}" if c in "{}$&#%_" else c) for c in normalize("NFC", t)),
    ),
}
KEY = "Key: "
TEMPLATES = {"ipynb": "{}.md.j2", "pdf": "typst/{}.typ.j2"}  # where they are not the format's own


@dataclass(frozen=True)
class Asked:
    """A part on a sheet, with its label, 1a, and its marks there."""

    label: str
    part: AskedPart
    marks: Fraction


@dataclass(frozen=True)
class Posed:
    """A problem on a sheet."""

    number: int
    variant: Variant
    marks: int
    parts: tuple[Asked, ...]


@dataclass(frozen=True)
class Sheet:
    """What one student is set; without a student the sheet is everybody's."""

    assignment: Assignment
    student: Student | None
    seed: int
    problems: tuple[Posed, ...]

    @property
    def marks(self) -> int:
        """Of all problems."""
        return sum(p.marks for p in self.problems)


@dataclass
class Setter:
    """Makes the sheets of an assignment; a variant is drawn once, whoever gets it."""

    assignment: Assignment
    bank: Mapping[str, Problem]
    drawn: dict[tuple[str, int], Variant] = field(default_factory=dict)

    def sheet(self, student: Student | None) -> Sheet:
        """A student's sheet; without a student that of the seed for all.

        Raises:
            BadProblem: a variant does not work out.
        """
        seed = self.assignment.seed_of(student.id) if student else self.assignment.seed
        entries = enumerate(self.assignment.entries, 1)
        return Sheet(self.assignment, student, seed, tuple(self._posed(k, *e, seed) for k, e in entries))

    def _posed(self, number: int, name: str, marks: int | None, seed: int) -> Posed:
        variant = self.drawn.setdefault((name, seed), self.bank[name].variant(seed))
        worth = self.bank[name].marks if marks is None else marks
        share = Fraction(worth, self.bank[name].marks)
        parts = tuple(Asked(f"{number}{n}", p, p.marks * share) for n, p in variant.parts.items())
        return Posed(number, variant, worth, parts)


def labels(assignment: Assignment, bank: Mapping[str, Problem]) -> dict[str, tuple[str, str]]:
    """A part's label on the sheet → problem and part, in the sheet's order."""
    entries = enumerate(assignment.entries, 1)
    return {f"{k}{part}": (name, part) for k, (name, _) in entries for part in bank[name].parts}


def sheet_page(sheet: Sheet, form: str) -> str:
    """The sheet that a student reads, as Markdown, LaTeX, HTML, or Typst's source for a PDF."""
    return _page("sheet", sheet, form, [_question(p, a, form) for p in sheet.problems for a in p.parts])


def key_page(sheet: Sheet, form: str) -> str:
    """The answers for staff, with the foreseen mistakes and what they keep."""
    return _page("key", sheet, form, [_answered(p, a, form) for p in sheet.problems for a in p.parts])


def form_page(sheet: Sheet, form: str) -> str:
    """The sheet with places to fill in, as Markdown, LaTeX or a notebook; `derive.course.filled` reads it back."""
    first = header(form, _told(sheet))
    asked = [(p, a) for p in sheet.problems for a in p.parts]
    if form == "ipynb":
        return _notebook(first, sheet, asked)
    places = ["\n".join((*_opened(sheet, p, a, form), "", mark(form, "end", a.label))) for p, a in asked]
    return f"{first}\n{_page('sheet', sheet, form, places, filling=True)}"


def _told(sheet: Sheet) -> dict[str, Any]:
    parts = [[p.variant.problem.name, _code_of(sheet, p), [a.label for a in p.parts]] for p in sheet.problems]
    return {"assignment": sheet.assignment.name, "student": _id(sheet), "problems": parts}


def _id(sheet: Sheet) -> str:
    return sheet.student.id if sheet.student else ""


def _code_of(sheet: Sheet, posed: Posed) -> str:
    """What stands in the form for a problem's variant."""
    return code_of(sheet.assignment.name, _id(sheet), posed.variant.problem.name, posed.variant.seed)


def _opened(sheet: Sheet, posed: Posed, asked: Asked, form: str) -> tuple[str, str, str]:
    """The mark of a question, the question, the mark in front of its answer."""
    text = _question(posed, asked, form)
    place = mark(form, "answer", asked.label, posed.variant.problem.name, _code_of(sheet, posed), total(text))
    return mark(form, "question", asked.label), text, place


def _notebook(first: str, sheet: Sheet, asked: list[tuple[Posed, Asked]]) -> str:
    """A notebook's JSON: a cell a question, a cell an answer, and a mark at the end."""
    cells = [("form", f"{first}\n{_page('sheet', sheet, 'ipynb', [], filling=True)}")]
    for posed, part in asked:
        mark_of_question, text, place = _opened(sheet, posed, part, "ipynb")
        cells += [(f"question-{part.label}", f"{mark_of_question}\n{text}"), (f"answer-{part.label}", f"{place}\n")]
    cells.append(("end", mark("ipynb", "end")))
    found = [{"cell_type": "markdown", "id": i, "metadata": {}, "source": s.splitlines(True)} for i, s in cells]
    page = {"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(page, ensure_ascii=False, indent=1) + "\n"


def _page(template: str, sheet: Sheet, form: str, pieces: list[str], filling: bool = False) -> str:
    written, word = LOOKS[form]
    a, s = sheet.assignment, sheet.student
    fields = {
        "title": written(a.title), "text": written(a.text), "due": written(a.due), "assignment": word(a.name),
        "student": word(s.id) if s else "", "name": word(s.name) if s else "", "seed": sheet.seed,
        "marks": marks_text(Fraction(sheet.marks)), "pieces": pieces, "filling": filling,
    }  # fmt: skip
    if form == "html":
        return html_page("sheet.html.j2", {**fields, "heading": KEY * (template == "key") + a.title})
    if form == "pdf":
        fields |= {"title": KEY * (template == "key") + plain_text(a.title), "paper": PAPERS["a4"], "quoted": quoted}
    page = rendered(_template(template if form != "pdf" else "sheet", form), fields)
    return declared(page) if form == "tex" else page


def _template(name: str, form: str) -> str:
    return TEMPLATES.get(form, "{}." + form + ".j2").format(name)


def _question(posed: Posed, asked: Asked, form: str) -> str:
    with _named(posed, asked):
        return rendered(_template("question", form), _fields(posed, asked, form)).strip()


@contextmanager
def _named(posed: Posed, asked: Asked) -> Iterator[None]:
    """Say in which part a formula stands that cannot be typeset."""
    try:
        yield
    except Untypeset as error:
        raise Untypeset(f"{posed.variant.problem.name} ({asked.part.name}): {error}") from error


def _answered(posed: Posed, asked: Asked, form: str) -> str:
    with _named(posed, asked):
        return rendered(_template("answer", form), _fields(posed, asked, form) | _key(posed, asked, form)).strip()


def _key(posed: Posed, asked: Asked, form: str) -> dict[str, Any]:
    """What the key says of a part."""
    written, word = LOOKS[form]
    part = asked.part
    scale = asked.marks / part.marks if part.marks else Fraction(0)
    keeps = [
        (_code(m.answer, form), marks_text(min(m.keeps, part.marks) * scale), written(m.say)) for m in part.mistakes
    ]
    return {
        "answer": part.answer.show(), "worked": written(part.answer.worked), "mistakes": keeps,
        "problem": word(posed.variant.problem.name), "seed": posed.variant.seed, "typeset": display,
    }  # fmt: skip


def _code(text: str, form: str) -> str:
    """What a student types, as a page shows code."""
    written = LOOKS[form][1](text)
    match form:
        case "tex":
            return rf"\texttt{{{written}}}"
        case "pdf":
            return f"#raw({quoted(text)});"
    return written if "`" in text or form == "html" else f"`{text}`"


def _fields(posed: Posed, asked: Asked, form: str) -> dict[str, Any]:
    written, _ = LOOKS[form]
    kind = asked.part.answer
    options = sorted((kind.right, *kind.others)) if isinstance(kind, Choice) else []
    return {
        "number": posed.number, "title": written(posed.variant.problem.title), "worth": marks_text(Fraction(posed.marks)),
        "statement": written(posed.variant.statement), "first": asked is posed.parts[0], "part": asked.part.name,
        "ask": written(asked.part.ask), "marks": marks_text(asked.marks), "options": [written(o) for o in options],
    }  # fmt: skip


def marks_text(marks: Fraction) -> str:
    """Marks in words.

    >>> [marks_text(Fraction(n, 3)) for n in (3, 6, 1)]
    ['1 mark', '2 marks', '0.33 marks']
    """
    return counted(rounded(marks), "mark")
