"""Integrals with Gaussian densities: mean, variance, the divergence of one from another."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules import both_sides, put, tidy, use
from derive.calculus.rules_integrals import differentiate_sides
from derive.calculus.rules_logarithms import expand_logarithms, put_inside
from derive.calculus.rules_names import said
from derive.calculus.rules_sums import gather, join_logarithms
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

SHAPES = {"t": "R", "p": "R", "q": "R", "d": "R"}
BELL = "exp(-(t[x] - {0})**2/(2*{1}**2))"


def text(formula: str, *letters: str) -> Any:
    """An expression over the continuum; ``t[x]`` is the point x."""
    return expression(formula, shapes=SHAPES, letters=letters, functions=("f",))


def width(a: Any) -> Any:
    """A standard deviation that the grid resolves and does not cut off, from a number between 0 and 1."""
    return 0.7 + 0.3 * a


def _densities(torch: Any, t: Any, mu: Any, a: Any, nu: Any, b: Any) -> dict[str, Any]:
    """Torch's own densities on the grid, and its own divergence."""
    first, second = torch.distributions.Normal(mu, width(a)), torch.distributions.Normal(nu, width(b))
    widths = {"sigma": width(a), "tau": width(b)}
    divergence = torch.distributions.kl_divergence(first, second)
    return {
        **widths,
        "p": first.log_prob(t).exp(),
        "q": second.log_prob(t).exp(),
        "K": divergence,
        "d": t - mu,
        "c": mu - nu,
    }


def _from_standard(torch: Any, mu: Any, a: Any) -> dict[str, Any]:
    """The prior as torch's standard Gaussian; the names that it fixes are worth their numbers."""
    normal = torch.distributions.Normal
    zero, one = torch.zeros_like(mu), torch.ones_like(mu)
    divergence = torch.distributions.kl_divergence(normal(mu, width(a)), normal(zero, one))
    return {"K": divergence, "sigma": width(a), "nu": zero, "tau": one}


def _one_density(torch: Any, t: Any, mu: Any, a: Any) -> dict[str, Any]:
    return {"p": torch.distributions.Normal(mu, width(a)).log_prob(t).exp(), "sigma": width(a)}


GAUSSIAN = {
    "R": Symbol(domain="continuum", latex=r"\mathbb{R}", meaning="the real line"),
    "t": Symbol(("R",), "coordinate"),
    "mu": Symbol((), latex=r"\mu", meaning="the mean"),
    "a": Symbol((), "unit"),
    "sigma": Symbol((), "derived", r"\sigma", "the standard deviation"),
    "p": Symbol(("R",), "derived", "p", "the Gaussian density"),
}
SETTINGS = ({"R": 520}, {"R": 540}, {"R": 561})
_SOURCE = "000_46eee05028ac51b3.txt 'Variational Autoencoders'"
_BELL_AREA = f"integral({BELL.format('mu', 'sigma')}, x) = sigma*sqrt(2*pi)"
_AREA = Rule("area under the bell", "The integral of the Gaussian bell is its width times √(2π).", lambda r: r)
_DENSITY = use(
    text(BELL.format("mu", "sigma"), "x"),
    text("p[x]*sigma*sqrt(2*pi)", "x"),
    "density",
    "The bell over its area is the density p.",
)

mean = Derivation(
    "gaussian-mean",
    "The mean of a Gaussian",
    subject="probability",
    statement="The first moment of a Gaussian density about its parameter μ.",
    start=relation(_BELL_AREA, shapes=SHAPES),
    opening=_AREA,
    then=(
        differentiate_sides("mu", "Where the bell stands does not change its area."),
        _DENSITY,
        both_sides("multiply", text("sigma/sqrt(2*pi)"), "Clear the factors."),
        tidy("cancel", "What stands above and below cancels.", change="cancel"),
    ),
    symbols=GAUSSIAN,
    truth=_one_density,
    settings=SETTINGS,
    form="∫ p(x) (x - μ) dx = 0",
    source=_SOURCE,
)
variance = Derivation(
    "gaussian-variance",
    "The variance of a Gaussian",
    subject="probability",
    statement="The second moment of a Gaussian density about its mean.",
    start=relation(_BELL_AREA, shapes=SHAPES),
    opening=_AREA,
    then=(
        differentiate_sides("sigma", "A wider bell has more area: differentiate both sides in its width."),
        _DENSITY,
        both_sides("multiply", text("sigma**2/sqrt(2*pi)"), "Clear the factors."),
        tidy("cancel", "What stands above and below cancels.", change="cancel"),
    ),
    symbols=GAUSSIAN,
    truth=_one_density,
    settings=SETTINGS,
    form="∫ p(x) (x - μ)² dx = σ²",
    source=_SOURCE,
)


