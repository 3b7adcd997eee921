"""Energies, norms and distances: weight normalisation, Hopfield networks, the step of DeepFool."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules import merge_symmetric
from derive.calculus.rules_names import known_as
from derive.calculus.rules_sums import gather, join_logarithms
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import program

weight_norm = program("r := sqrt(sum(v[i]**2, i)); w[i] := g*v[i]/r", shapes={"v": "n", "g": ""})
_IS_NORM = known_as(weight_norm.definitions[0], "The square root of the sum of squares is the norm itself.")
_WEIGHT_NORM: dict[str, Any] = {
    "subject": "layers",
    "of": weight_norm,
    "symbols": {
        "n": Symbol(domain="dimension", latex="n", meaning="the number of weights of one unit"),
        "v": Symbol(("n",), latex="v", meaning="the direction"),
        "g": Symbol((), latex="g", meaning="the length"),
        "r": Symbol((), "derived", r"\|v\|", "the Euclidean norm of v"),
        "w": Symbol(("n",), "derived", "w", "the weights: g times the unit vector along v"),
        "w_bar": Symbol(("n",), meaning="the gradient of the loss in the weights, from above"),
    },
    "truth": {
        "r": lambda torch, v: torch.linalg.vector_norm(v),
        "w": lambda torch, v, g, r: torch.div(torch.mul(v, g), r),
    },
    "settings": ({"n": 2}, {"n": 3}, {"n": 5}),
    "assumptions": ("v is not 0.",),
    "source": "000_46eee05028ac51b3.txt 'Weight Normalization'",
}
weight_norm_length = Derivation(
    "weight-norm-length",
    "Weight normalisation: the gradient in the length",
    statement="How the loss changes with the length g of normalised weights: the component of ∇L along v.",
    wrt="g",
    form="∂L/∂g = 1/‖v‖ Σ_{i=1}^n ∂L/∂w_i v_i",
    **_WEIGHT_NORM,
)
weight_norm_direction = Derivation(
    "weight-norm-direction",
    "Weight normalisation: the gradient in the direction",
    statement="How the loss changes with the direction v of normalised weights: ∇L without its component along v, scaled.",
    wrt="v",
    ideas={
        "v_bar": (
            _IS_NORM,
            "r_bar",
            known_as(weight_norm_length.result, "The sum over ‖v‖ is the gradient in g (derived above)."),
            gather("Both terms have the factor g/‖v‖."),
        )
    },
    lemmas=(weight_norm_length,),
    form="∂L/∂v_i = g/‖v‖ (∂L/∂w_i - v_i/‖v‖ ∂L/∂g)",
    **_WEIGHT_NORM,
)

_HOPFIELD: dict[str, Any] = {
    "subject": "energies",
    "wrt": "x",
    "letters": ("k",),
    "settings": ({"N": 2}, {"N": 3}, {"N": 5}),
    "source": "000_46eee05028ac51b3.txt 'Hopfield Networks'",
}
_UNITS = {
    "N": Symbol(domain="dimension", latex="N", meaning="the number of units"),
    "W": Symbol(("N", "N"), "symmetric", "W", "the couplings, symmetric"),
    "b": Symbol(("N",), latex="b", meaning="the biases"),
    "E": Symbol((), "derived", "E", "the energy"),
}
_SHAPES = {"W": "N N", "b": "N", "x": "N"}
_SYMMETRY = merge_symmetric("W", "The couplings are symmetric: the two sums are the same, and two halves make one.")


def _coupling(torch: Any, x: Any, W: Any, b: Any) -> Any:  # noqa: N803
    return -torch.dot(x, torch.mv(W, x)) / 2 - torch.dot(b, x)


hopfield_gradient = Derivation(
    "hopfield-gradient",
    "The gradient of the Hopfield energy",
    statement="The gradient of the energy of a Hopfield network in its state: minus the field that each unit feels.",
    of=program("E := -sum(W[i, j]*x[i]*x[j], i, j)/2 - sum(b[i]*x[i], i)", shapes=_SHAPES),
    then=(_SYMMETRY,),
    symbols=_UNITS | {"x": Symbol(("N",), latex="x", meaning="the state")},
    truth=_coupling,
    form="∂E/∂x_k = -Σ_{j=1}^N W_{k,j} x_j - b_k",
    **_HOPFIELD,
)
hopfield_mean_field = Derivation(
    "hopfield-continuous-gradient",
    "The gradient of the continuous Hopfield energy",
    statement="With the entropy of its units taken off, the energy is stationary where artanh x = Wx + b.",
    of=program(
        """
        S := -sum((1 + x[i])*log(1 + x[i])/2 + (1 - x[i])*log(1 - x[i])/2, i)
        E := -sum(W[i, j]*x[i]*x[j], i, j)/2 - sum(b[i]*x[i], i) - S
        """,
        shapes=_SHAPES,
    ),
    ideas={"x_bar": ("S_bar", _SYMMETRY, join_logarithms())},
    symbols=_UNITS
    | {
        "x": Symbol(("N",), "unit_sym", "x", "the state, each unit strictly between −1 and 1"),
        "S": Symbol((), "derived", "S", "the entropy of units ±1 with means x, less its value at x = 0"),
    },
    truth={
        "S": lambda torch, x: (
            torch.special.entr(torch.stack([(1 + x) / 2, (1 - x) / 2])).sum()
            - len(x) * torch.special.entr(torch.tensor([0.5, 0.5], dtype=x.dtype)).sum()
        ),
        "E": lambda torch, x, W, b, S: _coupling(torch, x, W, b) - S,  # noqa: N803
    },
    form="∂E/∂x_k = 1/2 log((1 + x_k)/(1 - x_k)) - Σ_{j=1}^N W_{k,j} x_j - b_k",
    **_HOPFIELD,
)

retrieval = program(
    """
    a[k] := beta*sum(X[i, k]*x[i], i)
    s := sum(exp(a[k]), k)
    p[k] := exp(a[k])/s
    E := sum(x[i]**2, i)/2 - log(s)/beta
    """,
    shapes={"X": "N P", "x": "N", "beta": ""},
)
hopfield_retrieval = Derivation(
    "hopfield-modern-gradient",
    "The gradient of the modern Hopfield energy",
    subject="energies",
    statement="The gradient of the log-sum-exp energy: the state minus an attention-weighted mean of stored patterns.",
    of=retrieval,
    wrt="x",
    letters=("i",),
    ideas={
        "a_bar": (
            "s_bar",
            known_as(retrieval.definitions[2], "An exponential over their sum is the weight p of its pattern."),
        ),
        "x_bar": ("a_bar",),
    },
    symbols={
        "N": Symbol(domain="dimension", latex="N", meaning="the number of units"),
        "P": Symbol(domain="dimension", latex="P", meaning="the number of stored patterns"),
        "X": Symbol(("N", "P"), latex="X", meaning="the stored patterns, one a column"),
        "x": Symbol(("N",), latex="x", meaning="the state"),
        "beta": Symbol((), "positive", r"\beta", "the inverse temperature"),
        "a": Symbol(("P",), "derived", "a", "β times how much each pattern overlaps the state"),
        "s": Symbol((), "derived", "s", "the sum of their exponentials"),
        "p": Symbol(("P",), "derived", "p", "the weights of the patterns, softmax(a)"),
        "E": Symbol((), "derived", "E", "the energy"),
    },
    truth={
        "a": lambda torch, beta, X, x: beta * torch.mv(X.T, x),  # noqa: N803
        "s": lambda torch, a: torch.exp(torch.logsumexp(a, dim=0)),
        "p": lambda torch, a, s: torch.div(torch.exp(a), s),
        "E": lambda torch, x, s, beta: torch.dot(x, x) / 2 - torch.log(s) / beta,
    },
    settings=({"N": 3, "P": 2}, {"N": 2, "P": 4}, {"N": 5, "P": 3}),
    form="∂E/∂x_i = x_i - Σ_{k=1}^P p_k X_{i,k}",
    source="000_46eee05028ac51b3.txt 'Hopfield Networks', 'Attention'",
)

margins = program(
    """
    v[k, j] := W[k, j] - u[j]
    h[k] := sum(v[k, j]*x[j], j) + c[k] - a
    r[k] := sqrt(sum(v[k, j]**2, j))
    d[k] := abs(h[k])/r[k]
    """,
    shapes={"W": "K n", "u": "n", "x": "n", "c": "K", "a": ""},
)
deepfool_distance = Derivation(
    "deepfool-distance-gradient",
    "How the distance to a linearised decision boundary changes",
    subject="robustness",
    statement="The distance to each linearised boundary has a gradient of length 1: a step d against it arrives there.",
    of=margins,
    wrt="x",
    letters=("j",),
    asks="jacobian",
    ideas={"dd/dx": ("dh/dx",)},
    symbols={
        "K": Symbol(domain="dimension", latex="K", meaning="the number of other classes"),
        "n": Symbol(domain="dimension", latex="n", meaning="the number of inputs"),
        "W": Symbol(("K", "n"), latex="W", meaning="the gradients of the other classes' scores"),
        "u": Symbol(("n",), latex="u", meaning="the gradient of the predicted class's score"),
        "c": Symbol(("K",), latex="c", meaning="the other classes' scores at 0"),
        "a": Symbol((), latex="a", meaning="the predicted class's score at 0"),
        "x": Symbol(("n",), latex="x", meaning="the input"),
        "v": Symbol(("K", "n"), "derived", "v", "the normals of the boundaries: v_k is row k of W less u"),
        "h": Symbol(("K",), "derived", "h", "the margins: the other score minus the predicted one"),
        "r": Symbol(("K",), "derived", "r", "the lengths of the normals"),
        "d": Symbol(("K",), "derived", "d", "the distances to the boundaries"),
    },
    truth={
        "v": lambda torch, W, u: torch.sub(W, u),  # noqa: N803
        "h": lambda torch, v, x, c, a: torch.addmv(c - a, v, x),
        "r": lambda torch, v: torch.linalg.vector_norm(v, dim=1),
        "d": lambda torch, h, r: torch.div(torch.abs(h), r),
    },
    settings=({"K": 2, "n": 3}, {"K": 4, "n": 2}, {"K": 3, "n": 5}),
    form="∂d_k/∂x_j = (sign(h_k) v_{k,j})/r_k",
    assumptions=("No margin is 0: the distance has a kink on the boundary.", "No normal is 0."),
    source="000_46eee05028ac51b3.txt 'Unconstrained Perturbations - DeepFool'",
)
