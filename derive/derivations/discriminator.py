"""The optimal discriminator of a generative adversarial network, by calculus of variations."""

from __future__ import annotations

from typing import Any

from derive.calculus.chain import adjoint
from derive.calculus.rules import differentiate_again, negative, solve_for, stationary
from derive.calculus.trace import Rule
from derive.derivations.base import MESH, Derivation, Printed, Symbol, axes
from derive.notation.index_language import expression, program, relation

value = program("V := integral(p[x]*log(D[x]) + q[x]*log(1 - D[x]), x)", shapes={"p": "R", "q": "R", "D": "R"})
_SYMBOLS = {
    "R": Symbol(
        domain="continuum",
        latex=r"\mathcal{X}",
        meaning="the continuum that x runs over",
    ),
    "p": Symbol(("R",), "positive", r"p_{\text{data}}", "the density of the data"),
    "q": Symbol(("R",), "positive", "p_G", "the density of the generator's samples"),
    "V": Symbol((), "derived", "V", "the value of the game for the discriminator"),
}
_SIZES = ({"R": 4}, {"R": 6}, {"R": 9})
_ASSUMPTIONS = (
    "Both densities are positive at x, and 0 < D(x) < 1.",
    "The discriminator may take any value at each x (unlimited capacity).",
)


def _value(torch: Any, p: Any, q: Any, D: Any) -> Any:  # noqa: N803
    return (p * torch.log(D) + q * torch.log1p(-D)).sum() * MESH


def best(torch: Any, p: Any, q: Any) -> dict[str, Any]:
    """The maximiser of the pointwise value, found numerically by Newton's method on torch's own derivatives."""

    def gain(d: Any) -> Any:
        return (p * torch.log(d) + q * torch.log1p(-d)).sum()

    slope = torch.func.grad(gain)
    curve = torch.func.grad(lambda d: slope(d).sum())
    d = torch.full_like(p, 0.5)
    for _ in range(60):
        d = torch.minimum(torch.maximum(d - slope(d) / curve(d), d / 2), (1 + d) / 2)
    return {"D": d, adjoint("D"): slope(d), "C": curve(d)}


value_derivative = Derivation(
    "gan-value-derivative",
    "How the value of the game changes with the discriminator",
    subject="generative",
    statement="The functional derivative of the discriminator's value V at a point.",
    of=value,
    wrt="D",
    letters=("x",),
    symbols=_SYMBOLS | {"D": Symbol(("R",), "unit", "D", "the discriminator")},
    truth=_value,
    settings=_SIZES,
    form="(δ V)/(δ D) (x) = p_{data}(x)/D(x) - p_G(x)/(1 - D(x))",
    assumptions=_ASSUMPTIONS,
    source="003_a2d52afd229cfba6.txt §15.1.3",
    style={adjoint("D"): r"\frac{\delta V}{\delta D}"},
    printed=(
        Printed(
            relation(
                f"{adjoint('D')}[x] = 1/D[x] - 1/(1 - D[x])", shapes={"D": "R", adjoint("D"): "R"}, frame=axes(x="R")
            ),
            "The expectations are dropped before the derivative is taken: without the densities the optimum would be 1/2 at "
            "every x, and not the D* that the sheet goes on with.",
            r"\frac{\partial}{\partial D}(\log D(x) + \log(1 - D(G(z)))) = 0",
        ),
    ),
)

_BEST = _SYMBOLS | {
    "D": Symbol(("R",), "derived", "D", "the discriminator"),
    "C": Symbol(("R",), "derived", r"\frac{\partial}{\partial D}\frac{\delta V}{\delta D}", "the curvature"),
}
_LEMMA = Rule(
    "functional derivative",
    "The integrand holds no derivative of D, so the Euler–Lagrange equation only asks how it changes with D at one x "
    "(derived above).",
    lambda r: r,
)

value_concave = Derivation(
    "gan-value-concave",
    "Why the stationary discriminator is a maximum",
    subject="generative",
    statement="The curvature of the discriminator's value V, the mean of log D(x) over the data plus that of "
    "log(1 − D(x)) over the generator's samples, is negative everywhere.",
    start=lambda: value_derivative.result,
    opening=_LEMMA,
    then=(
        differentiate_again("D", ("x",), expression("C[x]"), "Differentiate once more in D(x)."),
        negative("Both terms are negative: a density over a square, with a minus sign."),
    ),
    symbols=_BEST,
    truth=best,
    settings=_SIZES,
    kind="claim",
    assumptions=_ASSUMPTIONS,
    source="003_a2d52afd229cfba6.txt §15.1.3",
    style=value_derivative.style,
    lemmas=(value_derivative,),
)

optimal_discriminator = Derivation(
    "optimal-discriminator",
    "The optimal discriminator",
    subject="generative",
    statement="The discriminator that maximises the value V of the game against a fixed generator: the mean of log D(x) "
    "over the data plus that of log(1 − D(x)) over the generator's samples.",
    start=lambda: value_derivative.result,
    opening=_LEMMA,
    then=(
        stationary(
            expression(f"{adjoint('D')}[x]"),
            "At the best discriminator no small change helps: the derivative is zero at every x.",
            condition="The maximum lies inside: the value falls to −∞ as D(x) tends to 0 or to 1.",
        ),
        solve_for(
            expression("D[x]"),
            "Multiply by D(1 − D): one linear equation at each x.",
            condition="The densities are not both zero at x.",
        ),
    ),
    symbols=_BEST,
    truth=best,
    settings=_SIZES,
    form="D(x) = p_{data}(x)/(p_{data}(x) + p_G(x))",
    assumptions=_ASSUMPTIONS,
    source="003_a2d52afd229cfba6.txt §15.1.3",
    style=value_derivative.style,
    lemmas=(value_derivative, value_concave),
)
