"""Backpropagation through time in a plain RNN, for a sequence of letter length T.

The states count from 0, the first one given; the loss looks at the outputs ``y_t = h_t`` of every step. ``δ_t`` is the
gradient in the pre-activations of step t and ``h̄_t`` the gradient in its state, through all later steps.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.folding import hypothesis
from derive.calculus.program import Definition, Program
from derive.calculus.rules_names import Idea, said, slope
from derive.calculus.trace import Relation
from derive.derivations.base import Derivation, Oracle, Symbol
from derive.notation.index_language import affine_text, expression

LENGTHS = ({"T": 3, "m": 2, "n": 4}, {"T": 4, "m": 3, "n": 2}, {"T": 2, "m": 4, "n": 3})
OUTSIDE = ("Before the first step and after the last one arrays read as zero: there is no gradient from there.",)
EDGE = ({"T": 1, "m": 2, "n": 3}, {"T": 3, "m": 1, "n": 1})


def over_time(
    text: str, shapes: Mapping[str, str], functions: Sequence[str] = (), sizes: Sequence[str] = ()
) -> Program:
    """A program, a definition a line, whose arrays all have a given shape: a letter on the left runs over its axis.

    So a state may have one place more than the steps that read it. ``sizes`` are dimension letters that no shape holds.

    >>> h = over_time("h[t, i] := [t = 0]*s[i] + [t >= 1]*x[t-1, i]", {"h": "T+1 m", "s": "m", "x": "T m"})
    >>> h.definitions[0].letters[0].high
    T + 1
    """
    known = {n: tuple(affine_text(a) for a in shape.split()) for n, shape in shapes.items()}
    definitions = tuple(_definition(line, known, functions, sizes) for line in text.strip().splitlines())
    return Program(definitions, known, tuple(functions))


def _definition(
    line: str, shapes: Mapping[str, tuple[Affine, ...]], functions: Sequence[str], sizes: Sequence[str]
) -> Definition:
    head, _, body = line.partition(":=")
    name, *letters = re.findall(r"\w+", head)
    frame = tuple(Bound(Letter(x), Affine.of(0), n) for x, n in zip(letters, shapes[name], strict=True))
    value = expression(body, shapes=shapes, frame=frame, letters=sizes, functions=functions)
    return Definition(name, frame, value)


def layer(torch: Any, kind: str, parameters: tuple[Any, Any, Any], x: Any, first: Any, inner: Any = None) -> Any:
    """The outputs of torch's own layer for a whole sequence; weights as for `cells.cell`, first states in a batch of one."""
    w, u, b = parameters
    net = getattr(torch.nn, kind)(u.shape[-1], w.shape[-1], dtype=w.dtype, device=w.device)
    bias = torch.zeros_like(b) if inner is None else inner
    given = {"weight_hh_l0": w, "weight_ih_l0": u, "bias_hh_l0": bias, "bias_ih_l0": b}
    return torch.func.functional_call(net, given, (x, first))[0]


TIMES = {
    "T": Symbol(domain="dimension", latex="T", meaning="the length of the sequence"),
    "m": Symbol(domain="dimension", latex="m", meaning="the number of units"),
    "n": Symbol(domain="dimension", latex="n", meaning="the length of one input"),
    "x": Symbol(("T", "n"), latex="x", meaning="the inputs, one a step"),
    "s": Symbol(("m",), latex="h^{(0)}", meaning="the state before the first step"),
    "h": Symbol(("0..T", "m"), "derived", "h", "the states, from the one before the first step on"),
    "y": Symbol(("T", "m"), "derived", "y", "the outputs: the state after each step"),
    "h_bar": Symbol(("0..T", "m"), "derived", r"\bar{h}", "the gradient in a state, through all later steps"),
    "y_bar": Symbol(("T", "m"), latex="G", meaning="the gradient that arrives from the loss at each step"),
}
OUTPUTS: Oracle = lambda torch, h: h[1:]  # noqa: E731

