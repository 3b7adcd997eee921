"""Tail bounds: Markov, Chebyshev and Hoeffding, each with a case that attains it."""

from __future__ import annotations

from typing import Any

from derive.calculus.inequalities import count_multiplications, ends
from derive.calculus.rules import put, use
from derive.calculus.rules_terms import estimate, multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

_NOTES = "000_46eee05028ac51b3.txt"
_SHAPES = {"x": "n"}
_SIZES = ({"n": 4}, {"n": 6}, {"n": 9})
_OUTCOMES = Symbol(domain="dimension", latex="n", meaning="the number of equally likely outcomes")


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


_MEAN = use(
    expression("sum(x[i], i)", shapes=_SHAPES),
    expression("n*m", letters=("n",)),
    "mean",
    "The values add up to n means.",
)


def _tail(torch: Any, x: Any, a: Any) -> dict[str, Any]:
    """How often the values reach a, and their mean."""
    return {"P": torch.ge(x, a).to(x.dtype).mean(), "m": x.mean()}


def _two_values(torch: Any, x: Any, a: Any) -> dict[str, Any]:
    """A variable that is 0 or a."""
    either = a * (torch.arange(len(x)) % 3 == 0)
    return {"x": either, **_tail(torch, either, a)}


markov = Derivation(
    "markov-inequality",
    "Markov's inequality",
    subject="probability",
    statement="A variable that is never negative reaches a with a probability of at most its mean over a.",
    start=relation("a*P = sum(a*[x[i] >= a], i)/n", shapes=_SHAPES, letters=("n",)),
    opening=_by("count", "The share of the outcomes at which x reaches a, times a."),
    then=(
        estimate(
            expression("sum(a*[x[i] >= a], i)/n", shapes=_SHAPES, letters=("n",)),
            expression("sum(x[i], i)/n", shapes=_SHAPES, letters=("n",)),
            "no outcome counts more",
            "Where x reaches a, a is at most x; elsewhere 0 is.",
            "x is not negative.",
        ),
        ends("Keep the two ends."),
        _MEAN,
    ),
    symbols={
        "n": _OUTCOMES,
        "x": Symbol(("n",), "nonnegative", "x", "the values"),
        "a": Symbol((), "positive", "a", "the threshold"),
        "P": Symbol((), "derived", r"P(x \ge a)", "how often that is"),
        "m": Symbol((), "derived", r"E[x]", "the mean"),
    },
    truth=_tail,
    equality=_two_values,
    settings=_SIZES,
    kind="claim",
    form="a P(x ≥ a) ≤ E[x]",
    source=f"{_NOTES} 'Markov's inequality'",
    assumptions=("x is not negative.",),
)


def _far(torch: Any, x: Any, a: Any) -> dict[str, Any]:
    """How often the values are a or more from their mean, and their variance."""
    d = x - x.mean()
    return {"d": d, "P": torch.ge(d.abs(), a).to(x.dtype).mean(), "v": torch.var(x, correction=0)}


def _three_values(torch: Any, x: Any, a: Any) -> dict[str, Any]:
    """A variable that is −a, a, or 0 otherwise."""
    three = torch.zeros_like(x)
    three[0], three[-1] = -a, a
    return {"x": three, **_far(torch, three, a)}


_DEVIATION = {"d": "n"}
chebyshev = Derivation(
    "chebyshev-inequality",
    "Chebyshev's inequality",
    subject="probability",
    statement="A variable is a or more from its mean with a probability of at most its variance over a².",
    start=relation("a**2*P = sum(a**2*[abs(d[i]) >= a], i)/n", shapes=_DEVIATION, letters=("n",)),
    opening=_by("count", "The share of the outcomes that are a or more from the mean, times a²."),
    then=(
        estimate(
            expression("sum(a**2*[abs(d[i]) >= a], i)/n", shapes=_DEVIATION, letters=("n",)),
            expression("sum(d[i]**2, i)/n", shapes=_DEVIATION, letters=("n",)),
            "Markov's inequality",
            "The square of the deviation is never negative, and is at least a² there.",
        ),
        ends("Keep the two ends."),
        use(
            expression("sum(d[i]**2, i)/n", shapes=_DEVIATION, letters=("n",)),
            expression("v"),
            "variance",
            "That is the variance.",
        ),
    ),
    symbols={
        "n": _OUTCOMES,
        "x": Symbol(("n",), "real", "x", "the values"),
        "a": Symbol((), "positive", "a", "the distance"),
        "d": Symbol(("n",), "derived", "d", "the deviations from the mean"),
        "P": Symbol((), "derived", r"P(|d| \ge a)", "how often that is"),
        "v": Symbol((), "derived", r"\sigma^2", "the variance"),
    },
    truth=_far,
    equality=_three_values,
    settings=_SIZES,
    kind="claim",
    form="a² P(|d| ≥ a) ≤ σ²",
    source=f"{_NOTES} 'Background'; Chebyshev (1867)",
    lemmas=(markov,),
)


