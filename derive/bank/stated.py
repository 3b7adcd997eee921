"""Derivations stated in place: a formula with an oracle of its own, for what is not derived."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import wraps
from math import prod
from random import Random
from typing import Any

from derive.calculus.expr import Expr, entry
from derive.calculus.substitute import names
from derive.calculus.trace import Relation, Rule
from derive.derivations.base import LETTERS, Derivation, Symbol
from derive.grading.relations import relation as constraint
from derive.notation.index_language import program, relation
from derive.verify.oracle import called

OPENING = Rule("stated", "The formula, as it is stated.", lambda relation: relation)
NUMBERS = (*LETTERS, "int", "integer", "natural")
POINTS = 160  # at which an inequality is held against its oracle
PIECES = 16  # of 1: what simple numbers are made of
SIMPLE = tuple(Fraction(k, 4) for k in range(1, 17))
WHOLE = tuple(map(Fraction, range(1, 13)))
BOTH = (*(-v for v in SIMPLE[::2]), *SIMPLE[::2])
NUMERALS = {
    "real": (*BOTH, Fraction(0)),
    "nonzero": BOTH,
    "nonnegative": (*SIMPLE, Fraction(0)),
    "unit": tuple(Fraction(k, PIECES) for k in range(1, PIECES)),
    "unit_sym": tuple(Fraction(k, 8) for k in range(-7, 8)),
    "int": (*(-v for v in WHOLE), Fraction(0), *WHOLE),
    "posint": WHOLE,
    "dimension": WHOLE,
    "binary": (Fraction(0), Fraction(1)),
    "pm1": (Fraction(-1), Fraction(1)),
}


def stated(
    name: str,
    rule: str,
    *,
    symbols: Mapping[str, Symbol],
    truth: Callable[..., Any],
    settings: Sequence[Mapping[str, int]] = ({}, {}, {}),
    title: str = "",
    **more: Any,
) -> Derivation:
    """A formula or an inequality that is checked, not derived: its one line is compared with an oracle at every setting.

    Args:
        name: unique in its bank.
        rule: ``name[letters] := expression`` in the index language; or an inequality between numbers, ``a*m >= 1``, or a
            chain of them, ``n/2 < K <= n``, for `Condition` and `IntegerSet`.
        symbols: every name of the rule and every size.
        truth: a function of torch and of inputs by name that gives the value of the left side, in torch's own operators; for an
            inequality, whether it holds.
        settings: three or more choices of the sizes; nothing to choose where there are none, and for an inequality, which is
            tried at many simple numbers.
        title: one line, for the worked solution.
        more: fields of `Derivation`: ``where``, ``assumptions``, ``source``, ``index_base``, …

    Raises:
        ProgramError: the rule cannot be read.
        ValueError: an inequality speaks of arrays, or does not speak of a symbol, or no numbers are allowed.

    >>> hits = stated("hits", "h := 1 - (1 - p)**T", symbols={"p": Symbol(domain="unit"), "T": Symbol(domain="dimension"),
    ...     "h": Symbol((), "derived")}, truth=lambda torch, p, T: 1 - (1 - p) ** T, settings=({"T": 2}, {"T": 3}, {"T": 5}))
    >>> from derive import Answer
    >>> Answer(hits).judge("p + (1 - p) - (1 - p)^T").verdict
    'equal'
    """
    said = title or name.replace("-", " ").capitalize()
    if ":=" not in rule:
        return _inequality(name, rule, symbols, truth, said, more)
    sizes = {n for s in symbols.values() for n in symbols if n in " ".join(map(str, s.shape))}
    loose = [n for n, s in symbols.items() if s.domain in NUMBERS and n not in sizes]
    text = f"integer {', '.join(loose)}; {rule}" if loose else rule
    shapes = {n: " ".join(map(str, s.shape)) for n, s in symbols.items() if s.shape}
    d = program(text, shapes=shapes).definitions[-1]
    start = Relation((entry(d.name, *(b.letter.name for b in d.letters)), d.body), frame=d.letters)

    @wraps(truth)
    def values(torch: Any, *args: Any, **given: Any) -> dict[str, Any]:
        return {d.name: truth(torch, *args, **given)}

    return Derivation(name, said, symbols, values, settings, start=start, opening=OPENING, kind="claim", **more)


def _inequality(
    name: str, rule: str, symbols: Mapping[str, Symbol], truth: Callable[..., Any], said: str, more: Mapping[str, Any]
) -> Derivation:
    """An inequality that holds exactly where its oracle says so, at many simple numbers: often both sides are equal."""
    if any(s.shape for s in symbols.values()):
        raise ValueError(f"{name}: an inequality is one between numbers, and an array is declared")
    start = relation(rule)
    unread = sorted(symbols.keys() - {n for side in start.sides if isinstance(side, Expr) for n in names(side)})
    if unread:
        why = " (e is Euler's number: choose another name)" if "e" in unread else ""
        raise ValueError(f"{name}: {', '.join(unread)} is declared, and the inequality does not read it{why}")
    constraints = [constraint(text) for text in more.get("where", ())]
    points = _points(Random(name), {n: NUMERALS.get(s.domain, SIMPLE) for n, s in symbols.items()})
    allowed = [p for p in points if all(c.holds(p) for c in constraints)][:POINTS]
    if len(allowed) < 3:
        raise ValueError(f"{name}: there are no simple numbers that `where` allows")

    def values(torch: Any, **known: Any) -> dict[str, Any]:
        given = {n: torch.tensor(known[_counted(n)] / PIECES, dtype=torch.float64) for n in symbols}
        return {**given, "truth": bool(called(truth, torch, given))}

    settings = tuple({_counted(n): int(v * PIECES) for n, v in point.items()} for point in allowed)
    return Derivation(
        name, said, symbols, values, settings, start=start, opening=OPENING, kind="claim", mode="iff", **more
    )


def _counted(name: str) -> str:
    """What a setting calls a number of which it tells how many sixteenths it is."""
    return f"{name} in sixteenths"


def _points(random: Random, choices: Mapping[str, Sequence[Fraction]]) -> list[dict[str, Fraction]]:
    """All simple values of a few names in a random order, or many of them."""
    every = prod(map(len, choices.values()))
    chosen = random.sample(range(every), min(every, 20 * POINTS))
    points = []
    for number in chosen:
        point = {}
        for name, values in choices.items():
            number, k = divmod(number, len(values))
            point[name] = values[k]
        points.append(point)
    return points
