"""Filled forms read back: what stands in each marked place, and what a student did to the places."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from derive.course.handed import Given, Handed, Remark, by_hand
from derive.course.markers import Mark, code_of, marks, seed_in, told, total, unquoted
from derive.course.tables import BadTable, decoded

LABEL = re.compile(r"\d+([A-Za-z]\w*)")
LONGEST_QUESTION = 300  # lines
END_OF_TEX = re.compile(r"\\end\{document\}.*\Z", re.DOTALL)


class NoForm(ValueError):
    """A file without a marked place; the message says what it is instead."""


@dataclass
class Form:
    """What a form held.

    Attributes:
        assignment, student: as its first line says; empty where that is gone.
        variants: label → problem and the code of its variant.
        answers: label → the answer, or an object that waits for a person.
        strays: whether something stands outside of the places.
    """

    file: str
    assignment: str = ""
    student: str = ""
    variants: dict[str, tuple[str, str]] = field(default_factory=dict)
    answers: dict[str, Given] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    strays: bool = False

    def handed(self) -> list[Handed]:
        """Its answers, problem by problem."""
        found: dict[str, Handed] = {}
        for label, (name, _) in self.variants.items():
            part = LABEL.fullmatch(label)
            if part and label in self.answers:
                fresh = Handed(self.file, self.student or None, name, self.seed(name), {}, assignment=self.assignment)
                one = found.setdefault(name, fresh)
                one.answers[part[1]] = self.answers[label]
        return list(found.values())

    def seed(self, problem: str) -> int | None:
        """The seed of a problem, where its codes agree on one."""
        seeds = {seed_in(code) for name, code in self.variants.values() if name == problem and self.fits(name, code)}
        return seeds.pop() if len(seeds) == 1 else None

    def fits(self, problem: str, code: str) -> bool:
        """Whether a code is this form's, or everybody's, as far as its first line still says whose it is."""
        seed = seed_in(code)
        if seed is None or not self.assignment:
            return seed is not None
        return code in {code_of(self.assignment, whose, problem, seed) for whose in (self.student, "")}


def student_text(data: bytes) -> tuple[str, str]:
    r"""A student's file as text with line feeds, and a note where its encoding had to be guessed.

    >>> student_text(b"x \xb2\r\ny")
    ('x ²\ny', 'it is not UTF-8; it was read as Windows-1252.')
    """
    note = ""
    try:
        text = decoded(_marked(data))
    except BadTable:
        text, note = _western(data), "it is not UTF-8; it was read as Windows-1252."
    return text.replace("\r\n", "\n").replace("\r", "\n"), note


def _marked(data: bytes) -> bytes:
    """UTF-16 without its byte order mark, as some editors write it, with one: every other byte of our own words is 0."""
    for mark, zeros in ((b"\xff\xfe", data[1:200:2]), (b"\xfe\xff", data[0:200:2])):
        if len(data) > 1 and not any(zeros):
            return mark + data
    return data


def _western(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def notebook_text(text: str) -> str:
    r"""The cells of a notebook, one after the other; nothing in it is run.

    Raises:
        NoForm: it is no notebook.

    >>> notebook_text('{"cells": [{"source": ["a\\n", "b"]}, {"source": "c"}]}')
    'a\nb\nc'
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoForm(f"it is no notebook: {str(error)[:100]}.") from error
    cells = found.get("cells") if isinstance(found, dict) else None
    if not isinstance(cells, list):
        raise NoForm("it is a JSON file without the cells of a notebook.")
    return "\n".join(_source(c) for c in cells if isinstance(c, dict)).replace("\r\n", "\n").replace("\r", "\n")


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def forms(text: str, file: str) -> list[Form]:
    """The forms that a text holds: one, or several below each other.

    Raises:
        NoForm: no place is marked in it.
    """
    found = marks(text)
    if not any(m.label or m.what == "form" for m in found):
        raise NoForm("no marked place of a form stands in it.")
    starts = [k for k, m in enumerate(found) if m.what == "form" and k] + [len(found)]
    return [_form(found[a:b], file) for a, b in zip([0, *starts], starts, strict=False)]


def _form(found: list[Mark], file: str) -> Form:
    head = told(found[0]) if found[0].what == "form" else {}
    form = Form(file, _text(head.get("assignment")), _text(head.get("student")), _expected(head))
    for m in found:
        if m.what == "answer" and m.problem:
            form.variants[m.label] = (m.problem, m.code)
    _name_damaged(form, [m for m in found if m.what == "answer"])
    if not head:
        form.remarks.append(Remark("note", file, found[0].line, "the line that says whose form this is is gone."))
    _read(form, found)
    for label in form.variants:
        if label not in form.answers:
            _wait(form, label, 0, f"the place for {label} is gone")
    _check_codes(form, {m.label: m.line for m in found if m.what == "answer"})
    if form.strays:
        _empty_places_wait(form)
    return form


def _name_damaged(form: Form, places: list[Mark]) -> None:
    """A place whose line has lost its words, in a form without its first line, belongs to the problem of its number."""
    known = {_number(label): variant for label, variant in form.variants.items()}
    for m in places:
        if m.label not in form.variants and _number(m.label) in known:
            form.variants[m.label] = known[_number(m.label)]


def _number(label: str) -> str:
    return label[: len(label) - len(label.lstrip("0123456789"))]


def _empty_places_wait(form: Form) -> None:
    """Where something stands outside of the places, it may be the answer to any that is empty."""
    empty = [label for label, answer in form.answers.items() if answer == ""]
    for label in empty:
        form.answers[label] = by_hand(form.file, "the place is empty, and something stands outside of the places")
    if empty:
        said = f"something stands outside of the places, and {', '.join(empty)} are empty; a person must look."
        form.remarks.append(Remark("unplaced", form.file, 0, said))


