"""What a class hands in, whichever way, as the submissions that ``derive grade`` reads (PROTOCOLS section 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from derive.course.claims import Claims
from derive.course.columns import Columns
from derive.course.dressed import undress
from derive.course.exports import Exports
from derive.course.filled import NoForm, form_of
from derive.course.handed import Given, Handed, Remark, by_hand, is_empty
from derive.course.intake import Intake, Piece, sum_of
from derive.course.typed import undone

LATELY = 20
KEEP = ("last", "first", "all")


@dataclass
class Collected:
    """What was read.

    Attributes:
        submissions: the lines to grade.
        remarks: what to say of files, in the order in which they were read.
        files: how many pieces were read.
        silent: students of the roster from whom nothing came.
    """

    submissions: list[dict[str, Any]]
    remarks: list[Remark]
    files: int
    silent: list[str]

    @property
    def is_whole(self) -> bool:
        """Whether everything could be placed."""
        return not any(r.kind == "unplaced" for r in self.remarks)


@dataclass
class Collection:
    """Reads paths for one class."""

    claims: Claims = field(default_factory=Claims)
    columns: Columns = field(default_factory=Columns)
    keep: str = "last"
    remarks: list[Remark] = field(default_factory=list)
    handed: list[Handed] = field(default_factory=list)
    seen: list[Piece] = field(default_factory=list)
    forms: set[tuple[str, str]] = field(default_factory=set)
    replaced: dict[tuple[str, str, str, str], list[str]] = field(default_factory=dict)
    heard: set[str | None] = field(default_factory=set)
    names: list[str] = field(default_factory=list)

    def collect(self, paths: Iterable[Path], output: Path | None = None) -> Collected:
        """Everything in the paths, but for what is about to be written.

        Raises:
            OSError: a path is not there.
        """
        intake = Intake(self.remarks, output=output and output.resolve())
        for piece in (piece for path in paths for piece in intake.pieces(path)):
            self.names.append(piece.name)
            self._read(piece)
        self.seen += intake.refused
        self.remarks += self.claims.unmet([*self.names, *(piece.name for piece in intake.refused)])
        self._look()
        kept = self._kept()
        silent = [s.id for s in self.claims.students if s.id not in self.heard]
        return Collected(list(self._submissions(kept)), self.remarks, len(self.names), silent)

    def _read(self, piece: Piece) -> None:
        if piece.kind == "seen":
            self.seen.append(piece)
        elif piece.kind in ("table", "records"):
            self._exported(piece)
        else:
            self._form(piece)

    def _exported(self, piece: Piece) -> None:
        students = frozenset(s.id for s in self.claims.students)
        exports = Exports(self.claims.labels, self.columns, students, self.remarks)
        read: Callable[[bytes, str], list[Handed]] = exports.table if piece.kind == "table" else exports.records
        for handed in read(piece.data, piece.name):
            self._hand_in(handed, is_form=False)

    def _form(self, piece: Piece) -> None:
        data = piece.data
        if piece.kind == "html":
            data = undone(data.decode("utf-8", "replace")).encode()
        try:
            found = form_of(data, piece.name, piece.kind)
        except NoForm as error:
            self.seen.append(piece._replace(data=b"", sum=sum_of(piece.data), why=str(error)))
            return
        self.forms.add(_stem(piece.name))
        for form in found:
            undress(form, piece.kind)
            self.remarks += form.remarks
            for handed in form.handed():
                self._hand_in(handed, is_form=True)

    def _hand_in(self, handed: Handed, is_form: bool) -> None:
        claimed = {handed.student, self.claims.student_of(handed.file) if is_form else None}
        for remark in self.claims.settle(handed, is_form):
            if remark not in self.remarks[-LATELY:]:  # once for a form, not for each of its problems
                self.remarks.append(remark)
        self.heard |= claimed | {handed.student}
        self.handed.append(handed)

    def _look(self) -> None:
        """What only a person reads: beside typed answers it is attached; alone it is the answers."""
        for piece in self.seen:
            student = self._whose(piece.name)
            self.heard.add(student)
            self.remarks.append(_told(piece, student))
            theirs = [h for h in self.handed if student is not None and h.student == student]
            for h in theirs:
                h.attachments.append(piece.name)
                if not _is_print(piece.name, self.forms):
                    _fill(h, piece.name)
            if student is not None or not piece.why:
                waits = self.claims.waiting(piece.name, student, piece.why or "a file that only a person reads")
                self.handed += [h for h in waits if student is None or _absent(h, theirs)]

    def _whose(self, file: str) -> str | None:
        """Whose a file is; of several whom its folder may mean, the one whose form lies there."""
        student = self.claims.student_of(file)
        folder = PurePosixPath(file).parent
        beside = {h.student for h in self.handed if PurePosixPath(h.file).parent == folder} & self.claims.named(file)
        return beside.pop() if student is None and len(beside) == 1 else student

    def _kept(self) -> list[Handed]:
        """One hand-in a student and problem, by the policy."""
        groups: dict[tuple[Any, ...], list[tuple[int, Handed]]] = {}
        for k, h in enumerate(self.handed):
            key = (h.student, h.problem) if h.student and h.problem else (k,)
            groups.setdefault(key, []).append((k, h))
        found = [h for group in groups.values() for h in self._chosen(group)]
        self._said_of_replaced()
        return found

    def _chosen(self, group: Sequence[tuple[int, Handed]]) -> list[Handed]:
        every = [h for _, h in sorted(group, key=lambda e: (e[1].submitted_at, e[0]))]
        if self.keep == "all":
            for n, h in enumerate(every, 1):
                h.attempt = h.attempt or n
                self.remarks += self.claims.held_if_late(h)
            return every
        in_time = [h for h in every if not self.claims.late(h)] or every
        answered = [h for h in in_time if not h.is_blank] or in_time
        best = answered[-1 if self.keep == "last" else 0]
        others = [h for h in every if h is not best]
        if self.keep == "last":
            for h in reversed([h for h in others if h in in_time]):
                self._completed(best, h)
        for h in others:
            self.replaced.setdefault((h.file, h.student or "", best.file, self._why(h, best)), []).append(
                str(h.problem)
            )
        self.remarks += self.claims.held_if_late(best)
        return [best]

    def _why(self, h: Handed, best: Handed) -> str:
        """Why another one counts in place of this."""
        if h.answers == best.answers:
            return "the same again"
        if late := self.claims.late(h):
            return f"{late} does not count"
        return "the replaced one was empty" if h.is_blank else f"--keep {self.keep}"

    def _completed(self, best: Handed, earlier: Handed) -> None:
        """An empty place replaces nothing: it keeps what was handed in for it before."""
        kept = [p for p, x in earlier.answers.items() if not is_empty(x) and is_empty(best.answers.get(p, ""))]
        if kept and earlier.seed == best.seed:
            best.answers |= {p: earlier.answers[p] for p in kept}
            said = f"{best.student}'s {best.problem} ({', '.join(kept)}) is empty there and kept from {earlier.file}."
            self.remarks.append(Remark("note", best.file, 0, said))

    def _said_of_replaced(self) -> None:
        for (file, student, by, why), problems in self.replaced.items():
            verb = "is" if len(problems) == 1 else "are"
            said = f"{student}'s {', '.join(problems)} {verb} replaced by {by} ({why})."
            self.remarks.append(Remark("replaced", file, 0, said))

    def _submissions(self, kept: Sequence[Handed]) -> Iterator[dict[str, Any]]:
        taken: dict[str, int] = {}
        sums: dict[str, str] = {}
        for piece in (p for p in self.seen if p.sum):
            sums[piece.name] = " ".join(filter(None, (sums.get(piece.name), piece.sum)))
        for h in kept:
            a = self.claims.assignment
            whose = "/".join(filter(None, (a.name if a else "", h.student or h.file, h.problem)))
            name = h.identity or whose
            taken[name] = taken.get(name, 0) + 1
            yield _submission(h, name if taken[name] == 1 else f"{name}#{taken[name]}", sums)


def _told(piece: Piece, student: str | None) -> Remark:
    """What is said of a file that only a person reads."""
    if student is None:
        return Remark("unplaced", piece.name, 0, piece.why or "needs a person, and nothing says whose it is.")
    said = f"{piece.why} It needs a person ({student})." if piece.why else f"needs a person ({student})."
    return Remark("unplaced" if piece.why else "person", piece.name, 0, said)


def _submission(h: Handed, name: str, sums: Mapping[str, str]) -> dict[str, Any]:
    """A line to grade; its student is null where nobody knows whose it is."""
    shown = " ".join(sums[file] for file in h.attachments if file in sums)
    answers = {p: _seen(a, shown) if _is_seen(a, sums) else a for p, a in h.answers.items()}
    if h.seed is None:
        answers = {p: _undrawn(h.file, a) for p, a in answers.items()}
    found = {"id": name, "student": h.student, "problem": h.problem, "seed": h.seed or 0, "answers": answers}
    more = {"attempt": h.attempt, "submitted_at": h.submitted_at, "attachments": h.attachments}
    return found | {k: v for k, v in more.items() if v}


def _is_seen(answer: Given, sums: Mapping[str, str]) -> bool:
    """Whether an answer is in a file that a person looks at."""
    return not isinstance(answer, str) and answer.get("file") in sums


def _seen(answer: Given, shown: str) -> Given:
    """Such an answer, with the sums of the files: a decision about them holds for no others of the same names."""
    assert not isinstance(answer, str)
    return {**answer, "sum": shown}


def _undrawn(file: str, answer: Given) -> Given:
    """An answer to a variant that nobody knows."""
    if not answer or (not isinstance(answer, str) and "file" in answer):
        return answer
    return by_hand(file, "nothing says which variant it answers", str(answer))


def _is_print(name: str, forms: set[tuple[str, str]]) -> bool:
    """Whether a file is a form's own PDF, which shows nothing that the form does not."""
    return PurePosixPath(name).suffix.lower() == ".pdf" and _stem(name) in forms


def _stem(name: str) -> tuple[str, str]:
    path = PurePosixPath(name)
    return str(path.parent), path.stem


def _fill(h: Handed, file: str) -> None:
    """An empty place beside a picture may be answered in the picture."""
    for part, answer in h.answers.items():
        if isinstance(answer, str) and not answer.strip():
            h.answers[part] = by_hand(file, "the place is empty; the file may hold the answer")


def _absent(waiting: Handed, theirs: Sequence[Handed]) -> bool:
    """Whether a student typed nothing at all for a problem."""
    return not any(h.problem == waiting.problem or waiting.problem is None for h in theirs)
