"""A deep recurrence of letter depth D and letter length T: each layer reads the states of the layer below.

Layer 0 is the input; ``h[l, t]`` is the state of layer l after step t, and its error signal ``δ`` comes back from the next
step of its own layer and from the same step of the layer above.
"""

from __future__ import annotations

from typing import Any

from derive.derivations.base import Derivation, Symbol
from derive.derivations.sequences import TIMES, over_time

_PRE = "z[l, t, i] := sum(W[l, i, j]*h[l+1, t, j], j) + sum(U[l, i, k]*h[l, t+1, k], k) + b[l, i]\n"
_STATE = (
    "h[l, t, i] := [l = 0]*[t >= 1]*x[t-1, i] + [l >= 1]*[t = 0]*s[l-1, i] + [l >= 1]*[t >= 1]*tanh(z[l-1, t-1, i])\n"
)
_OUT = "y[t, i] := h[D, t+1, i]"
_SHAPES = {
    "W": "D m m", "U": "D m m", "b": "D m", "x": "T m", "s": "D m", "z": "D T m", "h": "D+1 T+1 m", "y": "T m",
}  # fmt: skip


def _layers(torch: Any, W: Any, U: Any, b: Any, x: Any, s: Any) -> Any:  # noqa: N803
    """Torch's own stack of layers."""
    depth, width = s.shape
    net = torch.nn.RNN(width, width, depth, dtype=W.dtype, device=W.device)
    given: dict[str, Any] = {}
    for k in range(depth):
        given |= {f"weight_hh_l{k}": W[k], f"weight_ih_l{k}": U[k]}
        given |= {f"bias_hh_l{k}": torch.zeros_like(b[k]), f"bias_ih_l{k}": b[k]}
    return torch.func.functional_call(net, given, (x, s))[0]


def _states(torch: Any, x: Any, s: Any, z: Any) -> Any:
    lowest = torch.cat([torch.zeros_like(x[:1]), x])
    return torch.cat([lowest[None], torch.cat([s[:, None], torch.tanh(z)], 1)])


_DEEP: dict[str, Any] = {
    "subject": "recurrence",
    "symbols": {
        "D": Symbol(domain="dimension", latex="D", meaning="the number of layers"),
        "T": TIMES["T"],
        "m": Symbol(domain="dimension", latex="m", meaning="the number of units of every layer, and of inputs"),
        "x": Symbol(("T", "m"), latex="x", meaning="the inputs, one a step"),
        "s": Symbol(("D", "m"), latex="s", meaning="the state of each layer before the first step"),
        "W": Symbol(("D", "m", "m"), latex="W", meaning="the weights of each layer for its own state"),
        "U": Symbol(("D", "m", "m"), latex="U", meaning="the weights of each layer for the layer below"),
        "b": Symbol(("D", "m"), latex="b", meaning="the biases"),
        "z": Symbol(("D", "T", "m"), "derived", "z", "the pre-activations"),
        "h": Symbol(("0..D", "0..T", "m"), "derived", "h", "the states; those of layer 0 are the inputs"),
        "y": Symbol(("T", "m"), "derived", "y", "the outputs: the states of the last layer"),
        "y_bar": TIMES["y_bar"],
        "z_bar": Symbol(("D", "T", "m"), "derived", r"\delta", "the error signal ∂L/∂z of each layer and step"),
        "h_bar": Symbol(
            ("0..D", "0..T", "m"), "derived", r"\bar{h}", "the gradient in a state, through all that follows"
        ),
    },
    "truth": {
        "z": lambda torch, W, U, b, h: (  # noqa: N803
            torch.einsum("lij,ltj->lti", W, h[1:, :-1]) + torch.einsum("lik,ltk->lti", U, h[:-1, 1:]) + b[:, None]
        ),
        "h": _states,
        "y": lambda torch, h: h[-1, 1:].clone(),
    },
    "whole": _layers,
    "settings": ({"D": 2, "T": 3, "m": 4}, {"D": 3, "T": 4, "m": 2}, {"D": 4, "T": 2, "m": 3}),
    "boundary": ({"D": 1, "T": 1, "m": 2}, {"D": 2, "T": 3, "m": 1}),
    "assumptions": (
        "Before the first step, after the last one and above the last layer arrays read as zero: no gradient comes from there.",
    ),
    "source": "000_46eee05028ac51b3.txt 'Deep recurrent networks'; 003_a2d52afd229cfba6.txt §14",
}
network = over_time(_PRE + _STATE + _OUT, _SHAPES)
deep_states = Derivation(
    "deep-rnn-states",
    "How the error signal of a deep recurrence goes back in time and down",
    statement="The gradient in a state comes from the next step of its layer, Wᵀδ, and from the same step of the layer "
    "above, Uᵀδ; at the top from the loss.",
    of=over_time(_STATE + _PRE + _OUT, _SHAPES),
    wrt="h",
    form="h̄_{l-1,t-1,i} = Σ_{j=1}^m δ_{l-1,t,j} W_{l-1,j,i} + Σ_{j=1}^m δ_{l,t-1,j} U_{l,j,i} + G_{t-1,i} [l = D+1]",
    **_DEEP,
)
deep_errors = Derivation(
    "deep-rnn-errors",
    "The error signal of one layer and step of a deep recurrence",
    statement="The gradient in the pre-activations of layer l at step t: the slope there times the gradient in its state.",
    of=network,
    wrt="z",
    form="δ_{l,t,i} = h̄_{l,t,i} tanh'(z_{l,t,i})",
    **_DEEP,
)
deep_state_weights = Derivation(
    "deep-rnn-state-weights",
    "The gradient of a deep recurrence in the weights of a layer's state",
    statement="Every step adds the error signal of its layer times the layer's state before.",
    of=network,
    wrt="W",
    letters=("l", "i", "j"),
    form="∂L/∂W_{l,i,j} = Σ_{t=1}^T δ_{l,t,i} h_{l,t-1,j}",
    **_DEEP,
)
deep_layer_weights = Derivation(
    "deep-rnn-layer-weights",
    "The gradient of a deep recurrence in the weights between its layers",
    statement="Every step adds the error signal of its layer times the new state of the layer below.",
    of=network,
    wrt="U",
    letters=("l", "i", "k"),
    form="∂L/∂U_{l,i,k} = Σ_{t=1}^T δ_{l,t,i} h_{l-1,t,k}",
    **_DEEP,
)
