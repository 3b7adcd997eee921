"""Convolutions with one thing added to the plain layer: a stride, a padding, a dilation, channels; what gradients do there.

``G`` (``g``) is the gradient that arrives from above; everything is counted from 0.
"""

from __future__ import annotations

from typing import Any

from derive.derivations.base import Derivation, Symbol
from derive.derivations.conv_general import PARAMETERS
from derive.notation.index_language import program

_SOURCE = "003_a2d52afd229cfba6.txt §5; 001_9baaf7fce9703606.txt §3.2, §3.3"
_LINE = {
    "N": Symbol(domain="dimension", latex="N", meaning="the length of the signal"),
    "K": Symbol(domain="dimension", latex="K", meaning="the number of taps of the filter"),
    "A": Symbol(domain="dimension", latex="A", meaning="the length of the output"),
    "x": Symbol(("N",), latex="x", meaning="the signal"),
    "w": Symbol(("K",), latex="w", meaning="the filter"),
    "y": Symbol(("A",), "derived", "y", "the output"),
    "y_bar": Symbol(("A",), latex="g", meaning="the gradient of the loss that arrives from above"),
}
_PLANE = {
    "H": Symbol(domain="dimension", latex="H", meaning="the height of the input"),
    "W": Symbol(domain="dimension", latex="W", meaning="the width of the input"),
    "K": Symbol(domain="dimension", latex="K", meaning="the height of the filter"),
    "V": Symbol(domain="dimension", latex="V", meaning="the width of the filter"),
    "A": Symbol(domain="dimension", latex="A", meaning="the height of the output"),
    "B": Symbol(domain="dimension", latex="B", meaning="the width of the output"),
    "X": Symbol(("H", "W"), latex="X", meaning="the input"),
    "F": Symbol(("K", "V"), latex="F", meaning="the filter"),
    "O": Symbol(("A", "B"), "derived", "O", "the output"),
    "O_bar": Symbol(("A", "B"), latex="G", meaning="the gradient of the loss that arrives from above"),
}
_KINDS = {
    "strided": ("s", "stride", "a stride", "The filter moves s places on from output to output."),
    "padded": ("p", "padding", "padding", "Zeros stand around the input: p of them on each side."),
    "dilated": ("r", "dilation", "dilation", "The taps look at every r-th place."),
}
_AT = {"strided": "s*{0} + {1}", "padded": "{0} + {1} - p", "dilated": "{0} + r*{1}"}


_LENGTHS = {
    "strided": ({"N": 9, "K": 3, "A": 4, "s": 2}, {"N": 12, "K": 2, "A": 4, "s": 3}, {"N": 11, "K": 4, "A": 3, "s": 3}),
    "padded": ({"N": 5, "K": 3, "A": 7, "p": 2}, {"N": 6, "K": 4, "A": 5, "p": 1}, {"N": 4, "K": 5, "A": 6, "p": 3}),
    "dilated": ({"N": 9, "K": 3, "A": 5, "r": 2}, {"N": 10, "K": 4, "A": 7, "r": 1}, {"N": 11, "K": 2, "A": 8, "r": 3}),
}
_SHORT = {
    "strided": ({"N": 4, "K": 1, "A": 2, "s": 3}, {"N": 3, "K": 3, "A": 1, "s": 5}),
    "padded": ({"N": 3, "K": 1, "A": 3, "p": 0}, {"N": 1, "K": 3, "A": 1, "p": 1}),
    "dilated": ({"N": 3, "K": 1, "A": 3, "r": 4}, {"N": 5, "K": 3, "A": 1, "r": 2}),
}
_AREAS = {
    "strided": (
        {"H": 8, "W": 7, "K": 4, "V": 5, "A": 3, "B": 2, "s": 2},
        {"H": 11, "W": 9, "K": 5, "V": 4, "A": 3, "B": 2, "s": 3},
        {"H": 11, "W": 8, "K": 2, "V": 4, "A": 5, "B": 3, "s": 2},
    ),
    "padded": (
        {"H": 5, "W": 11, "K": 2, "V": 4, "A": 8, "B": 12, "p": 2},
        {"H": 12, "W": 5, "K": 4, "V": 2, "A": 11, "B": 6, "p": 1},
        {"H": 8, "W": 9, "K": 3, "V": 2, "A": 12, "B": 14, "p": 3},
    ),
    "dilated": (
        {"H": 12, "W": 11, "K": 2, "V": 3, "A": 10, "B": 7, "r": 2},
        {"H": 12, "W": 9, "K": 4, "V": 2, "A": 3, "B": 6, "r": 3},
        {"H": 9, "W": 8, "K": 3, "V": 4, "A": 5, "B": 2, "r": 2},
    ),
}
_SMALL = {
    "strided": ({"H": 4, "W": 3, "K": 1, "V": 3, "A": 2, "B": 1, "s": 3},),
    "padded": ({"H": 3, "W": 1, "K": 1, "V": 3, "A": 5, "B": 1, "p": 1},),
    "dilated": ({"H": 5, "W": 3, "K": 3, "V": 1, "A": 1, "B": 3, "r": 2},),
}


