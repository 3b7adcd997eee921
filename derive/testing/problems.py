"""What every problem promises, seed by seed."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from textwrap import shorten

from derive.bank.kinds import Answer
from derive.bank.leaks import leaks
from derive.bank.problem import AskedPart, BadProblem, Problem, Variant
from derive.derivations.base import Derivation
from derive.derivations.catalogue import catalogue
from derive.testing.derivations import printed_lines, told, verified_once
from derive.testing.parts import model_failures, part_failures
from derive.testing.symbols import unsaid
from derive.testing.typeset import unshown, untypeset

SURVIVORS = ": survivors: "
OTHER_DRAWS = 2
_RUN_TOGETHER = re.compile(r"(?<=_\{)[A-Za-z]{2,4}(?=\})")  # the indices of W_{ij}
DRAWN = 8

_drawn: dict[Hashable, set[int]] = {}


@dataclass(frozen=True)
class Broken:
    """A promise that is broken, in a part or in the whole problem, at which seeds, and what the first of them draws."""

    problem: str
    part: str
    text: str
    seeds: tuple[int, ...] = ()
    drawn: str = ""

    @property
    def where(self) -> str:
        """The seeds in words, empty where there are none."""
        more = f" and {len(self.seeds) - 1} more" if len(self.seeds) > 1 else ""
        return f"seed {self.seeds[0]}{more}" if self.seeds else ""

    def __str__(self) -> str:
        """One sentence with its place."""
        seed = f", {self.where}" if self.seeds else ""
        return f"{self.problem}{seed}{f', part {self.part}' if self.part else ''}: {self.text}"


def problem_failures(problem: Problem, seeds: Iterable[int]) -> list[str]:
    """The promises that a problem breaks, a sentence each.

    For each seed: everything renders; each model answer, typed as LaTeX, as Python and as plain text, earns full
    marks, and so does each rewrite of it; each foreseen mistake is wrong and hears its own message; wrong answers are
    wrong; nonsense waits for a person; restating the question earns nothing; no hint and no message holds the answer.
    The answers' derivations hold, if they are not in the catalogue, which is verified by itself. A part that asks the
    same at two seeds is judged once; what has one page has one answer.
    """
    return [str(f) for f in broken_promises(problem, seeds)]


def quick_problem_failures(problem: Problem) -> list[str]:
    """What is broken in the first variant: it renders, and its model answers earn full marks."""
    try:
        variant = problem.variant(0)
        texts = [variant.statement, *(t for part in variant.parts.values() for t in _texts(part))]
    except Exception as error:  # a problem's own functions may raise anything
        return [f"{problem.name}: {told(error)}"]
    unfilled = [f"{t!r} is not filled in" for t in texts if "<<" in t or "<%" in t]
    broken = [f"part {part.name}: {f}" for part in variant.parts.values() for f in model_failures(part)]
    return [f"{problem.name}: {text}" for text in (*unfilled, *broken)]


def broken_promises(problem: Problem, seeds: Iterable[int]) -> list[Broken]:
    """The same, by part and with all the seeds that each shows at."""
    at: dict[tuple[str, str], list[int]] = {}
    seen: dict[Hashable, tuple[int, str]] = {}
    for seed in seeds:
        for place in dict.fromkeys(_at(problem, seed, seen)):
            at.setdefault(place, []).append(seed)
    found = [Broken(problem.name, part, text, tuple(s), _drawn_at(problem, s[0])) for (part, text), s in at.items()]
    return [*_marks_failures(problem), *found]


def _drawn_at(problem: Problem, seed: int) -> str:
    try:
        drawn = problem.variant(seed).values
    except Exception:  # told as what is broken
        return ""
    return ", ".join(f"{n} = {v}" for n, v in drawn.items())


def _marks_failures(problem: Problem) -> Iterator[Broken]:
    for name, part in problem.parts.items():
        if type(part.marks) is int and part.marks < 1:
            yield Broken(problem.name, name, f"marks are {part.marks}")
    if not problem.parts:
        yield Broken(problem.name, "", "there is no part")


def _at(problem: Problem, seed: int, seen: dict[Hashable, tuple[int, str]]) -> Iterator[tuple[str, str]]:
    """Part and sentence of what is broken at a seed; ``seen`` holds the pages and answers of the seeds before."""
    try:
        variant = problem.variant(seed)
        texts = [variant.statement, *(t for part in variant.parts.values() for t in _texts(part))]
        working = variant.working
    except BadProblem as error:
        yield error.part, error.said
        return
    except Exception as error:  # a problem's own functions may raise anything
        yield "", told(error)
        return
    yield from (("", f"{t!r} is not filled in") for t in texts if "<<" in t or "<%" in t)
    if stuck := [(n, f) for n, d in _by_part(variant) if (f := _stuck(d))]:
        yield from stuck
        return
    yield from (("", f) for f in untypeset(variant.statement))
    for name, part in variant.parts.items():
        yield from ((name, f) for f in unshown(part))
        yield from ((name, f) for f in (*part_failures(part, problem.name), *_unasked(variant, part)))
        yield from ((name, f) for f in _leaking(variant, part))
        yield from ((name, f) for f in _hidden(variant, part, seen))
    for d in (*working, *_derivations(variant)):
        if catalogue().get(d.name) is not d and not _drawn_enough(variant, d):
            yield from (("", f) for f in verified_once(_with_draws(variant, d)) if SURVIVORS not in f)


def unseen_edits(variant: Variant) -> Iterator[str]:
    """Small edits of a problem's own derivations that its oracle does not tell from the right lines, a sentence each."""
    own = {d.name: d for d in (*variant.working, *_derivations(variant)) if catalogue().get(d.name) is not d}
    for d in own.values():
        for text in (f for f in verified_once(_with_draws(variant, d)) if SURVIVORS in f):
            _, _, which = text.partition(SURVIVORS)
            yield f"{d.name}: its oracle does not see every small edit ({shorten(which, 160, placeholder=' …')})"


