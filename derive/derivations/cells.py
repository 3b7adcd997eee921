"""One step of a recurrent cell: how the new state hangs on the old one, in a plain RNN and in an LSTM.

The weights ``W`` meet the state, ``U`` the input; gates and candidates keep their names, so that each slope reads
``f(1 − f)`` or ``1 − g²``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derive.calculus.program import Program
from derive.calculus.rules_names import Idea, slope
from derive.derivations.base import Derivation, Oracle, Symbol
from derive.notation.index_language import program

SIZES = ({"m": 2, "n": 3}, {"m": 4, "n": 2}, {"m": 3, "n": 5})
DIMENSIONS = {
    "m": Symbol(domain="dimension", latex="m", meaning="the number of units"),
    "n": Symbol(domain="dimension", latex="n", meaning="the length of the input"),
    "x": Symbol(("n",), latex="x_t", meaning="the input of this step"),
    "h": Symbol(("m",), latex="h_{t-1}", meaning="the state before"),
}
# Where n is the candidate, as torch has it, the length of the input needs another letter on the page.
INPUT_LENGTH = {"n": Symbol(domain="dimension", latex="q", meaning="the length of the input")}


def cell(torch: Any, kind: str, parameters: tuple[Any, Any, Any], *inputs: Any, inner: Any = None) -> Any:
    """Torch's own cell with these weights (state, input) and this bias; ``inner`` is a bias beside the state's product."""
    w, u, b = parameters
    layer = getattr(torch.nn, kind)(u.shape[-1], w.shape[-1], dtype=w.dtype, device=w.device)
    given = {"weight_hh": w, "weight_ih": u, "bias_hh": torch.zeros_like(b) if inner is None else inner, "bias_ih": b}
    return torch.func.functional_call(layer, given, inputs)


plain_step = program(
    """
    z[i] := sum(W[i, j]*h[j], j) + sum(U[i, k]*x[k], k) + b[i]
    y[i] := phi(z[i])
    """,
    shapes={"W": "m m", "U": "m n", "x": "n", "h": "m", "b": "m"},
    functions=("phi",),
)
tanh_step = program(
    """
    z[i] := sum(W[i, j]*h[j], j) + sum(U[i, k]*x[k], k) + b[i]
    y[i] := tanh(z[i])
    """,
    shapes={"W": "m m", "U": "m n", "x": "n", "h": "m", "b": "m"},
)
_STEP: dict[str, Any] = {
    "subject": "recurrence",
    "wrt": "h",
    "letters": ("j",),
    "asks": "jacobian",
    "symbols": DIMENSIONS
    | {
        "phi": Symbol(domain="function", latex=r"\phi", meaning="the activation, any smooth function"),
        "W": Symbol(("m", "m"), latex="W", meaning="the weights of the state"),
        "U": Symbol(("m", "n"), latex="U", meaning="the weights of the input"),
        "b": Symbol(("m",), latex="b", meaning="the biases"),
        "z": Symbol(("m",), "derived", "z_t", "the pre-activations"),
        "y": Symbol(("m",), "derived", "h_t", "the new state"),
    },
    "settings": SIZES,
    "source": "003_a2d52afd229cfba6.txt §14.1",
}
_LINEAR: Oracle = lambda torch, W, h, U, x, b: torch.mv(W, h) + torch.mv(U, x) + b  # noqa: E731, N803

rnn_step = Derivation(
    "rnn-step",
    "How one step of an RNN carries the state on",
    statement="The Jacobian of the new state in the old one: diag(φ′(z)) W.",
    of=plain_step,
    ideas={"dy/dh": ("dz/dh",)},
    truth={"z": _LINEAR, "y": lambda torch, z, phi: phi(z)},
    form="∂h_{t,i}/∂h_{t-1,j} = φ'(z_{t,i}) W_{i,j}",
    **_STEP,
)
rnn_tanh_step = Derivation(
    "rnn-tanh-step",
    "How one step of a tanh RNN carries the state on",
    statement="The Jacobian of the new state in the old one for tanh: diag(1 − h²) W.",
    of=tanh_step,
    ideas={
        "dy/dh": (
            slope(tanh_step.definitions[1], "The slope of the tanh is 1 − tanh², and the tanh is the new state."),
            "dz/dh",
        )
    },
    truth={"z": _LINEAR, "y": lambda torch, z: torch.tanh(z)},
    whole=lambda torch, W, h, U, x, b: cell(torch, "RNNCell", (W, U, b), x, h),  # noqa: N803
    form="∂h_{t,i}/∂h_{t-1,j} = W_{i,j} (1 - h_{t,i}²)",
    **_STEP,
)


def gate(name: str, function: str) -> str:
    """One gate or candidate: weights and biases of its own, then an activation."""
    affine = f"sum(W{name}[j, k]*h[k], k) + sum(U{name}[j, l]*x[l], l) + b{name}[j]"
    return f"z{name}[j] := {affine}; {name}[j] := {function}(z{name}[j]); "


def gate_symbols(name: str, letter: str, meaning: str) -> dict[str, Symbol]:
    """The arrays of one gate, under the letter that it has on the page."""
    return {
        f"W{name}": Symbol(("m", "m"), latex=f"W^{letter}", meaning=f"the weights of {meaning} for the state"),
        f"U{name}": Symbol(("m", "n"), latex=f"U^{letter}", meaning=f"the weights of {meaning} for the input"),
        f"b{name}": Symbol(("m",), latex=f"b^{letter}", meaning=f"the biases of {meaning}"),
        f"z{name}": Symbol(("m",), "derived", f"a^{letter}", f"the pre-activations of {meaning}"),
        name: Symbol(("m",), "derived", f"{letter}_t", meaning),
    }


def gate_shapes(gates: str) -> dict[str, str]:
    """The shapes of all gates' arrays, and of what they read."""
    found = {"x": "n", "h": "m", "c": "m"}
    for name in gates:
        found |= {f"W{name}": "m m", f"U{name}": "m n", f"b{name}": "m"}
    return found


