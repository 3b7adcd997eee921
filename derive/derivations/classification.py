"""Classifiers: softmax, cross-entropy, logistic regression. The gradient in the logits is prediction minus target."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules import tidy
from derive.calculus.rules_names import After, assume, by_lemma, known_as, slope
from derive.calculus.rules_sums import gather
from derive.derivations.base import Derivation, Oracle, Symbol, extended
from derive.notation.index_language import expression, program

softmax = program("p[i] := exp(z[i])/sum(exp(z[k]), k)", shapes={"z": "C"})
_IS_SOFTMAX = known_as(softmax.definitions[0], "An exponential over the sum of all of them is a probability p again.")
_LOGITS = {
    "C": Symbol(domain="dimension", latex="C", meaning="the number of classes"),
    "z": Symbol(("C",), latex="z", meaning="the logits"),
    "p": Symbol(("C",), "derived", "p", "the probabilities, softmax(z)"),
}
_CLASSES = ({"C": 2}, {"C": 3}, {"C": 5})

softmax_jacobian = Derivation(
    "softmax-jacobian",
    "The Jacobian of the softmax",
    subject="classification",
    statement="How each probability changes with each logit: diag(p) − ppᵀ.",
    of=softmax,
    wrt="z",
    letters=("j",),
    asks="jacobian",
    ideas={"dp/dz": (_IS_SOFTMAX, gather("Both terms have the factor p_i."))},
    symbols=_LOGITS,
    truth=lambda torch, z: torch.nn.functional.softmax(z, dim=0),
    settings=_CLASSES,
    form="∂p_i/∂z_j = p_i ([i = j] - p_j)",
    source="001_9baaf7fce9703606.txt §1.6.3; 000_46eee05028ac51b3.txt 'Softmax'",
)

_log_sum = program(
    "p[i] := exp(z[i])/sum(exp(z[k]), k); F := log(sum(exp(z[i]), i))",
    shapes={"z": "C"},
)
log_sum_exp_hessian = Derivation(
    "log-sum-exp-hessian",
    "The Hessian of log-sum-exp",
    subject="classification",
    statement="The gradient of log-sum-exp is the softmax, and its Hessian diag(p) − ppᵀ is a covariance: it is convex.",
    of=_log_sum,
    wrt="z",
    asks="hessian",
    ideas={
        "z_bar": (_IS_SOFTMAX,),
        "dp/dz": (_IS_SOFTMAX, gather("Both terms have the factor p_i.")),
        "dz_bar/dz": ("dp/dz",),
    },
    symbols=_LOGITS
    | {
        "F": Symbol((), "derived", "F", "log-sum-exp of the logits"),
        "dz_bar/dz": Symbol(("C", "C"), "derived", "H", "the Hessian, ∂²F/∂z²"),
    },
    truth={
        "p": lambda torch, z: torch.nn.functional.softmax(z, dim=0),
        "F": lambda torch, z: torch.logsumexp(z, dim=0),
    },
    settings=_CLASSES,
    form="H_{i,j} = p_i [i = j] - p_i p_j",
    source="001_9baaf7fce9703606.txt §1.6.3",
)
_ERROR = (
    After("chain rule"),
    by_lemma(softmax_jacobian.result, "The Jacobian of the softmax (derived above); its bracket keeps one term."),
    "p_bar",
    assume(
        expression("sum(y[i], i)", shapes={"y": "C"}),
        expression("1"),
        "The targets are a distribution: they add up to 1.",
        "Σ y = 1, as for a one-hot target.",
    ),
)
_SOFTMAX_LOSS: dict[str, Any] = {
    "subject": "classification",
    "assumptions": ("The targets add up to 1.",),
    "lemmas": (softmax_jacobian,),
}
_TARGETS = _LOGITS | {
    "y": Symbol(("C",), "prob", "y", "the target distribution; one-hot where the class is known"),
    "L": Symbol((), "derived", "L", "the cross-entropy"),
}
_SOFTMAX_TRUTH: dict[str, Oracle] = {
    "p": lambda torch, z: torch.nn.functional.softmax(z, dim=0),
    "L": lambda torch, p, y: -torch.special.xlogy(y, p).sum(),
}
_CROSS_ENTROPY = "p[i] := exp(z[i])/sum(exp(z[k]), k); L := -sum(y[i]*log(p[i]), i)"

cross_entropy = Derivation(
    "softmax-cross-entropy",
    "The gradient of the cross-entropy in the logits",
    statement="The gradient of the cross-entropy of a softmax in its logits: prediction minus target.",
    of=program(_CROSS_ENTROPY, shapes={"z": "C", "y": "C"}),
    wrt="z",
    ideas={"z_bar": _ERROR},
    symbols=_TARGETS,
    truth=_SOFTMAX_TRUTH,
    settings=_CLASSES,
    form="∂L/∂z_i = p_i - y_i",
    source="000_46eee05028ac51b3.txt 'Softmax'; 001_9baaf7fce9703606.txt §1.6.4",
    **_SOFTMAX_LOSS,
)
softmax_regression = Derivation(
    "softmax-regression-weights",
    "The gradient of softmax regression",
    statement="The gradient of the cross-entropy of a softmax regression in its weights: (p − y) xᵀ.",
    of=program(
        f"z[i] := sum(W[i, j]*x[j], j); {_CROSS_ENTROPY}",
        shapes={"W": "C d", "x": "d", "y": "C"},
    ),
    wrt="W",
    ideas={"z_bar": _ERROR, "W_bar": ("z_bar",)},
    symbols={
        "d": Symbol(domain="dimension", latex="d", meaning="the number of features"),
        **_TARGETS,
        "x": Symbol(("d",), latex="x", meaning="an example"),
        "W": Symbol(("C", "d"), latex="W", meaning="the weights, a row for each class"),
        "z": Symbol(("C",), "derived", "z", "the logits, Wx"),
    },
    truth={"z": lambda torch, W, x: torch.nn.functional.linear(x, W), **_SOFTMAX_TRUTH},  # noqa: N803
    settings=({"C": 3, "d": 2}, {"C": 2, "d": 4}, {"C": 5, "d": 3}),
    form="∂L/∂W_{i,j} = x_j (p_i - y_i)",
    source="000_46eee05028ac51b3.txt 'Softmax'",
    **_SOFTMAX_LOSS,
)

regression = program(
    """
    z[s] := sum(X[s, j]*w[j], j)
    p[s] := sigmoid(z[s])
    L := -sum(y[s]*log(p[s]) + (1 - y[s])*log(1 - p[s]), s)
    """,
    shapes={"X": "N d", "w": "d", "y": "N"},
)
_SLOPE = slope(regression.definitions[1], "The slope of the sigmoid is σ′ = σ(1 − σ), and σ(z) is the prediction p.")
_EXAMPLES = {
    "N": Symbol(domain="dimension", latex="N", meaning="the number of examples"),
    "d": Symbol(domain="dimension", latex="d", meaning="the number of features"),
    "X": Symbol(("N", "d"), latex="X", meaning="the examples, one a row"),
    "w": Symbol(("d",), latex="w", meaning="the weights"),
    "y": Symbol(("N",), "binary", "y", "the labels, 0 or 1"),
    "z": Symbol(("N",), "derived", "z", "the logits, Xw"),
    "p": Symbol(("N",), "derived", "p", "the predicted probabilities, σ(Xw)"),
}
_FORWARD: dict[str, Oracle] = {
    "z": lambda torch, X, w: torch.nn.functional.linear(w, X),  # noqa: N803
    "p": lambda torch, z: torch.sigmoid(z),
}
_LOGISTIC: dict[str, Any] = {
    "subject": "classification",
    "settings": ({"N": 4, "d": 2}, {"N": 3, "d": 5}, {"N": 5, "d": 3}),
    "source": "001_9baaf7fce9703606.txt §1.5.3; 000_46eee05028ac51b3.txt 'Logistic regression'",
}

logistic_gradient = Derivation(
    "logistic-gradient",
    "The gradient of logistic regression",
    statement="The gradient of the cross-entropy of a logistic regression in its weights: Xᵀ(p − y).",
    of=regression,
    wrt="w",
    ideas={
        "z_bar": (
            "p_bar",
            _SLOPE,
            tidy("cancel", "Multiply out: p and 1 − p leave the denominators.", "cancel"),
        ),
        "w_bar": ("z_bar",),
    },
    symbols=_EXAMPLES | {"L": Symbol((), "derived", "L", "the cross-entropy")},
    truth=_FORWARD | {"L": lambda torch, p, y: torch.nn.functional.binary_cross_entropy(p, y, reduction="sum")},
    form="∂L/∂w_j = Σ_{s=1}^N X_{s,j} (p_s - y_s)",
    **_LOGISTIC,
)

logistic_hessian = Derivation(
    "logistic-hessian",
    "The Hessian of logistic regression",
    statement="The second derivatives of the cross-entropy of a logistic regression: Xᵀ diag(p(1 − p)) X.",
    of=lambda: extended(regression, "g", logistic_gradient.result),
    wrt="w",
    letters=("k",),
    asks="jacobian",
    ideas={
        "dp/dw": (_SLOPE, "dz/dw"),
        "dg/dw": ("dp/dw",),
    },
    symbols=_EXAMPLES
    | {
        "g": Symbol(("d",), "derived", r"\nabla L", "the gradient ∂L/∂w"),
        "dg/dw": Symbol(("d", "d"), "derived", "H", "the Hessian, ∂²L/∂w²"),
    },
    truth=_FORWARD
    | {
        "g": lambda torch, X, w, y: torch.func.grad(  # noqa: N803
            lambda v: torch.nn.functional.binary_cross_entropy_with_logits(X @ v, y, reduction="sum")
        )(w)
    },
    form="H_{j,k} = Σ_{s=1}^N X_{s,j} X_{s,k} p_s (1 - p_s)",
    lemmas=(logistic_gradient,),
    **_LOGISTIC,
)

_margins = program(
    """
    m[s] := y[s]*sum(X[s, j]*w[j], j)
    q[s] := sigmoid(m[s])
    L := -sum(log(q[s]), s)
    """,
    shapes={"X": "N d", "w": "d", "y": "N"},
)
logistic_margin = Derivation(
    "logistic-margin-gradient",
    "The gradient of logistic regression with labels ±1",
    statement="The gradient of logistic regression's loss with labels ±1: each example pushes by its doubt, 1 − q.",
    of=_margins,
    wrt="w",
    ideas={
        "m_bar": (
            "q_bar",
            slope(_margins.definitions[1], "The slope of the sigmoid is σ′ = σ(1 − σ), and σ(m) is q; one q cancels."),
        ),
        "w_bar": ("m_bar",),
    },
    symbols={n: s for n, s in _EXAMPLES.items() if n in ("N", "d", "X", "w")}
    | {
        "y": Symbol(("N",), "pm1", "y", "the labels, −1 or 1"),
        "m": Symbol(("N",), "derived", "m", "the margins"),
        "q": Symbol(("N",), "derived", "q", "the probabilities of the right label, σ(m)"),
        "L": Symbol((), "derived", "L", "the loss"),
    },
    truth={
        "m": lambda torch, X, w, y: torch.mul(y, torch.mv(X, w)),  # noqa: N803
        "q": lambda torch, m: torch.sigmoid(m),
        "L": lambda torch, q: torch.nn.functional.binary_cross_entropy(q, torch.ones_like(q), reduction="sum"),
    },
    form="∂L/∂w_j = -Σ_{s=1}^N y_s X_{s,j} (1 - q_s)",
    **_LOGISTIC,
)
