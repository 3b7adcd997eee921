"""An RNN that predicts a class at every step (the next character, say): the cross-entropy's way back in time.

Every step reads its state out as logits ``a_t = V h_t + c`` and predictions ``p_t = softmax(a_t)``.
"""

from __future__ import annotations

from typing import Any

from derive.calculus.rules_names import assume, known_as
from derive.derivations.base import Derivation, Oracle, Symbol
from derive.derivations.sequences import OUTSIDE, TIMES, over_time
from derive.notation.index_language import expression

_SHAPES = {"W": "m m", "U": "m n", "b": "m", "x": "T n", "s": "m", "z": "T m", "h": "T+1 m"}
_SHAPES |= {"V": "C m", "c": "C", "a": "T C", "p": "T C", "y": "T C", "L": ""}
_STATE = "h[t, i] := [t = 0]*s[i] + [t >= 1]*f(z[t-1, i])\n"
_BEFORE = "z[t, i] := sum(W[i, j]*h[t, j], j) + sum(U[i, k]*x[t, k], k) + b[i]\n"
_LOSS = """a[t, k] := sum(V[k, i]*h[t+1, i], i) + c[k]
p[t, k] := exp(a[t, k])/sum(exp(a[t, l]), l)
L := -sum(y[t, k]*log(p[t, k]), t, k)
"""
classifier = over_time(_STATE + _BEFORE + _LOSS, _SHAPES, ("f",))
_NAMED = known_as(
    classifier.definitions[3], "Each exponential over the sum of its step is a prediction: name it again."
)
_ERROR = (
    _NAMED,
    "p_bar",
    assume(
        expression("sum(y[t, k], k)", shapes={"y": "T C"}, letters=("t",)),
        expression("1"),
        "The targets of a step are a distribution: they add up to 1.",
        "Σ y = 1, as for a one-hot target.",
    ),
)
_STATES = {n: TIMES[n] for n in ("T", "m", "n", "x", "s", "h", "h_bar")}
_TRUTH: dict[str, Oracle] = {
    "h": lambda torch, s, z, f: torch.cat([s[None], f(z)]),
    "z": lambda torch, W, h, U, x, b: h[:-1] @ W.mT + torch.nn.functional.linear(x, U, b),  # noqa: N803
    "a": lambda torch, V, h, c: torch.nn.functional.linear(h[1:], V, c),  # noqa: N803
    "p": lambda torch, a: torch.softmax(a, -1),
    "L": lambda torch, p, y: -torch.special.xlogy(y, p).sum(),
}


def _network(torch: Any, x: Any, s: Any, W: Any, U: Any, b: Any, V: Any, c: Any, y: Any, f: Any) -> Any:  # noqa: N803
    """Step by step, with torch's own cross-entropy."""
    losses, h = [], s
    for t in range(len(x)):
        h = f(torch.mv(W, h) + torch.mv(U, x[t]) + b)
        losses.append(torch.nn.functional.cross_entropy(torch.mv(V, h) + c, y[t]))
    return torch.stack(losses).sum()


_CLASSIFIER: dict[str, Any] = {
    "subject": "recurrence",
    "of": classifier,
    "symbols": _STATES
    | {
        "C": Symbol(domain="dimension", latex="C", meaning="the number of classes"),
        "W": Symbol(("m", "m"), latex="W", meaning="the weights of the state"),
        "U": Symbol(("m", "n"), latex="U", meaning="the weights of the input"),
        "b": Symbol(("m",), latex="b", meaning="the biases of the state"),
        "z": Symbol(("T", "m"), "derived", "z", "the pre-activations"),
        "V": Symbol(("C", "m"), latex="V", meaning="the weights of the output"),
        "c": Symbol(("C",), latex="c", meaning="the biases of the output"),
        "a": Symbol(("T", "C"), "derived", "a", "the logits of each step"),
        "p": Symbol(("T", "C"), "derived", "p", "the predictions: the softmax of the logits"),
        "y": Symbol(("T", "C"), "prob", "y", "the target distributions; one-hot where the class is known"),
        "L": Symbol((), "derived", "L", "the cross-entropy, summed over all steps"),
        "z_bar": Symbol(("T", "m"), "derived", r"\delta", "the error signal ∂L/∂z of each step"),
        "f": Symbol((), "function", "f", "the activation, any smooth function"),
    },
    "truth": _TRUTH,
    "whole": _network,
    "settings": (
        {"T": 3, "m": 2, "n": 4, "C": 5},
        {"T": 4, "m": 3, "n": 2, "C": 6},
        {"T": 2, "m": 4, "n": 5, "C": 3},
    ),
    "boundary": ({"T": 1, "m": 2, "n": 3, "C": 4},),
    "assumptions": ("The targets of every step add up to 1.", *OUTSIDE),
    "source": "003_a2d52afd229cfba6.txt §14.1; 000_46eee05028ac51b3.txt 'Softmax'",
}

classifier_output = Derivation(
    "rnn-classifier-output-weights",
    "The gradient of a recurrent classifier in the weights of its output",
    statement="The gradient of the cross-entropy in the output weights: prediction minus target, times the state.",
    wrt="V",
    letters=("k", "i"),
    ideas={"a_bar": _ERROR, "V_bar": ("a_bar",)},
    form="∂L/∂V_{k,i} = Σ_{t=1}^T h_{t,i} (p_{t,k} - y_{t,k})",
    **_CLASSIFIER,
)
classifier_states = Derivation(
    "rnn-classifier-states",
    "How the error of a recurrent classifier goes back in time",
    statement="Backpropagation through time from the cross-entropy: a state feels the error of its own prediction and, "
    "through the weights of the state, what comes back from the next step.",
    wrt="h",
    ideas={"a_bar": _ERROR, "h_bar": ("a_bar", "z_bar")},
    form="h̄_{t-1,i} = Σ_{j=1}^m h̄_{t,j} f'(z_{t,j}) W_{j,i} + Σ_{k=1}^C V_{k,i} (p_{t-1,k} - y_{t-1,k})",
    **_CLASSIFIER,
)
