"""Backpropagation through time in LSTM and GRU: the gates' weights for the input, and their biases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from derive.calculus.rules_names import Idea, slope
from derive.derivations.base import Derivation
from derive.derivations.cells import SLOPES
from derive.derivations.sequences_gru import gru_candidate_weights, gru_reset_weights, gru_update_weights
from derive.derivations.sequences_lstm import (
    FUNCTIONS,
    lstm_candidate_weights,
    lstm_forget_weights,
    lstm_input_weights,
    lstm_output_weights,
)

_LSTM = {"f": lstm_forget_weights, "u": lstm_input_weights, "g": lstm_candidate_weights, "o": lstm_output_weights}
_GRU = {"r": gru_reset_weights, "u": gru_update_weights, "g": gru_candidate_weights}
_OF_GRU = {"r": "sigmoid", "u": "sigmoid", "g": "tanh"}
_GATES = {
    "lstm": {"f": "forget gate", "u": "input gate", "g": "candidate", "o": "output gate"},
    "gru": {"r": "reset gate", "u": "update gate", "g": "candidate"},
}


def _inputs(cell: str, gate: str, form: str) -> Derivation:
    """The gradient in a gate's weights for the input."""
    return _of(cell, gate, "U", ("j", "k"), "input-weights", "weights for the input", form)


def _biases(cell: str, gate: str, form: str) -> Derivation:
    """The gradient in a gate's biases."""
    return _of(cell, gate, "b", ("j",), "biases", "biases", form)


def _of(cell: str, gate: str, kind: str, letters: tuple[str, ...], ending: str, what: str, form: str) -> Derivation:
    known = (_LSTM if cell == "lstm" else _GRU)[gate]
    long, network = _GATES[cell][gate], "an LSTM" if cell == "lstm" else "a GRU"
    function = (FUNCTIONS if cell == "lstm" else _OF_GRU)[gate]
    return Derivation(
        f"{cell}-bptt-{long.removesuffix(' gate')}-{ending}",
        f"The gradient of {network} in the {what} of its {long}",
        subject="recurrence",
        statement=f"The gradient of the loss in the {long}'s {what}, summed over all steps.",
        of=known.of,
        wrt=f"{kind}{gate}",
        letters=letters,
        ideas=_ideas(known, gate, function, f"{kind}{gate}_bar"),
        symbols=known.symbols,
        truth=known.truth,
        whole=known.whole,
        settings=known.settings,
        boundary=known.boundary,
        assumptions=known.assumptions,
        source=known.source,
        form=form,
    )


def _ideas(known: Derivation, gate: str, function: str, asked: str) -> Mapping[str, Any]:
    """The error signal, put in with its slope."""
    found = known.program.definition(gate) if known.program else None
    assert found is not None
    error: tuple[Idea, ...] = (slope(found, SLOPES[function]), f"{gate}_bar")
    kept = {name: steps for name, steps in known.ideas.items() if name not in (f"W{gate}_bar", "p_bar")}
    return {**kept, f"z{gate}_bar": error, asked: (f"z{gate}_bar",)}


lstm_forget_inputs = _inputs("lstm", "f", "∂L/∂U^f_{j,k} = Σ_{t=1}^T c̄_{t,j} c_{t-1,j} f_{t,j} x_{t,k} (1 - f_{t,j})")
lstm_input_inputs = _inputs("lstm", "u", "∂L/∂U^i_{j,k} = Σ_{t=1}^T c̄_{t,j} g_{t,j} i_{t,j} x_{t,k} (1 - i_{t,j})")
lstm_candidate_inputs = _inputs("lstm", "g", "∂L/∂U^g_{j,k} = Σ_{t=1}^T c̄_{t,j} i_{t,j} x_{t,k} (1 - g_{t,j}²)")
lstm_output_inputs = _inputs("lstm", "o", "∂L/∂U^o_{j,k} = Σ_{t=1}^T h̄_{t,j} ĉ_{t,j} o_{t,j} x_{t,k} (1 - o_{t,j})")
lstm_forget_biases = _biases("lstm", "f", "∂L/∂b^f_j = Σ_{t=1}^T c̄_{t,j} c_{t-1,j} f_{t,j} (1 - f_{t,j})")
lstm_input_biases = _biases("lstm", "u", "∂L/∂b^i_j = Σ_{t=1}^T c̄_{t,j} g_{t,j} i_{t,j} (1 - i_{t,j})")
lstm_candidate_biases = _biases("lstm", "g", "∂L/∂b^g_j = Σ_{t=1}^T c̄_{t,j} i_{t,j} (1 - g_{t,j}²)")
lstm_output_biases = _biases("lstm", "o", "∂L/∂b^o_j = Σ_{t=1}^T h̄_{t,j} ĉ_{t,j} o_{t,j} (1 - o_{t,j})")
gru_update_inputs = _inputs(
    "gru", "u", "∂L/∂U^z_{j,k} = Σ_{t=1}^T h̄_{t,j} z_{t,j} x_{t,k} (h_{t-1,j} - n_{t,j}) (1 - z_{t,j})"
)
gru_reset_inputs = _inputs("gru", "r", "∂L/∂U^r_{j,k} = Σ_{t=1}^T δ^n_{t,j} p_{t,j} r_{t,j} x_{t,k} (1 - r_{t,j})")
gru_candidate_inputs = _inputs("gru", "g", "∂L/∂U^n_{j,k} = Σ_{t=1}^T h̄_{t,j} x_{t,k} (1 - z_{t,j}) (1 - n_{t,j}²)")
gru_update_biases = _biases("gru", "u", "∂L/∂b^z_j = Σ_{t=1}^T h̄_{t,j} z_{t,j} (h_{t-1,j} - n_{t,j}) (1 - z_{t,j})")
gru_reset_biases = _biases("gru", "r", "∂L/∂b^r_j = Σ_{t=1}^T δ^n_{t,j} p_{t,j} r_{t,j} (1 - r_{t,j})")
gru_candidate_biases = _biases("gru", "g", "∂L/∂b^n_j = Σ_{t=1}^T h̄_{t,j} (1 - z_{t,j}) (1 - n_{t,j}²)")
gru_inner_biases = replace(
    gru_candidate_weights,
    name="gru-bptt-inner-biases",
    title="The gradient of a GRU in the biases inside the reset gate's product",
    statement="The gradient of the loss in the bias that stands beside the candidate's product with the old state: the reset "
    "gate weighs every step.",
    wrt="d",
    letters=("j",),
    ideas={n: i for n, i in gru_candidate_weights.ideas.items() if n != "Wg_bar"} | {"d_bar": ("p_bar",)},
    form="∂L/∂d_j = Σ_{t=1}^T h̄_{t,j} r_{t,j} (1 - z_{t,j}) (1 - n_{t,j}²)",
)
