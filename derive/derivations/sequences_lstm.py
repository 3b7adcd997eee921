"""Backpropagation through time in an LSTM of letter length: its memory, its state, and the weights of each gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from derive.calculus.program import Definition, Program
from derive.calculus.rules_names import Idea, slope
from derive.derivations.base import Derivation, Oracle, Symbol
from derive.derivations.cells import SLOPES, stacked
from derive.derivations.sequences import EDGE, LENGTHS, OUTPUTS, OUTSIDE, TIMES, layer, over_time

FUNCTIONS = {"f": "sigmoid", "u": "sigmoid", "g": "tanh", "o": "sigmoid"}


def timed_gate(name: str, function: str) -> str:
    """One gate or candidate at every step: weights and biases of its own, then an activation."""
    products = f"sum(W{name}[j, k]*h[t, k], k) + sum(U{name}[j, l]*x[t, l], l)"
    return f"z{name}[t, j] := {products} + b{name}[j]\n{name}[t, j] := {function}(z{name}[t, j])\n"


def gate_sizes(name: str) -> dict[str, str]:
    """The shapes of one gate's arrays."""
    return {f"W{name}": "m m", f"U{name}": "m n", f"b{name}": "m", f"z{name}": "T m", name: "T m"}


def timed_symbols(name: str, letter: str, meaning: str) -> dict[str, Symbol]:
    """The arrays of one gate, under the letter that it has on the page."""
    return {
        f"W{name}": Symbol(("m", "m"), latex=f"W^{letter}", meaning=f"the weights of {meaning} for the state"),
        f"U{name}": Symbol(("m", "n"), latex=f"U^{letter}", meaning=f"the weights of {meaning} for the input"),
        f"b{name}": Symbol(("m",), latex=f"b^{letter}", meaning=f"the biases of {meaning}"),
        f"z{name}": Symbol(("T", "m"), "derived", f"a^{letter}", f"the pre-activations of {meaning}"),
        name: Symbol(("T", "m"), "derived", letter, meaning),
        f"z{name}_bar": Symbol(("T", "m"), "derived", rf"\delta^{letter}", f"the error signal of {meaning}"),
    }


def _of(program: Program, name: str) -> Definition:
    found = program.definition(name)
    assert found is not None
    return found


def through_gate(of: Program, name: str, function: str) -> dict[str, Sequence[Idea]]:
    """How a person writes the gradient in a gate's weights: the error signal, put in with its slope."""
    return {f"z{name}_bar": (slope(_of(of, name), SLOPES[function]), f"{name}_bar"), f"W{name}_bar": (f"z{name}_bar",)}


def linear(torch: Any, w: Any, h: Any, u: Any, x: Any, b: Any) -> Any:
    """A gate's pre-activations at every step in torch's operators."""
    return h[:-1] @ w.mT + torch.nn.functional.linear(x, u, b)


_REST = """c[t, j] := [t = 0]*c0[j] + [t >= 1]*(f[t-1, j]*c[t-1, j] + u[t-1, j]*g[t-1, j])
q[t, j] := tanh(c[t, j])
h[t, j] := [t = 0]*s[j] + [t >= 1]*o[t-1, j]*q[t, j]
y[t, j] := h[t+1, j]
"""
_SHAPES = {"x": "T n", "s": "m", "c0": "m", "c": "T+1 m", "q": "T+1 m", "h": "T+1 m", "y": "T m"}


def lstm(last: str = "f") -> Program:
    """The network, with the gate that is asked about next to the memory: reverse mode meets it first."""
    gates = "".join(timed_gate(g, FUNCTIONS[g]) for g in sorted(FUNCTIONS, key=lambda g: g == last))
    return over_time(gates + _REST, _SHAPES | {n: a for g in FUNCTIONS for n, a in gate_sizes(g).items()})


def _lstm(torch: Any, x: Any, s: Any, c0: Any, **arrays: Any) -> Any:
    """The outputs of torch's own layer, whose gates stand in the order i f g o."""
    return layer(torch, "LSTM", stacked(torch, "ufgo", arrays), x, (s[None], c0[None]))


