"""How large random weights should be at the start: the variance of a unit, Xavier's and He's choices."""

from __future__ import annotations

from itertools import product
from typing import Any

from derive.calculus.rules import put, solve_for, use
from derive.calculus.rules_chance import linearity
from derive.calculus.rules_common import constant_sums, merge_like
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

SHAPES = {"W": "Omega n", "x": "Omega n", "y": "Omega n", "z": "Omega"}


def _text(text: str) -> Any:
    return expression(text, shapes=SHAPES, letters=("j", "k"))


def _signs(torch: Any, n: int) -> Any:
    """Independent weights of mean 0 and variance 1: every pattern of signs, once."""
    return torch.tensor(list(product((-1.0, 1.0), repeat=n)), dtype=torch.float64)


def _together(torch: Any, weights: Any, inputs: Any) -> tuple[Any, Any]:
    """Weights and inputs that know nothing of each other: every pair of outcomes, once."""
    return weights.repeat_interleave(len(inputs), dim=0), inputs.repeat(len(weights), 1)


def _unit(torch: Any, sample: Any, v: Any, s: Any, n: int) -> dict[str, Any]:
    """One unit's pre-activation over all outcomes; the inputs need not be independent of each other."""
    return _fed(torch, torch.sqrt(v) * _signs(torch, n), sample, s)


def _biased_unit(torch: Any, sample: Any, v: Any, s: Any, n: int) -> dict[str, Any]:
    return _fed(torch, torch.sqrt(v) * _signs(torch, n) + torch.arange(1, n + 1) / 3, sample, s)


def _fed(torch: Any, weights: Any, sample: Any, s: Any) -> dict[str, Any]:
    weights, inputs = _together(torch, weights, sample[:3] * torch.sqrt(s / (sample[:3] ** 2).mean(dim=0)))
    z = torch.linalg.vecdot(weights, inputs)
    return {"W": weights, "x": inputs, "z": z, "U": torch.var(z, correction=0)}


def _kept(torch: Any, sample: Any, s: Any, n: int) -> dict[str, Any]:
    """The weights' variance that keeps the variance, found by scaling the weights until it does."""
    v = s / _unit(torch, sample, torch.ones_like(s), s, n)["U"]
    return {"v": v, **_unit(torch, sample, v, s, n)}


def _kept_by_relu(torch: Any, sample: Any, r: Any, n: int) -> dict[str, Any]:
    """The same where the inputs are torch's relu of pre-activations whose distribution is symmetric."""
    rows = torch.cat((sample[:2], -sample[:2]))
    rows = rows * torch.sqrt(r / (rows**2).mean(dim=0))
    weights, before = _together(torch, _signs(torch, n), rows)
    inputs = torch.relu(before)
    v = r / torch.var(torch.linalg.vecdot(weights, inputs), correction=0)
    z = torch.linalg.vecdot(torch.sqrt(v) * weights, inputs)
    s = (inputs**2).mean(dim=0)[0]
    return {"y": before[:, 0], "x": inputs, "v": v, "z": z, "U": torch.var(z, correction=0), "s": s}


def _lopsided(torch: Any, sample: Any, r: Any, n: int) -> dict[str, Any]:
    return {"y": sample[:, 0] + torch.sqrt(r) / 2}


def _both_ways(torch: Any, sample: Any, back: Any, n: int, m: int) -> dict[str, Any]:
    """The variance that brings the mean of the two gains to 1, the gains measured on weights of variance 1."""
    one = torch.ones((), dtype=torch.float64)
    gains = [_unit(torch, rows, one, one, size)["U"] for rows, size in ((sample, n), (back, m))]
    return {"v": 1 / torch.stack(gains).mean()}


