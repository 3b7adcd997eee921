"""Backpropagation in named models: the error signals δ of a network, an autoencoder, a graph layer, a residual block.

``δ`` of a layer is the gradient of the loss in its pre-activations.
"""

from __future__ import annotations

from typing import Any

from derive.calculus.rules_names import slope
from derive.derivations.base import Derivation, Oracle, Symbol
from derive.notation.index_language import program

_NET = {
    "n": Symbol(domain="dimension", latex="n", meaning="the number of inputs"),
    "m": Symbol(domain="dimension", latex="m", meaning="the number of hidden units"),
    "o": Symbol(domain="dimension", latex="o", meaning="the number of outputs"),
    "x": Symbol(("n",), latex="x", meaning="the input"),
    "W1": Symbol(("m", "n"), latex="W^{(1)}", meaning="the weights of the hidden layer"),
    "b1": Symbol(("m",), latex="b^{(1)}", meaning="its biases"),
    "W2": Symbol(("o", "m"), latex="W^{(2)}", meaning="the weights of the output layer"),
    "b2": Symbol(("o",), latex="b^{(2)}", meaning="its biases"),
    "y": Symbol(("o",), latex="y", meaning="the target"),
    "z1": Symbol(("m",), "derived", "z^{(1)}", "the hidden pre-activations"),
    "h": Symbol(("m",), "derived", "h", "the hidden activations"),
    "z2": Symbol(("o",), "derived", "z^{(2)}", "the outputs"),
    "L": Symbol((), "derived", "L", "the loss"),
    "z1_bar": Symbol(("m",), "derived", r"\delta^{(1)}", "the error signal of the hidden layer, ∂L/∂z⁽¹⁾"),
    "z2_bar": Symbol(("o",), "derived", r"\delta^{(2)}", "the error signal of the output layer, ∂L/∂z⁽²⁾"),
}
_NET_SHAPES = {"W1": "m n", "W2": "o m", "x": "n", "b1": "m", "b2": "o", "y": "o"}
_NET_SIZES = ({"n": 2, "m": 3, "o": 4}, {"n": 4, "m": 2, "o": 3}, {"n": 3, "m": 5, "o": 2})
_LINEAR: dict[str, Oracle] = {
    "z1": lambda torch, W1, x, b1: torch.nn.functional.linear(x, W1, b1),  # noqa: N803
    "z2": lambda torch, W2, h, b2: torch.nn.functional.linear(h, W2, b2),  # noqa: N803
    "L": lambda torch, z2, y: torch.nn.functional.mse_loss(z2, y, reduction="sum") / 2,
}
_LAYERS = """
    z1[i] := sum(W1[i, j]*x[j], j) + b1[i]
    h[i] := {f}(z1[i])
    z2[k] := sum(W2[k, i]*h[i], i) + b2[k]
    L := sum((z2[k] - y[k])**2, k)/2
    """
_ANY: dict[str, Any] = {
    "subject": "networks",
    "of": program(_LAYERS.format(f="f"), shapes=_NET_SHAPES, functions=("f",)),
    "symbols": _NET | {"f": Symbol((), "function", "f", "the activation, any smooth function")},
    "truth": _LINEAR | {"h": lambda torch, f, z1: f(z1)},
    "settings": _NET_SIZES,
    "source": "001_9baaf7fce9703606.txt §1.2.4; 000_46eee05028ac51b3.txt 'Backpropagation'",
}
_SIGMOID = program(_LAYERS.format(f="sigmoid"), shapes=_NET_SHAPES)

hidden_error = Derivation(
    "mlp-hidden-error",
    "The error signal of the hidden layer, for any activation",
    statement="Backpropagation through one layer: δ⁽¹⁾ = W⁽²⁾ᵀ δ⁽²⁾ ⊙ f′(z⁽¹⁾).",
    wrt="z1",
    ideas={"z1_bar": ("h_bar",)},
    form="δ^{(1)}_i = f'(z^{(1)}_i) Σ_{k=1}^o δ^{(2)}_k W^{(2)}_{k,i}",
    **_ANY,
)
first_weights = Derivation(
    "mlp-first-weights",
    "The gradient in the first weights, for any activation",
    statement="The gradient of the squared error in the first weights of a two-layer network: δ⁽¹⁾ xᵀ.",
    wrt="W1",
    ideas={"z1_bar": ("h_bar",)},
    form="∂L/∂W^{(1)}_{i,j} = δ^{(1)}_i x_j",
    **_ANY,
)
second_weights = Derivation(
    "mlp-second-weights",
    "The gradient in the second weights, for any activation",
    statement="The gradient of the squared error in the second weights of a two-layer network: δ⁽²⁾ hᵀ.",
    wrt="W2",
    form="∂L/∂W^{(2)}_{k,i} = δ^{(2)}_k h_i",
    **_ANY,
)
sigmoid_hidden_error = Derivation(
    "mlp-sigmoid-hidden-error",
    "The error signal of a sigmoid hidden layer",
    subject="networks",
    statement="Backpropagation through a sigmoid layer, with σ′ written with the activations: h(1 − h).",
    of=_SIGMOID,
    wrt="z1",
    ideas={
        "z1_bar": (
            "h_bar",
            "z2_bar",
            slope(
                _SIGMOID.definitions[1], "The slope of the sigmoid is σ′ = σ(1 − σ), and σ(z⁽¹⁾) is the activation h."
            ),
        ),
    },
    symbols=_NET,
    truth=_LINEAR | {"h": lambda torch, z1: torch.sigmoid(z1)},
    settings=_NET_SIZES,
    form="δ^{(1)}_i = h_i (1 - h_i) Σ_{k=1}^o W^{(2)}_{k,i} (z^{(2)}_k - y_k)",
    source="003_a2d52afd229cfba6.txt §8; 001_9baaf7fce9703606.txt §1.2.4",
)

