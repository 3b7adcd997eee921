"""Functions of a matrix: the derivative of a power with a letter in the exponent."""

from __future__ import annotations

from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import program

power_of_matrix = program("integer T; P[a, b] := matpow(W[i, j], i, j, T)[a, b]", shapes={"W": "n n"})

matrix_power = Derivation(
    "matrix-power-jacobian",
    "The derivative of a power of a matrix",
    subject="sequences",
    statement="How the T-th power of a matrix changes with each of its entries, for any T: what a linear recurrence over T "
    "steps feels of its weights.",
    of=power_of_matrix,
    wrt="W",
    letters=("p", "q"),
    asks="jacobian",
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the size of the matrix"),
        "T": Symbol(domain="dimension", latex="T", meaning="the exponent, a positive integer"),
        "W": Symbol(("n", "n"), latex="W", meaning="the matrix, the same in all factors"),
        "P": Symbol(("n", "n"), "derived", "P", "the power, W multiplied by itself T times"),
    },
    truth={"P": lambda torch, W, T: torch.linalg.matrix_power(W, T)},  # noqa: N803
    settings=({"n": 2, "T": 3}, {"n": 3, "T": 5}, {"n": 4, "T": 2}),
    form="∂P_{a,b}/∂W_{p,q} = Σ_{k=1}^T [W^{k-1}]_{a,p} [W^{T-k}]_{q,b}",
    source="000_46eee05028ac51b3.txt, Recurrent neural networks",
)
