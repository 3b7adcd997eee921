"""Piecewise linear functions of rectified linear units, and as differences of maxima."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules import put
from derive.calculus.rules_functions import into_maximum
from derive.calculus.rules_index import telescope
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol, axes
from derive.notation.index_language import expression, program, relation

_NOTES = "000_46eee05028ac51b3.txt 'Universal function approximators'"
_HINGES = "000_46eee05028ac51b3.txt 'Minimal non-linearity'"

relu_sum = program("g := b + a*x + sum(c[i]*relu(x - k[i]), i)", shapes={"a": "", "b": "", "x": "", "c": "m", "k": "m"})
relu_sum_slope = Derivation(
    "relu-sum-slope",
    "The slope of a sum of rectified linear units",
    subject="networks",
    statement="A sum of rectified linear units is piecewise linear: at each kink its slope jumps by that unit's weight.",
    of=relu_sum,
    wrt="x",
    symbols={
        "m": Symbol(domain="dimension", latex="m", meaning="the number of kinks"),
        "x": Symbol((), latex="x", meaning="the argument"),
        "a": Symbol((), latex="a", meaning="the slope before the first kink"),
        "b": Symbol((), latex="b", meaning="the offset"),
        "c": Symbol(("m",), latex="c", meaning="the weights of the units"),
        "k": Symbol(("m",), latex="x", meaning="where the kinks are"),
        "g": Symbol((), "derived", "g", "the value"),
    },
    truth=lambda torch, a, b, x, c, k: b + a * x + torch.dot(c, torch.relu(x - k)),
    settings=({"m": 2}, {"m": 3}, {"m": 5}),
    assumptions=("x is at no kink.",),
    form="∂g/∂x = a + Σ_{i=1}^m c_i 1[x - x_i > 0]",
    source=_NOTES,
)


def _slopes(torch: Any, s: Any, start: Any, gaps: Any, m: int) -> dict[str, Any]:
    """The slopes of the function through torch's own derivative of the sum of units, in the middle of every piece."""
    kinks = torch.cumsum(gaps, 0)
    middles = torch.cat([kinks[:1] - 1, (kinks[1:] + kinks[:-1]) / 2, kinks[-1:] + 1])
    jumps = torch.diff(s)

    def total(x: Any) -> Any:
        return (start + s[0] * x + torch.relu(x[:, None] - kinks) @ jumps).sum()

    return {"S": torch.func.grad(total)(middles)}


piecewise_as_relus = Derivation(
    "piecewise-linear-as-relus",
    "Every continuous piecewise linear function of one variable is a sum of rectified linear units",
    subject="networks",
    statement="With the jumps of the slopes as weights, a sum of rectified linear units has the given slope on each piece.",
    start=relation(
        "S[j] = s[0] + sum(s[i+1] - s[i], i = 0..j-1)", shapes={"S": "m+1", "s": "m+1"}, frame=axes(j="0..m")
    ),
    opening=Rule(
        "slope of the sum",
        "On piece j the kinks before it have been passed: the slope is a and the weights up to there (derived above). Take "
        "a = s₀, and as each kink's weight the difference of the slopes after and before it.",
        lambda r: r,
    ),
    then=(telescope("In the sum each slope but the first and the last comes once with either sign."),),
    symbols={
        "m": Symbol(domain="dimension", latex="m", meaning="the number of kinks"),
        "s": Symbol(("0..m",), latex="s", meaning="the slopes that the pieces shall have, from left to right"),
        "start": Symbol((), latex="b", meaning="the value that it shall have at 0, if it goes on straight to there"),
        "gaps": Symbol(("m",), "positive", "d", "how far apart the kinks are, the first one from 0"),
        "S": Symbol(("0..m",), "derived", "S", "the slopes of the sum of units on the pieces"),
    },
    truth=_slopes,
    settings=({"m": 2}, {"m": 3}, {"m": 5}),
    boundary=({"m": 1},),
    index_base=0,
    form="S_j = s_j",
    assumptions=("Two continuous functions with the same slope on every piece and one common value are the same.",),
    source=_NOTES,
    lemmas=(relu_sum_slope,),
)


def _signed(torch: Any, c: Any, z: Any) -> dict[str, Any]:
    return {"f": torch.dot(c, torch.relu(z))}


difference_of_hinges = Derivation(
    "relu-network-as-difference-of-hinges",
    "A layer of rectified linear units as the difference of two sums of maxima",
    subject="networks",
    statement="A network with one hidden ReLU layer is the difference of two convex piecewise linear functions.",
    start=relation("f = sum(c[j]*relu(z[j]), j)", shapes={"c": "n", "z": "n"}),
    opening=Rule("the network", "Each hidden unit adds its activation, with a weight of any sign.", lambda r: r),
    then=(
        put(
            "c",
            ("j",),
            expression("(relu(c[j]) - relu(-c[j]))", letters=("j",), shapes={"c": "n"}),
            "two parts",
            "A number is its positive part less its negative part; neither is below 0.",
        ),
        multiply_out("Multiply out: two sums with weights that are not negative."),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of hidden units"),
        "z": Symbol(("n",), latex="z", meaning="their pre-activations, affine in the input"),
        "c": Symbol(("n",), latex="c", meaning="the weights of the output, of any sign"),
        "f": Symbol((), "derived", "f", "the network's output"),
    },
    truth=_signed,
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
    form="f = Σ_{j=1}^n relu(z_j) relu(c_j) - Σ_{j=1}^n relu(z_j) relu(-c_j)",
    assumptions=("A sum of maxima with weights that are not negative is a maximum again.",),
    source=_HINGES,
)

hinge_sum = Derivation(
    "sum-of-hinges",
    "The sum of two maxima of affine functions is one",
    subject="networks",
    statement="A k-hinge and an l-hinge add up to a hinge of kl pieces: a sum of maxout units is a maxout unit.",
    start=relation("f = amax(a[i], i) + amax(b[j], j)", shapes={"a": "k", "b": "l"}),
    opening=Rule("the sum", "Each maximum is over its own pieces.", lambda r: r),
    then=(into_maximum("What does not hang on a maximum's letter may be added inside it."),),
    symbols={
        "k": Symbol(domain="dimension", latex="k", meaning="the number of pieces of the first"),
        "l": Symbol(domain="dimension", latex="l", meaning="the number of pieces of the second"),
        "a": Symbol(("k",), latex="a", meaning="the values of the first one's affine pieces at a point"),
        "b": Symbol(("l",), latex="b", meaning="those of the second one"),
        "f": Symbol((), "derived", "f", "the sum of the two maxima"),
    },
    truth=lambda torch, a, b: {"f": torch.amax(a) + torch.amax(b)},
    settings=({"k": 2, "l": 3}, {"k": 4, "l": 2}, {"k": 3, "l": 5}),
    form="f = max_{i=1}^k max_{j=1}^l (a_i + b_j)",
    source=_HINGES,
)
