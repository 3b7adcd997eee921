"""Latent variables and flows: the Gaussian KL term of a variational autoencoder, planar flows, log-determinants."""

from __future__ import annotations

from typing import Any

from derive.calculus.folding import collect, put_in
from derive.calculus.rules import use
from derive.calculus.rules_names import known_as, said
from derive.derivations import determinant
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, program

latent = program(
    """
    v[i] := exp(s[i])
    K := sum(mu[i]**2 + exp(s[i]) - 1 - s[i], i)/2
    """,
    shapes={"mu": "d", "s": "d"},
)


def _divergence(torch: Any, mu: Any, s: Any) -> Any:
    normal = torch.distributions.Normal
    here, prior = normal(mu, torch.exp(s / 2)), normal(torch.zeros_like(mu), torch.ones_like(mu))
    return torch.distributions.kl_divergence(here, prior).sum()


_LATENT: dict[str, Any] = {
    "subject": "generative",
    "of": latent,
    "symbols": {
        "d": Symbol(domain="dimension", latex="d", meaning="the number of latent variables"),
        "mu": Symbol(("d",), latex=r"\mu", meaning="the means"),
        "s": Symbol(("d",), latex="s", meaning="the logarithms of the variances, log σ²"),
        "v": Symbol(("d",), "derived", r"\sigma^2", "the variances, exp(s)"),
        "K": Symbol((), "derived", r"\mathrm{KL}", "the divergence of N(μ, diag σ²) from N(0, I)"),
    },
    "truth": {"v": lambda torch, s: torch.exp(s), "K": _divergence},
    "settings": ({"d": 2}, {"d": 3}, {"d": 5}),
    "source": "000_46eee05028ac51b3.txt 'Variational Autoencoders'",
}
kl_mean = Derivation(
    "vae-kl-mean",
    "The KL term of a variational autoencoder: the gradient in the mean",
    statement="The gradient of the divergence from the standard normal in the mean: it pulls every mean to 0.",
    wrt="mu",
    form="∂KL/∂μ_i = μ_i",
    **_LATENT,
)
kl_variance = Derivation(
    "vae-kl-log-variance",
    "The KL term of a variational autoencoder: the gradient in the log-variance",
    statement="The gradient of the divergence from the standard normal in log σ²: it pulls every variance to 1.",
    wrt="s",
    ideas={
        "s_bar": (
            known_as(latent.definitions[0], "The exponential of log σ² is the variance."),
            said(collect(), "Both terms have the factor one half."),
        )
    },
    form="∂KL/∂s_i = 1/2 (σ²_i - 1)",
    **_LATENT,
)

planar = program(
    """
    a := sum(w[i]*z[i], i) + b
    y[i] := z[i] + u[i]*f(a)
    """,
    shapes={"w": "d", "z": "d", "u": "d"},
    functions=("f",),
)
_FLOW = {
    "d": Symbol(domain="dimension", latex="d", meaning="the number of variables"),
    "z": Symbol(("d",), latex="z", meaning="the input of the flow"),
    "w": Symbol(("d",), latex="w", meaning="the direction that the flow looks at"),
    "u": Symbol(("d",), latex="u", meaning="the direction in which it moves"),
    "b": Symbol((), latex="b", meaning="the bias"),
    "a": Symbol((), "derived", "a", "the pre-activation, wᵀz + b"),
    "f": Symbol((), "function", "f", "the activation, any smooth function"),
}
_FLOW_SOURCE = "000_46eee05028ac51b3.txt 'Density Estimation', Normalizing Flows"
planar_jacobian = Derivation(
    "planar-flow-jacobian",
    "The Jacobian of a planar flow",
    subject="generative",
    statement="The Jacobian of y = z + u f(wᵀz + b): the identity plus a matrix of rank one, u ψᵀ with ψ = f′(a) w.",
    of=planar,
    wrt="z",
    letters=("j",),
    asks="jacobian",
    ideas={"dy/dz": ("da/dz",)},
    symbols=_FLOW | {"y": Symbol(("d",), "derived", "y", "the output")},
    truth={
        "a": lambda torch, w, z, b: torch.dot(w, z) + b,
        "y": lambda torch, f, z, u, a: torch.add(z, torch.mul(u, f(a))),
    },
    settings=({"d": 2}, {"d": 3}, {"d": 5}),
    form="∂y_i/∂z_j = [i = j] + u_i f'(a) w_j",
    source=_FLOW_SOURCE,
)

