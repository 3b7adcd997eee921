"""Probabilistic PCA, factor analysis with one variance of noise, and how sure a posterior of the factors is."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules import both_sides, put, use
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol, axes
from derive.derivations.latent import _ensemble as ensemble
from derive.derivations.latent import marginal
from derive.notation.index_language import expression, relation

_SOURCE = "000_46eee05028ac51b3.txt 'Probabilistic PCA'"
_SHAPES = {"W": "n m", "z": "m", "x": "n", "mu": "n", "K": "m m", "C": "n n", "P": "n n", "B": "m m", "r": "m"}
_SIZES = ({"n": 3, "m": 2}, {"n": 2, "m": 3}, {"n": 5, "m": 2})


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _text(formula: str, *letters: str) -> Any:
    return expression(formula, shapes=_SHAPES, letters=letters)


def _normal(torch: Any, W: Any, v: Any) -> Any:  # noqa: N803
    """Torch's own Gaussian with the covariance factor W and one variance."""
    n = len(W)
    zero, one = torch.zeros(n, dtype=W.dtype), torch.ones(n, dtype=W.dtype)
    return torch.distributions.LowRankMultivariateNormal(zero, W, v * one)


def _covariance(torch: Any, W: Any, v: Any) -> dict[str, Any]:  # noqa: N803
    return {"C": _normal(torch, W, v).covariance_matrix, "s": v.expand(len(W))}


_MODEL = {
    "n": Symbol((), "dimension", "n", "the number of observed variables"),
    "m": Symbol((), "dimension", "m", "the number of factors"),
    "W": Symbol(("n", "m"), latex="W", meaning="the loadings"),
    "v": Symbol((), "positive", r"\sigma^2", "the variance of the noise"),
}
ppca_marginal = Derivation(
    "ppca-marginal",
    "The covariance of probabilistic PCA",
    subject="generative",
    statement="Factor analysis with one variance of noise: the data's covariance is WWᵀ + σ²I.",
    start=lambda: marginal.result,
    opening=_by("factor analysis", "The covariance of linear factor analysis (derived above)."),
    then=(put("s", ("i",), expression("v"), "one variance", "All variables have the same noise."),),
    symbols=_MODEL
    | {
        "s": Symbol(("n",), "derived", "s", "the variances of the noise"),
        "C": Symbol(("n", "n"), "derived", "C", "the covariance of the data"),
    },
    truth=_covariance,
    settings=_SIZES,
    form="C_{i,j} = Σ_{k=1}^m W_{i,k} W_{j,k} + σ² [i = j]",
    source=_SOURCE,
    lemmas=(marginal,),
)


def _posterior(torch: Any, W: Any, v: Any, mu: Any, x: Any) -> dict[str, Any]:  # noqa: N803
    """The factors of largest joint density, by a Newton step on torch's own derivatives."""
    normal = torch.distributions.Normal

    def energy(z: Any) -> Any:
        return -normal(mu + W @ z, v.sqrt()).log_prob(x).sum() - normal(0.0, 1.0).log_prob(z).sum()

    start = torch.zeros_like(W[0])
    bend = torch.func.hessian(energy)(start)
    z = start - torch.linalg.solve(bend, torch.func.grad(energy)(start))
    return {"z": z, "K": torch.linalg.inv(v * bend), "r": W.T @ (x - mu)}


_FRAME = axes(k="m")
ppca_system = Derivation(
    "ppca-normal-equations",
    "Which equations give the posterior mean of probabilistic PCA",
    subject="generative",
    statement="The posterior mean of the factors solves (WᵀW + σ²I) z = Wᵀ(x − μ), a system of the number of factors.",
    start=relation("v*z[k] = sum(W[i, k]*(x[i] - mu[i] - sum(W[i, l]*z[l], l)), i)", shapes=_SHAPES, frame=_FRAME),
    opening=_by("stationary", "Where ½‖z‖² + ‖x − μ − Wz‖²/(2σ²) is least its slope is zero; multiply it by σ²."),
    then=(
        multiply_out("Multiply out."),
        both_sides("add", _text("sum(W[i, k]*W[i, l]*z[l], i, l)", "k"), "Take what holds z to the left."),
        multiply_out("What the factors explain cancels on the right."),
    ),
    symbols=_MODEL
    | {
        "mu": Symbol(("n",), latex=r"\mu", meaning="the mean"),
        "x": Symbol(("n",), latex="x", meaning="the data"),
        "z": Symbol(("m",), "derived", "z", "the posterior mean of the factors"),
    },
    truth=_posterior,
    settings=_SIZES,
    form="σ² z_k + Σ_{i=1}^n Σ_{l=1}^m W_{i,k} W_{i,l} z_l = Σ_{i=1}^n W_{i,k} x_i - Σ_{i=1}^n W_{i,k} μ_i",
    source=_SOURCE,
)
ppca_posterior = Derivation(
    "ppca-posterior",
    "The posterior mean of probabilistic PCA",
    subject="generative",
    statement="The posterior mean of the factors, (WᵀW + σ²I)⁻¹ Wᵀ(x − μ): the inverse is of the number of factors only.",
    start=relation("z[k] = sum(K[k, l]*r[l], l)", shapes=_SHAPES, frame=_FRAME),
    opening=_by("solve", "The inverse of WᵀW + σ²I times the right side of the equations (derived above)."),
    then=(
        put("r", ("l",), _text("sum(W[i, l]*(x[i] - mu[i]), i)", "l"), "right side", "The right side is Wᵀ(x − μ)."),
    ),
    symbols={
        **ppca_system.symbols,
        "K": Symbol(("m", "m"), "symmetric", "K", "the inverse of the small matrix WᵀW + σ²I"),
        "r": Symbol(("m",), "derived", "r", "the right side of the equations"),
    },
    truth=_posterior,
    settings=_SIZES,
    form="z_k = Σ_{l=1}^m Σ_{i=1}^n K_{k,l} W_{i,l} (x_i - μ_i)",
    source=_SOURCE,
    lemmas=(ppca_system,),
)

