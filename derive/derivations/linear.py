"""Linear and quadratic maps: affine layers, traces, quadratic forms, norms, the ridge objective.

``δ`` is the gradient that arrives from above, ``∂L/∂z``.
"""

from __future__ import annotations

from typing import Any

from derive.calculus.rules_names import known_as
from derive.calculus.rules_sums import gather
from derive.derivations.base import Derivation, Symbol, extended
from derive.notation.index_language import program

layer = program("z[i] := sum(W[i, j]*x[j], j) + b[i]", shapes={"W": "m n", "x": "n", "b": "m"})
_LAYER: dict[str, Any] = {
    "subject": "layers",
    "of": layer,
    "symbols": {
        "n": Symbol(domain="dimension", latex="n", meaning="the number of inputs"),
        "m": Symbol(domain="dimension", latex="m", meaning="the number of units"),
        "x": Symbol(("n",), latex="x", meaning="the input"),
        "W": Symbol(("m", "n"), latex="W", meaning="the weights"),
        "b": Symbol(("m",), latex="b", meaning="the biases"),
        "z": Symbol(("m",), "derived", "z", "the output, Wx + b"),
        "z_bar": Symbol(("m",), latex=r"\delta", meaning="the gradient of the loss that arrives from above, ∂L/∂z"),
    },
    "truth": lambda torch, W, x, b: torch.nn.functional.linear(x, W, b),  # noqa: N803
    "settings": ({"n": 2, "m": 3}, {"n": 4, "m": 2}, {"n": 3, "m": 5}),
    "source": "001_9baaf7fce9703606.txt §1.2.4; 000_46eee05028ac51b3.txt 'Linear Networks'",
}

affine_weights = Derivation(
    "affine-weights",
    "How one weight of an affine layer changes the loss",
    statement="The gradient of the loss in the weights of an affine layer: the outer product of δ and the input.",
    wrt="W",
    form="∂L/∂W_{i,j} = δ_i x_j",
    **_LAYER,
)
affine_bias = Derivation(
    "affine-bias",
    "How one bias of an affine layer changes the loss",
    statement="The gradient of the loss in the biases of an affine layer.",
    wrt="b",
    form="∂L/∂b_i = δ_i",
    **_LAYER,
)
affine_input = Derivation(
    "affine-input",
    "How one input of an affine layer changes the loss",
    statement="The gradient of the loss in the input of an affine layer: the transposed weights carry δ back.",
    wrt="x",
    form="∂L/∂x_j = Σ_{i=1}^m δ_i W_{i,j}",
    **_LAYER,
)

batch = program("Z[s, i] := sum(W[i, j]*X[s, j], j) + b[i]", shapes={"W": "m n", "X": "N n", "b": "m"})
_BATCH: dict[str, Any] = {
    "subject": "layers",
    "of": batch,
    "symbols": {
        "N": Symbol(domain="dimension", latex="N", meaning="the number of examples in the batch"),
        "n": Symbol(domain="dimension", latex="n", meaning="the number of inputs"),
        "m": Symbol(domain="dimension", latex="m", meaning="the number of units"),
        "X": Symbol(("N", "n"), latex="X", meaning="the inputs, one example a row"),
        "W": Symbol(("m", "n"), latex="W", meaning="the weights"),
        "b": Symbol(("m",), latex="b", meaning="the biases"),
        "Z": Symbol(("N", "m"), "derived", "Z", "the outputs, one example a row: X Wᵀ + 1 bᵀ"),
        "Z_bar": Symbol(("N", "m"), latex=r"\Delta", meaning="the gradient of the loss from above, ∂L/∂Z"),
    },
    "truth": lambda torch, W, X, b: torch.nn.functional.linear(X, W, b),  # noqa: N803
    "settings": ({"N": 4, "n": 2, "m": 3}, {"N": 2, "n": 3, "m": 5}, {"N": 3, "n": 5, "m": 2}),
    "source": "001_9baaf7fce9703606.txt §1.2.4",
}

