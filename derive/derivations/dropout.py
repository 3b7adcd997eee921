"""Dropout: mean and variance over all masks, and the ensemble that rescaled weights stand for."""

from __future__ import annotations

from itertools import product
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.rules import put, use
from derive.calculus.rules_sums import gather
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

_SOURCE = "000_46eee05028ac51b3.txt 'Dropout'"
_SHAPES = {
    "q": "S",
    "m": "S n",
    "w": "n",
    "x": "n",
    "k": "n",
    "W": "C n",
    "b": "C",
    "z": "S C",
    "u": "S",
    "l": "C",
    "a": "C",
}
_SYMBOLS = {
    "n": Symbol((), "dimension", "n", "the number of units below"),
    "S": Symbol((), "dimension", "S", "the number of masks, 2ⁿ"),
    "k": Symbol(("n",), "unit", r"\pi", "the probability that each unit is kept"),
    "m": Symbol(("S", "n"), "derived", "m", "every mask, a row of zeros and ones"),
    "q": Symbol(("S",), "derived", "q", "the probability of each mask"),
}
_UNIT = _SYMBOLS | {
    "w": Symbol(("n",), latex="w", meaning="the weights of the unit above"),
    "x": Symbol(("n",), latex="x", meaning="the activations below"),
}
_SIZES = ({"n": 2, "S": 4}, {"n": 3, "S": 8}, {"n": 5, "S": 32})
_INDEPENDENT = "Units are dropped independently."


def _masks(torch: Any, k: Any) -> tuple[Any, Any]:
    """Every mask, and its probability by torch's own Bernoulli distribution."""
    m = torch.tensor(list(product((0.0, 1.0), repeat=len(k))), dtype=k.dtype, device=k.device)
    return m, torch.distributions.Bernoulli(probs=k).log_prob(m).sum(1).exp()


def _moments(torch: Any, k: Any, w: Any, x: Any) -> dict[str, Any]:
    """Mean and variance by brute force over all masks."""
    m, q = _masks(torch, k)
    a = torch.nn.functional.linear(m * x, w)
    mean = torch.dot(q, a)
    return {"m": m, "q": q, "A": mean, "V": torch.dot(q, (a - mean).square())}


dropout_mean = Derivation(
    "dropout-mean",
    "What a unit receives on average under dropout",
    subject="regularisation",
    statement="The mean over all masks of a weighted sum under dropout: each weight times its keep probability.",
    start=relation("A = sum(q[s]*sum(w[i]*m[s, i]*x[i], i), s)", shapes=_SHAPES),
    opening=Rule("mean", "Each mask's sum, weighted by the mask's probability.", lambda r: r),
    then=(
        use(
            expression("sum(q[s]*m[s, i], s)", shapes=_SHAPES),
            expression("k[i]", shapes=_SHAPES),
            "keep probability",
            "The mean of a unit's entry is the probability that it is kept.",
        ),
    ),
    symbols=_UNIT | {"A": Symbol((), "derived", r"\mathbb{E}[a]", "the mean of what the unit receives")},
    truth=_moments,
    settings=_SIZES,
    form="E[a] = Σ_{i=1}^n w_i x_i π_i",
    source=_SOURCE,
)
dropout_variance = Derivation(
    "dropout-variance",
    "How much dropout scatters what a unit receives",
    subject="regularisation",
    statement="The variance over all masks of a weighted sum under dropout.",
    start=relation("V = sum(q[s]*sum(w[i]*m[s, i]*x[i], i)**2, s) - A**2", shapes=_SHAPES),
    opening=Rule("variance", "The mean of the square less the square of the mean.", lambda r: r),
    then=(
        lambda: put(
            "A", (), dropout_mean.result.result, "mean", "The mean weighs by keep probabilities (derived above)."
        ),
        multiply_out("Multiply out."),
        use(
            expression("sum(q[s]*m[s, i]*m[s, j], s)", shapes=_SHAPES),
            expression("k[i]*k[j] + (k[i] - k[i]**2)*[i = j]", shapes=_SHAPES, letters=("i", "j")),
            "independence",
            "Two units are kept with the product of their probabilities; a unit together with itself with its own.",
            _INDEPENDENT,
        ),
        multiply_out("The products of the means cancel, and the bracket keeps one sum."),
        gather("Both terms have the square of weight times activation."),
    ),
    symbols=_UNIT
    | {
        "A": Symbol((), "derived", r"\mathbb{E}[a]", "the mean of what the unit receives"),
        "V": Symbol((), "derived", r"\operatorname{Var}[a]", "the variance of what the unit receives"),
    },
    truth=_moments,
    settings=_SIZES,
    form="Var[a] = Σ_{i=1}^n w_i² x_i² π_i (1 - π_i)",
    assumptions=(_INDEPENDENT,),
    source=_SOURCE,
    lemmas=(dropout_mean,),
)


_CLASS = (Bound(Letter("c"), Affine.of(0), Affine.of("C")),)