def _moments(torch: Any, x: Any, s: Any) -> dict[str, Any]:
    return {"M": torch.exp(s * x).mean(), "m": x.mean()}


def _coins(torch: Any, x: Any, s: Any) -> dict[str, Any]:
    bits = torch.round(x)
    return {"x": bits, **_moments(torch, bits, s)}


chord = Derivation(
    "hoeffding-chord",
    "Of all variables between 0 and 1 a coin has the greatest moments",
    subject="probability",
    statement="The moment generating function of a variable between 0 and 1 is at most a coin's with the same mean.",
    start=relation("M = sum(exp(s*x[i]), i)/n", shapes=_SHAPES, letters=("n",)),
    opening=_by("moment generating function", "The mean of exp(sx)."),
    then=(
        estimate(
            expression("sum(exp(s*x[i]), i)/n", shapes=_SHAPES, letters=("n",)),
            expression("sum(1 - x[i] + x[i]*exp(s), i)/n", shapes=_SHAPES, letters=("n",)),
            "chord",
            "The exponential is convex: between 0 and 1 it lies below the line through its values there.",
            "0 ≤ x ≤ 1.",
        ),
        ends("Keep the two ends."),
        multiply_out("One sum for each part."),
        count_multiplications("What is the same at every outcome is counted."),
        _MEAN,
    ),
    symbols={
        "n": _OUTCOMES,
        "x": Symbol(("n",), "unit", "x", "the values, between 0 and 1"),
        "s": Symbol((), "nonzero", "s", "any number"),
        "M": Symbol((), "derived", r"E[e^{s x}]", "the moment generating function"),
        "m": Symbol((), "derived", r"E[x]", "the mean"),
    },
    truth=_moments,
    equality=_coins,
    settings=_SIZES,
    kind="claim",
    form="E[e^{s x}] ≤ E[x] e^s - E[x] + 1",
    source="Hoeffding: Probability inequalities for sums of bounded random variables (1963), (4.1)",
    assumptions=("x lies between 0 and 1.",),
)


def _spread(torch: Any, x: Any) -> dict[str, Any]:
    return {"m": x.mean(), "v": torch.var(x, correction=0)}


def _fair(torch: Any, x: Any) -> dict[str, Any]:
    """A fair coin."""
    bits = (torch.arange(len(x)) % 2).to(x.dtype)
    return {"x": bits, **_spread(torch, bits)}


bounded_variance = Derivation(
    "bounded-variance",
    "How much a variable between 0 and 1 can vary",
    subject="probability",
    statement="The variance of a variable between 0 and 1 is at most 1/4, and a fair coin's is.",
    start=relation("v = sum((x[i] - 1/2)**2, i)/n - (m - 1/2)**2", shapes=_SHAPES, letters=("n",)),
    opening=_by(
        "variance", "The mean square about any point, one half say, less the square of the mean's distance from it."
    ),
    then=(
        estimate(
            expression("sum((x[i] - 1/2)**2, i)/n", shapes=_SHAPES, letters=("n",)),
            expression("1/4"),
            "half",
            "No number between 0 and 1 is further than one half from the middle.",
            "0 ≤ x ≤ 1.",
        ),
        estimate(expression("-(m - 1/2)**2"), expression("0"), "a square", "Minus a square is never above zero."),
        ends("Keep the two ends."),
    ),
    symbols={
        "n": _OUTCOMES,
        "x": Symbol(("n",), "unit", "x", "the values, between 0 and 1"),
        "m": Symbol((), "derived", r"E[x]", "the mean"),
        "v": Symbol((), "derived", r"\sigma^2", "the variance"),
    },
    truth=_spread,
    equality=_fair,
    settings=({"n": 4}, {"n": 6}, {"n": 10}),
    kind="claim",
    form="σ² ≤ 1/4",
    source="Popoviciu (1935)",
    assumptions=("x lies between 0 and 1.",),
)