def _line(kind: str, wrt: str, letters: str, form: str) -> Derivation:
    """A gradient of a 1-D layer with a stride, padding or dilation."""
    letter, option, what, assumption = _KINDS[kind]
    at = _AT[kind].format("i", "u")

    def truth(torch: Any, x: Any, w: Any, **given: Any) -> Any:
        return torch.nn.functional.conv1d(x[None, None], w[None, None], **{option: given[letter]})[0, 0]

    return _gradient(
        f"conv1d-{kind}",
        f"a 1-D convolution with {what}",
        wrt,
        tuple(letters),
        form,
        of=program(f"y[i] := sum(w[u]*x[{at}], u)", shapes={"x": "N", "w": "K", "y": "A"}),
        symbols=_LINE | {letter: PARAMETERS[letter]},
        truth=truth,
        settings=_LENGTHS[kind],
        boundary=_SHORT[kind],
        assumptions=(assumption, "The filter is not flipped."),
    )


def _plane(kind: str, wrt: str, letters: str, form: str) -> Derivation:
    """A gradient of a 2-D layer with a stride, padding or dilation, the same in both directions."""
    letter, option, what, assumption = _KINDS[kind]
    down, across = _AT[kind].format("i", "u"), _AT[kind].format("j", "v")

    def truth(torch: Any, X: Any, F: Any, **given: Any) -> Any:  # noqa: N803
        return torch.nn.functional.conv2d(X[None, None], F[None, None], **{option: given[letter]})[0, 0]

    return _gradient(
        f"conv2d-{kind}",
        f"a 2-D convolution with {what}",
        wrt,
        tuple(letters),
        form,
        of=program(f"O[i, j] := sum(F[u, v]*X[{down}, {across}], u, v)", shapes={"X": "H W", "F": "K V", "O": "A B"}),
        symbols=_PLANE | {letter: PARAMETERS[letter]},
        truth=truth,
        settings=_AREAS[kind],
        boundary=_SMALL[kind],
        assumptions=(f"{assumption[:-1]}, in both directions.", "The filter is not flipped."),
    )


def _gradient(name: str, layer: str, wrt: str, letters: tuple[str, ...], form: str, **more: Any) -> Derivation:
    part = "filter" if wrt in "wF" else "input"
    return Derivation(
        f"{name}-{part}-gradient",
        f"The gradient of {layer} in its {part}",
        subject="convolution",
        statement=f"The gradient of the loss in the {part} of {layer}.",
        wrt=wrt,
        letters=letters,
        index_base=0,
        source=_SOURCE,
        form=form,
        **more,
    )


