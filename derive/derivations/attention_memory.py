"""Key–value attention of one query: the gating function's Jacobian, and what keys and values do to what attention gives."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules_names import known_as
from derive.calculus.rules_sums import gather
from derive.derivations.attention import many_heads, many_heads_queries, through_softmax
from derive.derivations.attention_facts import gated, gating_query
from derive.derivations.base import Derivation
from derive.notation.index_language import program

_WEIGHTS = known_as(gated.definitions[1], "An exponential over the sum of all of them is an attention weight.")
_COMMON: dict[str, Any] = {
    "subject": "attention",
    "symbols": {n: s for n, s in gating_query.symbols.items() if n != "M"},
    "truth": {n: t for n, t in gating_query.truth.items() if n != "M"},  # type: ignore[union-attr]
    "settings": gating_query.settings,
    "boundary": gating_query.boundary,
    "source": gating_query.source,
}
gating = program(
    """
    S[t] := sum(q[k]*X[t, k], k)/sqrt(n)
    P[t] := exp(S[t])/sum(exp(S[r]), r)
    """,
    shapes={"q": "n", "X": "T n"},
)
memory = program(
    """
    S[t] := sum(q[k]*X[t, k], k)/sqrt(n)
    P[t] := exp(S[t])/sum(exp(S[r]), r)
    F[c] := sum(P[t]*Z[t, c], t)
    """,
    shapes={"q": "n", "X": "T n", "Z": "T m"},
)
gating_softmax = Derivation(
    "attention-gating-jacobian",
    "How one similarity moves the gating function",
    statement="The Jacobian of the gating softmax in the similarities: diag(P) − PPᵀ, whatever the similarities are.",
    of=gating,
    wrt="S",
    letters=("r",),
    asks="jacobian",
    ideas={"dP/dS": (_WEIGHTS, gather("Both terms hold the weight that moves."))},
    form="∂P_t/∂S_r = P_t ([r = t] - P_r)",
    **_COMMON,
)
_READ = known_as(memory.definitions[2], "The weighted sum of the values is what attention gives.")
gating_keys = Derivation(
    "attention-key-jacobian",
    "How one key moves what attention gives",
    statement="The Jacobian of key–value attention in one key: its weight, the query, and how its value differs from the mean.",
    of=memory,
    wrt="X",
    letters=("r", "k"),
    asks="jacobian",
    ideas={
        "dP/dX": (_WEIGHTS, "dS/dX"),
        "dF/dX": ("dP/dX", _READ, gather("Both terms hold the weight and the query.")),
    },
    whole=lambda torch, q, X, Z: torch.nn.functional.scaled_dot_product_attention(q[None], X, Z)[0],  # noqa: N803
    form="∂F_c/∂x_{r,k} = (ξ_k P_r (z_{r,c} - F_c))/(√n)",
    **_COMMON,
)
gating_values = Derivation(
    "attention-value-jacobian",
    "How one value moves what attention gives",
    statement="What attention gives is linear in the values: each counts with its weight.",
    of=memory,
    wrt="Z",
    letters=("r", "e"),
    asks="jacobian",
    whole=lambda torch, q, X, Z: torch.nn.functional.scaled_dot_product_attention(q[None], X, Z)[0],  # noqa: N803
    form="∂F_c/∂z_{r,e} = P_r [c = e]",
    **_COMMON,
)
_MANY: dict[str, Any] = {
    n: getattr(many_heads_queries, n)
    for n in ("subject", "of", "symbols", "truth", "whole", "settings", "where", "assumptions", "source")
}
many_heads_keys = Derivation(
    "multi-head-attention-key-weights",
    "How one key weight of a head changes the loss",
    statement="The gradient of the loss in the key weights of each head of multi-head attention.",
    wrt="B",
    ideas=through_softmax(many_heads),
    form="∂L/∂W^K_{h,k,a} = Σ_{i=1}^n ∂L/∂K_{h,i,k} X_{i,a}",
    **_MANY,
)
many_heads_values = Derivation(
    "multi-head-attention-value-weights",
    "How one value weight of a head changes the loss",
    statement="The gradient of the loss in the value weights of each head: through the weights of the places that look at it.",
    wrt="C",
    ideas={"C_bar": ("V_bar",)},
    form="∂L/∂W^V_{h,k,a} = Σ_{i=1}^n Σ_{j=1}^n ∂L/∂O_{h,j,k} P_{h,j,i} X_{i,a}",
    **_MANY,
)
