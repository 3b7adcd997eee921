"""What every problem promises, seed by seed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from derive.bank.kinds import Answer
from derive.bank.problem import AskedPart, BadProblem, Problem, Variant
from derive.derivations.base import Derivation
from derive.derivations.catalogue import catalogue
from derive.testing.derivations import printed_lines, told, verified_once
from derive.testing.parts import part_failures

OTHER_DRAWS = 2


def problem_failures(problem: Problem, seeds: Iterable[int]) -> list[str]:
    """The promises that a problem breaks, a sentence each.

    For each seed: everything renders; each model answer, typed as LaTeX, as Python and as plain text, earns full marks, and
    so does each rewrite of it; each foreseen mistake is wrong and hears its own message; wrong answers are wrong; nonsense waits
    for a person; restating the question earns nothing. The answers' derivations hold, if they are not in the catalogue, which is
    verified by itself. A part that asks the same at two seeds is judged once.
    """
    found = [f for seed in seeds for f in _variant_failures(problem, seed)]
    return list(dict.fromkeys([*_marks_failures(problem), *found]))


def _marks_failures(problem: Problem) -> Iterator[str]:
    for name, part in problem.parts.items():
        if part.marks < 1:
            yield f"{problem.name}, part {name}: marks are {part.marks}"
    if not problem.parts:
        yield f"{problem.name}: there is no part"


def _variant_failures(problem: Problem, seed: int) -> list[str]:
    try:
        variant = problem.variant(seed)
        texts = [variant.statement, *(t for part in variant.parts.values() for t in _texts(part))]
        working = variant.working
    except BadProblem as error:
        return [f"seed {seed}: {error}"]
    except Exception as error:  # a problem's own functions may raise anything
        return [f"{problem.name}, seed {seed}: {told(error)}"]
    found = [f"{problem.name}, seed {seed}: {t!r} is not filled in" for t in texts if "<<" in t or "<%" in t]
    found += [f for part in variant.parts.values() for f in _part_failures(variant, part)]
    own = [d for d in (*working, *_derivations(variant)) if catalogue().get(d.name) is not d]
    broken = (f for d in own for f in verified_once(_with_draws(variant, d)))
    return found + [f"{problem.name}, seed {seed}: {f}" for f in dict.fromkeys(broken)]


def _texts(part: AskedPart) -> tuple[str, ...]:
    return (part.ask, *part.hints, *(m.say for m in part.mistakes))


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


def _part_failures(variant: Variant, part: AskedPart) -> list[str]:
    where = f"{variant.problem.name}, seed {variant.seed}, part {part.name}"
    return [f"{where}: {f}" for f in (*part_failures(part, variant.problem.name), *_unasked(variant, part))]


def _unasked(variant: Variant, part: AskedPart) -> Iterator[str]:
    """Free indices of the answer that neither question nor statement names: nobody can guess them."""
    if isinstance(part.answer, Answer):
        d, text = part.answer.of, f"{variant.statement} {part.ask}"
        for letter in (d.page.names.get(b.letter.name, b.letter.name) for b in d.result.frame):
            if not re.search(rf"(?<![A-Za-z\\]){re.escape(letter)}(?![A-Za-z])", text):
                yield f"the answer's index {letter} is named nowhere in the question"
