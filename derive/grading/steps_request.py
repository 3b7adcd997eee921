"""A derivation of the catalogue as a request of `derive steps`: its definitions are given, its lines are to be judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound, Entry
from derive.calculus.expr import Expr, entry
from derive.calculus.substitute import atoms, free_letters, names
from derive.calculus.trace import Line, Relation, Table
from derive.derivations.base import LETTERS, Derivation, axis_size, axis_start
from derive.notation.index_latex import scope
from derive.notation.relation_latex import range_latex, relation_latex


def lines_request(derivation: Derivation) -> dict[str, Any]:
    r"""The fields of PROTOCOLS section 2, every line as a page shows it.

    What is given: the program's definitions, or else the first line; what the rules use that is no identity; and what a
    name of its own for a derivative means.

    >>> from derive.derivations.catalogue import catalogue
    >>> lines_request(catalogue()["sigmoid-derivative"])["given"]
    ['h_{i} = \\sigma\\left(z_{i}\\right)']
    """
    lines, given = _parted(derivation)
    return {
        "id": derivation.name,
        "symbols": {n: _declared(derivation, n) for n in derivation.symbols if _is_array(derivation, n)},
        "given": list(dict.fromkeys([*given, *_facts(derivation), *_cotangents(derivation)])),
        "lines": [shown(derivation, line.relation) for line in lines],
        "index_base": derivation.index_base,
        "out_of_range": derivation.out_of_range,
        "where": list(derivation.where),
    }


def shown(derivation: Derivation, relation: Relation, *, ranges: bool = True) -> str:
    """A relation as the page of a derivation shows it."""
    page = derivation.page
    text = relation_latex(relation, page)
    if not ranges or not relation.frame or any(isinstance(s, Table) for s in relation.sides):
        return text
    letters = scope(relation.left, page, relation.frame)
    return rf"{text} \qquad ({', '.join(range_latex(b, letters) for b in relation.frame)})"


def _is_array(derivation: Derivation, name: str) -> bool:
    return derivation.symbols[name].domain not in LETTERS


def _parted(derivation: Derivation) -> tuple[list[Line], list[str]]:
    """The lines that are judged, and what is given before them."""
    lines = [x for x in derivation.lines if x.mode != "definition"]
    opening = [x.relation for x in derivation.lines if x.mode == "definition"]
    if derivation.program is not None:
        opening = [
            Relation((entry(d.name, *(b.letter for b in d.letters)), d.body), frame=d.letters)
            for d in derivation.program.definitions
        ]
    elif not opening:
        opening, lines = [lines[0].relation], lines[1:]
    return lines, [shown(derivation, r, ranges=False) for r in opening]


def _facts(derivation: Derivation) -> Iterator[str]:
    """The definitions and hypotheses that the rules use."""
    for line in derivation.lines:
        fact = line.rule.fact
        if fact is not None and all(names(s) <= derivation.symbols.keys() for s in fact.sides if isinstance(s, Expr)):
            yield shown(derivation, Relation(fact.sides, fact.ops, fact.frame or _frame(derivation, fact)), ranges=False)


def _frame(derivation: Derivation, fact: Relation) -> tuple[Bound, ...]:
    """The free letters of a fact, each over the axis it stands in."""
    found: dict[Letter, Bound] = {}
    free = free_letters(fact.left) - set(derivation.dimensions)
    for atom in atoms(fact.left):
        for axis, at in zip(derivation.symbols[atom.name].shape, atom.at, strict=False) if isinstance(atom, Entry) else ():
            letter = next((x for x in free if at == Affine.of(x)), None)
            if letter is not None:
                low = Affine.of(axis_start(axis) or 0)
                found.setdefault(letter, Bound(letter, low, low + axis_size(axis)))
    return tuple(found.values())


def _cotangents(derivation: Derivation) -> Iterator[str]:
    """``δ = ∂L/∂z`` for every derivative that has a name of its own, and for the one that arrives from above."""
    page, program = derivation.page, derivation.program
    latex = {n: s.latex or n for n, s in derivation.symbols.items()}
    above = program.definitions[-1] if program is not None else None
    for name in latex:
        own = page.names.get(f"{name}_bar")
        if own is None and above is not None and above.name == name and above.letters and derivation.asks == "gradient":
            own = rf"\bar{{{latex[name]}}}"
        if own is not None:
            yield rf"{own} = \frac{{\partial {page.loss}}}{{\partial {latex[name]}}}"


def _declared(derivation: Derivation, name: str) -> dict[str, Any]:
    symbol = derivation.symbols[name]
    latex = symbol.latex or name
    if symbol.domain == "function":
        return {"shape": "function", "domain": "elementwise", "latex": latex}
    domain = "real" if symbol.domain in ("derived", "coordinate") else symbol.domain
    return {"shape": list(symbol.shape), "domain": domain, "latex": latex}
