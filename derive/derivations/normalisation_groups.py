"""Group normalisation for letter groups, batch normalisation when it predicts, and layer normalisation's shift."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derive.calculus.folding import recognise
from derive.calculus.rules import put, tidy, use
from derive.calculus.rules_common import constant_sums, merge_like, on_the_right, take_out
from derive.calculus.rules_names import Idea
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.derivations.normalisation import layer_norm, layer_norm_input
from derive.notation.index_language import program, relation

group_norm = program(
    """
    mu[n, a] := sum(x[n, a, c], c)/C
    s[n, a] := sqrt(sum((x[n, a, c] - mu[n, a])**2, c)/C + eps)
    u[n, a, c] := (x[n, a, c] - mu[n, a])/s[n, a]
    y[n, a, c] := g[a, c]*u[n, a, c] + b[a, c]
    """,
    shapes={"x": "N A C", "g": "A C", "b": "A C", "eps": ""},
)
_SYMBOLS = {
    "N": Symbol(domain="dimension", latex="N", meaning="the number of examples in the batch"),
    "A": Symbol(domain="dimension", latex="A", meaning="the number of groups"),
    "C": Symbol(domain="dimension", latex="C", meaning="the number of features of a group, over all places"),
    "x": Symbol(("N", "A", "C"), latex="x", meaning="the inputs: examples, groups, features of a group"),
    "g": Symbol(("A", "C"), latex=r"\gamma", meaning="the scales, one for each feature"),
    "b": Symbol(("A", "C"), latex=r"\beta", meaning="the shifts, one for each feature"),
    "eps": Symbol((), "positive", r"\epsilon", "a small number that keeps the deviation from 0"),
    "mu": Symbol(("N", "A"), "derived", r"\mu", "the mean of each group of each example"),
    "s": Symbol(("N", "A"), "derived", r"\sigma", "its standard deviation, with ε under the root"),
    "u": Symbol(("N", "A", "C"), "derived", r"\hat{x}", "the normalised inputs, (x − μ)/σ"),
    "y": Symbol(("N", "A", "C"), "derived", "y", "the outputs"),
    "y_bar": Symbol(("N", "A", "C"), meaning="the gradient of the loss that arrives from above"),
}
_SETTINGS = ({"N": 2, "A": 3, "C": 4}, {"N": 3, "A": 2, "C": 5}, {"N": 4, "A": 5, "C": 3})
_SOURCE = "Wu, He: Group Normalization (2018), §3"


def _group_norm(torch: Any, x: Any, g: Any, b: Any, eps: Any) -> Any:
    """Torch's own operator on channels that lie side by side, of x/√ε with ε = 1, which is the same."""
    flat = (x / eps.sqrt()).flatten(1)
    out = torch.nn.functional.group_norm(flat, x.shape[1], g.flatten(), b.flatten(), eps=1.0)
    return out.unflatten(1, x.shape[1:])


centred = Derivation(
    "group-deviations",
    "Deviations from a group's mean add up to zero",
    subject="normalisation",
    statement="The sum of the deviations from the mean over a group.",
    start=relation(
        "sum(x[n, a, c] - mu[n, a], c = 0..C-1) = sum(x[n, a, c] - mu[n, a], c = 0..C-1)",
        shapes={"x": "N A C", "mu": "N A"},
        frame=group_norm.definitions[0].letters,
    ),
    opening=Rule("add the deviations", "Add up how far each value lies from its group's mean.", lambda r: r),
    then=(
        on_the_right(tidy("split", "The sum of a difference is the difference of the sums.", "distribute")),
        constant_sums("The mean is the same in every term, so its sum is the number of terms times the mean."),
        on_the_right(
            put(
                "mu",
                ("n", "a"),
                group_norm.definitions[0].body,
                "put in",
                "The mean is the sum over the number of terms.",
            )
        ),
        merge_like("The number of terms cancels, and the two sums are the same."),
    ),
    symbols={k: v for k, v in _SYMBOLS.items() if k in ("N", "A", "C", "x", "mu")},
    truth=lambda torch, x: {"mu": torch.mean(x, 2)},
    settings=_SETTINGS,
    kind="claim",
    form="Σ_{c=1}^C (x_{n,a,c} - μ_{n,a}) = 0",
    source=_SOURCE,
)


def _ideas() -> dict[str, tuple[Idea, ...]]:
    _, deviation, normalised, _ = group_norm.definitions
    sigma = replace(recognise([deviation]), sentence="The root is the standard deviation: name it again.")
    hat = replace(
        recognise([normalised]), sentence="A deviation from the mean, over σ, is a normalised input: name it again."
    )
    zero = use(
        centred.result.left,
        centred.result.result,
        "deviations add up to zero",
        "μ moves σ only through the sum of the deviations from it, and that sum is zero.",
    )
    out = take_out("Every term holds 1/σ: take it out.")
    return {"s_bar": (hat,), "mu_bar": (sigma, zero), "x_bar": (sigma, hat, "mu_bar", "s_bar", out)}


