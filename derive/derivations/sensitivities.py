"""A network of two layers with its sensitivities δ, and the chain rule's first example.

The notes' letters: weights α into the hidden layer, β into the outputs; ``δ`` and ``δ̂`` are the loss's derivatives in the
pre-activations of outputs and hidden units.
"""

from __future__ import annotations

from typing import Any

from derive.calculus.rules import put
from derive.derivations.base import Derivation, Oracle, Printed, Symbol, axes
from derive.notation.index_language import expression, program, relation

_NOTES = "002_07d594d59fa09095.txt 'Back propagation'"
_example = program("u := w**2 + 1; v := sin(u); f := v**2", shapes={"w": ""})

chain_rule_example = Derivation(
    "chain-rule-sine-squared",
    "The chain rule on (sin(w² + 1))²",
    subject="networks",
    statement="The derivative of (sin(w² + 1))²: the product of the derivatives of square, sine and w² + 1.",
    of=_example,
    wrt="w",
    ideas={"w_bar": ("u_bar", "v_bar")},
    then=(
        put("v", (), expression("sin(u)"), "the sine", "v is the sine of u."),
        put("u", (), expression("w**2 + 1"), "its argument", "u is w² + 1."),
    ),
    symbols={
        "w": Symbol((), latex="w", meaning="the argument"),
        "u": Symbol((), "derived", "u", "what the sine is taken of, w² + 1"),
        "v": Symbol((), "derived", "v", "its sine"),
        "f": Symbol((), "derived", "f", "the square of that"),
    },
    truth={
        "u": lambda torch, w: torch.square(w) + 1,
        "v": lambda torch, u: torch.sin(u),
        "f": lambda torch, v: torch.square(v),
    },
    settings=({},),
    form="∂f/∂w = 4 w sin(w² + 1) cos(w² + 1)",
    source=_NOTES,
    printed=(
        Printed(
            relation("f = v"),
            "The outermost function is the square, g₁(g₂) = g₂²; the notes print g₁(g₂) = g₂, whose derivative is 1 and not "
            "the 2 sin(w² + 1) that they go on with.",
            "g_1(g_2) = g_2",
        ),
    ),
)

_SHAPES = {"alpha": "M P", "beta": "K M", "x": "P", "t": "K", "p": "M", "q": "K", "z": "K", "alpha_bar": "M P"}
two_layers = program(
    """
    p[m] := sum(alpha[m, l]*x[l], l)
    y[m] := phi(p[m])
    q[k] := sum(beta[k, m]*y[m], m)
    z[k] := psi(q[k])
    C := sum((z[k] - t[k])**2, k)
    """,
    shapes={n: _SHAPES[n] for n in ("alpha", "beta", "x", "t")},
    functions=("phi", "psi"),
)
_TRUTH: dict[str, Oracle] = {
    "p": lambda torch, alpha, x: torch.nn.functional.linear(x, alpha),
    "y": lambda torch, p, phi: phi(p),
    "q": lambda torch, beta, y: torch.nn.functional.linear(y, beta),
    "z": lambda torch, q, psi: psi(q),
    "C": lambda torch, z, t: torch.nn.functional.mse_loss(z, t, reduction="sum"),
}
_NETWORK: dict[str, Any] = {
    "subject": "networks",
    "of": two_layers,
    "symbols": {
        "P": Symbol(domain="dimension", latex="P", meaning="the number of inputs"),
        "M": Symbol(domain="dimension", latex="M", meaning="the number of hidden units"),
        "K": Symbol(domain="dimension", latex="K", meaning="the number of outputs"),
        "phi": Symbol((), "function", r"\phi", "the activation of hidden units, any smooth function"),
        "psi": Symbol((), "function", r"\psi", "the activation of outputs, any smooth function"),
        "x": Symbol(("P",), latex="x", meaning="the input"),
        "t": Symbol(("K",), latex="t", meaning="the target"),
        "alpha": Symbol(("M", "P"), latex=r"\alpha", meaning="the weights into the hidden layer"),
        "beta": Symbol(("K", "M"), latex=r"\beta", meaning="the weights into the outputs"),
        "p": Symbol(("M",), "derived", "p", "the hidden pre-activations"),
        "y": Symbol(("M",), "derived", "y", "the hidden activations"),
        "q": Symbol(("K",), "derived", "q", "the outputs' pre-activations"),
        "z": Symbol(("K",), "derived", "z", "the outputs"),
        "C": Symbol((), "derived", "C", "the squared error"),
        "q_bar": Symbol(("K",), "derived", r"\delta", "the sensitivity of an output, ∂C/∂q"),
        "p_bar": Symbol(("M",), "derived", r"\hat{\delta}", "the sensitivity of a hidden unit, ∂C/∂p"),
    },
    "truth": _TRUTH,
    "settings": ({"P": 2, "M": 3, "K": 4}, {"P": 4, "M": 2, "K": 3}, {"P": 3, "M": 4, "K": 2}),
    "boundary": ({"P": 1, "M": 1, "K": 1}, {"P": 1, "M": 2, "K": 1}),
    "source": _NOTES,
}

output_sensitivity = Derivation(
    "output-sensitivity",
    "The sensitivity of an output",
    statement="The derivative of the squared error in an output's pre-activation: δ = 2(z − t) ψ′(q).",
    wrt="q",
    ideas={"q_bar": ("z_bar",)},
    form="δ_k = 2 ψ'(q_k) (z_k - t_k)",
    **_NETWORK,
)
hidden_sensitivity = Derivation(
    "hidden-sensitivity",
    "The sensitivity of a hidden unit",
    statement="The derivative of the squared error in a hidden pre-activation: δ̂ = φ′(p) βᵀδ.",
    wrt="p",
    ideas={"p_bar": ("y_bar",)},
    form="δ̂_m = φ'(p_m) Σ_{k=1}^K δ_k β_{k,m}",
    **_NETWORK,
)
output_weights = Derivation(
    "sensitivity-output-weights",
    "The gradient in the weights of the outputs",
    statement="The derivative of the squared error in a weight β: sensitivity above times activation below.",
    wrt="beta",
    form="∂C/∂β_{k,m} = δ_k y_m",
    **_NETWORK,
)
hidden_weights = Derivation(
    "sensitivity-hidden-weights",
    "The gradient in the weights of the hidden layer",
    statement="The derivative of the squared error in a weight α: sensitivity above times input below.",
    wrt="alpha",
    form="∂C/∂α_{m,l} = δ̂_m x_l",
    printed=(
        Printed(
            relation(
                "alpha_bar[m, l] = sum(2*(psi(q[k]) - z[k])*psi'(q[k])*beta[k, m], k)*phi'(p[m])*x[l]",
                shapes=_SHAPES,
                frame=axes(m="M", l="P"),
                functions=("phi", "psi"),
            ),
            "The error is the output less the target; with the output z in the target's place it is always 0.",
            "2 (\\sigma_z(\\beta_k^\\top y_i) - z_{i,k})",
        ),
    ),
    **_NETWORK,
)
