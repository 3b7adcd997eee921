"""Batch and layer normalisation: what one input, scale or shift changes, through the mean and the deviation.

``μ`` is the mean, ``σ`` the standard deviation with ``ε`` under its root, and ``x̂ = (x − μ)/σ``; all keep their names.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derive.calculus.folding import recognise
from derive.calculus.program import Program
from derive.calculus.rules import put, tidy, use
from derive.calculus.rules_common import constant_sums, merge_like, on_the_right, take_out
from derive.calculus.rules_names import Idea
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Oracle, Symbol
from derive.notation.index_language import program, relation

_ARRAYS = {"x": "N C", "g": "C", "b": "C", "eps": ""}
batch_norm = program(
    """
    mu[c] := sum(x[n, c], n)/N
    s[c] := sqrt(sum((x[n, c] - mu[c])**2, n)/N + eps)
    u[n, c] := (x[n, c] - mu[c])/s[c]
    y[n, c] := g[c]*u[n, c] + b[c]
    """,
    shapes=_ARRAYS,
)
layer_norm = program(
    """
    mu[n] := sum(x[n, c], c)/C
    s[n] := sqrt(sum((x[n, c] - mu[n])**2, c)/C + eps)
    u[n, c] := (x[n, c] - mu[n])/s[n]
    y[n, c] := g[c]*u[n, c] + b[c]
    """,
    shapes=_ARRAYS,
)


def _symbols(axis: str, over: str) -> dict[str, Symbol]:
    """The names, for statistics that are kept for each place of one axis and taken ``over`` the other."""
    return {
        "N": Symbol(domain="dimension", latex="N", meaning="the number of examples in the batch"),
        "C": Symbol(domain="dimension", latex="C", meaning="the number of features"),
        "x": Symbol(("N", "C"), latex="x", meaning="the inputs, one example a row"),
        "g": Symbol(("C",), latex=r"\gamma", meaning="the scales, one for each feature"),
        "b": Symbol(("C",), latex=r"\beta", meaning="the shifts, one for each feature"),
        "eps": Symbol((), "positive", r"\epsilon", "a small number that keeps the deviation from 0"),
        "mu": Symbol((axis,), "derived", r"\mu", f"the mean {over}"),
        "s": Symbol((axis,), "derived", r"\sigma", f"the standard deviation {over}, with ε under the root"),
        "u": Symbol(("N", "C"), "derived", r"\hat{x}", "the normalised inputs, (x − μ)/σ"),
        "y": Symbol(("N", "C"), "derived", "y", "the outputs"),
        "y_bar": Symbol(("N", "C"), meaning="the gradient of the loss that arrives from above"),
    }


def _truth(axis: int) -> dict[str, Oracle]:
    """Mean and deviation along one axis, in torch's own reductions."""
    return {
        "mu": lambda torch, x: torch.mean(x, axis),
        "s": lambda torch, x, mu, eps: torch.sqrt(torch.mean((x - mu.unsqueeze(axis)).square(), axis) + eps),
        "u": lambda torch, x, mu, s: torch.div(x - mu.unsqueeze(axis), s.unsqueeze(axis)),
        "y": lambda torch, g, u, b: torch.addcmul(b, g, u),
    }


def _batch_norm(torch: Any, x: Any, g: Any, b: Any, eps: Any) -> Any:
    """Torch's operator of x/√ε with ε = 1, which is the same: ε stays a tensor."""
    return torch.nn.functional.batch_norm(x / eps.sqrt(), None, None, g, b, training=True, eps=1.0)


def _layer_norm(torch: Any, x: Any, g: Any, b: Any, eps: Any) -> Any:
    return torch.nn.functional.layer_norm(x / eps.sqrt(), x.shape[-1:], g, b, eps=1.0)


_SETTINGS = ({"N": 4, "C": 2}, {"N": 3, "C": 5}, {"N": 5, "C": 3})


def _centred(norm: Program, name: str, over: str, axis: int, form: str) -> Derivation:
    """That the deviations from the mean, which is a program's first definition, add up to 0."""
    mean = norm.definitions[0]
    (kept,) = mean.letters
    other = "n" if kept.letter.name == "c" else "c"
    at = kept.letter.name
    (count,) = norm.shapes["x"][axis].letters
    total = f"sum(x[n, c] - mu[{at}], {other} = 0..{count.name}-1)"
    return Derivation(
        name,
        f"Deviations from the mean add up to zero, {over}",
        subject="normalisation",
        statement=f"The sum of the deviations from the mean {over}.",
        start=relation(f"{total} = {total}", shapes={"x": "N C", "mu": at.upper()}, frame=(kept,)),
        opening=Rule("add the deviations", "Add up how far each value lies from the mean.", lambda r: r),
        then=(
            on_the_right(tidy("split", "The sum of a difference is the difference of the sums.", "distribute")),
            constant_sums("The mean is the same in every term, so its sum is the number of terms times the mean."),
            on_the_right(put("mu", (at,), mean.body, "put in", "The mean is the sum over the number of terms.")),
            merge_like("The number of terms cancels, and the two sums are the same."),
        ),
        symbols={k: v for k, v in _symbols(at.upper(), over).items() if k in ("N", "C", "x", "mu")},
        truth=lambda torch, x: {"mu": torch.mean(x, axis)},
        settings=_SETTINGS,
        kind="claim",
        form=form,
        source="000_46eee05028ac51b3.txt 'Batch Normalization'",
    )


