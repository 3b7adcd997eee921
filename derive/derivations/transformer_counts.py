"""What a transformer block costs: its parameters, the entries of a KV cache, the multiplications of one token more."""

from __future__ import annotations

from typing import Any

from derive.calculus.inequalities import count_multiplications
from derive.calculus.rules import put, use
from derive.calculus.rules_terms import multiply_out, take_out
from derive.calculus.trace import Rule
from derive.derivations.attention_facts import head_parameters
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

_LENGTHS = count_multiplications("A sum of ones over a range is the range's length.")
_E = Symbol(domain="dimension", latex="E", meaning="the width of the model")


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _numbers(torch: Any, **found: float) -> dict[str, Any]:
    return {n: torch.tensor(float(v), dtype=torch.float64) for n, v in found.items()}


def _block(torch: Any, E: int, H: int, r: int) -> dict[str, Any]:  # noqa: N803
    """The parameters of torch's own encoder layer, and of its parts."""
    layer = torch.nn.TransformerEncoderLayer(E, H, dim_feedforward=r * E, bias=True)
    parts = {"P": [layer], "A": [layer.self_attn], "M": [layer.linear1, layer.linear2]}
    return _numbers(torch, **{n: sum(p.numel() for part in of for p in part.parameters()) for n, of in parts.items()})


_BLOCK: dict[str, Any] = {
    "subject": "modern layers",
    "truth": _block,
    "settings": ({"E": 4, "H": 2, "r": 3}, {"E": 6, "H": 3, "r": 4}, {"E": 8, "H": 4, "r": 2}),
    "boundary": ({"E": 1, "H": 1, "r": 1},),
    "source": "Vaswani et al.: Attention Is All You Need (2017), §3; 000_46eee05028ac51b3.txt 'Transformers'",
    "symbols": {
        "E": _E,
        "H": Symbol(domain="dimension", latex="H", meaning="the number of heads, which does not matter"),
        "r": Symbol(domain="dimension", latex="r", meaning="how many times wider the hidden layer is"),
        "A": Symbol((), "derived", r"\#\text{attention}", "the parameters of multi-head attention"),
        "M": Symbol((), "derived", r"\#\text{feed-forward}", "the parameters of the feed-forward part"),
        "P": Symbol((), "derived", r"\#\text{parameters}", "the parameters of the block"),
    },
}
feed_forward_parameters = Derivation(
    "feed-forward-parameter-count",
    "The parameters of a transformer's feed-forward part",
    statement="Two dense layers, E to rE and back, with biases.",
    start=relation(
        "M = sum(1, i = 0..r*E-1, j = 0..E-1) + sum(1, i = 0..r*E-1) + sum(1, i = 0..E-1, j = 0..r*E-1) + sum(1, i = 0..E-1)"
    ),
    opening=_by(
        "count the entries", "Weights and biases of the layer that widens, then of the layer that narrows again."
    ),
    then=(_LENGTHS,),
    form="#feed-forward = 2 E² r + E r + E",
    **_BLOCK,
)
block_parameters = Derivation(
    "transformer-block-parameter-count",
    "The parameters of a transformer block",
    statement="Attention has 4E² weights and the feed-forward part 2rE²: 12E² for r = 4; the rest is linear in E.",
    start=relation("P = A + M + 2*2*sum(1, i = 0..E-1)"),
    opening=_by(
        "parts of the block",
        "Attention, the feed-forward part, and two layer norms with a scale and a shift for each feature.",
    ),
    then=(
        put(
            "A",
            (),
            expression("4*E**2 + sum(1, h = 0..3, i = 0..E-1)", letters=("E",)),
            "attention",
            "Four matrices E × E (derived above), each with a bias.",
        ),
        lambda: put(
            "M", (), feed_forward_parameters.result.result, "feed-forward", "Two dense layers (derived above)."
        ),
        multiply_out("Take the parentheses away."),
        _LENGTHS,
    ),
    form="#parameters = 4 E² + 9 E + 2 E² r + E r",
    lemmas=(head_parameters, feed_forward_parameters),
    **_BLOCK,
)


def _cache(torch: Any, D: int, H: int, d: int, T: int, N: int) -> dict[str, Any]:  # noqa: N803
    """A cache filled token by token, its entries counted."""
    layers = [[torch.empty(N, H, 0, d) for _ in range(2)] for _ in range(D)]
    for _ in range(T):
        layers = [[torch.cat([kept, torch.zeros(N, H, 1, d)], 2) for kept in layer] for layer in layers]
    return _numbers(torch, C=sum(kept.numel() for layer in layers for kept in layer), E=H * d)


