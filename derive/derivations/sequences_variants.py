"""Other recurrences in time: both directions, outputs fed back or forced by the teacher, sequences of different lengths.

States count from 0, the first one given; ``G`` is the gradient that arrives from the loss at each output.
"""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine
from derive.derivations.base import Derivation, Oracle, Symbol
from derive.derivations.sequences import EDGE, LENGTHS, OUTSIDE, TIMES, layer, over_time

_NOTES = "000_46eee05028ac51b3.txt"
_F = {"f": Symbol((), "function", "f", "the activation, any smooth function")}
_STATE = {n: TIMES[n] for n in ("T", "m", "n", "x", "s", "h", "h_bar")}
_WEIGHTS = {
    "W": Symbol(("m", "m"), latex="W", meaning="the weights of the state"),
    "U": Symbol(("m", "n"), latex="U", meaning="the weights of the input"),
    "b": Symbol(("m",), latex="b", meaning="the biases"),
    "z": Symbol(("T", "m"), "derived", "z", "the pre-activations"),
    "z_bar": Symbol(("T", "m"), "derived", r"\delta", "the error signal ∂L/∂z of each step"),
}
_SHAPES = {"W": "m m", "U": "m n", "b": "m", "x": "T n", "s": "m", "h": "T+1 m", "z": "T m"}
_COMMON: dict[str, Any] = {"subject": "recurrence", "settings": LENGTHS, "boundary": EDGE, "assumptions": OUTSIDE}
_START: Oracle = lambda torch, s, z, f: torch.cat([s[None], f(z)])  # noqa: E731

both_ways = over_time(
    """
    z[t, i] := sum(W[i, j]*h[t, j], j) + sum(U[i, k]*x[t, k], k) + b[i]
    h[t, i] := [t = 0]*s[i] + [t >= 1]*tanh(z[t-1, i])
    c[t, i] := sum(V[i, j]*g[t+1, j], j) + sum(R[i, k]*x[t, k], k) + e[i]
    g[t, i] := [t = T]*q[i] + [t <= T-1]*tanh(c[t, i])
    y[t, i] := sum(A[i, j]*h[t+1, j], j) + sum(B[i, j]*g[t, j], j)
    """,
    _SHAPES
    | {"V": "m m", "R": "m n", "e": "m", "q": "m", "c": "T m", "g": "T+1 m", "A": "m m", "B": "m m", "y": "T m"},
)


def _both_layers(torch: Any, x: Any, s: Any, q: Any, **arrays: Any) -> Any:
    """The outputs of torch's own bidirectional layer, mixed."""
    W, U, b, V, R, e, A, B = (arrays[name] for name in "WUbVReAB")  # noqa: N806
    net = torch.nn.RNN(U.shape[-1], W.shape[-1], bidirectional=True, dtype=W.dtype, device=W.device)
    given = {"weight_hh_l0": W, "weight_ih_l0": U, "bias_hh_l0": torch.zeros_like(b), "bias_ih_l0": b}
    back = {"weight_hh_l0": V, "weight_ih_l0": R, "bias_hh_l0": torch.zeros_like(e), "bias_ih_l0": e}
    weights = given | {f"{name}_reverse": value for name, value in back.items()}
    outputs = torch.func.functional_call(net, weights, (x, torch.stack([s, q])))[0]
    return outputs @ torch.cat([A, B], 1).mT


