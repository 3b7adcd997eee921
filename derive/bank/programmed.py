"""What a derivation itself says of the names in an answer: what its program defines, and the gradients on its way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from derive.bank.names import typed_name
from derive.calculus.expr import Expr, entry
from derive.calculus.substitute import names
from derive.calculus.trace import Relation
from derive.derivations.base import Derivation
from derive.notation.matrix_relation import matrix_side

BAR = "_bar"


def programmed(derivation: Derivation, typed: Mapping[str, str]) -> dict[str, dict[str, str]]:
    r"""The definitions of some names, as a comparison declares them, where each can be written as a matrix formula.

    Args:
        derivation: the derivation.
        typed: its names, each with the name that students type.

    >>> from derive.derivations.catalogue import catalogue
    >>> programmed(catalogue()["mlp-first-weights"], {"z1_bar": "delta1"})["delta1"]["domain"]
    'derived'
    """
    rules = {**dict(_gradients(derivation)), **dict(_definitions(derivation))}
    shapes = derivation.program.shapes if derivation.program else {}
    found = {typed[n]: matrix_side(rule, shapes, derivation.page, "latex") for n, rule in rules.items() if n in typed}
    return {n: {"definition": text, "domain": "derived"} for n, text in found.items() if text}


def typed_names(derivation: Derivation) -> dict[str, str]:
    """The names that a derivation declares → those that students type."""
    return {n: typed_name(n, s) for n, s in derivation.symbols.items()}


def _definitions(derivation: Derivation) -> Iterator[tuple[str, Relation]]:
    program = derivation.program
    for d in program.definitions if program else ():
        yield d.name, Relation((entry(d.name, *(b.letter.name for b in d.letters)), d.body), frame=d.letters)


def _gradients(derivation: Derivation) -> Iterator[tuple[str, Relation]]:
    """The last line about each gradient before the result, where it does not lead back to itself."""
    asked = _left(derivation.result)
    last = {name: line.relation for line in derivation.lines if (name := _left(line.relation)).endswith(BAR)}
    known: set[str] = set()
    for name, relation in last.items():
        later = {n for n in _right(relation) if n in last} - known
        if name != asked and not later:
            known.add(name)
            yield name, relation


def _left(relation: Relation) -> str:
    first = relation.sides[0]
    return next(iter(names(first)), "") if isinstance(first, Expr) else ""


def _right(relation: Relation) -> frozenset[str]:
    last = relation.sides[-1]
    return names(last) if isinstance(last, Expr) else frozenset()