cache_entries = Derivation(
    "kv-cache-size",
    "The entries of a key–value cache",
    subject="modern layers",
    statement="A key and a value for every layer, token and head: 2E numbers for each layer and token.",
    start=relation("C = 2*sum(1, n = 0..N-1, l = 0..D-1, t = 0..T-1, h = 0..H-1, k = 0..d-1)"),
    opening=_by("count the entries", "Keys and values of every sequence, layer, token and head are kept."),
    then=(
        _LENGTHS,
        use(
            expression("H*d", letters=("H", "d")),
            expression("E"),
            "the heads share the width",
            "Together the heads are E wide.",
        ),
    ),
    symbols={
        "N": Symbol(domain="dimension", latex="N", meaning="the number of sequences"),
        "D": Symbol(domain="dimension", latex="D", meaning="the number of layers"),
        "T": Symbol(domain="dimension", latex="T", meaning="the number of tokens so far"),
        "H": Symbol(domain="dimension", latex="H", meaning="the number of heads"),
        "d": Symbol(domain="dimension", latex="d", meaning="the width of a head"),
        "E": Symbol((), "derived", "E", "the width of the model, E = Hd"),
        "C": Symbol((), "derived", r"\#\text{entries}", "the number of entries that are kept"),
    },
    truth=_cache,
    settings=(
        {"D": 2, "H": 3, "d": 4, "T": 5, "N": 6},
        {"D": 3, "H": 2, "d": 5, "T": 4, "N": 7},
        {"D": 4, "H": 5, "d": 2, "T": 3, "N": 6},
    ),
    boundary=({"D": 1, "H": 1, "d": 1, "T": 1, "N": 1},),
    form="#entries = 2 N D T E",
    source="Shazeer: Fast Transformer Decoding (2019), §2",
)


def _decoding(torch: Any, E: int, T: int) -> dict[str, Any]:  # noqa: N803
    """The multiplications that torch's flop counter sees for the T-th token, with a cache and without."""

    def counted(new: int) -> float:
        with torch.utils.flop_counter.FlopCounterMode(display=False) as counter:
            for _ in range(4):
                torch.mm(torch.zeros(new, E), torch.zeros(E, E))
            torch.mm(torch.mm(torch.zeros(new, E), torch.zeros(E, T)), torch.zeros(T, E))
        return float(counter.get_total_flops() / 2)

    return _numbers(torch, K=counted(1), U=counted(T))


_DECODING: dict[str, Any] = {
    "subject": "modern layers",
    "symbols": {
        "E": _E,
        "T": Symbol(domain="dimension", latex="T", meaning="the number of tokens, the new one included"),
        "K": Symbol((), "derived", "M", "the multiplications for the last token with a cache"),
        "U": Symbol((), "derived", "N", "the multiplications where all tokens are computed anew"),
    },
    "truth": _decoding,
    "settings": ({"E": 3, "T": 4}, {"E": 4, "T": 2}, {"E": 2, "T": 6}),
    "boundary": ({"E": 1, "T": 1},),
    "source": "Shazeer: Fast Transformer Decoding (2019), §2",
    "assumptions": ("Self-attention of one layer alone, without biases; the softmax is not counted.",),
}
cached = Derivation(
    "kv-cache-multiplications",
    "The multiplications of one token more, with a cache",
    statement="With a key–value cache one more token costs four products with E × E matrices, and 2E for each token before.",
    start=relation("K = 4*sum(1, p = 0..E-1, a = 0..E-1) + 2*sum(1, j = 0..T-1, a = 0..E-1)"),
    opening=_by(
        "count the products",
        "Four projections of the new token; its scores with all tokens, and their weighted sum of values.",
    ),
    then=(_LENGTHS,),
    form="M = 4 E² + 2 T E",
    **_DECODING,
)
uncached = Derivation(
    "kv-cache-saving",
    "What a cache of keys and values saves",
    statement="Without a cache every token is computed again: T times as much for the T-th token.",
    start=relation("U = 4*sum(1, i = 0..T-1, p = 0..E-1, a = 0..E-1) + 2*sum(1, i = 0..T-1, j = 0..T-1, a = 0..E-1)"),
    opening=_by("count the products", "Every token is projected, and looks at every token."),
    then=(
        _LENGTHS,
        take_out(expression("T", letters=("T",)), "Both counts hold the number of tokens."),
        lambda: use(
            cached.result.result,
            cached.result.left,
            "cached",
            "What is left is the count with a cache (derived above).",
        ),
    ),
    form="N = T M",
    lemmas=(cached,),
    **_DECODING,
)
