"""Spectra: the Laplacian of a graph between 0 and 2, filters that commute with shifts, and the power method."""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine
from derive.calculus.inequalities import ends
from derive.calculus.rules import put, unroll, use
from derive.calculus.rules_common import merge_like
from derive.calculus.rules_terms import estimate, multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol, axes
from derive.notation.index_language import expression, relation

_NOTES = "000_46eee05028ac51b3.txt"
_SHAPES = {"A": "n n", "Q": "n n", "z": "n", "x": "n", "d": "n"}
_SIZES = ({"n": 3}, {"n": 4}, {"n": 6})


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _sums(A: Any, z: Any) -> dict[str, Any]:  # noqa: N803
    return {
        "E": (A * (z[:, None] - z[None, :]) ** 2).sum() / 2,
        "F": (A * (z[:, None] + z[None, :]) ** 2).sum() / 2,
    }


def _graph(torch: Any, W: Any, x: Any) -> dict[str, Any]:  # noqa: N803
    """A graph with weights on its edges, and x seen through the normalised matrices by torch's own products."""
    A = (W + W.T) / 2  # noqa: N806
    d = A.sum(dim=1)
    root = torch.diag(torch.rsqrt(d))
    q = torch.dot(x, torch.linalg.multi_dot([root, A, root, x]))
    return {
        "A": A,
        "d": d,
        "z": x / d.sqrt(),
        "q": q,
        "X": torch.dot(x, x),
        **_sums(A, x / d.sqrt()),
        "u": torch.dot(x, x) - q,
    }


def _pair(torch: Any, W: Any) -> dict[str, Any]:  # noqa: N803
    """A graph whose nodes fall into two halves without edges inside, and the signs of the halves: the eigenvalue 2."""
    side = torch.arange(len(W)) % 2
    W = (W + W.T) / 2 * (side[:, None] != side[None, :])  # noqa: N806
    x = (1 - 2 * side) * W.sum(dim=1).sqrt()
    return {"W": W, "x": x, **_graph(torch, W, x)}


def _level(torch: Any, W: Any) -> dict[str, Any]:  # noqa: N803
    """The roots of the degrees: the eigenvalue 0."""
    x = ((W + W.T) / 2).sum(dim=1).sqrt()
    return {"x": x, **_graph(torch, W, x)}


_GRAPH = {
    "n": Symbol(domain="dimension", latex="n", meaning="the number of nodes"),
    "W": Symbol(("n", "n"), "positive"),
    "A": Symbol(("n", "n"), "symmetric", "a", "the weights of the edges, the same in both directions"),
    "d": Symbol(("n",), "derived", "d", "the degrees, the sums of the rows"),
    "x": Symbol(("n",), "real", "x", "any vector"),
    "z": Symbol(("n",), "derived", "z", "x over the roots of the degrees"),
    "X": Symbol((), "derived", r"\|x\|^2", "the square of its length"),
    "q": Symbol((), "derived", "q", "x through the normalised adjacency matrix, xᵀD^{-1/2}AD^{-1/2}x"),
    "E": Symbol((), "derived", "E", "the energy of the differences along edges"),
    "F": Symbol((), "derived", "F", "the energy of the sums along edges"),
    "u": Symbol((), "derived", r"\ell", "x through the normalised Laplacian, the identity less that matrix"),
}


