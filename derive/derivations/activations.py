"""The slopes of activation functions: the Jacobian of a layer of units is diagonal, with the slopes on it.

At a kink there is no derivative; the slope stated there is the one that the one-sided definition gives.
"""

from __future__ import annotations

from typing import Any

from derive.calculus.rules_functions import as_sigmoid, multiply_through
from derive.calculus.rules_names import slope
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, program

_UNITS = {
    "n": Symbol(domain="dimension", latex="n", meaning="the number of units"),
    "z": Symbol(("n",), "nonzero", latex="z", meaning="the pre-activations"),
    "h": Symbol(("n",), "derived", "h", "the activations"),
}
_SIZES = ({"n": 2}, {"n": 3}, {"n": 5})
_KINK = ("No pre-activation is 0: there the function has no derivative.",)
_SHEET = "001_9baaf7fce9703606.txt §1.2.1"
_NOTES = "000_46eee05028ac51b3.txt 'Rectified Networks'"


def _units(text: str, shapes: str = "") -> dict[str, Any]:
    """What all layers of units share: their program, what is asked, the sizes."""
    return {
        "subject": "networks",
        "of": program(f"h[i] := {text}", shapes={"z": "n"} | dict.fromkeys(shapes, "")),
        "wrt": "z",
        "letters": ("j",),
        "asks": "jacobian",
        "symbols": _UNITS,
        "settings": _SIZES,
    }


_sigmoid = _units("sigmoid(z[i])")
sigmoid_slope = Derivation(
    "sigmoid-derivative",
    "The derivative of the sigmoid",
    statement="The Jacobian of a layer of sigmoid units: diag(h(1 − h)), through the activations alone.",
    ideas={"dh/dz": (slope(_sigmoid["of"].definitions[0], "The slope is σ′ = σ(1 − σ), and σ(z) is h."),)},
    truth=lambda torch, z: torch.sigmoid(z),
    form="∂h_i/∂z_j = h_i (1 - h_i) [i = j]",
    source=_SHEET,
    **_sigmoid,
)
_tanh = _units("tanh(z[i])")
tanh_slope = Derivation(
    "tanh-derivative",
    "The derivative of tanh",
    statement="The Jacobian of a layer of tanh units: diag(1 − h²), through the activations alone.",
    ideas={"dh/dz": (slope(_tanh["of"].definitions[0], "The slope is 1 − tanh², and tanh z is h."),)},
    truth=lambda torch, z: torch.tanh(z),
    form="∂h_i/∂z_j = (1 - h_i²) [i = j]",
    source=_SHEET,
    **_tanh,
)
softplus_slope = Derivation(
    "softplus-derivative",
    "The derivative of softplus",
    statement="The Jacobian of a layer of softplus units log(1 + eᶻ): the sigmoid, a smooth step.",
    truth=lambda torch, z: torch.nn.functional.softplus(z),
    then=(
        multiply_through(expression("exp(-z[i])", letters=("i",)), "Multiply numerator and denominator by e⁻ᶻ."),
        as_sigmoid("One over one plus e⁻ᶻ is the sigmoid."),
    ),
    form="∂h_i/∂z_j = σ(z_i) [i = j]",
    source=_NOTES,
    **_units("log(1 + exp(z[i]))"),
)
relu_slope = Derivation(
    "relu-derivative",
    "The derivative of the rectified linear unit",
    statement="The Jacobian of a layer of ReLU units: 1 where the unit is active, 0 where it is not.",
    truth=lambda torch, z: torch.relu(z),
    form="∂h_i/∂z_j = 1[z_i > 0] [i = j]",
    assumptions=_KINK,
    source=f"{_NOTES}; {_SHEET}",
    **_units("relu(z[i])"),
)
absolute_slope = Derivation(
    "absolute-value-unit-derivative",
    "The derivative of the absolute value unit",
    statement="The Jacobian of a layer of absolute value units: the sign of each pre-activation.",
    truth=lambda torch, z: torch.abs(z),
    form="∂h_i/∂z_j = sign(z_i) [i = j]",
    assumptions=_KINK,
    source=_NOTES,
    **_units("abs(z[i])"),
)
_LEAK = {"e": Symbol((), "unit", r"\epsilon", "the slope of an inactive unit, between 0 and 1")}
leaky_slope = Derivation(
    "leaky-relu-derivative",
    "The derivative of the leaky rectified linear unit",
    statement="The Jacobian of a layer of leaky ReLU units: no unit is without a gradient.",
    truth=lambda torch, z, e: torch.nn.functional.prelu(z, e),
    form="∂h_i/∂z_j = { [i = j] , z_i ≥ 0 ; ε [i = j] , otherwise }",
    assumptions=(*_KINK, "0 < ε < 1."),
    source=f"{_NOTES}; {_SHEET}",
    **(_units("cases(z[i] >= 0, z[i], e*z[i])", "e") | {"symbols": _UNITS | _LEAK}),
)
elu_slope = Derivation(
    "elu-derivative",
    "The derivative of the exponential linear unit",
    statement="The Jacobian of a layer of exponential linear units: 1 above 0 and eᶻ below, which meet at 0.",
    truth=lambda torch, z: torch.nn.functional.elu(z),
    form="∂h_i/∂z_j = { [i = j] , z_i ≥ 0 ; e^{z_i} [i = j] , otherwise }",
    source=_NOTES,
    **_units("cases(z[i] >= 0, z[i], exp(z[i]) - 1)"),
)
