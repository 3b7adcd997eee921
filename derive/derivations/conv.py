"""Convolution layers: where the loss gradient goes.

The layer is the valid cross-correlation that deep-learning libraries call convolution: the filter is not flipped and is
placed only where it fits. ``g`` (``G``) is the gradient that arrives from above, ``∂L/∂y`` (``∂L/∂O``).
"""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import program

FITS = Affine.of("N") - Affine.of("K")
FITS_2D = (Affine.of("H") - Affine.of("K"), Affine.of("W") - Affine.of("M"))

layer_1d = program("y[i] := sum(w[u]*x[i+u], u)", shapes={"x": "N", "w": "K"})
layer_2d = program("O[i, j] := sum(F[u, v]*X[i+u, j+v], u, v)", shapes={"X": "H W", "F": "K M"})

_SYMBOLS_1D = {
    "N": Symbol(domain="dimension", latex="N", meaning="the length of the signal"),
    "K": Symbol(domain="dimension", latex="K", meaning="the number of taps of the filter"),
    "x": Symbol(("N",), latex="x", meaning="the signal"),
    "w": Symbol(("K",), latex="w", meaning="the filter"),
    "y": Symbol(("N-K+1",), "derived", "y", "the output: one number for each place where the filter fits"),
    "y_bar": Symbol(("N-K+1",), latex="g", meaning="the gradient of the loss that arrives from above"),
}
_SYMBOLS_2D = {
    "H": Symbol(domain="dimension", latex="H", meaning="the height of the input"),
    "W": Symbol(domain="dimension", latex="W", meaning="the width of the input"),
    "K": Symbol(domain="dimension", latex="K", meaning="the height of the filter"),
    "M": Symbol(domain="dimension", latex="M", meaning="the width of the filter"),
    "X": Symbol(("H", "W"), latex="X", meaning="the input"),
    "F": Symbol(("K", "M"), latex="F", meaning="the filter"),
    "O": Symbol(("H-K+1", "W-M+1"), "derived", "O", "the output: one number for each place where the filter fits"),
    "O_bar": Symbol(("H-K+1", "W-M+1"), latex="G", meaning="the gradient of the loss that arrives from above"),
}
_SIZES_1D = ({"N": 7, "K": 3}, {"N": 8, "K": 2}, {"N": 9, "K": 4})
_EDGE_1D = ({"N": 4, "K": 1}, {"N": 3, "K": 3}, {"N": 1, "K": 1})
_EDGE_2D = ({"H": 3, "W": 4, "K": 3, "M": 4}, {"H": 3, "W": 2, "K": 1, "M": 1})
_SIZES_2D = (
    {"H": 6, "W": 5, "K": 3, "M": 2},
    {"H": 7, "W": 5, "K": 2, "M": 3},
    {"H": 5, "W": 8, "K": 4, "M": 3},
)


def _conv1d(torch: Any, x: Any, w: Any) -> Any:
    return torch.nn.functional.conv1d(x[None, None], w[None, None])[0, 0]


def _conv2d(torch: Any, X: Any, F: Any) -> Any:  # noqa: N803
    return torch.nn.functional.conv2d(X[None, None], F[None, None])[0, 0]


filter_gradient_1d = Derivation(
    "conv1d-filter-gradient",
    "How one tap of a 1-D filter changes the loss",
    subject="convolution",
    statement="The gradient of the loss in the filter of a valid 1-D cross-correlation.",
    of=layer_1d,
    wrt="w",
    letters=("u",),
    symbols=_SYMBOLS_1D,
    truth=_conv1d,
    settings=_SIZES_1D,
    boundary=_EDGE_1D,
    facts=(FITS,),
    where=("N >= K",),
    form="∂L/∂w_u = Σ_{i=1}^{N-K+1} g_i x_{i+u-1}",
    assumptions=("Valid cross-correlation: no padding, stride 1, the filter is not flipped.",),
    source="003_a2d52afd229cfba6.txt §5",
)

input_gradient_1d = Derivation(
    "conv1d-input-gradient",
    "How one sample of the signal changes the loss",
    subject="convolution",
    statement="The gradient of the loss in the input of a valid 1-D cross-correlation.",
    of=layer_1d,
    wrt="x",
    letters=("n",),
    symbols=_SYMBOLS_1D,
    truth=_conv1d,
    settings=_SIZES_1D,
    boundary=_EDGE_1D,
    facts=(FITS,),
    where=("N >= K",),
    form="∂L/∂x_n = Σ_{u=1}^K g_{n-u+1} w_u",
    assumptions=("Valid cross-correlation: no padding, stride 1, the filter is not flipped.",),
    source="003_a2d52afd229cfba6.txt §5",
)

filter_gradient_2d = Derivation(
    "conv2d-filter-gradient",
    "How one weight of a 2-D filter changes the loss",
    subject="convolution",
    statement="The gradient of the loss in the filter of a valid 2-D cross-correlation.",
    of=layer_2d,
    wrt="F",
    letters=("u", "v"),
    symbols=_SYMBOLS_2D,
    truth=_conv2d,
    settings=_SIZES_2D,
    boundary=_EDGE_2D,
    facts=FITS_2D,
    where=("H >= K", "W >= M"),
    form="∂L/∂F_{u,v} = Σ_{i=1}^{H-K+1} Σ_{j=1}^{W-M+1} G_{i,j} X_{i+u-1,j+v-1}",
    assumptions=("Valid cross-correlation: no padding, stride 1, the filter is not flipped.",),
    source="003_a2d52afd229cfba6.txt §5",
)

input_gradient_2d = Derivation(
    "conv2d-input-gradient",
    "How one pixel of the input changes the loss",
    subject="convolution",
    statement="The gradient of the loss in the input of a valid 2-D cross-correlation.",
    of=layer_2d,
    wrt="X",
    letters=("a", "b"),
    symbols=_SYMBOLS_2D,
    truth=_conv2d,
    settings=_SIZES_2D,
    boundary=_EDGE_2D,
    facts=FITS_2D,
    where=("H >= K", "W >= M"),
    form="∂L/∂X_{a,b} = Σ_{u=1}^K Σ_{v=1}^M G_{a-u+1,b-v+1} F_{u,v}",
    assumptions=(
        "Valid cross-correlation: no padding, stride 1, the filter is not flipped.",
        "The sum runs only over places where the output exists: outside its range G reads as zero.",
    ),
    source="003_a2d52afd229cfba6.txt §5",
)
