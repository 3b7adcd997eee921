"""Means, variances and sums: the algebra that every estimate of a variance uses.

A random variable is a finite list of equally likely values; ``x[i]`` is its value in outcome i.
"""

from __future__ import annotations

from typing import Any

from derive.calculus.rules import both_sides, solve_for, tidy, use
from derive.calculus.rules_common import constant_sums
from derive.calculus.rules_index import telescope
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

_SOURCE = "000_46eee05028ac51b3.txt 'Background'"
_SIZES = ({"n": 3}, {"n": 4}, {"n": 6})
_SHAPES = {"x": "n", "y": "n", "w": "n", "v": "n"}
_OUTCOMES = Symbol(domain="dimension", latex="n", meaning="the number of equally likely outcomes")


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _values(name: str) -> Symbol:
    return Symbol(("n",), latex=name, meaning=f"the values of {name}")


def _two(torch: Any, x: Any, y: Any) -> dict[str, Any]:
    pair = torch.cov(torch.stack([x, y]), correction=0)
    return {"C": pair[0, 1], "a": x.mean(), "b": y.mean()}


covariance = Derivation(
    "covariance-of-products",
    "The covariance as the mean product less the product of the means",
    subject="probability",
    statement="Cov(X, Y) = E[XY] − E[X] E[Y]; with Y = X it is the variance.",
    start=relation("C = sum((x[i] - a)*(y[i] - b), i)/n", shapes=_SHAPES),
    opening=_by("covariance", "The mean product of the deviations from the means."),
    then=(
        multiply_out("Multiply out."),
        constant_sums("What is the same in every outcome is counted."),
        use(
            expression("sum(x[i], i)", shapes=_SHAPES),
            expression("n*a", shapes=_SHAPES),
            "mean",
            "The values add up to n means.",
        ),
        use(
            expression("sum(y[i], i)", shapes=_SHAPES),
            expression("n*b", shapes=_SHAPES),
            "mean",
            "So do the others; two of the three products of the means cancel.",
        ),
    ),
    symbols={
        "n": _OUTCOMES,
        "x": _values("x"),
        "y": _values("y"),
        "a": Symbol((), "derived", r"\bar{x}", "the mean of x"),
        "b": Symbol((), "derived", r"\bar{y}", "the mean of y"),
        "C": Symbol((), "derived", r"\operatorname{Cov}", "the covariance"),
    },
    truth=_two,
    settings=_SIZES,
    form="Cov = 1/n Σ_{i=1}^n x_i y_i - ȳ x̄",
    source=_SOURCE,
)


def _four(torch: Any, x: Any, y: Any, w: Any, v: Any, a: Any, b: Any, c: Any, d: Any) -> dict[str, Any]:
    centred = [value - value.mean() for value in (x, y, w, v)]
    pairs = torch.cov(torch.stack([x, y, w, v]), correction=0)
    sums = torch.cov(torch.stack([a * x + b * y, c * w + d * v]), correction=0)
    names = dict(zip(("x", "y", "w", "v"), centred, strict=True))
    return names | {"C": sums[0, 1], "P": pairs[0, 2], "Q": pairs[0, 3], "R": pairs[1, 2], "S": pairs[1, 3]}


_PAIRS = {"P": ("x", "w"), "Q": ("x", "v"), "R": ("y", "w"), "S": ("y", "v")}
bilinear = Derivation(
    "covariance-bilinear",
    "The covariance of sums",
    subject="probability",
    statement="The covariance is linear in each of its two arguments.",
    start=relation("C = sum((a*x[i] + b*y[i])*(c*w[i] + d*v[i]), i)/n", shapes=_SHAPES),
    opening=_by("covariance", "The mean product of the deviations; a sum's deviation is the sum of the deviations."),
    then=(
        multiply_out("Multiply out: four sums."),
        *(
            use(
                expression(f"sum({one}[i]*{other}[i], i)", shapes=_SHAPES),
                expression(f"n*{name}", shapes=_SHAPES),
                "covariance",
                f"The mean product of {one} and {other}.",
            )
            for name, (one, other) in _PAIRS.items()
        ),
    ),
    symbols={
        "n": _OUTCOMES,
        **{k: Symbol(("n",), "real", k, f"the deviations of {k} from its mean") for k in "xywv"},
        **{k: Symbol((), latex=k, meaning="a number") for k in "abcd"},
        "C": Symbol((), "derived", r"\operatorname{Cov}", "the covariance of the sums"),
        **{
            k: Symbol((), "derived", rf"\operatorname{{Cov}}({p},{q})", f"the covariance of {p} and {q}")
            for k, (p, q) in _PAIRS.items()
        },
    },
    truth=_four,
    settings=_SIZES,
    form="Cov = a c Cov(x,w) + a d Cov(x,v) + b c Cov(y,w) + b d Cov(y,v)",
    source=_SOURCE,
)

geometric = Derivation(
    "geometric-sum",
    "The geometric sum",
    subject="analysis",
    statement="The sum of the first n + 1 powers of a number, times a factor.",
    start=relation("s = sum(a*r**k, k=0..n)"),
    opening=_by("the sum", "Every term is the one before, times r."),
    then=(
        both_sides("multiply", expression("1 - r"), "Multiply by 1 − r, to make differences of powers."),
        multiply_out("Multiply out."),
        telescope("Each power but the first and the last comes once with either sign."),
        tidy("simplify", "The zeroth power is 1."),
        solve_for(expression("s"), "Divide by 1 − r.", "r is not 1."),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the last exponent"),
        "a": Symbol((), latex="a", meaning="the first term"),
        "r": Symbol((), "unit_sym", "r", "the ratio"),
        "s": Symbol((), "derived", "s", "the sum"),
    },
    truth=lambda torch, a, r, n: {"s": a * torch.cumprod(torch.cat([torch.ones(1), r.expand(n)]), 0).sum()},
    settings=_SIZES,
    index_base=0,
    form="s = (a (r^{n + 1} - 1))/(r - 1)",
    source=_SOURCE,
)
