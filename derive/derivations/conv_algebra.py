"""Convolution as an operation: against cross-correlation, commutative, equivariant to shifts, and as a Toeplitz matrix.

A convolution flips its filter and a cross-correlation does not; ``x`` has N samples and ``w`` K taps. Outside their ranges
both are zero.
"""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine
from derive.calculus.chain import zeros_outside
from derive.calculus.program import Program
from derive.calculus.rules import put
from derive.calculus.rules_index import pick_over, reindex, sift
from derive.calculus.rules_names import assume
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol, axes
from derive.derivations.conv import FITS, layer_1d
from derive.notation.index_language import expression, program, relation

N, K = Affine.of("N"), Affine.of("K")
_SHAPES = {"x": "N", "w": "K", "v": "K", "y": "N+K-1"}
_SIZES = ({"N": 7, "K": 3}, {"N": 8, "K": 2}, {"N": 9, "K": 4})
_EDGE = ({"N": 4, "K": 1}, {"N": 3, "K": 3}, {"N": 1, "K": 1})
_SIGNAL = {
    "N": Symbol(domain="dimension", latex="N", meaning="the length of the signal"),
    "K": Symbol(domain="dimension", latex="K", meaning="the number of taps of the filter"),
    "x": Symbol(("N",), latex="x", meaning="the signal"),
    "w": Symbol(("K",), latex="w", meaning="the filter"),
}
_NOTES = "000_46eee05028ac51b3.txt 'Convolution Operator'"
_COMMON: dict[str, Any] = {
    "subject": "convolution",
    "settings": _SIZES,
    "boundary": _EDGE,
    "where": ("N >= K",),
    "index_base": 0,
}


def _correlated(torch: Any, x: Any, w: Any, padding: int = 0) -> Any:
    return torch.nn.functional.conv1d(x[None, None], w[None, None], padding=padding)[0, 0]


flipped = Derivation(
    "convolution-as-cross-correlation",
    "Convolution is cross-correlation with the flipped filter",
    statement="Where it fits, a convolution with w is the cross-correlation with v, the same taps in reverse order.",
    start=relation("y[i] = sum(w[u]*x[i+K-1-u], u)", shapes=_SHAPES | {"y": "N-K+1"}, frame=axes(i="N-K+1")),
    opening=Rule(
        "convolution", "The filter's tap u meets the sample u places before the last one of its window.", lambda r: r
    ),
    then=(
        put("w", ("u",), expression("v[K-1-u]", letters=("u",), shapes=_SHAPES), "flip", "Call the flipped filter v."),
        reindex("u", K - 1 - Affine.of("u"), "Count the taps from the other end."),
    ),
    symbols=_SIGNAL
    | {
        "v": Symbol(("K",), "derived", "v", "the flipped filter: its taps in reverse order"),
        "y": Symbol(("N-K+1",), "derived", "y", "the convolution where the filter fits"),
    },
    truth=lambda torch, x, w: {"v": w.flip(0), "y": _correlated(torch, x, w.flip(0))},
    facts=(FITS,),
    form="y_i = Σ_{u=0}^{K-1} v_u x_{i+u}",
    source=f"{_NOTES}, 'Cross-correlation'; 001_9baaf7fce9703606.txt §3.1",
    **_COMMON,
)


def _product(torch: Any, x: Any, w: Any) -> dict[str, Any]:
    """The coefficients of the product of two polynomials, through torch's Fourier transform."""
    size = len(x) + len(w) - 1
    return {"y": torch.fft.irfft(torch.fft.rfft(x, size) * torch.fft.rfft(w, size), size)}


commutative = Derivation(
    "convolution-commutes",
    "Signal and filter of a convolution may change places",
    statement="The full convolution of x with w is that of w with x.",
    start=relation("y[n] = sum(w[u]*x[n-u], u)", shapes=_SHAPES, frame=axes(n="N+K-1")),
    opening=Rule(
        "full convolution", "Every tap meets every sample once; outside its range the signal is 0.", lambda r: r
    ),
    then=(
        sift("x", (N,), "Write the sample as the one among all samples that the index names."),
        pick_over("u", "The bracket leaves the one tap u = n − v, if there is such a tap."),
        zeros_outside(Program((), {"x": (N,), "w": (K,)})),
    ),
    symbols=_SIGNAL | {"y": Symbol(("N+K-1",), "derived", "y", "the full convolution")},
    truth=_product,
    form="y_n = Σ_{v=0}^{N-1} w_{n-v} x_v",
    assumptions=("Outside their ranges signal and filter read as zero.",),
    source=_NOTES,
    **_COMMON,
)