_DEGREE = (
    use(
        expression("sum(A[i, j]*z[i]**2, i, j)", shapes=_SHAPES),
        expression("sum(d[i]*z[i]**2, i)", shapes=_SHAPES),
        "degrees",
        "The sums of the rows are the degrees.",
    ),
    use(
        expression("sum(A[i, j]*z[j]**2, i, j)", shapes=_SHAPES),
        expression("sum(d[i]*z[i]**2, i)", shapes=_SHAPES),
        "degrees",
        "So are the sums of the columns: edges have no direction.",
    ),
    merge_like("Twice the same."),
    use(
        expression("sum(d[i]*z[i]**2, i)", shapes=_SHAPES),
        expression("X"),
        "length",
        "The degrees were divided by: that is the square of the length of x.",
    ),
    use(
        expression("sum(A[i, j]*z[i]*z[j], i, j)", shapes=_SHAPES),
        expression("q"),
        "normalised matrix",
        "Each edge over the roots of both degrees.",
    ),
)
_SPECTRUM: dict[str, Any] = {
    "subject": "graphs",
    "symbols": _GRAPH,
    "truth": _graph,
    "settings": _SIZES,
    "source": f"{_NOTES} 'Learning on Graphs'",
    "assumptions": ("Edges have no direction, and every node has one.",),
}
_DIFFERENCES = "sum(A[i, j]*(z[i] - z[j])**2, i, j)/2"
_SUMS = "sum(A[i, j]*(z[i] + z[j])**2, i, j)/2"
energy = Derivation(
    "laplacian-energy",
    "The normalised Laplacian adds up differences along edges",
    statement="Half the sum of the squared differences along edges is the squared length less what the normalised adjacency "
    "matrix gives: x through the normalised Laplacian.",
    start=relation(f"E = {_DIFFERENCES}", shapes=_SHAPES),
    opening=_by(
        "differences", "Half the sum, over both directions of all edges, of the squared differences of z = x/√d."
    ),
    then=(multiply_out("Multiply the squares out."), *_DEGREE),
    form="E = ‖x‖² - q",
    **_SPECTRUM,
)
other_energy = Derivation(
    "signless-laplacian-energy",
    "The signless Laplacian adds up sums along edges",
    statement="Half the sum of squared sums along edges is the squared length plus what the normalised adjacency matrix gives.",
    start=relation(f"F = {_SUMS}", shapes=_SHAPES),
    opening=_by("sums", "Half the sum, over both directions of all edges, of the squared sums of z = x/√d."),
    then=(multiply_out("Multiply the squares out."), *_DEGREE),
    form="F = ‖x‖² + q",
    **_SPECTRUM,
)
_NEVER = "It adds up squares with weights that are not negative."
below = Derivation(
    "laplacian-lower-bound",
    "No eigenvalue of the normalised Laplacian is negative",
    statement="The normalised adjacency matrix gives no vector more than its squared length: its eigenvalues are at most 1, "
    "the Laplacian's at least 0, and the roots of the degrees belong to that.",
    start=relation(f"q = X - {_DIFFERENCES}", shapes=_SHAPES),
    opening=_by("differences", "The squared length less the energy of the differences (derived above)."),
    then=(
        estimate(expression(f"-{_DIFFERENCES}", shapes=_SHAPES), expression("0"), "squares", _NEVER, "a ≥ 0."),
        ends("Keep the two ends."),
    ),
    equality=_level,
    kind="claim",
    lemmas=(energy,),
    form="q ≤ ‖x‖²",
    **_SPECTRUM,
)
above = Derivation(
    "laplacian-upper-bound",
    "No eigenvalue of the normalised Laplacian is above 2",
    statement="The normalised adjacency matrix takes from no vector more than its squared length: the Laplacian's eigenvalues "
    "are at most 2, and 2 is one where the nodes fall into two halves without edges inside.",
    start=relation(f"u = 2*X - {_SUMS}", shapes=_SHAPES),
    opening=_by(
        "sums",
        "Identity less matrix: twice the squared length less the energy of the sums (derived above).",
    ),
    then=(
        estimate(expression(f"-{_SUMS}", shapes=_SHAPES), expression("0"), "squares", _NEVER, "a ≥ 0."),
        ends("Keep the two ends."),
    ),
    equality=_pair,
    kind="claim",
    lemmas=(other_energy,),
    form="ℓ ≤ 2 ‖x‖²",
    **_SPECTRUM,
)


def _filter(torch: Any, A: Any, c: Any, x: Any) -> dict[str, Any]:  # noqa: N803
    """Torch's own powers of the matrix, and the filter that they add up to."""
    powers = torch.stack([torch.linalg.matrix_power(A, k) for k in range(len(c) + 1)])
    h = torch.einsum("k,kij->ij", c, powers[:-1])
    return {"P": powers, "H": h, "y": torch.mv(h, torch.mv(A, x))}


