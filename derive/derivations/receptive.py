"""Receptive fields: how far back one unit of a deep convolutional network can see."""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.rules import put, start_value, unroll
from derive.calculus.trace import Relation, Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

LAYERS = (Bound(Letter("m"), Affine.of(1), Affine.of("n") + 1),)
SHAPES = {"k": "n", "s": "n"}


def layered(torch: Any, k: Any, s: Any, n: int) -> dict[str, Any]:
    """Spans and jumps read off autograd through torch's own convolutions, layer by layer."""
    kernels, strides = [int(v) for v in k], [int(v) for v in s]
    size = 2
    for kernel, stride in zip(reversed(kernels), reversed(strides), strict=True):
        size = stride * (size - 1) + kernel
    first = torch.ones(1, 1, size, dtype=torch.float64, requires_grad=True)
    level, spans, jumps = first, [1], [1]
    for kernel, stride in zip(kernels, strides, strict=True):
        weight = torch.ones(1, 1, kernel, dtype=torch.float64)
        level = torch.nn.functional.conv1d(level, weight, stride=stride)
        seen = [torch.autograd.grad(level[0, 0, i], first, retain_graph=True)[0][0, 0].nonzero() for i in (0, 1)]
        spans.append(int(seen[0].max() - seen[0].min() + 1))
        jumps.append(int(seen[1].min() - seen[0].min()))
    return {"r": torch.tensor(spans, dtype=torch.float64), "J": torch.tensor(jumps, dtype=torch.float64)}


_SYMBOLS = {
    "n": Symbol(domain="dimension", latex="n", meaning="the number of layers"),
    "k": Symbol(("n",), "posint", "k", "the kernel sizes, from the first layer on"),
    "s": Symbol(("n",), "posint", "s", "the strides, from the first layer on"),
    "J": Symbol(("0..n",), "derived", "J", "the jump: how many inputs apart two neighbouring units look"),
    "r": Symbol(("0..n",), "derived", "r", "the receptive field: how many inputs one unit spans"),
}
_SETTINGS = ({"n": 2}, {"n": 3}, {"n": 4})
_ASSUMPTIONS = (
    "The field is the span from the first to the last input that counts: with a stride larger than the next kernel, "
    "some inputs in between do not count.",
)

jump = Derivation(
    "jump",
    "How far apart neighbouring units look, after several strides",
    subject="convolution",
    statement="The distance, in inputs, between what two neighbouring units of a layer see.",
    start=relation("J[m] = s[m-1]*J[m-1]", shapes=SHAPES, frame=LAYERS),
    opening=Rule(
        "one layer's stride",
        "Neighbouring units of layer m start s_m units of layer m − 1 apart, and each of those is a jump of its own.",
        lambda r: r,
    ),
    then=(
        unroll("J", Affine.of("n"), "m", "Put each line into the next, down to the input."),
        start_value("J", 0, expression("1"), "Neighbouring inputs are one apart: the jump of layer 0 is 1."),
    ),
    symbols={k: v for k, v in _SYMBOLS.items() if k != "k"} | {"k": _SYMBOLS["k"]},
    truth=layered,
    settings=_SETTINGS,
    form="J_n = Π_{m=1}^n s_m",
    source="003_a2d52afd229cfba6.txt §10",
)


def _jump_below(result: Relation) -> Rule:
    """The jump's closed form, at the layer below."""
    return put(
        "J",
        ("n",),
        result.result,
        "the jump",
        "The jump of a layer is the product of all strides up to it (derived above).",
    )


receptive_field = Derivation(
    "receptive-field",
    "The receptive field of one unit, from its layers' kernel sizes and strides",
    subject="convolution",
    statement="The span of inputs that can change one unit of the n-th convolutional layer.",
    start=relation("r[m] = r[m-1] + (k[m-1] - 1)*J[m-1]", shapes=SHAPES, frame=LAYERS),
    opening=Rule(
        "one layer's kernel",
        "A unit of layer m looks at k_m neighbouring units of the layer below. The first of them spans as much as any "
        "unit there; each of the other k_m − 1 starts one jump further on.",
        lambda r: r,
    ),
    then=(
        lambda: _jump_below(jump.result),
        unroll(
            "r",
            Affine.of("n"),
            "m",
            "Put each line into the next: every layer adds its share to what is below.",
        ),
        start_value("r", 0, expression("1"), "An input sees itself: the field of layer 0 is 1."),
    ),
    symbols=_SYMBOLS,
    truth=layered,
    settings=_SETTINGS,
    form="r_n = 1 + Σ_{m=1}^n (k_m - 1) Π_{j=1}^{m-1} s_j",
    assumptions=_ASSUMPTIONS,
    source="003_a2d52afd229cfba6.txt §10",
    lemmas=(jump,),
)
