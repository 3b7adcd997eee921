"""Deep linear networks: gradients of a product of two matrices, and why whitened data lead to them."""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.rules import put, use
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Printed, Symbol, axes
from derive.notation.index_language import expression, program, relation

_SOURCE = "000_46eee05028ac51b3.txt 'Gradients of deep linear networks'"
_SHAPES = {"D": "p m", "C": "m n", "G": "p n"}
product = program("E[i, j] := sum(D[i, k]*C[k, j], k) - G[i, j]; L := sum(E[i, j]**2, i, j)/2", shapes=_SHAPES)
_SYMBOLS = {
    "p": Symbol((), "dimension", "p", "the number of outputs"),
    "m": Symbol((), "dimension", "m", "the number of hidden units"),
    "n": Symbol((), "dimension", "n", "the number of inputs"),
    "D": Symbol(("p", "m"), latex="D", meaning="the second weights"),
    "C": Symbol(("m", "n"), latex="C", meaning="the first weights"),
    "G": Symbol(("p", "n"), latex=r"\Gamma", meaning="the target, (1/s) Y Xᵀ of whitened data"),
    "E": Symbol(("p", "n"), "derived", "E", "the error, DC − Γ"),
    "L": Symbol((), "derived", "L", "half the squared error"),
}
_PRODUCT: dict[str, Any] = {
    "subject": "linear models",
    "of": product,
    "symbols": _SYMBOLS,
    "truth": {
        "E": lambda torch, D, C, G: torch.addmm(-G, D, C),  # noqa: N803
        "L": lambda torch, E: torch.linalg.matrix_norm(E, "fro").square() / 2,  # noqa: N803
    },
    "settings": ({"p": 2, "m": 3, "n": 4}, {"p": 4, "m": 2, "n": 3}, {"p": 3, "m": 5, "n": 2}),
    "source": _SOURCE,
}
_BARS = {**_SHAPES, "E": "p n", "C_bar": "m n"}
_FIRST = axes(k="m", j="n")
first_weights = Derivation(
    "deep-linear-first-weights",
    "The gradient of a deep linear network in its first weights",
    statement="The gradient of ½‖DC − Γ‖² in C: Dᵀ(DC − Γ).",
    wrt="C",
    ideas={"C_bar": ("E_bar",)},
    form="∂L/∂C_{k,j} = Σ_{i=1}^p E_{i,j} D_{i,k}",
    printed=(
        Printed(
            relation("C_bar[k, j] = sum(E[i, k]*D[i, j], i)", shapes=_BARS, frame=_FIRST),
            "The product is transposed: Dᵀ comes first and the error second, else the shape is that of Cᵀ. "
            "D's gradient C̃(D̃C̃ − Σ)Cᵀ does not even multiply: it is (D̃C̃ − Σ)C̃ᵀ.",
            "(D̃C̃ - Σ)ᵀ D̃",
        ),
    ),
    **_PRODUCT,
)
second_weights = Derivation(
    "deep-linear-second-weights",
    "The gradient of a deep linear network in its second weights",
    statement="The gradient of ½‖DC − Γ‖² in D: (DC − Γ)Cᵀ.",
    wrt="D",
    ideas={"D_bar": ("E_bar",)},
    form="∂L/∂D_{i,k} = Σ_{j=1}^n E_{i,j} C_{k,j}",
    **_PRODUCT,
)


def _in_svd_basis(torch: Any, D: Any, C: Any, G: Any) -> dict[str, Any]:  # noqa: N803
    """The loss as it stands, and torch's own singular value decomposition of the target."""
    u, values, v = torch.linalg.svd(G)
    return {
        "D": torch.linalg.solve(u, D),
        "C": torch.inner(C, v),
        "a": torch.linalg.multi_dot([torch.linalg.inv(u), D, C, torch.linalg.inv(v)]),
        "s": values,
        "L": torch.linalg.matrix_norm(D @ C - G, "fro").square() / 2,
    }