batch_weights = Derivation(
    "affine-batch-weights",
    "How one weight of an affine layer changes the loss of a batch",
    statement="The gradient of a batch's loss in the weights of an affine layer, ΔᵀX: every example adds its share.",
    wrt="W",
    form="∂L/∂W_{i,j} = Σ_{s=1}^N Δ_{s,i} X_{s,j}",
    **_BATCH,
)
batch_bias = Derivation(
    "affine-batch-bias",
    "How one bias of an affine layer changes the loss of a batch",
    statement="The gradient of a batch's loss in the biases of an affine layer: the column sums of Δ.",
    wrt="b",
    form="∂L/∂b_i = Σ_{s=1}^N Δ_{s,i}",
    **_BATCH,
)
batch_inputs = Derivation(
    "affine-batch-inputs",
    "How one input of a batch changes the loss",
    statement="The gradient of a batch's loss in the inputs of an affine layer, ΔW.",
    wrt="X",
    form="∂L/∂X_{s,j} = Σ_{i=1}^m Δ_{s,i} W_{i,j}",
    **_BATCH,
)

trace_product = Derivation(
    "trace-axb",
    "The gradient of tr(AXB)",
    subject="matrices",
    statement="The gradient of the trace of AXB in X: Aᵀ Bᵀ.",
    of=program(
        "T := sum(A[i, j]*X[j, k]*B[k, i], i, j, k)",
        shapes={"A": "m n", "X": "n p", "B": "p m"},
    ),
    wrt="X",
    letters=("j", "k"),
    symbols={
        "m": Symbol(domain="dimension", latex="m", meaning="the rows of A, and the columns of B"),
        "n": Symbol(domain="dimension", latex="n", meaning="the rows of X"),
        "p": Symbol(domain="dimension", latex="p", meaning="the columns of X"),
        "A": Symbol(("m", "n"), latex="A", meaning="a matrix"),
        "X": Symbol(("n", "p"), latex="X", meaning="the matrix that varies"),
        "B": Symbol(("p", "m"), latex="B", meaning="a matrix"),
        "T": Symbol((), "derived", "T", "the trace of AXB"),
    },
    truth=lambda torch, A, X, B: torch.trace(torch.linalg.multi_dot([A, X, B])),  # noqa: N803
    settings=({"m": 2, "n": 3, "p": 4}, {"m": 4, "n": 2, "p": 3}, {"m": 3, "n": 5, "p": 2}),
    form="∂T/∂X_{j,k} = Σ_{i=1}^m A_{i,j} B_{k,i}",
    source="000_46eee05028ac51b3.txt 'Backpropagation'",
)

quadratic_form = Derivation(
    "quadratic-form",
    "The gradient of a quadratic form",
    subject="matrices",
    statement="The gradient of xᵀAx in x: (A + Aᵀ)x; A need not be symmetric.",
    of=program("Q := sum(x[i]*A[i, j]*x[j], i, j)", shapes={"x": "n", "A": "n n"}),
    wrt="x",
    letters=("i",),
    then=(gather("Both sums run over the other factor x: write them as one."),),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the length of x"),
        "x": Symbol(("n",), latex="x", meaning="the vector that varies"),
        "A": Symbol(("n", "n"), latex="A", meaning="any square matrix"),
        "Q": Symbol((), "derived", "Q", "the quadratic form"),
    },
    truth=lambda torch, x, A: torch.dot(x, torch.mv(A, x)),  # noqa: N803
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
    form="∂Q/∂x_i = Σ_{j=1}^n x_j (A_{i,j} + A_{j,i})",
    source="003_a2d52afd229cfba6.txt §12",
)