def _tosses(torch: Any, p: Any, a: Any, n: int) -> dict[str, Any]:
    """All counts of n tosses of a coin with their exact probabilities, and a distance of a few standard deviations."""
    t = (0.2 + 1.8 * a) / n**0.5
    coin = torch.distributions.Binomial(n, p)
    counts = torch.arange(n + 1, dtype=p.dtype)
    chances = coin.log_prob(counts).exp()
    s = 4 * t
    return {
        "b": chances,
        "m": p,
        "t": t,
        "s": s,
        "M": 1 - p + p * torch.exp(s),
        "P": torch.where(torch.ge(counts, n * (p + t)), chances, 0).sum(),
    }


_TOSSES = {"b": "n+1"}
_MARKOV = "sum(b[k]*exp(s*(k - n*(m + t))), k=0..n)"
hoeffding = Derivation(
    "hoeffding-inequality",
    "Hoeffding's inequality",
    subject="probability",
    statement="The mean of n independent variables that are 0 or 1 is t above its expectation with a probability of at most "
    "exp(−2nt²).",
    start=relation("P = sum(b[k]*[k >= n*(m + t)], k=0..n)", shapes=_TOSSES, letters=("n",)),
    opening=_by("count", "The probability of all sums that are that large."),
    then=(
        estimate(
            expression("sum(b[k]*[k >= n*(m + t)], k=0..n)", shapes=_TOSSES, letters=("n",)),
            expression(_MARKOV, shapes=_TOSSES, letters=("n",)),
            "Markov's inequality",
            "The exponential is at least 1 where the bracket is 1, and positive elsewhere.",
            "s is positive.",
        ),
        use(
            expression(_MARKOV, shapes=_TOSSES, letters=("n",)),
            expression("exp(-n*s*(m + t))*M**n", letters=("n",)),
            "independence",
            "The mean of a product of independent factors is the product of their means.",
            "The variables are independent.",
        ),
        estimate(
            expression("exp(-n*s*(m + t))*M**n", letters=("n",)),
            expression("exp(n*s**2/8 - n*s*t)", letters=("n",)),
            "Hoeffding's lemma",
            "The logarithm of M has the value 0 and the slope μ at s = 0, and its curvature is the variance of a variable "
            "between 0 and 1: at most 1/4 (derived above). So it is at most sμ + s²/8.",
        ),
        ends("Keep the two ends."),
        put("s", (), expression("4*t"), "best s", "The exponent is least at s = 4t."),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of variables"),
        "p": Symbol((), "unit"),
        "a": Symbol((), "unit"),
        "b": Symbol(("0..n",), "derived", "b", "the probabilities of their sums"),
        "m": Symbol((), "derived", r"\mu", "the expectation of each"),
        "t": Symbol((), "derived", "t", "how far the mean is above it"),
        "s": Symbol((), "derived", "s", "a positive number"),
        "M": Symbol((), "derived", "M", "the moment generating function of each, at s"),
        "P": Symbol((), "derived", r"P(\bar{x} \ge \mu + t)", "how often the mean is that high"),
    },
    truth=_tosses,
    settings=({"n": 12}, {"n": 100}, {"n": 400}),
    index_base=0,
    kind="claim",
    form="P(x̄ ≥ μ + t) ≤ e^{-2 n t²}",
    source=f"{_NOTES} 'Hoeffding's inequality'",
    assumptions=(
        "The variables are independent, identically distributed, and 0 or 1.",
        "Variables anywhere between 0 and 1 have the same bound: by Markov's inequality their P is at most "
        "exp(−ns(μ + t)) Mⁿ, too, and Hoeffding's lemma only needs that they lie between 0 and 1.",
    ),
    lemmas=(bounded_variance,),
)
