"""What a problem lacks, part by part, and where in its file: advice to its author, not broken promises."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from derive.bank.choice import Choice
from derive.bank.defined import equations, unread
from derive.bank.kinds import Answer
from derive.bank.lines import Lines
from derive.bank.problem import AskedPart, Problem, Variant
from derive.testing.parts import uncovered
from derive.testing.problems import unseen_edits
from derive.testing.symbols import undeclared

FEWEST_HINTS = 2
FEWEST_MISTAKES = 2
FEWEST_VARIANTS = 3
ENOUGH_SEEDS = 6  # of fewer, several may draw the same by chance
ZERO = re.compile(r"-?0(?:\.0*)?|\{\}|\\begin\{bmatrix\}(?:\s|&|\\\\|-?0(?:\.0*)?(?![\d.]))*\\end\{bmatrix\}")


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that a problem could have; ``part`` is empty where it is about the whole."""

    part: str
    text: str


def coverage(problem: Problem) -> dict[str, list[str]]:
    """The parts that are ``derived``, ``checked, not derived``, a ``choice`` or ``sentences``, in this order."""
    found: dict[str, list[str]] = {"derived": [], "checked, not derived": [], "choice": [], "sentences": []}
    for name, part in problem.variant(0).parts.items():
        found[uncovered(part) or "derived"].append(name)
    return found


def lacks(problem: Problem, seeds: Iterable[int], path: Path | None = None) -> list[Lack]:
    """What is missing: hints, mistakes, topics, an oracle; variants that are one question; names that nothing declares.

    A problem that does not work out lacks nothing here: `derive.testing.problem_failures` says what is wrong with it.
    """
    try:
        first = problem.variant(0)
        found = [
            *_of_problem(problem, path),
            *(x for p in first.parts.values() for x in _of_part(p)),
            *_undeclared(first),
            *_dropped(first),
            *(Lack("", text) for text in unseen_edits(first)),
        ]
        return found + list(_of_variants([problem.variant(seed) for seed in seeds]))
    except Exception:  # an author's functions may raise anything: it is among what is broken
        return []


def _undeclared(variant: Variant) -> Iterator[Lack]:
    for name in undeclared(variant):
        yield Lack("", f"the page names {name}, which nothing declares")


def _dropped(variant: Variant) -> Iterator[Lack]:
    """What the statement defines for people only: no answer and no line may speak of it."""
    kinds = [p.answer for p in variant.parts.values() if isinstance(p.answer, Answer | Lines)]
    said = [(*variant.problem.defines.items(), *equations(variant.statement))] * len(kinds)
    known = (k.request()["symbols"] if isinstance(k, Answer) else k.request["symbols"] for k in kinds)
    each = [unread(found, {"symbols": symbols}) for found, symbols in zip(said, known, strict=True)]
    for name in sorted(set.intersection(*each)) if each else ():
        yield Lack(
            "",
            f"what the statement says that {name} is cannot be read: no answer and no line of working may speak of it",
        )


def _of_problem(problem: Problem, path: Path | None) -> Iterator[Lack]:
    if "TODO" in problem.title + problem.statement:
        yield Lack("", "TODO is still to be written")
    if not problem.topics:
        yield Lack("", "no topics: topics=(...) says what the problem is about")
    if path is not None and "difficulty" not in _keywords(path):
        yield Lack("", "no difficulty that was chosen: difficulty=1, 2 or 3")


def _of_part(part: AskedPart) -> Iterator[Lack]:
    what = uncovered(part)
    if "TODO" in "".join((part.ask, *part.own, *(m.say for m in part.mistakes))):
        yield Lack(part.name, "TODO is still to be written")
    if what == "sentences":
        return
    least = min(FEWEST_MISTAKES, len(part.answer.others)) if isinstance(part.answer, Choice) else FEWEST_MISTAKES
    if len(part.mistakes) < least and not isinstance(part.answer, Lines):
        yield Lack(part.name, f"{'one' if part.mistakes else 'no'} foreseen mistake; {least} are the least")
    if isinstance(part.answer, Lines) and not part.answer.wanted:
        yield Lack(part.name, "no ideas on the way that its lines must show: ideas=(...) names them")
    if len(part.hints) < FEWEST_HINTS:
        yield Lack(part.name, f"{'one' if part.hints else 'no'} hint; {FEWEST_HINTS} are the least")


def _of_variants(variants: list[Variant]) -> Iterator[Lack]:
    pages: dict[object, Variant] = {}
    for v in variants:
        pages.setdefault(_page(v), v)
    if variants and variants[0].problem.params and len(pages) < FEWEST_VARIANTS and len(variants) >= ENOUGH_SEEDS:
        yield Lack("", f"{len(variants)} seeds give only {len(pages)} different pages")
    for name in variants[0].parts if variants else ():
        nothing = [v.seed for v in variants if ZERO.fullmatch(_typed(v.parts[name].answer))]
        if nothing:
            yield Lack(name, f"the answer is 0 or empty at {_seeds(nothing)}: that variant is degenerate")


def _page(v: Variant) -> object:
    return v.statement, tuple(part.ask for part in v.parts.values())


def _typed(kind: Any) -> str:
    return "" if kind.pending else str(kind.typed())


def _seeds(seeds: list[int]) -> str:
    return f"seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds[:3]))}{', …' if len(seeds) > 3 else ''}"


# --- where it stands in the file ---


def places(path: Path) -> dict[str, int]:
    """Part → the line of its name in the file; the whole problem's line under the empty name."""
    found = {}
    for call in _problems(path):
        found[""] = call.lineno
        for keyword in call.keywords:
            if keyword.arg == "parts" and isinstance(keyword.value, ast.Dict):
                found |= {str(k.value): k.lineno for k in keyword.value.keys if isinstance(k, ast.Constant)}
    return found


def repeated(path: Path) -> Iterator[tuple[str, str]]:
    """Part and sentence of each key that a dictionary of the file holds twice: Python keeps the last one and says nothing."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Dict):
            at: dict[Any, list[int]] = {}
            for key in node.keys:
                if isinstance(key, ast.Constant):
                    at.setdefault(key.value, []).append(key.lineno)
            for key, lines in at.items():
                if len(lines) > 1:
                    yield (
                        str(key),
                        f"{key!r} stands twice in one dictionary, at lines {_listed(lines)}: only the last counts",
                    )


def _listed(lines: list[int]) -> str:
    return f"{', '.join(map(str, lines[:-1]))} and {lines[-1]}"


def _problems(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
            yield node


def _keywords(path: Path) -> set[str | None]:
    return {k.arg for call in _problems(path) for k in call.keywords}