SLOPES = {
    "sigmoid": "The slope of the sigmoid is σ′ = σ(1 − σ), and the sigmoid is the gate itself.",
    "tanh": "The slope of the tanh is 1 − tanh², and the tanh is the gate itself.",
}


def gate_ideas(of: Program, name: str, function: str) -> dict[str, tuple[Idea, ...]]:
    """How a person writes one gate's slope in the state: ``f(1 − f) W``."""
    value = of.definition(name)
    assert value is not None
    return {f"d{name}/dh": (slope(value, SLOPES[function]), f"dz{name}/dh")}


def affine(torch: Any, w: Any, h: Any, u: Any, x: Any, b: Any) -> Any:
    """A gate's pre-activation in torch's operators."""
    return torch.mv(w, h) + torch.mv(u, x) + b


_LSTM_TEXT = gate("f", "sigmoid") + gate("u", "sigmoid") + gate("g", "tanh") + "y[j] := f[j]*c[j] + u[j]*g[j]; "
lstm_memory = program(_LSTM_TEXT, shapes=gate_shapes("fug"))
lstm_cell = program(
    _LSTM_TEXT + gate("o", "sigmoid") + "q[j] := tanh(y[j]); s[j] := o[j]*q[j]", shapes=gate_shapes("fugo")
)
_LSTM_SYMBOLS = (
    DIMENSIONS
    | {"c": Symbol(("m",), latex="c_{t-1}", meaning="the memory before")}
    | gate_symbols("f", "f", "the forget gate")
    | gate_symbols("u", "i", "the input gate")
    | gate_symbols("g", "g", "the candidate")
    | {"y": Symbol(("m",), "derived", "c_t", "the new memory")}
)
_LSTM_TRUTH: dict[str, Oracle] = {
    "zf": lambda torch, Wf, h, Uf, x, bf: affine(torch, Wf, h, Uf, x, bf),  # noqa: N803
    "zu": lambda torch, Wu, h, Uu, x, bu: affine(torch, Wu, h, Uu, x, bu),  # noqa: N803
    "zg": lambda torch, Wg, h, Ug, x, bg: affine(torch, Wg, h, Ug, x, bg),  # noqa: N803
    "f": lambda torch, zf: torch.sigmoid(zf),
    "u": lambda torch, zu: torch.sigmoid(zu),
    "g": lambda torch, zg: torch.tanh(zg),
    "y": lambda torch, f, c, u, g: torch.addcmul(torch.mul(u, g), f, c),
}


