"""What every derivation and every problem promises, as functions that say which promises are broken.

``derive check`` prints what they return and the tests assert that it is empty: both hold the same promises.
Nothing here raises for an author's mistake; it becomes a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

from derive.bank.banks import content
from derive.bank.grade import grade_part
from derive.bank.kinds import Answer
from derive.bank.problem import AskedPart, BadProblem, Mistake, Problem, Variant
from derive.calculus.expr import Expr
from derive.calculus.substitute import free_letters, names
from derive.calculus.trace import Line, Table
from derive.derivations.base import Derivation
from derive.notation.relation_latex import relation_latex
from derive.verify.worlds import DRAWS

NONSENSE = (r"\frac{1", "__import__('os')", "9**9**9", "", "(" * 100_000)
UNDECIDED = ("unreadable", "refused", "blank", "undecided")
PATIENCE = 5.0
GOLDEN_SEED = 0
OTHER_DRAWS = 2


def derivation_failures(d: Derivation, draws: int = DRAWS) -> list[str]:
    """The promises that a derivation breaks, a sentence each; ``draws`` inputs are drawn at each setting.

    Its lines replay, print and have reasons; the stated form decides none of them; every name is declared;
    every line holds at three settings or more and no mutant of the result does (`derive.verify.check`).
    """
    d = replace(d)  # a fresh replay
    try:
        lines = d.lines
    except Exception as error:  # a rule may raise anything; it is the author's to hear
        return [f"{d.name}: the lines do not replay: {_told(error)}"]
    return [
        *_unprintable(d, lines),
        *_form_matters(d),
        *_undeclared(d, lines),
        *(f"{d.name}: line {n} has no reason" for n, line in enumerate(lines, 1) if not line.rule.sentence),
        *_unverified(d, draws),
    ]


def printed_lines(d: Derivation) -> tuple[str, ...]:
    """Every line of a fresh replay as LaTeX, with its rule's name."""
    fresh = replace(d)
    return tuple(f"{line.rule.name}: {relation_latex(line.relation, fresh.page)}" for line in fresh.lines)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _unprintable(d: Derivation, lines: Iterable[Line]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        try:
            text = relation_latex(line.relation, d.page)
        except Exception as error:  # whatever the printer raises, the line cannot be shown
            yield f"{d.name}: line {number} ({line.rule.name}) does not print: {_told(error)}"
            continue
        if not text.strip():
            yield f"{d.name}: line {number} ({line.rule.name}) prints nothing"


def _form_matters(d: Derivation) -> Iterator[str]:
    try:
        same = printed_lines(d) == printed_lines(replace(d, form=""))
    except Exception:  # already told by _unprintable
        return
    if not same:
        yield f"{d.name}: the stated form changes the lines"


def _undeclared(d: Derivation, lines: Iterable[Line]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        unknown = {n for side in _sides(line) for n in names(side) if not set(_bases(n)) <= set(d.symbols)}
        if unknown:
            yield f"{d.name}: line {number} reads {', '.join(sorted(unknown))}, which no symbol declares"
        ranged = {b.letter for b in line.relation.frame} | set(d.dimensions)
        loose = {x.name for side in _sides(line) for x in free_letters(side) - ranged}
        if loose:
            yield f"{d.name}: line {number} leaves {', '.join(sorted(loose))} without a range"


def _sides(line: Line) -> Iterator[Expr]:
    for side in line.relation.sides:
        yield from (e for row in side.entries for e in row) if isinstance(side, Table) else (side,)


def _bases(name: str) -> tuple[str, ...]:
    """The names that a derived name speaks of: ``y`` for the adjoint ``y_bar``, two for a Jacobian.

    >>> _bases("dy/dx"), _bases("y_bar"), _bases("d"), _bases("dw_bar/dw")
    (('y', 'x'), ('y',), ('d',), ('w', 'w'))
    """
    of, slash, wrt = name.partition("/")
    if slash and of.startswith("d") and wrt.startswith("d"):
        return of[1:].removesuffix("_bar"), wrt[1:]
    return (name.removesuffix("_bar"),)


def _unverified(d: Derivation, draws: int) -> list[str]:
    from derive.verify.check import verify

    try:
        report = verify(d, "cpu", draws)
    except Exception as error:  # an oracle may raise anything
        return [f"{d.name}: the oracle fails: {_told(error)}"]
    messages = () if report.ok else (report.message, *(f.message for f in report.failures))
    return [f"{d.name}: {message}" for message in dict.fromkeys(messages)]


_verified: dict[object, list[str]] = {}


def _verified_once(d: Derivation) -> list[str]:
    """`derivation_failures`, kept for the same name, lines, settings and oracle."""
    try:
        key: object = tuple(
            (one.name, printed_lines(one), tuple(str(dict(s)) for s in one.settings), _oracle_code(one))
            for one in (d, *d.variants)
        )
    except Exception:  # it does not replay or print; the failures say so
        return derivation_failures(d)
    if key not in _verified:
        _verified[key] = derivation_failures(d)
    return _verified[key]


def _oracle_code(d: Derivation) -> tuple[object, ...]:
    functions = (d.whole, *((d.truth,) if callable(d.truth) else tuple(d.truth.values())))
    return tuple(getattr(f, "__code__", f) for f in functions)


def problem_failures(problem: Problem, seeds: Iterable[int]) -> list[str]:
    """The promises that a problem breaks, a sentence each.

    For each seed: everything renders; each model answer, typed, earns full marks; each foreseen mistake is
    wrong and hears its own message; nonsense waits for a person; the answers' derivations hold.
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
        return [f"{problem.name}, seed {seed}: {_told(error)}"]
    found = [f"{problem.name}, seed {seed}: {t!r} is not filled in" for t in texts if "<<" in t or "<%" in t]
    found += [f for part in variant.parts.values() for f in _part_failures(variant, part)]
    shown = (_with_draws(variant, d) for d in (*working, *_derivations(variant)))
    broken = (f for d in shown for f in _verified_once(d))
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
    found = [*_model_failures(part), *(f for m in part.mistakes for f in _mistake_failures(part, m))]
    found += _unasked(variant, part)
    found += [f for text in NONSENSE for f in _nonsense_failures(part, text)]
    return [f"{where}: {f}" for f in found]


def _unasked(variant: Variant, part: AskedPart) -> Iterator[str]:
    """Free indices of the answer that neither question nor statement names: nobody can guess them."""
    if isinstance(part.answer, Answer):
        d, text = part.answer.of, f"{variant.statement} {part.ask}"
        for letter in (d.page.names.get(b.letter.name, b.letter.name) for b in d.result.frame):
            if not re.search(rf"(?<![A-Za-z\\]){re.escape(letter)}(?![A-Za-z])", text):
                yield f"the answer's index {letter} is named nowhere in the question"


def _graded(part: AskedPart, answer: Callable[[], str]) -> dict[str, Any] | str:
    """The result, or what was raised on the way to it."""
    try:
        return grade_part(part, answer())
    except Exception as error:  # grading promises never to raise
        return f"raises {_told(error)[:300]}"


def _model_failures(part: AskedPart) -> Iterator[str]:
    result = _graded(part, part.answer.typed)
    if isinstance(result, str):
        yield f"the model answer {result}"
        return
    wanted = ("undecided", None) if part.answer.pending else ("equal", part.marks)
    if (result["verdict"], result["marks"]) != wanted:
        yield f"the model answer is {result['verdict']} ({result['feedback']}) and earns {result['marks']}"


def _mistake_failures(part: AskedPart, mistake: Mistake) -> Iterator[str]:
    what = f"the mistake {mistake.answer!r}"
    if not mistake.say.strip():
        yield f"{what} says nothing"
    if not 0 <= mistake.keeps < part.marks:
        yield f"{what} keeps {mistake.keeps} of {part.marks}; a wrong answer keeps less than all, from 0 on"
    result = _graded(part, lambda: mistake.answer)
    if isinstance(result, str):
        yield f"{what} {result}"
    elif result["verdict"] not in ("different", "partly"):
        yield f"{what} is {result['verdict']} ({result['feedback']}); it should be wrong"
    elif result["feedback"] != mistake.say:
        yield f"{what} hears {result['feedback']!r} and not its own {mistake.say!r}"
    elif result["marks"] != min(mistake.keeps, part.marks):
        yield f"{what} earns {result['marks']} and not {mistake.keeps}"


def _nonsense_failures(part: AskedPart, text: str) -> Iterator[str]:
    what = f"{text!r}" if len(text) < 40 else f"{len(text)} characters of {text[0]!r}"
    begin = perf_counter()
    result = _graded(part, lambda: text)
    seconds = perf_counter() - begin
    if isinstance(result, str):
        yield f"{what} {result}"
        return
    if result["verdict"] not in UNDECIDED:
        yield f"{what} is {result['verdict']} ({result['feedback']}); nobody can read it"
    if result["marks"]:
        yield f"{what} earns {result['marks']}"
    if seconds > PATIENCE:
        yield f"{what} takes {seconds:.0f} s to answer"


def solution_failures(problem: Problem, folder: Path | None = None) -> list[str]:
    """What is wrong with the worked solution stored in a folder (the shipped one): missing, or not what is rendered now."""
    from derive.render.solution import solution

    path = (content("solutions") if folder is None else folder) / f"{problem.name}.md"
    if not path.is_file():
        return [f"{problem.name}: there is no {path}"]
    try:
        now = str(solution(problem.variant(GOLDEN_SEED), "md"))
    except Exception as error:  # a problem's own functions may raise anything
        return [f"{problem.name}: the solution does not render: {_told(error)}"]
    before = path.read_text(encoding="utf-8")
    if before.strip() == now.strip():
        return []
    return [f"{problem.name}: {path} is stale{_first_change(before, now)}"]


def _first_change(before: str, now: str) -> str:
    old, new = before.strip().splitlines(), now.strip().splitlines()
    for number, (a, b) in enumerate(zip(old, new, strict=False), 1):
        if a != b:
            return f" from line {number} on: {a[:80]!r} is now {b[:80]!r}"
    return f": it has {len(old)} lines and should have {len(new)}"
