"""How large random weights should be for the way back: the variance of a derivative, through linear units and through relus."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules import put, solve_for, use
from derive.calculus.rules_chance import linearity
from derive.calculus.rules_common import constant_sums
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

SHAPES = {"W": "Omega m", "D": "Omega m", "q": "Omega", "a": "Omega", "e": "Omega"}
_SOURCE = "001_9baaf7fce9703606.txt §1.9; He et al.: Delving Deep into Rectifiers (2015), §2.2"


def _text(text: str) -> Any:
    return expression(text, shapes=SHAPES, letters=("i", "k"))


def _signs(torch: Any, m: int) -> Any:
    """Every pattern of signs, once: independent weights of mean 0 and variance 1."""
    return torch.cartesian_prod(*[torch.tensor([-1.0, 1.0], dtype=torch.float64)] * m).reshape(-1, m)


def _back(torch: Any, rows: Any, v: Any, s: Any, m: int) -> dict[str, Any]:
    """A derivative that m units send back over all outcomes, by autograd: the errors of the units may hang on each other."""
    rows = rows[:3] * torch.sqrt(s / (rows[:3] ** 2).mean(dim=0))
    signs = _signs(torch, m) * torch.sqrt(v)
    weights, errors = signs.repeat_interleave(len(rows), 0), rows.repeat(len(signs), 1)
    q = torch.func.grad(lambda x: (errors * weights * x[:, None]).sum())(torch.zeros_like(weights[:, 0]))
    return {"W": weights, "D": errors, "q": q, "B": torch.square(q).mean()}


def _kept(torch: Any, sample: Any, s: Any, m: int) -> dict[str, Any]:
    """The variance that keeps the mean square on the way back, found by scaling the weights until it does."""
    v = s / _back(torch, sample, torch.ones_like(s), s, m)["B"]
    return {"v": v, **_back(torch, sample, v, s, m)}


_SYMBOLS = {
    "m": Symbol(domain="dimension", latex="m", meaning="the number of units that the input feeds"),
    "Omega": Symbol(
        domain="outcomes", latex=r"\Omega", meaning="what chance may bring (finitely many cases when checked)"
    ),
    "sample": Symbol(("Omega", "m")),
    "v": Symbol((), "positive", r"\sigma_w^2", "the variance of each weight"),
    "s": Symbol((), "positive", r"\mathbb{E}[\delta^2]", "the mean square of each unit's error signal"),
    "W": Symbol(("Omega", "m"), "derived", "w", "the weights that leave the input, random"),
    "D": Symbol(("Omega", "m"), "derived", r"\delta", "the error signals of the units, random"),
    "q": Symbol(("Omega",), "derived", r"\bar{x}", "the derivative of the loss in the input"),
    "B": Symbol((), "derived", r"\mathrm{Var}[\bar{x}]", "the variance of the derivative of the loss in the input"),
}
_SETTINGS = ({"m": 2, "Omega": 12}, {"m": 3, "Omega": 24}, {"m": 4, "Omega": 48})
_ASSUMPTIONS = (
    "The weights have mean 0, the same variance, and are independent of each other and of the error signals.",
    "The error signals have the same mean square; they may depend on each other.",
)
backward_variance = Derivation(
    "backward-variance",
    "The variance of a derivative that goes back through random weights",
    subject="initialisation",
    statement="How the derivatives grow on the way back: with the number of units that an input feeds.",
    start=relation("B = expectation(q[o]**2, o)", shapes=SHAPES),
    opening=Rule(
        "variance", "The weights have mean 0, and so has the derivative: the variance is the mean square.", lambda r: r
    ),
    then=(
        put(
            "q",
            ("o",),
            expression("sum(W[o, i]*D[o, i], i)", shapes=SHAPES, letters=("o",)),
            "way back",
            "An input adds up the error signals of the units that it feeds, each times its weight.",
        ),
        linearity("Multiply the square out: each pair of units gives an expectation."),
        use(
            _text("expectation(D[o, i]*D[o, k]*W[o, i]*W[o, k], o)"),
            _text("expectation(W[o, i]*W[o, k], o)*expectation(D[o, i]*D[o, k], o)"),
            "independence",
            "Weights and error signals are independent.",
            "Weights and error signals are independent.",
        ),
        use(
            _text("expectation(W[o, i]*W[o, k], o)"),
            _text("v*[i = k]"),
            "independent weights",
            "Two different weights have the covariance 0, a weight with itself its variance.",
            "The weights are independent of each other.",
        ),
        multiply_out("Only the pairs of a unit with itself are left.", "collapse"),
        use(
            _text("expectation(D[o, i]**2, o)"),
            expression("s"),
            "equal units",
            "All error signals have one mean square.",
        ),
        constant_sums("m equal terms."),
    ),
    symbols=_SYMBOLS,
    truth=lambda torch, sample, v, s, m: _back(torch, sample, v, s, m),
    settings=_SETTINGS,
    form="Var[x̄] = m σ_w² E[δ²]",
    assumptions=_ASSUMPTIONS,
    source=_SOURCE,
)
_WAY_BACK = Rule(
    "variance on the way back", "m units give m times the product of the two (derived above).", lambda r: r
)
_KEPT = _SYMBOLS | {"v": Symbol((), "derived", r"\sigma_w^2", "the variance of each weight")}
xavier_backward = Derivation(
    "xavier-backward",
    "Weights that keep the variance on the way back",
    subject="initialisation",
    statement="The variance that weights must have for derivatives to keep their size through linear units.",
    start=lambda: backward_variance.result,
    opening=_WAY_BACK,
    then=(
        put("B", (), expression("s"), "keep the size", "The derivative shall be as large as those that come in."),
        solve_for(expression("v"), "Divide by what stands beside the weights' variance.", "No error signal is zero."),
    ),
    symbols=_KEPT,
    truth=_kept,
    settings=_SETTINGS,
    form="σ_w² = 1/m",
    assumptions=_ASSUMPTIONS,
    source=_SOURCE,
    lemmas=(backward_variance,),
)


def _through_relus(torch: Any, sample: Any, s: Any, m: int) -> dict[str, Any]:
    """The same where the derivative goes on through torch's relu, whose unit is on in half of the outcomes."""

    def met(v: Any) -> dict[str, Any]:
        found = _back(torch, sample, v, s, m)
        q = torch.cat([found["q"], found["q"].flip(0)])
        before = torch.cat([torch.ones_like(found["q"]), -torch.ones_like(found["q"])])
        back = torch.func.vjp(torch.relu, before)[1]
        (behind,), (slope,) = back(q), back(torch.ones_like(q))
        return {"B": found["B"], "q": q, "a": slope, "e": behind}

    v = s / torch.square(met(torch.ones_like(s))["e"]).mean()
    return {"v": v, **met(v)}


