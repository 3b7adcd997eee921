"""The moment generating function of a Gaussian, of one variable and of many."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules import put, use
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.derivations.gaussian import BELL, GAUSSIAN, SETTINGS, SHAPES, text, width
from derive.notation.index_language import expression, relation

_SOURCE = "000_46eee05028ac51b3.txt 'Background', Moment Generating Function"


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _moments(torch: Any, t: Any, mu: Any, a: Any, s: Any) -> dict[str, Any]:
    """Torch's own density, and the mean of its log-normal distribution: exp(s x) is log-normal."""
    made = torch.distributions.LogNormal(s * mu, s.abs() * width(a)).mean
    return {"p": torch.distributions.Normal(mu, width(a)).log_prob(t).exp(), "sigma": width(a), "M": made}


_MOVED = "exp(-(t[x] - mu - s*sigma**2)**2/(2*sigma**2))"
one = Derivation(
    "gaussian-moment-generating-function",
    "The moment generating function of a Gaussian",
    subject="probability",
    statement="The mean of exp(sx) under a Gaussian: exp(sμ + s²σ²/2).",
    start=relation("M = integral(p[x]*exp(s*t[x]), x)", shapes=SHAPES),
    opening=_by("moment generating function", "The mean of exp(s t)."),
    then=(
        put(
            "p",
            ("x",),
            text(BELL.format("mu", "sigma") + "/(sigma*sqrt(2*pi))", "x"),
            "density",
            "Put the density in.",
        ),
        use(
            text(f"{BELL.format('mu', 'sigma')}*exp(s*t[x])", "x"),
            text(f"exp(s*mu + s**2*sigma**2/2)*{_MOVED}", "x"),
            "complete the square",
            "In the exponent −(t − μ)²/(2σ²) + st: the bell moves by sσ², and what the square lacks is sμ + s²σ²/2.",
        ),
        use(
            text(f"integral({_MOVED}, x)/(sigma*sqrt(2*pi))"),
            expression("1"),
            "area under the bell",
            "Where the bell stands does not change its area: it cancels what the density is divided by.",
        ),
    ),
    symbols=GAUSSIAN
    | {
        "s": Symbol((), "nonzero", "s", "any number"),
        "M": Symbol((), "derived", "M(s)", "the moment generating function"),
    },
    truth=_moments,
    settings=SETTINGS,
    form="M(s) = e^{s μ + 1/2 s² σ²}",
    source=_SOURCE,
)

_MANY = {"s": "n", "mu": "n", "S": "n n"}


def _many(torch: Any, s: Any, mu: Any, S: Any) -> dict[str, Any]:  # noqa: N803
    """The scalar s·x as torch's log-normal sees it, whose width is the length of s through a factor of the covariance."""
    spread = torch.linalg.vector_norm(torch.linalg.cholesky(S).mT @ s)
    return {"m": torch.dot(s, mu), "v": spread**2, "M": torch.distributions.LogNormal(torch.dot(s, mu), spread).mean}


many = Derivation(
    "multivariate-gaussian-moment-generating-function",
    "The moment generating function of a Gaussian vector",
    subject="probability",
    statement="The mean of exp(s·x) under a Gaussian with mean μ and covariance Σ: exp(s·μ + ½ sᵀΣs).",
    start=relation("M = exp(m + v/2)"),
    opening=_by(
        "one variable", "s·x is a Gaussian number: at s = 1 its moment generating function has its mean and variance."
    ),
    then=(
        put("m", (), expression("sum(s[i]*mu[i], i)", shapes=_MANY), "mean", "The mean of s·x is s·μ."),
        put(
            "v",
            (),
            expression("sum(s[i]*S[i, j]*s[j], i, j)", shapes=_MANY),
            "variance",
            "The variance of a sum is the sum of all covariances (derived above).",
        ),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of variables"),
        "s": Symbol(("n",), "unit_sym", "s", "any vector"),
        "mu": Symbol(("n",), latex=r"\mu", meaning="the mean"),
        "S": Symbol(("n", "n"), "spd", r"\Sigma", "the covariance"),
        "m": Symbol((), "derived", "m", "the mean of s·x"),
        "v": Symbol((), "derived", "v", "the variance of s·x"),
        "M": Symbol((), "derived", "M(s)", "the moment generating function"),
    },
    truth=_many,
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
    form="M(s) = e^{Σ_{i=1}^n s_i μ_i + 1/2 Σ_{i=1}^n Σ_{j=1}^n s_i Σ_{i,j} s_j}",
    source=_SOURCE,
    lemmas=(one,),
)
