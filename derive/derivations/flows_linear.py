"""Change of variables for linear flows, triangular determinants, and the posterior of linear factor analysis."""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.rules import put, start_value, unroll, use
from derive.calculus.rules_common import on_the_right
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Printed, Symbol
from derive.derivations.latent import marginal
from derive.notation.index_language import expression, relation

_SHEET = "000_46eee05028ac51b3.txt"
_FLOW = {"A": "n n", "z": "n", "x": "n", "b": "n", "V": "n n"}


def _pushed(torch: Any, A: Any, z: Any, b: Any) -> dict[str, Any]:  # noqa: N803
    """A sample of the base pushed forward, and torch's own density of the Gaussian that the flow gives."""
    x = torch.nn.functional.linear(z, A, b)
    return {
        "x": x,
        "V": torch.linalg.inv(A),
        "l": torch.distributions.MultivariateNormal(b, covariance_matrix=A @ A.T).log_prob(x),
        "t": torch.linalg.slogdet(A).logabsdet,
    }


linear_flow = Derivation(
    "linear-flow-density",
    "The density of a linear flow",
    subject="generative",
    statement="The log-density of x = Az + b for a standard normal z: that of z at A⁻¹(x − b), less log|det A|.",
    start=relation("l = -sum(z[i]**2, i)/2 - n*log(2*pi)/2 - t", shapes=_FLOW, letters=("n",)),
    opening=Rule(
        "change of variables",
        "The density of x is that of its source z over the change of volume, |det A|: its logarithm.",
        lambda r: r,
    ),
    then=(
        put(
            "z",
            ("i",),
            expression("sum(V[i, j]*(x[j] - b[j]), j)", shapes=_FLOW, letters=("i",)),
            "inverse",
            "The source of x is A⁻¹(x − b).",
        ),
    ),
    symbols={
        "n": Symbol((), "dimension", "n", "the number of variables"),
        "A": Symbol(("n", "n"), latex="A", meaning="an invertible matrix"),
        "z": Symbol(("n",), latex="z", meaning="the source, a standard normal variable"),
        "b": Symbol(("n",), latex="b", meaning="the shift"),
        "V": Symbol(("n", "n"), "derived", "A^{-1}", "the inverse of A"),
        "x": Symbol(("n",), "derived", "x", "the output of the flow"),
        "t": Symbol((), "derived", r"\log|\det A|", "the logarithm of the change of volume"),
        "l": Symbol((), "derived", r"\log p(x)", "the log-density of the output"),
    },
    truth=_pushed,
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
    form="log p(x) = -1/2 Σ_{i=1}^n (Σ_{j=1}^n A⁻¹_{i,j} (x_j - b_j))² - 1/2 n log(2 π) - log|det A|",
    assumptions=("A is invertible.",),
    source=f"{_SHEET} 'Density Estimation', Linear flow",
    printed=(
        Printed(
            relation("l = -t"),
            "The logarithm of the source's density is missing: the change of volume alone is no density.",
            r"\log p(\mathbf{x}|\mathbf{z}) = -\sum_l \log|\det(\partial F_l)|",
        ),
    ),
)


_ORDER = (Bound(Letter("t"), Affine.of(1), Affine.of("n") + 1),)


def _minors(torch: Any, F: Any) -> dict[str, Any]:  # noqa: N803
    """Torch's own determinants of the upper left corners of a lower triangular matrix."""
    lower = torch.tril(F)
    corners = [torch.linalg.det(lower[:t, :t]) for t in range(1, len(F) + 1)]
    return {"A": lower, "D": torch.stack([torch.ones_like(corners[0]), *corners])}


triangular = Derivation(
    "triangular-flow-determinant",
    "The determinant of a triangular flow",
    subject="generative",
    statement="The determinant of a triangular matrix is the product of its diagonal: n multiplications, not n³.",
    start=relation("D[t] = A[t-1, t-1]*D[t-1]", shapes={"D": "n+1", "A": "n n"}, frame=_ORDER),
    opening=Rule(
        "expand the last column",
        "In the upper left corner of size t the last column holds its diagonal entry only: expanding along it leaves the "
        "corner of size t − 1.",
        lambda r: r,
    ),
    then=(
        unroll("D", Affine.of("n"), "t", "The same for every size."),
        start_value("D", 0, expression("1"), "The empty determinant is 1."),
    ),
    symbols={
        "n": Symbol((), "dimension", "n", "the number of variables"),
        "F": Symbol(("n", "n"), latex="F", meaning="any matrix, of which the lower triangle is used"),
        "A": Symbol(("n", "n"), "derived", "A", "a lower triangular matrix"),
        "D": Symbol(("0..n",), "derived", "D", "the determinants of its upper left corners"),
    },
    truth=_minors,
    settings=({"n": 3}, {"n": 4}, {"n": 5}),
    form="D_n = Π_{t=1}^n A_{t,t}",
    source=f"{_SHEET} 'Density Estimation', Linear flow",
)