_GROUP: dict[str, Any] = {
    "subject": "normalisation",
    "of": group_norm,
    "symbols": _SYMBOLS,
    "truth": {
        "mu": lambda torch, x: torch.mean(x, 2),
        "s": lambda torch, x, mu, eps: torch.sqrt(torch.mean((x - mu.unsqueeze(2)).square(), 2) + eps),
        "u": lambda torch, x, mu, s: torch.div(x - mu.unsqueeze(2), s.unsqueeze(2)),
        "y": lambda torch, g, u, b: torch.addcmul(b, g, u),
    },
    "whole": _group_norm,
    "settings": _SETTINGS,
    "source": _SOURCE,
}
group_norm_input = Derivation(
    "group-norm-input",
    "How one input of group normalisation changes the loss",
    statement="The gradient in the inputs of group normalisation: that in x̂, less its mean over the group, and less its "
    "component along x̂. One group is layer normalisation, a group for each channel instance normalisation.",
    wrt="x",
    letters=("n", "a", "c"),
    ideas=_ideas(),
    form="∂L/∂x_{n,a,c} = 1/σ_{n,a} (∂L/∂x̂_{n,a,c} - 1/C Σ_{j=1}^C ∂L/∂x̂_{n,a,j}"
    " - x̂_{n,a,c}/C Σ_{j=1}^C ∂L/∂x̂_{n,a,j} x̂_{n,a,j})",
    lemmas=(centred,),
    **_GROUP,
)
group_norm_scale = Derivation(
    "group-norm-scale",
    "How one scale of group normalisation changes the loss",
    statement="The gradient in the scales of group normalisation: over the examples of the batch.",
    wrt="g",
    form="∂L/∂γ_{a,c} = Σ_{n=1}^N ∂L/∂y_{n,a,c} x̂_{n,a,c}",
    **_GROUP,
)
layer_norm_shift = Derivation(
    "layer-norm-shift",
    "How one shift of layer normalisation changes the loss",
    statement="The gradient of the loss in the shifts β of layer normalisation.",
    subject="normalisation",
    of=layer_norm,
    wrt="b",
    symbols=layer_norm_input.symbols,
    truth=layer_norm_input.truth,
    whole=layer_norm_input.whole,
    settings=layer_norm_input.settings,
    form="∂L/∂β_c = Σ_{n=1}^N ∂L/∂y_{n,c}",
    source=layer_norm_input.source,
)

predicting = program(
    "s[c] := sqrt(v[c] + eps); y[n, c] := g[c]*(x[n, c] - m[c])/s[c] + b[c]",
    shapes={"x": "N C", "m": "C", "v": "C", "g": "C", "b": "C", "eps": ""},
)
_PREDICTING = {
    "N": _SYMBOLS["N"],
    "C": Symbol(domain="dimension", latex="C", meaning="the number of features"),
    "x": Symbol(("N", "C"), latex="x", meaning="the inputs, one example a row"),
    "g": Symbol(("C",), latex=r"\gamma", meaning="the scales"),
    "b": Symbol(("C",), latex=r"\beta", meaning="the shifts"),
    "m": Symbol(("C",), latex=r"\mu", meaning="the mean that was kept while training"),
    "v": Symbol(("C",), "positive", "v", "the variance that was kept while training"),
    "eps": _SYMBOLS["eps"],
    "s": Symbol(("C",), "derived", r"\sigma", "the standard deviation that was kept, with ε under the root"),
    "y": Symbol(("N", "C"), "derived", "y", "the outputs"),
    "y_bar": Symbol(("N", "C"), meaning="the gradient of the loss that arrives from above"),
}
predicting_input = Derivation(
    "batch-norm-inference-input",
    "How one input of batch normalisation changes the loss when it predicts",
    statement="With the kept mean and variance batch normalisation is affine: no example of the batch sees another one.",
    subject="normalisation",
    of=predicting,
    wrt="x",
    symbols=_PREDICTING,
    truth={
        "s": lambda torch, v, eps: torch.sqrt(v + eps),
        "y": lambda torch, g, x, m, s, b: torch.addcmul(b, g, torch.div(x - m, s)),
    },
    whole=lambda torch, x, m, v, g, b, eps: torch.nn.functional.batch_norm(
        x, m.detach(), v.detach(), g, b, eps=float(eps.detach())
    ),
    settings=({"N": 4, "C": 2}, {"N": 3, "C": 5}, {"N": 5, "C": 3}),
    form="∂L/∂x_{n,c} = γ_c/σ_c ∂L/∂y_{n,c}",
    assumptions=("Prediction: mean and variance are those that were kept, whatever the batch is.",),
    source="000_46eee05028ac51b3.txt 'Batch Normalization'",
)
