"""Attention: its query's Jacobian as a covariance, why scores are divided by √n, what heads cost, padding and score biases."""

from __future__ import annotations

from typing import Any

from derive.calculus.inequalities import count_multiplications
from derive.calculus.rules import put, use
from derive.calculus.rules_common import take_out
from derive.calculus.rules_names import known_as
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, program, relation

_NOTES = "000_46eee05028ac51b3.txt 'Attention'"
_TRANSFORMERS = "000_46eee05028ac51b3.txt 'Transformers'"

gated = program(
    """
    S[t] := sum(q[k]*X[t, k], k)/sqrt(n)
    P[t] := exp(S[t])/sum(exp(S[r]), r)
    M[k] := sum(P[t]*X[t, k], t)
    F[c] := sum(P[t]*Z[t, c], t)
    """,
    shapes={"q": "n", "X": "T n", "Z": "T m"},
)
_WEIGHTS = known_as(gated.definitions[1], "An exponential over the sum of all of them is an attention weight.")
_MEAN = known_as(gated.definitions[2], "The weighted sum of the keys is their mean under the attention weights.")
gating_query = Derivation(
    "attention-query-jacobian",
    "How the query moves what attention gives",
    subject="attention",
    statement="The Jacobian of key–value attention in the query: the covariance of values and keys under the weights, by √n.",
    of=gated,
    wrt="q",
    letters=("k",),
    asks="jacobian",
    ideas={
        "dP/dq": (_WEIGHTS, "dS/dq", _MEAN, take_out("Both hold the pair's weight and √n.")),
        "dF/dq": ("dP/dq",),
    },
    symbols={
        "T": Symbol(domain="dimension", latex="s", meaning="the number of key–value pairs"),
        "n": Symbol(domain="dimension", latex="n", meaning="the length of query and keys"),
        "m": Symbol(domain="dimension", latex="m", meaning="the length of a value"),
        "q": Symbol(("n",), latex=r"\xi", meaning="the query"),
        "X": Symbol(("T", "n"), latex="x", meaning="the keys, one a row"),
        "Z": Symbol(("T", "m"), latex="z", meaning="the values, one a row"),
        "S": Symbol(("T",), "derived", "S", "the similarities"),
        "P": Symbol(("T",), "derived", "P", "the attention weights, the gating function's values"),
        "M": Symbol(("n",), "derived", r"\bar{x}", "the mean of the keys under the weights"),
        "F": Symbol(("m",), "derived", "F", "what attention gives: the mean of the values under the weights"),
    },
    truth={
        "S": lambda torch, q, X, n: torch.mv(X, q) / n**0.5,  # noqa: N803
        "P": lambda torch, S: torch.softmax(S, 0),  # noqa: N803
        "M": lambda torch, P, X: torch.mv(X.mT, P),  # noqa: N803
        "F": lambda torch, P, Z: torch.mv(Z.mT, P),  # noqa: N803
    },
    whole=lambda torch, q, X, Z: torch.nn.functional.scaled_dot_product_attention(q[None], X, Z)[0],  # noqa: N803
    settings=({"T": 3, "n": 2, "m": 4}, {"T": 4, "n": 3, "m": 2}, {"T": 2, "n": 4, "m": 3}),
    boundary=({"T": 1, "n": 2, "m": 3}, {"T": 3, "n": 1, "m": 1}),
    form="∂F_c/∂ξ_k = 1/(√n) Σ_{t=1}^s z_{t,c} P_t (x_{t,k} - x̄_k)",
    source=f"{_NOTES}, 'Gating function'",
)


def _enumerated(torch: Any, p: Any, a: Any, b: Any, n: int) -> dict[str, Any]:
    """Mean and variance of a scaled dot product over all outcomes of independent entries that take two values each.

    With the probability p an entry is √((1 − p)/p), otherwise −√(p/(1 − p)): its mean is 0 and its variance 1.
    """
    low, high = -torch.sqrt(p / (1 - p)), torch.sqrt((1 - p) / p)
    outcomes = torch.cartesian_prod(*[torch.tensor([0.0, 1.0], dtype=p.dtype)] * n).reshape(-1, n)
    chances = torch.where(outcomes > 0, p, 1 - p).prod(1)
    vectors = torch.where(outcomes > 0, high, low)
    pairs = torch.outer(chances, chances)
    second = torch.einsum("t,ti,tj->ij", chances, vectors, vectors)

    def variance(products: Any) -> Any:
        mean = (pairs * products).sum()
        return (pairs * (products - mean) ** 2).sum()

    dots = a * b * vectors @ vectors.mT
    return {"A": a * a * second, "B": b * b * second, "v": variance(dots), "u": variance(dots / n**0.5)}


_MOMENTS = {
    "n": Symbol(domain="dimension", latex="n", meaning="the length of query and key"),
    "p": Symbol((), "unit", "p", "how likely the larger one of an entry's two values is"),
    "a": Symbol((), "positive", r"\sigma_q", "the standard deviation of a query's entry"),
    "b": Symbol((), "positive", r"\sigma_k", "the standard deviation of a key's entry"),
    "A": Symbol(("n", "n"), "derived", r"E[\xi\xi^\top]", "the expected products of the query's entries"),
    "B": Symbol(("n", "n"), "derived", "E[xx^\\top]", "the expected products of the key's entries"),
    "v": Symbol((), "derived", r"\mathrm{Var}(\xi\cdot x)", "the variance of the dot product"),
    "u": Symbol((), "derived", r"\mathrm{Var}(\xi\cdot x/\sqrt{n})", "the variance of the scaled one"),
}
_CHANCE: dict[str, Any] = {
    "subject": "attention",
    "symbols": _MOMENTS,
    "truth": _enumerated,
    "settings": ({"n": 2}, {"n": 3}, {"n": 4}),
    "boundary": ({"n": 1},),
    "assumptions": ("All entries of query and key are independent, with mean 0; only their variances matter.",),
    "source": f"{_TRANSFORMERS}, 'Similarity function'",
}


