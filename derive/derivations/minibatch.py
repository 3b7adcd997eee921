"""Stochastic gradients: unbiased with and without variance reduction, and what a minibatch does to the variance.

The loss is a mean of n functions; ``g`` are their derivatives in one weight, at one point.
"""

from __future__ import annotations

from typing import Any

from derive.calculus.rules import put, solve_for, tidy
from derive.calculus.rules_common import constant_sums, merge_like, on_the_right
from derive.calculus.rules_names import assume
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Printed, Symbol
from derive.notation.index_language import expression, relation

_SOURCE = "000_46eee05028ac51b3.txt 'Stochastic Gradient Descent', 'Minibatch SGD'"
_SHAPES = {"g": "n", "h": "n", "C": "r r", "q": "n"}
_COUNT = Symbol(domain="dimension", latex="n", meaning="the number of functions whose mean is the loss")
_DRAWN = Symbol(domain="dimension", latex="r", meaning="the size of the minibatch")


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _mean_of_steps(torch: Any, a: Any, x: Any, z: Any) -> dict[str, Any]:
    """The slopes by autograd of n functions at two points, and the mean over every choice of one of them."""

    def slopes(at: Any) -> Any:
        return torch.func.grad(lambda points: torch.logaddexp(a * points, -points).sum())(at.expand(len(a)))

    g, h = slopes(x), slopes(z)
    draws = torch.stack([g[i] - h[i] + h.mean() for i in range(len(a))])
    return {"g": g, "h": h, "E": draws.mean()}


variance_reduction = Derivation(
    "variance-reduction-unbiased",
    "Variance reduction leaves the mean of the stochastic gradient",
    subject="optimisation",
    statement="Corrected by the gradients at an old point, the stochastic gradient still has the gradient as its mean.",
    start=relation("E = sum(g[i] - h[i] + sum(h[k], k)/n, i)/n", shapes=_SHAPES),
    opening=_by("mean over the draws", "Each of the n functions is drawn with probability 1/n."),
    then=(
        on_the_right(tidy("split", "The sum of a difference is the difference of the sums.", "distribute")),
        constant_sums("The full gradient at the old point is the same for every draw."),
        merge_like("The corrections have mean 0: the two sums are the same."),
    ),
    symbols={
        "n": _COUNT,
        "a": Symbol(("n",), latex="a", meaning="a parameter of each function"),
        "x": Symbol((), latex="x", meaning="the point"),
        "z": Symbol((), latex=r"\bar{x}", meaning="the old point"),
        "g": Symbol(("n",), "derived", r"f'", "the derivatives at the point"),
        "h": Symbol(("n",), "derived", r"\bar{f}'", "the derivatives at the old point"),
        "E": Symbol((), "derived", r"\mathbb{E}", "the mean of the corrected stochastic gradient"),
    },
    truth=_mean_of_steps,
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
    form="E = 1/n Σ_{i=1}^n f'_i",
    source="000_46eee05028ac51b3.txt 'Variance reduction'",
)


def _covariances(torch: Any, g: Any, r: int, *, again: bool) -> dict[str, Any]:
    """Mean and covariances over every sequence of r draws from n numbers, with or without putting them back."""
    n = len(g)
    places = torch.cartesian_prod(*[torch.arange(n)] * r)
    if not again:
        places = places[[len(set(p)) == r for p in places.tolist()]]
    draws = g[places]
    covariance = torch.cov(draws.T, correction=0)
    return {
        "V": torch.var(g, correction=0),
        "C": covariance,
        "W": torch.var(draws.mean(dim=1), correction=0),
        "c": covariance[0, 1],
    }


_BATCH = {
    "n": _COUNT,
    "r": _DRAWN,
    "g": Symbol(("n",), latex="f'", meaning="the derivatives of the functions"),
    "C": Symbol(("r", "r"), "derived", "C", "the covariance of two draws of the batch"),
    "V": Symbol((), "derived", "V", "the variance of one draw"),
    "W": Symbol((), "derived", r"\operatorname{Var}", "the variance of the minibatch's mean"),
}
_SETTINGS = ({"n": 4, "r": 2}, {"n": 5, "r": 3}, {"n": 6, "r": 4})
_START = relation("W = sum(C[k, l], k, l)/r**2", shapes=_SHAPES)
_MEAN = _by("variance of a mean", "The variance of a sum is the sum of all covariances, of each draw with each.")

minibatch = Derivation(
    "minibatch-variance",
    "What a minibatch does to the variance",
    subject="optimisation",
    statement="The variance of the mean of r independent draws: that of one draw over r.",
    start=_START,
    opening=_MEAN,
    then=(
        assume(
            expression("C[k, l]", shapes=_SHAPES, letters=("k", "l")),
            expression("V*[k = l]", letters=("k", "l")),
            "Draws that are put back are independent: only a draw with itself has a covariance, and it is the variance.",
            "The draws are independent.",
        ),
        multiply_out("The bracket picks the diagonal."),
        constant_sums("Each of the r draws adds the same."),
    ),
    symbols=_BATCH,
    truth=lambda torch, g, r: _covariances(torch, g, r, again=True),
    settings=_SETTINGS,
    form="Var = V/r",
    assumptions=("Functions are drawn independently, with replacement.",),
    source=_SOURCE,
    printed=(
        Printed(
            relation("W = V*r", shapes=_SHAPES),
            "The variance falls with the size of the batch: it is proportional to 1/r, not to r.",
            r"variance \propto r",
        ),
    ),
)

covariance_without = Derivation(
    "covariance-without-replacement",
    "The covariance of two draws without replacement",
    subject="optimisation",
    statement="Two draws without replacement pull apart: their covariance is −V/(n − 1).",
    start=relation("0 = n*V + n*(n - 1)*c", shapes=_SHAPES),
    opening=_by(
        "all of them",
        "If all n are drawn the sum is certain, so its variance is 0: n variances and a covariance for each of n(n − 1) pairs.",
    ),
    then=(solve_for(expression("c"), "Solve for the covariance.", condition="n is at least 2."),),
    symbols=_BATCH | {"c": Symbol((), "derived", "c", "the covariance of two different draws")},
    truth=lambda torch, g, r: _covariances(torch, g, r, again=False),
    settings=_SETTINGS,
    form="c = -V/(n - 1)",
    source=_SOURCE,
)
without_replacement = Derivation(
    "minibatch-variance-without-replacement",
    "The variance of a minibatch drawn without replacement",
    subject="optimisation",
    statement="The variance of the mean of r draws without replacement: 0 if the batch holds everything.",
    start=_START,
    opening=_MEAN,
    then=(
        assume(
            expression("C[k, l]", shapes=_SHAPES, letters=("k", "l")),
            expression("V*[k = l] + (1 - [k = l])*c", letters=("k", "l")),
            "A draw with itself has the variance V, two different ones the same covariance c.",
            "Every order of the draws is equally likely.",
        ),
        multiply_out("The bracket picks the diagonal."),
        constant_sums("The summands do not hang on the letters."),
        lambda: put("c", (), covariance_without.result.result, "lemma", "The covariance of two draws (derived above)."),
        tidy("factor", "Over a common denominator.", change="factor"),
    ),
    symbols=_BATCH | {"c": Symbol((), "derived", "c", "the covariance of two different draws")},
    truth=lambda torch, g, r: _covariances(torch, g, r, again=False),
    settings=_SETTINGS,
    form="Var = (V (n - r))/(r (n - 1))",
    assumptions=("Every set of r functions is equally likely, as in an epoch of shuffled data.",),
    source=_SOURCE,
    lemmas=(covariance_without,),
)
