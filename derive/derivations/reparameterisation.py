"""Gradients of expectations under a Gaussian: through the sample, and through its density."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules import put, tidy, use
from derive.calculus.rules_integrals import change_variable, differentiate_sides
from derive.calculus.rules_logarithms import tidy_arguments
from derive.calculus.trace import Rule
from derive.derivations.base import MESH, Derivation, Symbol
from derive.derivations.gaussian import BELL, GAUSSIAN, SETTINGS, text, width
from derive.notation.index_language import relation

SHAPES = {"t": "R", "p": "R", "g": "R"}


def _slopes(torch: Any, f: Any, t: Any, mu: Any, a: Any) -> dict[str, Any]:
    """The expectation by quadrature under torch's own density, with autograd through that density, not through f."""
    sigma, normal = width(a), torch.distributions.Normal

    def density(mu: Any, sigma: Any) -> Any:
        return normal(mu, sigma).log_prob(t).exp()

    def value(mu: Any, sigma: Any) -> Any:
        return (density(mu, sigma) * f(t)).sum() * MESH

    by_mean, by_width = torch.func.grad(value, argnums=(0, 1))(mu, sigma)
    noise = normal(torch.zeros_like(mu), torch.ones_like(mu)).log_prob(t).exp()
    return {"sigma": sigma, "p": density(mu, sigma), "g": noise, "J": value(mu, sigma), "M": by_mean, "S": by_width}


_SYMBOLS = GAUSSIAN | {
    "f": Symbol((), "function", "f", "what is averaged, any smooth function"),
    "g": Symbol(("R",), "derived", r"\varphi", "the standard Gaussian density"),
    "J": Symbol((), "derived", "J", "the expectation of f(x)"),
    "M": Symbol(
        (), "derived", r"\frac{\partial J}{\partial \mu}", "the derivative of the expectation of f(x) in the mean"
    ),
    "S": Symbol(
        (),
        "derived",
        r"\frac{\partial J}{\partial \sigma}",
        "the derivative of the expectation of f(x) in the standard deviation",
    ),
}
_SOURCE = "000_46eee05028ac51b3.txt 'Variational Autoencoders'"
_STYLE = {"e": r"\epsilon"}
_CONDITION = "f grows slower than the Gaussian falls, so integral and derivative change places."
_ASSUMPTIONS = ("f is smooth and grows slower than the Gaussian falls.",)

as_noise = Derivation(
    "reparameterisation",
    "A Gaussian sample as a shifted and scaled standard one",
    subject="generative",
    statement="The expectation of f(x) under N(μ, σ²), over a noise that depends on no parameter.",
    start=relation("J = integral(p[x]*f(t[x]), x)", shapes=SHAPES, functions=("f",)),
    opening=Rule("expectation", "The mean of f over the density p.", lambda r: r),
    then=(
        put(
            "p",
            ("x",),
            text((BELL + "/({1}*sqrt(2*pi))").format("mu", "sigma"), "x"),
            "density",
            "Put the Gaussian in.",
        ),
        change_variable(
            "t", text("mu"), text("sigma"), "e", "Put x = μ + σε: the noise ε says how many σ the sample is off."
        ),
        tidy_arguments("exp", "cancel", "In units of σ the bell is the standard one."),
        use(
            text("exp(-t[x]**2/2)/sqrt(2*pi)", "x"),
            text("g[x]", "x"),
            "standard density",
            "The bell over its area is the standard density φ.",
        ),
    ),
    symbols=_SYMBOLS,
    truth=_slopes,
    settings=SETTINGS,
    form="J = ∫ f(μ + σ ε) φ(ε) dε",
    assumptions=_ASSUMPTIONS,
    source=_SOURCE,
    style=_STYLE,
)
by_mean = Derivation(
    "reparameterised-gradient-mean",
    "The reparameterised gradient in the mean",
    subject="generative",
    statement="How the expectation of f under a Gaussian changes with its mean.",
    start=lambda: as_noise.result,
    opening=Rule("reparameterised", "The expectation over the noise (derived above).", lambda r: r),
    then=(
        differentiate_sides("mu", "The noise does not hang on μ: only f moves, by its slope.", text("M"), _CONDITION),
    ),
    symbols=_SYMBOLS,
    truth=_slopes,
    settings=SETTINGS,
    form="∂J/∂μ = ∫ φ(ε) f'(μ + σ ε) dε",
    assumptions=_ASSUMPTIONS,
    source=_SOURCE,
    style=_STYLE,
    lemmas=(as_noise,),
)
by_width = Derivation(
    "reparameterised-gradient-deviation",
    "The reparameterised gradient in the standard deviation",
    subject="generative",
    statement="How the expectation of f under a Gaussian changes with its standard deviation.",
    start=lambda: as_noise.result,
    opening=Rule("reparameterised", "The expectation over the noise (derived above).", lambda r: r),
    then=(
        differentiate_sides(
            "sigma", "The sample moves by ε for each unit of σ, and f by its slope times that.", text("S"), _CONDITION
        ),
    ),
    symbols=_SYMBOLS,
    truth=_slopes,
    settings=SETTINGS,
    form="∂J/∂σ = ∫ φ(ε) f'(μ + σ ε) ε dε",
    assumptions=_ASSUMPTIONS,
    source=_SOURCE,
    style=_STYLE,
    lemmas=(as_noise,),
)
score = Derivation(
    "score-function-gradient",
    "The gradient of an expectation through the density",
    subject="generative",
    statement="The same derivative in the mean without a derivative of f.",
    start=lambda: as_noise.lines[1].relation,
    opening=Rule("expectation", "The mean of f over the Gaussian density.", lambda r: r),
    then=(
        differentiate_sides("mu", "Only the density hangs on μ.", text("M"), _CONDITION),
        use(
            text(BELL.format("mu", "sigma"), "x"),
            text("p[x]*sigma*sqrt(2*pi)", "x"),
            "density",
            "The bell over its area is the density p.",
        ),
        tidy("cancel", "What stands above and below cancels.", change="cancel"),
    ),
    symbols=_SYMBOLS,
    truth=_slopes,
    settings=SETTINGS,
    form="∂J/∂μ = 1/σ² ∫ f(x) p(x) (x - μ) dx",
    assumptions=_ASSUMPTIONS,
    source=_SOURCE,
    style=_STYLE,
)
