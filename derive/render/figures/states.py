"""How the gradient fares over many steps: a plain recurrent unit beside the memory cell of an LSTM."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derive.calculus.fields import Array
from derive.derivations.base import Derivation
from derive.render.figures.numbers import Arrays, drawn_where, forward, values
from derive.render.figures.plot import STROKES, plotted
from derive.render.shown import Figure

STEPS = 30
ABOUT = frozenset(
    {
        "rnn-unit-product",
        "rnn-state-product",
        "lstm-memory-product",
        "lstm-memory-jacobian",
        "rnn-gradient-bound",
        "rnn-gradient-explosion",
    }
)


def gradients(derivation: Derivation, given: Mapping[str, Any]) -> Figure | None:
    """How a state changes with the first one, over the steps between: the two derived products, step by step."""
    if derivation.name not in ABOUT:
        return None
    plain, memory = _unit(), _memory()
    words = (
        f"The derivative of a state in the first one, over {STEPS} steps. The plain unit's falls to {plain[-1]:.0e}; "
        f"that of the LSTM's memory, whose forget gate stays near 1, is still {memory[-1]:.2g}."
    )

    def draw(axes: Any) -> None:
        steps = range(1, STEPS + 1)
        axes.semilogy(steps, plain, color=STROKES[0][0], marker="o", markersize=3, label="recurrent unit with tanh")
        axes.semilogy(
            steps, memory, color=STROKES[1][0], linestyle="--", marker="s", markersize=3, label="memory of an LSTM"
        )
        axes.set_xlabel("time steps between")
        axes.set_ylabel("size of the derivative")

    return plotted(f"{derivation.name}-states", "The gradient over many time steps", words, draw)


def _tanh() -> tuple[Any, Any]:
    return (np.tanh, lambda z: 1 - np.tanh(z) ** 2)


def _products(derivation: Derivation, inputs: Arrays, sizes: Mapping[str, int], **scope: Any) -> Array:
    assert derivation.program is not None
    arrays = forward(derivation.program, inputs, sizes, **scope)
    return np.array(
        [abs(values(derivation.result, arrays, {**sizes, "T": t}, **scope).reshape(-1)[0]) for t in range(1, STEPS + 1)]
    )


def _unit() -> Array:
    from derive.derivations.sequences_jacobian import rnn_unit_product

    sizes = {"T": STEPS, "n": 1}
    inputs = drawn_where(rnn_unit_product, sizes, lambda a: 0.8 < abs(float(a["w"])) < 1.0)
    return _products(rnn_unit_product, inputs, sizes, functions={"f": _tanh()})


def _memory() -> Array:
    from derive.derivations.sequences_gates import direct

    sizes = {"T": STEPS, "m": 1, "n": 1}
    inputs = drawn_where(direct, sizes, lambda a: float(a["bf"][0]) > 2.2 and abs(float(a["Uf"][0, 0])) < 0.8)
    return _products(direct, inputs, sizes)
