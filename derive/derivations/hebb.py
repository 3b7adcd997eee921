"""Hebb's rule: as a gradient, and what one stored pattern recalls."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules import use
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol, axes
from derive.notation.index_language import expression, program, relation


def _recall(torch: Any, x: Any, flips: Any, N: int) -> dict[str, Any]:  # noqa: N803
    """One stored pattern, and the input of every unit at a state some flips away."""
    z = torch.where(flips > 0, -x, x)
    weights = torch.outer(x, x) - torch.eye(N, dtype=torch.float64)
    return {"z": z, "h": torch.mv(weights, z), "k": (z != x).sum().to(torch.float64)}


_UNIT = axes(i="N")
_MEMORY = {"x": "N", "z": "N", "h": "N"}
hebb_recall = Derivation(
    "hebb-recall",
    "How a Hebbian memory recalls a pattern",
    subject="memory",
    statement="The input of a unit k flips away from the one stored pattern: it points to the pattern while k is below N/2.",
    start=relation("h[i] = sum((x[i]*x[j] - [i = j])*z[j], j)", shapes=_MEMORY, frame=_UNIT),
    opening=Rule(
        "Hebb's rule",
        "Units that fire together are wired together: the weights are xxᵀ without a diagonal.",
        lambda r: r,
    ),
    then=(
        multiply_out("Multiply out: the bracket keeps one term."),
        use(
            expression("sum(x[j]*z[j], j)", shapes=_MEMORY),
            expression("(N - 2*k)", shapes=_MEMORY),
            "agreement",
            "N − k units agree with the pattern and k do not.",
        ),
    ),
    symbols={
        "N": Symbol(domain="dimension", latex="N", meaning="the number of units"),
        "x": Symbol(("N",), "pm1", "x", "the stored pattern"),
        "flips": Symbol(("N",), "binary", "b", "which units are flipped"),
        "z": Symbol(("N",), "derived", r"\hat{x}", "the state"),
        "h": Symbol(("N",), "derived", "h", "the input of each unit"),
        "k": Symbol((), "derived", "k", "the number of flipped units"),
    },
    truth=_recall,
    settings=({"N": 5}, {"N": 6}, {"N": 9}),
    form="h_i = (N - 2 k) x_i - x̂_i",
    assumptions=("One pattern is stored.",),
    source="000_46eee05028ac51b3.txt 'Hebb-Hopfield'",
)
hebb_rule = Derivation(
    "hebb-rule",
    "Hebb's rule as a gradient step",
    subject="memory",
    statement="The agreement of a linear memory's answer with the wanted one grows fastest along y xᵀ, Hebb's rule.",
    of=program("L := sum(y[i]*W[i, j]*x[j], i, j)", shapes={"y": "m", "x": "n", "W": "m n"}),
    wrt="W",
    letters=("k", "l"),
    symbols={
        "m": Symbol(domain="dimension", latex="m", meaning="the number of outputs"),
        "n": Symbol(domain="dimension", latex="n", meaning="the number of inputs"),
        "x": Symbol(("n",), latex="x", meaning="the input"),
        "y": Symbol(("m",), latex="y", meaning="the wanted output"),
        "W": Symbol(("m", "n"), latex=r"\theta", meaning="the weights"),
        "L": Symbol((), "derived", "A", "the agreement y·Θx"),
    },
    truth=lambda torch, y, x, W: torch.dot(y, torch.mv(W, x)),  # noqa: N803
    settings=({"m": 2, "n": 3}, {"m": 4, "n": 2}, {"m": 3, "n": 5}),
    form="∂A/∂θ_{k,l} = y_k x_l",
    source="000_46eee05028ac51b3.txt 'Hebb rule'",
)
