"""What the generator of an adversarial network minimises: the Jensen–Shannon divergence."""

from __future__ import annotations

from typing import Any

from derive.calculus.inequalities import bounded_by
from derive.calculus.rules import put, tidy, use
from derive.calculus.rules_logarithms import numbers_in, numbers_out, tidy_arguments
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Relation, Rule
from derive.derivations.base import MESH, Derivation, Symbol
from derive.derivations.discriminator import best, optimal_discriminator, value
from derive.notation.index_language import expression

SHAPES = {"p": "R", "q": "R", "r": "R"}


def _divergences(torch: Any, a: Any, b: Any) -> dict[str, Any]:
    """The game at its numerical optimum, and torch's own divergences of the densities from their mixture."""
    p, q = (v / (v.sum() * MESH) for v in (a, b))
    d = best(torch, p, q)["D"]
    mixture = (p + q) / 2

    def divergence(density: Any) -> Any:
        logs = torch.log(mixture), torch.log(density)
        return torch.nn.functional.kl_div(*logs, reduction="sum", log_target=True) * MESH

    first, second = divergence(p), divergence(q)
    return {
        "p": p,
        "q": q,
        "r": mixture,
        "D": d,
        "V": (p * torch.log(d) + q * torch.log1p(-d)).sum() * MESH,
        "A": first,
        "B": second,
        "J": (first + second) / 2,
    }


def _same(torch: Any, a: Any) -> dict[str, Any]:
    """The same where the generator's samples have the data's density."""
    return _divergences(torch, a, a)


def _one(name: str) -> Rule:
    return use(
        expression(f"integral({name}[x], x)", shapes=SHAPES), expression("1"), "a density", "A density integrates to 1."
    )


def _divergence(density: str, name: str, sentence: str) -> Rule:
    left = expression(f"integral({density}[x]*log({density}[x]/r[x]), x)", shapes=SHAPES)
    return use(left, expression(name), "divergence", sentence)


_SYMBOLS = {
    "R": Symbol(
        domain="continuum",
        latex=r"\mathcal{X}",
        meaning="the continuum that x runs over",
    ),
    "a": Symbol(("R",), "positive"),
    "b": Symbol(("R",), "positive"),
    "p": Symbol(("R",), "derived", r"p_{\text{data}}", "the density of the data"),
    "q": Symbol(("R",), "derived", "p_G", "the density of the generator's samples"),
    "r": Symbol(("R",), "derived", "m", "their mixture, half of each"),
    "D": Symbol(("R",), "derived", "D", "the optimal discriminator"),
    "V": Symbol((), "derived", "V", "the value of the game"),
    "A": Symbol((), "derived", r"\mathrm{KL}_{\text{data}}", "the divergence of the data's density from the mixture"),
    "B": Symbol((), "derived", r"\mathrm{KL}_{G}", "the divergence of the generator's density from the mixture"),
    "J": Symbol((), "derived", r"\mathrm{JSD}", "the Jensen–Shannon divergence, half of the two together"),
}
_SETTINGS = ({"R": 4}, {"R": 6}, {"R": 9})
_SOURCE = "003_a2d52afd229cfba6.txt §15.1.3"
_ASSUMPTIONS = ("Both densities are positive everywhere and integrate to 1.", "The discriminator is the optimal one.")

value_at_best = Derivation(
    "gan-jensen-shannon",
    "What the generator of a GAN minimises",
    subject="generative",
    statement="The value of the game at the optimal discriminator, as a divergence between the two densities.",
    start=Relation((expression("V"), value.definitions[0].body)),
    opening=Rule("value", "The value of the game for a discriminator D.", lambda r: r),
    then=(
        lambda: put(
            "D",
            ("x",),
            optimal_discriminator.result.result,
            "optimal",
            "Put the best discriminator in (derived above).",
        ),
        tidy_arguments("log", "the other share", "What is not from the data is from the generator: 1 − D = q/(p + q)."),
        use(
            expression("p[x] + q[x]", shapes=SHAPES),
            expression("2*r[x]", shapes=SHAPES),
            "mixture",
            "Half of the sum of two densities is a density: their mixture m.",
        ),
        numbers_out("The two comes out of both logarithms."),
        multiply_out("Each integral of a difference is a difference of integrals."),
        _one("p"),
        _one("q"),
        _divergence("p", "A", "The first integral is the data's divergence from the mixture."),
        _divergence("q", "B", "The second is the generator's."),
        put(
            "A",
            (),
            expression("2*J - B"),
            "Jensen–Shannon",
            "Half of the two together is the Jensen–Shannon divergence.",
        ),
        tidy("cancel", "The generator's divergence cancels."),
        numbers_in("Two logarithms of 2 are one of 4."),
    ),
    symbols=_SYMBOLS,
    truth=_divergences,
    settings=_SETTINGS,
    form="V = 2 JSD - log(4)",
    assumptions=_ASSUMPTIONS,
    source=_SOURCE,
    lemmas=(optimal_discriminator,),
)
least_value = Derivation(
    "gan-least-value",
    "The best a generator can do",
    subject="generative",
    statement="The least value that a generator can reach against the optimal discriminator.",
    start=lambda: value_at_best.result,
    opening=Rule("Jensen–Shannon", "The value is twice the divergence less log 4 (derived above).", lambda r: r),
    then=(
        bounded_by(
            expression("-log(4)"),
            "a divergence is never negative",
            "The divergence is 0 where both densities are the same, and nowhere less.",
            "Both are densities.",
            op=">=",
        ),
    ),
    symbols=_SYMBOLS,
    truth=_divergences,
    equality=_same,
    settings=_SETTINGS,
    kind="claim",
    form="V = 2 JSD - log(4) ≥ -log(4)",
    assumptions=_ASSUMPTIONS,
    source=_SOURCE,
    lemmas=(value_at_best,),
)
