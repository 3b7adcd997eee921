"""Cover's count: how many labellings of points a linear separator can give."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

from derive.calculus.rules import put, use
from derive.calculus.rules_common import on_the_right
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol, axes
from derive.notation.index_language import expression, relation

_SHAPES = {"C": "S+1 N+1", "b": "S+1 N+1"}


def _dichotomies(torch: Any, points: Any) -> int:
    """The sign patterns of w·x over all w, by brute force: those next to every ray on which all but the last ones vanish."""
    s, n = points.shape
    if s < n:
        return int(2**s)
    found = set()
    for chosen in combinations(range(s), n - 1):
        *_, rows = torch.linalg.svd(torch.cat([points[list(chosen)], torch.zeros(1, n, dtype=points.dtype)]))
        values = torch.sign(points @ rows[-1]).tolist()
        for signs in product((-1.0, 1.0), repeat=n):
            new = [signs[0] * v for v in values]
            for place, sign in zip(chosen, signs[1:], strict=True):
                new[place] = sign
            found.add(tuple(new))
    return len(found)


def _counts(torch: Any, seed: Any, S: int, N: int) -> dict[str, Any]:  # noqa: N803
    """The counts for random points, and Pascal's triangle through torch's logarithm of the gamma function."""
    draw = torch.Generator().manual_seed(int(1e6 * abs(float(seed))))
    counts = torch.zeros(S + 1, N + 1, dtype=torch.float64)
    for s, n in product(range(1, S + 1), range(1, N + 1)):
        counts[s, n] = _dichotomies(torch, torch.randn(s, n, generator=draw, dtype=torch.float64))
    rows = torch.arange(S + 1, dtype=torch.float64)[:, None]
    columns = torch.arange(N + 1, dtype=torch.float64)[None, :]
    inside = columns <= rows
    logs = torch.lgamma(rows + 1) - torch.lgamma(columns + 1) - torch.lgamma((rows - columns).clamp(min=0) + 1)
    return {"C": counts, "b": torch.where(inside, torch.round(torch.exp(logs)), torch.zeros_like(logs))}


recurrence = Derivation(
    "cover-recurrence",
    "How Cover's count goes on from point to point",
    subject="learning theory",
    statement="One point more in n dimensions: the labellings of the points before, and once more those in one dimension less.",
    start=relation("C[s+1, n] = 2*sum(b[s, i], i=0..n-1)", shapes=_SHAPES, frame=axes(s="1..S-1", n="1..N")),
    opening=Rule("Cover's count", "Twice a row of Pascal's triangle, up to the dimension.", lambda r: r),
    then=(
        put(
            "b",
            ("s", "i"),
            expression("(b[s-1, i] + b[s-1, i-1])", shapes=_SHAPES, letters=("s", "i")),
            "Pascal's rule",
            "Each number is the sum of the two above it.",
        ),
        multiply_out("Two sums."),
        use(
            expression("2*sum(b[s, i], i=0..n-1)", shapes=_SHAPES, letters=("s", "n")),
            expression("C[s+1, n]", shapes=_SHAPES, letters=("s", "n")),
            "the points before",
            "The first is the count of one point less.",
        ),
        use(
            expression("2*sum(b[s, i-1], i=0..n-1)", shapes=_SHAPES, letters=("s", "n")),
            expression("C[s+1, n-1]", shapes=_SHAPES, letters=("s", "n")),
            "one dimension less",
            "The second begins with a 0; what is left of it is the same sum, one term shorter.",
        ),
    ),
    symbols={
        "S": Symbol(domain="dimension", latex="S", meaning="the greatest number of points"),
        "N": Symbol(domain="dimension", latex="N", meaning="the greatest dimension"),
        "seed": Symbol((), latex="x", meaning="which random points are tried"),
        "C": Symbol(("0..S", "0..N"), "derived", "C", "the number of labellings that a hyperplane through 0 gives"),
        "b": Symbol(("0..S", "0..N"), "derived", "b", "Pascal's triangle, the binomial coefficients"),
    },
    truth=_counts,
    settings=({"S": 4, "N": 2}, {"S": 5, "N": 3}, {"S": 6, "N": 4}),
    index_base=0,
    form="C_{s+2,n+1} = C_{s+1,n+1} + C_{s+1,n}",
    assumptions=("The points are in general position: no n of them lie in a subspace of n − 1 dimensions.",),
    source="000_46eee05028ac51b3.txt 'Cover's theorem'",
)


def _doubled(formula: str) -> Any:
    return expression(formula, shapes=_SHAPES, letters=("s", "n"))


count = Derivation(
    "cover-count",
    "Cover's count",
    subject="learning theory",
    statement="A hyperplane through 0 gives s points in general position in n dimensions 2 Σ_{i<n} C(s − 1, i) labellings.",
    start=relation("C[s+1, n] = C[s, n] + C[s, n-1]", shapes=_SHAPES, frame=axes(s="1..S-1", n="1..N")),
    opening=Rule(
        "one point more",
        "A labelling of s points goes on to the new one in one way, and in both where a separator goes through the new point: "
        "along it the points are in one dimension less.",
        lambda r: r,
    ),
    then=(
        on_the_right(
            put(
                "C",
                ("s", "n"),
                _doubled("2*sum(b[s-1, i], i=0..n-1)"),
                "induction",
                "So it is for fewer points: one point has two labellings, in any dimension from 1 on.",
            )
        ),
        use(
            _doubled("sum(b[s-1, i], i=0..n-2)"),
            _doubled("sum(b[s-1, i-1], i=0..n-1)"),
            "count one further",
            "The same sum, counted from 1: what stands before a row of Pascal's triangle is 0.",
        ),
        use(
            _doubled("sum(b[s-1, i-1], i=0..n-1)"),
            _doubled("sum(b[s, i] - b[s-1, i], i=0..n-1)"),
            "Pascal's rule",
            "Each number is the sum of the two above it: one of them is the number less the other.",
        ),
        multiply_out("The numbers of the row above cancel."),
    ),
    symbols=recurrence.symbols,
    truth=_counts,
    settings=recurrence.settings,
    index_base=0,
    form="C_{s+2,n+1} = 2 Σ_{i=0}^n b_{s+1,i}",
    assumptions=recurrence.assumptions,
    source=recurrence.source,
    lemmas=(recurrence,),
)
