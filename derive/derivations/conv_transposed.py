"""The transposed convolution: what a convolution does to gradients is what this layer does to its input, and back.

Where output i of a convolution reads the input at ``s·i + r·u − p``, its transpose adds input i times the filter to the
output there. Channels are an axis of each array; ``G`` is the gradient that arrives from above.
"""

from __future__ import annotations

from typing import Any

from derive.derivations.base import Derivation, Symbol
from derive.derivations.conv_general import PARAMETERS
from derive.notation.index_language import program

convolution = program(
    "O[m, i] := sum(F[m, c, u]*X[c, s*i + r*u - p], c, u)", shapes={"X": "C H", "F": "M C K", "O": "M A"}
)
transposed = program(
    "integer s, r, p; T[c, a] := sum(F[m, c, u]*Z[m, i]*[s*i + r*u - p = a], m, i, u)",
    shapes={"Z": "M A", "F": "M C K", "T": "C H"},
)


def _convolved(torch: Any, X: Any, F: Any, s: int, p: int, r: int) -> Any:  # noqa: N803
    return torch.nn.functional.conv1d(X[None], F, stride=s, padding=p, dilation=r)[0]


def _transposed(torch: Any, Z: Any, F: Any, H: int, s: int, p: int, r: int) -> Any:  # noqa: N803
    left_over = H - (s * (Z.shape[-1] - 1) + r * (F.shape[-1] - 1) + 1 - 2 * p)
    made = torch.nn.functional.conv_transpose1d(Z[None], F, stride=s, padding=p, dilation=r, output_padding=left_over)
    return made[0]


_COMMON: dict[str, Any] = {
    "subject": "convolution",
    "settings": (
        {"C": 2, "M": 3, "K": 4, "A": 5, "H": 11, "s": 2, "p": 1, "r": 1},
        {"C": 3, "M": 2, "K": 5, "A": 4, "H": 8, "s": 1, "p": 2, "r": 2},
        {"C": 4, "M": 5, "K": 2, "A": 3, "H": 10, "s": 3, "p": 0, "r": 2},
    ),
    "boundary": (
        {"C": 1, "M": 1, "K": 1, "A": 3, "H": 8, "s": 3, "p": 0, "r": 1},
        {"C": 2, "M": 1, "K": 4, "A": 1, "H": 4, "s": 5, "p": 0, "r": 1},
    ),
    "index_base": 0,
    "source": "003_a2d52afd229cfba6.txt §5, §9",
}
_SIZES = {
    "C": Symbol(domain="dimension", latex="C", meaning="the channels on the wide side"),
    "M": Symbol(domain="dimension", latex="M", meaning="the channels on the narrow side"),
    "H": Symbol(domain="dimension", latex="H", meaning="the length on the wide side"),
    "K": Symbol(domain="dimension", latex="K", meaning="the number of taps"),
    "A": Symbol(domain="dimension", latex="A", meaning="the length on the narrow side"),
    "F": Symbol(("M", "C", "K"), latex="F", meaning="the filters"),
} | PARAMETERS
_FORWARD = _SIZES | {
    "X": Symbol(("C", "H"), latex="X", meaning="the input"),
    "O": Symbol(("M", "A"), "derived", "O", "the output"),
    "O_bar": Symbol(("M", "A"), latex="G", meaning="the gradient of the loss that arrives from above"),
}
_BACKWARD = _SIZES | {
    "p": Symbol((), "int", "p", "the padding: how many places are cut off at either end of the output"),
    "Z": Symbol(("M", "A"), latex="Z", meaning="the input"),
    "T": Symbol(("C", "H"), "derived", "T", "the output"),
    "T_bar": Symbol(("C", "H"), latex="G", meaning="the gradient of the loss that arrives from above"),
}

convolution_jacobian = Derivation(
    "conv-jacobian",
    "The Jacobian of a convolution",
    statement="The Jacobian of a convolution in its input: a filter's tap where output i reads input a, else 0.",
    of=convolution,
    wrt="X",
    letters=("c", "a"),
    asks="jacobian",
    symbols=_FORWARD,
    form="∂O_{m,i}/∂X_{c,a} = Σ_{u=0}^{K-1} F_{m,c,u} [i s+r u = a+p]",
    truth=_convolved,
    **_COMMON,
)
convolution_adjoint = Derivation(
    "conv-adjoint",
    "The adjoint of a convolution is the transposed convolution",
    statement="The gradient of the loss in a convolution's input: the transposed convolution of the gradient from above.",
    of=convolution,
    wrt="X",
    letters=("c", "a"),
    symbols=_FORWARD,
    form="∂L/∂X_{c,a} = Σ_{m=0}^{M-1} Σ_{i=0}^{A-1} Σ_{u=0}^{K-1} G_{m,i} F_{m,c,u} [i s+r u = a+p]",
    truth=_convolved,
    **_COMMON,
)
transposed_jacobian = Derivation(
    "transposed-conv-jacobian",
    "The Jacobian of a transposed convolution",
    statement="The Jacobian of a transposed convolution: that of the convolution, with rows and columns exchanged.",
    of=transposed,
    wrt="Z",
    letters=("m", "i"),
    asks="jacobian",
    symbols=_BACKWARD,
    form="∂T_{c,a}/∂Z_{m,i} = Σ_{u=0}^{K-1} F_{m,c,u} [i s+r u = a+p]",
    truth=_transposed,
    **_COMMON,
)
transposed_adjoint = Derivation(
    "transposed-conv-input-gradient",
    "The adjoint of a transposed convolution is the convolution",
    statement="The gradient of the loss in a transposed convolution's input: the convolution of the gradient from above.",
    of=transposed,
    wrt="Z",
    letters=("m", "i"),
    symbols=_BACKWARD,
    form="∂L/∂Z_{m,i} = Σ_{c=0}^{C-1} Σ_{u=0}^{K-1} G_{c,i s+r u-p} F_{m,c,u}",
    truth=_transposed,
    **_COMMON,
)
transposed_filters = Derivation(
    "transposed-conv-filter-gradient",
    "The gradient of a transposed convolution in its filters",
    statement="The gradient of the loss in the filters of a transposed convolution with channels, stride, padding and "
    "dilation.",
    of=transposed,
    wrt="F",
    letters=("m", "c", "u"),
    symbols=_BACKWARD,
    form="∂L/∂F_{m,c,u} = Σ_{i=0}^{A-1} G_{c,i s+r u-p} Z_{m,i}",
    truth=_transposed,
    **_COMMON,
)