_MODES = {"a": "n n", "s": "n"}
modes = Derivation(
    "deep-linear-modes",
    "A deep linear network learns the target's modes",
    subject="linear models",
    statement="In the basis of the target's singular vectors the loss asks d_r·c_r = σ_r, and d_r·c_q = 0 for r ≠ q.",
    start=relation("L = sum((a[r, q] - s[r]*[r = q])**2, r, q)/2", shapes=_MODES),
    opening=Rule(
        "singular value decomposition",
        "An orthogonal change of basis keeps the Frobenius norm: with Γ = UΣVᵀ the loss is half of ‖UᵀD CV − Σ‖².",
        lambda r: r,
    ),
    then=(
        use(
            expression("sum((a[r, q] - s[r]*[r = q])**2, r, q)", shapes=_MODES),
            expression("sum((a[r, r] - s[r])**2, r) + sum(a[r, q]**2*[r != q], r, q)", shapes=_MODES),
            "on and off the diagonal",
            "On the diagonal stands a − σ, off it a.",
        ),
        put(
            "a",
            ("r", "q"),
            expression("sum(D[r, k]*C[k, q], k)", shapes={"D": "n m", "C": "m n"}, letters=("r", "q")),
            "the product",
            "Each entry is a row of the second weights times a column of the first.",
        ),
    ),
    symbols={
        "n": Symbol((), "dimension", "n", "the number of inputs, and of outputs"),
        "m": _SYMBOLS["m"],
        "a": Symbol(("n", "n"), "derived", r"a", "the network in the basis of the singular vectors, UᵀDCV"),
        "D": Symbol(("n", "m"), latex="D", meaning="the second weights"),
        "C": Symbol(("m", "n"), latex="C", meaning="the first weights"),
        "G": Symbol(("n", "n"), latex=r"\Gamma", meaning="the target"),
        "s": Symbol(("n",), "derived", r"\sigma", "its singular values"),
        "L": Symbol((), "derived", "L", "half the squared error"),
    },
    truth=_in_svd_basis,
    settings=({"n": 2, "m": 3}, {"n": 3, "m": 2}, {"n": 4, "m": 5}),
    form="L = 1/2 (Σ_{r=1}^n (Σ_{k=1}^m D_{r,k} C_{k,r} - σ_r)²"
    " + Σ_{r=1}^n Σ_{q=1}^n (Σ_{k=1}^m D_{r,k} C_{k,q})² (1 - [q = r]))",
    source=_SOURCE,
)


def _white(torch: Any, A: Any, Z: Any, Y: Any, s: int) -> dict[str, Any]:  # noqa: N803
    """Torch's own slope on data whose covariance torch has made the identity."""
    q = torch.linalg.qr(Z.T).Q.T * s**0.5
    slope = torch.func.grad(lambda a: torch.nn.functional.mse_loss(a @ q, Y, reduction="sum") / (2 * s))(A)
    return {"X": q, "G": torch.inner(Y, q) / s, "g": slope}


_DATA = {"A": "p n", "X": "n s", "Y": "p s", "g": "p n", "G": "p n"}
_ENTRY = (Bound(Letter("i"), Affine.of(0), Affine.of("p")), Bound(Letter("k"), Affine.of(0), Affine.of("n")))
whitened = Derivation(
    "whitened-least-squares",
    "Least squares on whitened data",
    subject="linear models",
    statement="On whitened data the gradient of least squares is Θ − Γ, that of ½‖Θ − Γ‖² with Γ = (1/s) Y Xᵀ.",
    start=relation(
        "g[i, k] = sum((sum(A[i, j]*X[j, t], j) - Y[i, t])*X[k, t], t)/s",
        shapes=_DATA,
        frame=_ENTRY,
        letters=("s",),
    ),
    opening=Rule("least squares", "The gradient of the mean of half the squared residuals.", lambda r: r),
    then=(
        multiply_out("Multiply out."),
        use(
            expression("sum(X[k, t]*X[j, t], t)", shapes=_DATA),
            expression("s*[j = k]", shapes=_DATA, letters=("s", "j", "k")),
            "white",
            "Different features are uncorrelated, and each has variance 1: the bracket keeps one term.",
            "X Xᵀ = s I.",
        ),
        multiply_out("The bracket keeps one term.", "collapse the bracket"),
        use(
            expression("sum(X[k, t]*Y[i, t], t)/s", shapes=_DATA, letters=("s",)),
            expression("G[i, k]", shapes=_DATA),
            "name the target",
            "What is left of the data is Γ.",
        ),
    ),
    symbols={
        "p": _SYMBOLS["p"],
        "n": _SYMBOLS["n"],
        "s": Symbol((), "dimension", "s", "the number of examples"),
        "A": Symbol(("p", "n"), latex=r"\Theta", meaning="the weights"),
        "Z": Symbol(("n", "s"), latex="Z", meaning="the inputs as they come"),
        "X": Symbol(("n", "s"), "derived", "X", "the inputs, whitened: X Xᵀ = s I"),
        "Y": Symbol(("p", "s"), latex="Y", meaning="the targets"),
        "G": Symbol(("p", "n"), "derived", r"\Gamma", "(1/s) Y Xᵀ"),
        "g": Symbol(("p", "n"), "derived", r"\nabla J", "the gradient"),
    },
    truth=_white,
    settings=({"p": 2, "n": 3, "s": 4}, {"p": 4, "n": 2, "s": 5}, {"p": 3, "n": 4, "s": 7}),
    form="∇J_{i,k} = Θ_{i,k} - Γ_{i,k}",
    source=_SOURCE,
)