_SHIFTED = {"d": Symbol(domain="dimension", latex=r"\Delta", meaning="how far the signal is moved")}
shift_equivariance = Derivation(
    "convolution-shift-equivariance",
    "A moved signal gives a moved output",
    subject="convolution",
    statement="The output for a signal that is moved by Δ is the output moved by Δ.",
    start=relation(
        "Y[i] = sum(w[u]*X[i+u], u)",
        shapes={"w": "K", "X": "N-d", "Y": "N-K-d+1"},
        frame=axes(i="N-K-d+1"),
    ),
    opening=Rule("the layer", "The layer on the moved signal.", lambda r: r),
    then=(
        put(
            "X",
            ("t",),
            expression("x[t+d]", letters=("t", "d"), shapes=_SHAPES),
            "the moved signal",
            "Its sample t is the signal's sample t + Δ.",
        ),
        assume(
            expression("sum(w[u]*x[i+d+u], u)", letters=("d",), shapes={"w": "K", "x": "N"}, frame=axes(i="N-K-d+1")),
            expression("y[i+d]", letters=("d",), frame=axes(i="N-K-d+1")),
            "That is the output for the signal itself, at i + Δ.",
            "The window at i + Δ lies inside the signal.",
        ),
    ),
    symbols=_SIGNAL
    | _SHIFTED
    | {
        "X": Symbol(("N-d",), "derived", r"x_{\Delta}", "the moved signal"),
        "y": Symbol(("N-K+1",), "derived", "y", "the output for the signal"),
        "Y": Symbol(("N-K-d+1",), "derived", r"y_{\Delta}", "the output for the moved signal"),
    },
    truth=lambda torch, x, w, d: {
        "X": torch.roll(x, -d)[: len(x) - d],
        "y": _correlated(torch, x, w),
        "Y": _correlated(torch, torch.roll(x, -d)[: len(x) - d], w),
    },
    settings=({"N": 9, "K": 3, "d": 2}, {"N": 8, "K": 2, "d": 4}, {"N": 12, "K": 4, "d": 5}),
    boundary=({"N": 4, "K": 1, "d": 1}, {"N": 4, "K": 3, "d": 1}),
    where=("N >= K + d",),
    facts=(N - K - Affine.of("d"),),
    index_base=0,
    form="y_{Δ,i} = y_{Δ+i}",
    assumptions=("Only places whose window lies inside the signal, before and after the move.",),
    source=_NOTES,
)
toeplitz = Derivation(
    "convolution-toeplitz",
    "A convolutional layer is a dense layer with a Toeplitz matrix",
    statement="The Jacobian of a valid cross-correlation: entry (i, a) is the tap a − i, the same along each diagonal.",
    of=layer_1d,
    wrt="x",
    letters=("a",),
    asks="jacobian",
    symbols=_SIGNAL | {"y": Symbol(("N-K+1",), "derived", "y", "the output")},
    truth=lambda torch, x, w: _correlated(torch, x, w),
    facts=(FITS,),
    form="∂y_i/∂x_a = w_{a-i}",
    assumptions=("Outside its range the filter reads as zero.",),
    source="000_46eee05028ac51b3.txt 'Cross-correlation'; 003_a2d52afd229cfba6.txt §7",
    **_COMMON,
)

sheet_layer = program(
    """
    X[a, b] := x[d-1-a, d-1-b]
    s[i, j] := sum(w[k, l]*x[i+q-1-k, j+q-1-l], k, l)
    f := sum(V[i, j]*phi(s[i, j]), i, j)
    """,
    shapes={"x": "d d", "w": "q q", "V": "d-q+1 d-q+1", "X": "d d", "s": "d-q+1 d-q+1"},
    functions=("phi",),
)
_TURNED = put(
    "x",
    ("a", "b"),
    expression("X[d-1-a, d-1-b]", letters=("a", "b", "d"), shapes={"X": "d d"}),
    "turn the input",
    "Call the input turned by 180° X: its rows and columns are in reverse order.",
)
rotated = Derivation(
    "convolution-filter-gradient-rotated",
    "The gradient in a true convolution's filter is a convolution with the turned input",
    subject="convolution",
    statement="For f = vᵀ vec φ(x ∗ w) with a true convolution, the gradient in w is rot(x) ∗ (V ⊙ φ′(x ∗ w)).",
    of=sheet_layer,
    wrt="w",
    letters=("a", "b"),
    ideas={"w_bar": ("s_bar",)},
    then=(_TURNED,),
    symbols={
        "d": Symbol(domain="dimension", latex="d", meaning="the side of the input"),
        "q": Symbol(domain="dimension", latex="q", meaning="the side of the filter"),
        "phi": Symbol((), "function", r"\phi", "the activation, any smooth function"),
        "x": Symbol(("d", "d"), latex="x", meaning="the input"),
        "X": Symbol(("d", "d"), "derived", r"\mathrm{rot}(x)", "the input turned by 180°"),
        "w": Symbol(("q", "q"), latex="w", meaning="the filter"),
        "V": Symbol(("d-q+1", "d-q+1"), latex="V", meaning="the output's weights, as a matrix"),
        "s": Symbol(("d-q+1", "d-q+1"), "derived", "s", "the convolution x ∗ w"),
        "f": Symbol((), "derived", "f", "the output"),
    },
    truth={
        "X": lambda torch, x: torch.rot90(x, 2),
        "s": lambda torch, x, w: torch.nn.functional.conv2d(x[None, None], w.flip(0, 1)[None, None])[0, 0],
        "f": lambda torch, V, s, phi: torch.sum(V * phi(s)),  # noqa: N803
    },
    settings=({"d": 5, "q": 2}, {"d": 6, "q": 3}, {"d": 7, "q": 4}),
    boundary=({"d": 3, "q": 1}, {"d": 3, "q": 3}, {"d": 1, "q": 1}),
    facts=(Affine.of("d") - Affine.of("q"),),
    where=("d >= q",),
    index_base=0,
    form="∂f/∂w_{a,b} = Σ_{i=0}^{d-q} Σ_{j=0}^{d-q} V_{i,j} φ'(s_{i,j}) rot(x)_{a+d-i-q,b+d-j-q}",
    source="000_46eee05028ac51b3.txt 'Backpropagation' of convolutional networks, the example",
)
