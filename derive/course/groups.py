"""Answers that wait for a person, those that say the same together: a likeness proposes a group, comparing decides it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any
from unicodedata import normalize

from derive.bank.choice import Choice, Rubric
from derive.bank.kind import Kind
from derive.bank.kinds import Answer
from derive.bank.problem import AskedPart, BadProblem, Problem, Variant
from derive.bank.typed import text_of
from derive.bank.values import Values
from derive.course.decisions import Answer as Typed
from derive.course.setting import rounded, scale_of

WORDS = re.compile(r"\\?[^\W\d_]+|\d+")
SENTENCE = re.compile(r"[^\W\d_]{1,30}(?:[ ,.;:!?'’\n-]+[^\W\d_]{1,30})*[ .!?]*")
SPACES = re.compile(r"\s+")


@dataclass
class Like:
    """One answer as it was typed, and the submissions that gave it."""

    seed: int
    answer: Any
    ids: list[Any] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What was typed, in one line."""
        return shown_answer(self.answer)


@dataclass
class Group:
    """Answers to one question that say the same.

    Attributes:
        asked: the question.
        out_of: the problem's own marks.
        why: what the first one waits for.
        scale: what one of these marks counts in the assignment.
    """

    problem: str
    part: str
    asked: str
    out_of: int
    why: str
    likes: list[Like]
    scale: Fraction = Fraction(1)

    @property
    def worth(self) -> float:
        """The marks as the sheet states them."""
        return rounded(self.out_of * self.scale)

    @property
    def texts(self) -> list[tuple[str, int]]:
        """What was typed, each wording once, with how many gave it."""
        found: dict[str, int] = {}
        for like in self.likes:
            text = like.text or shown_answer(str(like.answer))
            found[text] = found.get(text, 0) + len(like.ids)
        return list(found.items())

    @property
    def names(self) -> list[str]:
        """What it may be called: an id for each of its answers, the same in every run, whatever else was handed in."""
        return [name_of(self.problem, self.part, x.seed, x.answer) for x in self.likes]

    @property
    def id(self) -> str:
        """The id of its first answer."""
        return self.names[0]

    @property
    def ids(self) -> list[Any]:
        """Whose answers these are."""
        return [identity for like in self.likes for identity in like.ids]

    @property
    def answers(self) -> tuple[Typed, ...]:
        """The answers, as a decision names them."""
        return tuple((like.seed, like.answer) for like in self.likes)

    @property
    def record(self) -> dict[str, Any]:
        """For machines."""
        told = {k: getattr(self, k) for k in ("id", "problem", "part", "asked", "out_of", "why")}
        rows = [{"seed": like.seed, "answer": like.answer, "ids": like.ids} for like in self.likes]
        return {**told, "worth": self.worth, "submissions": len(self.ids), "answers": rows}


def name_of(problem: str, part: str, seed: int, answer: Any) -> str:
    """What the group of an answer may be called.

    >>> name_of("conv/gradients", "f", 1, "A convolution.")
    '8b56afc6'
    """
    return hashlib.sha256(json.dumps([problem, part, seed, answer], sort_keys=True).encode()).hexdigest()[:8]


def shown_answer(answer: Any) -> str:
    """An answer in one line, whatever kind it is; signs that steer a terminal are made visible."""
    if isinstance(answer, Mapping) and isinstance(answer.get("lines"), list):
        text = " ⏎ ".join(map(str, answer["lines"]))
    elif isinstance(answer, Mapping) and "file" in answer:
        text = f"in the file {answer['file']}: {answer.get('text') or answer.get('why', '')}"
    elif isinstance(answer, Mapping) and "network" in answer:
        text = json.dumps(answer["network"], ensure_ascii=False)
    else:
        text = text_of(answer)[0]
    return visible(SPACES.sub(" ", text).strip())


def counted(number: float, what: str) -> str:
    """A number of things.

    >>> counted(1, "mark"), counted(2.5, "mark"), counted(1000, "result")
    ('1 mark', '2.5 marks', '1000 results')
    """
    return f"{number:.10g} {what}{'' if number == 1 else 's'}"


def visible(text: str) -> str:
    """A text without signs that steer a terminal.

    >>> visible("a" + chr(27) + "[2J" + chr(0x202e) + "b")
    'a�[2J�b'
    """
    return "".join(c if c.isprintable() else "�" for c in text.encode("utf-8", "replace").decode("utf-8"))


def not_graded(row: Mapping[str, Any], number: int) -> str:
    """What is said of a line that could not be placed.

    >>> not_graded({"id": "di", "message": "There is no problem 'p'."}, 4), not_graded({"fault": 5}, 5)
    ("Line 4 (di) is not graded: There is no problem 'p'.", 'Line 5 is not graded: It is no result.')
    """
    who = f" ({row['id']})" if row.get("id") is not None else ""
    return visible(f"Line {number}{who} is not graded: {row.get('message', 'It is no result.')}")


