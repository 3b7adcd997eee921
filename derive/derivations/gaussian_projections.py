"""The two directions of the divergence between Gaussians: how either changes with a factorised Gaussian's variances."""

from __future__ import annotations

from typing import Any

from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import program

_SHAPES = {"v": "n", "S": "n n", "P": "n n", "d": "n"}
_SIZES = ({"n": 2}, {"n": 3}, {"n": 5})


def _two(torch: Any, v: Any, S: Any, d: Any) -> tuple[Any, Any]:  # noqa: N803
    """The full Gaussian and the factorised one."""
    normal = torch.distributions.MultivariateNormal
    return normal(d, S), normal(torch.zeros_like(d), torch.diag(v))


def _forward(torch: Any, v: Any, S: Any, d: Any) -> Any:  # noqa: N803
    """Torch's own divergence of the factorised Gaussian's model from the full one, without its constant."""
    full, factors = _two(torch, v, S, d)
    return torch.distributions.kl_divergence(full, factors) + (torch.logdet(S) + len(v)) / 2


def _reverse(torch: Any, v: Any, P: Any) -> Any:  # noqa: N803
    """Torch's own divergence the other way round, without its constant."""
    zero = torch.zeros_like(v)
    full, factors = _two(torch, v, torch.linalg.inv(P), zero)
    return torch.distributions.kl_divergence(factors, full) + (torch.logdet(P) + len(v)) / 2


_COUNT = Symbol(domain="dimension", latex="n", meaning="the number of variables")
_VARIANCE = Symbol(("n",), "positive", "v", "the variances of the factorised Gaussian")
_DIVERGENCE = Symbol((), "derived", "L", "the divergence, without what does not hang on them")
_SOURCE = "000_46eee05028ac51b3.txt 'Why does minimizing Jensen-Shannon divergence work?'; Bishop: PRML (2006) §10.1.2"
forward_slope = Derivation(
    "forward-kl-gaussian-gradient",
    "The forward divergence of Gaussians: the gradient in the variances",
    subject="generative",
    statement="The slope of KL(p‖q) from a full Gaussian p to a factorised q in q's variances: zero at v = Σ_jj + d².",
    of=program("L := sum(log(v[i]), i)/2 + sum((S[i, i] + d[i]**2)/v[i], i)/2", shapes=_SHAPES),
    wrt="v",
    letters=("j",),
    symbols={
        "n": _COUNT,
        "v": _VARIANCE,
        "S": Symbol(("n", "n"), "spd", r"\Sigma", "the covariance of the full Gaussian"),
        "d": Symbol(("n",), latex="d", meaning="how far its mean is from the factorised Gaussian's"),
        "L": _DIVERGENCE,
    },
    truth=_forward,
    settings=_SIZES,
    form="∂L/∂v_j = 1/(2 v_j) - (Σ_{j,j} + d_j²)/(2 v_j²)",
    source=_SOURCE,
)
reverse_slope = Derivation(
    "reverse-kl-gaussian-gradient",
    "The reverse divergence of Gaussians: the gradient in the variances",
    subject="generative",
    statement="The slope of KL(q‖p), of one mean, in q's variances: zero at v = 1/P_jj, the variance given all others.",
    of=program("L := sum(P[i, i]*v[i], i)/2 - sum(log(v[i]), i)/2", shapes=_SHAPES),
    wrt="v",
    letters=("j",),
    symbols={
        "n": _COUNT,
        "v": _VARIANCE,
        "P": Symbol(("n", "n"), "spd", "P", "the precision of the full Gaussian, the inverse of its covariance"),
        "L": _DIVERGENCE,
    },
    truth=_reverse,
    settings=_SIZES,
    form="∂L/∂v_j = 1/2 P_{j,j} - 1/(2 v_j)",
    source=_SOURCE,
)
