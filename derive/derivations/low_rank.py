"""The best approximation of low rank: what principal components leave, Eckart and Young's theorem, linear autoencoders."""

from __future__ import annotations

from typing import Any

from derive.calculus.inequalities import ends, turned
from derive.calculus.rules import both_sides, use
from derive.calculus.rules_terms import estimate, multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

_NOTES = "000_46eee05028ac51b3.txt 'Linear Autoencoder'; 001_9baaf7fce9703606.txt §4.1.2"
_SHAPES = {"X": "n s", "U": "n m", "C": "n n", "l": "n", "w": "n", "R": "n s", "P": "n s", "v": "n"}
_SIZES = ({"n": 3, "m": 2, "s": 4}, {"n": 4, "m": 3, "s": 7}, {"n": 5, "m": 2, "s": 6})
_EDGE = ({"n": 2, "m": 1, "s": 3},)
_DIMENSIONS = {
    "n": Symbol(domain="dimension", latex="n", meaning="the number of features"),
    "m": Symbol(domain="dimension", latex="m", meaning="the number of components, at most n"),
    "s": Symbol(domain="dimension", latex="s", meaning="the number of examples"),
    "X": Symbol(("n", "s"), latex="X", meaning="the centred data, an example a column"),
}


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _text(formula: str, *letters: str) -> Any:
    return expression(formula, shapes=_SHAPES, letters=("n", "m", "s", *letters))


def _left(torch: Any, X: Any, U: Any) -> dict[str, Any]:  # noqa: N803
    """What a projection onto orthonormal columns leaves of the data, and torch's own eigenvalues and covariances."""
    values, basis = torch.linalg.eigh(torch.cov(X, correction=0) + torch.outer(X.mean(1), X.mean(1)))
    error = (X - U @ torch.linalg.lstsq(U, X).solution).square().sum() / X.shape[1]
    inside = torch.linalg.vector_norm(U.mT @ basis, dim=0) ** 2
    order = torch.argsort(values, descending=True)
    return {
        "U": U,
        "C": X @ X.mT / X.shape[1],
        "E": error,
        "l": values[order],
        "w": inside[order],
        "c": values[order][U.shape[1] - 1],
    }


def _any_columns(torch: Any, X: Any, B: Any) -> dict[str, Any]:  # noqa: N803
    return _left(torch, X, torch.linalg.qr(B).Q)


def _leading(torch: Any, X: Any, B: Any) -> dict[str, Any]:  # noqa: N803
    """The leading left singular vectors of the data."""
    return _left(torch, X, torch.linalg.svd(X).U[:, : B.shape[1]])