_BOTH: dict[str, Any] = (
    _COMMON
    | {
        "of": both_ways,
        "symbols": _STATE
        | _WEIGHTS
        | {
            "V": Symbol(("m", "m"), latex="V", meaning="the weights of the state that goes back"),
            "R": Symbol(("m", "n"), latex="R", meaning="the weights of the input in the backward half"),
            "e": Symbol(("m",), latex="e", meaning="the biases of the backward half"),
            "q": Symbol(("m",), latex="g^{(T)}", meaning="the state of the backward half after the last step"),
            "c": Symbol(("T", "m"), "derived", "c", "the pre-activations of the backward half"),
            "g": Symbol(("0..T", "m"), "derived", "g", "the states that go back: each hangs on the one after it"),
            "A": Symbol(("m", "m"), latex="A", meaning="what an output takes from the state that goes on"),
            "B": Symbol(("m", "m"), latex="B", meaning="what it takes from the state that goes back"),
            "y": Symbol(("T", "m"), "derived", "y", "the outputs, of both states"),
            "y_bar": TIMES["y_bar"],
            "c_bar": Symbol(("T", "m"), "derived", r"\delta", "the error signal ∂L/∂c of each step"),
            "g_bar": Symbol(("0..T", "m"), "derived", r"\bar{g}", "the gradient in a state that goes back"),
        },
        "truth": {
            "z": lambda torch, W, h, U, x, b: h[:-1] @ W.mT + torch.nn.functional.linear(x, U, b),  # noqa: N803
            "h": lambda torch, s, z: torch.cat([s[None], torch.tanh(z)]),
            "c": lambda torch, V, g, R, x, e: g[1:] @ V.mT + torch.nn.functional.linear(x, R, e),  # noqa: N803
            "g": lambda torch, q, c: torch.cat([torch.tanh(c), q[None]]),
            "y": lambda torch, A, h, B, g: h[1:] @ A.mT + g[:-1] @ B.mT,  # noqa: N803
        },
        "whole": _both_layers,
        "source": f"{_NOTES} 'Bi-directional network'",
    }
)
backward_states = Derivation(
    "bidirectional-backward-states",
    "How the error signal goes on in time in the backward half of a bidirectional network",
    statement="The gradient in a state that goes back comes from its output and from the step before: it goes on in time.",
    wrt="g",
    form="ḡ_{t-1,i} = Σ_{j=1}^m δ_{t-1,j} V_{j,i} + Σ_{j=1}^m G_{t,j} B_{j,i}",
    **_BOTH,
)
backward_weights = Derivation(
    "bidirectional-backward-weights",
    "The gradient of a bidirectional network in the weights of its backward half",
    statement="The gradient in the backward half's recurrent weights: every step adds δ_t g_{t+1}ᵀ.",
    wrt="V",
    letters=("i", "j"),
    form="∂L/∂V_{i,j} = Σ_{t=1}^T δ_{t,i} g_{t,j}",
    **_BOTH,
)

_FED = """
    z[t, i] := sum(W[i, j]*h[t, j], j) + sum(U[i, k]*x[t, k], k) + b[i] + sum(R[i, j]*{fed}[t-1, j], j)
    h[t, i] := [t = 0]*s[i] + [t >= 1]*f(z[t-1, i])
    o[t, i] := sum(V[i, j]*h[t+1, j], j)
    y[t, i] := o[t, i]
    """
_FED_SHAPES = _SHAPES | {"R": "m m", "V": "m m", "o": "T m", "y": "T m"}
_FEEDBACK: dict[str, Any] = _COMMON | {
    "wrt": "o",
    "symbols": _STATE
    | _WEIGHTS
    | _F
    | {
        "R": Symbol(("m", "m"), latex="R", meaning="the weights of what is fed back"),
        "V": Symbol(("m", "m"), latex="V", meaning="the weights of the outputs"),
        "tau": Symbol(("T", "m"), latex=r"\tau", meaning="the right outputs, which the teacher feeds back"),
        "o": Symbol(("T", "m"), "derived", "o", "the predicted outputs"),
        "o_bar": Symbol(
            ("T", "m"), "derived", r"\bar{o}", "the gradient in a predicted output, through all later steps"
        ),
        "y": Symbol(("T", "m"), "derived", "y", "what the loss looks at"),
        "y_bar": TIMES["y_bar"],
    },
    "source": f"{_NOTES} 'Teacher forcing'",
}


def _before(torch: Any, fed: Any) -> Any:
    """What is fed back at each step: the row of the step before, at first nothing."""
    return torch.cat([torch.zeros_like(fed[:1]), fed[:-1]])


