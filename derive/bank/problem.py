"""What an author declares, and the variants that seeds make of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property, partial
from itertools import chain
from typing import Any, Literal

from derive.bank import declared
from derive.bank.choice import Choice
from derive.bank.defined import equations
from derive.bank.form import Form
from derive.bank.hints import FEW, MOST, hints_of, safe
from derive.bank.kind import Kind
from derive.bank.kinds import Answer
from derive.bank.lines import Lines
from derive.bank.misconceptions import MISCONCEPTIONS, is_known
from derive.bank.params import Parameter, draw_all
from derive.bank.restated import definitions
from derive.bank.texts import BadText, put_in
from derive.derivations.base import Derivation

Values = Mapping[str, Any]
OfParams = Callable[[Values], Any]


class BadProblem(ValueError):
    """An author's mistake, with the problem's name and the part it is in."""

    def __init__(self, problem: str, message: str, part: str = "") -> None:
        where = f"{problem}, part {part}" if part else problem
        super().__init__(f"{where}: {message}")
        self.problem, self.part, self.said = problem, part, message


@dataclass(frozen=True, slots=True)
class Mistake:
    """A foreseen wrong answer, typed as a student types it; what to say to it, and how many marks it keeps.

    ``id`` is the misconception that it shows: one of `derive.bank.misconceptions`, or a name of the problem's own, ``own-…``.
    """

    answer: str
    say: str
    keeps: int = 0
    id: str = ""


@dataclass(frozen=True)
class Part:
    """A question with its answer.

    Attributes:
        ask: the question, Markdown with LaTeX; ``<< N >>`` puts a parameter in.
        answer: an answer kind, or a function from parameters to one.
        marks: what a right answer earns.
        mistakes: foreseen wrong answers, or a function from parameters to them.
        hints: each shows more than the one before; where the answer is derived, more are made of the derivation's ideas.
        accepts: other right answers at full marks, another convention say: answer kinds, or texts as a student types them.
        form: what a right answer must look like, beyond being right.
        follows: earlier parts whose answers this one builds on: where the answer is wrong, it is judged once more from the
            student's own earlier answers. Parts that ask for arrays of one program (`Values`) need nothing else.
        again: how to do so for another kind: a function of the parameters and of the numbers that the student gave, by part, to
            the answer that would then be right.
    """

    ask: str
    answer: Kind | OfParams
    marks: int = 1
    mistakes: Sequence[Mistake] | OfParams = ()
    hints: Sequence[str] = ()
    accepts: Sequence[Kind | str] | OfParams = ()
    form: Form | None = None
    follows: Sequence[str] = ()
    again: Callable[[Values, Mapping[str, Any]], Kind] | None = None


@dataclass(frozen=True)
class Problem:
    """A problem: title, topics, source, parameters, statement, parts.

    Attributes:
        working: derivations (or a function from parameters to them) whose lines the worked solution shows.
        where: a condition that drawn parameters must meet.
        fixed: parameter values for chosen seeds, such as the numbers of a published sheet.
        version: raised when a seed's variant or its marking changes.
        difficulty: 1 (one rule), 2 (several steps) or 3 (an idea of one's own).
        defines: names that the statement gives in words alone, as LaTeX: left side → right side.
    """

    title: str
    statement: str
    parts: Mapping[str, Part]
    params: Mapping[str, Parameter] = field(default_factory=dict)
    topics: Sequence[str] = ()
    source: str = ""
    working: Sequence[Derivation] | OfParams = ()
    where: Callable[[Values], bool] | None = None
    version: int = 1
    fixed: Mapping[int, Values] = field(default_factory=dict)
    difficulty: Literal[1, 2, 3] = 2
    defines: Mapping[str, str] = field(default_factory=dict)
    name: str = ""

    def named(self, name: str) -> Problem:
        """The same problem under the name that its file gives."""
        return replace(self, name=name)

    @property
    def marks(self) -> int:
        """The marks of all parts."""
        return sum(p.marks for p in self.parts.values())

    def variant(self, seed: int = 0) -> Variant:
        """The problem with its parameters drawn.

        Raises:
            BadProblem: parameters, statement or an answer do not work out.
        """
        if complaint := next(declared.of_problem(self), ""):
            raise BadProblem(self.name, complaint)
        if seed in self.fixed:
            return Variant(self, seed, self.fixed[seed])
        try:
            values = draw_all(self.params, self.where, self.name, seed)
        except ValueError as error:
            raise BadProblem(self.name, str(error)) from error
        return Variant(self, seed, values)


@dataclass(frozen=True)
class Variant:
    """A problem with numbers put in."""

    problem: Problem
    seed: int
    values: Values

    @cached_property
    def statement(self) -> str:
        """The statement with the parameters put in."""
        return self.filled(self.problem.statement)

    @cached_property
    def parts(self) -> dict[str, AskedPart]:
        """The parts with their answers resolved."""
        return {name: self._asked(name, part) for name, part in self.problem.parts.items()}

    @cached_property
    def working(self) -> tuple[Derivation, ...]:
        """The derivations that the worked solution shows, lemmas before what uses them."""
        given = self.problem.working
        found: dict[str, Derivation] = {}
        for d in given(self.values) if callable(given) else given:
            _with_lemmas(d, found)
        return tuple(found.values())

    def filled(self, text: str, part: str = "") -> str:
        """A text with the parameters put in.

        Raises:
            BadProblem: the text names something that is no parameter.
        """
        try:
            return put_in(text, self.values)
        except BadText as error:
            raise BadProblem(self.problem.name, str(error), part) from error

    def _known(self, mistake: Mistake, part: str) -> None:
        if mistake.id and not is_known(mistake.id):
            close = [f"did you mean {other!r}?" for other in get_close_matches(mistake.id, MISCONCEPTIONS, 1)]
            hint = next(iter(close), "an id of the problem's own starts with 'own-'")
            raise BadProblem(self.problem.name, f"there is no misconception {mistake.id!r}; {hint}", part)

    def _insist(self, complaints: Iterator[str], part: str) -> None:
        for complaint in complaints:
            raise BadProblem(self.problem.name, complaint, part)

    def _asked(self, name: str, part: Part) -> AskedPart:
        self._insist(declared.of_part(part), name)
        try:
            answer = part.answer if isinstance(part.answer, Kind) else part.answer(self.values)
            mistakes = part.mistakes(self.values) if callable(part.mistakes) else part.mistakes
            accepts = part.accepts(self.values) if callable(part.accepts) else part.accepts
            self._insist(chain(declared.of_answer(answer), declared.of_mistakes(mistakes)), name)
            answer = self._with_page(answer, name, part)
            accepted = tuple(answer.like(self.filled(a, name)) if isinstance(a, str) else a for a in accepts)
        except BadProblem:
            raise
        except Exception as error:  # an author's function may raise anything; it is reported as theirs
            raise BadProblem(self.problem.name, f"{type(error).__name__}: {error}", name) from error
        for mistake in mistakes:
            self._known(mistake, name)
        filled = tuple(replace(m, answer=self.filled(m.answer, name), say=self.filled(m.say, name)) for m in mistakes)
        self._ordered(name, part)
        ask, follows, hints = (
            self.filled(part.ask, name),
            tuple(part.follows),
            tuple(self.filled(h, name) for h in part.hints),
        )
        again, text = part.again and partial(part.again, self.values), f"{self.statement} {ask}"
        more = (accepted, part.form, follows, again, self._more, partial(_defined, answer, text), text)
        return AskedPart(name, ask, answer, part.marks, filled, hints, *more)

    def _with_page(self, answer: Any, name: str, part: Part) -> Any:
        """An answer kind that knows the equations of its page, where it can use them."""
        if not isinstance(answer, Answer | Lines):
            return answer
        page = f"{self.statement} {self.filled(part.ask, name)}"
        found = replace(answer, equations=(*self.problem.defines.items(), *equations(page)))
        found = replace(found, statement=page) if isinstance(found, Answer) else found
        if isinstance(found, Answer) and (loose := [n for n in found.loose if n not in found.defining()]):
            why = f"nothing says what {', '.join(loose)} of symbols= stands for: give means=, or an equation in the statement"
            raise BadProblem(self.problem.name, why, name)
        return found

    def _more(self, part: AskedPart) -> tuple[str, ...]:
        """Hints made of the derivation, as many as there is room for, that give no answer of the problem away."""
        if len(part.own) >= MOST:
            return ()
        known = " ".join([self.statement, *(p.ask for p in self.parts.values())])
        try:
            kinds = [p.answer for p in self.parts.values() if not p.answer.pending and not isinstance(p.answer, Choice)]
            made = hints_of(part.answer, known, kinds, lines_only=len(part.own) >= FEW)
            new = [hint for hint in dict.fromkeys(made) if hint not in part.own and safe(hint, kinds, known)]
        except Exception as error:  # an answer's function may raise anything; it is reported as its author's
            raise BadProblem(self.problem.name, f"{type(error).__name__}: {error}", part.name) from error
        return tuple(new[: MOST - len(part.own)])

    def _ordered(self, name: str, part: Part) -> None:
        before = list(self.problem.parts)[: list(self.problem.parts).index(name)]
        for other in part.follows:
            if other not in before:
                raise BadProblem(self.problem.name, f"it follows {other!r}, which is no earlier part", name)


def _defined(answer: Kind, page: str) -> tuple[str, ...]:
    return definitions(answer, page) if isinstance(answer, Answer) else ()


def _with_lemmas(d: Derivation, found: dict[str, Derivation]) -> None:
    for lemma in d.lemmas:
        _with_lemmas(lemma, found)
    found.setdefault(d.name, d)


@dataclass(frozen=True)
class AskedPart:
    """A part of a variant.

    ``again`` gives the right answer that follows from a student's own earlier ones, ``more`` the hints after the ``own``;
    ``text`` is the statement and the question.
    """

    name: str
    ask: str
    answer: Kind
    marks: int
    mistakes: tuple[Mistake, ...]
    own: tuple[str, ...]
    accepts: tuple[Kind, ...] = ()
    form: Form | None = None
    follows: tuple[str, ...] = ()
    again: Callable[[Mapping[str, Any]], Kind] | None = None
    more: Callable[[AskedPart], tuple[str, ...]] | None = None
    page: Callable[[], tuple[str, ...]] | None = None
    text: str = ""

    @cached_property
    def given(self) -> tuple[str, ...]:
        """What the page says that the thing asked for is."""
        return () if self.page is None else self.page()

    @cached_property
    def hints(self) -> tuple[str, ...]:
        """The author's hints, and those that are made of the derivation.

        Raises:
            BadProblem: the derivation does not work out.
        """
        return self.own if self.more is None else (*self.own, *self.more(self))