_JOINT = _SHAPES | {"z": "S m", "x": "S n", "G": "m n"}
_PAIR = axes(k="m", l="m")


def _errors(torch: Any, W: Any, s: Any) -> dict[str, Any]:  # noqa: N803
    """All corners of a cube as factors and noise; the posterior covariance as the inverse of the log-density's curvature."""
    found = ensemble(torch, W, s, torch.zeros_like(s))
    inverse = torch.linalg.inv(found["C"])
    bend = torch.eye(W.shape[1], dtype=W.dtype) + torch.linalg.multi_dot([W.T, torch.diag(1 / s), W])
    return {**found, "P": inverse, "G": W.T @ inverse, "B": torch.linalg.inv(bend)}


def _joint(formula: str, *letters: str) -> Any:
    return expression(formula, shapes=_JOINT, frame=_PAIR, letters=("S", *letters))


posterior_covariance = Derivation(
    "factor-analysis-posterior-covariance",
    "How sure the posterior of the factors is",
    subject="generative",
    statement="The posterior covariance of the factors, I − Wᵀ(WWᵀ + Σ)⁻¹W: it does not hang on the data.",
    start=relation(
        "B[k, l] = sum((z[t, k] - sum(G[k, i]*x[t, i], i))*z[t, l], t)/S",
        shapes=_JOINT,
        frame=_PAIR,
        letters=("S",),
    ),
    opening=_by(
        "covariance",
        "What is left of the factors beside the posterior mean Gx is uncorrelated with the data, so with Gx too.",
    ),
    then=(
        multiply_out("Multiply out."),
        use(
            _joint("sum(z[t, k]*z[t, l], t)", "k", "l"),
            _joint("S*[k = l]", "k", "l"),
            "factors",
            "The factors are uncorrelated and have variance 1.",
        ),
        use(
            _joint("sum(z[t, k]*x[t, i], t)", "k", "i"),
            _joint("S*W[i, k]", "k", "i"),
            "factors and data",
            "x holds the factors through W.",
        ),
        put("G", ("k", "i"), _joint("sum(W[j, k]*P[j, i], j)", "k", "i"), "posterior mean", "Put G in."),
    ),
    symbols={
        "n": Symbol((), "dimension", "n", "the number of observed variables"),
        "m": Symbol((), "dimension", "m", "the number of factors"),
        "S": Symbol((), "dimension", "S", "the number of equally likely values of factors and noise"),
        "W": Symbol(("n", "m"), latex="W", meaning="the loadings"),
        "s": Symbol(("n",), "positive"),
        "z": Symbol(("S", "m"), "derived", "z", "the factors"),
        "x": Symbol(("S", "n"), "derived", "x", "the data, their mean taken off"),
        "P": Symbol(("n", "n"), "symmetric", "C^{-1}", "the inverse of the data's covariance"),
        "G": Symbol(("m", "n"), "derived", "G", "what the data are multiplied by for the posterior mean"),
        "B": Symbol(("m", "m"), "derived", "B", "the posterior covariance"),
    },
    truth=_errors,
    settings=({"n": 3, "m": 2, "S": 32}, {"n": 2, "m": 3, "S": 32}, {"n": 4, "m": 2, "S": 64}),
    form="B_{k,l} = [k = l] - Σ_{i=1}^n Σ_{j=1}^n W_{j,k} C⁻¹_{j,i} W_{i,l}",
    source="000_46eee05028ac51b3.txt 'Linear Factor Analysis'",
    lemmas=(marginal,),
)
