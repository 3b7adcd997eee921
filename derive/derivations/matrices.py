"""Gradients through a matrix inverse and a determinant: forms in X⁻¹, and the Gaussian log-likelihood."""

from __future__ import annotations

import math
from typing import Any

from derive.calculus.folding import collect
from derive.calculus.rules import merge_symmetric
from derive.calculus.rules_names import known_as, said
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import program

_inverse = program(
    "P[i, j] := inv(X[i, j], i, j)[i, j]; q := sum(a[i]*P[i, j]*b[j], i, j)",
    shapes={"X": "n n", "a": "n", "b": "n"},
)
inverse_form = Derivation(
    "inverse-form-gradient",
    "The gradient of aᵀX⁻¹b",
    subject="matrices",
    statement="The gradient of a bilinear form in the inverse of a matrix: −(X⁻ᵀa)(X⁻¹b)ᵀ.",
    of=_inverse,
    wrt="X",
    letters=("k", "l"),
    ideas={
        "X_bar": ("P_bar", known_as(_inverse.definitions[0], "The inverse of X is P.")),
    },
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the size of the matrix"),
        "X": Symbol(("n", "n"), latex="X", meaning="an invertible matrix"),
        "a": Symbol(("n",), latex="a", meaning="a vector"),
        "b": Symbol(("n",), latex="b", meaning="a vector"),
        "P": Symbol(("n", "n"), "derived", "P", "the inverse of X"),
        "q": Symbol((), "derived", "q", "the form aᵀX⁻¹b"),
    },
    truth={
        "P": lambda torch, X: torch.linalg.inv(X),  # noqa: N803
        "q": lambda torch, a, P, b: torch.dot(a, torch.mv(P, b)),  # noqa: N803
    },
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
    form="∂q/∂X_{k,l} = -Σ_{i=1}^n Σ_{j=1}^n a_i b_j P_{i,k} P_{l,j}",
    assumptions=("X is invertible.",),
    source="000_46eee05028ac51b3.txt 'Linear Factor Analysis'",
)

_gaussian = program(
    """
    P[i, j] := inv(S[i, j], i, j)[i, j]
    z[i] := sum(P[i, j]*x[j], j)
    L := log(det(S[i, j], i, j))/2 + sum(x[i]*inv(S[k, l], k, l)[i, j]*x[j], i, j)/2
    """,
    shapes={"S": "n n", "x": "n"},
)


def _surprise(torch: Any, S: Any, x: Any) -> Any:  # noqa: N803
    normal = torch.distributions.MultivariateNormal(torch.zeros_like(x), S)
    return -normal.log_prob(x) - len(x) * math.log(2 * math.pi) / 2


gaussian_covariance = Derivation(
    "gaussian-covariance-gradient",
    "The gradient of a Gaussian log-likelihood in the covariance",
    subject="matrices",
    statement="The gradient of the negative log-likelihood of N(0, Σ) in Σ: ½(Σ⁻¹ − zzᵀ) with z = Σ⁻¹x.",
    of=_gaussian,
    wrt="S",
    letters=("i", "j"),
    ideas={
        "S_bar": (
            known_as(_gaussian.definitions[0], "The inverse of Σ is the precision P."),
            merge_symmetric(
                "P", "The inverse of a symmetric matrix is symmetric: read its entries the other way round."
            ),
            known_as(_gaussian.definitions[1], "P times x is z, from either side."),
            said(collect(), "Both terms have the factor one half."),
        ),
    },
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of variables"),
        "S": Symbol(("n", "n"), "spd", r"\Sigma", "the covariance; its entries vary one by one"),
        "x": Symbol(("n",), latex="x", meaning="an observation, the mean taken off"),
        "P": Symbol(("n", "n"), "derived", "P", "the precision, Σ⁻¹"),
        "z": Symbol(("n",), "derived", "z", "the observation seen through the precision, Σ⁻¹x"),
        "L": Symbol((), "derived", "L", "the negative log-likelihood, without its constant"),
    },
    truth={
        "P": lambda torch, S: torch.linalg.inv(S),  # noqa: N803
        "z": lambda torch, S, x: torch.linalg.solve(S, x),  # noqa: N803
        "L": _surprise,
    },
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
    form="∂L/∂Σ_{i,j} = 1/2 (P_{j,i} - z_i z_j)",
    assumptions=("The covariance is symmetric and positive definite.",),
    source="000_46eee05028ac51b3.txt 'Linear Factor Analysis'",
)
