"""How large the outputs of convolutions are: padding, stride, dilation, and the transposed convolution.

Each size is checked against the shape that torch's own layer gives.
"""

from __future__ import annotations

from typing import Any

from derive.calculus.expr import entry
from derive.calculus.inequalities import as_floor
from derive.calculus.rules import both_sides, put, tidy
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

_SHEET = "001_9baaf7fce9703606.txt §3.2, §3.3"
_NOTES = "000_46eee05028ac51b3.txt 'Convolution arithmetic'"
_I = Symbol(domain="dimension", latex="I", meaning="the input's side")
_K = Symbol(domain="dimension", latex="K", meaning="the kernel's side")
_O = Symbol((), "derived", "O", "the output's side")
_P = Symbol((), "derived", "P", "the padding on each side")
_S = Symbol(domain="dimension", latex="S", meaning="the stride")
_R = Symbol(domain="dimension", latex="r", meaning="the dilation: how far apart the taps are")


def _side(torch: Any, size: int, kernel: int, **options: int) -> Any:
    """The side of what torch's own layer gives."""
    out = torch.nn.functional.conv1d(torch.zeros(1, 1, size), torch.zeros(1, 1, kernel), **options)
    return torch.tensor(float(out.shape[-1]), dtype=torch.float64)


_PADDED = "O = I + 2*P - K + 1"
_COUNT = Rule(
    "padded length",
    "The padded input has I + 2P places; the kernel's first place may be any of them but the last K − 1.",
    lambda r: r,
)


def _same(torch: Any, I: int, n: int) -> dict[str, Any]:  # noqa: E741, N803
    k = 2 * n + 1
    padding = torch.nn.Conv1d(1, 1, k, padding="same")._reversed_padding_repeated_twice[0]
    return {
        "K": torch.tensor(float(k)),
        "P": torch.tensor(float(padding)),
        "O": _side(torch, I, k, padding=padding),
    }


same_padding = Derivation(
    "same-padding",
    "Half padding keeps the size",
    statement="With an odd kernel K = 2n + 1, stride 1 and padding n on each side, the output is as large as the input.",
    start=relation(_PADDED, letters=("I",)),
    opening=_COUNT,
    then=(
        put(
            "P", (), expression("n", letters=("n",)), "half padding", "The padding is half of the kernel, rounded down."
        ),
        put(
            "K",
            (),
            expression("2*n + 1", letters=("n",)),
            "odd kernel",
            "The kernel has a middle, and n places on each side of it.",
        ),
        tidy("tidy up", "What padding adds, the kernel takes.", "expand"),
    ),
    symbols={
        "I": _I,
        "n": Symbol(domain="dimension", latex="n", meaning="half of the kernel's side, rounded down"),
        "K": Symbol((), "derived", "K", "the kernel's side, 2n + 1"),
        "P": _P,
        "O": _O,
    },
    truth=_same,
    settings=({"I": 9, "n": 2}, {"I": 7, "n": 3}, {"I": 12, "n": 4}),
    boundary=({"I": 1, "n": 1},),
    form="O = I",
    assumptions=("The kernel's side is odd and the stride is 1.",),
    subject="convolution",
    source=f"{_SHEET}; {_NOTES}",
)
full_padding = Derivation(
    "full-padding",
    "Full padding counts every overlap",
    subject="convolution",
    statement="With padding K − 1 on each side and stride 1, kernel and input overlap at I + K − 1 places.",
    start=relation(_PADDED, letters=("I", "K")),
    opening=_COUNT,
    then=(
        put(
            "P",
            (),
            expression("K - 1", letters=("K",)),
            "full padding",
            "One place of overlap on either side is enough.",
        ),
        tidy("tidy up", "Add up.", "expand"),
    ),
    symbols={"I": _I, "K": _K, "P": _P, "O": _O},
    truth=lambda torch, I, K: {  # noqa: E741, N803
        "P": torch.tensor(float(K - 1)),
        "O": _side(torch, I, K, padding=K - 1),
    },
    settings=({"I": 9, "K": 2}, {"I": 4, "K": 6}, {"I": 7, "K": 3}),
    boundary=({"I": 1, "K": 1}, {"I": 1, "K": 4}),
    form="O = I + K - 1",
    assumptions=("The stride is 1.",),
    source=_NOTES,
)