_TRUTH: dict[str, Oracle] = {
    "zf": lambda torch, Wf, h, Uf, x, bf: linear(torch, Wf, h, Uf, x, bf),  # noqa: N803
    "zu": lambda torch, Wu, h, Uu, x, bu: linear(torch, Wu, h, Uu, x, bu),  # noqa: N803
    "zg": lambda torch, Wg, h, Ug, x, bg: linear(torch, Wg, h, Ug, x, bg),  # noqa: N803
    "zo": lambda torch, Wo, h, Uo, x, bo: linear(torch, Wo, h, Uo, x, bo),  # noqa: N803
    "f": lambda torch, zf: torch.sigmoid(zf),
    "u": lambda torch, zu: torch.sigmoid(zu),
    "g": lambda torch, zg: torch.tanh(zg),
    "o": lambda torch, zo: torch.sigmoid(zo),
    "c": lambda torch, c0, f, c, u, g: torch.cat([c0[None], torch.addcmul(u * g, f, c[:-1])]),
    "q": lambda torch, c: torch.tanh(c),
    "h": lambda torch, s, o, q: torch.cat([s[None], o * q[1:]]),
    "y": OUTPUTS,
}
_LSTM: dict[str, Any] = {
    "subject": "recurrence",
    "symbols": TIMES
    | {
        "c0": Symbol(("m",), latex="c^{(0)}", meaning="the memory before the first step"),
        "c": Symbol(("0..T", "m"), "derived", "c", "the memory, from the one before the first step on"),
        "q": Symbol(("0..T", "m"), "derived", r"\hat{c}", "the tanh of the memory"),
        "c_bar": Symbol(("0..T", "m"), "derived", r"\bar{c}", "the gradient in the memory, through all later steps"),
    }
    | timed_symbols("f", "f", "the forget gate")
    | timed_symbols("u", "i", "the input gate")
    | timed_symbols("g", "g", "the candidate")
    | timed_symbols("o", "o", "the output gate"),
    "truth": _TRUTH,
    "whole": _lstm,
    "settings": LENGTHS,
    "boundary": EDGE,
    "assumptions": OUTSIDE,
    "source": "000_46eee05028ac51b3.txt 'Memory Units'; 003_a2d52afd229cfba6.txt §13",
}


def _weights(name: str) -> Mapping[str, Any]:
    of = lstm(name)
    return _LSTM | {
        "of": of,
        "wrt": f"W{name}",
        "letters": ("j", "k"),
        "ideas": through_gate(of, name, FUNCTIONS[name]),
    }


lstm_memory_back = Derivation(
    "lstm-bptt-memory",
    "How the gradient in an LSTM's memory goes back in time",
    statement="Backpropagation through time along the memory: c̄ comes back through the forget gate alone, and from the "
    "state of its step through the output gate.",
    of=lstm(),
    wrt="c",
    ideas={
        "c_bar": (slope(_of(lstm(), "q"), "The slope of the tanh is 1 − tanh², and that tanh has a name."), "q_bar")
    },
    form="c̄_{t-1,j} = c̄_{t,j} f_{t,j} + h̄_{t-1,j} o_{t-1,j} (1 - ĉ_{t-1,j}²)",
    **_LSTM,
)
lstm_state_back = Derivation(
    "lstm-bptt-state",
    "How the gradient in an LSTM's state goes back in time",
    statement="Backpropagation through time along the state: what the loss says of the step, and what the three gates "
    "and the candidate of the next step send back.",
    of=lstm(),
    wrt="h",
    form="h̄_{t-1,j} = Σ_{k=1}^m δ^i_{t,k} W^i_{k,j} + Σ_{k=1}^m δ^g_{t,k} W^g_{k,j} + Σ_{k=1}^m δ^o_{t,k} W^o_{k,j}"
    " + Σ_{k=1}^m δ^f_{t,k} W^f_{k,j} + G_{t-1,j}",
    **_LSTM,
)
lstm_forget_weights = Derivation(
    "lstm-bptt-forget-weights",
    "The gradient of an LSTM in the weights of its forget gate",
    statement="The gradient of the loss in the forget gate's weights for the state, summed over all steps.",
    form="∂L/∂W^f_{j,k} = Σ_{t=1}^T c̄_{t,j} c_{t-1,j} f_{t,j} h_{t-1,k} (1 - f_{t,j})",
    **_weights("f"),
)
lstm_input_weights = Derivation(
    "lstm-bptt-input-weights",
    "The gradient of an LSTM in the weights of its input gate",
    statement="The gradient of the loss in the input gate's weights for the state, summed over all steps.",
    form="∂L/∂W^i_{j,k} = Σ_{t=1}^T c̄_{t,j} g_{t,j} i_{t,j} h_{t-1,k} (1 - i_{t,j})",
    **_weights("u"),
)
lstm_candidate_weights = Derivation(
    "lstm-bptt-candidate-weights",
    "The gradient of an LSTM in the weights of its candidate",
    statement="The gradient of the loss in the candidate's weights for the state, summed over all steps.",
    form="∂L/∂W^g_{j,k} = Σ_{t=1}^T c̄_{t,j} i_{t,j} h_{t-1,k} (1 - g_{t,j}²)",
    **_weights("g"),
)
lstm_output_weights = Derivation(
    "lstm-bptt-output-weights",
    "The gradient of an LSTM in the weights of its output gate",
    statement="The gradient of the loss in the output gate's weights for the state, summed over all steps.",
    form="∂L/∂W^o_{j,k} = Σ_{t=1}^T h̄_{t,j} ĉ_{t,j} o_{t,j} h_{t-1,k} (1 - o_{t,j})",
    **_weights("o"),
)
