"""Backpropagation through time in a GRU of letter length: its state, and the weights of each gate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derive.calculus.program import Program
from derive.calculus.rules_sums import gather
from derive.derivations.base import Derivation, Oracle, Symbol
from derive.derivations.cells import INPUT_LENGTH, stacked
from derive.derivations.sequences import EDGE, LENGTHS, OUTPUTS, OUTSIDE, TIMES, layer, over_time
from derive.derivations.sequences_lstm import gate_sizes, linear, through_gate, timed_gate, timed_symbols

_STATE = "h[t, j] := [t = 0]*s[j] + [t >= 1]*((1 - u[t-1, j])*g[t-1, j] + u[t-1, j]*h[t-1, j])\n"
_CANDIDATE = """p[t, j] := sum(Wg[j, k]*h[t, k], k) + d[j]
zg[t, j] := r[t, j]*p[t, j] + sum(Ug[j, l]*x[t, l], l) + bg[j]
g[t, j] := tanh(zg[t, j])
"""
_GATES = {"r": timed_gate("r", "sigmoid"), "u": timed_gate("u", "sigmoid")}
_OUTPUT = "y[t, j] := h[t+1, j]"
_SHAPES = {"x": "T n", "s": "m", "d": "m", "p": "T m", "h": "T+1 m", "y": "T m"}


def gru(*parts: str) -> Program:
    """The network with its definitions in an order of choice; reverse mode goes from the last one to the first."""
    return over_time("".join(parts), _SHAPES | {n: a for g in "rug" for n, a in gate_sizes(g).items()})


def _gru(torch: Any, x: Any, s: Any, d: Any, **arrays: Any) -> Any:
    """The outputs of torch's own layer; d is the one bias that the reset gate meets."""
    zero = torch.zeros_like(d)
    return layer(torch, "GRU", stacked(torch, "rug", arrays), x, s[None], inner=torch.cat([zero, zero, d]))


_TRUTH: dict[str, Oracle] = {
    "zr": lambda torch, Wr, h, Ur, x, br: linear(torch, Wr, h, Ur, x, br),  # noqa: N803
    "zu": lambda torch, Wu, h, Uu, x, bu: linear(torch, Wu, h, Uu, x, bu),  # noqa: N803
    "r": lambda torch, zr: torch.sigmoid(zr),
    "u": lambda torch, zu: torch.sigmoid(zu),
    "p": lambda torch, Wg, h, d: torch.nn.functional.linear(h[:-1], Wg, d),  # noqa: N803
    "zg": lambda torch, r, p, Ug, x, bg: r * p + torch.nn.functional.linear(x, Ug, bg),  # noqa: N803
    "g": lambda torch, zg: torch.tanh(zg),
    "h": lambda torch, s, g, h, u: torch.cat([s[None], torch.lerp(g, h[:-1], u)]),
    "y": OUTPUTS,
}
_GRU: dict[str, Any] = {
    "subject": "recurrence",
    "symbols": TIMES
    | INPUT_LENGTH
    | timed_symbols("r", "r", "the reset gate")
    | timed_symbols("u", "z", "the update gate")
    | timed_symbols("g", "n", "the candidate")
    | {
        "d": Symbol(("m",), latex="d", meaning="the bias inside the reset gate's product"),
        "p": Symbol(("T", "m"), "derived", "p", "what the candidate would take from the old state"),
    },
    "truth": _TRUTH,
    "whole": _gru,
    "settings": LENGTHS,
    "boundary": EDGE,
    "assumptions": (
        "The reset gate weighs the product with the old state, as in torch's GRU, not the state before it.",
        *OUTSIDE,
    ),
    "source": "000_46eee05028ac51b3.txt 'Memory Units'",
}


def _weights(name: str, function: str, *parts: str, **more: Any) -> Mapping[str, Any]:
    of = gru(*parts, _STATE, _OUTPUT)
    ideas = through_gate(of, name, function) | more
    return _GRU | {"of": of, "wrt": f"W{name}", "letters": ("j", "k"), "ideas": ideas}


gru_state_back = Derivation(
    "gru-bptt-state",
    "How the gradient in a GRU's state goes back in time",
    statement="Backpropagation through time: what the loss says of the step, what the update gate keeps of the later "
    "gradient, and what both gates and the candidate of the next step send back.",
    of=gru(_STATE, *_GATES.values(), _CANDIDATE, _OUTPUT),
    wrt="h",
    ideas={"h_bar": ("p_bar",)},
    form="h̄_{t-1,j} = h̄_{t,j} z_{t,j} + Σ_{i=1}^m δ^r_{t,i} W^r_{i,j} + Σ_{i=1}^m δ^z_{t,i} W^z_{i,j}"
    " + Σ_{i=1}^m δ^n_{t,i} r_{t,i} W^n_{i,j} + G_{t-1,j}",
    **_GRU,
)
gru_update_weights = Derivation(
    "gru-bptt-update-weights",
    "The gradient of a GRU in the weights of its update gate",
    statement="The gradient of the loss in the update gate's weights for the state, summed over all steps.",
    form="∂L/∂W^z_{j,k} = Σ_{t=1}^T h̄_{t,j} z_{t,j} h_{t-1,k} (h_{t-1,j} - n_{t,j}) (1 - z_{t,j})",
    **_weights("u", "sigmoid", _GATES["r"], _CANDIDATE, _GATES["u"], u_bar=(gather("Both terms hold h̄."),)),
)
gru_reset_weights = Derivation(
    "gru-bptt-reset-weights",
    "The gradient of a GRU in the weights of its reset gate",
    statement="The gradient of the loss in the reset gate's weights for the state, summed over all steps.",
    form="∂L/∂W^r_{j,k} = Σ_{t=1}^T δ^n_{t,j} p_{t,j} r_{t,j} h_{t-1,k} (1 - r_{t,j})",
    **_weights("r", "sigmoid", _GATES["u"], _GATES["r"], _CANDIDATE),
)
gru_candidate_weights = Derivation(
    "gru-bptt-candidate-weights",
    "The gradient of a GRU in the weights of its candidate",
    statement="The gradient of the loss in the candidate's weights for the state: the reset gate weighs every step.",
    form="∂L/∂W^n_{j,k} = Σ_{t=1}^T h̄_{t,j} r_{t,j} h_{t-1,k} (1 - z_{t,j}) (1 - n_{t,j}²)",
    **_weights("g", "tanh", *_GATES.values(), _CANDIDATE, p_bar=("zg_bar",), Wg_bar=("p_bar",)),
)