he_backward = Derivation(
    "he-backward",
    "Weights that keep the variance on the way back through relus",
    subject="initialisation",
    statement="A relu lets half of the derivatives through: weights must vary twice as much as behind linear units.",
    start=relation("s = expectation(e[o]**2, o)", shapes=SHAPES),
    opening=Rule(
        "keep the size", "The error signal behind the relu shall be as large as those that come in.", lambda r: r
    ),
    then=(
        put(
            "e",
            ("o",),
            expression("a[o]*q[o]", shapes=SHAPES, letters=("o",)),
            "relu",
            "The derivative times the relu's slope, which is 0 or 1.",
        ),
        use(
            expression("expectation(a[o]**2*q[o]**2, o)", shapes=SHAPES),
            expression("B/2"),
            "half",
            "A unit is on in half of all cases, whatever comes back: half of the variance is left.",
            "The pre-activation is symmetric about 0 and independent of what comes back.",
        ),
        lambda: put(
            "B", (), backward_variance.result.result, "way back", "The variance of what comes back (derived above)."
        ),
        solve_for(expression("v"), "Divide by what stands beside the weights' variance.", "No error signal is zero."),
    ),
    symbols=_KEPT
    | {
        "a": Symbol(("Omega",), "derived", "a", "the relu's slope"),
        "e": Symbol(("Omega",), "derived", r"\delta'", "the error signal behind the relu"),
    },
    truth=_through_relus,
    settings=tuple(sizes | {"Omega": 2 * sizes["Omega"]} for sizes in _SETTINGS),
    form="σ_w² = 2/m",
    assumptions=(*_ASSUMPTIONS, "The pre-activation is symmetric about 0 and independent of what comes back."),
    source=_SOURCE,
    lemmas=(backward_variance,),
)