_SHAPES = {"W": "m m", "U": "m n", "b": "m", "x": "T n", "s": "m", "h": "T+1 m", "z": "T m", "y": "T m"}
_BEFORE = "z[t, i] := sum(W[i, j]*h[t, j], j) + sum(U[i, k]*x[t, k], k) + b[i]\n"
_STATE = "h[t, i] := [t = 0]*s[i] + [t >= 1]*{f}(z[t-1, i])\n"
_AFTER = "y[t, i] := h[t+1, i]"
_NETWORK = _BEFORE + _STATE + _AFTER
_ARRAYS = TIMES | {
    "W": Symbol(("m", "m"), latex="W", meaning="the weights of the state"),
    "U": Symbol(("m", "n"), latex="U", meaning="the weights of the input"),
    "b": Symbol(("m",), latex="b", meaning="the biases"),
    "z": Symbol(("T", "m"), "derived", "z", "the pre-activations"),
    "z_bar": Symbol(("T", "m"), "derived", r"\delta", "the error signal ∂L/∂z of each step"),
}
_LINEAR: Oracle = lambda torch, W, h, U, x, b: h[:-1] @ W.mT + torch.nn.functional.linear(x, U, b)  # noqa: E731, N803
_SOURCE: dict[str, Any] = {
    "subject": "recurrence",
    "settings": LENGTHS,
    "boundary": EDGE,
    "assumptions": OUTSIDE,
    "source": "003_a2d52afd229cfba6.txt §14.1",
}
_RNN: dict[str, Any] = _SOURCE | {
    "of": over_time(_NETWORK.format(f="f"), _SHAPES, ("f",)),
    "symbols": _ARRAYS | {"f": Symbol((), "function", "f", "the activation, any smooth function")},
    "truth": {"h": lambda torch, s, z, f: torch.cat([s[None], f(z)]), "z": _LINEAR, "y": OUTPUTS},
}
_TANH = over_time(_NETWORK.format(f="tanh"), _SHAPES)
_TANH_RNN: dict[str, Any] = _SOURCE | {
    "of": _TANH,
    "symbols": _ARRAYS,
    "truth": {"h": lambda torch, s, z: torch.cat([s[None], torch.tanh(z)]), "z": _LINEAR, "y": OUTPUTS},
    "whole": lambda torch, W, U, b, x, s: layer(torch, "RNN", (W, U, b), x, s[None]),  # noqa: N803
}
_NEW_STATE = said(
    hypothesis(
        Relation((expression("tanh(z[t, i])", letters=("t", "i")), expression("h[t+1, i]", letters=("t", "i"))))
    ),
    "The tanh of a step's pre-activations is the state after it.",
    "recognise a name",
)

rnn_states = Derivation(
    "rnn-bptt-states",
    "How the error signal of an RNN goes back in time",
    statement="Backpropagation through time: the gradient in a state is what the loss says of its step, and what comes "
    "back from the next step, Wᵀ(f′(z) ⊙ h̄).",
    wrt="h",
    ideas={"h_bar": ("z_bar",)},
    form="h̄_{t-1,i} = Σ_{j=1}^m h̄_{t,j} f'(z_{t,j}) W_{j,i} + G_{t-1,i}",
    **(_RNN | {"of": over_time((_STATE + _BEFORE + _AFTER).format(f="f"), _SHAPES, ("f",))}),
)
rnn_errors = Derivation(
    "rnn-bptt-errors",
    "The error signal of one step of an RNN",
    statement="The gradient of the loss in the pre-activations of one step: δ = f′(z) ⊙ h̄.",
    wrt="z",
    form="δ_{t,i} = h̄_{t,i} f'(z_{t,i})",
    **_RNN,
)
rnn_state_weights = Derivation(
    "rnn-bptt-state-weights",
    "The gradient of an RNN in the weights of its state",
    statement="The gradient of the loss in the recurrent weights: every step adds δ_t h_{t−1}ᵀ.",
    wrt="W",
    letters=("i", "j"),
    form="∂L/∂W_{i,j} = Σ_{t=1}^T δ_{t,i} h_{t-1,j}",
    **_RNN,
)
rnn_input_weights = Derivation(
    "rnn-bptt-input-weights",
    "The gradient of an RNN in the weights of its input",
    statement="The gradient of the loss in the input weights: every step adds δ_t x_tᵀ.",
    wrt="U",
    letters=("i", "k"),
    form="∂L/∂U_{i,k} = Σ_{t=1}^T δ_{t,i} x_{t,k}",
    **_RNN,
)
rnn_biases = Derivation(
    "rnn-bptt-biases",
    "The gradient of an RNN in its biases",
    statement="The gradient of the loss in the biases: the sum of the error signals of all steps.",
    wrt="b",
    letters=("i",),
    form="∂L/∂b_i = Σ_{t=1}^T δ_{t,i}",
    **_RNN,
)
_TANH_ERROR: dict[str, Sequence[Idea]] = {
    "z_bar": (slope(_TANH.definitions[1], "The slope of the tanh is 1 − tanh²."), _NEW_STATE)
}
rnn_tanh_errors = Derivation(
    "rnn-tanh-bptt-errors",
    "The error signal of one step of a tanh RNN",
    statement="The gradient of the loss in the pre-activations of one step of a tanh RNN: δ = (1 − h²) ⊙ h̄.",
    wrt="z",
    ideas=_TANH_ERROR,
    form="δ_{t,i} = h̄_{t,i} (1 - h_{t,i}²)",
    **_TANH_RNN,
)
rnn_tanh_weights = Derivation(
    "rnn-tanh-bptt-weights",
    "The gradient of a tanh RNN in the weights of its state",
    statement="The gradient of the loss in the recurrent weights of a tanh RNN, error signals written out.",
    wrt="W",
    letters=("i", "j"),
    ideas=_TANH_ERROR | {"W_bar": ("z_bar",)},
    form="∂L/∂W_{i,j} = Σ_{t=1}^T h̄_{t,i} h_{t-1,j} (1 - h_{t,i}²)",
    **_TANH_RNN,
)
