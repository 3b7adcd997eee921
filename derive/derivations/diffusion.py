"""Diffusion: the posterior of one step back, and the noise that a network learns to predict."""

from __future__ import annotations

from typing import Any

from derive.calculus.chain import adjoint
from derive.calculus.rules import differentiate_again, put, solve_for, stationary, tidy, use
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, program

_SOURCE = "Ho, Jain, Abbeel: Denoising Diffusion Probabilistic Models (2020), §2–3"
energy = program("b := 1 - a; d := 1 - c; E := (y - sqrt(a)*x)**2/(2*b) + (x - sqrt(c)*z)**2/(2*d)")
_SYMBOLS = {
    "a": Symbol((), "unit", r"\alpha_t", "the share of the signal that step t keeps"),
    "c": Symbol((), "unit", r"\bar{\alpha}_{t-1}", "the share that all steps before it have kept"),
    "z": Symbol((), latex="x_0", meaning="the clean value"),
    "y": Symbol((), latex="x_t", meaning="the value after step t"),
    "x": Symbol((), latex="x_{t-1}", meaning="the value before step t"),
    "b": Symbol((), "derived", r"\beta_t", "the variance of the noise that step t adds, 1 − α_t"),
    "d": Symbol((), "derived", r"\sigma_{t-1}^2", "the variance of the noise before it, 1 − ᾱ_{t−1}"),
    "E": Symbol((), "derived", "E", "minus the logarithm of the posterior's density, up to a constant"),
}


def _posterior(torch: Any, a: Any, c: Any, z: Any, y: Any) -> dict[str, Any]:
    """Conditioning by torch.linalg of the joint Gaussian of two neighbouring steps, given the clean value."""
    before = 1 - c
    joint = torch.stack([torch.stack([before, a.sqrt() * before]), torch.stack([a.sqrt() * before, 1 - a * c])])
    means = torch.stack([c.sqrt() * z, (a * c).sqrt() * z])
    gain = torch.linalg.solve(joint[1:, 1:], joint[1:, :1])[0, 0]
    mean = means[0] + gain * (y - means[1])
    return {
        "x": mean,
        "b": 1 - a,
        "d": before,
        "D": joint[1, 1],
        "P": torch.linalg.inv(joint)[0, 0],
        "n": (y - means[1]) / joint[1, 1].sqrt(),
        adjoint("x"): torch.zeros_like(mean),
    }


def _energy(torch: Any, a: Any, b: Any, c: Any, d: Any, x: Any, y: Any, z: Any) -> Any:
    """Minus the logarithm of the two Gaussian densities, without their constants."""
    normal = torch.distributions.Normal
    densities = normal(a.sqrt() * x, b.sqrt()).log_prob(y) + normal(c.sqrt() * z, d.sqrt()).log_prob(x)
    return -densities - torch.log(2 * torch.pi * (b * d).sqrt())


slope = Derivation(
    "ddpm-posterior-slope",
    "The slope of the posterior of one diffusion step back",
    subject="generative",
    statement="How minus the log-density of x at step t − 1, given the clean value and the next one, changes with it.",
    of=energy,
    wrt="x",
    symbols=_SYMBOLS,
    truth={"b": lambda torch, a: 1 - a, "d": lambda torch, c: 1 - c, "E": _energy},
    settings=({},),
    form="∂E/∂x_{t-1} = (x_{t-1} - √ᾱ_{t-1} x_0)/(σ_{t-1}²) - (√α_t (x_t - √α_t x_{t-1}))/β_t",
    source=_SOURCE,
)
_HERE = _SYMBOLS | {
    "x": Symbol((), "derived", r"\tilde{\mu}_t", "the posterior's mean"),
    "D": Symbol((), "derived", r"\sigma_t^2", "the variance of all noise, 1 − ᾱ_t"),
    "P": Symbol((), "derived", "1/\\tilde{\\beta}_t", "one over its variance"),
    "n": Symbol((), "derived", r"\epsilon", "the noise that made x_t from the clean value"),
}
_POSTERIOR: dict[str, Any] = {"subject": "generative", "truth": _posterior, "settings": ({},), "source": _SOURCE}
_LEMMA = Rule("slope", "The slope of minus the log-density (derived above).", lambda r: r)
_TOTAL = use(
    expression("a*d + b"),
    expression("D"),
    "all noise",
    "The noise before step t, shrunk by it, and that of the step make up the noise in x_t.",
)
mean = Derivation(
    "ddpm-posterior-mean",
    "The mean of the posterior of one diffusion step back",
    statement="The mean of x at step t − 1 given the clean value and the next one: a weighted mean of the two.",
    start=lambda: slope.result,
    opening=_LEMMA,
    then=(
        stationary(
            expression(adjoint("x")),
            "A Gaussian has its mean where its density is largest.",
            condition="The posterior is Gaussian: its logarithm is quadratic.",
        ),
        solve_for(expression("x"), "One linear equation.", positive=frozenset({"a", "b", "c", "d"})),
        _TOTAL,
    ),
    symbols=_HERE,
    form="μ̃_t = (x_t σ_{t-1}² √α_t + x_0 β_t √ᾱ_{t-1})/(σ_t²)",
    lemmas=(slope,),
    **_POSTERIOR,
)
precision = Derivation(
    "ddpm-posterior-variance",
    "The variance of the posterior of one diffusion step back",
    statement="One over the variance of x at step t − 1, given the clean value and the next one.",
    start=lambda: slope.result,
    opening=_LEMMA,
    then=(
        differentiate_again(
            "x", (), expression("P"), "The curvature of minus the log-density is one over the variance."
        ),
        tidy("one fraction", "Over one denominator.", "factor"),
        _TOTAL,
    ),
    symbols=_HERE,
    form="1/β̃_t = (σ_t²)/(β_t σ_{t-1}²)",
    lemmas=(slope,),
    **_POSTERIOR,
)
noise_form = Derivation(
    "ddpm-noise-form",
    "The posterior's mean through the noise",
    statement="The posterior's mean with the clean value written through x_t and its noise: a network predicts the noise.",
    start=lambda: mean.result,
    opening=Rule("mean", "The posterior's mean (derived above).", lambda r: r),
    then=(
        put(
            "z",
            (),
            expression("(y - sqrt(D)*n)/(sqrt(a)*sqrt(c))"),
            "clean value",
            "x_t is √ᾱ_t times the clean value and √(1 − ᾱ_t) times the noise, with ᾱ_t = α_t ᾱ_{t−1}.",
        ),
        use(expression("d"), expression("(D - b)/a"), "all noise", "The noise in x_t is σ² before it, shrunk, and β."),
        tidy("cancel", "What stands before x_t cancels.", "expand"),
    ),
    symbols=_HERE,
    form="μ̃_t = x_t/(√α_t) - (β_t ε)/(√(σ_t²) √α_t)",
    lemmas=(mean,),
    **_POSTERIOR,
)
