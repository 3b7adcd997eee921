"""What reverse and forward mode cost: multiplications of the products of Jacobians in a deep network.

The network has N parameters or inputs, M outputs and D hidden layers of w units between them: the Jacobians are one of
w × N, D − 1 of w × w and one of M × w. Forward mode multiplies them from the input on, reverse mode from the output back.
"""

from __future__ import annotations

from typing import Any

from derive.calculus.inequalities import count_multiplications
from derive.calculus.rules import put, tidy
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import relation

_SIZES = {
    "N": Symbol(domain="dimension", latex="N", meaning="the number of inputs, or parameters"),
    "M": Symbol(domain="dimension", latex="M", meaning="the number of outputs"),
    "w": Symbol(domain="dimension", latex="w", meaning="the width of the hidden layers"),
    "D": Symbol(domain="dimension", latex="D", meaning="the number of hidden layers"),
}
_FORWARD = {"F": Symbol((), "derived", r"\#_{\text{forward}}", "the multiplications of forward mode")}
_REVERSE = {"R": Symbol((), "derived", r"\#_{\text{reverse}}", "the multiplications of reverse mode")}


def _costs(torch: Any, N: int, M: int, w: int, D: int) -> dict[str, Any]:  # noqa: N803
    """Half of the flops that torch's own counter sees in the two orders of the product."""
    steps = [torch.zeros(w, N), *(torch.zeros(w, w) for _ in range(D - 1)), torch.zeros(M, w)]
    found = {}
    for name, order in (("F", steps), ("R", steps[::-1])):
        with torch.utils.flop_counter.FlopCounterMode(display=False) as counter:
            product = order[0]
            for step in order[1:]:
                product = step @ product if name == "F" else product @ step
        found[name] = torch.tensor(counter.get_total_flops() / 2, dtype=torch.float64)
    return found | {"G": found["R"] - found["F"]}


_COMMON: dict[str, Any] = {
    "subject": "networks",
    "truth": _costs,
    "settings": ({"N": 5, "M": 2, "w": 3, "D": 4}, {"N": 2, "M": 4, "w": 5, "D": 3}, {"N": 7, "M": 3, "w": 4, "D": 2}),
    "boundary": ({"N": 3, "M": 1, "w": 2, "D": 1}, {"N": 1, "M": 1, "w": 1, "D": 1}),
    "source": "000_46eee05028ac51b3.txt 'Automatic differentiation'",
}
_COUNT = count_multiplications("A sum of ones over a range is the range's length.")
_OUT = tidy("factor", "Take out what both have.", "factor")

forward_cost = Derivation(
    "forward-mode-cost",
    "How many multiplications forward mode takes",
    statement="Forward mode carries the derivatives in all N inputs through every layer: its cost grows with N.",
    start=relation(
        "F = sum(1, k = 0..D-2, a = 0..w-1, b = 0..w-1, n = 0..N-1) + sum(1, m = 0..M-1, a = 0..w-1, n = 0..N-1)"
    ),
    opening=Rule(
        "count the products",
        "Each later layer's Jacobian is multiplied by a matrix with N columns: an entry of the product is a sum of w products.",
        lambda r: r,
    ),
    then=(_COUNT, _OUT),
    symbols=_SIZES | _FORWARD,
    form="#_{forward} = N w (M + D w - w)",
    **_COMMON,
)
reverse_cost = Derivation(
    "reverse-mode-cost",
    "How many multiplications reverse mode takes",
    statement="Reverse mode carries the derivatives of all M outputs back through every layer: its cost grows with M.",
    start=relation(
        "R = sum(1, k = 0..D-2, m = 0..M-1, a = 0..w-1, b = 0..w-1) + sum(1, m = 0..M-1, a = 0..w-1, n = 0..N-1)"
    ),
    opening=Rule(
        "count the products",
        "A matrix with M rows is multiplied by each earlier layer's Jacobian: an entry of the product is a sum of w products.",
        lambda r: r,
    ),
    then=(_COUNT, _OUT),
    symbols=_SIZES | _REVERSE,
    form="#_{reverse} = M w (N + D w - w)",
    **_COMMON,
)
cost_difference = Derivation(
    "reverse-less-forward-cost",
    "Which mode of differentiation is cheaper",
    statement="Reverse mode is the cheaper one exactly if there are fewer outputs than inputs, M < N.",
    start=relation("G = R - F"),
    opening=Rule(
        "difference", "What reverse mode costs more than forward mode; negative where it costs less.", lambda r: r
    ),
    then=(
        lambda: put("F", (), forward_cost.result.result, "forward mode", "The cost of forward mode (derived above)."),
        lambda: put("R", (), reverse_cost.result.result, "reverse mode", "The cost of reverse mode (derived above)."),
        tidy("factor", "What both cost for the last product cancels.", "factor"),
    ),
    symbols=_SIZES
    | _FORWARD
    | _REVERSE
    | {"G": Symbol((), "derived", r"\#_{\text{reverse}} - \#_{\text{forward}}", "what reverse mode costs more")},
    form="#_{reverse} - #_{forward} = w² (D - 1) (M - N)",
    lemmas=(forward_cost, reverse_cost),
    **_COMMON,
)