LOG_SIZE = use(
    expression("sign(t)/abs(t)"),
    expression("1/t"),
    "sign over size",
    "A number's sign over its size is one over the number.",
    "It is not zero.",
)
volume = program(
    """
    a := sum(w[i]*z[i], i) + b
    psi[j] := f'(a)*w[j]
    t := 1 + sum(u[j]*psi[j], j)
    l := log(abs(t))
    """,
    shapes={"w": "d", "u": "d", "z": "d", "b": ""},
    functions=("f",),
)
_UNFOLD = said(put_in({"t": volume.definitions[2]}), "The determinant t is 1 + uᵀψ.")
_VOLUME: dict[str, Any] = {
    "subject": "generative",
    "of": volume,
    "symbols": _FLOW
    | {
        "psi": Symbol(("d",), "derived", r"\psi", "the gradient of f(wᵀz + b) in z"),
        "t": Symbol((), "derived", "t", "the determinant of the Jacobian, det(I + u ψᵀ)"),
        "l": Symbol((), "derived", "l", "the logarithm of the change of volume, log|det(I + u ψᵀ)|"),
    },
    "truth": {
        "a": lambda torch, w, z, b: torch.dot(w, z) + b,
        "psi": lambda torch, f, w, a: torch.mul(torch.func.grad(f)(a), w),
        "t": lambda torch, u, psi: torch.linalg.det(torch.eye(len(u), dtype=u.dtype) + torch.outer(u, psi)),
        "l": lambda torch, t: torch.log(torch.abs(t)),
    },
    "settings": ({"d": 2}, {"d": 3}, {"d": 5}),
    "assumptions": (
        "The determinant of the identity plus u ψᵀ is 1 + uᵀψ (the matrix determinant lemma).",
        "The flow is invertible at z: 1 + uᵀψ is not 0.",
    ),
    "source": _FLOW_SOURCE,
    "lemmas": (planar_jacobian, determinant.lemma),
}
planar_move = Derivation(
    "planar-flow-log-det-u",
    "A planar flow's change of volume: the gradient in u",
    statement="How the log-determinant of a planar flow changes with u: ψ/(1 + uᵀψ).",
    wrt="u",
    ideas={"t_bar": (LOG_SIZE,), "u_bar": ("t_bar", _UNFOLD)},
    form="∂l/∂u_j = ψ_j/(1 + Σ_{i=1}^d u_i ψ_i)",
    **_VOLUME,
)
planar_input = Derivation(
    "planar-flow-log-det-input",
    "A planar flow's change of volume: the gradient in the input",
    statement="How the log-determinant of a planar flow changes with z: along w, by f″(a) uᵀw/(1 + uᵀψ).",
    wrt="z",
    letters=("j",),
    ideas={"t_bar": (LOG_SIZE,), "psi_bar": ("t_bar",), "a_bar": ("psi_bar",), "z_bar": ("a_bar", _UNFOLD)},
    form="∂l/∂z_j = (f''(a) w_j)/(1 + Σ_{i=1}^d u_i ψ_i) Σ_{i=1}^d u_i w_i",
    **_VOLUME,
)

_determinant = program("t := det(X[i, j], i, j); l := log(abs(t))", shapes={"X": "n n"})
log_determinant = Derivation(
    "log-det-gradient",
    "The gradient of log|det X|",
    subject="matrices",
    statement="The gradient of the logarithm of a determinant: the inverse, transposed.",
    of=_determinant,
    wrt="X",
    ideas={
        "t_bar": (LOG_SIZE,),
        "X_bar": (
            "t_bar",
            known_as(_determinant.definitions[0], "The determinant is t; t over t is 1."),
        ),
    },
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the size of the matrix"),
        "X": Symbol(("n", "n"), latex="X", meaning="an invertible matrix"),
        "t": Symbol((), "derived", "t", "the determinant of the matrix"),
        "l": Symbol((), "derived", "l", "the logarithm of the determinant's size"),
    },
    truth={
        "t": lambda torch, X: torch.linalg.det(X),  # noqa: N803
        "l": lambda torch, t: torch.log(torch.abs(t)),
    },
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
    form="∂l/∂X_{i,j} = [X⁻¹]_{j,i}",
    assumptions=("X is invertible.",),
    source="000_46eee05028ac51b3.txt 'Density Estimation', Normalizing Flows",
)