_norm = program("r := sqrt(sum(x[i]**2, i))", shapes={"x": "n"})
norm_gradient = Derivation(
    "norm-gradient",
    "The gradient of the length of a vector",
    subject="matrices",
    statement="The gradient of the Euclidean norm: the unit vector in the same direction.",
    of=_norm,
    wrt="x",
    letters=("i",),
    then=(known_as(_norm.definitions[0], "The square root of the sum of squares is the length itself."),),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the length of x"),
        "x": Symbol(("n",), latex="x", meaning="the vector"),
        "r": Symbol((), "derived", r"\|x\|", "the Euclidean norm of the vector"),
    },
    truth=lambda torch, x: torch.linalg.vector_norm(x),
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
    form="∂‖x‖/∂x_i = x_i/‖x‖",
    assumptions=("x is not 0: the norm has a kink there.",),
    source="000_46eee05028ac51b3.txt 'Weight Normalization'",
)
_frobenius = program("r := sqrt(sum(X[i, j]**2, i, j))", shapes={"X": "n m"})
frobenius_gradient = Derivation(
    "frobenius-gradient",
    "The gradient of the Frobenius norm",
    subject="matrices",
    statement="The gradient of the Frobenius norm: the matrix over its norm.",
    of=_frobenius,
    wrt="X",
    letters=("i", "j"),
    then=(known_as(_frobenius.definitions[0], "The square root of the sum of squares is the norm itself."),),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of rows"),
        "m": Symbol(domain="dimension", latex="m", meaning="the number of columns"),
        "X": Symbol(("n", "m"), latex="X", meaning="the matrix"),
        "r": Symbol((), "derived", r"\|X\|_F", "the Frobenius norm of the matrix"),
    },
    truth=lambda torch, X: torch.linalg.matrix_norm(X, "fro"),  # noqa: N803
    settings=({"n": 2, "m": 3}, {"n": 4, "m": 2}, {"n": 3, "m": 5}),
    form="∂‖X‖_F/∂X_{i,j} = X_{i,j}/‖X‖_F",
    assumptions=("X is not 0: the norm has a kink there.",),
    source="000_46eee05028ac51b3.txt 'Norm-based'",
)

_ridge = program(
    """
    r[s] := sum(X[s, j]*w[j], j) - y[s]
    J := sum(r[s]**2, s)/2 + mu*sum(w[j]**2, j)/2
    """,
    shapes={"X": "N d", "w": "d", "y": "N"},
)
_RIDGE: dict[str, Any] = {
    "subject": "objectives",
    "wrt": "w",
    "settings": ({"N": 4, "d": 2}, {"N": 3, "d": 5}, {"N": 6, "d": 3}),
    "source": "000_46eee05028ac51b3.txt 'Weight decay (a.k.a L2 regularization)'",
}
_RIDGE_SYMBOLS = {
    "N": Symbol(domain="dimension", latex="N", meaning="the number of examples"),
    "d": Symbol(domain="dimension", latex="d", meaning="the number of features"),
    "X": Symbol(("N", "d"), latex="X", meaning="the examples, one a row"),
    "w": Symbol(("d",), latex="w", meaning="the weights"),
    "y": Symbol(("N",), latex="y", meaning="the targets"),
    "mu": Symbol((), "positive", r"\mu", "the strength of the penalty"),
    "r": Symbol(("N",), "derived", "r", "the residuals, Xw − y"),
}
ridge_gradient = Derivation(
    "ridge-gradient",
    "The gradient of the ridge objective",
    statement="The gradient of half the squared error with weight decay: Xᵀ(Xw − y) + μw.",
    of=_ridge,
    ideas={"w_bar": ("r_bar",)},
    symbols=_RIDGE_SYMBOLS | {"J": Symbol((), "derived", "J", "the objective")},
    truth={
        "r": lambda torch, X, w, y: torch.nn.functional.linear(w, X) - y,  # noqa: N803
        "J": lambda torch, r, w, mu: (
            torch.nn.functional.mse_loss(r, torch.zeros_like(r), reduction="sum") / 2
            + mu * torch.linalg.vector_norm(w).square() / 2
        ),
    },
    form="∂J/∂w_j = Σ_{s=1}^N r_s X_{s,j} + μ w_j",
    **_RIDGE,
)
ridge_hessian = Derivation(
    "ridge-hessian",
    "The Hessian of the ridge objective",
    statement="The second derivatives of the ridge objective, XᵀX + μI: positive definite, so the minimum is unique.",
    of=lambda: extended(_ridge, "g", ridge_gradient.result),
    letters=("k",),
    asks="jacobian",
    ideas={"dg/dw": ("dr/dw",)},
    symbols=_RIDGE_SYMBOLS
    | {
        "g": Symbol(("d",), "derived", r"\nabla J", "the gradient"),
        "dg/dw": Symbol(("d", "d"), "derived", "H", "the Hessian, ∂²J/∂w²"),
    },
    truth={
        "r": lambda torch, X, w, y: torch.nn.functional.linear(w, X) - y,  # noqa: N803
        "g": lambda torch, X, r, mu, w: torch.addmv(mu * w, X.T, r),  # noqa: N803
    },
    form="H_{j,k} = μ [j = k] + Σ_{s=1}^N X_{s,j} X_{s,k}",
    lemmas=(ridge_gradient,),
    **_RIDGE,
)
