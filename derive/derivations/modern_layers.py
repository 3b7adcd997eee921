"""Layers of large models: RMSNorm, GELU, gated units."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules_names import known_as, slope
from derive.calculus.rules_sums import gather
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import program

norm = program(
    """
    r := sqrt(sum(x[i]**2, i)/d + eps)
    u[i] := x[i]/r
    y[i] := g[i]*u[i]
    """,
    shapes={"x": "d", "g": "d", "eps": ""},
)
rms_norm = Derivation(
    "rms-norm-input",
    "How one input of RMSNorm changes the loss",
    subject="modern layers",
    statement="The gradient of RMSNorm in its input: what arrives, less its component along the normalised input.",
    of=norm,
    wrt="x",
    letters=("j",),
    ideas={
        "r_bar": (known_as(norm.definitions[1], "An input over the root is a normalised input."),),
        "x_bar": (
            "r_bar",
            known_as(norm.definitions[0], "The root is r."),
            known_as(norm.definitions[1], "Name it again."),
        ),
    },
    symbols={
        "d": Symbol((), "dimension", "d", "the number of features"),
        "x": Symbol(("d",), latex="x", meaning="the inputs"),
        "g": Symbol(("d",), latex="g", meaning="the scales"),
        "eps": Symbol((), "positive", r"\epsilon", "a small number that keeps the root from 0"),
        "r": Symbol((), "derived", "r", "the root of the mean square, with ε under it"),
        "u": Symbol(("d",), "derived", r"\hat{x}", "the normalised inputs"),
        "y": Symbol(("d",), "derived", "y", "the outputs"),
        "y_bar": Symbol(("d",), meaning="the gradient of the loss that arrives from above"),
    },
    truth={
        "r": lambda torch, x, eps: torch.sqrt(x.square().mean() + eps),
        "u": lambda torch, x, r: torch.div(x, r),
        "y": lambda torch, g, u: torch.mul(g, u),
    },
    whole=lambda torch, x, g, eps: torch.nn.functional.rms_norm(x / eps.sqrt(), x.shape, g, eps=1.0),
    settings=({"d": 2}, {"d": 3}, {"d": 5}),
    form="∂L/∂x_j = 1/r ∂L/∂x̂_j - x̂_j/(r d) Σ_{i=1}^d ∂L/∂x̂_i x̂_i",
    source="Zhang, Sennrich: Root Mean Square Layer Normalization (2019), §4",
)

gelu = Derivation(
    "gelu-slope",
    "The slope of GELU",
    subject="modern layers",
    statement="The derivative of z Φ(z): the distribution function of the normal, and z times its density.",
    of=program("y[i] := z[i]*normal_cdf(z[i])", shapes={"z": "n"}),
    wrt="z",
    letters=("j",),
    then=(gather("Both terms have what arrives from above."),),
    symbols={
        "n": Symbol((), "dimension", "n", "the number of units"),
        "z": Symbol(("n",), latex="z", meaning="the pre-activations"),
        "y": Symbol(("n",), "derived", "y", "the activations"),
        "y_bar": Symbol(("n",), meaning="the gradient of the loss that arrives from above"),
    },
    truth=lambda torch, z: torch.nn.functional.gelu(z),
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
    form="∂L/∂z_j = ∂L/∂y_j (Φ(z_j) + z_j φ(z_j))",
    source="Hendrycks, Gimpel: Gaussian Error Linear Units (2016), §2",
)

gated = program(
    """
    a[h] := sum(W[h, j]*x[j], j)
    s[h] := sigmoid(a[h])
    b[h] := sum(V[h, j]*x[j], j)
    y[h] := a[h]*s[h]*b[h]
    """,
    shapes={"W": "m n", "V": "m n", "x": "n"},
)
_GATED: dict[str, Any] = {
    "subject": "modern layers",
    "of": gated,
    "symbols": {
        "m": Symbol((), "dimension", "m", "the number of hidden units"),
        "n": Symbol((), "dimension", "n", "the number of inputs"),
        "W": Symbol(("m", "n"), latex="W", meaning="the weights of the gate"),
        "V": Symbol(("m", "n"), latex="V", meaning="the weights of the value"),
        "x": Symbol(("n",), latex="x", meaning="the inputs"),
        "a": Symbol(("m",), "derived", "a", "the gate's pre-activation, Wx"),
        "s": Symbol(("m",), "derived", "s", "its sigmoid; a s is its SiLU"),
        "b": Symbol(("m",), "derived", "b", "the value, Vx"),
        "y": Symbol(("m",), "derived", "y", "the hidden activations"),
        "y_bar": Symbol(("m",), meaning="the gradient of the loss that arrives from above"),
    },
    "truth": {
        "a": lambda torch, W, x: torch.nn.functional.linear(x, W),  # noqa: N803
        "s": lambda torch, a: torch.sigmoid(a),
        "b": lambda torch, V, x: torch.nn.functional.linear(x, V),  # noqa: N803
        "y": lambda torch, a, s, b: a * s * b,
    },
    "whole": lambda torch, W, V, x: torch.nn.functional.silu(W @ x) * (V @ x),  # noqa: N803
    "settings": ({"m": 2, "n": 3}, {"m": 4, "n": 2}, {"m": 3, "n": 5}),
    "source": "Shazeer: GLU Variants Improve Transformer (2020), §2",
}
swiglu_gate = Derivation(
    "swiglu-gate-weights",
    "How one weight of a SwiGLU's gate changes the loss",
    statement="The gradient of SwiGLU in its gate: the value times the slope of SiLU, s + a s(1 − s), times the input.",
    wrt="W",
    ideas={
        "a_bar": (
            "s_bar",
            slope(gated.definitions[1], "The slope of the sigmoid is σ(1 − σ), and σ(a) is s."),
            gather("Both terms have ȳ, b and s."),
        ),
        "W_bar": ("a_bar",),
    },
    form="∂L/∂W_{h,j} = ∂L/∂y_h b_h s_h x_j (1 + a_h (1 - s_h))",
    **_GATED,
)
swiglu_value = Derivation(
    "swiglu-value-weights",
    "How one weight of a SwiGLU's value changes the loss",
    statement="The gradient of SwiGLU in its value's weights: the gate's SiLU times the input.",
    wrt="V",
    ideas={"V_bar": ("b_bar",)},
    form="∂L/∂V_{h,j} = ∂L/∂y_h a_h s_h x_j",
    **_GATED,
)