def waiting(results: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The parts that wait, each with its result."""
    for result in results:
        for part in result.get("pending") or ():
            yield result, part


def grouped(parts: Iterable[tuple[Mapping[str, Any], str]], problems: Mapping[str, Problem]) -> list[Group]:
    """The answers that wait, as `waiting` yields them, in groups, the largest first.

    Two answers are in one group where they are the same text up to spaces, or where the suite's comparison finds them equal;
    only answers to the same question (its wording and its right answer) are compared, whatever their seeds. Sentences without
    a number or a sign are together also where the variants differ in the numbers of the statement alone.
    """
    likes: dict[tuple[str, str, int, str], Like] = {}
    whys: dict[tuple[str, str, int, str], str] = {}
    scales: dict[str, Fraction] = {}
    for result, part in parts:
        answer = (result.get("answers") or {}).get(part)
        key = (str(result["problem"]), part, int(result["seed"]), json.dumps(answer, sort_keys=True))
        likes.setdefault(key, Like(key[2], answer)).ids.append(result["id"])
        scales[key[0]] = scale_of(result)
        whys.setdefault(key, why_of(result["parts"][part]))
    questions: dict[tuple[Any, ...], list[Group]] = {}
    asks = Questions(problems)
    for key, like in sorted(likes.items()):
        question = asks.of(*key[:3])
        which = question.in_words if _is_words(like.answer) else question.digest
        _placed(questions.setdefault((key[0], key[1], which), []), key, like, whys[key], question)
    found = [replace(group, scale=scales[group.problem]) for groups in questions.values() for group in groups]
    return sorted(found, key=lambda g: (-len(g.ids), g.problem, g.part, g.id))


def why_of(part: Mapping[str, Any]) -> str:
    """What a part waits for."""
    evidence = part.get("evidence") or {}
    return f"{part['verdict']}: {evidence.get('message') or part['feedback']}"


@dataclass(frozen=True)
class Question:
    """What was asked in one variant.

    Attributes:
        asked: its words.
        kind: what compares answers to it; None where the problem is gone or faulty.
        digest: the same for variants that ask the same.
        in_words: the same for variants that ask it in the same words, with the same words for an answer, whatever the numbers
            of the statement.
    """

    asked: str
    out_of: int
    kind: Kind | None
    digest: str
    in_words: str


class Questions:
    """The questions of variants, each made once."""

    def __init__(self, problems: Mapping[str, Problem]) -> None:
        self._problems = problems
        self._made: dict[tuple[str, str, int], Question] = {}

    def of(self, problem: str, part: str, seed: int) -> Question:
        """The question of a part."""
        key = (problem, part, seed)
        if key not in self._made:
            self._made[key] = self._make(*key)
        return self._made[key]

    def _make(self, problem: str, part: str, seed: int) -> Question:
        try:
            variant = self._problems[problem].variant(seed)
            asked = variant.parts[part]
        except (KeyError, BadProblem) as error:
            return Question(f"(the question is not to be had: {error})", 0, None, str(seed), str(seed))
        return Question(asked.ask, asked.marks, asked.answer, _digest(variant, asked), _in_words(asked))


def _digest(variant: Variant, part: AskedPart) -> str:
    """What two variants have in common that ask the same: a person who reads an answer needs the whole statement for it."""
    said = "\0".join((variant.statement if part.answer.pending else "", part.ask, part.answer.typed()))
    return hashlib.sha256(said.encode()).hexdigest()


def _in_words(part: AskedPart) -> str:
    worded = part.answer.typed() if isinstance(part.answer, Rubric | Choice) else ""
    return hashlib.sha256("\0".join(("words", part.ask, worded)).encode()).hexdigest()


def _is_words(answer: Any) -> bool:
    """Whether an answer is a sentence without a number or a sign: it says the same whatever the numbers of the variant are."""
    return isinstance(answer, str) and len(answer.split()) > 2 and SENTENCE.fullmatch(answer.strip()) is not None


def _placed(groups: list[Group], key: tuple[str, str, int, str], like: Like, why: str, question: Question) -> None:
    """Put an answer into the group that says the same, or a new one."""
    for group in groups:
        if _same(question.kind, group.likes[0].answer, like.answer):
            group.likes.append(like)
            return
    groups.append(Group(key[0], key[1], question.asked, question.out_of, why, [like]))


def _same(kind: Kind | None, first: Any, second: Any) -> bool:
    """Whether two answers say the same."""
    if not isinstance(first, str) or not isinstance(second, str):
        return bool(first == second)
    one, other = _plain(first), _plain(second)
    if one == other:
        return True
    if isinstance(kind, Rubric | Choice):
        return one.casefold().rstrip(".!") == other.casefold().rstrip(".!")
    if not isinstance(kind, Answer | Values) or frozenset(WORDS.findall(one)) != frozenset(WORDS.findall(other)):
        return False
    return kind.like(first).judge(second).verdict == "equal"


def _plain(text: str) -> str:
    return SPACES.sub(" ", normalize("NFC", text)).strip()
