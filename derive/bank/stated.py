"""Derivations stated in place: a formula with an oracle of its own, for what is not derived."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from derive.calculus.expr import entry
from derive.calculus.trace import Relation, Rule
from derive.derivations.base import LETTERS, Derivation, Symbol
from derive.notation.index_language import program

OPENING = Rule("stated", "The formula, as it is stated.", lambda relation: relation)
NUMBERS = (*LETTERS, "int", "integer", "natural")


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
    """A formula that is checked, not derived: its one line is compared with an oracle at every setting.

    Args:
        name: unique in its bank.
        rule: ``name[letters] := expression`` in the index language.
        symbols: every name of the rule and every size.
        truth: a function of torch and of inputs by name that gives the value of the left side, in torch's own operators.
        settings: three or more choices of the sizes; nothing to choose where there are none.
        title: one line, for the worked solution.
        more: fields of `Derivation`: ``where``, ``assumptions``, ``source``, ``index_base``, …

    Raises:
        ProgramError: the rule cannot be read.

    >>> hits = stated("hits", "h := 1 - (1 - p)**T", symbols={"p": Symbol(domain="unit"), "T": Symbol(domain="dimension"),
    ...     "h": Symbol((), "derived")}, truth=lambda torch, p, T: 1 - (1 - p) ** T, settings=({"T": 2}, {"T": 3}, {"T": 5}))
    >>> from derive import Answer
    >>> Answer(hits).judge("p + (1 - p) - (1 - p)^T").verdict
    'equal'
    """
    sizes = {n for s in symbols.values() for n in symbols if n in " ".join(map(str, s.shape))}
    loose = [n for n, s in symbols.items() if s.domain in NUMBERS and n not in sizes]
    text = f"integer {', '.join(loose)}; {rule}" if loose else rule
    shapes = {n: " ".join(map(str, s.shape)) for n, s in symbols.items() if s.shape}
    d = program(text, shapes=shapes).definitions[-1]
    start = Relation((entry(d.name, *(b.letter.name for b in d.letters)), d.body), frame=d.letters)

    @wraps(truth)
    def values(torch: Any, *args: Any, **given: Any) -> dict[str, Any]:
        return {d.name: truth(torch, *args, **given)}

    said = title or name.replace("-", " ").capitalize()
    return Derivation(name, said, symbols, values, settings, start=start, opening=OPENING, kind="claim", **more)