def _moment(found: Derivation, sentence: str) -> Rule:
    """What an earlier derivation gives for an integral, read with δ for the distance from the mean."""
    left = use(text("t[x] - mu", "x"), text("d[x]", "x"), "", "").apply(found.result).left
    return said(use(left, found.result.result, "moment", sentence), sentence)


_TWO = GAUSSIAN | {
    "mu": Symbol((), latex=r"\mu_1", meaning="the mean of p"),
    "sigma": Symbol((), "derived", r"\sigma_1", "the standard deviation of p"),
    "nu": Symbol((), latex=r"\mu_2", meaning="the mean of q"),
    "b": Symbol((), "unit"),
    "tau": Symbol((), "derived", r"\sigma_2", "the standard deviation of q"),
    "q": Symbol(("R",), "derived", "q", "the other Gaussian density"),
    "d": Symbol(("R",), "derived", r"\delta", "the distance of a point from the mean of p"),
    "c": Symbol((), "derived", "c", "the distance between the two means"),
    "K": Symbol((), "derived", r"\mathrm{KL}", "the divergence of p from q"),
}
_ROOT = "/({1}*sqrt(2*pi))"

divergence = Derivation(
    "gaussian-kl",
    "The divergence of one Gaussian from another",
    subject="probability",
    statement="The Kullback–Leibler divergence between two Gaussian densities on the line, in closed form.",
    start=relation("K = integral(p[x]*(log(p[x]) - log(q[x])), x)", shapes=SHAPES),
    opening=Rule("divergence", "The mean under p of how much more likely p makes a point than q.", lambda r: r),
    then=(
        put_inside(
            "log",
            "p",
            ("x",),
            text((BELL + _ROOT).format("mu", "sigma"), "x"),
            "first density",
            "Put the density of p in.",
        ),
        put_inside(
            "log",
            "q",
            ("x",),
            text((BELL + _ROOT).format("nu", "tau"), "x"),
            "second density",
            "Put the density of q in.",
        ),
        expand_logarithms("The logarithm undoes the exponential.", frozenset({"sigma", "tau"})),
        use(
            text("t[x] - mu", "x"),
            text("d[x]", "x"),
            "measure from the mean",
            "Call the distance from the mean of p δ.",
        ),
        use(text("t[x] - nu", "x"), text("d[x] + c", "x"), "shift", "From the other mean it is δ + c."),
        multiply_out("Multiply out: three moments of p are left."),
        lambda: _moment(variance, "The mean square of δ is the variance (derived above)."),
        lambda: _moment(mean, "The mean of δ is 0 (derived above)."),
        use(text("integral(p[x], x)"), expression("1"), "a density", "A density integrates to 1."),
        put("c", (), expression("mu - nu"), "the means", "c is the difference of the means."),
        gather("Two terms have the same denominator."),
        join_logarithms("", "Both standard deviations are positive."),
    ),
    symbols=_TWO,
    truth=_densities,
    settings=SETTINGS,
    form="KL = (σ_1² + (μ_1 - μ_2)²)/(2 σ_2²) + log(σ_2/σ_1) - 1/2",
    source=_SOURCE,
    lemmas=(mean, variance),
)

from_standard = Derivation(
    "gaussian-kl-standard",
    "The divergence of a Gaussian from the standard one",
    subject="generative",
    statement="What one latent variable of a variational autoencoder pays for leaving the prior.",
    start=lambda: divergence.result,
    opening=Rule("two Gaussians", "The divergence of any Gaussian from any other (derived above).", lambda r: r),
    then=(
        put("nu", (), expression("0"), "the prior's mean", "The prior has mean 0."),
        put("tau", (), expression("1"), "the prior's width", "The prior has standard deviation 1."),
        expand_logarithms("The logarithm of one over σ is minus that of σ.", frozenset({"sigma"})),
    ),
    symbols=GAUSSIAN
    | {
        "nu": Symbol((), "derived", r"\mu_2", "the prior's mean"),
        "tau": Symbol((), "derived", r"\sigma_2", "the prior's standard deviation"),
        "K": Symbol((), "derived", r"\mathrm{KL}", "the divergence of p from the standard Gaussian"),
    },
    truth=_from_standard,
    settings=SETTINGS,
    form="KL = 1/2 σ² + 1/2 μ² - log σ - 1/2",
    source=_SOURCE,
    lemmas=(divergence,),
)
