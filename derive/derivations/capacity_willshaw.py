"""How much a Willshaw memory holds: pairs until it is half full, their information, and what it recalls then."""

from __future__ import annotations

from typing import Any

from derive.calculus.inequalities import bounded_by, ends
from derive.calculus.rules import solve_for, use
from derive.calculus.rules_scalar import take_logarithms
from derive.calculus.rules_terms import estimate
from derive.calculus.trace import Rule
from derive.derivations.associative import load, willshaw
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

_NOTES = "000_46eee05028ac51b3.txt 'Willshaw Memory', Maximal capacity"


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _text(formula: str) -> Any:
    return expression(formula, letters=("n", "r"))


def _half(torch: Any, n: int, r: int) -> dict[str, Any]:
    """For how many pairs half of the connections are unmade, by bisection; the bits of one pattern by torch's gamma."""
    low, high = torch.tensor(0.0, dtype=torch.float64), torch.tensor(1e9, dtype=torch.float64)
    for _ in range(200):
        s = (low + high) / 2
        full = torch.pow(1 - (torch.tensor(r / n, dtype=torch.float64)) ** 2, s) < 0.5
        low, high = torch.where(full, low, s), torch.where(full, s, high)
    sizes = torch.tensor([n, r, n - r], dtype=torch.float64)
    bits = (torch.lgamma(sizes + 1) * torch.tensor([1.0, -1.0, -1.0], dtype=torch.float64)).sum() / torch.log(
        torch.tensor(2.0, dtype=torch.float64)
    )
    return {"s": low, "u": torch.pow(1 - (sizes[1] / sizes[0]) ** 2, low), "B": bits, "I": low * bits}


_SIZES = {
    "n": Symbol(domain="dimension", latex="n", meaning="the number of bits of a pattern"),
    "r": Symbol(domain="dimension", latex="r", meaning="the number of ones of a pattern"),
    "s": Symbol((), "derived", "s", "the number of pairs until half of the connections are made"),
}
half_load = Derivation(
    "willshaw-half-load",
    "When a Willshaw memory is half full",
    subject="memory",
    statement="Half of the connections are made after log 2/(−log(1 − r²/n²)) pairs, about n² log 2/r².",
    start=relation("u = (1 - r**2/n**2)**s", letters=("n", "r")),
    opening=_by("load", "How often a connection is still unmade (derived above)."),
    then=(
        use(expression("u"), expression("1/2"), "half full", "Half of the connections shall be made."),
        take_logarithms("Take logarithms: the power comes down.", "Both sides are positive."),
        solve_for(expression("s"), "Solve for the number of pairs."),
    ),
    symbols=_SIZES | {"u": Symbol((), "derived", "u", "how often a connection is unmade then")},
    truth=_half,
    settings=({"n": 16, "r": 4}, {"n": 64, "r": 6}, {"n": 30, "r": 7}),
    form="s = -log(2)/(log(1 - r²/n²))",
    source=_NOTES,
    lemmas=(load,),
)
information = Derivation(
    "willshaw-capacity",
    "How much information a Willshaw memory holds",
    subject="memory",
    statement="Half full, with log₂ n ones in each pattern, the memory holds at most n² log 2 bits for its n² connections, "
    "0.69 each; it comes near that as n grows.",
    start=relation("I = s*B"),
    opening=_by(
        "information", "Each pair stores one pattern: the logarithm to base 2 of the number of patterns, in bits."
    ),
    then=(
        estimate(
            expression("s*B"),
            _text("s*r*log(n)/log(2)"),
            "bits of a pattern",
            "There are at most n choices for each of the ones: no more than nʳ patterns.",
        ),
        estimate(
            _text("s*r*log(n)/log(2)"),
            _text("n**2*log(n)/r"),
            "pairs",
            "−log(1 − q) is at least q, so that half load comes after at most n² log 2/r² pairs (derived above).",
        ),
        ends("Keep the two ends."),
        use(_text("log(n)"), _text("r*log(2)"), "sparse patterns", "Choose log₂ n ones.", "n is 2 to the power r."),
    ),
    symbols=_SIZES
    | {
        "B": Symbol((), "derived", "B", "the bits of one pattern, the logarithm of n over r to base 2"),
        "I": Symbol((), "derived", "I", "the information of all pairs, in bits"),
    },
    truth=_half,
    settings=({"n": 8, "r": 3}, {"n": 16, "r": 4}, {"n": 256, "r": 8}),
    kind="claim",
    form="I ≤ n² log(2)",
    source=_NOTES,
    assumptions=("The patterns are drawn at random and independently; n = 2ʳ.",),
    lemmas=(half_load,),
)

_STORED = {"A": "m n", "x": "S n", "y": "S m", "z": "S m"}


def _spurious(torch: Any, n: int, S: int, r: int) -> dict[str, Any]:  # noqa: N803
    """Random pairs of sparse patterns in one memory, and how many ones too many it recalls for a pair."""
    draw = torch.Generator().manual_seed(n)
    x, y = (
        torch.zeros(S, n, dtype=torch.float64).scatter(1, torch.rand(S, n, generator=draw).topk(r).indices, 1.0)
        for _ in range(2)
    )
    heard = x @ torch.einsum("tj,ti->ji", y, x).clamp(max=1).mT
    wrong = (torch.ge(heard, r - 0.5) & torch.lt(y, 0.5)).double()
    return {"y": y, "z": heard, "w": wrong.sum() / S}


recall = Derivation(
    "willshaw-recall-at-half-load",
    "What a half full Willshaw memory recalls",
    subject="memory",
    statement="At half load, with r = log₂ n ones, a wrong output hears all r ones with probability 2⁻ʳ, or 1/n: about one "
    "too many in each recall; seen to be below 2.",
    start=relation(
        "w = sum([z[t, j] >= r]*(1 - y[t, j]), t, j)/S", shapes={"z": "S n", "y": "S n"}, letters=("S", "r")
    ),
    opening=_by("count", "An output fires if it hears all of the input's ones; it is wrong where a 0 was wanted."),
    then=(
        bounded_by(
            expression("2"),
            "simulation",
            "Half of the connections are made, about independently: n outputs fire by mistake once in 2ʳ = n.",
            "The memory is half full and n = 2ʳ.",
        ),
    ),
    symbols={
        "n": _SIZES["n"],
        "S": Symbol(domain="dimension", latex="s", meaning="the number of pairs"),
        "r": _SIZES["r"],
        "y": Symbol(("S", "n"), "binary", "y", "the wanted outputs"),
        "z": Symbol(("S", "n"), "derived", "z", "what each output hears"),
        "w": Symbol((), "derived", "w", "the mean number of ones too many"),
    },
    truth=_spurious,
    settings=({"n": 32, "S": 28, "r": 5}, {"n": 64, "S": 79, "r": 6}, {"n": 128, "S": 232, "r": 7}),
    kind="claim",
    form="w = 1/s Σ_{t=1}^s Σ_{j=1}^n (1 - y_{t,j}) 1[z_{t,j} ≥ r] ≤ 2",
    source=_NOTES,
    assumptions=("By simulation: pairs from a seeded generator.",),
    lemmas=(half_load, willshaw),
)
