"""Programs of numbers with the adjoints that they, or a question about them, speak of."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import lru_cache

import numpy as np

from derive.bank.slips_values import Slipped
from derive.calculus.gradient import gradients
from derive.calculus.program import Program
from derive.calculus.substitute import names
from derive.notation.index_language import program

BAR = "_bar"


@lru_cache(maxsize=256)
def with_adjoints(text: str, shapes: tuple[tuple[str, str], ...], asked: tuple[str, ...]) -> Program:
    """The program with the adjoints that it or the question speaks of, after its definition of the loss."""
    upto = re.search(r"(?:^|[;\n])\s*L\s*:=[^;\n]*", text)
    if upto is None:
        return program(text, shapes=dict(shapes))
    before = program(text[: upto.end()], shapes=dict(shapes))
    known = {**before.shapes, **{n + BAR: s for n, s in before.shapes.items()}}
    whole = program(text, shapes={n: ",".join(map(str, s)) for n, s in known.items()})
    read = {n for d in whole.definitions for n in names(d.body)}
    barred = sorted(n.removesuffix(BAR) for n in {*read, *asked} if n.endswith(BAR))
    back = gradients(before, barred).program if barred else before
    first = {d.name: d for d in (*before.definitions, *back.definitions)}
    after = whole.definitions[len(before.definitions) :]
    return replace(back, definitions=(*first.values(), *after), shapes={**whole.shapes, **back.shapes})


@lru_cache(maxsize=16)
def slipped_of(text: str, shapes: tuple[tuple[str, str], ...], asked: tuple[str, ...], inputs: str) -> Slipped:
    """What slips in the rules of a program make of its numbers; ``inputs`` is JSON."""
    arrays = {k: np.asarray(v, dtype=float) for k, v in json.loads(inputs).items()}
    return Slipped(with_adjoints(text, shapes, asked), arrays)