_FED_TRUTH: dict[str, Oracle] = {
    "h": _START,
    "o": lambda torch, V, h: h[1:] @ V.mT,  # noqa: N803
    "y": lambda torch, o: o.clone(),
}
fed_back = Derivation(
    "output-feedback",
    "How later steps move the gradient in an output that is fed back",
    statement="An output that is fed back is blamed for its own loss and for what the next step makes of it, Rᵀδ.",
    of=over_time(_FED.format(fed="o"), _FED_SHAPES, ("f",)),
    truth=_FED_TRUTH
    | {
        "z": lambda torch, W, h, U, x, b, R, o: (  # noqa: N803
            h[:-1] @ W.mT + torch.nn.functional.linear(x, U, b) + _before(torch, o) @ R.mT
        )
    },
    form="ō_{t,i} = Σ_{j=1}^m δ_{t+1,j} R_{j,i} + G_{t,i}",
    **_FEEDBACK,
)
teacher_forced = Derivation(
    "teacher-forcing",
    "With teacher forcing no gradient comes back through outputs",
    statement="Where the right outputs are fed back, a predicted output is blamed for its own loss alone.",
    of=over_time(_FED.format(fed="tau"), _FED_SHAPES | {"tau": "T m"}, ("f",)),
    truth=_FED_TRUTH
    | {
        "z": lambda torch, W, h, U, x, b, R, tau: (  # noqa: N803
            h[:-1] @ W.mT + torch.nn.functional.linear(x, U, b) + _before(torch, tau) @ R.mT
        )
    },
    form="ō_{t,i} = G_{t,i}",
    **_FEEDBACK,
)

_MASKED = over_time(
    """
    z[t, i] := sum(W[i, j]*h[t, j], j) + sum(U[i, k]*x[t, k], k) + b[i]
    h[t, i] := [t = 0]*s[i] + [t >= 1]*[t <= r]*tanh(z[t-1, i]) + [t >= r+1]*h[t-1, i]
    y[i] := h[T, i]
    """,
    _SHAPES | {"y": "m"},
    sizes=("r",),
)
_LENGTH = {
    "r": Symbol(domain="dimension", latex="r", meaning="the length of this sequence, at most T; the rest is padding"),
    "y": Symbol(("m",), "derived", "y", "the last state"),
    "y_bar": Symbol(("m",), latex="G", meaning="the gradient that arrives from the loss at the last state"),
}
_PADDED: dict[str, Any] = {
    "subject": "recurrence",
    "of": _MASKED,
    "symbols": _STATE | _WEIGHTS | _LENGTH,
    "truth": {
        "z": lambda torch, W, h, U, x, b: h[:-1] @ W.mT + torch.nn.functional.linear(x, U, b),  # noqa: N803
        "h": lambda torch, s, z, h, r: torch.cat([s[None], torch.tanh(z[:r]), h[r:-1]]),
        "y": lambda torch, h: h[-1].clone(),
    },
    "whole": lambda torch, W, U, b, x, s, r: layer(torch, "RNN", (W, U, b), x[:r], s[None])[-1],  # noqa: N803
    "settings": ({"T": 5, "r": 3, "m": 2, "n": 4}, {"T": 6, "r": 5, "m": 3, "n": 2}, {"T": 5, "r": 2, "m": 4, "n": 3}),
    "boundary": ({"T": 3, "r": 3, "m": 2, "n": 2}, {"T": 4, "r": 1, "m": 1, "n": 1}),
    "facts": (Affine.of("T") - Affine.of("r"),),
    "where": ("T >= r",),
    "source": "003_a2d52afd229cfba6.txt §14.2",
    "assumptions": ("After its own length a sequence's state is carried on unchanged.", *OUTSIDE),
}
masked_errors = Derivation(
    "masked-rnn-errors",
    "The error signal of an RNN at padded steps",
    statement="Where a sequence has ended its state is carried on: the error signal of padded steps is 0.",
    wrt="z",
    form="δ_{t,i} = h̄_{t,i} tanh'(z_{t,i}) [t ≤ r]",
    **_PADDED,
)
masked_weights = Derivation(
    "masked-rnn-weights",
    "The gradient of an RNN that carries the state of short sequences on",
    statement="The gradient in the recurrent weights for a padded sequence of length r: its first r steps alone add to it.",
    wrt="W",
    letters=("i", "j"),
    ideas={"W_bar": ("z_bar",)},
    form="∂L/∂W_{i,j} = Σ_{t=1}^T h̄_{t,i} tanh'(z_{t,i}) h_{t-1,j} [t ≤ r]",
    **_PADDED,
)