def _by_part(variant: Variant) -> Iterator[tuple[str, Derivation]]:
    yield from (("", d) for d in variant.working)
    yield from ((n, d) for n, p in variant.parts.items() if (d := p.answer.derivation) is not None)


def _stuck(d: Derivation) -> str:
    """What a derivation raises where it has no lines."""
    try:
        return "" if d.lines else f"{d.name} has no lines"
    except Exception as error:  # an author's rules and programs may raise anything
        return f"{d.name} cannot be derived: {told(error)}"


def _leaking(variant: Variant, part: AskedPart) -> Iterator[str]:
    """A hint, or what a mistake hears, that gives the answer away."""
    try:
        yield from leaks(variant, part)
    except Exception:  # an answer that does not work out is told by the part
        return


def _drawn_enough(variant: Variant, d: Derivation) -> bool:
    """Whether a derivation about numbers, another one at each seed, was verified at enough seeds."""
    if d.dimensions or d.mode == "iff":
        return False
    codes = tuple(getattr(f, "__code__", f) for f in (d.replayed, d.whole, d.truth) if callable(f))
    seeds = _drawn.setdefault((variant.problem.name, d.name, codes), set())
    if len(seeds) < DRAWN:
        seeds.add(variant.seed)
    return variant.seed not in seeds


def _hidden(variant: Variant, part: AskedPart, seen: dict[Hashable, tuple[int, str]]) -> Iterator[str]:
    """An answer that depends on what the page does not show."""
    page = (variant.statement, tuple(p.ask for p in variant.parts.values()), part.name)
    try:
        answer = "" if part.answer.pending else part.answer.typed()
    except Exception:  # told by the part
        return
    seed, before = seen.setdefault(page, (variant.seed, answer))
    if before != answer:
        yield f"the same page has another answer at seed {seed}: it depends on something that is not shown"


def _texts(part: AskedPart) -> tuple[str, ...]:
    return (part.ask, *part.own, *(m.say for m in part.mistakes))


def _derivations(variant: Variant) -> Iterator[Derivation]:
    for part in variant.parts.values():
        if part.answer.derivation is not None:
            yield part.answer.derivation


def _with_draws(variant: Variant, d: Derivation) -> Derivation:
    """A derivation about numbers only, with what other seeds make of it as the further draws it needs."""
    if d.dimensions or d.mode == "iff" or len(d.variants) >= OTHER_DRAWS:
        return d
    try:
        return replace(d, variants=tuple(_draws(variant, d)))
    except Exception:  # a draw that fails is told at its own seed
        return d


def _draws(variant: Variant, d: Derivation) -> list[Derivation]:
    found = {printed_lines(d): d}
    others = map(variant.problem.variant, range(variant.seed + 1, variant.seed + 20))
    for same in (x for other in others for x in (*other.working, *_derivations(other)) if x.name == d.name):
        if same is d or len(found) > OTHER_DRAWS:  # no parameter goes into it, or there are enough
            break
        found.setdefault(printed_lines(same), same)
    return list(found.values())[1:]


def _unasked(variant: Variant, part: AskedPart) -> Iterator[str]:
    """Free indices and symbols of the answer that neither question nor statement names: nobody can guess them."""
    if isinstance(part.answer, Answer):
        d, text = part.answer.of, _RUN_TOGETHER.sub(lambda m: " ".join(m[0]), f"{variant.statement} {part.ask}")
        for letter in (d.page.names.get(b.letter.name, b.letter.name) for b in d.result.frame):
            if not re.search(rf"(?<![A-Za-z\\]){re.escape(letter)}(?![A-Za-z])", text):
                yield f"the answer's index {letter} is named nowhere in the question"
        for name in unsaid(variant, part):
            yield f"the answer is in terms of {name}, which the page names nowhere: say there what it is"
