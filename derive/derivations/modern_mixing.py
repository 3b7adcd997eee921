"""Low-rank adapters, mixtures of experts, rotary encodings."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules import use
from derive.calculus.rules_names import known_as
from derive.calculus.rules_sums import gather
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, program, relation

adapted = program(
    "h[r] := sum(A[r, j]*x[j], j); z[i] := sum(W[i, j]*x[j], j) + alpha*sum(B[i, r]*h[r], r)",
    shapes={"A": "k n", "B": "m k", "W": "m n", "x": "n", "alpha": ""},
)
_ADAPTER: dict[str, Any] = {
    "subject": "modern layers",
    "of": adapted,
    "symbols": {
        "m": Symbol((), "dimension", "m", "the number of outputs"),
        "n": Symbol((), "dimension", "n", "the number of inputs"),
        "k": Symbol((), "dimension", "k", "the rank of the adapter"),
        "W": Symbol(("m", "n"), latex="W", meaning="the weights, frozen"),
        "A": Symbol(("k", "n"), latex="A", meaning="the adapter's first factor"),
        "B": Symbol(("m", "k"), latex="B", meaning="the adapter's second factor, zero at the start"),
        "alpha": Symbol((), "positive", r"\alpha", "the scale of the adapter"),
        "x": Symbol(("n",), latex="x", meaning="the inputs"),
        "h": Symbol(("k",), "derived", "h", "the inputs as the adapter's first factor sees them, Ax"),
        "z": Symbol(("m",), "derived", "z", "the outputs, (W + αBA)x"),
        "z_bar": Symbol(("m",), meaning="the gradient of the loss that arrives from above"),
    },
    "truth": {
        "h": lambda torch, A, x: torch.mv(A, x),  # noqa: N803
        "z": lambda torch, W, x, alpha, B, h: torch.addmv(torch.mv(W, x), B * alpha, h),  # noqa: N803
    },
    "whole": lambda torch, W, A, B, alpha, x: torch.nn.functional.linear(x, W + alpha * B @ A),  # noqa: N803
    "settings": ({"m": 3, "n": 4, "k": 2}, {"m": 4, "n": 2, "k": 3}, {"m": 5, "n": 3, "k": 2}),
    "source": "Hu et al.: LoRA, Low-Rank Adaptation of Large Language Models (2021), §4.1",
}
lora_first = Derivation(
    "lora-first-factor",
    "The gradient of a low-rank adapter in its first factor",
    statement="The gradient in A: α Bᵀ z̄ xᵀ. It is zero as long as B is, as at the start.",
    wrt="A",
    ideas={"A_bar": ("h_bar",)},
    form="∂L/∂A_{r,j} = α x_j Σ_{i=1}^m ∂L/∂z_i B_{i,r}",
    **_ADAPTER,
)
lora_second = Derivation(
    "lora-second-factor",
    "The gradient of a low-rank adapter in its second factor",
    statement="The gradient in B: α z̄ (Ax)ᵀ.",
    wrt="B",
    form="∂L/∂B_{i,r} = α ∂L/∂z_i h_r",
    **_ADAPTER,
)

mixture = program(
    "p[r] := exp(g[r])/sum(exp(g[k]), k); y[c] := sum(p[r]*E[r, c], r)",
    shapes={"g": "K", "E": "K n"},
)
mixture_gate = Derivation(
    "mixture-of-experts-gate",
    "How one logit of the gate of a mixture of experts changes the loss",
    subject="modern layers",
    statement="The gradient in the gate: an expert's probability times how far its output lies from the mixture's, along ȳ.",
    of=mixture,
    wrt="g",
    letters=("r",),
    ideas={
        "g_bar": (
            "p_bar",
            known_as(mixture.definitions[0], "An exponential over the sum of all of them is a probability again."),
            known_as(mixture.definitions[1], "The mean of the experts is the mixture's output."),
            gather("Both terms have the expert's probability."),
        ),
    },
    symbols={
        "K": Symbol((), "dimension", "K", "the number of experts"),
        "n": Symbol((), "dimension", "n", "the number of outputs"),
        "g": Symbol(("K",), latex="g", meaning="the gate's logits"),
        "E": Symbol(("K", "n"), latex="E", meaning="the experts' outputs, a row each"),
        "p": Symbol(("K",), "derived", "p", "the gate's probabilities"),
        "y": Symbol(("n",), "derived", "y", "the mixture's output"),
        "y_bar": Symbol(("n",), meaning="the gradient of the loss that arrives from above"),
    },
    truth={
        "p": lambda torch, g: torch.softmax(g, dim=0),
        "y": lambda torch, p, E: torch.mv(E.T, p),  # noqa: N803
    },
    settings=({"K": 2, "n": 3}, {"K": 3, "n": 2}, {"K": 4, "n": 5}),
    form="∂L/∂g_r = p_r Σ_{c=1}^n ∂L/∂y_c (E_{r,c} - y_c)",
    source="Shazeer et al.: The Sparsely-Gated Mixture-of-Experts Layer (2017), §2",
)


def _rotated(torch: Any, q: Any, k: Any, theta: Any, m: Any, n: Any) -> dict[str, Any]:
    """Pairs as complex numbers, turned by torch.polar; a scalar product is the real part of one times the conjugate."""
    pairs = [torch.view_as_complex(v.contiguous()) for v in (q, k)]
    turned = [v * torch.polar(torch.ones_like(theta), at * theta) for v, at in zip(pairs, (m, n), strict=True)]
    return {"s": (turned[0] * turned[1].conj()).real.sum()}


_PAIRS = {"q": "d 2", "k": "d 2", "theta": "d"}
_TURN = (
    "({0}[i, 0]*cos({1}*theta[i]) - {0}[i, 1]*sin({1}*theta[i]))",
    "({0}[i, 0]*sin({1}*theta[i]) + {0}[i, 1]*cos({1}*theta[i]))",
)
rotary = Derivation(
    "rotary-relative-position",
    "Rotary encodings see relative positions only",
    subject="modern layers",
    statement="The score of a query and a key that are turned by their positions hangs on the difference of the positions.",
    start=relation(
        "s = sum(" + " + ".join(t.format("q", "m") + "*" + t.format("k", "n") for t in _TURN) + ", i)",
        shapes=_PAIRS,
    ),
    opening=Rule(
        "rotation",
        "Each pair of entries is turned by its position times the pair's frequency; the score is the scalar product.",
        lambda r: r,
    ),
    then=(
        multiply_out("Multiply out."),
        *(
            use(
                expression(f"{f}(m*theta[i])*{g}(n*theta[i])", shapes=_PAIRS),
                expression(f"{h}((m - n)*theta[i])/2 {sign} {h}((m + n)*theta[i])/2", shapes=_PAIRS),
                "product to sum",
                "A product of a sine or cosine with another is half a sum of those of the difference and of the sum.",
            )
            for f, g, h, sign in (("cos", "cos", "cos", "+"), ("sin", "sin", "cos", "-"), ("sin", "cos", "sin", "+"))
        ),
        use(
            expression("cos(m*theta[i])*sin(n*theta[i])", shapes=_PAIRS),
            expression("sin((m + n)*theta[i])/2 - sin((m - n)*theta[i])/2", shapes=_PAIRS),
            "product to sum",
            "The sine of the key's angle changes the sign of the difference.",
        ),
        multiply_out("What has the sum of the positions cancels."),
        gather("Collect what is turned alike."),
    ),
    symbols={
        "d": Symbol((), "dimension", "d", "the number of pairs"),
        "q": Symbol(("d", 2), latex="q", meaning="the query, in pairs"),
        "k": Symbol(("d", 2), latex="k", meaning="the key, in pairs"),
        "theta": Symbol(("d",), "positive", r"\theta", "the frequency of each pair"),
        "m": Symbol((), latex="m", meaning="the query's position"),
        "n": Symbol((), latex="n", meaning="the key's position"),
        "s": Symbol((), "derived", "s", "the score"),
    },
    truth=_rotated,
    settings=({"d": 2}, {"d": 3}, {"d": 5}),
    form="s = Σ_{i=1}^d q_{i,1} (k_{i,1} cos((m - n) θ_i) + k_{i,2} sin((m - n) θ_i))"
    " + Σ_{i=1}^d q_{i,2} (k_{i,2} cos((m - n) θ_i) - k_{i,1} sin((m - n) θ_i))",
    source="Su et al.: RoFormer, Enhanced Transformer with Rotary Position Embedding (2021), §3.2",
)