def stacked(torch: Any, gates: str, arrays: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    """The weights and biases of several gates, one below the other as torch's cells hold them."""
    w, u, b = (torch.cat([arrays[f"{kind}{g}"] for g in gates]) for kind in "WUb")
    return w, u, b


def _lstm_memory(torch: Any, x: Any, h: Any, c: Any, **arrays: Any) -> Any:
    """The new memory of torch's own cell; the output gate has no part in it."""
    return cell(torch, "LSTMCell", stacked(torch, "ufgg", arrays), x, (h, c))[1]


def _lstm_state(torch: Any, x: Any, h: Any, c: Any, **arrays: Any) -> Any:
    return cell(torch, "LSTMCell", stacked(torch, "ufgo", arrays), x, (h, c))[0]


_MEMORY: dict[str, Any] = {
    "subject": "recurrence",
    "of": lstm_memory,
    "letters": ("k",),
    "asks": "jacobian",
    "symbols": _LSTM_SYMBOLS,
    "truth": _LSTM_TRUTH,
    "whole": _lstm_memory,
    "settings": SIZES,
}
_GATE_SLOPES = (
    gate_ideas(lstm_memory, "f", "sigmoid")
    | gate_ideas(lstm_memory, "u", "sigmoid")
    | gate_ideas(lstm_memory, "g", "tanh")
)

lstm_memory_step = Derivation(
    "lstm-memory-step",
    "How one step of an LSTM carries its memory on",
    statement="The Jacobian of the new memory in the old one, at a given state: diag(f), the forget gate alone.",
    wrt="c",
    form="∂c_{t,j}/∂c_{t-1,k} = f_{t,j} [j = k]",
    assumptions=("The old state h is held fixed: the gates do not hang on the old memory.",),
    source="003_a2d52afd229cfba6.txt §13",
    **_MEMORY,
)
lstm_memory_gates = Derivation(
    "lstm-memory-gates",
    "How the old state moves the new memory through the gates",
    statement="The Jacobian of an LSTM's new memory in the old state, through forget gate, input gate and candidate.",
    wrt="h",
    ideas=_GATE_SLOPES | {"dy/dh": ("df/dh", "du/dh", "dg/dh")},
    form="∂c_{t,j}/∂h_{t-1,k} = c_{t-1,j} W^f_{j,k} f_{t,j} (1 - f_{t,j})"
    " + g_{t,j} W^i_{j,k} i_{t,j} (1 - i_{t,j}) + i_{t,j} W^g_{j,k} (1 - g_{t,j}²)",
    assumptions=("The old memory c is held fixed.",),
    source="000_46eee05028ac51b3.txt 'Memory Units'",
    **_MEMORY,
)
_STATE: dict[str, Any] = {
    "subject": "recurrence",
    "of": lstm_cell,
    "letters": ("k",),
    "asks": "jacobian",
    "symbols": _LSTM_SYMBOLS
    | gate_symbols("o", "o", "the output gate")
    | {
        "q": Symbol(("m",), "derived", r"\hat{c}_t", "the tanh of the new memory"),
        "s": Symbol(("m",), "derived", "h_t", "the new state"),
    },
    "truth": _LSTM_TRUTH
    | {
        "zo": lambda torch, Wo, h, Uo, x, bo: affine(torch, Wo, h, Uo, x, bo),  # noqa: N803
        "o": lambda torch, zo: torch.sigmoid(zo),
        "q": lambda torch, y: torch.tanh(y),
        "s": lambda torch, o, q: torch.mul(o, q),
    },
    "whole": _lstm_state,
    "settings": SIZES,
    "source": "000_46eee05028ac51b3.txt 'Memory Units'",
}
_SQUASHED = (
    slope(lstm_cell.definitions[-2], "The slope of the tanh is 1 − tanh², and the tanh of the new memory has a name."),
)
lstm_state_memory = Derivation(
    "lstm-state-memory",
    "How the old memory moves the new state of an LSTM",
    statement="The Jacobian of an LSTM's new state in the old memory.",
    wrt="c",
    ideas={"dq/dc": (*_SQUASHED, "dy/dc"), "ds/dc": ("dq/dc",)},
    form="∂h_{t,j}/∂c_{t-1,k} = o_{t,j} f_{t,j} (1 - ĉ_{t,j}²) [j = k]",
    assumptions=("The old state h is held fixed.",),
    **_STATE,
)
lstm_state_step = Derivation(
    "lstm-state-step",
    "How the old state moves the new state of an LSTM",
    statement="The Jacobian of an LSTM's new state in the old one: through the memory, and through the output gate.",
    wrt="h",
    ideas=_GATE_SLOPES | gate_ideas(lstm_cell, "o", "sigmoid") | {"dq/dh": _SQUASHED, "ds/dh": ("dq/dh", "do/dh")},
    form="∂h_{t,j}/∂h_{t-1,k} = ĉ_{t,j} W^o_{j,k} o_{t,j} (1 - o_{t,j}) + o_{t,j} ∂c_{t,j}/∂h_{t-1,k} (1 - ĉ_{t,j}²)",
    assumptions=("The old memory c is held fixed.",),
    lemmas=(lstm_memory_gates,),
    **_STATE,
)