_FILTER = {"H": "n n", "A": "n n", "P": "K+1 n n", "c": "K", "x": "n", "y": "n"}
shifts = Derivation(
    "graph-filter-commutes",
    "A polynomial of a graph's matrix commutes with it",
    subject="graphs",
    statement="Filtering a shifted signal is shifting the filtered one, for every polynomial filter Σ_k c_k Aᵏ.",
    start=relation(
        "y[i] = sum(c[k]*P[k, i, j]*A[j, l]*x[l], k=0..K-1, j=0..n-1, l=0..n-1)", shapes=_FILTER, frame=axes(i="n")
    ),
    opening=_by("filter", "Shift the signal by the matrix, then filter it: each power times its coefficient."),
    then=(
        use(
            expression("sum(P[k, i, j]*A[j, l], j)", shapes=_FILTER, letters=("k", "i", "l")),
            expression("P[k+1, i, l]", shapes=_FILTER, letters=("k", "i", "l")),
            "power",
            "A power times the matrix is the next power.",
        ),
        put(
            "P",
            ("k", "i", "l"),
            expression("sum(A[i, j]*P[k-1, j, l], j)", shapes=_FILTER, letters=("k", "i", "l")),
            "power",
            "So is the matrix times a power: each power stands behind the matrix now.",
        ),
        use(
            expression("sum(P[k, j, l]*c[k], k=0..K-1)", shapes=_FILTER, letters=("j", "l")),
            expression("H[j, l]", shapes=_FILTER, letters=("j", "l")),
            "filter",
            "Filter the signal first, then shift it.",
        ),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of nodes"),
        "K": Symbol(domain="dimension", latex="K", meaning="the number of coefficients"),
        "A": Symbol(("n", "n"), latex="A", meaning="the graph's matrix, which shifts a signal"),
        "c": Symbol(("K",), latex=r"\theta", meaning="the coefficients"),
        "x": Symbol(("n",), latex="x", meaning="the signal"),
        "P": Symbol(("K+1", "n", "n"), "derived", "P", "the powers of A"),
        "H": Symbol(("n", "n"), "derived", "H", "the filter"),
        "y": Symbol(("n",), "derived", "y", "the shifted signal, filtered"),
    },
    truth=_filter,
    settings=({"n": 3, "K": 2}, {"n": 2, "K": 4}, {"n": 4, "K": 3}),
    form="y_i = Σ_{l=1}^n Σ_{j=1}^n x_l A_{i,j} H_{j,l}",
    source=f"{_NOTES} 'Linear Shift Invariant Filter'",
)


def _iterates(torch: Any, S: Any, x: Any, T: int) -> dict[str, Any]:  # noqa: N803
    """Powers of a positive definite matrix, normalised at every step, in the basis of torch's own eigenvectors."""
    values, basis = torch.linalg.eigh(S)
    rows = [x]
    for _ in range(T):
        rows.append(torch.nn.functional.normalize(torch.mv(S, rows[-1]), dim=0))
    c = torch.stack(rows) @ basis
    return {"e": values, "c": c, "m": values[-1], "v": c / c[:, -1:]}


_POWER = {"v": "T+1 n", "e": "n"}
power_method = Derivation(
    "power-method",
    "The power method finds the greatest eigenvalue's direction",
    subject="robustness",
    statement="After T steps the part along another eigenvector, over that along the leading one, is down by the ratio of the "
    "eigenvalues to the power T.",
    start=relation("v[t, i] = e[i]/m*v[t-1, i]", shapes=_POWER, frame=axes(t="1..T", i="n")),
    opening=_by(
        "one step", "The matrix multiplies each part by its eigenvalue; normalising divides all of them alike."
    ),
    then=(unroll("v", Affine.of("T"), "t", "The same at every step."),),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the size of the matrix"),
        "T": Symbol(domain="dimension", latex="T", meaning="the number of steps"),
        "S": Symbol(("n", "n"), "spd"),
        "x": Symbol(("n",)),
        "e": Symbol(("n",), "derived", r"\lambda", "the eigenvalues"),
        "m": Symbol((), "derived", r"\lambda_{\max}", "the greatest of them"),
        "v": Symbol(
            ("0..T", "n"), "derived", "v", "the part along each eigenvector over the part along the leading one"
        ),
    },
    truth=_iterates,
    settings=({"n": 2, "T": 3}, {"n": 3, "T": 5}, {"n": 5, "T": 4}),
    form="v_{T,i} = (λ_i/λ_{max})^T v_{0,i}",
    source=f"{_NOTES} 'Adversarial training and operator norm regularization', power method",
    assumptions=("The first vector has a part along the leading eigenvector.",),
)
