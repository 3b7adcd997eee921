"""What half-spaces can tell apart: the dimension of Vapnik and Chervonenkis, and parity, which one unit cannot learn."""

from __future__ import annotations

from itertools import product
from typing import Any

from derive.calculus.inequalities import ends
from derive.calculus.rules import use
from derive.calculus.rules_terms import estimate, multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.derivations.cover import _counts as counts
from derive.derivations.cover import recurrence
from derive.notation.index_language import expression, relation

_NOTES = "000_46eee05028ac51b3.txt"
_SHAPES = {"C": "n+2 n+1", "b": "n+2 n+1"}
_GENERAL = "The points are in general position: no n of them lie in a subspace of n − 1 dimensions."


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _numbers(torch: Any, seed: Any, n: int) -> dict[str, Any]:
    """The labellings that lines through 0 give, counted one by one."""
    return counts(torch, seed, n + 1, n)


_SYMBOLS = {
    "n": Symbol(domain="dimension", latex="n", meaning="the dimension"),
    "seed": Symbol((), latex="x", meaning="which random points are tried"),
    "C": Symbol(("0..n+1", "0..n"), "derived", "C", "the number of labellings that a hyperplane through 0 gives"),
    "b": Symbol(("0..n+1", "0..n"), "derived", "b", "Pascal's triangle, the binomial coefficients"),
}
_ROW = "A whole row of Pascal's triangle adds up to a power of 2."


def _row(left: str, right: str) -> Rule:
    return use(
        expression(left, shapes=_SHAPES, letters=("n",)),
        expression(right, letters=("n",)),
        "row of Pascal's triangle",
        _ROW,
    )


_CLAIM: dict[str, Any] = {
    "subject": "learning theory",
    "symbols": _SYMBOLS,
    "truth": _numbers,
    "settings": ({"n": 2}, {"n": 3}, {"n": 4}),
    "index_base": 0,
    "assumptions": (_GENERAL,),
    "source": f"{_NOTES} 'VC dimension'",
    "lemmas": (recurrence,),
}
shattered = Derivation(
    "half-spaces-shatter",
    "Half-spaces shatter n points in n dimensions",
    statement="Hyperplanes through 0 give n points in n dimensions all of their 2ⁿ labellings.",
    start=relation("C[n, n] = 2*sum(b[n-1, i], i=0..n-1)", shapes=_SHAPES, letters=("n",)),
    opening=_by("Cover's count", "Twice a row of Pascal's triangle, up to the dimension (derived above)."),
    then=(_row("sum(b[n-1, i], i=0..n-1)", "2**n/2"),),
    form="C_{n,n} = 2^n",
    **_CLAIM,
)
not_shattered = Derivation(
    "half-spaces-miss",
    "Half-spaces do not shatter n + 1 points in n dimensions",
    statement="Hyperplanes through 0 miss two labellings of n + 1 points: the dimension of Vapnik and Chervonenkis is n.",
    start=relation("C[n+1, n] = 2*sum(b[n, i], i=0..n-1)", shapes=_SHAPES, letters=("n",)),
    opening=_by("Cover's count", "Twice a row of Pascal's triangle, up to the dimension (derived above)."),
    then=(
        _row("sum(b[n, i], i=0..n-1)", "(2**n - 1)"),
        multiply_out("The row lacks its last number, 1: two labellings are missing."),
    ),
    form="C_{n+1,n} = 2 · 2^n - 2",
    **_CLAIM,
)

_PATTERNS = {"B": "M n", "c": "M", "w": "n", "m": "M"}


def _margins(torch: Any, w: Any, b: Any, n: int) -> dict[str, Any]:
    """All patterns, their parity as 1 or −1, and the margin of a linear unit at each."""
    bits = torch.tensor(list(product((0.0, 1.0), repeat=n)), dtype=torch.float64)
    parity = torch.prod(1 - 2 * bits, dim=1)
    margins = parity * torch.addmv(b.expand(len(bits)), bits, w)
    return {"B": bits, "c": parity, "m": margins, "g": margins.min()}


def _without_weights(torch: Any, b: Any, n: int) -> dict[str, Any]:
    zero = torch.zeros(n, dtype=torch.float64)
    return {"w": zero, "b": torch.zeros_like(b), **_margins(torch, zero, torch.zeros_like(b), n)}


parity = Derivation(
    "parity-not-linear",
    "No linear unit computes XOR",
    subject="classical networks",
    statement="The least margin of a linear unit on the parity of n ≥ 2 bits (XOR for two) is never positive.",
    start=relation("M*g = sum(g, a=0..M-1)", shapes=_PATTERNS, letters=("M",)),
    opening=_by("count", "As often as there are patterns."),
    then=(
        estimate(
            expression("sum(g, a=0..M-1)", letters=("M",)),
            expression("sum(c[a]*(sum(w[i]*B[a, i], i) + b), a)", shapes=_PATTERNS),
            "least margin",
            "The least of the margins is at most each of them.",
        ),
        multiply_out("One sum for each weight, and one for the bias."),
        use(
            expression("sum(c[a]*B[a, i], a)", shapes=_PATTERNS, letters=("i",)),
            expression("0"),
            "half of each",
            "Of the patterns in which bit i is 1 half have an even number of ones: change another bit.",
            "n ≥ 2.",
        ),
        use(
            expression("sum(c[a], a)", shapes=_PATTERNS),
            expression("0"),
            "half of each",
            "So have half of all patterns.",
        ),
        ends("Keep the two ends."),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of bits"),
        "M": Symbol(domain="dimension", latex="M", meaning="the number of patterns, 2ⁿ"),
        "w": Symbol(("n",), latex="w", meaning="the weights"),
        "b": Symbol((), latex="b", meaning="the bias"),
        "B": Symbol(("M", "n"), "derived", "x", "all patterns of bits, one a row"),
        "c": Symbol(("M",), "derived", "y", "their labels: 1 where the number of ones is even, else −1"),
        "m": Symbol(("M",), "derived", "m", "the margins"),
        "g": Symbol((), "derived", r"\gamma", "the least margin"),
    },
    truth=_margins,
    equality=_without_weights,
    settings=({"n": 2, "M": 4}, {"n": 3, "M": 8}, {"n": 4, "M": 16}),
    kind="claim",
    form="M γ ≤ 0",
    source=f"{_NOTES} 'Linear Separability'; Minsky and Papert: Perceptrons (1969)",
)
