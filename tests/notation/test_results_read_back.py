"""Catalogue results: every printed form reads back to the same canonical form, and generated code gives the values."""

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
from derive.notation.index_language import expression
from derive.notation.index_names import shape_of
from derive.notation.index_text import to_text
from derive.notation.index_unicode import to_unicode
from derive.notation.sympy_in import from_sympy
from derive.notation.sympy_out import to_sympy
from derive.verify.check import World, _worlds, side_value


def cells(relation: Relation) -> list[Expr]:
    """The expressions of a relation, entry by entry where a side is a table."""
    return [e for s in relation.sides for e in ([s] if isinstance(s, Expr) else [c for r in s.entries for c in r])]


def shapes_of(d: Derivation) -> dict[str, tuple[Affine, ...]]:
    arrays = {n: s for n, s in d.symbols.items() if s.domain not in ("dimension", "continuum", "function")}
    known = {n: tuple(map(axis_size, s.shape)) for n, s in arrays.items()}
    return {**(d.of.shapes if d.of is not None else {}), **known}


@pytest.mark.parametrize("printer", [to_text, to_unicode])
@pytest.mark.parametrize("name", catalogue())
def test_index_text_reads_back(name: str, printer) -> None:
    d = catalogue()[name]
    functions = tuple(n for n, s in d.symbols.items() if s.domain == "function")
    for value in cells(d.result):
        text = printer(value, shapes=shapes_of(d))
        letters = tuple(x.name for x in d.dimensions)
        back = expression(text, shapes=shapes_of(d), frame=d.result.frame, letters=letters, functions=functions)
        assert same(value, back), text


@pytest.mark.parametrize("name", catalogue())
def test_sympy_comes_back(name: str) -> None:
    result = catalogue()[name].result
    for value in cells(result):
        assert same(value, from_sympy(to_sympy(value, frame=result.frame))), to_text(value)


def one(d: Derivation) -> bool:
    """Whether a result is one expression over indices: no table, and no points of a continuum."""
    return isinstance(d.result.right, Expr) and not any(s.domain == "continuum" for s in d.symbols.values())


def worlds(d: Derivation) -> list[World]:
    """Two settings with one draw each."""
    return [w for w in islice(_worlds(d, "cpu", 1), 2) if not w.functions]


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
