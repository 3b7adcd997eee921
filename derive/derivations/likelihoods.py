"""Log-likelihoods of the customary distributions: their slopes, and the parameters at which they are greatest.

What does not hang on the parameter (a binomial coefficient, a factorial) is a constant of each example.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from derive.calculus.chain import adjoint
from derive.calculus.rules import solve_for, stationary, use
from derive.calculus.rules_common import constant_sums
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, program

_SHAPES = {"x": "n", "m": "", "q": "", "v": ""}
_SIZES = ({"n": 6}, {"n": 8}, {"n": 11})
_SOURCE = "000_46eee05028ac51b3.txt 'Background'"
_COUNT = Symbol(domain="dimension", latex="n", meaning="the number of examples")
_LIKELIHOOD = Symbol((), "derived", "L", "the log-likelihood of independent examples")


def _slope(
    name: str, body: str, parameter: Symbol, extra: dict[str, Symbol], value: Callable[..., Any], **more: Any
) -> Derivation:
    """How a log-likelihood, a sum of ``body`` over the examples, changes with its parameter q."""
    return Derivation(
        f"{name}-score",
        f"The slope of the {name} log-likelihood",
        subject="probability",
        statement="How the log-likelihood of independent examples changes with the parameter.",
        of=program(f"L := sum({body}, i)", shapes={n: _SHAPES[n] for n in ("q", *extra)}),
        wrt="q",
        symbols={"n": _COUNT, "q": parameter, "L": _LIKELIHOOD, **extra},
        truth=value,
        settings=_SIZES,
        source=_SOURCE,
        **more,
    )


def _best(
    name: str,
    score: Derivation,
    truth: Callable[..., Any],
    *,
    split: tuple[Rule, ...] = (),
    named: Mapping[str, Symbol] | None = None,
    **more: Any,
) -> Derivation:
    """The parameter of the greatest likelihood."""
    known = {n: s for n, s in score.symbols.items() if n != "q"} | dict(named or {})
    return Derivation(
        f"{name}-maximum-likelihood",
        f"The {name} parameter of greatest likelihood",
        subject="probability",
        statement="The parameter at which the log-likelihood of independent examples is greatest.",
        start=lambda: score.result,
        opening=Rule("slope", "The slope of the log-likelihood (derived above).", lambda r: r),
        then=(
            stationary(
                expression(adjoint("q")),
                "At the maximum the slope is zero.",
                "The log-likelihood is concave and its maximum lies inside.",
            ),
            Rule("turn round", "Read the equation from the right.", lambda r: replace(r, sides=r.sides[::-1])),
            *split,
            multiply_out("One sum for each part."),
            constant_sums("What is the same for every example is counted."),
            solve_for(expression("q"), "Solve for the parameter."),
        ),
        symbols=known | {"q": Symbol((), "derived", score.symbols["q"].latex, score.symbols["q"].meaning)},
        truth=truth,
        settings=_SIZES,
        source=_SOURCE,
        lemmas=(score,),
        **more,
    )


def _root(torch: Any, likelihood: Callable[[Any], Any], low: float, high: float) -> dict[str, Any]:
    """Where autograd's slope of a log-likelihood changes its sign, by bisection."""
    start, end = (torch.tensor(v, dtype=torch.float64) for v in (low, high))
    for _ in range(60):
        middle = (start + end) / 2
        rises = torch.func.grad(likelihood)(middle) > 0
        start, end = torch.where(rises, middle, start), torch.where(rises, end, middle)
    return {"q": start, adjoint("q"): torch.zeros((), dtype=torch.float64)}


_NUMBER = Symbol(("n",), "positive", "x", "the examples")
_WHOLE = Symbol(("n",), "posint", "x", "the examples, whole numbers")
_BIT = Symbol(("n",), "binary", "x", "the examples, 0 or 1")
_TOSSES = Symbol((), "posint", "m", "the number of tosses of each example")
_SHARE = Symbol((), "unit", "p", "the probability of a 1")


def _exponential(torch: Any, q: Any, x: Any) -> Any:
    return torch.distributions.Exponential(q, validate_args=False).log_prob(x).sum()


def _poisson(torch: Any, q: Any, x: Any) -> Any:
    """Without the factorials."""
    return (torch.distributions.Poisson(q, validate_args=False).log_prob(x) + torch.lgamma(x + 1)).sum()


def _bernoulli(torch: Any, q: Any, x: Any) -> Any:
    return torch.distributions.Bernoulli(q, validate_args=False).log_prob(x).sum()


def _binomial(torch: Any, q: Any, x: Any, m: Any) -> Any:
    """Without the binomial coefficients, which a fair coin shows."""
    fair = torch.distributions.Binomial(m, torch.full_like(q, 0.5), validate_args=False).log_prob(x) + m * math.log(2)
    return (torch.distributions.Binomial(m, q, validate_args=False).log_prob(x) - fair).sum()


