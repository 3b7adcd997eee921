"""Convolution layers as libraries have them: a batch, channels, groups, and letters for stride, padding and dilation.

Output i reads the input at ``s·i + r·u − p``, counted from 0: stride s, dilation r, padding p. ``G`` is the gradient that
arrives from above. The channels of each group are an axis of their own beside the groups.
"""

from __future__ import annotations

from typing import Any

from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import program

grouped = program(
    "O[n, g, m, i] := sum(F[g, m, c, u]*X[n, g, c, s*i + r*u - p], c, u)",
    shapes={"X": "N G C H", "F": "G M C K", "O": "N G M A"},
)


def _grouped(torch: Any, X: Any, F: Any, s: int, p: int, r: int) -> Any:  # noqa: N803
    out = torch.nn.functional.conv1d(X.flatten(1, 2), F.flatten(0, 1), stride=s, padding=p, dilation=r, groups=len(F))
    return out.unflatten(1, F.shape[:2])


PARAMETERS = {
    "s": Symbol((), "posint", "s", "the stride"),
    "p": Symbol((), "int", "p", "the padding: zeros before the input and after it"),
    "r": Symbol((), "posint", "r", "the dilation: how far apart the taps look"),
}
_GROUPED: dict[str, Any] = {
    "subject": "convolution",
    "of": grouped,
    "symbols": {
        "N": Symbol(domain="dimension", latex="N", meaning="the size of the batch"),
        "G": Symbol(domain="dimension", latex="Q", meaning="the number of groups"),
        "C": Symbol(domain="dimension", latex="C", meaning="the input channels of a group"),
        "M": Symbol(domain="dimension", latex="M", meaning="the output channels of a group"),
        "H": Symbol(domain="dimension", latex="H", meaning="the length of the input"),
        "K": Symbol(domain="dimension", latex="K", meaning="the number of taps"),
        "A": Symbol(domain="dimension", latex="A", meaning="the length of the output"),
        "X": Symbol(("N", "G", "C", "H"), latex="X", meaning="the inputs"),
        "F": Symbol(("G", "M", "C", "K"), latex="F", meaning="the filters"),
        "O": Symbol(("N", "G", "M", "A"), "derived", "O", "the outputs"),
        "O_bar": Symbol(("N", "G", "M", "A"), latex="G", meaning="the gradient of the loss that arrives from above"),
    }
    | PARAMETERS,
    "truth": _grouped,
    "settings": (
        {"N": 2, "G": 3, "C": 4, "M": 5, "K": 6, "A": 7, "H": 17, "s": 2, "p": 1, "r": 1},
        {"N": 3, "G": 2, "C": 5, "M": 4, "K": 7, "A": 6, "H": 12, "s": 1, "p": 3, "r": 2},
        {"N": 2, "G": 3, "C": 5, "M": 4, "K": 7, "A": 6, "H": 18, "s": 3, "p": 2, "r": 1},
    ),
    "index_base": 0,
    "boundary": (
        {"N": 1, "G": 1, "C": 1, "M": 1, "K": 1, "A": 3, "H": 8, "s": 3, "p": 0, "r": 1},
        {"N": 2, "G": 2, "C": 1, "M": 3, "K": 4, "A": 1, "H": 4, "s": 5, "p": 0, "r": 1},
        {"N": 1, "G": 3, "C": 2, "M": 1, "K": 2, "A": 4, "H": 13, "s": 4, "p": 1, "r": 2},
    ),
    "source": "003_a2d52afd229cfba6.txt §5, §9",
}
grouped_filters = Derivation(
    "grouped-conv-filter-gradient",
    "The gradient of a grouped convolution in its filters",
    statement="The gradient of the loss in the filters of a convolution with a batch, channels, groups, stride, padding "
    "and dilation.",
    wrt="F",
    letters=("g", "m", "c", "u"),
    form="∂L/∂F_{g,m,c,u} = Σ_{n=0}^{N-1} Σ_{i=0}^{A-1} G_{n,g,m,i} X_{n,g,c,i s+r u-p}",
    **_GROUPED,
)
grouped_input = Derivation(
    "grouped-conv-input-gradient",
    "The gradient of a grouped convolution in its input",
    statement="The gradient of the loss in the input of a convolution with a batch, channels, groups, stride, padding "
    "and dilation.",
    wrt="X",
    letters=("n", "g", "c", "a"),
    form="∂L/∂X_{n,g,c,a} = Σ_{m=0}^{M-1} Σ_{i=0}^{A-1} Σ_{u=0}^{K-1} G_{n,g,m,i} F_{g,m,c,u} [i s+r u = a+p]",
    **_GROUPED,
)