def _strided(torch: Any, i: int, p: int, k: int, s: int, r: int, o: int) -> dict[str, Any]:
    """Whether torch's own convolution of these sizes has this output."""
    fits = r * (k - 1) + 1 <= i + 2 * p
    size = float(_side(torch, i, k, stride=s, dilation=r, padding=p)) if fits else 0.0
    numbers = {"I": i, "P": p, "S": s, "O": o, "K": k, "r": r}
    return {**{n: torch.tensor(float(v)) for n, v in numbers.items()}, "truth": fits and size == o}


_SETTINGS = tuple(
    {"i": i, "p": p, "k": k, "s": s, "r": r, "o": o}
    for i, p, s, r in ((11, 1, 2, 1), (14, 0, 3, 2), (20, 3, 4, 3), (9, 2, 1, 2))
    for k in range(1, 6)
    for o in range(max(1, (i + 2 * p - r * (k - 1) - 1) // s), (i + 2 * p - r * (k - 1) - 1) // s + 3)
    if r * (k - 1) + 1 <= i + 2 * p
)
strided_size = Derivation(
    "strided-output-size",
    "The output of a strided and dilated convolution",
    subject="convolution",
    statement="The side of a convolution's output for any stride, padding and dilation.",
    start=relation("S*(O - 1) <= I + 2*P - (r*(K - 1) + 1) < S*O"),
    opening=Rule(
        "the last place",
        "The kernel spans r(K − 1) + 1 places. The last of O steps of the stride still fits into the padded input, and one "
        "more would not.",
        lambda r: r,
    ),
    then=(
        both_sides("divide", entry("S"), "Divide by the stride.", "S is positive, so the signs stay."),
        as_floor("An integer at most a number, and more than the number less one, is the number's floor."),
    ),
    symbols={
        n: Symbol((), "derived", s.latex, s.meaning)
        for n, s in {"I": _I, "K": _K, "O": _O, "P": _P, "S": _S, "r": _R}.items()
    },
    truth=_strided,
    mode="iff",
    settings=_SETTINGS,
    form="O = ⌊ (I + 2 P - r (K - 1) - 1)/S ⌋ + 1",
    assumptions=("The kernel fits at least once.",),
    source=f"{_SHEET}; {_NOTES}",
)


def _transposed(torch: Any, I: int, K: int, S: int, pad: int) -> dict[str, Any]:  # noqa: E741, N803
    out = torch.nn.functional.conv_transpose1d(torch.zeros(1, 1, I), torch.zeros(1, 1, K), stride=S, padding=pad)
    return {"P": torch.tensor(float(pad)), "O": torch.tensor(float(out.shape[-1]))}


transposed_size = Derivation(
    "transposed-output-size",
    "The output of a transposed convolution",
    subject="convolution",
    statement="The side of a transposed convolution's output: the smallest input from which the convolution makes I places.",
    start=relation("O + 2*P - K = S*(I - 1)", letters=("I", "K", "S")),
    opening=Rule(
        "turned round",
        "The convolution with these numbers makes I places of O: its last kernel ends where the padded input ends.",
        lambda r: r,
    ),
    then=(both_sides("subtract", expression("2*P - K", letters=("K",)), "Leave the output's side alone on the left."),),
    symbols={
        "I": _I,
        "K": _K,
        "S": _S,
        "pad": Symbol(domain="int", latex="P"),
        "P": _P,
        "O": _O,
    },
    truth=_transposed,
    settings=(
        {"I": 4, "K": 5, "S": 2, "pad": 1},
        {"I": 6, "K": 3, "S": 4, "pad": 0},
        {"I": 5, "K": 7, "S": 3, "pad": 2},
    ),
    boundary=({"I": 1, "K": 3, "S": 2, "pad": 1}, {"I": 3, "K": 1, "S": 1, "pad": 0}),
    form="O = S (I - 1) + K - 2 P",
    assumptions=("No places are left over: there is no output padding.",),
    source="001_9baaf7fce9703606.txt §4.1.3",
)
