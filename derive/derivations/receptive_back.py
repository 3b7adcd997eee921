"""The receptive field counted from the output down: how many units of each layer below one output reads."""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine
from derive.calculus.rules import start_value, unroll
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.derivations.receptive import LAYERS, SHAPES, layered
from derive.notation.index_language import expression, relation


def _downwards(torch: Any, k: Any, s: Any, n: int) -> dict[str, Any]:
    """What one unit spans after the last m layers, through torch's own convolutions, for every m."""
    top = [layered(torch, k[:m].flip(0), s[:m].flip(0), m)["r"][-1] for m in range(1, n + 1)]
    return {"q": torch.stack([torch.ones((), dtype=torch.float64), *top])}


receptive_field_downwards = Derivation(
    "receptive-field-downwards",
    "The receptive field of one unit, counted from the output down",
    subject="convolution",
    statement="One unit of the output reads q units of a layer; a layer further down, it reads (q − 1)s + k of them.",
    start=relation("q[m] = s[m-1]*(q[m-1] - 1) + k[m-1]", shapes=SHAPES, frame=LAYERS),
    opening=Rule(
        "one layer down",
        "q neighbouring units start q − 1 strides apart from the first to the last, and the last one spans a kernel more.",
        lambda r: r,
    ),
    then=(
        unroll("q", Affine.of("n"), "m", "Put each line into the next, up to the output."),
        start_value("q", 0, expression("1"), "A unit of the output is one unit."),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of layers"),
        "k": Symbol(("n",), "posint", "k", "the kernel sizes, from the last layer on"),
        "s": Symbol(("n",), "posint", "s", "the strides, from the last layer on"),
        "q": Symbol(("0..n",), "derived", "q", "how many units one output spans, so many layers down"),
    },
    truth=_downwards,
    settings=({"n": 2}, {"n": 3}, {"n": 4}),
    form="q_n = Π_{m=1}^n s_m + Σ_{m=1}^n (k_m - s_m) Π_{j=m+1}^n s_j",
    assumptions=("The field is the span from the first to the last unit that counts.",),
    source="003_a2d52afd229cfba6.txt §10",
)