def _independent(name: str, deviation: str, what: str) -> Rule:
    return put(
        name,
        ("i", "j"),
        expression(f"{deviation}**2*[i = j]", letters=("i", "j")),
        "independent entries",
        f"Two different entries of the {what} have the expected product 0, one with itself its variance.",
    )


_SQUARE = (
    _independent("A", "a", "query"),
    _independent("B", "b", "key"),
    multiply_out("The brackets leave one of the two sums."),
    count_multiplications("Every coordinate adds the same."),
)
dot_product_variance = Derivation(
    "dot-product-variance",
    "The variance of a dot product grows with its length",
    statement="The variance of the dot product of two independent random vectors is n times the product of the variances.",
    start=relation("v = sum(A[i, j]*B[i, j], i, j)", shapes={"A": "n n", "B": "n n"}),
    opening=Rule(
        "square of a sum",
        "The mean is 0, so the variance is the expected square: a double sum. Query and key are independent: the "
        "expectation of their product is that of the parts, multiplied.",
        lambda r: r,
    ),
    then=_SQUARE,
    form="Var(ξ· x) = n σ_q² σ_k²",
    **_CHANCE,
)
scaled_variance = Derivation(
    "scaled-dot-product-variance",
    "Why attention divides by √n",
    statement="Divided by √n, the dot product of two independent random vectors has the same variance for every length.",
    start=relation("u = v/n", letters=("n",)),
    opening=Rule("scale", "A factor 1/√n divides the variance by n.", lambda r: r),
    then=(
        lambda: put(
            "v",
            (),
            dot_product_variance.result.result,
            "the variance",
            "The variance of the dot product (derived above).",
        ),
    ),
    form="Var(ξ· x/√n) = σ_q² σ_k²",
    lemmas=(dot_product_variance,),
    **_CHANCE,
)


def _heads(torch: Any, n: int, H: int, d: int) -> dict[str, Any]:  # noqa: N803
    """The parameters of torch's own layer, and the multiplications that its flop counter sees in the heads' products."""
    width = H * d
    layer = torch.nn.MultiheadAttention(width, H, bias=False)
    x, heads, rows = torch.zeros(n, width), torch.zeros(H, n, d), torch.zeros(H, n, n)
    with torch.utils.flop_counter.FlopCounterMode(display=False) as counter:
        for _ in range(4):
            torch.mm(x, torch.zeros(width, width))
        torch.bmm(heads, heads.mT)
        torch.bmm(rows, heads)
    found = {"params": sum(p.numel() for p in layer.parameters()), "mults": counter.get_total_flops() / 2}
    return {"E": torch.tensor(float(width))} | {k: torch.tensor(float(v)) for k, v in found.items()}


_COUNTS: dict[str, Any] = {
    "subject": "attention",
    "truth": _heads,
    "symbols": {
        "n": Symbol(domain="dimension", latex="n", meaning="the length of the sequence"),
        "H": Symbol(domain="dimension", latex="H", meaning="the number of heads"),
        "d": Symbol(domain="dimension", latex="d", meaning="the width of a head"),
        "E": Symbol((), "derived", "E", "the width of the model, E = Hd"),
        "params": Symbol((), "derived", r"\#\text{parameters}", "the number of parameters"),
        "mults": Symbol((), "derived", r"\#\text{multiplications}", "the number of multiplications"),
    },
    "settings": ({"n": 4, "H": 2, "d": 3}, {"n": 5, "H": 3, "d": 2}, {"n": 2, "H": 4, "d": 3}),
    "boundary": ({"n": 1, "H": 1, "d": 1},),
    "assumptions": ("Self-attention without biases; the heads share the width, E = Hd.",),
    "source": f"{_TRANSFORMERS}, 'Multi-headed attention'",
}
_LENGTHS = count_multiplications("A sum of ones over a range is the range's length.")
_SHARED = use(
    expression("H*d", letters=("H", "d")),
    expression("E"),
    "the heads share the width",
    "Together the heads are E wide.",
)
head_parameters = Derivation(
    "multi-head-parameter-count",
    "The parameters of multi-head attention do not hang on the number of heads",
    statement="Queries, keys, values and the joining weights have E² parameters each, however many heads share the width E.",
    start=relation(
        "params = 3*sum(1, h = 0..H-1, k = 0..d-1, a = 0..H*d-1) + sum(1, p = 0..H*d-1, h = 0..H-1, k = 0..d-1)"
    ),
    opening=Rule(
        "count the entries",
        "Three d × E matrices for every head, for queries, keys and values; and one E × Hd matrix that joins the heads.",
        lambda r: r,
    ),
    then=(_LENGTHS, _SHARED),
    form="#parameters = 4 E²",
    **_COUNTS,
)
head_multiplications = Derivation(
    "multi-head-multiplication-count",
    "The multiplications of multi-head attention",
    statement="Projections take 4nE² multiplications; scores and weighted sums take n²E each, quadratic in the length.",
    start=relation(
        "mults = 4*sum(1, i = 0..n-1, p = 0..H*d-1, a = 0..H*d-1) + 2*sum(1, h = 0..H-1, i = 0..n-1, j = 0..n-1, k = 0..d-1)"
    ),
    opening=Rule(
        "count the products",
        "Four projections of n places with an E × E matrix; for every head and pair of places, d products for the score and d "
        "for the weighted values.",
        lambda r: r,
    ),
    then=(_LENGTHS, _SHARED),
    form="#multiplications = 4 n E² + 2 n² E",
    **_COUNTS,
)
