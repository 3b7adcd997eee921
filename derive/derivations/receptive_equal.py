"""Receptive fields where every layer has the same kernel size and stride: a geometric sum."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules import put
from derive.calculus.rules_series import equal_factors, sum_powers
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.derivations.receptive import layered, receptive_field
from derive.notation.index_language import expression


def _equal_layers(torch: Any, kernel: Any, stride: Any, n: int) -> dict[str, Any]:
    """Spans through torch's own convolutions, all of them alike; a stride of 1 would make no geometric sum."""
    k, s = kernel.expand(n), (stride + 1).expand(n)
    return {"k": k, "s": s, "K": kernel, "S": stride + 1, **layered(torch, k, s, n)}


equal_layers = Derivation(
    "receptive-field-equal-layers",
    "The receptive field of a stack of equal layers",
    subject="convolution",
    statement="The span of inputs that can change one unit after n layers with one kernel size and one stride.",
    start=lambda: receptive_field.result,
    opening=Rule("any layers", "The field of any stack of layers (derived above).", lambda r: r),
    then=(
        put("k", ("m",), expression("K"), "one kernel size", "Every layer has the kernel size K."),
        put("s", ("m",), expression("S"), "one stride", "Every layer has the stride S."),
        equal_factors("A product of equal factors is a power."),
        sum_powers("The powers of the stride are a geometric sum."),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of layers"),
        "kernel": Symbol((), "posint"),
        "stride": Symbol((), "posint"),
        "K": Symbol((), "derived", "K", "the kernel size of every layer"),
        "S": Symbol((), "derived", "S", "the stride of every layer"),
        "k": Symbol(("n",), "derived", "k", "the kernel sizes"),
        "s": Symbol(("n",), "derived", "s", "the strides"),
        "r": Symbol(("0..n",), "derived", "r", "the receptive field: how many inputs one unit spans"),
    },
    truth=_equal_layers,
    settings=({"n": 2}, {"n": 3}, {"n": 4}),
    form="r_n = 1 + ((K - 1) (1 - S^n))/(1 - S)",
    assumptions=(*receptive_field.assumptions, "The stride is not 1; with stride 1 the field is 1 + n(K − 1)."),
    source="003_a2d52afd229cfba6.txt §10",
    lemmas=(receptive_field,),
)
