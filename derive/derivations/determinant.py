"""The determinant of the identity plus a matrix of rank one, for a letter dimension."""

from __future__ import annotations

from typing import Any

from derive.calculus.chain import adjoint
from derive.calculus.rules_common import merge_like
from derive.calculus.rules_matrix import differentiate_through, identity_matrix, straight_line
from derive.calculus.rules_names import said
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, program

SHAPES = {"u": "n", "w": "n"}
rank_one = program("M[i, j] := t*u[i]*w[j] + [i = j]; D := det(M[i, j], i, j)", shapes=SHAPES)
_CHANGE = {"M": rank_one.definitions[0]}


def _determinants(torch: Any, u: Any, w: Any, t: Any) -> dict[str, Any]:
    """Torch's own determinant and what autograd makes of it, twice."""
    t = t.clone().requires_grad_()
    matrix = torch.eye(len(u), dtype=u.dtype) + t * torch.outer(u, w)
    value = torch.linalg.det(matrix)
    (slope,) = torch.autograd.grad(value, t, create_graph=True)
    (curve,) = torch.autograd.grad(slope, t)
    return {"M": matrix, "D": value, adjoint("t"): slope, "C": curve}


_SYMBOLS = {
    "n": Symbol(domain="dimension", latex="n", meaning="the size of the matrix"),
    "u": Symbol(("n",), latex="u", meaning="a vector"),
    "w": Symbol(("n",), latex="w", meaning="another vector"),
    "t": Symbol((), latex="t", meaning="how far along u wᵀ"),
    "M": Symbol(("n", "n"), "derived", "M", "the identity plus t u wᵀ"),
    "D": Symbol((), "derived", "D", "its determinant"),
    "C": Symbol((), "derived", r"\frac{\partial^{2} D}{\partial t^{2}}", "the determinant's second derivative"),
}
_STYLE = {
    adjoint("t"): r"\frac{\partial D}{\partial t}",
}
_SETTINGS = ({"n": 2}, {"n": 3}, {"n": 5})
_SOURCE = "000_46eee05028ac51b3.txt 'Density Estimation', Normalizing Flows"

slope = Derivation(
    "determinant-slope",
    "How the determinant changes along a matrix of rank one",
    subject="generative",
    statement="The derivative of det(I + t u wᵀ) in t.",
    of=rank_one,
    wrt="t",
    ideas={"t_bar": ("M_bar",)},
    symbols={n: s for n, s in _SYMBOLS.items() if n != "C"},
    truth={
        "M": lambda torch, u, w, t: torch.eye(len(u), dtype=u.dtype) + t * torch.outer(u, w),
        "D": lambda torch, M: torch.linalg.det(M),  # noqa: N803
    },
    settings=_SETTINGS,
    form="∂D/∂t = (det M) Σ_{i=1}^n Σ_{j=1}^n u_i w_j [M⁻¹]_{j,i}",
    source=_SOURCE,
    style=_STYLE,
)
curvature = Derivation(
    "determinant-curvature",
    "The determinant along a matrix of rank one does not bend",
    subject="generative",
    statement="The second derivative of det(I + t u wᵀ) in t.",
    start=lambda: slope.result,
    opening=Rule("slope", "The first derivative (derived above).", lambda r: r),
    then=(
        differentiate_through(
            _CHANGE,
            "t",
            expression("C"),
            "The determinant changes as above; the inverse by −M⁻¹ (dM/dt) M⁻¹, where dM/dt is u wᵀ.",
        ),
        said(merge_like(""), "Both terms hold the number wᵀM⁻¹u twice: they cancel, because the change has rank one."),
    ),
    symbols=_SYMBOLS,
    truth=_determinants,
    settings=_SETTINGS,
    form="(∂² D)/∂t² = 0",
    assumptions=("M is invertible; a polynomial in t that is zero there is zero everywhere.",),
    source=_SOURCE,
    style=_STYLE,
    lemmas=(slope,),
)
lemma = Derivation(
    "matrix-determinant-lemma",
    "The determinant of the identity plus a matrix of rank one",
    subject="generative",
    statement="The determinant of I + t u wᵀ, for vectors of any length.",
    start=lambda: curvature.result,
    opening=Rule("curvature", "The second derivative is zero (derived above).", lambda r: r),
    then=(
        lambda: straight_line(
            rank_one.definitions[1],
            slope.result.result,
            _CHANGE,
            "t",
            expression("C"),
            "Without curvature it is its value at t = 0 plus t times its slope there.",
        ),
        identity_matrix("At t = 0 the matrix is the identity."),
    ),
    symbols=_SYMBOLS | {"D": Symbol((), "derived", r"\det\left(I + t u w^\top\right)", "the determinant, D for short")},
    truth=_determinants,
    settings=_SETTINGS,
    form="det(I + t u wᵀ) = 1 + t Σ_{j=1}^n u_j w_j",
    assumptions=curvature.assumptions,
    source=_SOURCE,
    style=_STYLE,
    lemmas=(curvature,),
)