_SYMBOLS = {
    "n": Symbol(domain="dimension", latex="n", meaning="the number of inputs of the unit"),
    "Omega": Symbol(
        domain="outcomes", latex=r"\Omega", meaning="what chance may bring (finitely many cases when checked)"
    ),
    "sample": Symbol(("Omega", "n")),
    "v": Symbol((), "positive", r"\sigma_w^2", "the variance of each weight"),
    "s": Symbol((), "positive", r"\mathbb{E}[x^2]", "the mean square of each input"),
    "W": Symbol(("Omega", "n"), "derived", "w", "the weights, random"),
    "x": Symbol(("Omega", "n"), "derived", "x", "the inputs, random"),
    "z": Symbol(("Omega",), "derived", "z", "the unit's pre-activation"),
    "U": Symbol((), "derived", r"\mathrm{Var}[z]", "the variance of the unit's pre-activation"),
}
_KEPT = {n: x for n, x in _SYMBOLS.items() if n != "v"} | {
    "v": Symbol((), "derived", r"\sigma_w^2", "the variance of each weight")
}
_ONE = {"y": "Omega"}
_HE = {n: x for n, x in _KEPT.items() if n not in ("W",)} | {
    "s": Symbol((), "derived", r"\mathbb{E}[x^2]", "the mean square of each input"),
    "r": Symbol((), "positive"),
    "y": Symbol(("Omega",), "derived", "y", "a pre-activation of the layer before, random"),
}
_RELU_SETTINGS = ({"n": 2, "Omega": 16}, {"n": 3, "Omega": 32}, {"n": 4, "Omega": 64})
_SETTINGS = ({"n": 2, "Omega": 12}, {"n": 3, "Omega": 24}, {"n": 4, "Omega": 48})
_SOURCE = "001_9baaf7fce9703606.txt §1.9"
_ASSUMPTIONS = (
    "The weights have mean 0, the same variance, and are independent of each other and of the inputs.",
    "The inputs have the same mean square; they may depend on each other.",
)

