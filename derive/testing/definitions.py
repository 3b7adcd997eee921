"""What the names of a test are worth: shapes that definitions and formulas leave to be found, and how values are computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from derive.calculus.program import Program
from derive.calculus.values import values
from derive.derivations.base import Derivation
from derive.testing.formula import Formula, formula_of
from derive.testing.given import DRAWABLE, BadTest, Given, Undeclared
from derive.testing.letters import at_odds
from derive.verify.draw import dims

MOST_RANK = 3


def symbols_of(derivation: Derivation) -> tuple[dict[str, Given], dict[str, Formula]]:
    """The names of a derivation, and how those that its program defines are computed."""
    letters = {a.name for a in derivation.dimensions}
    program = derivation.program
    defined = {d.name for d in program.definitions} if program is not None else set()
    names = {
        n: Given(n, tuple(map(str, s.shape)), s.domain, s.latex)
        for n, s in derivation.symbols.items()
        if n not in letters and (s.domain in DRAWABLE or n in defined)
    }
    return names, {n: _from_program(program, n) for n in names if n in defined and program is not None}


def _from_program(program: Program, name: str) -> Formula:
    return Formula(name, lambda arrays, sizes: np.asarray(values(program, arrays, dims(sizes))[name]))


def shaped(names: Mapping[str, Given], index_base: int) -> tuple[dict[str, Given], dict[str, Formula]]:
    """The names with the shapes of the defined ones, and how each of these is computed, in order.

    Raises:
        BadTest: a definition cannot be read, has another shape than is said, or definitions go round in a circle.
    """
    known = {n: g for n, g in names.items() if not g.definition}
    made: dict[str, Formula] = {}
    while len(known) < len(names):
        ready = [(n, _defined(g, known, index_base)) for n, g in names.items() if n not in known]
        done = {n: f for n, f in ready if isinstance(f, Formula)}
        if not done:
            raise BadTest(f"given[{ready[0][0]!r}]: {ready[0][1]}")
        for n, f in done.items():
            known[n] = replace(names[n], shape=_shape(names[n], f), domain="real")
            made[n] = f
    return known, made


def _defined(given: Given, known: Mapping[str, Given], index_base: int) -> Formula | BadTest:
    own = {given.name: replace(given, definition="")} if given.shape is not None else {}
    try:
        return formula_of(given.definition, "auto", {**known, **own}, given.name, index_base)
    except BadTest as error:
        return error


def _shape(given: Given, formula: Formula) -> tuple[str, ...]:
    """The shape that a definition has."""
    if formula.shape is None:
        return given.shape or ()
    if given.shape is not None and given.axes != tuple(formula.shape):
        raise BadTest(f"given[{given.name!r}]: the definition has the shape {_shapes([_written(formula)])}")
    return _written(formula)


def _written(formula: Formula) -> tuple[str, ...]:
    return tuple(str(a) for a in formula.shape or ())


def fitting(said: Any, syntax: str, names: Mapping[str, Given], wrt: str, index_base: int) -> dict[str, Given]:
    """The names with a shape for ``wrt``, where the test gives none and only one lets everything fit.

    Raises:
        BadTest: no shape fits, or several do.
    """
    letters = sorted({str(x) for g in names.values() for a in g.axes for x in a.letters})
    tried = [{**names, wrt: Given(wrt, s)} for rank in range(MOST_RANK + 1) for s in product(letters, repeat=rank)]
    every = [(one, _reading(said, syntax, one, wrt, index_base)) for one in tried]
    _insist_on_a_reading([f for _, f in every])
    read = [(one, f) for one, f in every if isinstance(f, Formula) and f.shape is not None]
    fit = [one for one, f in read if tuple(f.shape or ()) == one[wrt].axes and not _at_odds(said, one, wrt)]
    if len(fit) == 1 or (not fit and len(read) == 1):
        return fit[0] if fit else read[0][0]
    found = f"several shapes fit it: {_shapes([one[wrt].shape or () for one in fit[:4]])}" if fit else ""
    found = found or "no shape of these letters fits it"
    why = next((f" (as {_shapes([one[wrt].shape or ()])}: {f})" for one, f in every if _would_fit(f)), "")
    raise BadTest(f"given does not say what {wrt} is, and {found}; write given={{{wrt!r}: (…), …}}{why}")


def _insist_on_a_reading(found: Sequence[Formula | BadTest]) -> None:
    """A formula that cannot be read whatever the shape is told why."""
    wrong = [f for f in found if isinstance(f, BadTest)]
    if len(wrong) == len(found):
        undeclared = [f for f in wrong if isinstance(f, Undeclared)]
        if undeclared or len({str(f) for f in wrong}) == 1:
            raise (*undeclared, *wrong)[0]


def _would_fit(found: Formula | BadTest) -> bool:
    return isinstance(found, BadTest) and "would fit as" in str(found)


def _reading(said: Any, syntax: str, names: Mapping[str, Given], wrt: str, index_base: int) -> Formula | BadTest:
    try:
        whole, _ = shaped(names, index_base)
        return formula_of(said, syntax, whole, wrt, index_base)
    except BadTest as error:
        return error


def _at_odds(said: Any, names: Mapping[str, Given], wrt: str) -> bool:
    return isinstance(said, str) and at_odds(said, names, wrt)


def _shapes(shapes: Iterable[tuple[str, ...]]) -> str:
    return ", ".join(f"({', '.join(s)})" for s in shapes)
