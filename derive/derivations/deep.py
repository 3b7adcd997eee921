"""A deep network of equal widths, for a letter number of layers D: the error signal's way down, and the weights.

Layer l reads ``h_{l−1}``, the first one the input; ``δ_l`` is the gradient of the loss in layer l's pre-activations.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derive.calculus.affine import Affine
from derive.calculus.chain import collapsing
from derive.calculus.rules import put
from derive.calculus.rules_common import take_out
from derive.calculus.rules_names import said
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.derivations.sequences import over_time

_PRE = "z[l, i] := sum(W[l, i, j]*h[l, j], j) + b[l, i]\n"
_ACTIVE = "h[l, i] := [l = 0]*x[i] + [l >= 1]*f(z[l-1, i])\n"
_OUT = "y[i] := h[D, i]"
_SHAPES = {"W": "D m m", "b": "D m", "x": "m", "z": "D m", "h": "D+1 m", "y": "m"}
network = over_time(_PRE + _ACTIVE + _OUT, _SHAPES, ("f",))


def _stack(torch: Any, W: Any, b: Any, x: Any, f: Any) -> Any:  # noqa: N803
    """Layer after layer with torch's own linear map."""
    for weights, biases in zip(W, b, strict=True):
        x = f(torch.nn.functional.linear(x, weights, biases))
    return x


_DEEP: dict[str, Any] = {
    "subject": "networks",
    "symbols": {
        "D": Symbol(domain="dimension", latex="D", meaning="the number of layers"),
        "m": Symbol(domain="dimension", latex="m", meaning="the width of every layer"),
        "W": Symbol(("D", "m", "m"), latex="W", meaning="the weights, layer by layer"),
        "b": Symbol(("D", "m"), latex="b", meaning="the biases"),
        "x": Symbol(("m",), latex="x", meaning="the input"),
        "z": Symbol(("D", "m"), "derived", "z", "the pre-activations"),
        "h": Symbol(("0..D", "m"), "derived", "h", "the activations, from the input on"),
        "y": Symbol(("m",), "derived", "y", "the output: the last layer's activations"),
        "y_bar": Symbol(("m",), latex="G", meaning="the gradient that arrives from the loss"),
        "z_bar": Symbol(("D", "m"), "derived", r"\delta", "the error signal of a layer, ∂L/∂z"),
        "f": Symbol((), "function", "f", "the activation, any smooth function"),
    },
    "truth": {
        "z": lambda torch, W, h, b: torch.einsum("lij,lj->li", W, h[:-1]) + b,  # noqa: N803
        "h": lambda torch, x, f, z: torch.cat([x[None], f(z)]),
        "y": lambda torch, h: h[-1],
    },
    "whole": _stack,
    "settings": ({"D": 2, "m": 3}, {"D": 4, "m": 2}, {"D": 3, "m": 4}),
    "boundary": ({"D": 1, "m": 3}, {"D": 3, "m": 1}),
    "source": "001_9baaf7fce9703606.txt §1.2.4; 000_46eee05028ac51b3.txt 'Backpropagation'",
}
_ERRORS: dict[str, Any] = _DEEP | {
    "of": network,
    "ideas": {"z_bar": ("h_bar", take_out("Every way up leads through the slope of this unit: take it out."))},
}

deep_errors = Derivation(
    "deep-mlp-errors",
    "How the error signal goes down through a deep network",
    statement="Backpropagation through any number of layers: δ_l = f′(z_l) ⊙ Wᵀ_{l+1} δ_{l+1}, from the loss's own "
    "gradient at the top.",
    wrt="z",
    form="δ_{l,i} = f'(z_{l,i}) (Σ_{j=1}^m δ_{l+1,j} W_{l+1,j,i} + G_i [l = D])",
    **_ERRORS,
)
deep_weights = Derivation(
    "deep-mlp-weights",
    "The gradient of a deep network in the weights of any layer",
    statement="The gradient of the loss in the weights of layer l: its error signal times what it reads.",
    wrt="W",
    letters=("l", "i", "j"),
    form="∂L/∂W_{l,i,j} = δ_{l,i} h_{l-1,j}",
    **_ERRORS,
)
deep_biases = Derivation(
    "deep-mlp-biases",
    "The gradient of a deep network in the biases of any layer",
    statement="The gradient of the loss in the biases of layer l is its error signal.",
    wrt="b",
    letters=("l", "i"),
    form="∂L/∂b_{l,i} = δ_{l,i}",
    **_ERRORS,
)
deep_input = Derivation(
    "deep-mlp-input",
    "The gradient of a deep network in its input",
    statement="The gradient of the loss in the input: the first layer's error signal through its weights.",
    wrt="x",
    letters=("i",),
    of=over_time(_ACTIVE + _PRE + _OUT, _SHAPES, ("f",)),
    ideas={"x_bar": ("h_bar", said(collapsing([Affine.of("D") - 1]), "There is a layer at least: D is not 0."))},
    form="∂L/∂x_i = Σ_{j=1}^m δ_{1,j} W_{1,j,i}",
    **_DEEP,
)


def _through_one_layer() -> Rule:
    """What the error signal is in the activations' gradient: the line on the way to ``deep_errors``."""
    line = replace(deep_errors, ideas={}).result
    letters = tuple(b.letter.name for b in line.frame)
    return put(
        "z_bar", letters, line.result, "through one unit", "An activation depends on its own z alone: δ = ξ f′(z)."
    )


deep_row_errors = Derivation(
    "deep-mlp-row-errors",
    "Backpropagation with row vectors: the gradient in the activations, layer by layer",
    statement="The row vector ξ_l = ∂L/∂h_l goes down by one Jacobian a layer: ξ_{l−1} = ξ_l diag(f′(z_l)) W_l.",
    of=network,
    wrt="h",
    then=(_through_one_layer,),
    form="ξ_{l-1,i} = Σ_{j=1}^m ξ_{l,j} f'(z_{l,j}) W_{l,j,i} + G_i [l = D+1]",
    **_DEEP
    | {"symbols": _DEEP["symbols"] | {"h_bar": Symbol(("0..D", "m"), "derived", r"\xi", "the row vector ∂L/∂h")}},
)