unit_mean = Derivation(
    "unit-mean",
    "A unit with random weights has mean zero",
    subject="initialisation",
    statement="The expectation of a unit's pre-activation over random weights and inputs.",
    start=relation("expectation(z[o], o) = expectation(sum(W[o, j]*x[o, j], j), o)", shapes=SHAPES),
    opening=Rule("pre-activation", "A unit adds its inputs up, each times its weight.", lambda r: r),
    then=(
        linearity("The expectation of a sum is the sum of the expectations."),
        use(
            _text("expectation(W[o, j]*x[o, j], o)"),
            _text("expectation(W[o, j], o)*expectation(x[o, j], o)"),
            "independence",
            "Weights and inputs are independent: the expectation of the product is the product of the expectations.",
            "Weights and inputs are independent.",
        ),
        use(_text("expectation(W[o, j], o)"), expression("0"), "centred", "The weights have mean 0."),
    ),
    symbols={n: s for n, s in _SYMBOLS.items() if n != "U"},
    truth=_unit,
    elsewhere=_biased_unit,
    general=(1, 2, 3),
    settings=_SETTINGS,
    form="E[z] = 0",
    assumptions=_ASSUMPTIONS,
    source=_SOURCE,
)
unit_variance = Derivation(
    "unit-variance",
    "The variance of a unit with random weights",
    subject="initialisation",
    statement="How the variance of a pre-activation grows with the number of inputs and the variance of the weights.",
    start=relation("U = expectation(z[o]**2, o) - expectation(z[o], o)**2", shapes=SHAPES),
    opening=Rule("variance", "The variance is the mean square less the square of the mean.", lambda r: r),
    then=(
        lambda: use(
            _text("expectation(z[o], o)"), unit_mean.result.result, "mean zero", "The mean is 0 (derived above)."
        ),
        put("z", ("o",), _text("sum(W[o, j]*x[o, j], j)"), "pre-activation", "Put in what the unit computes."),
        linearity("Multiply the square out: each pair of inputs gives an expectation."),
        use(
            _text("expectation(W[o, j]*W[o, k]*x[o, j]*x[o, k], o)"),
            _text("expectation(W[o, j]*W[o, k], o)*expectation(x[o, j]*x[o, k], o)"),
            "independence",
            "Weights and inputs are independent.",
            "Weights and inputs are independent.",
        ),
        use(
            _text("expectation(W[o, j]*W[o, k], o)"),
            _text("v*[j = k]"),
            "independent weights",
            "Two different weights have the covariance 0, a weight with itself its variance.",
            "The weights are independent of each other.",
        ),
        multiply_out("Only the pairs of an input with itself are left.", "collapse"),
        use(
            _text("expectation(x[o, j]**2, o)"),
            expression("s"),
            "equal inputs",
            "All inputs have the same mean square.",
        ),
        constant_sums("n equal terms."),
    ),
    symbols=_SYMBOLS,
    truth=_unit,
    elsewhere=_biased_unit,
    general=(1,),
    settings=_SETTINGS,
    form="Var[z] = n σ_w² E[x²]",
    assumptions=_ASSUMPTIONS,
    source=_SOURCE,
    lemmas=(unit_mean,),
)
_LAYER = Rule("variance of a unit", "n inputs give n times the product of the two (derived above).", lambda r: r)
xavier_forward = Derivation(
    "xavier-forward",
    "Weights that keep the variance on the way forward",
    subject="initialisation",
    statement="The variance that weights must have for a unit to vary as much as its inputs.",
    start=lambda: unit_variance.result,
    opening=_LAYER,
    then=(
        put(
            "U",
            (),
            expression("s"),
            "keep the variance",
            "The unit shall vary as much as its inputs.",
            "The activation is linear near 0 and the inputs have mean 0, so their mean square is their variance.",
        ),
        solve_for(
            expression("v"), "Divide by what stands beside the weights' variance.", "The inputs are not all zero."
        ),
    ),
    symbols=_KEPT,
    truth=_kept,
    settings=_SETTINGS,
    form="σ_w² = 1/n",
    assumptions=_ASSUMPTIONS,
    source=_SOURCE,
    lemmas=(unit_variance,),
)
relu_half = Derivation(
    "relu-half",
    "relu keeps half of the mean square",
    subject="initialisation",
    statement="The mean square behind a relu, for a pre-activation whose distribution is symmetric about 0.",
    start=relation("expectation(y[o]**2, o) = expectation(max(y[o], 0)**2 + max(-y[o], 0)**2, o)", shapes=_ONE),
    opening=Rule("either side", "Of relu(y) and relu(−y) one is |y| and the other is 0.", lambda r: r),
    then=(
        linearity("The expectation of a sum is the sum of the expectations."),
        use(
            expression("expectation(max(-y[o], 0)**2, o)", shapes=_ONE),
            expression("expectation(max(y[o], 0)**2, o)", shapes=_ONE),
            "symmetry",
            "y and −y have the same distribution.",
            "The distribution is symmetric about 0.",
        ),
        merge_like("Twice the same."),
        solve_for(expression("expectation(max(y[o], 0)**2, o)", shapes=_ONE), "Divide by two."),
    ),
    symbols={n: _HE[n] for n in ("n", "Omega", "sample", "r", "y")},
    truth=_kept_by_relu,
    elsewhere=_lopsided,
    general=(1, 2),
    settings=_RELU_SETTINGS,
    form="E[(max(y, 0))²] = 1/2 E[y²]",
    assumptions=("The pre-activation's distribution is symmetric about 0.",),
    source=_SOURCE,
)
he = Derivation(
    "he-initialisation",
    "Weights that keep the variance behind a relu",
    subject="initialisation",
    statement="The variance that weights must have for a unit that is fed by relus to vary as much as the units before.",
    start=lambda: unit_variance.result,
    opening=_LAYER,
    then=(
        put(
            "s",
            (),
            expression("expectation(max(y[o], 0)**2, o)", shapes=_ONE),
            "relu",
            "Each input is a relu of some y.",
        ),
        lambda: use(relu_half.result.left, relu_half.result.result, "half", "A relu keeps half (derived above)."),
        put(
            "U",
            (),
            expression("expectation(y[o]**2, o)", shapes=_ONE),
            "keep the variance",
            "The unit shall vary as much as the units before it, whose mean is 0.",
        ),
        solve_for(
            expression("v"), "Divide by what stands beside the weights' variance.", "The inputs are not all zero."
        ),
    ),
    symbols=_HE,
    truth=_kept_by_relu,
    settings=_RELU_SETTINGS,
    form="σ_w² = 2/n",
    assumptions=(*_ASSUMPTIONS, *relu_half.assumptions),
    source=_SOURCE,
    lemmas=(unit_variance, relu_half),
)
xavier = Derivation(
    "xavier-initialisation",
    "Xavier's compromise between the way forward and the way back",
    subject="initialisation",
    statement="The variance that weights between n inputs and m outputs must have for the two gains to be 1 on average.",
    start=relation("(n*v + m*v)/2 = 1", letters=("n", "m")),
    opening=Rule(
        "two gains",
        "Forward a layer multiplies the variance by n σ², backward, where every unit adds up m derivatives, by m σ². Both "
        "are 1 only where n = m; ask it of their mean.",
        lambda r: r,
    ),
    then=(solve_for(expression("v"), "One linear equation."),),
    symbols={
        "n": _SYMBOLS["n"],
        "m": Symbol(domain="dimension", latex="m", meaning="the number of units that it feeds"),
        "Omega": _SYMBOLS["Omega"],
        "sample": _SYMBOLS["sample"],
        "back": Symbol(("Omega", "m")),
        "v": _KEPT["v"],
    },
    truth=_both_ways,
    settings=({"n": 2, "m": 3, "Omega": 4}, {"n": 3, "m": 5, "Omega": 6}, {"n": 4, "m": 2, "Omega": 5}),
    form="σ_w² = 2/(m + n)",
    assumptions=xavier_forward.assumptions,
    source=_SOURCE,
    lemmas=(xavier_forward,),
)
