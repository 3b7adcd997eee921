"""Scaled dot-product attention, with one head and with several, and its causal mask: where the loss gradient goes.

``S`` are the scores, ``P`` the attention weights (softmax of each row of ``S``); both keep their names throughout.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derive.calculus.folding import recognise
from derive.calculus.program import Program
from derive.calculus.rules_common import take_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Oracle, Symbol
from derive.notation.index_language import program

SOURCE = "000_46eee05028ac51b3.txt 'Transformers'"

one_head = program(
    """
    S[i, j] := sum(Q[i, k]*K[j, k], k)/sqrt(d)
    P[i, j] := exp(S[i, j])/sum(exp(S[i, k]), k)
    O[i, c] := sum(P[i, j]*V[j, c], j)
    """,
    shapes={"Q": "n d", "K": "m d", "V": "m e"},
)
ATTENTION = {
    "n": Symbol(domain="dimension", latex="n", meaning="the number of queries"),
    "m": Symbol(domain="dimension", latex="m", meaning="the number of keys, and of values"),
    "d": Symbol(domain="dimension", latex="d", meaning="the length of a query and of a key"),
    "e": Symbol(domain="dimension", latex="e", meaning="the length of a value"),
    "Q": Symbol(("n", "d"), latex="Q", meaning="the queries, one a row"),
    "K": Symbol(("m", "d"), latex="K", meaning="the keys, one a row"),
    "V": Symbol(("m", "e"), latex="V", meaning="the values, one a row"),
    "S": Symbol(("n", "m"), "derived", "S", "the scores, QKᵀ/√d"),
    "P": Symbol(("n", "m"), "derived", "P", "the attention weights: the softmax of each row of S"),
    "O": Symbol(("n", "e"), "derived", "O", "the outputs, P V"),
    "O_bar": Symbol(("n", "e"), meaning="the gradient of the loss that arrives from above"),
}
_TRUTH: dict[str, Oracle] = {
    "S": lambda torch, Q, K, d: torch.matmul(Q, K.mT) / d**0.5,  # noqa: N803
    "P": lambda torch, S: torch.softmax(S, -1),  # noqa: N803
    "O": lambda torch, P, V: torch.matmul(P, V),  # noqa: N803
}


def through_softmax(program: Program, masked: bool = False) -> dict[str, tuple[Rule, ...]]:
    """What a person does with the gradient in the scores: name the weights again, take the entry's own weight out."""
    weights = program.definition("P")
    assert weights is not None
    named = replace(
        recognise([weights]),
        sentence="Each exponential over the sum of its row is an attention weight: name it again."
        + (" A masked one is the weight 0." if masked else ""),
    )
    return {"S_bar": (named, take_out("Both terms hold the entry's own weight: take it out."))}


def _attention(torch: Any, Q: Any, K: Any, V: Any) -> Any:  # noqa: N803
    return torch.nn.functional.scaled_dot_product_attention(Q, K, V)


_HEAD: dict[str, Any] = {
    "subject": "attention",
    "of": one_head,
    "symbols": ATTENTION,
    "truth": _TRUTH,
    "whole": _attention,
    "settings": ({"n": 2, "m": 3, "d": 4, "e": 5}, {"n": 3, "m": 5, "d": 2, "e": 4}, {"n": 4, "m": 2, "d": 5, "e": 3}),
    "assumptions": ("There is no mask and no dropout.",),
    "source": SOURCE,
}

attention_values = Derivation(
    "attention-values",
    "How one entry of the values changes the loss",
    statement="The gradient of the loss in the values of scaled dot-product attention: ∂L/∂V = Pᵀ ∂L/∂O.",
    wrt="V",
    letters=("j", "c"),
    form="∂L/∂V_{j,c} = Σ_{i=1}^n ∂L/∂O_{i,c} P_{i,j}",
    **_HEAD,
)
attention_scores = Derivation(
    "attention-scores",
    "How one score changes the loss",
    statement="The gradient of the loss in the scores of attention, through the softmax of each row: "
    "∂L/∂S = P ⊙ (∂L/∂P − rowsum(P ⊙ ∂L/∂P)).",
    wrt="S",
    ideas=through_softmax(one_head),
    form="∂L/∂S_{i,j} = P_{i,j} (∂L/∂P_{i,j} - Σ_{k=1}^m ∂L/∂P_{i,k} P_{i,k})",
    **_HEAD,
)
attention_queries = Derivation(
    "attention-queries",
    "How one entry of the queries changes the loss",
    statement="The gradient of the loss in the queries of scaled dot-product attention: ∂L/∂Q = (∂L/∂S) K/√d.",
    wrt="Q",
    letters=("i", "k"),
    ideas=through_softmax(one_head),
    form="∂L/∂Q_{i,k} = 1/(√d) Σ_{j=1}^m ∂L/∂S_{i,j} K_{j,k}",
    **_HEAD,
)
attention_keys = Derivation(
    "attention-keys",
    "How one entry of the keys changes the loss",
    statement="The gradient of the loss in the keys of scaled dot-product attention: ∂L/∂K = (∂L/∂S)ᵀ Q/√d.",
    wrt="K",
    letters=("j", "k"),
    ideas=through_softmax(one_head),
    form="∂L/∂K_{j,k} = 1/(√d) Σ_{i=1}^n ∂L/∂S_{i,j} Q_{i,k}",
    **_HEAD,
)