planes = program(
    "O[m, i, j] := sum(F[m, c, u, v]*X[c, s*i + r*u - p, s*j + r*v - p], c, u, v)",
    shapes={"X": "C H W", "F": "M C K V", "O": "M A B"},
)


def _planes(torch: Any, X: Any, F: Any, s: int, p: int, r: int) -> Any:  # noqa: N803
    return torch.nn.functional.conv2d(X[None], F, stride=s, padding=p, dilation=r)[0]


_PLANES: dict[str, Any] = {
    "subject": "convolution",
    "of": planes,
    "symbols": {
        "C": Symbol(domain="dimension", latex="C", meaning="the input channels"),
        "M": Symbol(domain="dimension", latex="M", meaning="the output channels"),
        "H": Symbol(domain="dimension", latex="H", meaning="the height of the input"),
        "W": Symbol(domain="dimension", latex="W", meaning="the width of the input"),
        "K": Symbol(domain="dimension", latex="K", meaning="the height of the filters"),
        "V": Symbol(domain="dimension", latex="V", meaning="the width of the filters"),
        "A": Symbol(domain="dimension", latex="A", meaning="the height of the output"),
        "B": Symbol(domain="dimension", latex="B", meaning="the width of the output"),
        "X": Symbol(("C", "H", "W"), latex="X", meaning="the input"),
        "F": Symbol(("M", "C", "K", "V"), latex="F", meaning="the filters"),
        "O": Symbol(("M", "A", "B"), "derived", "O", "the outputs"),
        "O_bar": Symbol(("M", "A", "B"), latex="G", meaning="the gradient of the loss that arrives from above"),
    }
    | PARAMETERS,
    "truth": _planes,
    "settings": (
        {"C": 2, "M": 3, "K": 4, "V": 5, "A": 6, "B": 7, "H": 10, "W": 13, "s": 1, "p": 1, "r": 2},
        {"C": 3, "M": 2, "K": 5, "V": 4, "A": 6, "B": 7, "H": 11, "W": 13, "s": 2, "p": 2, "r": 1},
        {"C": 2, "M": 3, "K": 4, "V": 5, "A": 6, "B": 7, "H": 16, "W": 20, "s": 3, "p": 2, "r": 1},
    ),
    "boundary": (
        {"C": 1, "M": 2, "K": 1, "V": 1, "A": 3, "B": 2, "H": 8, "W": 6, "s": 3, "p": 0, "r": 1},
        {"C": 2, "M": 1, "K": 4, "V": 5, "A": 1, "B": 1, "H": 4, "W": 5, "s": 2, "p": 0, "r": 1},
    ),
    "index_base": 0,
    "source": "003_a2d52afd229cfba6.txt §5, §9",
}
strided_filters = Derivation(
    "strided-conv-filter-gradient",
    "The gradient of a strided 2-D convolution in its filters",
    statement="The gradient of the loss in the filters of a 2-D convolution with channels, stride, padding and dilation.",
    wrt="F",
    letters=("m", "c", "u", "v"),
    form="∂L/∂F_{m,c,u,v} = Σ_{i=0}^{A-1} Σ_{j=0}^{B-1} G_{m,i,j} X_{c,i s+r u-p,j s+r v-p}",
    **_PLANES,
)
strided_input = Derivation(
    "strided-conv-input-gradient",
    "The gradient of a strided 2-D convolution in its input",
    statement="The gradient of the loss in the input of a 2-D convolution with channels, stride, padding and dilation.",
    wrt="X",
    letters=("c", "a", "b"),
    form="∂L/∂X_{c,a,b} = Σ_{m=0}^{M-1} Σ_{i=0}^{A-1} Σ_{j=0}^{B-1} Σ_{u=0}^{K-1} Σ_{v=0}^{V-1} G_{m,i,j} F_{m,c,u,v}"
    " [i s+r u = a+p] [j s+r v = b+p]",
    **_PLANES,
)
