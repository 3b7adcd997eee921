"""Latent variables: the evidence bound, and the marginal and posterior of linear factor analysis."""

from __future__ import annotations

from itertools import product
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.rules import use
from derive.calculus.rules_names import assume
from derive.calculus.rules_sums import gather
from derive.calculus.rules_terms import estimate, multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

_SHEET = "000_46eee05028ac51b3.txt"
_LATENT = {"q": "K", "r": "K", "j": "K"}


def _evidence(torch: Any, q: Any, j: Any) -> dict[str, Any]:
    """Evidence, posterior and divergence by torch's own distributions over all values of the latent variable."""
    post = torch.distributions.Categorical(probs=j)
    here = torch.distributions.Categorical(probs=q)
    bound = torch.dot(q, torch.log(j)) + here.entropy()
    return {
        "B": bound,
        "P": j.sum(),
        "r": post.probs,
        "D": torch.nn.functional.kl_div(post.logits, here.probs, reduction="sum"),
    }


def _at_posterior(torch: Any, q: Any, j: Any) -> dict[str, Any]:
    """The case where q is the posterior."""
    return {"q": j / j.sum(), **_evidence(torch, j / j.sum(), j)}


_MODEL = {
    "K": Symbol((), "dimension", "K", "the number of values of the latent variable"),
    "j": Symbol(("K",), "positive", "p", "the model's joint density of the data and each latent value"),
    "q": Symbol(("K",), "prob", "q", "the variational distribution"),
    "r": Symbol(("K",), "derived", "r", "the posterior, the joint over the evidence"),
    "P": Symbol((), "derived", "p(x)", "the evidence: the density of the data"),
    "B": Symbol((), "derived", r"\mathrm{ELBO}", "the evidence bound, E log p(x, z) plus the entropy of q"),
    "D": Symbol((), "derived", r"\mathrm{KL}", "the divergence of q from the posterior"),
}
_SIZES = ({"K": 2}, {"K": 3}, {"K": 5})
elbo = Derivation(
    "elbo-gap",
    "What the evidence bound leaves out",
    subject="generative",
    statement="The evidence bound is the log-evidence less the divergence of q from the posterior.",
    start=relation("B = sum(q[k]*(log(j[k]) - log(q[k])), k)", shapes=_LATENT),
    opening=Rule("bound", "The mean of the log-joint under q, and the entropy of q.", lambda r: r),
    then=(
        use(
            expression("log(j[k])", shapes=_LATENT),
            expression("log(r[k]) + log(P)", shapes=_LATENT),
            "Bayes",
            "The joint is the posterior times the evidence.",
        ),
        multiply_out("Multiply out: the evidence is the same in every term."),
        assume(expression("sum(q[k], k)", shapes=_LATENT), expression("1"), "Probabilities add up to 1.", "Σ q = 1."),
        gather("What is left weighs by q."),
        use(
            expression("sum(q[k]*(log(r[k]) - log(q[k])), k)", shapes=_LATENT),
            expression("-D"),
            "divergence",
            "The mean of log q − log r under q is the divergence of q from the posterior.",
        ),
    ),
    symbols=_MODEL,
    truth=_evidence,
    settings=_SIZES,
    form="ELBO = log p(x) - KL",
    source=f"{_SHEET} 'Variational Autoencoders'",
)
evidence_bound = Derivation(
    "elbo-bound",
    "The evidence bound is a bound",
    subject="generative",
    statement="The evidence bound never exceeds the log-evidence, and reaches it where q is the posterior.",
    start=relation("B - log(P) = sum(q[k]*log(r[k]/q[k]), k)", shapes=_LATENT),
    opening=Rule("gap", "The gap is minus the divergence of q from the posterior (derived above).", lambda r: r),
    then=(
        estimate(
            expression("sum(q[k]*log(r[k]/q[k]), k)", shapes=_LATENT),
            expression("sum(q[k]*(r[k]/q[k] - 1), k)", shapes=_LATENT),
            "tangent of the logarithm",
            "log x is at most x − 1.",
        ),
        multiply_out("q cancels in the first sum."),
        assume(expression("sum(r[k], k)", shapes=_LATENT), expression("1"), "The posterior adds up to 1.", "Σ r = 1."),
        assume(expression("sum(q[k], k)", shapes=_LATENT), expression("1"), "So does q.", "Σ q = 1."),
    ),
    symbols=_MODEL,
    truth=_evidence,
    equality=_at_posterior,
    settings=_SIZES,
    kind="claim",
    form="ELBO - log p(x) = Σ_{k=1}^K q_k log(r_k/q_k) ≤ 0",
    source=f"{_SHEET} 'Variational Autoencoders'",
    lemmas=(elbo,),
)