_PROJECTED = _DIMENSIONS | {
    "B": Symbol(("n", "m"), "real"),
    "U": Symbol(("n", "m"), "derived", "U", "orthonormal columns, UᵀU = I"),
    "C": Symbol(("n", "n"), "symmetric", "C", "the covariances, (1/s) X Xᵀ"),
    "E": Symbol((), "derived", "E", "the mean squared error of the reconstruction U Uᵀ x"),
}
reconstruction = Derivation(
    "pca-reconstruction-error",
    "What a projection leaves of the data",
    subject="linear models",
    statement="Rebuilding centred data from their components along orthonormal vectors loses the variance off those vectors.",
    start=relation(
        "E = sum((X[i, t] - sum(U[i, k]*U[j, k]*X[j, t], k, j))**2, i, t)/s", shapes=_SHAPES, letters=("s",)
    ),
    opening=_by("reconstruction", "An example less what the decoder U makes of its code Uᵀx."),
    then=(
        multiply_out("Multiply the square out."),
        use(
            _text("sum(U[i, k]*U[i, l], i)", "k", "l"),
            _text("[k = l]", "k", "l"),
            "orthonormal",
            "Different columns are at right angles, each has length 1.",
            "UᵀU = I.",
        ),
        multiply_out("The bracket keeps one term.", "bracket"),
        use(
            _text("sum(X[i, t]*X[j, t], t)", "i", "j"),
            _text("s*C[i, j]", "i", "j"),
            "covariance",
            "The mean product of two features is their covariance, the mean square of one its variance.",
            "The data are centred.",
        ),
    ),
    symbols=_PROJECTED,
    truth=_any_columns,
    settings=_SIZES,
    boundary=_EDGE,
    form="E = Σ_{i=1}^n C_{i,i} - Σ_{i=1}^n Σ_{k=1}^m Σ_{j=1}^n U_{i,k} U_{j,k} C_{i,j}",
    source=_NOTES,
)
optimum = Derivation(
    "pca-optimum",
    "Principal components leave the least",
    subject="linear models",
    statement="No m orthonormal vectors leave less than the eigenvalues after the m-th; the leading eigenvectors leave that.",
    start=relation(
        "sum(l[i], i=m..n-1) - E = sum(l[i]*w[i], i=m..n-1) - sum(l[i]*(1 - w[i]), i=0..m-1)",
        shapes=_SHAPES,
        letters=("n", "m"),
    ),
    opening=_by(
        "in the eigenbasis",
        "The projection keeps the share w of each eigenvector's variance λ and leaves 1 − w (derived above).",
    ),
    then=(
        estimate(
            _text("sum(l[i]*w[i], i=m..n-1)"),
            _text("sum(c*w[i], i=m..n-1)"),
            "later ones",
            "Eigenvalues after the m-th are at most the m-th.",
            "λ is sorted and w ≥ 0.",
        ),
        estimate(
            _text("-sum(l[i]*(1 - w[i]), i=0..m-1)"),
            _text("-sum(c*(1 - w[i]), i=0..m-1)"),
            "leading ones",
            "The leading ones are at least that, and no share is above 1.",
            "w ≤ 1.",
        ),
        ends("Keep the two ends."),
        multiply_out("One sum for each part."),
        use(
            _text("sum(c*w[i], i=m..n-1)"),
            _text("m*c - sum(c*w[i], i=0..m-1)"),
            "shares",
            "All shares add up to m, the number of vectors: everything cancels.",
        ),
        multiply_out("m equal terms."),
        both_sides("add", expression("E"), "Take the error to the other side."),
    ),
    symbols=_PROJECTED
    | {
        "l": Symbol(("n",), "derived", r"\lambda", "the eigenvalues of the covariance, the greatest first"),
        "w": Symbol(("n",), "derived", "w", "how much of each eigenvector the projection keeps, ‖Uᵀv‖²"),
        "c": Symbol((), "derived", r"\lambda^*", "the m-th eigenvalue"),
    },
    truth=_any_columns,
    equality=_leading,
    settings=_SIZES,
    boundary=_EDGE,
    kind="claim",
    form="Σ_{i=m+1}^n λ_i ≤ E",
    source=_NOTES,
    lemmas=(reconstruction,),
)


def _split(torch: Any, X: Any, Y: Any, m: int) -> dict[str, Any]:  # noqa: N803
    """The error of a matrix of rank m, in its own column space and off it, and torch's own singular values."""
    basis = torch.linalg.svd(Y).U[:, :m]
    inside = basis @ (basis.mT @ X)
    return {
        "Y": Y,
        "R": X - inside,
        "P": inside - Y,
        "E": torch.linalg.matrix_norm(X - Y).square(),
        "v": torch.linalg.svdvals(X),
    }


def _any_rank(torch: Any, X: Any, D: Any, F: Any, m: int) -> dict[str, Any]:  # noqa: N803
    return _split(torch, X, D @ F, m)


def _truncated(torch: Any, X: Any, m: int) -> dict[str, Any]:  # noqa: N803
    """Torch's own singular value decomposition, cut off."""
    u, values, v = torch.linalg.svd(X, full_matrices=False)
    return _split(torch, X, u[:, :m] @ torch.diag(values[:m]) @ v[:m], m)