dense_jacobian = Derivation(
    "dense-layer-jacobian",
    "The Jacobian of a dense layer",
    subject="networks",
    statement="The Jacobian of h = f(Wx + b) in its input: diag(f′(z)) W. Backpropagation multiplies by its transpose.",
    of=program(
        "z[i] := sum(W[i, j]*x[j], j) + b[i]; h[i] := f(z[i])",
        shapes={"W": "m n", "x": "n", "b": "m"},
        functions=("f",),
    ),
    wrt="x",
    letters=("j",),
    asks="jacobian",
    ideas={"dh/dx": ("dz/dx",)},
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of inputs"),
        "m": Symbol(domain="dimension", latex="m", meaning="the number of units"),
        "x": Symbol(("n",), latex="x", meaning="the input"),
        "W": Symbol(("m", "n"), latex="W", meaning="the weights"),
        "b": Symbol(("m",), latex="b", meaning="the biases"),
        "z": Symbol(("m",), "derived", "z", "the pre-activations"),
        "h": Symbol(("m",), "derived", "h", "the activations"),
        "f": Symbol((), "function", "f", "the activation, any smooth function"),
    },
    truth={
        "z": lambda torch, W, x, b: torch.nn.functional.linear(x, W, b),  # noqa: N803
        "h": lambda torch, f, z: f(z),
    },
    settings=({"n": 2, "m": 3}, {"n": 4, "m": 2}, {"n": 3, "m": 5}),
    form="∂h_i/∂x_j = f'(z_i) W_{i,j}",
    source="000_46eee05028ac51b3.txt 'Linear Networks', Backpropagation",
)

autoencoder = program(
    """
    z[a] := sum(C[a, j]*x[j], j)
    y[i] := sum(D[i, a]*z[a], a)
    L := sum((y[i] - x[i])**2, i)/2
    """,
    shapes={"C": "m n", "D": "n m", "x": "n"},
)
_AUTOENCODER: dict[str, Any] = {
    "subject": "networks",
    "of": autoencoder,
    "symbols": {
        "n": Symbol(domain="dimension", latex="n", meaning="the number of inputs"),
        "m": Symbol(domain="dimension", latex="m", meaning="the size of the code"),
        "x": Symbol(("n",), latex="x", meaning="the input, and the target"),
        "C": Symbol(("m", "n"), latex="C", meaning="the encoder"),
        "D": Symbol(("n", "m"), latex="D", meaning="the decoder"),
        "z": Symbol(("m",), "derived", "z", "the code, Cx"),
        "y": Symbol(("n",), "derived", "y", "the reconstruction, DCx"),
        "L": Symbol((), "derived", "L", "half the squared error of the reconstruction"),
    },
    "truth": {
        "z": lambda torch, C, x: torch.nn.functional.linear(x, C),  # noqa: N803
        "y": lambda torch, D, z: torch.nn.functional.linear(z, D),  # noqa: N803
        "L": lambda torch, y, x: torch.nn.functional.mse_loss(y, x, reduction="sum") / 2,
    },
    "settings": ({"n": 3, "m": 2}, {"n": 5, "m": 3}, {"n": 4, "m": 6}),
    "source": "000_46eee05028ac51b3.txt 'Linear Networks', Linear Autoencoder",
}
decoder_gradient = Derivation(
    "autoencoder-decoder",
    "The gradient of a linear autoencoder in its decoder",
    statement="The gradient of the reconstruction error in the decoder: (y − x) zᵀ, with z = Cx.",
    wrt="D",
    ideas={"D_bar": ("y_bar",)},
    form="∂L/∂D_{i,a} = z_a (y_i - x_i)",
    **_AUTOENCODER,
)
encoder_gradient = Derivation(
    "autoencoder-encoder",
    "The gradient of a linear autoencoder in its encoder",
    statement="The gradient of the reconstruction error in the encoder: Dᵀ(y − x) xᵀ.",
    wrt="C",
    ideas={"z_bar": ("y_bar",), "C_bar": ("z_bar",)},
    form="∂L/∂C_{a,j} = x_j Σ_{i=1}^n D_{i,a} (y_i - x_i)",
    **_AUTOENCODER,
)