_POST = {"W": "n m", "C": "n n", "a": "n", "s": "n", "z": "m", "x": "n", "P": "n n", "mu": "n"}
_FACTOR = (Bound(Letter("k"), Affine.of(0), Affine.of("m")),)
_SEEN = (Bound(Letter("i"), Affine.of(0), Affine.of("n")),)


def _conditioned(torch: Any, W: Any, s: Any, mu: Any, x: Any) -> dict[str, Any]:  # noqa: N803
    """The factors of the largest density given the data, by a Newton step on torch's own derivatives."""

    def energy(z: Any) -> Any:
        normal = torch.distributions.Normal
        seen = normal(mu + W @ z, s.sqrt()).log_prob(x).sum()
        return -seen - normal(torch.zeros_like(z), torch.ones_like(z)).log_prob(z).sum()

    start = torch.zeros_like(W[0])
    z = start - torch.linalg.solve(torch.func.hessian(energy)(start), torch.func.grad(energy)(start))
    c = torch.addmm(torch.diag(s), W, W.T)
    return {"z": z, "C": c, "a": (x - torch.addmv(mu, W, z)) / s, "P": torch.linalg.inv(c)}


_POSTERIOR: dict[str, Any] = {
    "subject": "generative",
    "symbols": {
        **{n: s for n, s in marginal.symbols.items() if n in ("n", "m", "W", "s", "mu")},
        "x": Symbol(("n",), latex="x", meaning="the data"),
        "C": Symbol(("n", "n"), "derived", "C", "the covariance of the data, WWᵀ + Σ"),
        "P": Symbol(("n", "n"), "symmetric", "C^{-1}", "the inverse of the covariance C of the data"),
        "a": Symbol(("n",), "derived", "a", "what the factors leave over the variances, (x − μ − Wz)/σ²"),
        "z": Symbol(("m",), "derived", "z", "the posterior mean of the factors"),
    },
    "truth": _conditioned,
    "settings": ({"n": 3, "m": 2}, {"n": 2, "m": 3}, {"n": 5, "m": 2}),
    "source": f"{_SHEET} 'Linear Factor Analysis'",
}
residual = Derivation(
    "factor-analysis-residual",
    "What the factors leave of the data",
    statement="At the posterior mean the residual over the variances solves (WWᵀ + Σ) a = x − μ.",
    start=relation(
        "sum(C[i, j]*a[j], j) = sum((sum(W[i, k]*W[j, k], k) + s[i]*[i = j])*a[j], j)", shapes=_POST, frame=_SEEN
    ),
    opening=Rule("covariance", "The covariance of the data (derived above) times a.", lambda r: r),
    then=(
        on_the_right(multiply_out("Multiply out.")),
        use(
            expression("sum(W[j, k]*a[j], j)", shapes=_POST, letters=("k",)),
            expression("z[k]", shapes=_POST),
            "stationary",
            "Where ½‖z‖² + ½ Σ (x − μ − Wz)²/σ² is least, z is Wᵀa.",
        ),
        use(
            expression("s[i]*a[i]", shapes=_POST),
            expression("x[i] - mu[i] - sum(W[i, k]*z[k], k)", shapes=_POST, letters=("i",)),
            "residual",
            "The variances times a is what the factors leave.",
        ),
        on_the_right(multiply_out("What the factors explain cancels.")),
    ),
    form="Σ_{j=1}^n C_{i,j} a_j = x_i - μ_i",
    lemmas=(marginal,),
    **_POSTERIOR,
)
posterior = Derivation(
    "factor-analysis-posterior",
    "The posterior mean of linear factor analysis",
    statement="The factors' posterior mean given the data: Wᵀ(WWᵀ + Σ)⁻¹(x − μ).",
    start=relation("z[k] = sum(W[i, k]*a[i], i)", shapes=_POST, frame=_FACTOR),
    opening=Rule(
        "stationary",
        "A Gaussian has its mean where its density is largest: the slope z − Wᵀa of ½‖z‖² + ½ Σ (x − μ − Wz)²/σ² is zero.",
        lambda r: r,
    ),
    then=(
        put(
            "a",
            ("i",),
            expression("sum(P[i, j]*(x[j] - mu[j]), j)", shapes=_POST, letters=("i",)),
            "residual",
            "It solves (WWᵀ + Σ) a = x − μ (derived above).",
        ),
    ),
    form="z_k = Σ_{i=1}^n Σ_{j=1}^n W_{i,k} C⁻¹_{i,j} (x_j - μ_j)",
    lemmas=(residual,),
    **_POSTERIOR,
)
