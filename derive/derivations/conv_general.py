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
        {"N": 2, "G": 3, "C": 4, "M": 5, "K": 6, "A": 7, "H": 15, "s": 2, "p": 1, "r": 1},
        {"N": 3, "G": 2, "C": 5, "M": 4, "K": 7, "A": 6, "H": 13, "s": 1, "p": 3, "r": 2},
        {"N": 5, "G": 4, "C": 2, "M": 3, "K": 6, "A": 9, "H": 28, "s": 3, "p": 2, "r": 1},
    ),
    "boundary": (),
    "source": "003_a2d52afd229cfba6.txt §5, §9",
}
grouped_filters = Derivation(
    "grouped-conv-filter-gradient",
    "The gradient of a grouped convolution in its filters",
    statement="The gradient of the loss in the filters of a convolution with a batch, channels, groups, stride, padding "
    "and dilation.",
    wrt="F",
    letters=("g", "m", "c", "u"),
    **_GROUPED,
)
grouped_input = Derivation(
    "grouped-conv-input-gradient",
    "The gradient of a grouped convolution in its input",
    statement="The gradient of the loss in the input of a convolution with a batch, channels, groups, stride, padding "
    "and dilation.",
    wrt="X",
    letters=("n", "g", "c", "a"),
    **_GROUPED,
)
