"""More of large models' layers: rotations' gradient, RMSNorm's gain, SwiGLU's way down, GELU by tanh, balanced experts."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules_common import take_out
from derive.calculus.rules_names import known_as, slope
from derive.calculus.rules_sums import gather
from derive.calculus.rules_terms import take_out as divide
from derive.derivations.base import Derivation, Symbol
from derive.derivations.modern_layers import norm, rms_norm, swiglu_gate
from derive.notation.index_language import expression, program

rms_gain = Derivation(
    "rms-norm-gain",
    "How one gain of RMSNorm changes the loss",
    subject="modern layers",
    statement="The gradient of RMSNorm in its gains: what arrives times the normalised input.",
    of=norm,
    wrt="g",
    letters=("j",),
    symbols=rms_norm.symbols,
    truth=rms_norm.truth,
    whole=rms_norm.whole,
    settings=rms_norm.settings,
    form="∂L/∂g_j = ∂L/∂y_j x̂_j",
    source=rms_norm.source,
)

_UP = """
    a[h] := sum(W[h, j]*x[j], j)
    s[h] := sigmoid(a[h])
    b[h] := sum(V[h, j]*x[j], j)
    q[h] := a[h]*s[h]*b[h]
    y[i] := sum(U[i, h]*q[h], h)
    """
block = program(_UP, shapes={"W": "m n", "V": "m n", "x": "n", "U": "n m"})
_SWIGLU: dict[str, Any] = {
    "subject": "modern layers",
    "of": block,
    "symbols": {n: s for n, s in swiglu_gate.symbols.items() if n not in ("y", "y_bar")}
    | {
        "n": Symbol((), "dimension", "n", "the width of the model"),
        "U": Symbol(("n", "m"), latex="U", meaning="the weights of the way down"),
        "q": Symbol(("m",), "derived", "q", "the hidden activations"),
        "y": Symbol(("n",), "derived", "y", "the outputs"),
        "y_bar": Symbol(("n",), meaning="the gradient of the loss that arrives from above"),
    },
    "truth": {
        "a": lambda torch, W, x: torch.nn.functional.linear(x, W),  # noqa: N803
        "s": lambda torch, a: torch.sigmoid(a),
        "b": lambda torch, V, x: torch.nn.functional.linear(x, V),  # noqa: N803
        "q": lambda torch, a, s, b: a * s * b,
        "y": lambda torch, U, q: torch.nn.functional.linear(q, U),  # noqa: N803
    },
    "whole": lambda torch, W, V, U, x: U @ (torch.nn.functional.silu(W @ x) * (V @ x)),  # noqa: N803
    "settings": swiglu_gate.settings,
    "source": swiglu_gate.source,
}
swiglu_down = Derivation(
    "swiglu-down-weights",
    "How one weight of a SwiGLU's way down changes the loss",
    statement="The gradient of SwiGLU in its last weights: what arrives times the gated hidden activation.",
    wrt="U",
    form="∂L/∂U_{i,h} = ∂L/∂y_i q_h",
    **_SWIGLU,
)
swiglu_input = Derivation(
    "swiglu-input",
    "How one input of a SwiGLU changes the loss",
    statement="The gradient of SwiGLU in its input, through gate and value.",
    wrt="x",
    letters=("j",),
    ideas={
        "a_bar": (
            "s_bar",
            slope(block.definitions[1], "The slope of the sigmoid is σ(1 − σ), and σ(a) is s."),
            gather("Both terms have the hidden gradient, b and s."),
        ),
    },
    form="∂L/∂x_j = Σ_{h=1}^m ∂L/∂a_h W_{h,j} + Σ_{h=1}^m ∂L/∂b_h V_{h,j}",
    **_SWIGLU,
)

turned = program(
    """
    y[i] := q[i]*cos(m*theta[i]) - r[i]*sin(m*theta[i])
    z[i] := q[i]*sin(m*theta[i]) + r[i]*cos(m*theta[i])
    L := sum(G[i]*y[i], i) + sum(H[i]*z[i], i)
    """,
    shapes={"q": "d", "r": "d", "theta": "d", "m": "", "G": "d", "H": "d"},
)


def _turned(torch: Any, q: Any, r: Any, theta: Any, m: Any, G: Any, H: Any) -> Any:  # noqa: N803
    """Pairs as complex numbers, turned by torch.polar."""
    pairs = torch.complex(q, r) * torch.polar(torch.ones_like(theta), m * theta)
    return torch.view_as_real(pairs * torch.complex(G, -H))[..., 0].sum()


_ROTARY: dict[str, Any] = {
    "subject": "modern layers",
    "of": turned,
    "symbols": {
        "d": Symbol((), "dimension", "d", "the number of pairs"),
        "q": Symbol(("d",), latex="q", meaning="the first entries of the query's pairs"),
        "r": Symbol(("d",), latex="r", meaning="their second entries"),
        "theta": Symbol(("d",), "positive", r"\theta", "the frequency of each pair"),
        "m": Symbol((), latex="m", meaning="the position"),
        "G": Symbol(("d",), latex="G", meaning="the gradient that arrives at the first entries after turning"),
        "H": Symbol(("d",), latex="H", meaning="that at the second entries"),
        "y": Symbol(("d",), "derived", "y", "the first entries after turning"),
        "z": Symbol(("d",), "derived", "z", "the second entries after turning"),
        "L": Symbol((), "derived", "L", "the loss, linear near the turned query"),
    },
    "truth": {
        "y": lambda torch, q, r, theta, m: torch.view_as_real(torch.complex(q, r) * torch.exp(1j * m * theta))[..., 0],
        "z": lambda torch, q, r, theta, m: torch.view_as_real(torch.complex(q, r) * torch.exp(1j * m * theta))[..., 1],
        "L": lambda torch, G, y, H, z: torch.dot(G, y) + torch.dot(H, z),  # noqa: N803
    },
    "whole": _turned,
    "settings": ({"d": 2}, {"d": 3}, {"d": 5}),
    "source": "Su et al.: RoFormer, Enhanced Transformer with Rotary Position Embedding (2021), §3.2",
}
rotary_first = Derivation(
    "rotary-gradient",
    "The gradient through a rotary encoding",
    statement="The gradient comes back turned by the same angle the other way: rotations are orthogonal.",
    wrt="q",
    letters=("j",),
    ideas={"q_bar": ("y_bar", "z_bar")},
    form="∂L/∂q_j = G_j cos(m θ_j) + H_j sin(m θ_j)",
    **_ROTARY,
)
rotary_frequency = Derivation(
    "rotary-frequency-gradient",
    "The gradient of a rotary encoding in a frequency",
    statement="The gradient in a frequency: the position times the torque that arrives at the turned pair.",
    wrt="theta",
    letters=("j",),
    ideas={
        "theta_bar": (
            "y_bar",
            "z_bar",
            gather("Every term has the position."),
        )
    },
    form="∂L/∂θ_j = m (H_j q_j cos(m θ_j) - G_j (q_j sin(m θ_j) + r_j cos(m θ_j)) - H_j r_j sin(m θ_j))",
    **_ROTARY,
)

approximate = program(
    "u[i] := tanh(k*(z[i] + c*z[i]**3)); y[i] := z[i]*(1 + u[i])/2", shapes={"z": "n", "k": "", "c": ""}
)
gelu_tanh = Derivation(
    "gelu-tanh-slope",
    "The slope of GELU's approximation by tanh",
    subject="modern layers",
    statement="The derivative of z (1 + tanh(k(z + c z³)))/2, with k = √(2/π) and c = 0.044715.",
    of=approximate,
    wrt="z",
    letters=("j",),
    ideas={
        "z_bar": (
            "u_bar",
            slope(approximate.definitions[0], "The slope of the tanh is 1 − tanh², and the tanh is u."),
            divide(
                expression("y_bar[j]/2", shapes={"y_bar": "n"}, letters=("j",)), "All terms have half of what arrives."
            ),
        ),
    },
    symbols={
        "n": Symbol((), "dimension", "n", "the number of units"),
        "z": Symbol(("n",), latex="z", meaning="the pre-activations"),
        "k": Symbol((), "positive", "k", "√(2/π)"),
        "c": Symbol((), "positive", "c", "0.044715"),
        "u": Symbol(("n",), "derived", "u", "the tanh"),
        "y": Symbol(("n",), "derived", "y", "the activations"),
        "y_bar": Symbol(("n",), meaning="the gradient of the loss that arrives from above"),
    },
    truth={
        "u": lambda torch, z, k, c: torch.tanh(k * (z + c * z.pow(3))),
        "y": lambda torch, z, u: torch.lerp(torch.zeros_like(z), z, (1 + u) / 2),
    },
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
    form="∂L/∂z_j = 1/2 ∂L/∂y_j (k z_j (1 - u_j²) + 3 k c z_j³ (1 - u_j²) + (1 + u_j))",
    source="Hendrycks, Gimpel: Gaussian Error Linear Units (2016), §2",
)

balanced = program(
    """
    p[b, e] := exp(g[b, e])/sum(exp(g[b, k]), k)
    P[e] := sum(p[b, e], b)/B
    L := K*sum(f[e]*P[e], e)
    """,
    shapes={"g": "B K", "f": "K"},
)
load_balancing = Derivation(
    "load-balancing-gradient",
    "The gradient of the load-balancing loss of a mixture of experts",
    subject="modern layers",
    statement="The gate's logit for an expert falls if the expert takes more tokens than the token's experts do on average.",
    of=balanced,
    wrt="g",
    letters=("b", "e"),
    ideas={
        "p_bar": ("P_bar",),
        "g_bar": (
            "p_bar",
            known_as(balanced.definitions[0], "An exponential over the sum of all of them is a probability again."),
            take_out("Both terms have the expert's probability."),
        ),
    },
    symbols={
        "B": Symbol((), "dimension", "B", "the number of tokens"),
        "K": Symbol((), "dimension", "K", "the number of experts"),
        "g": Symbol(("B", "K"), latex="g", meaning="the gate's logits, a token a row"),
        "f": Symbol(("K",), "prob", "f", "the share of the tokens that each expert takes, held fixed"),
        "p": Symbol(("B", "K"), "derived", "p", "the gate's probabilities"),
        "P": Symbol(("K",), "derived", "P", "their mean over the tokens"),
        "L": Symbol((), "derived", "L", "the load-balancing loss"),
    },
    truth={
        "p": lambda torch, g: torch.softmax(g, dim=1),
        "P": lambda torch, p: p.mean(0),
        "L": lambda torch, f, P, K: K * torch.dot(f, P),  # noqa: N803
    },
    settings=({"B": 2, "K": 3}, {"B": 3, "K": 2}, {"B": 5, "K": 4}),
    form="∂L/∂g_{b,e} = (K p_{b,e})/B (f_e - Σ_{j=1}^K f_j p_{b,j})",
    assumptions=("The counts f come from an argmax: no gradient goes through them.",),
    source="Fedus, Zoph, Shazeer: Switch Transformers (2021), §2.2",
)