_TAIL = "sum(v[i]**2, i=m..n-1)"
eckart_young = Derivation(
    "eckart-young",
    "Eckart and Young's theorem",
    subject="linear models",
    statement="No matrix of rank m is nearer to X than what is left of its singular values after the m-th; the truncated "
    "singular value decomposition is that near.",
    start=relation("-E = -sum((R[i, t] + P[i, t])**2, i, t)", shapes=_SHAPES),
    opening=_by(
        "two parts",
        "X − Y is what projecting onto the column space of Y leaves of X, and what that projection of X differs from Y; with "
        "a minus sign, for an upper bound.",
    ),
    then=(
        multiply_out("Multiply the squares out."),
        use(
            _text("sum(R[i, t]*P[i, t], i, t)"),
            expression("0"),
            "right angles",
            "One part is perpendicular to the column space, the other lies in it.",
        ),
        estimate(_text("-sum(P[i, t]**2, i, t)"), expression("0"), "squares", "Minus squares are never above zero."),
        estimate(
            _text("-sum(R[i, t]**2, i, t)"),
            _text(f"-{_TAIL}"),
            "principal components",
            "A projection onto m dimensions leaves at least the eigenvalues of X Xᵀ after the m-th (derived above): squared "
            "singular values of X.",
        ),
        ends("Keep the two ends."),
        turned("Turn the signs round."),
    ),
    symbols=_DIMENSIONS
    | {
        "X": Symbol(("n", "s"), latex="X", meaning="any matrix"),
        "D": Symbol(("n", "m")),
        "F": Symbol(("m", "s")),
        "Y": Symbol(("n", "s"), "derived", "Y", "a matrix of rank m"),
        "R": Symbol(("n", "s"), "derived", "R", "what projecting onto the columns of Y leaves of X"),
        "P": Symbol(("n", "s"), "derived", "P", "that projection of X, less Y"),
        "E": Symbol((), "derived", r"\|X - Y\|^2", "the squared Frobenius distance"),
        "v": Symbol(("n",), "derived", r"\sigma", "the singular values of X, the greatest first"),
    },
    truth=_any_rank,
    equality=_truncated,
    settings=_SIZES,
    boundary=_EDGE,
    kind="claim",
    form="‖X - Y‖² ≥ Σ_{i=m+1}^n σ_i²",
    source=_NOTES,
    lemmas=(optimum,),
)


def _coded(torch: Any, X: Any, D: Any, A: Any) -> dict[str, Any]:  # noqa: N803
    """The loss of a linear autoencoder as torch computes it."""
    rebuilt = torch.nn.functional.linear(torch.nn.functional.linear(X.mT, A), D).mT
    loss = torch.nn.functional.mse_loss(rebuilt, X, reduction="sum") / (2 * X.shape[1])
    return {"L": loss, "E": 2 * X.shape[1] * loss, "v": torch.linalg.svdvals(X)}


def _principal(torch: Any, X: Any, D: Any) -> dict[str, Any]:  # noqa: N803
    """The encoder and decoder of the principal components, in another basis of the code."""
    u = torch.linalg.svd(X).U[:, : D.shape[1]]
    turn = torch.eye(D.shape[1], dtype=X.dtype) + torch.ones_like(D[: D.shape[1]]).triu(1)
    decoder, encoder = u @ turn, torch.linalg.inv(turn) @ u.mT
    return {"D": decoder, "A": encoder, **_coded(torch, X, decoder, encoder)}


autoencoder = Derivation(
    "linear-autoencoder-optimum",
    "A linear autoencoder can do no better than principal components",
    subject="linear models",
    statement="No encoder and decoder with m units between them lose less than the squared singular values after the m-th, "
    "over 2s; the principal components, in any basis, lose that: nothing asks for orthogonal weights.",
    start=relation("-L = -E/(2*s)", letters=("s",)),
    opening=_by("loss", "Half the mean squared error of the reconstruction DCX, a matrix of rank at most m."),
    then=(
        estimate(
            expression("-E/(2*s)", letters=("s",)),
            _text(f"-{_TAIL}/(2*s)"),
            "Eckart and Young",
            "No matrix of that rank is nearer to X (derived above).",
        ),
        ends("Keep the two ends."),
        turned("Turn the signs round."),
    ),
    symbols=_DIMENSIONS
    | {
        "D": Symbol(("n", "m"), latex="D", meaning="the decoder"),
        "A": Symbol(("m", "n"), latex="C", meaning="the encoder"),
        "E": Symbol((), "derived", r"\|X - D C X\|^2", "the squared error"),
        "v": Symbol(("n",), "derived", r"\sigma", "the singular values of X, the greatest first"),
        "L": Symbol((), "derived", "L", "the loss"),
    },
    truth=_coded,
    equality=_principal,
    settings=_SIZES,
    boundary=_EDGE,
    kind="claim",
    form="L ≥ 1/(2 s) Σ_{i=m+1}^n σ_i²",
    source=_NOTES,
    lemmas=(eckart_young,),
)