def _averaged(torch: Any, k: Any, W: Any, x: Any, b: Any) -> dict[str, Any]:  # noqa: N803
    """The prediction under every mask, and their geometric mean scaled to add up to 1."""
    m, q = _masks(torch, k)
    z = torch.nn.functional.linear(m * x, W, b)
    logs = torch.mv(torch.log_softmax(z, dim=1).T, q)
    return {
        "m": m,
        "q": q,
        "z": z,
        "u": torch.logsumexp(z, dim=1),
        "t": torch.dot(q, torch.logsumexp(z, dim=1)),
        "l": logs,
        "a": torch.nn.functional.linear(x, W * k, b),
        "g": torch.nn.functional.normalize(logs.exp(), p=1.0, dim=0),
    }


_PREDICTION = _SYMBOLS | {
    "C": Symbol((), "dimension", "C", "the number of classes"),
    "x": Symbol(("n",), latex="x", meaning="the activations below"),
    "W": Symbol(("C", "n"), latex="W", meaning="the weights"),
    "b": Symbol(("C",), latex="b", meaning="the biases"),
    "z": Symbol(("S", "C"), "derived", "z", "the logits under each mask"),
    "u": Symbol(("S",), "derived", "u", "the logarithm of each mask's normaliser"),
    "t": Symbol((), "derived", "t", "the mean of those over the masks"),
    "a": Symbol(("C",), "derived", "a", "the logits with every weight times its keep probability"),
    "l": Symbol(("C",), "derived", r"\ell", "the logarithm of the geometric mean of the predictions"),
    "g": Symbol(("C",), "derived", "g", "the geometric mean scaled to add up to 1"),
}
_ENSEMBLE: dict[str, Any] = {
    "subject": "regularisation",
    "truth": _averaged,
    "settings": ({"n": 2, "S": 4, "C": 3}, {"n": 3, "S": 8, "C": 2}, {"n": 4, "S": 16, "C": 3}),
    "source": _SOURCE,
}
mean_logarithm = Derivation(
    "dropout-mean-logarithm",
    "The mean of the log-predictions under dropout",
    statement="For a softmax layer the mean over masks of log p is linear in the keep probabilities, up to a constant.",
    start=relation("l[c] = sum(q[s]*(z[s, c] - u[s]), s)", shapes=_SHAPES, frame=_CLASS),
    opening=Rule(
        "mean logarithm", "A log-prediction is a logit less the logarithm of its mask's normaliser.", lambda r: r
    ),
    then=(
        put(
            "z",
            ("s", "c"),
            expression("sum(W[c, i]*m[s, i]*x[i], i) + b[c]", shapes=_SHAPES, letters=("s", "c")),
            "masked logits",
            "A dropped unit adds nothing to a logit.",
        ),
        multiply_out("Multiply out."),
        use(
            expression("sum(q[s]*m[s, i], s)", shapes=_SHAPES),
            expression("k[i]", shapes=_SHAPES),
            "keep probability",
            "The mean of a unit's entry is the probability that it is kept.",
        ),
        use(
            expression("sum(q[s]*u[s], s)", shapes=_SHAPES), expression("t"), "a constant", "No class in it: call it t."
        ),
        use(expression("sum(q[s], s)", shapes=_SHAPES), expression("1"), "probabilities", "The masks' add up to 1."),
    ),
    symbols={n: s for n, s in _PREDICTION.items() if n not in ("a", "g")},
    form="ℓ_c = Σ_{i=1}^n W_{c,i} x_i π_i + b_c - t",
    **_ENSEMBLE,
)
rescaling = Derivation(
    "dropout-weight-rescaling",
    "Rescaled weights predict what the ensemble of all masks does",
    statement="For a softmax layer the scaled geometric mean over masks is the softmax with weights times keep probability.",
    start=relation("g[c] = exp(l[c])/sum(exp(l[d]), d)", shapes=_SHAPES, frame=_CLASS),
    opening=Rule("geometric mean", "The exponential of the mean logarithm, scaled to add up to 1.", lambda r: r),
    then=(
        use(
            expression("exp(l[c])", shapes=_SHAPES),
            expression("exp(a[c])*exp(-t)", shapes=_SHAPES),
            "mean logarithm",
            "It is the logit with rescaled weights, less the constant t (derived above).",
        ),
        use(
            expression("exp(-t)/sum(exp(a[d])*exp(-t), d)", shapes=_SHAPES),
            expression("1/sum(exp(a[d]), d)", shapes=_SHAPES),
            "shift",
            "The constant is a factor of every exponential, above and below.",
        ),
        put(
            "a",
            ("c",),
            expression("sum(k[i]*W[c, i]*x[i], i) + b[c]", shapes=_SHAPES, letters=("c",)),
            "in full",
            "Every weight comes times its keep probability.",
        ),
    ),
    symbols=_PREDICTION,
    form="g_c = (e^{Σ_{i=1}^n π_i W_{c,i} x_i + b_c})/(Σ_{d=1}^C e^{Σ_{i=1}^n π_i W_{d,i} x_i + b_d})",
    lemmas=(mean_logarithm,),
    **_ENSEMBLE,
)