def _normal(torch: Any, q: Any, x: Any, v: Any) -> Any:
    """Without what does not hang on the mean."""
    normal = partial(torch.distributions.Normal, validate_args=False)
    return (normal(q, v.sqrt()).log_prob(x) - normal(torch.zeros_like(q), v.sqrt()).log_prob(torch.zeros_like(q))).sum()


exponential_score = _slope(
    "exponential",
    "log(q) - q*x[i]",
    Symbol((), "positive", r"\lambda", "the rate"),
    {"x": _NUMBER},
    _exponential,
    form="∂L/∂λ = Σ_{i=1}^n (1/λ - x_i)",
)
exponential_best = _best(
    "exponential",
    exponential_score,
    lambda torch, x: _root(torch, lambda q: _exponential(torch, q, x), 1e-3, 1e3),
    form="λ = n/(Σ_{i=1}^n x_i)",
)
poisson_score = _slope(
    "poisson",
    "x[i]*log(q) - q",
    Symbol((), "positive", r"\lambda", "the mean"),
    {"x": _WHOLE},
    _poisson,
    assumptions=("The factorials, which do not hang on the mean, are left out.",),
    form="∂L/∂λ = Σ_{i=1}^n (x_i/λ - 1)",
)
poisson_best = _best(
    "poisson",
    poisson_score,
    lambda torch, x: _root(torch, lambda q: _poisson(torch, q, x), 1e-3, 1e3),
    form="λ = 1/n Σ_{i=1}^n x_i",
)
bernoulli_score = _slope(
    "bernoulli",
    "x[i]*log(q) + (1 - x[i])*log(1 - q)",
    _SHARE,
    {"x": _BIT},
    _bernoulli,
    form="∂L/∂p = Σ_{i=1}^n (x_i/p - (1 - x_i)/(1 - p))",
)
bernoulli_best = _best(
    "bernoulli",
    bernoulli_score,
    lambda torch, x: _root(torch, lambda q: _bernoulli(torch, q, x), 0.0, 1.0),
    assumptions=("Not all examples are equal.",),
    form="p = 1/n Σ_{i=1}^n x_i",
)
binomial_score = _slope(
    "binomial",
    "x[i]*log(q) + (m - x[i])*log(1 - q)",
    _SHARE,
    {"x": replace(_BIT, meaning="the numbers of ones, 0 or 1 where they are tried"), "m": _TOSSES},
    _binomial,
    assumptions=("The binomial coefficients, which do not hang on the probability, are left out.",),
    form="∂L/∂p = Σ_{i=1}^n (x_i/p - (m - x_i)/(1 - p))",
)
binomial_best = _best(
    "binomial",
    binomial_score,
    lambda torch, x, m: _root(torch, lambda q: _binomial(torch, q, x, m), 0.0, 1.0),
    assumptions=("Not all tosses are equal.",),
    form="p = 1/(m n) Σ_{i=1}^n x_i",
)
normal_score = _slope(
    "normal",
    "-(x[i] - q)**2/(2*v)",
    Symbol((), latex=r"\mu", meaning="the mean"),
    {"x": Symbol(("n",), latex="x", meaning="the examples"), "v": Symbol((), "positive", r"\sigma^2", "the variance")},
    _normal,
    assumptions=("The normalising factor, which does not hang on the mean, is left out.",),
    form="∂L/∂μ = 1/σ² Σ_{i=1}^n (x_i - μ)",
)
normal_best = _best(
    "normal",
    normal_score,
    lambda torch, x, v: _root(torch, lambda q: _normal(torch, q, x, v), -1e3, 1e3),
    form="μ = 1/n Σ_{i=1}^n x_i",
)


def _spread(torch: Any, q: Any, x: Any, m: Any) -> Any:
    """Without what does not hang on the variance."""
    normal = torch.distributions.Normal(m, q.sqrt(), validate_args=False)
    return normal.log_prob(x).sum() + len(x) * math.log(2 * math.pi) / 2


variance_score = _slope(
    "normal-variance",
    "-log(q)/2 - (x[i] - m)**2/(2*q)",
    Symbol((), "positive", "v", "the variance"),
    {"x": Symbol(("n",), latex="x", meaning="the examples"), "m": Symbol((), latex=r"\mu", meaning="the mean")},
    _spread,
    assumptions=("The factor 2π, which does not hang on the variance, is left out.",),
    form="∂L/∂v = Σ_{i=1}^n (((x_i - μ)²)/(2 v²) - 1/(2 v))",
)
variance_best = _best(
    "normal-variance",
    variance_score,
    lambda torch, x, m: _root(torch, lambda q: _spread(torch, q, x, m), 1e-3, 1e3) | {"e": torch.square(x - m)},
    split=(
        use(
            expression("(x[i] - m)**2", shapes=_SHAPES),
            expression("e[i]", shapes={"e": "n"}),
            "squared deviations",
            "Call the squared deviations from the mean e.",
        ),
    ),
    named={"e": Symbol(("n",), "derived", "e", "the squared deviations from the mean")},
    form="v = 1/n Σ_{i=1}^n e_i",
)