strided_filter_1d = _line("strided", "w", "u", "∂L/∂w_u = Σ_{i=0}^{A-1} g_i x_{i s+u}")
strided_input_1d = _line("strided", "x", "n", "∂L/∂x_n = Σ_{i=0}^{A-1} g_i w_{n-i s}")
padded_filter_1d = _line("padded", "w", "u", "∂L/∂w_u = Σ_{i=0}^{A-1} g_i x_{i+u-p}")
padded_input_1d = _line("padded", "x", "n", "∂L/∂x_n = Σ_{u=0}^{K-1} g_{n+p-u} w_u")
dilated_filter_1d = _line("dilated", "w", "u", "∂L/∂w_u = Σ_{i=0}^{A-1} g_i x_{r u+i}")
dilated_input_1d = _line("dilated", "x", "n", "∂L/∂x_n = Σ_{u=0}^{K-1} g_{n-r u} w_u")
strided_filter_2d = _plane("strided", "F", "uv", "∂L/∂F_{u,v} = Σ_{i=0}^{A-1} Σ_{j=0}^{B-1} G_{i,j} X_{i s+u,j s+v}")
strided_input_2d = _plane("strided", "X", "ab", "∂L/∂X_{a,b} = Σ_{i=0}^{A-1} Σ_{j=0}^{B-1} G_{i,j} F_{a-i s,b-j s}")
padded_filter_2d = _plane("padded", "F", "uv", "∂L/∂F_{u,v} = Σ_{i=0}^{A-1} Σ_{j=0}^{B-1} G_{i,j} X_{i+u-p,j+v-p}")
padded_input_2d = _plane("padded", "X", "ab", "∂L/∂X_{a,b} = Σ_{u=0}^{K-1} Σ_{v=0}^{V-1} G_{a+p-u,b+p-v} F_{u,v}")
dilated_filter_2d = _plane("dilated", "F", "uv", "∂L/∂F_{u,v} = Σ_{i=0}^{A-1} Σ_{j=0}^{B-1} G_{i,j} X_{r u+i,r v+j}")
dilated_input_2d = _plane("dilated", "X", "ab", "∂L/∂X_{a,b} = Σ_{u=0}^{K-1} Σ_{v=0}^{V-1} G_{a-r u,b-r v} F_{u,v}")

_DEEP = program(
    "O[m, i, j] := sum(F[m, c, u, v]*X[c, i+u, j+v], c, u, v)", shapes={"X": "C H W", "F": "M C K V", "O": "M A B"}
)
_CHANNELS: dict[str, Any] = {
    "of": _DEEP,
    "symbols": _PLANE
    | {
        "C": Symbol(domain="dimension", latex="C", meaning="the input channels"),
        "M": Symbol(domain="dimension", latex="M", meaning="the output channels"),
        "X": Symbol(("C", "H", "W"), latex="X", meaning="the input"),
        "F": Symbol(("M", "C", "K", "V"), latex="F", meaning="the filters"),
        "O": Symbol(("M", "A", "B"), "derived", "O", "the output"),
        "O_bar": Symbol(("M", "A", "B"), latex="G", meaning="the gradient of the loss that arrives from above"),
    },
    "truth": lambda torch, X, F: torch.nn.functional.conv2d(X[None], F)[0],  # noqa: N803
    "settings": (
        {"C": 2, "M": 3, "K": 4, "V": 5, "A": 6, "B": 7, "H": 9, "W": 11},
        {"C": 3, "M": 4, "K": 2, "V": 5, "A": 6, "B": 8, "H": 7, "W": 12},
        {"C": 4, "M": 2, "K": 5, "V": 3, "A": 6, "B": 7, "H": 10, "W": 9},
    ),
    "boundary": ({"C": 1, "M": 2, "K": 3, "V": 1, "A": 1, "B": 3, "H": 3, "W": 3},),
    "assumptions": ("No padding, stride 1, the filters are not flipped.",),
}
channels_filter = _gradient(
    "conv2d-channels",
    "a 2-D convolution with channels",
    "F",
    tuple("mcuv"),
    "∂L/∂F_{m,c,u,v} = Σ_{i=0}^{A-1} Σ_{j=0}^{B-1} G_{m,i,j} X_{c,i+u,j+v}",
    **_CHANNELS,
)
channels_input = _gradient(
    "conv2d-channels",
    "a 2-D convolution with channels",
    "X",
    tuple("cab"),
    "∂L/∂X_{c,a,b} = Σ_{m=0}^{M-1} Σ_{u=0}^{K-1} Σ_{v=0}^{V-1} G_{m,a-u,b-v} F_{m,c,u,v}",
    **_CHANNELS,
)
