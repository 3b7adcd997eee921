"""Networks of layers: the chain rule, and what one layer hands to the one below."""

from __future__ import annotations

from derive.derivations.base import Derivation, Oracle, Symbol
from derive.notation.index_language import program

two_layers = program(
    """
    p[i] := sum(V[i, j]*x[j], j) + b[i]
    h[i] := sigmoid(p[i])
    q[k] := sum(W[k, i]*h[i], i) + c[k]
    L := sum((q[k] - t[k])**2, k)/2
    """,
    shapes={"V": "m n", "W": "o m", "x": "n", "b": "m", "c": "o", "t": "o"},
)
_SYMBOLS = {
    "n": Symbol(domain="dimension", latex="n", meaning="the number of inputs"),
    "m": Symbol(domain="dimension", latex="m", meaning="the number of hidden units"),
    "o": Symbol(domain="dimension", latex="o", meaning="the number of outputs"),
    "x": Symbol(("n",), latex="x", meaning="the input"),
    "V": Symbol(("m", "n"), latex="V", meaning="the weights of the hidden layer"),
    "b": Symbol(("m",), latex="b", meaning="its biases"),
    "W": Symbol(("o", "m"), latex="W", meaning="the weights of the output layer"),
    "c": Symbol(("o",), latex="c", meaning="its biases"),
    "t": Symbol(("o",), latex="t", meaning="the target"),
    "p": Symbol(("m",), "derived", "p", "the hidden layer's pre-activations"),
    "h": Symbol(("m",), "derived", "h", "the hidden layer's activations"),
    "q": Symbol(("o",), "derived", "q", "the outputs"),
    "L": Symbol((), "derived", "L", "the loss"),
}
_TRUTH: dict[str, Oracle] = {
    "p": lambda torch, V, x, b: torch.nn.functional.linear(x, V, b),  # noqa: N803
    "h": lambda torch, p: torch.sigmoid(p),
    "q": lambda torch, W, h, c: torch.nn.functional.linear(h, W, c),  # noqa: N803
    "L": lambda torch, q, t: torch.nn.functional.mse_loss(q, t, reduction="sum") / 2,
}
_SIZES = ({"n": 2, "m": 3, "o": 4}, {"n": 4, "m": 2, "o": 3}, {"n": 3, "m": 5, "o": 2})

mlp_hidden_weights = Derivation(
    "mlp-hidden-weights",
    "How one hidden weight of a two-layer network changes the loss",
    subject="networks",
    statement="The gradient of the squared error in the hidden weights of a two-layer sigmoid network.",
    of=two_layers,
    wrt="V",
    symbols=_SYMBOLS,
    truth=_TRUTH,
    settings=_SIZES,
    form="∂L/∂V_{i,j} = ∂L/∂p_i x_j",
    source="003_a2d52afd229cfba6.txt §8",
)

mlp_output_weights = Derivation(
    "mlp-output-weights",
    "How one output weight of a two-layer network changes the loss",
    subject="networks",
    statement="The gradient of the squared error in the output weights of a two-layer sigmoid network.",
    of=two_layers,
    wrt="W",
    symbols=_SYMBOLS,
    truth=_TRUTH,
    settings=_SIZES,
    form="∂L/∂W_{k,i} = ∂L/∂q_k h_i",
    source="003_a2d52afd229cfba6.txt §8",
)
