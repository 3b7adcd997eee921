"""The gated recurrent unit: one step."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules_sums import gather
from derive.derivations.base import Derivation, Symbol
from derive.derivations.cells import (
    DIMENSIONS,
    INPUT_LENGTH,
    SIZES,
    affine,
    cell,
    gate,
    gate_ideas,
    gate_shapes,
    gate_symbols,
    stacked,
)
from derive.notation.index_language import program

gru_cell = program(
    gate("r", "sigmoid")
    + gate("u", "sigmoid")
    + """
    p[j] := sum(Wg[j, k]*h[k], k) + d[j]
    zg[j] := r[j]*p[j] + sum(Ug[j, l]*x[l], l) + bg[j]
    g[j] := tanh(zg[j])
    s[j] := (1 - u[j])*g[j] + u[j]*h[j]
    """,
    shapes=gate_shapes("rug"),
)


def _gru(torch: Any, x: Any, h: Any, d: Any, **arrays: Any) -> Any:
    """Torch's own cell; d is the one bias that the reset gate meets."""
    zero = torch.zeros_like(d)
    return cell(torch, "GRUCell", stacked(torch, "rug", arrays), x, h, inner=torch.cat([zero, zero, d]))


gru_step = Derivation(
    "gru-step",
    "How one step of a GRU carries the state on",
    subject="recurrence",
    statement="The Jacobian of a GRU's new state in the old one: kept by the update gate, moved by it, and through the "
    "candidate, whose old state the reset gate weighs.",
    of=gru_cell,
    wrt="h",
    letters=("k",),
    asks="jacobian",
    ideas=gate_ideas(gru_cell, "r", "sigmoid")
    | gate_ideas(gru_cell, "u", "sigmoid")
    | gate_ideas(gru_cell, "g", "tanh")
    | {
        "dzg/dh": ("dr/dh", "dp/dh"),
        "ds/dh": (gather("The update gate moves the state from n towards h: take its slope out."), "du/dh", "dg/dh"),
    },
    symbols=DIMENSIONS
    | INPUT_LENGTH
    | gate_symbols("r", "r", "the reset gate")
    | gate_symbols("u", "z", "the update gate")
    | gate_symbols("g", "n", "the candidate")
    | {
        "d": Symbol(("m",), latex="d", meaning="the bias inside the reset gate's product"),
        "p": Symbol(("m",), "derived", "p", "what the candidate would take from the old state"),
        "s": Symbol(("m",), "derived", "h_t", "the new state"),
    },
    truth={
        "zr": lambda torch, Wr, h, Ur, x, br: affine(torch, Wr, h, Ur, x, br),  # noqa: N803
        "zu": lambda torch, Wu, h, Uu, x, bu: affine(torch, Wu, h, Uu, x, bu),  # noqa: N803
        "r": lambda torch, zr: torch.sigmoid(zr),
        "u": lambda torch, zu: torch.sigmoid(zu),
        "p": lambda torch, Wg, h, d: torch.addmv(d, Wg, h),  # noqa: N803
        "zg": lambda torch, r, p, Ug, x, bg: torch.addmv(bg, Ug, x) + r * p,  # noqa: N803
        "g": lambda torch, zg: torch.tanh(zg),
        "s": lambda torch, g, h, u: torch.lerp(g, h, u),
    },
    whole=_gru,
    settings=SIZES,
    form="∂h_{t,j}/∂h_{t-1,k} = z_{t,j} [j = k] + W^z_{j,k} z_{t,j} (1 - z_{t,j}) (h_{t-1,j} - n_{t,j})"
    " + (1 - z_{t,j}) (1 - n_{t,j}²) (p_j W^r_{j,k} r_{t,j} (1 - r_{t,j}) + r_{t,j} W^n_{j,k})",
    assumptions=("The reset gate weighs the product with the old state, as in torch's GRU, not the state before it.",),
    source="000_46eee05028ac51b3.txt 'Memory Units'",
)
