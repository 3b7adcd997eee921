"""The two directions of the divergence between Gaussians: what variances a factorised Gaussian gets from either."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from derive.calculus.chain import adjoint
from derive.calculus.rules import solve_for, stationary
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, program

_SHAPES = {"v": "n", "S": "n n", "P": "n n", "m": "n", "a": "n"}
_SIZES = ({"n": 2}, {"n": 3}, {"n": 5})


def _two(torch: Any, v: Any, S: Any, m: Any, a: Any) -> tuple[Any, Any]:  # noqa: N803
    """The full Gaussian and the factorised one."""
    normal = torch.distributions.MultivariateNormal
    return normal(m, S), normal(a, torch.diag(v))


def _forward(torch: Any, v: Any, S: Any, m: Any, a: Any) -> Any:  # noqa: N803
    """Torch's own divergence of the factorised Gaussian's model from the full one, without its constant."""
    full, factors = _two(torch, v, S, m, a)
    return torch.distributions.kl_divergence(full, factors) + (torch.logdet(S) + len(v)) / 2


def _reverse(torch: Any, v: Any, P: Any) -> Any:  # noqa: N803
    """Torch's own divergence the other way round, without its constant."""
    zero = torch.zeros_like(v)
    full, factors = _two(torch, v, torch.linalg.inv(P), zero, zero)
    return torch.distributions.kl_divergence(factors, full) + (torch.logdet(P) + len(v)) / 2


def _least(torch: Any, cost: Callable[[Any], Any], start: Any) -> dict[str, Any]:
    """Where a divergence is least in the variances, by Newton's method in their inverses' logarithms, on autograd."""
    z = torch.log(start)
    for _ in range(40):
        slope = torch.func.grad(lambda t: cost(torch.exp(t)))(z)
        bend = torch.autograd.functional.hessian(lambda t: cost(torch.exp(t)), z)
        z = z - torch.linalg.solve(bend, slope)
    return {"v": torch.exp(z), adjoint("v"): torch.zeros_like(z)}


_COUNT = Symbol(domain="dimension", latex="n", meaning="the number of variables")
_VARIANCE = Symbol(("n",), "positive", "v", "the variances of the factorised Gaussian")
_DIVERGENCE = Symbol((), "derived", "K", "the divergence, without what does not hang on them")
_SOURCE = "000_46eee05028ac51b3.txt 'Why does minimizing Jensen-Shannon divergence work?'; Bishop: PRML (2006) §10.1.2"
_COVER = "The divergence of the model from the data: the variances of the factors"
forward_slope = Derivation(
    "forward-kl-gaussian-gradient",
    "The forward divergence of Gaussians: the gradient in the variances",
    subject="generative",
    statement="How KL(p‖q) from a full Gaussian p to a factorised one q changes with q's variances.",
    of=program("K := sum(log(v[i]), i)/2 + sum((S[i, i] + (m[i] - a[i])**2)/v[i], i)/2", shapes=_SHAPES),
    wrt="v",
    letters=("j",),
    symbols={
        "n": _COUNT,
        "v": _VARIANCE,
        "S": Symbol(("n", "n"), "spd", r"\Sigma", "the covariance of the full Gaussian"),
        "m": Symbol(("n",), latex=r"\mu", meaning="its mean"),
        "a": Symbol(("n",), latex="a", meaning="the mean of the factorised Gaussian"),
        "K": _DIVERGENCE,
    },
    truth=_forward,
    settings=_SIZES,
    source=_SOURCE,
)
reverse_slope = Derivation(
    "reverse-kl-gaussian-gradient",
    "The reverse divergence of Gaussians: the gradient in the variances",
    subject="generative",
    statement="How KL(q‖p) from a factorised Gaussian q to a full one p with the same mean changes with q's variances.",
    of=program("K := sum(P[i, i]*v[i], i)/2 - sum(log(v[i]), i)/2", shapes=_SHAPES),
    wrt="v",
    letters=("j",),
    symbols={
        "n": _COUNT,
        "v": _VARIANCE,
        "P": Symbol(("n", "n"), "spd", "P", "the precision of the full Gaussian, the inverse of its covariance"),
        "K": _DIVERGENCE,
    },
    truth=_reverse,
    settings=_SIZES,
    source=_SOURCE,
)


def _best(name: str, title: str, statement: str, slope: Derivation, truth: Callable[..., Any], **more: Any) -> Derivation:
    return Derivation(
        name,
        title,
        subject="generative",
        statement=statement,
        start=lambda: slope.result,
        opening=Rule("slope", "The gradient in the variances (derived above).", lambda r: r),
        then=(
            stationary(expression(adjoint("v") + "[j]", letters=("j",)), "Where the divergence is least the slope is zero."),
            Rule("turn round", "Read the equation from the right.", lambda r: replace(r, sides=r.sides[::-1])),
            solve_for(expression("v[j]", letters=("j",)), "Solve for the variance."),
        ),
        symbols={**slope.symbols, "v": replace(_VARIANCE, domain="derived")},
        truth=truth,
        settings=_SIZES,
        source=_SOURCE,
        lemmas=(slope,),
        **more,
    )


forward_best = _best(
    "forward-kl-gaussian",
    "The forward divergence keeps all of the variance",
    "The factorised Gaussian nearest in KL(p‖q) has p's own variances, and more where the means differ.",
    forward_slope,
    lambda torch, S, m, a: _least(torch, lambda v: _forward(torch, v, S, m, a), torch.diagonal(S)),  # noqa: N803
)
reverse_best = _best(
    "reverse-kl-gaussian",
    "The reverse divergence keeps what is left when all else is known",
    "The factorised Gaussian nearest in KL(q‖p) has the variances of each variable given all others, 1/P_jj: too small.",
    reverse_slope,
    lambda torch, P: _least(torch, lambda v: _reverse(torch, v, P), 0.9 / torch.diagonal(P)),  # noqa: N803
)
