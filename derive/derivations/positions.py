"""Sinusoidal positional encodings, and masks: what attention is told of places.

Sine and cosine of one frequency stand side by side: ``a`` holds the sines and ``b`` the cosines of all places.
"""

from __future__ import annotations

from typing import Any

from derive.calculus.rules_functions import addition_theorems
from derive.calculus.rules_names import assume
from derive.calculus.rules_sums import gather
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Relation, Rule
from derive.derivations.attention import ATTENTION, through_softmax
from derive.derivations.base import Derivation, Printed, Symbol, axes
from derive.notation.index_language import expression, program, relation

_NOTES = "000_46eee05028ac51b3.txt 'Positional Encodings'"
_SHAPES = {"a": "T m", "b": "T m", "om": "m", "nu": "m", "d": "T-s"}
_PLACES = axes(t="T-s", k="m")


def _text(body: str) -> Any:
    return expression(body, shapes=_SHAPES, letters=("t", "k", "s"))


def _turned(torch: Any, om: Any, T: int, s: int) -> dict[str, Any]:  # noqa: N803
    """Sines and cosines as parts of powers of a complex number of length 1, each from the one before."""
    turn = torch.polar(torch.ones_like(om), om).expand(T, -1)
    powers = torch.cat([torch.ones_like(turn[:1]), torch.cumprod(turn, 0)[:-1]])
    rows = torch.view_as_real(powers)
    return {"a": powers.imag, "b": powers.real, "d": torch.einsum("tkc,tkc->t", rows[: T - s], rows[s:])}


_ENCODING: dict[str, Any] = {
    "subject": "attention",
    "symbols": {
        "T": Symbol(domain="dimension", latex="T", meaning="the number of places"),
        "m": Symbol(domain="dimension", latex="m", meaning="the number of frequencies, half of the encoding's length"),
        "s": Symbol(domain="dimension", latex="s", meaning="how many places further on the other one is"),
        "om": Symbol(("m",), "positive", r"\omega", "the frequencies"),
        "nu": Symbol(("m",), "positive", r"\nu", "other frequencies, which the printed encoding has with its cosines"),
        "a": Symbol(("T", "m"), "derived", "a", "the sines, sin(tω)"),
        "b": Symbol(("T", "m"), "derived", "b", "the cosines, cos(tω)"),
        "d": Symbol(("T-s",), "derived", "d", "the dot product of the encodings of two places"),
    },
    "truth": _turned,
    "settings": ({"T": 7, "m": 2, "s": 3}, {"T": 8, "m": 3, "s": 2}, {"T": 9, "m": 5, "s": 4}),
    "boundary": ({"T": 2, "m": 1, "s": 1}, {"T": 5, "m": 1, "s": 4}),
    "index_base": 0,
    "source": _NOTES,
}
_NAMES = (
    assume(_text("sin(t*om[k])"), _text("a[t, k]"), "These are the sines of place t.", "a holds sin(tω)."),
    assume(_text("cos(t*om[k])"), _text("b[t, k]"), "These are the cosines of place t.", "b holds cos(tω)."),
)
shifted_sine = Derivation(
    "positional-encoding-shift",
    "A place further on is a rotation",
    statement="The sines of the place s further on are a combination of sines and cosines here, the same one for all places.",
    start=relation("a[t+s, k] = sin((t+s)*om[k])", shapes=_SHAPES, letters=("s",), frame=_PLACES),
    opening=Rule("definition", "The encoding of the place t + s.", lambda r: r),
    then=(addition_theorems("The sine of a sum."), *_NAMES),
    form="a_{s+t,k} = cos(ω_k s) a_{t,k} + sin(ω_k s) b_{t,k}",
    printed=(
        Printed(
            relation(
                "a[t+s, k] = a[t, k]*cos(s*om[k]) + cos(t*nu[k])*sin(s*om[k])",
                shapes=_SHAPES,
                letters=("s",),
                frame=_PLACES,
            ),
            "The notes give every feature k a frequency of its own, sin(tω_k) for even and cos(tω_k) for odd k: no sine has "
            "the cosine of its own frequency beside it, and a shift is no rotation. Two neighbours must share one frequency. "
            "The printed ω_k = C^{k/n} also grows to C; it has to fall, C^{−k/n}.",
            r"p_{tk} = \sin(t\omega_k), k even; \cos(t\omega_k), k odd; \omega_k = C^{k/n}",
        ),
    ),
    **_ENCODING,
)
shifted_cosine = Derivation(
    "positional-encoding-shift-cosine",
    "The other half of the rotation",
    statement="The cosines of the place s further on are a combination of sines and cosines here, the same one for all places.",
    start=relation("b[t+s, k] = cos((t+s)*om[k])", shapes=_SHAPES, letters=("s",), frame=_PLACES),
    opening=Rule("definition", "The encoding of the place t + s.", lambda r: r),
    then=(addition_theorems("The cosine of a sum."), *_NAMES),
    form="b_{s+t,k} = cos(ω_k s) b_{t,k} - sin(ω_k s) a_{t,k}",
    **_ENCODING,
)


def _further(line: Relation, name: str) -> Rule:
    """Put in what a lemma says of the entries s places further on."""
    return assume(
        _text(f"{name}[t+s, k]"), line.result, "The encoding s places further on (derived above).", "t + s is a place."
    )


