"""What the well-known 3 × 3 kernels do to an image, as deep-learning libraries apply them: the kernel is not flipped.

``Y`` is the output where the kernel fits; entry (i, j) sees the pixels from (i, j) to (i + 2, j + 2).
"""

from __future__ import annotations

from typing import Any

from derive.calculus.rules import put
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Printed, Symbol, axes
from derive.notation.index_language import expression, relation

_SHAPES = {"X": "H W", "F": "3 3", "Y": "H-2 W-2"}
_PLACES = axes(i="H-2", j="W-2")
_LAYER = "Y[i, j] = sum(F[u, v]*X[i+u, j+v], u = 0..2, v = 0..2)"
_OPENING = Rule("the layer", "Each of the nine taps meets its pixel.", lambda r: r)


def _kernel(text: str, sentence: str) -> Rule:
    body = expression(text, shapes=_SHAPES, letters=("u", "v"))
    return put("F", ("u", "v"), body, "the kernel", sentence)


def _filtered(kernel: list[list[float]]) -> Any:
    """The oracle: torch's own convolution with a kernel given number by number."""

    def values(torch: Any, X: Any) -> dict[str, Any]:  # noqa: N803
        f = torch.tensor(kernel, dtype=X.dtype)
        return {"F": f, "Y": torch.nn.functional.conv2d(X[None, None], f[None, None])[0, 0]}

    return values


_PICK = multiply_out("The brackets leave the taps that are not 0.", "bracket")
_IMAGE: dict[str, Any] = {
    "subject": "convolution",
    "start": relation(_LAYER, shapes=_SHAPES, frame=_PLACES),
    "opening": _OPENING,
    "symbols": {
        "H": Symbol(domain="dimension", latex="H", meaning="the height of the image"),
        "W": Symbol(domain="dimension", latex="W", meaning="the width of the image"),
        "X": Symbol(("H", "W"), latex="X", meaning="the image"),
        "F": Symbol((3, 3), "derived", "F", "the kernel"),
        "Y": Symbol(("H-2", "W-2"), "derived", "Y", "the output"),
    },
    "settings": ({"H": 5, "W": 6}, {"H": 7, "W": 4}, {"H": 6, "W": 5}),
    "boundary": ({"H": 3, "W": 3}, {"H": 3, "W": 5}),
    "index_base": 0,
    "source": "001_9baaf7fce9703606.txt §3.1",
}

identity_kernel = Derivation(
    "identity-kernel",
    "The kernel that changes nothing",
    statement="A 1 in the middle and zeros around it give back the pixel in the middle.",
    then=(_kernel("[u = 1]*[v = 1]", "The one tap that is not 0 stands in the middle."), _PICK),
    truth=_filtered([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
    form="Y_{i,j} = X_{i+1,j+1}",
    **_IMAGE,
)
shift_kernel = Derivation(
    "shift-kernel",
    "The kernel that moves an image by one pixel",
    statement="A 1 left of the middle moves the image by one pixel to the right.",
    then=(_kernel("[u = 1]*[v = 0]", "The one tap that is not 0 stands left of the middle."), _PICK),
    truth=_filtered([[0, 0, 0], [1, 0, 0], [0, 0, 0]]),
    form="Y_{i,j} = X_{i+1,j}",
    **_IMAGE,
)
edge_kernel = Derivation(
    "vertical-edge-kernel",
    "The kernel that finds vertical edges",
    statement="Ones on the left and minus ones on the right: what the left column has more than the right one.",
    then=(_kernel("([v = 0] - [v = 2])", "The left column counts, the right one is taken away."), _PICK),
    truth=_filtered([[1, 0, -1]] * 3),
    form="Y_{i,j} = Σ_{u=0}^2 X_{i+u,j} - Σ_{u=0}^2 X_{i+u,j+2}",
    **_IMAGE,
)
horizontal_edge_kernel = Derivation(
    "horizontal-edge-kernel",
    "The kernel that finds horizontal edges",
    statement="Ones above and minus ones below: what the upper row has more than the lower one.",
    then=(_kernel("([u = 0] - [u = 2])", "The upper row counts, the lower one is taken away."), _PICK),
    truth=_filtered([[1, 1, 1], [0, 0, 0], [-1, -1, -1]]),
    form="Y_{i,j} = Σ_{v=0}^2 X_{i,j+v} - Σ_{v=0}^2 X_{i+2,j+v}",
    **_IMAGE,
)
blur_kernel = Derivation(
    "blur-kernel",
    "The kernel that blurs",
    statement="Nine equal weights give the mean of the neighbourhood.",
    then=(_kernel("1/9", "All nine taps count alike."),),
    truth=_filtered([[1 / 9] * 3] * 3),
    form="Y_{i,j} = 1/9 Σ_{u=0}^2 Σ_{v=0}^2 X_{i+u,j+v}",
    **_IMAGE,
)
sharpen_kernel = Derivation(
    "sharpen-kernel",
    "The kernel that sharpens",
    statement="Twice the pixel less the mean of its neighbourhood: what differs from the neighbourhood is doubled.",
    then=(_kernel("(2*[u = 1]*[v = 1] - 1/9)", "Twice the identity, less the kernel that blurs."), _PICK),
    truth=_filtered([[-1 / 9, -1 / 9, -1 / 9], [-1 / 9, 17 / 9, -1 / 9], [-1 / 9, -1 / 9, -1 / 9]]),
    form="Y_{i,j} = 2 X_{i+1,j+1} - 1/9 Σ_{u=0}^2 Σ_{v=0}^2 X_{i+u,j+v}",
    printed=(
        Printed(
            relation("Y[i, j] = 2*X[i+1, j+1]", shapes=_SHAPES, frame=_PLACES),
            "A 2 in the middle and zeros around it make the image twice as bright and no sharper: the mean around it has to "
            "be taken off.",
            "Sharpen: 2 in the middle, else 0",
        ),
    ),
    **_IMAGE,
)