batch_centred = _centred(batch_norm, "batch-deviations", "over the batch", 0, "Σ_{n=1}^N (x_{n,c} - μ_c) = 0")
layer_centred = _centred(layer_norm, "layer-deviations", "over the features", 1, "Σ_{c=1}^C (x_{n,c} - μ_n) = 0")


def _ideas(norm: Program, centred: Derivation, *last: Idea) -> dict[str, tuple[Idea, ...]]:
    """What a person does on the way back to x: name σ and x̂ again, and drop what adds up to zero."""
    _, deviation, normalised, _ = norm.definitions
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
    return {"s_bar": (hat,), "mu_bar": (sigma, zero), "x_bar": (sigma, hat, "mu_bar", "s_bar", *last)}


_BATCH: dict[str, Any] = {
    "subject": "normalisation",
    "of": batch_norm,
    "symbols": _symbols("C", "of each feature over the batch"),
    "truth": _truth(0),
    "whole": _batch_norm,
    "settings": _SETTINGS,
    "assumptions": ("Training: mean and deviation are the batch's own, and the gradient goes through them.",),
    "source": "000_46eee05028ac51b3.txt 'Batch Normalization'",
}
_LAYER: dict[str, Any] = {
    "subject": "normalisation",
    "of": layer_norm,
    "symbols": _symbols("N", "of each example over its features"),
    "truth": _truth(1),
    "whole": _layer_norm,
    "settings": _SETTINGS,
    "source": "000_46eee05028ac51b3.txt 'Layer Normalization'",
}

batch_norm_scale = Derivation(
    "batch-norm-scale",
    "How one scale of batch normalisation changes the loss",
    statement="The gradient of the loss in the scales γ of batch normalisation.",
    wrt="g",
    form="∂L/∂γ_c = Σ_{n=1}^N ∂L/∂y_{n,c} x̂_{n,c}",
    **_BATCH,
)
batch_norm_shift = Derivation(
    "batch-norm-shift",
    "How one shift of batch normalisation changes the loss",
    statement="The gradient of the loss in the shifts β of batch normalisation.",
    wrt="b",
    form="∂L/∂β_c = Σ_{n=1}^N ∂L/∂y_{n,c}",
    **_BATCH,
)
batch_norm_input = Derivation(
    "batch-norm-input",
    "How one input of batch normalisation changes the loss",
    statement="The gradient of the loss in the inputs of batch normalisation: less its mean over the batch, and less its "
    "component along x̂.",
    wrt="x",
    letters=("n", "c"),
    ideas=_ideas(batch_norm, batch_centred, "u_bar", take_out("Every term holds γ over σ: take it out.")),
    form="∂L/∂x_{n,c} = γ_c/σ_c (∂L/∂y_{n,c} - 1/N Σ_{j=1}^N ∂L/∂y_{j,c} - x̂_{n,c}/N Σ_{j=1}^N ∂L/∂y_{j,c} x̂_{j,c})",
    lemmas=(batch_centred,),
    **_BATCH,
)
layer_norm_scale = Derivation(
    "layer-norm-scale",
    "How one scale of layer normalisation changes the loss",
    statement="The gradient of the loss in the scales γ of layer normalisation.",
    wrt="g",
    form="∂L/∂γ_c = Σ_{n=1}^N ∂L/∂y_{n,c} x̂_{n,c}",
    **_LAYER,
)
layer_norm_input = Derivation(
    "layer-norm-input",
    "How one input of layer normalisation changes the loss",
    statement="The gradient of the loss in the inputs of layer normalisation: that in x̂, less its mean over the features, "
    "and less its component along x̂.",
    wrt="x",
    letters=("n", "c"),
    ideas=_ideas(layer_norm, layer_centred, take_out("Every term holds 1/σ: take it out.")),
    form="∂L/∂x_{n,c} = 1/σ_n (∂L/∂x̂_{n,c} - 1/C Σ_{j=1}^C ∂L/∂x̂_{n,j} - x̂_{n,c}/C Σ_{j=1}^C ∂L/∂x̂_{n,j} x̂_{n,j})",
    lemmas=(layer_centred,),
    **_LAYER,
)
