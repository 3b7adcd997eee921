"""What every derivation promises, as a function that says which promises are broken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from inspect import signature

from derive.calculus.expr import Expr
from derive.calculus.substitute import free_letters, names
from derive.calculus.trace import Line, Table
from derive.derivations.base import Derivation, axis_size
from derive.notation.relation_latex import relation_latex
from derive.testing.fingerprint import same_checks
from derive.verify.worlds import DRAWS, worlds


def derivation_failures(d: Derivation, draws: int = DRAWS) -> list[str]:
    """The promises that a derivation breaks, a sentence each; ``draws`` inputs are drawn at each setting.

    Its lines replay, print and have reasons; the stated form decides none of them; every name is declared;
    every line holds at three settings or more and no mutant of the result does (`derive.verify.check`).
    """
    d = replace(d)  # a fresh replay
    try:
        lines = d.lines
    except Exception as error:  # a rule may raise anything; it is the author's to hear
        return [f"{d.name}: the lines do not replay: {told(error)}"]
    return [
        *_unprintable(d, lines),
        *_form_matters(d),
        *_undeclared(d, lines),
        *(f"{d.name}: line {n} has no reason" for n, line in enumerate(lines, 1) if not line.rule.sentence),
        *_unverified(d, draws),
    ]


def quick_failures(d: Derivation) -> list[str]:
    """The promises that a derivation breaks at its smallest setting with one draw; no mutants are tried."""
    from derive.verify.check import check_lines

    small = min(d.settings, key=lambda s: sum(s.values()))
    d = replace(d, settings=(small,), boundary=())
    try:
        lines = d.lines
    except Exception as error:  # a rule may raise anything; it is the author's to hear
        return [f"{d.name}: the lines do not replay: {told(error)}"]
    try:
        off, _ = check_lines(list(enumerate(lines, 1)), list(worlds(d, "cpu", 1)), d.mode)
    except Exception as error:  # an oracle may raise anything
        return [f"{d.name}: the oracle fails: {told(error)}"]
    return [*_unprintable(d, lines), *_undeclared(d, lines), *(f"{d.name}: {f.message}" for f in off)]


def printed_lines(d: Derivation) -> tuple[str, ...]:
    """Every line of a fresh replay as LaTeX, with its rule's name."""
    fresh = replace(d)
    return tuple(f"{line.rule.name}: {relation_latex(line.relation, fresh.page)}" for line in fresh.lines)


def told(error: Exception) -> str:
    """What was raised, in a line."""
    if isinstance(error, KeyError) and error.args and " " in str(error.args[0]):  # a sentence, which Python would quote
        return str(error.args[0])
    return f"{type(error).__name__}: {error}"


def _unprintable(d: Derivation, lines: Iterable[Line]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        try:
            text = relation_latex(line.relation, d.page)
        except Exception as error:  # whatever the printer raises, the line cannot be shown
            yield f"{d.name}: line {number} ({line.rule.name}) does not print: {told(error)}"
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


def _unsized(d: Derivation) -> list[str]:
    """The letters of shapes that some setting says no size for."""
    letters = {x.name for s in d.symbols.values() for axis in s.shape for x in axis_size(axis).letters}
    return sorted({x for x in letters for sizes in d.settings if x not in sizes})


def _one_for_several(d: Derivation) -> Iterator[str]:
    """Oracles of single definitions that do not take what their definition reads: they compute it once more."""
    truth, program = d.truth, d.program
    rules = program.definitions if program and isinstance(truth, Mapping) else ()
    defined = {rule.name for rule in rules}
    for rule in rules:
        oracle = truth.get(rule.name) if isinstance(truth, Mapping) else None
        takes = set(signature(oracle).parameters) if oracle else defined
        if missing := sorted(names(rule.body) & defined - takes):
            told_of = ", ".join(missing)
            yield f"truth={{'{rule.name}': …}} must take {told_of}, which the definition of {rule.name} reads, as lines do"


def _unverified(d: Derivation, draws: int) -> list[str]:
    from derive.verify.check import verify

    if missing := _unsized(d):
        return [f"{d.name}: settings= gives no size for {', '.join(missing)}"]
    try:
        report = verify(d, "cpu", draws)
    except Exception as error:  # an oracle may raise anything
        return [f"{d.name}: {text}" for text in _one_for_several(d)] or [f"{d.name}: the oracle fails: {told(error)}"]
    messages = () if report.ok else (report.message, *(f.message for f in report.failures))
    return [f"{d.name}: {message}" for message in dict.fromkeys(messages)]


_verified: dict[object, list[str]] = {}


def verified_once(d: Derivation) -> list[str]:
    """`derivation_failures`, kept for the same lines, settings and oracles."""
    try:
        key = same_checks(d)
    except Exception:  # it does not replay or print; the failures say so
        return derivation_failures(d)
    if key not in _verified:
        _verified[key] = derivation_failures(d)
    return _verified[key]
