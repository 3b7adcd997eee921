"""A derivation of the catalogue as a request of `derive steps`: its definitions are given, its lines are to be judged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound, Entry
from derive.calculus.expr import ZERO, Expr, Term, entry
from derive.calculus.substitute import atoms, free_letters, names, subs
from derive.calculus.trace import Line, Relation, Table
from derive.derivations.base import LETTERS, Derivation, axis_size, axis_start
from derive.grading.lines_text import role_of
from derive.notation.index_latex import scope
from derive.notation.relation_latex import range_latex, relation_latex, side_latex

POSITIVE = re.compile(r"(\w+) is positive(?! (?:semi)?-?definite)")
DERIVATIVE = r"\frac{\partial"  # a symbol that is written so is what it is written as
FORMULA = re.compile(r"\+|\||(?<!\^\{)\(|#|/|\^\{\w+ ")  # but a layer's z^{(1)} is a name


def lines_request(derivation: Derivation) -> dict[str, Any]:
    r"""The fields of PROTOCOLS section 2, every line as a page shows it.

    What is given: the program's definitions, or else the first line; what the rules use that is no identity; and what a
    name of its own for a derivative means.

    >>> from derive.derivations.catalogue import catalogue
    >>> lines_request(catalogue()["sigmoid-derivative"])["given"]
    ['h_{i} = \\sigma\\left(z_{i}\\right)']
    """
    derivation = _with_names(derivation)
    lines, given = _parted(derivation)
    facts = list(_facts(derivation))
    opening = [*given, *facts] if _defined(derivation) else [*facts, *given]
    return {
        "id": derivation.name,
        "symbols": dict(_symbols(derivation)),
        "given": list(dict.fromkeys([*opening, *_cotangents(derivation)])),
        "lines": [line_text(derivation, line) for line in lines],
        "index_base": derivation.index_base,
        "out_of_range": derivation.out_of_range,
        "where": list(derivation.where),
    }


def result_text(derivation: Derivation) -> str:
    r"""The right side of a derivation's result in the names that `lines_request` uses.

    >>> from derive.derivations.catalogue import catalogue
    >>> result_text(catalogue()["gan-generator-saturates"])
    '-D'
    """
    named = _with_names(derivation)
    return side_latex(named.result.right, named.result, named.page)


def line_text(derivation: Derivation, line: Line) -> str:
    """A line with the words of its rule where they make it true: of "stationary point" what the derivative is of, too."""
    relation, before = line.relation, line.before
    if role_of(line.rule.name) != "set" or before is None or relation.right != ZERO:
        return shown(derivation, relation)
    whole = replace(relation, sides=(before.left, *relation.sides), ops=("=", *relation.ops))
    return rf"\text{{{line.rule.name}: }} {shown(derivation, whole)}"


def _with_names(derivation: Derivation) -> Derivation:
    """The derivation in which what a page writes as a formula, ``|w|``, or as another symbol already is called by its name."""
    sizes_first = sorted(derivation.symbols.items(), key=lambda item: item[1].domain not in LETTERS)
    written = [s.latex or n for n, s in sizes_first]
    called = {
        n: replace(s, latex=rf"\mathrm{{{n}}}")
        for k, (n, s) in enumerate(sizes_first)
        if FORMULA.search(s.latex or "") or written[k] in written[:k]
    }
    return replace(derivation, symbols={**derivation.symbols, **called}) if called else derivation


def shown(derivation: Derivation, relation: Relation, *, ranges: bool = True) -> str:
    """A relation as the page of a derivation shows it."""
    page = derivation.page
    text = relation_latex(relation, page)
    if not ranges or not relation.frame or any(isinstance(s, Table) for s in relation.sides):
        return text
    letters = scope(relation.left, page, relation.frame)
    bounds = [b for b in relation.frame if not any(x.name in page.continua for x in b.high.letters)]
    return rf"{text} \qquad ({', '.join(range_latex(b, letters) for b in bounds)})" if bounds else text


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
    """The definitions and hypotheses that the rules use; of two definitions of an array, the first."""
    known = _defined(derivation)
    for line in derivation.lines:
        fact, positive = line.rule.fact or _bound(derivation, line, known), POSITIVE.match(line.rule.condition)
        if positive and positive[1] in derivation.symbols:
            yield f"{derivation.symbols[positive[1]].latex or positive[1]} > 0"
        if line.rule.name == "take the root":
            yield shown(derivation, Relation((line.relation.left, ZERO), (">=",)), ranges=False)
        if fact is None or not all(_told(derivation, n) for s in fact.sides if isinstance(s, Expr) for n in names(s)):
            continue
        framed = _about(derivation, fact, known)
        if framed is not None:
            yield shown(derivation, framed, ranges=False)


def _told(derivation: Derivation, name: str) -> bool:
    """Whether a reader is told what a name is: a symbol, or the derivative by one."""
    return name.removesuffix("_bar") in derivation.symbols


def _defined(derivation: Derivation) -> set[str]:
    """What the program or the first line defines: not what that line says in terms of itself."""
    if derivation.program is not None:
        return {d.name for d in derivation.program.definitions}
    start = derivation.lines[0].relation
    head = _named(start.left)
    return set() if any(head in names(s) for s in start.sides[1:] if isinstance(s, Expr)) else {head}


def _bound(derivation: Derivation, line: Line, known: set[str]) -> Relation | None:
    """The inequality that a line adds to a chain by name, of what no formula defines."""
    *before, bound = line.relation.sides
    if line.before is None or tuple(before) != line.before.sides or line.relation.ops[-1] == "=":
        return None
    claimed = derivation.kind == "claim"
    if not isinstance(bound, Expr) or not (names(bound) or claimed):  # a sign is to be shown, and no hypothesis
        return None
    inside = {n for s in (before[-1], bound) if isinstance(s, Expr) for n in names(s) - known}
    derived = any(derivation.symbols[n].domain == "derived" for n in inside & derivation.symbols.keys())
    return Relation((before[-1], bound), line.relation.ops[-1:]) if derived else None


def _about(derivation: Derivation, fact: Relation, known: set[str]) -> Relation | None:
    """A fact as what it defines, its letters free; None where that is known already."""
    left, right = _whole(derivation, fact.sides[0]), fact.sides[-1]
    if fact.ops == ("=",) and isinstance(left, Expr):
        head, other = _named(left), _named(right) if isinstance(right, Expr) else ""
        if head in known or not head:
            if other and other not in known and derivation.symbols[other].domain == "derived":
                left, right, head = right, left, other
            elif head and free_letters(left):
                alone = _isolated(derivation, fact, known)
                if alone is None:
                    return None
                (left, right), head = alone, _named(alone[0])
        known.add(head)
    written = {*derivation.symbols, *(s.latex for s in derivation.symbols.values())}
    spare = (x for x in "tpqrabce" if x not in written)
    put = {x: Affine.of(Letter(next(spare))) for x in derivation.dimensions if _stands_alone(left, x)}
    sides = tuple(subs(s, put) if isinstance(s, Expr) else s for s in (left, right))
    ops = fact.ops if len(fact.ops) == 1 else fact.ops[:1]
    moved = Relation(sides, ops)
    frame = () if any(isinstance(s, Table) for s in sides) and fact.frame == () else _frame(derivation, moved)
    return replace(moved, frame=fact.frame if any(isinstance(s, Table) for s in sides) else frame)


def _isolated(derivation: Derivation, fact: Relation, known: set[str]) -> tuple[Expr, Expr] | None:
    """What a second formula for an array says of another name: ``e_t = c_t - c*`` where ``c_t = e_t + c*``."""
    left, right = fact.left, fact.result if isinstance(fact.right, Expr) else ZERO
    derived = {n for n, s in derivation.symbols.items() if s.domain == "derived"}
    new = names(right) & derived - known
    for term in right.terms if len(new) == 1 else ():
        alone = Expr((replace(term, coefficient=Fraction(1)),))
        rest = right - Expr((term,))
        if abs(term.coefficient) == 1 and _named(alone) in new and new.isdisjoint(names(rest)):
            return alone, left - rest if term.coefficient > 0 else rest - left
    return None


def _whole(derivation: Derivation, value: Expr | Table) -> Expr | Table:
    """An entry at a place of its last axes alone, for every place of those before."""
    match value:
        case Expr((Term(1, ((Entry(name, at), exponent),), ()),)) if exponent == 1 and at:
            before = [Letter(f"o{k}") for k in range(len(_shape(derivation, name)) - len(at))]
            return entry(name, *before, *at)
    return value


def _shape(derivation: Derivation, name: str) -> tuple[str | int, ...]:
    return derivation.symbols[name.removesuffix("_bar")].shape


def _named(value: Expr) -> str:
    """The name of which a value is an entry at letters, or nothing."""
    match value.terms:
        case (Term(1, ((Entry(name, at), exponent),), ()),) if exponent == 1 and all(a.letters for a in at):
            return name
    return ""


def _stands_alone(value: object, letter: Letter) -> bool:
    """Whether a letter is an index by itself: ``J_n`` with n a size."""
    found = [a for a in atoms(value) if isinstance(a, Entry)] if isinstance(value, Expr) else []
    return any(at == Affine.of(letter) for a in found for at in a.at)


def _frame(derivation: Derivation, fact: Relation) -> tuple[Bound, ...]:
    """The free letters of a fact, each over the axis it stands in."""
    found: dict[Letter, Bound] = {}
    free = {x for s in fact.sides if isinstance(s, Expr) for x in free_letters(s)} - set(derivation.dimensions)
    for atom in (a for s in fact.sides if isinstance(s, Expr) for a in atoms(s)):
        for axis, at in zip(_shape(derivation, atom.name), atom.at, strict=False) if isinstance(atom, Entry) else ():
            letter = next((x for x in free if at - Affine.of(x) == Affine.of((at - Affine.of(x)).constant or 0)), None)
            if letter is not None:
                low = Affine.of(axis_start(axis) or 0)
                found.setdefault(letter, Bound(letter, low, low + axis_size(axis)))
    return tuple(found.values())


def _cotangents(derivation: Derivation) -> Iterator[str]:
    """``δ = ∂L/∂z`` for every derivative that has a name of its own, and for the one that arrives from above."""
    page, program = derivation.page, derivation.program
    latex = {n: s.latex or n for n, s in derivation.symbols.items()}
    above = program.definitions[-1] if program is not None else None
    for name in sorted(latex, key=lambda n: above is None or n != above.name):
        own = page.names.get(f"{name}_bar")
        if own is None and above is not None and above.name == name and above.letters and derivation.asks == "gradient":
            own = rf"\bar{{{latex[name]}}}"
        if own is not None:
            yield rf"{own} = \frac{{\partial {page.loss}}}{{\partial {latex[name]}}}"
    for name, written in page.names.items():
        of, slash, by = name.partition("/d")
        if slash and of[1:] in latex and by in latex:
            yield rf"{written} = \frac{{\partial {latex[of[1:]]}}}{{\partial {latex[by]}}}"


def _symbols(derivation: Derivation) -> Iterator[tuple[str, dict[str, Any]]]:
    """The declarations; an array over a continuum is a function of the coordinate."""
    page = derivation.page
    outcomes = {n for n, s in derivation.symbols.items() if s.domain == "outcomes"}
    vast = page.continua - outcomes
    whole = {n for line in derivation.lines if line.rule.name == "floor" for n in names(line.relation.left)}
    for name, symbol in derivation.symbols.items():
        latex = symbol.latex or name
        if symbol.domain == "dimension":
            yield name, {"shape": [], "domain": "dimension", "latex": latex}
        if symbol.domain in LETTERS or latex.startswith(DERIVATIVE):
            continue
        if symbol.domain == "function" or vast & set(map(str, symbol.shape)):
            yield name, {"shape": "function", "domain": "elementwise", "latex": latex}
        else:
            domain = "int" if name in whole else "real" if symbol.domain == "coordinate" else symbol.domain
            shape = [a for a in symbol.shape if str(a) not in outcomes]
            chance = {"random": True} if len(shape) < len(symbol.shape) else {}
            yield name, {"shape": shape, "domain": domain, "latex": latex, **chance}
    if any(set(map(str, s.shape)) & vast for s in derivation.symbols.values()) and "x" not in derivation.symbols:
        yield "x", {"shape": []}
