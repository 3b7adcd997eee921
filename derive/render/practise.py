"""Practising a problem attempt by attempt: what a student hears grows, and the solution comes after the last one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from derive.bank.choice import Choice, Rubric
from derive.bank.feedback import Level, Policy
from derive.bank.grade import grade_part
from derive.bank.lines import Lines
from derive.bank.problem import AskedPart, Problem, Variant
from derive.render.plain import plain, plain_text

HELP = "Type LaTeX, Python or plain text. :skip goes on to the next part, :page shows the page again, :quit leaves."
BARE_SUM = re.compile(r"(?<![\\A-Za-z])(?:sum|prod)_")
UNHEARD = ("unreadable", "refused", "undecided", "blank")
WAITS = "A person will look at it if you leave it so."
FURTHER = 20


class Leaving(Exception):
    """The student wants to stop."""


@dataclass
class Session:
    """One student at one problem.

    Attributes:
        problem: what is practised.
        read: gives the next line that is typed, None at the end of input.
        tell: shows a text.
        policy: what is shown at which attempt.
    """

    problem: Problem
    read: Callable[[str], str | None]
    tell: Callable[[str], None]
    policy: Policy = field(default_factory=Policy)
    earned: dict[str, int] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)

    def run(self, seed: int) -> bool:
        """Practise a variant, and fresh ones of what was missed; whether everything was right in the end."""
        wanted = list(self.problem.parts)
        while True:
            missed = self._variant(seed, wanted)
            fresh = _fresh(self.problem, seed, missed)
            if not missed or fresh is None:
                return not missed
            if not self._agrees(f"A fresh variant of {_listed(missed)}? (y or n) "):
                return False
            seed, wanted = fresh, missed

    def _variant(self, seed: int, wanted: list[str]) -> list[str]:
        """The parts that were not right."""
        variant = self.problem.variant(seed)
        self.given = {}
        self._page(variant)
        right = {name: self._part(variant, variant.parts[name]) for name in wanted}
        return [name for name, done in right.items() if not done]

    def _page(self, variant: Variant) -> None:
        p = self.problem
        self.tell(f"{p.title} ({p.name}, variant {variant.seed}; {_marks(p.marks)})\n")
        self.tell(plain_text(variant.statement) + "\n")
        self.tell(HELP)

    def _part(self, variant: Variant, part: AskedPart) -> bool:
        self.tell(f"\n({part.name}) {_marks(part.marks)}. {plain_text(part.ask)}")
        options = sorted((part.answer.right, *part.answer.others)) if isinstance(part.answer, Choice) else []
        for k, option in enumerate(options, 1):
            self.tell(f"    {k}. {option}")
        if isinstance(part.answer, Lines):
            self.tell("    (All lines of your working in one, parted by \\\\.)")
        attempt = 0
        while self.policy.attempts is None or attempt < self.policy.attempts:
            typed = self._line(f"({part.name}) attempt {attempt + 1}{self._of()}> ")
            if typed == ":skip":
                return False
            if typed == ":page":
                self._page(variant)
                continue
            answer = options[int(typed) - 1] if typed in map(str, range(1, len(options) + 1)) else typed
            heard = self._heard(part, answer, attempt + 1)
            if heard == "right":
                return True
            attempt += heard == "counted"
        return False

    def _line(self, prompt: str) -> str:
        """The next line that is not empty.

        Raises:
            Leaving: the input is over, or the student quits.
        """
        while True:
            line = self.read(prompt)
            if line is None or line.strip() in (":quit", ":q"):
                raise Leaving
            if line.strip():
                return line.strip()

    def _of(self) -> str:
        return f" of {self.policy.attempts}" if self.policy.attempts is not None else ""

    def _agrees(self, question: str) -> bool:
        return self._line(question).lower() in ("y", "yes")

    def _heard(self, part: AskedPart, text: str, attempt: int) -> str:
        """Grade and say; ``right``, ``counted``, or ``again`` for what could not be read, which costs no attempt."""
        level = self.policy.level(attempt)
        answer, result = self._graded(part, text, level)
        self.given[part.name] = (part, answer)
        if isinstance(part.answer, Rubric):
            self._say(f"A person reads such answers. Yours should say:\n{part.answer.worked}")
            return "right"
        said = result["feedback"].replace(WAITS, "Type it again: this costs no attempt.")
        self._say(said, result["reading"])
        self.earned[part.name] = max(result["marks"] or 0, self.earned.get(part.name, 0))
        if result["verdict"] == "equal":
            return "right"
        if result["verdict"] in UNHEARD:
            return "again"
        for hint in part.hints[: self.policy.hints(attempt)] if level is Level.MISCONCEPTION else ():
            self._say(f"Hint: {hint}")
        if level is Level.SOLUTION:
            self._solution(part)
        return "counted"

    def _graded(self, part: AskedPart, text: str, level: Level) -> tuple[Any, Mapping[str, Any]]:
        """The answer as it is best read, and its result: what reads in no other way is read as plain text."""
        plainly = {"text": text, "syntax": "text"}
        if BARE_SUM.search(text):
            result = grade_part(part, plainly, self.given, level)
            if result["verdict"] not in UNHEARD:
                return plainly, result
        result = grade_part(part, text, self.given, level)
        if result["verdict"] == "unreadable":
            other = grade_part(part, plainly, self.given, level)
            if other["verdict"] not in UNHEARD:
                return plainly, other
        return text, result

    def _solution(self, part: AskedPart) -> None:
        for hint in part.hints:
            self._say(f"Hint: {hint}")
        if part.answer.worked:
            self._say(part.answer.worked)
        self._say(f"The answer: ${part.answer.show()}$")

    def _say(self, text: str, reading: str | None = None) -> None:
        for line in plain_text(text).splitlines():
            if line.strip():
                self.tell(f"    {line}")
        if reading:
            self.tell(f"    (read as {plain(reading)})")

    @property
    def total(self) -> str:
        """The marks so far."""
        return f"{sum(self.earned.values())} of {self.problem.marks} marks"


def _fresh(problem: Problem, seed: int, missed: list[str]) -> int | None:
    """The next seed at which a missed part has another page."""
    now = problem.variant(seed)
    for other in range(seed + 1, seed + 1 + FURTHER):
        then = problem.variant(other)
        if then.statement != now.statement or any(then.parts[n].ask != now.parts[n].ask for n in missed):
            return other
    return None


def _marks(count: int) -> str:
    return f"{count} mark{'' if count == 1 else 's'}"


def _listed(names: list[str]) -> str:
    return " and ".join(f"({n})" for n in names)
