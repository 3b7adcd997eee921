"""Counting in convolutional layers: sizes, parameters, multiplications."""

from __future__ import annotations

from typing import Any

from derive.calculus.expr import entry
from derive.calculus.inequalities import between, count_multiplications, floor_between
from derive.calculus.rules import both_sides, tidy
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

_SIZES = {
    "I": Symbol((), "posint", "I", "the input's side"),
    "P": Symbol((), "nonnegative", "P", "the padding on each side"),
    "S": Symbol((), "posint", "S", "the stride"),
    "O": Symbol((), "posint", "O", "the output's side"),
    "K": Symbol((), "posint", "K", "the kernel's side"),
}


def _fits(torch: Any, i: int, k: int, s: int, o: int, pad: int) -> dict[str, Any]:
    """Whether torch's own convolution of these sizes has this output."""
    if k > i + 2 * pad:
        size = 0
    else:
        layer = torch.nn.Conv1d(1, 1, k, stride=s, padding=pad, dtype=torch.float64)
        size = layer(torch.zeros(1, 1, i, dtype=torch.float64)).shape[-1]
    numbers = {"I": i, "P": pad, "S": s, "O": o, "K": k}
    return {
        **{n: torch.tensor(float(v)) for n, v in numbers.items()},
        "truth": size == o and k <= i + 2 * pad,
    }


kernel_range = Derivation(
    "kernel-range",
    "Which kernels turn one size into another",
    subject="convolution",
    statement="All kernel sizes for which a strided convolution has a given output size.",
    start=relation("O = floor((I + 2*P - K)/S) + 1"),
    opening=Rule(
        "output size",
        "The kernel is placed every S positions as long as it fits: the first place, and one more for every full stride "
        "in what is left over.",
        lambda r: r,
    ),
    then=(
        both_sides("subtract", expression("1"), "Leave the floor alone on the right."),
        floor_between(),
        both_sides("multiply", expression("S"), "Multiply by the stride.", "S is positive, so the signs stay."),
        between(entry("K"), "Take K to the middle: subtract I + 2P and turn the signs round."),
    ),
    symbols={n: Symbol((), "derived", s.latex, s.meaning) for n, s in _SIZES.items()},
    truth=_fits,
    mode="iff",
    settings=tuple(
        {"i": i, "k": k, "s": s, "o": (i + 2 * pad - k) // s + more, "pad": pad}
        for i, s, pad in ((9, 2, 1), (14, 3, 2), (20, 4, 3))
        for k in range(1, 9)
        for more in range(3)
    ),
    assumptions=("The kernel fits at least once: K ≤ I + 2P.",),
    form="I + 2 P - O S < K ≤ I + 2 P - S (O - 1)",
    source="003_a2d52afd229cfba6.txt §9",
)

_COUNTS = {
    "C": Symbol(domain="dimension", latex="C", meaning="the input's channels"),
    "M": Symbol(domain="dimension", latex="M", meaning="the output's channels"),
    "K": Symbol(domain="dimension", latex="K", meaning="the kernel's side"),
    "O": Symbol(domain="dimension", latex="O", meaning="the output's side"),
}


def _counted(torch: Any, C: int, M: int, K: int, O: int) -> dict[str, Any]:  # noqa: E741, N803
    """Parameters of torch's own layer, and multiplications as torch's flop counter sees them (two flops each)."""
    conv = torch.nn.Conv2d(C, M, K, dtype=torch.float64)
    with torch.utils.flop_counter.FlopCounterMode(display=False) as counter:
        conv(torch.zeros(1, C, O + K - 1, O + K - 1, dtype=torch.float64))
    parameters = sum(p.numel() for p in conv.parameters())
    return {"params": torch.tensor(float(parameters)), "mults": torch.tensor(counter.get_total_flops() / 2)}


_COUNT_SIZES = (
    {"C": 2, "M": 3, "K": 4, "O": 5},
    {"C": 3, "M": 5, "K": 2, "O": 4},
    {"C": 5, "M": 2, "K": 3, "O": 7},
)

parameter_count = Derivation(
    "conv-parameter-count",
    "The parameters of a convolutional layer",
    subject="convolution",
    statement="How many trainable numbers a convolutional layer with biases has.",
    start=relation(
        "params = sum(1, m = 0..M-1, c = 0..C-1, u = 0..K-1, v = 0..K-1) + sum(1, m = 0..M-1)",
    ),
    opening=Rule(
        "count the entries",
        "One weight for every output channel, input channel and place in the kernel, and one bias for every output "
        "channel: count each entry once.",
        lambda r: r,
    ),
    then=(
        count_multiplications("A sum of ones over a range is the range's length."),
        tidy("factor", "Take M out.", "factor"),
    ),
    symbols=_COUNTS | {"params": Symbol((), "derived", r"\#\text{parameters}", "the number of parameters")},
    truth=_counted,
    settings=_COUNT_SIZES,
    form="#parameters = M (C K² + 1)",
    source="003_a2d52afd229cfba6.txt §9",
)

multiplication_count = Derivation(
    "conv-multiplication-count",
    "The multiplications of a convolutional layer",
    subject="convolution",
    statement="How many multiplications one pass through a convolutional layer takes.",
    start=relation(
        "mults = sum(1, m = 0..M-1, a = 0..O-1, b = 0..O-1, c = 0..C-1, u = 0..K-1, v = 0..K-1)",
    ),
    opening=Rule(
        "count the products",
        "Each output number, one for every output channel and place, is a sum of one product for every input channel and "
        "place in the kernel.",
        lambda r: r,
    ),
    then=(count_multiplications("A sum of ones over a range is the range's length."),),
    symbols=_COUNTS | {"mults": Symbol((), "derived", r"\#\text{multiplications}", "the number of multiplications")},
    truth=_counted,
    settings=_COUNT_SIZES,
    form="#multiplications = M O² C K²",
    source="003_a2d52afd229cfba6.txt §9",
)


def _length(torch: Any, N: int, K: int) -> dict[str, Any]:  # noqa: N803
    out = torch.nn.functional.conv1d(torch.zeros(1, 1, N), torch.zeros(1, 1, K))
    return {"n_out": torch.tensor(float(out.shape[-1]))}


output_length = Derivation(
    "conv-output-length",
    "How many outputs a valid convolution has",
    subject="convolution",
    statement="The number of places where a filter fits inside a signal.",
    start=relation("n_out = sum(1, i = 0..N-K)", shapes={"x": "N", "w": "K"}),
    opening=Rule(
        "count the places",
        "Counting places from 0, a filter placed at i covers the samples i, …, i + K − 1; it fits if i + K − 1 ≤ N − 1.",
        lambda r: r,
    ),
    then=(count_multiplications("From 0 to N − K there are N − K + 1 places: the first one counts too."),),
    symbols={
        "N": Symbol(domain="dimension", latex="N", meaning="the length of the signal"),
        "K": Symbol(domain="dimension", latex="K", meaning="the number of taps"),
        "n_out": Symbol((), "derived", r"\#\text{outputs}", "the number of outputs"),
    },
    truth=_length,
    settings=({"N": 7, "K": 3}, {"N": 8, "K": 2}, {"N": 9, "K": 4}),
    form="#outputs = N - K + 1",
    where=("N >= K",),
    source="003_a2d52afd229cfba6.txt §5",
)
