"""Dense connections: a layer that reads the input as well as the layer below."""

from __future__ import annotations

from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import program

block = program(
    """
    z[i] := sum(U[i, j]*x[j], j) + b[i]
    h[i] := f(z[i])
    p[k] := sum(A[k, j]*x[j], j) + sum(V[k, i]*h[i], i) + c[k]
    y[k] := f(p[k])
    """,
    shapes={"x": "n", "U": "m n", "b": "m", "A": "o n", "V": "o m", "c": "o"},
    functions=("f",),
)

dense_connection_jacobian = Derivation(
    "dense-connection-jacobian",
    "The Jacobian of a layer that reads the input and the layer below",
    subject="networks",
    statement="A densely connected layer reads [x; h]: its Jacobian has one path straight from x and one through h.",
    of=block,
    wrt="x",
    letters=("j",),
    asks="jacobian",
    ideas={"dh/dx": ("dz/dx",), "dp/dx": ("dh/dx",), "dy/dx": ("dp/dx",)},
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of inputs"),
        "m": Symbol(domain="dimension", latex="m", meaning="the number of units of the first layer"),
        "o": Symbol(domain="dimension", latex="o", meaning="the number of units of the second layer"),
        "x": Symbol(("n",), latex="x", meaning="the input"),
        "U": Symbol(("m", "n"), latex="U", meaning="the weights of the first layer"),
        "b": Symbol(("m",), latex="b", meaning="its biases"),
        "A": Symbol(("o", "n"), latex="A", meaning="the second layer's weights on the input"),
        "V": Symbol(("o", "m"), latex="V", meaning="its weights on the first layer"),
        "c": Symbol(("o",), latex="c", meaning="its biases"),
        "z": Symbol(("m",), "derived", "z", "the first pre-activations"),
        "h": Symbol(("m",), "derived", "h", "the first activations"),
        "p": Symbol(("o",), "derived", "p", "the second pre-activations"),
        "y": Symbol(("o",), "derived", "y", "the second activations"),
        "f": Symbol((), "function", "f", "the activation, any smooth function"),
    },
    truth={
        "z": lambda torch, U, x, b: torch.nn.functional.linear(x, U, b),  # noqa: N803
        "h": lambda torch, f, z: f(z),
        "p": lambda torch, A, V, x, h, c: torch.nn.functional.linear(  # noqa: N803
            torch.cat([x, h]), torch.hstack([A, V]), c
        ),
        "y": lambda torch, f, p: f(p),
    },
    settings=({"n": 2, "m": 3, "o": 4}, {"n": 4, "m": 2, "o": 3}, {"n": 3, "m": 5, "o": 2}),
    form="∂y_k/∂x_j = f'(p_k) (A_{k,j} + Σ_{i=1}^m V_{k,i} f'(z_i) U_{i,j})",
    source="000_46eee05028ac51b3.txt 'Dense Connectivity'",
)