_FACTORS = {"W": "n m", "z": "S m", "h": "S n", "x": "S n", "C": "n n", "s": "n", "mu": "n", "u": "n"}
_PAIR = (Bound(Letter("i"), Affine.of(0), Affine.of("n")), Bound(Letter("j"), Affine.of(0), Affine.of("n")))


def _ensemble(torch: Any, W: Any, s: Any, mu: Any) -> dict[str, Any]:  # noqa: N803
    """All corners of a cube: factors and noise with mean zero, uncorrelated, of variance one and ψ; torch's covariance."""
    n, m = W.shape
    signs = torch.tensor(list(product((-1.0, 1.0), repeat=n + m)), dtype=W.dtype)
    z, h = signs[:, :m], signs[:, m:] * s.sqrt()
    x = torch.nn.functional.linear(z, W, mu) + h
    return {"z": z, "h": h, "x": x, "C": torch.cov(x.T, correction=0)}


_ANALYSIS = {
    "n": Symbol((), "dimension", "n", "the number of observed variables"),
    "m": Symbol((), "dimension", "m", "the number of factors"),
    "W": Symbol(("n", "m"), latex="W", meaning="the loadings"),
    "s": Symbol(("n",), "positive", r"\sigma^2", "the variances of the noise"),
    "mu": Symbol(("n",), latex=r"\mu", meaning="the mean"),
}
marginal = Derivation(
    "factor-analysis-marginal",
    "The covariance of linear factor analysis",
    subject="generative",
    statement="With uncorrelated factors of variance 1 the covariance of x = μ + Wz + η is WWᵀ + Σ.",
    start=relation(
        "C[i, j] = sum((sum(W[i, k]*z[t, k], k) + h[t, i])*(sum(W[j, k]*z[t, k], k) + h[t, j]), t)/S",
        shapes=_FACTORS,
        frame=_PAIR,
        letters=("S",),
    ),
    opening=Rule("covariance", "The mean product of the deviations x − μ = Wz + η.", lambda r: r),
    then=(
        multiply_out("Multiply out."),
        use(
            expression("sum(z[t, k]*z[t, l], t)", shapes=_FACTORS),
            expression("S*[k = l]", shapes=_FACTORS, letters=("S", "k", "l")),
            "factors",
            "The factors are uncorrelated and have variance 1.",
        ),
        use(
            expression("sum(h[t, i]*z[t, k], t)", shapes=_FACTORS),
            expression("0"),
            "independence",
            "Noise and factors are uncorrelated.",
        ),
        use(
            expression("sum(h[t, i]*h[t, j], t)", shapes=_FACTORS),
            expression("S*s[i]*[i = j]", shapes=_FACTORS, letters=("S", "i", "j")),
            "noise",
            "The noise of different variables is uncorrelated.",
        ),
        multiply_out("The bracket keeps one sum.", "collapse the bracket"),
    ),
    symbols=_ANALYSIS
    | {
        "S": Symbol((), "dimension", "S", "the number of equally likely values of factors and noise"),
        "z": Symbol(("S", "m"), "derived", "z", "the factors"),
        "h": Symbol(("S", "n"), "derived", r"\eta", "the noise"),
        "x": Symbol(("S", "n"), "derived", "x", "the observed variables"),
        "C": Symbol(("n", "n"), "derived", "C", "their covariance"),
    },
    truth=_ensemble,
    settings=({"n": 3, "m": 2, "S": 32}, {"n": 2, "m": 3, "S": 32}, {"n": 4, "m": 2, "S": 64}),
    form="C_{i,j} = Σ_{k=1}^m W_{i,k} W_{j,k} + σ²_i [i = j]",
    source=f"{_SHEET} 'Linear Factor Analysis'",
)
