"""Identities between activation functions, each from their definitions."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules_functions import (
    as_sigmoid,
    divide_out,
    even,
    into_maximum,
    multiply_through,
    out_of_maximum,
    split_exponentials,
    written_out,
)
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol, axes
from derive.notation.index_language import expression, relation

_SHEET = "001_9baaf7fce9703606.txt §1.2.1"
_NOTES = "000_46eee05028ac51b3.txt 'Rectified Networks'"


def _one(latex: str, name: str = "x") -> dict[str, Symbol]:
    return {
        name: Symbol((), latex=name, meaning="a number"),
        "y": Symbol((), "derived", latex, "the left side of the identity"),
    }


def _by_definition(sentence: str) -> Rule:
    return Rule("definition", sentence, lambda r: r)


_IDENTITY: dict[str, Any] = {"subject": "networks", "settings": ({},)}

sigmoid_reflection = Derivation(
    "sigmoid-reflection",
    "The sigmoid of minus x",
    statement="Reflection: σ(−x) = 1 − σ(x).",
    start=relation("y = 1/(1 + exp(x))"),
    opening=_by_definition("The sigmoid at −x."),
    then=(
        multiply_through(expression("exp(-x)"), "Multiply numerator and denominator by e⁻ˣ."),
        divide_out(expression("exp(-x)"), "The numerator is the denominator less 1."),
        as_sigmoid("One over one plus e⁻ˣ is the sigmoid at x."),
    ),
    symbols=_one(r"\sigma(-x)"),
    truth=lambda torch, x: {"y": torch.sigmoid(-x)},
    form="σ(-x) = 1 - σ(x)",
    source=_SHEET,
    **_IDENTITY,
)
tanh_sigmoid = Derivation(
    "tanh-rescaled-sigmoid",
    "tanh is a rescaled sigmoid",
    statement="tanh x = 2σ(2x) − 1.",
    start=relation("y = (exp(x) - exp(-x))/(exp(x) + exp(-x))"),
    opening=_by_definition("The hyperbolic tangent."),
    then=(
        multiply_through(expression("exp(-x)"), "Multiply numerator and denominator by e⁻ˣ."),
        divide_out(expression("exp(-2*x)"), "The numerator is 2 less the denominator."),
        as_sigmoid("One over one plus e⁻²ˣ is the sigmoid at 2x."),
    ),
    symbols=_one(r"\tanh(x)"),
    truth=lambda torch, x: {"y": torch.tanh(x)},
    form="tanh(x) = 2 σ(2 x) - 1",
    source=_SHEET,
    **_IDENTITY,
)
_MAGNITUDE = written_out(
    "abs", expression("max(z, -z)"), "The magnitude of a number is the larger of it and its negative."
)
relu_from_magnitude = Derivation(
    "relu-from-absolute-value",
    "The rectified linear unit from the absolute value",
    statement="(x + |x|)/2 is the rectified x.",
    start=relation("y = (x + abs(x))/2"),
    opening=_by_definition("The left side, as it stands."),
    then=(
        _MAGNITUDE,
        into_maximum("Take what is added inside the maximum."),
        out_of_maximum(expression("2"), "Both are twice something, and a half of that is left."),
    ),
    symbols=_one(r"\tfrac{1}{2}(x + |x|)"),
    truth=lambda torch, x: {"y": torch.relu(x)},
    form="1/2 (x + |x|) = max(x, 0)",
    source=_NOTES,
    **_IDENTITY,
)
larger_of_two = Derivation(
    "maximum-from-absolute-value",
    "Twice the larger of two numbers",
    statement="f + g + |f − g| is twice the larger of f and g: a maximum takes absolute values and sums alone.",
    start=relation("y = f + g + abs(f - g)"),
    opening=_by_definition("The left side, as it stands."),
    then=(
        _MAGNITUDE,
        into_maximum("Take what is added inside the maximum."),
        out_of_maximum(expression("2"), "Both are twice something."),
    ),
    symbols={
        "f": Symbol((), latex="f", meaning="a number"),
        "g": Symbol((), latex="g", meaning="a number"),
        "y": Symbol((), "derived", "f + g + |f - g|", "the left side of the identity"),
    },
    truth=lambda torch, f, g: {"y": 2 * torch.maximum(f, g)},
    form="f + g + |f - g| = 2 max(f, g)",
    source="000_46eee05028ac51b3.txt 'Minimal non-linearity'",
    **_IDENTITY,
)
magnitude_from_relu = Derivation(
    "absolute-value-from-relu",
    "The absolute value from two rectified linear units",
    statement="|x| = (x)₊ + (−x)₊.",
    start=relation("y = relu(x) + relu(-x)"),
    opening=_by_definition("The right side of the claim, as it stands."),
    then=(
        written_out(
            "relu", expression("(z + abs(z))/2"), "A rectified number is half of it and its magnitude (derived above)."
        ),
        even("abs", "A number and its negative are of one magnitude."),
        multiply_out("The halves of x cancel, and those of its magnitude add up."),
    ),
    symbols=_one("(x)_+ + (-x)_+"),
    truth=lambda torch, x: {"y": torch.abs(x)},
    form="(x)_+ + (-x)_+ = | x |",
    source=_NOTES,
    lemmas=(relu_from_magnitude,),
    **_IDENTITY,
)
softmax_shift = Derivation(
    "softmax-shift-invariance",
    "The softmax of shifted logits",
    statement="The same number added to all logits leaves the softmax as it is.",
    start=relation("p[i] = exp(z[i] + c)/sum(exp(z[k] + c), k)", shapes={"z": "n", "p": "n"}, frame=axes(i="n")),
    opening=_by_definition("The softmax of the logits, all moved by c."),
    then=(
        split_exponentials("The exponential of a sum is a product; what all terms share stands in front of the sum."),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of classes"),
        "z": Symbol(("n",), latex="z", meaning="the logits"),
        "c": Symbol((), latex="c", meaning="what is added to each"),
        "p": Symbol(("n",), "derived", r"\mathrm{softmax}(z + c)", "the probabilities"),
    },
    truth=lambda torch, z, c: {"p": torch.softmax(z + c, 0)},
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
    form="softmax(z + c)_i = (e^{z_i})/(Σ_{k=1}^n e^{z_k})",
    subject="networks",
    source="001_9baaf7fce9703606.txt §1.6.3",
)
