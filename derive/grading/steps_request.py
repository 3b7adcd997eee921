"""A derivation of the catalogue as a request of `derive steps`: its definitions are given, its lines are to be judged."""

from __future__ import annotations

from typing import Any

from derive.calculus.program import Definition
from derive.calculus.trace import Line, Relation, Table
from derive.derivations.base import LETTERS, Derivation
from derive.notation.index_latex import scope, to_latex
from derive.notation.latex_entries import name_latex
from derive.notation.relation_latex import range_latex, relation_latex
from derive.notation.style import Names


def lines_request(derivation: Derivation) -> dict[str, Any]:
    """The fields of PROTOCOLS section 2, every line as a page shows it.

    >>> from derive.derivations.conv import filter_gradient
    >>> lines_request(filter_gradient)["given"][0]
    """
    lines, given = _given(derivation)
    return {
        "id": derivation.name,
        "symbols": {n: _declared(derivation, n) for n, s in derivation.symbols.items() if s.domain not in LETTERS},
        "given": given,
        "lines": [_shown(derivation, line.relation) for line in lines],
        "index_base": derivation.index_base,
        "out_of_range": derivation.out_of_range,
        "where": list(derivation.where),
    }


def _given(derivation: Derivation) -> tuple[list[Line], list[str]]:
    """The lines that are judged, and what is given before them: definitions, and the cotangent that arrives."""
    program = derivation.program
    lines = list(derivation.lines)
    given = [_shown(derivation, x.relation, ranges=False) for x in lines if x.mode == "definition"]
    lines = [x for x in lines if x.mode != "definition"]
    if program is not None:
        given = [_defined(derivation, d) for d in program.definitions]
        last = program.definitions[-1]
        if last.letters and derivation.asks == "gradient":
            head = name_latex(last.name, (), Names(derivation.page))
            given.append(rf"\bar{{{head}}} = \frac{{\partial {derivation.page.loss}}}{{\partial {head}}}")
    elif not given:
        given, lines = [_shown(derivation, lines[0].relation, ranges=False)], lines[1:]
    return lines, given


def _defined(derivation: Derivation, definition: Definition) -> str:
    from derive.calculus.expr import entry

    left = entry(definition.name, *(b.letter for b in definition.letters))
    return _shown(derivation, Relation((left, definition.body), ("=",), definition.letters), ranges=False)


def _declared(derivation: Derivation, name: str) -> dict[str, Any]:
    symbol = derivation.symbols[name]
    latex = symbol.latex or name
    if symbol.domain == "function":
        return {"shape": "function", "domain": "elementwise", "latex": latex}
    domain = "real" if symbol.domain in ("derived", "coordinate") else symbol.domain
    return {"shape": list(symbol.shape), "domain": domain, "latex": latex}


def _shown(derivation: Derivation, relation: Relation, *, ranges: bool = True) -> str:
    page = derivation.page
    text = relation_latex(relation, page)
    if not ranges or any(isinstance(s, Table) for s in relation.sides) or not relation.frame:
        return text
    letters = scope(relation.left, page, relation.frame)
    shown = ", ".join(range_latex(b, letters) for b in relation.frame)
    return rf"{text} \qquad ({shown})" if shown else text