graph_layer = program(
    """
    M[c, v] := sum(X[c, u]*Q[u, v], u)
    Z[a, v] := sum(W[a, c]*M[c, v], c)
    Y[a, v] := f(Z[a, v])
    """,
    shapes={"X": "d n", "Q": "n n", "W": "o d"},
    functions=("f",),
)
_GRAPH: dict[str, Any] = {
    "subject": "networks",
    "of": graph_layer,
    "symbols": {
        "n": Symbol(domain="dimension", latex="n", meaning="the number of nodes"),
        "d": Symbol(domain="dimension", latex="d", meaning="the number of features of a node"),
        "o": Symbol(domain="dimension", latex="o", meaning="the number of features after the layer"),
        "X": Symbol(("d", "n"), latex="X", meaning="the features, one node a column"),
        "Q": Symbol(("n", "n"), "symmetric", "Q", "the normalised adjacency matrix with self-loops"),
        "W": Symbol(("o", "d"), latex="W", meaning="the weights, shared by all nodes"),
        "M": Symbol(("d", "n"), "derived", "M", "the features mixed over neighbours, XQ"),
        "Z": Symbol(("o", "n"), "derived", "Z", "the pre-activations, WXQ"),
        "Y": Symbol(("o", "n"), "derived", "Y", "the layer's output, f(WXQ)"),
        "Y_bar": Symbol(("o", "n"), latex="G", meaning="the gradient of the loss from above, ∂L/∂Y"),
        "Z_bar": Symbol(("o", "n"), "derived", r"\Delta", "the error signal ∂L/∂Z"),
        "f": Symbol((), "function", "f", "the activation, any smooth function"),
    },
    "truth": {
        "M": lambda torch, X, Q: torch.mm(X, Q),  # noqa: N803
        "Z": lambda torch, W, M: torch.mm(W, M),  # noqa: N803
        "Y": lambda torch, f, Z: f(Z),  # noqa: N803
    },
    "settings": ({"n": 4, "d": 2, "o": 3}, {"n": 3, "d": 4, "o": 2}, {"n": 5, "d": 3, "o": 4}),
    "source": "000_46eee05028ac51b3.txt 'Learning on Graphs'",
}
graph_weights = Derivation(
    "gcn-weights",
    "The gradient of a graph convolution in its weights",
    statement="The gradient of the loss in the weights of a graph convolutional layer: Δ(XQ)ᵀ with Δ = G ⊙ f′(Z).",
    wrt="W",
    form="∂L/∂W_{a,c} = Σ_{v=1}^n Δ_{a,v} M_{c,v}",
    **_GRAPH,
)
graph_features = Derivation(
    "gcn-features",
    "The gradient of a graph convolution in its input",
    statement="The gradient of the loss in a graph convolutional layer's input: WᵀΔQᵀ, a message back along each edge.",
    wrt="X",
    ideas={"X_bar": ("M_bar",)},
    form="∂L/∂X_{c,u} = Σ_{v=1}^n Σ_{a=1}^o Δ_{a,v} W_{a,c} Q_{u,v}",
    **_GRAPH,
)

block = program(
    """
    z[i] := sum(U[i, j]*x[j], j) + b[i]
    h[i] := f(z[i])
    y[k] := x[k] + sum(V[k, i]*h[i], i)
    """,
    shapes={"U": "m n", "V": "n m", "x": "n", "b": "m"},
    functions=("f",),
)
residual_jacobian = Derivation(
    "residual-jacobian",
    "The Jacobian of a residual block",
    subject="networks",
    statement="The Jacobian of y = x + W⁽²⁾ f(W⁽¹⁾x + b): the identity plus W⁽²⁾ diag(f′) W⁽¹⁾.",
    of=block,
    wrt="x",
    letters=("j",),
    asks="jacobian",
    ideas={"dh/dx": ("dz/dx",), "dy/dx": ("dh/dx",)},
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of inputs and outputs"),
        "m": Symbol(domain="dimension", latex="m", meaning="the number of hidden units"),
        "x": Symbol(("n",), latex="x", meaning="the input"),
        "U": Symbol(("m", "n"), latex="W^{(1)}", meaning="the weights into the block"),
        "b": Symbol(("m",), latex="b", meaning="the biases"),
        "V": Symbol(("n", "m"), latex="W^{(2)}", meaning="the weights out of the block"),
        "z": Symbol(("m",), "derived", "z", "the pre-activations"),
        "h": Symbol(("m",), "derived", "h", "the activations"),
        "y": Symbol(("n",), "derived", "y", "the output: the input plus the block"),
        "f": Symbol((), "function", "f", "the activation, any smooth function"),
    },
    truth={
        "z": lambda torch, U, x, b: torch.nn.functional.linear(x, U, b),  # noqa: N803
        "h": lambda torch, f, z: f(z),
        "y": lambda torch, x, V, h: x + torch.nn.functional.linear(h, V),  # noqa: N803
    },
    settings=({"n": 2, "m": 3}, {"n": 4, "m": 2}, {"n": 3, "m": 5}),
    form="∂y_k/∂x_j = [j = k] + Σ_{i=1}^m W^{(2)}_{k,i} f'(z_i) W^{(1)}_{i,j}",
    source="000_46eee05028ac51b3.txt 'Short Connectivity'",
)
