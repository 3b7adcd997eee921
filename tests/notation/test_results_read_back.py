"""Catalogue results: every printed form reads back to the same canonical form, and generated code gives the values."""

from collections import Counter
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch
from test_code_networks import run

from derive.calculus.affine import Affine
from derive.calculus.atoms import Bound
from derive.calculus.canonical import same
from derive.calculus.expr import Expr
from derive.calculus.program import Definition, Program
from derive.calculus.substitute import names, subs
from derive.calculus.trace import Relation
from derive.derivations.base import Derivation, axis_size
from derive.derivations.catalogue import catalogue
from derive.notation.code_module import module
from derive.notation.code_values import NotExportable
from derive.notation.declare import Declarations
from derive.notation.index_language import expression
from derive.notation.index_names import shape_of
from derive.notation.index_text import to_text
from derive.notation.index_unicode import to_unicode
from derive.notation.latex import read_latex
from derive.notation.meaning import lowered
from derive.notation.relation_latex import side_latex
from derive.notation.style import Style
from derive.notation.sympy_in import from_sympy
from derive.notation.sympy_out import relation_sympy, to_sympy
from derive.verify.worlds import World, side_value
from derive.verify.worlds import worlds as every_world

SPARE = (r"\Xi", r"\Psi", r"\Omega", r"\Pi", r"\Upsilon", r"\Theta", r"\Lambda", r"\mathcal{Z}", r"\mathcal{Y}")
NO_NAMES = (r"\|", r"\nabla", "(")  # what a page writes in place of a name, and a reader could not declare


def cells(relation: Relation) -> list[Expr]:
    """The expressions of a relation, entry by entry where a side is a table."""
    return [e for s in relation.sides for e in ([s] if isinstance(s, Expr) else [c for r in s.entries for c in r])]


def sizes(d: Derivation) -> set[str]:
    """The dimensions, and the whole numbers that the result counts with as it does with them."""
    read = {n for e in cells(d.result) for n in names(e)}
    return {
        n for n, s in d.symbols.items() if s.domain == "dimension" or (s.domain in ("int", "posint") and n not in read)
    }


def shapes_of(d: Derivation) -> dict[str, tuple[Affine, ...]]:
    away = sizes(d)
    arrays = {n: s for n, s in d.symbols.items() if n not in away and s.domain not in ("continuum", "function")}
    known = {n: tuple(map(axis_size, s.shape)) for n, s in arrays.items()}
    return {**(d.program.shapes if d.program is not None else {}), **known}


@pytest.mark.parametrize("printer", [to_text, to_unicode])
@pytest.mark.parametrize("name", catalogue())
def test_index_text_reads_back(name: str, printer) -> None:
    d = catalogue()[name]
    functions = tuple(n for n, s in d.symbols.items() if s.domain == "function")
    for value in cells(d.result):
        text = printer(value, shapes=shapes_of(d))
        letters = tuple(sizes(d))
        back = expression(text, shapes=shapes_of(d), frame=d.result.frame, letters=letters, functions=functions)
        assert same(value, back), text


def integrals(d: Derivation) -> bool:
    """Whether the result holds an integral, which is no sum over integers."""
    return any(b.kind == "integral" for e in cells(d.result) for t in e.terms for b in t.bounds)


@pytest.mark.parametrize("name", [n for n, d in catalogue().items() if integrals(d)])
def test_an_integral_is_no_sympy_sum(name: str) -> None:
    with pytest.raises(NotExportable):
        relation_sympy(catalogue()[name].result)


@pytest.mark.parametrize("name", [n for n, d in catalogue().items() if not integrals(d)])
def test_sympy_comes_back(name: str) -> None:
    result = catalogue()[name].result
    for value in cells(result):
        assert same(value, from_sympy(to_sympy(value, frame=result.frame))), to_text(value)


def one(d: Derivation) -> bool:
    """Whether LaTeX reads what the page shows as one expression: no tables and no points of a continuum."""
    return isinstance(d.result.right, Expr) and not any(s.domain == "continuum" for s in d.symbols.values())


def from_the_base(d: Derivation) -> bool:
    """Whether the page shows every index, and the result's letters count from its first one, as declared ones do."""
    if any(s.domain == "outcomes" for s in d.symbols.values()):
        return False
    return one(d) and not any(b.low.terms for b in d.result.frame)


@pytest.mark.parametrize("name", [n for n, d in catalogue().items() if from_the_base(d)])
def test_latex_reads_back(name: str) -> None:
    d = catalogue()[name]
    declared, style = declarations(d)
    text = side_latex(d.result.right, d.result, style)
    assert same(d.result.result, lowered(read_latex(text, declared), declared).body), text


def declarations(d: Derivation) -> tuple[Declarations, Style]:
    """A result's names as a reader declares them; what is no name, or the name of two things, gets a plain one."""
    known, shown = shapes_of(d), Counter(d.page.names.values())
    derived = [
        n
        for n in sorted(names(d.result.result))
        if n not in d.symbols
        or n.endswith("_bar")
        or shown[d.page.names[n]] > 1
        or d.page.names[n].startswith(NO_NAMES)
        or d.page.names[n].endswith(")")
    ]
    assert len(derived) <= len(SPARE)
    called = {**d.page.names, **dict(zip(derived, SPARE, strict=False))}
    symbols: dict[str, object] = {
        n: {"latex": called.get(n, n), "shape": [str(a) for a in shape_of(n, known) or ()]} for n in {*known, *derived}
    }
    symbols |= {
        n: {"latex": called.get(n, n), "shape": [str(a) for a in d.symbols[n].shape]} for n in known if n in d.symbols
    }
    for n, s in d.symbols.items():
        if n in sizes(d) or s.domain == "function":
            of = {"shape": "function"} if s.domain == "function" else {"shape": [], "domain": "dimension"}
            symbols[n] = {"latex": s.latex or n, **of}
    frame = {b.letter.name: str(b.high - b.low) for b in d.result.frame}
    declared = Declarations.of(symbols, free_indices=frame, index_base=d.index_base, out_of_range=d.out_of_range)
    return declared, replace(d.page, names=called)


def worlds(d: Derivation) -> list[World]:
    """Two settings with one draw each."""
    return [w for w in islice(every_world(d, "cpu", 1), 2) if not w.functions]


@pytest.mark.parametrize("target", ["numpy", "torch"])
@pytest.mark.parametrize("name", [n for n, d in catalogue().items() if one(d)])
def test_code_gives_the_values(name: str, target: str) -> None:
    d = catalogue()[name]
    read = names(d.result.result)
    shapes = {n: s for n in read if (s := shape_of(n, shapes_of(d))) is not None}
    frame = tuple(Bound(b.letter, Affine.of(0), b.high - b.low) for b in d.result.frame)
    shapes["out"] = tuple(b.high for b in frame)
    body = subs(d.result.result, {b.letter: b.low + b.letter for b in d.result.frame})
    text = module(Program((Definition("out", frame, body),), shapes), {"out": "out"}, target)
    for world in worlds(d):
        inputs = {n: np.asarray(v) for n, v in world.arrays.items() if n in shapes}
        given = {n: torch.as_tensor(v) for n, v in inputs.items()} if target == "torch" else inputs
        with np.errstate(all="ignore"):
            found = run(text)["gradient"]({**given, **world.sizes})["out"]
        expected = side_value(d.result.result, d.result.frame, world)
        assert np.allclose(np.asarray(found), expected, rtol=1e-9, atol=1e-9), text