causal = program(
    """
    S[i, j] := sum(Q[i, k]*K[j, k], k)/sqrt(d)
    P[i, j] := [j <= i]*exp(S[i, j])/sum(exp(S[i, k]), k = 0..i)
    O[i, c] := sum(P[i, j]*V[j, c], j)
    """,
    shapes={"Q": "T d", "K": "T d", "V": "T e"},
)


def _masked_softmax(torch: Any, S: Any) -> Any:  # noqa: N803
    later = torch.ones_like(S, dtype=torch.bool).triu(1)
    return torch.softmax(S.masked_fill(later, -torch.inf), -1)


def _causal_attention(torch: Any, Q: Any, K: Any, V: Any) -> Any:  # noqa: N803
    return torch.nn.functional.scaled_dot_product_attention(Q, K, V, is_causal=True)


causal_scores = Derivation(
    "causal-attention-scores",
    "How one score of causal attention changes the loss",
    subject="attention",
    statement="The gradient of the loss in the scores when each place attends only to itself and to what came before.",
    of=causal,
    wrt="S",
    ideas=through_softmax(causal, masked=True),
    symbols={
        "T": Symbol(domain="dimension", latex="T", meaning="the length of the sequence"),
        "d": ATTENTION["d"],
        "e": ATTENTION["e"],
        "Q": Symbol(("T", "d"), latex="Q", meaning="the queries, one a row"),
        "K": Symbol(("T", "d"), latex="K", meaning="the keys, one a row"),
        "V": Symbol(("T", "e"), latex="V", meaning="the values, one a row"),
        "S": Symbol(("T", "T"), "derived", "S", "the scores, QKᵀ/√d"),
        "P": Symbol(("T", "T"), "derived", "P", "the attention weights: the softmax over the places up to i"),
        "O": Symbol(("T", "e"), "derived", "O", "the outputs, P V"),
        "O_bar": Symbol(("T", "e"), meaning="the gradient of the loss that arrives from above"),
    },
    truth=_TRUTH | {"P": _masked_softmax},
    whole=_causal_attention,
    settings=({"T": 3, "d": 2, "e": 4}, {"T": 4, "d": 3, "e": 2}, {"T": 5, "d": 4, "e": 3}),
    form="∂L/∂S_{i,j} = P_{i,j} (∂L/∂P_{i,j} - Σ_{k=1}^T ∂L/∂P_{i,k} P_{i,k})",
    assumptions=("A masked score has the weight 0, and so no gradient goes through it.",),
    source=SOURCE,
)

many_heads = program(
    """
    Q[h, i, k] := sum(A[h, k, a]*X[i, a], a)
    K[h, i, k] := sum(B[h, k, a]*X[i, a], a)
    V[h, i, k] := sum(C[h, k, a]*X[i, a], a)
    S[h, i, j] := sum(Q[h, i, k]*K[h, j, k], k)/sqrt(d)
    P[h, i, j] := exp(S[h, i, j])/sum(exp(S[h, i, k]), k)
    O[h, i, k] := sum(P[h, i, j]*V[h, j, k], j)
    Y[i, p] := sum(W[p, h, k]*O[h, i, k], h, k)
    """,
    shapes={"X": "n E", "A": "H d E", "B": "H d E", "C": "H d E", "W": "E H d"},
)


def _projected(torch: Any, M: Any, X: Any) -> Any:  # noqa: N803
    """One head's projection for every head: rows of X times the transposed weights."""
    return torch.matmul(X, M.mT)