def _check_codes(form: Form, lines: Mapping[str, int]) -> None:
    """An answer whose variant is not the one that the form was made for is not graded by either."""
    for label, (name, code) in form.variants.items():
        answer = form.answers[label]
        if isinstance(answer, str) and answer and (form.seed(name) is None or not form.fits(name, code)):
            said = f"the code of the variant of {name} in the place for {label}, or whose form it is, was changed"
            _wait(form, label, lines.get(label, 0), said, answer)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _expected(head: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Label → problem and code, as far as the first line says so."""
    found: dict[str, tuple[str, str]] = {}
    given = head.get("problems")
    for entry in given if isinstance(given, list) else ():
        match entry:
            case [str(name), str(code), [*labels]]:
                found |= {label: (name, code) for label in labels if isinstance(label, str) and LABEL.fullmatch(label)}
    return found


def _read(form: Form, found: list[Mark]) -> None:
    """Put what stands between the marks in its places."""
    given: dict[str, list[tuple[str, int]]] = {}
    for k, m in enumerate(found):
        after = found[k + 1] if k + 1 < len(found) else None
        if m.what == "answer":
            given.setdefault(m.label, []).append((_answer(form, m, after), m.line))
        elif m.what == "question" and not (after and after.what == "answer" and after.label == m.label):
            _unopened(form, m)
    for label, texts in given.items():
        _settle(form, label, texts)
    for k, m in enumerate(found):
        _beside(form, m, found[k - 1] if k else None, found[k + 1] if k + 1 < len(found) else None)


def _answer(form: Form, m: Mark, after: Mark | None) -> str:
    """What stands in a place, without the question that follows where the marks between are gone."""
    text = m.after if after else END_OF_TEX.sub("", m.after)
    if not m.problem and (name := form.variants.get(m.label, ("", ""))[0]) and name in m.rest:
        whole = "\n".join((m.rest, text.strip())).strip()
        _wait(form, m.label, m.line, f"the line in front of the answer to {m.label} was changed", whole)
    if after and after.what == "answer" and after.total:
        text, found = _without_question(text, after.total)
        if not found:
            said = f"the end of the place for {m.label} is gone, and {after.label} follows at once"
            _wait(form, m.label, m.line, said, text)
    return "\n".join(t for t in (m.rest, text.strip()) if t).strip()


def _without_question(text: str, tally: str) -> tuple[str, bool]:
    """A text up to the question with that sum, and whether it was there."""
    lines = text.split("\n")
    for k in range(max(0, len(lines) - LONGEST_QUESTION), len(lines)):
        if lines[k].strip() and total("\n".join(lines[k:])) == tally:
            return "\n".join(lines[:k]), True
    return text, not text.strip()


def _settle(form: Form, label: str, texts: list[tuple[str, int]]) -> None:
    different = list(dict.fromkeys(t for t, _ in texts if t))
    if label in form.answers:
        return
    if len(different) > 1:
        lines = ", ".join(str(n) for t, n in texts if t)
        _wait(form, label, texts[-1][1], f"{label} is answered more than once (lines {lines})", "\n\n".join(different))
        return
    form.answers[label] = different[0] if different else ""


def _unopened(form: Form, m: Mark) -> None:
    """A question that no place follows: what stands under it may hold the answer."""
    if m.label in form.variants:
        text = END_OF_TEX.sub("", m.after).strip()
        _wait(form, m.label, m.line, f"the line in front of the answer to {m.label} is gone", text)


def _beside(form: Form, m: Mark, earlier: Mark | None, after: Mark | None) -> None:
    """What stands outside of the places, where the form itself has nothing or its own words."""
    if m.what in ("end", "question") and m.rest:
        _stray(form, m, m.rest, earlier, after is None)
    if m.what == "end":
        text = m.after if after else END_OF_TEX.sub("", m.after)
        is_question = after is not None and after.what == "answer"
        if text.strip() and not is_question:
            _stray(form, m, text, earlier, after is None)
    changed = m.total and m.before.strip() and total(m.before) != m.total
    if m.what == "answer" and changed and not (earlier and earlier.what == "answer"):
        said = f"the text in front of the place for {m.label} is not the form's"
        if form.answers.get(m.label) == "":
            _wait(form, m.label, m.line, f"{said}, and the place is empty", m.before.strip())
        else:
            form.remarks.append(Remark("note", form.file, m.line, f"{said}."))


def _stray(form: Form, m: Mark, text: str, earlier: Mark | None, is_last: bool) -> None:
    """Text outside of the places: its own place's, or, below all of them or beside one that is filled, any's."""
    label = m.label or (earlier.label if earlier else "")
    inside = form.answers.get(label, "")
    form.strays |= bool(inside) or is_last
    if label in form.variants and isinstance(inside, str):
        whole = "\n\n".join(t for t in (inside, text.strip()) if t)
        _wait(form, label, m.line, f"something stands below the place for {label}", whole)
    else:
        form.remarks.append(Remark("unplaced", form.file, m.line, f"this stands in no place: {text.strip()[:200]!r}."))


def _wait(form: Form, label: str, line: int, why: str, text: str = "") -> None:
    form.answers[label] = by_hand(form.file, why, text)
    form.remarks.append(Remark("unplaced", form.file, line, f"{why}; a person must look."))


def form_of(data: bytes, file: str, kind: str) -> list[Form]:
    """The forms in a file of kind ``md``, ``tex`` or ``ipynb``.

    Raises:
        NoForm: there is none.
    """
    text, note = student_text(data)
    found = forms(notebook_text(text) if kind == "ipynb" else unquoted(text), file)
    if note:
        found[0].remarks.append(Remark("note", file, 0, note))
    return found