encoding_product = Derivation(
    "positional-encoding-dot-product",
    "Encodings tell how far apart two places are",
    statement="The dot product of the encodings of two places hangs on their distance only.",
    start=relation(
        "d[t] = sum(a[t, k]*a[t+s, k] + b[t, k]*b[t+s, k], k)", shapes=_SHAPES, letters=("s",), frame=axes(t="T-s")
    ),
    opening=Rule("dot product", "Sines with sines, cosines with cosines.", lambda r: r),
    then=(
        lambda: _further(shifted_sine.result, "a"),
        lambda: _further(shifted_cosine.result, "b"),
        multiply_out("The mixed products cancel."),
        gather("Both have the cosine of the distance."),
        assume(
            _text("(a[t, k]**2 + b[t, k]**2)"),
            expression("1"),
            "Sine and cosine of one angle: their squares add up to 1.",
            "sin² + cos² = 1.",
        ),
    ),
    form="d_t = Σ_{k=0}^{m-1} cos(ω_k s)",
    lemmas=(shifted_sine, shifted_cosine),
    **_ENCODING,
)

padded = program(
    """
    S[i, j] := sum(Q[i, k]*K[j, k], k)/sqrt(d)
    P[i, j] := [j <= r-1]*exp(S[i, j])/sum(exp(S[i, k]), k = 0..r-1)
    O[i, c] := sum(P[i, j]*V[j, c], j)
    """,
    shapes={"Q": "n d", "K": "m d", "V": "m e"},
)
_ATTENTION = ATTENTION | {
    "m": Symbol(domain="dimension", latex="m", meaning="the number of places for keys and values"),
    "P": Symbol(("n", "m"), "derived", "P", "the attention weights"),
}


def _real_keys(torch: Any, like: Any, m: int, r: int) -> Any:
    return torch.arange(m, device=like.device) < r


_TRUTH: dict[str, Any] = {
    "S": lambda torch, Q, K, d: torch.matmul(Q, K.mT) / d**0.5,  # noqa: N803
    "O": lambda torch, P, V: torch.matmul(P, V),  # noqa: N803
}
padding_scores = Derivation(
    "padding-mask-scores",
    "How one score changes the loss where keys are padded",
    subject="attention",
    statement="The gradient of the loss in the scores where only the first r keys are real: padded ones have the weight 0.",
    of=padded,
    wrt="S",
    ideas=through_softmax(padded, masked=True),
    symbols=_ATTENTION | {"r": Symbol(domain="dimension", latex="r", meaning="the number of real keys, at most m")},
    truth=_TRUTH
    | {
        "P": lambda torch, S, m, r: torch.softmax(  # noqa: N803
            S.masked_fill(~_real_keys(torch, S, m, r), -torch.inf), -1
        )
    },
    whole=lambda torch, Q, K, V, m, r: torch.nn.functional.scaled_dot_product_attention(  # noqa: N803
        Q, K, V, attn_mask=_real_keys(torch, Q, m, r).expand(len(Q), m)
    ),
    settings=(
        {"n": 2, "m": 5, "d": 4, "e": 6, "r": 3},
        {"n": 3, "m": 6, "d": 2, "e": 4, "r": 5},
        {"n": 5, "m": 4, "d": 3, "e": 6, "r": 2},
    ),
    boundary=({"n": 1, "m": 3, "d": 2, "e": 2, "r": 1}, {"n": 2, "m": 3, "d": 1, "e": 1, "r": 3}),
    where=("m >= r",),
    form="∂L/∂S_{i,j} = P_{i,j} (∂L/∂P_{i,j} - Σ_{k=1}^m ∂L/∂P_{i,k} P_{i,k})",
    assumptions=("A masked score has the weight 0, and so no gradient goes through it.",),
    source="000_46eee05028ac51b3.txt 'Transformers', 'Creating Masks'",
)

biased = program(
    """
    S[i, j] := sum(Q[i, k]*K[j, k], k)/sqrt(d) + B[i, j]
    P[i, j] := exp(S[i, j])/sum(exp(S[i, k]), k)
    O[i, c] := sum(P[i, j]*V[j, c], j)
    """,
    shapes={"Q": "n d", "K": "m d", "V": "m e", "B": "n m"},
)
score_bias = Derivation(
    "attention-score-bias",
    "How a bias of the scores changes the loss",
    subject="attention",
    statement="A mask that is added to the scores has their gradient; minus infinity is the weight 0 and no gradient.",
    of=biased,
    wrt="B",
    ideas=through_softmax(biased),
    symbols=_ATTENTION | {"B": Symbol(("n", "m"), latex="B", meaning="what is added to the scores: a soft mask")},
    truth=_TRUTH
    | {
        "S": lambda torch, Q, K, B, d: torch.matmul(Q, K.mT) / d**0.5 + B,  # noqa: N803
        "P": lambda torch, S: torch.softmax(S, -1),  # noqa: N803
    },
    whole=lambda torch, Q, K, V, B: torch.nn.functional.scaled_dot_product_attention(  # noqa: N803
        Q, K, V, attn_mask=B
    ),
    settings=({"n": 2, "m": 3, "d": 4, "e": 5}, {"n": 3, "m": 5, "d": 2, "e": 4}, {"n": 4, "m": 2, "d": 5, "e": 3}),
    boundary=({"n": 1, "m": 2, "d": 1, "e": 1},),
    form="∂L/∂B_{i,j} = ∂L/∂S_{i,j}",
    source="000_46eee05028ac51b3.txt 'Transformers', 'Creating Masks'",
)