def _many_heads(torch: Any, X: Any, A: Any, B: Any, C: Any, W: Any) -> Any:  # noqa: N803
    """Torch's own layer, whose weights hold the heads one below the other."""
    width, heads = X.shape[-1], A.shape[0]
    x = X[:, None]
    out, _ = torch.nn.functional.multi_head_attention_forward(
        x, x, x, width, heads, torch.cat([A.reshape(-1, width), B.reshape(-1, width), C.reshape(-1, width)]),
        None, None, None, False, 0.0, W.reshape(width, -1), None, need_weights=False,
    )  # fmt: skip
    return out[:, 0]


_MANY: dict[str, Any] = {
    "subject": "attention",
    "of": many_heads,
    "symbols": {
        "n": Symbol(domain="dimension", latex="n", meaning="the length of the sequence"),
        "E": Symbol(domain="dimension", latex="E", meaning="the width of the model"),
        "H": Symbol(domain="dimension", latex="H", meaning="the number of heads"),
        "d": Symbol(domain="dimension", latex="d", meaning="the width of a head"),
        "X": Symbol(("n", "E"), latex="X", meaning="the sequence, one place a row"),
        "A": Symbol(("H", "d", "E"), latex="W^Q", meaning="the weights of the queries, head by head"),
        "B": Symbol(("H", "d", "E"), latex="W^K", meaning="the weights of the keys"),
        "C": Symbol(("H", "d", "E"), latex="W^V", meaning="the weights of the values"),
        "W": Symbol(("E", "H", "d"), latex="W^O", meaning="the weights that join the heads"),
        "Q": Symbol(("H", "n", "d"), "derived", "Q", "the queries of each head"),
        "K": Symbol(("H", "n", "d"), "derived", "K", "the keys of each head"),
        "V": Symbol(("H", "n", "d"), "derived", "V", "the values of each head"),
        "S": Symbol(("H", "n", "n"), "derived", "S", "the scores of each head"),
        "P": Symbol(("H", "n", "n"), "derived", "P", "the attention weights of each head"),
        "O": Symbol(("H", "n", "d"), "derived", "O", "what each head gives"),
        "Y": Symbol(("n", "E"), "derived", "Y", "the output"),
        "Y_bar": Symbol(("n", "E"), meaning="the gradient of the loss that arrives from above"),
    },
    "truth": _TRUTH
    | {
        "Q": lambda torch, A, X: _projected(torch, A, X),  # noqa: N803
        "K": lambda torch, B, X: _projected(torch, B, X),  # noqa: N803
        "V": lambda torch, C, X: _projected(torch, C, X),  # noqa: N803
        "Y": lambda torch, W, O: torch.tensordot(O, W, ([0, 2], [1, 2])),  # noqa: E741, N803
    },
    "whole": _many_heads,
    "settings": (
        {"n": 4, "E": 6, "H": 3, "d": 2},
        {"n": 5, "E": 6, "H": 2, "d": 3},
        {"n": 3, "E": 8, "H": 2, "d": 4},
    ),
    "where": ("E == H*d",),
    "assumptions": ("Self-attention without mask, biases or dropout; the heads share the width, E = Hd.",),
    "source": SOURCE,
}

many_heads_output = Derivation(
    "multi-head-attention-output-weights",
    "How one weight that joins the heads changes the loss",
    statement="The gradient of the loss in the output weights of multi-head attention.",
    wrt="W",
    form="∂L/∂W^O_{p,h,k} = Σ_{i=1}^n ∂L/∂Y_{i,p} O_{h,i,k}",
    **_MANY,
)
many_heads_queries = Derivation(
    "multi-head-attention-query-weights",
    "How one query weight of a head changes the loss",
    statement="The gradient of the loss in the query weights of each head of multi-head attention.",
    wrt="A",
    ideas=through_softmax(many_heads),
    form="∂L/∂W^Q_{h,k,a} = Σ_{i=1}^n ∂L/∂Q_{h,i,k} X_{i,a}",
    **_MANY,
)
many_heads_input = Derivation(
    "multi-head-attention-input",
    "How one entry of the sequence changes the loss of multi-head attention",
    statement="The gradient of the loss in the input of multi-head self-attention: through queries, keys and values of "
    "every head.",
    wrt="X",
    letters=("i", "a"),
    ideas=through_softmax(many_heads),
    form="∂L/∂X_{i,a} = Σ_{h=1}^H Σ_{k=1}^d ∂L/∂Q_{h,i,k} W^Q_{h,k,a} + Σ_{h=1}^H Σ_{k=1}^d ∂L/∂K_{h,i,k} W^K_{h,k,a}"
    " + Σ_{h=1}^H Σ_{k=1}^d ∂L/∂V_{h,i,k} W^V_{h,k,a}",
    **_MANY,
)
