"""Smoothness, strong convexity and the Polyak–Łojasiewicz condition: what they say of a gradient step."""

from __future__ import annotations

from typing import Any

from derive.calculus.inequalities import bounded_by, ends
from derive.calculus.rules import put, tidy
from derive.calculus.rules_terms import estimate, multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

_SOURCE = "000_46eee05028ac51b3.txt 'Convex', 'Lipschitz smoothness', 'PL condition'"
_SIZES = ({"n": 2}, {"n": 3}, {"n": 5})
_SHAPES = {"g": "n", "d": "n", "x": "n", "y": "n", "m": "n"}


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _bowl(torch: Any, A: Any, m: Any, x: Any) -> dict[str, Any]:  # noqa: N803
    """A convex function that is no quadratic, with its slope by autograd and its curvature by torch's eigenvalues.

    log cosh curves by at most 1 and by as little as 0: with the quadratic the curvature lies between the eigenvalues of A
    and of A + I.
    """

    def f(at: Any) -> Any:
        d = at - m
        return torch.dot(d, torch.mv(A, d)) / 2 + torch.log(torch.cosh(d)).sum()

    low = torch.linalg.eigvalsh(A)[0]
    high = torch.linalg.eigvalsh(A)[-1] + 1
    g = torch.func.grad(f)(x)
    return {"f": f(x), "F": f(m), "mu": low, "K": high, "g": g, "d": m - x, "G": torch.dot(g, g), "h": f(x - g / high)}


def _exact(torch: Any, A: Any, m: Any, x: Any) -> dict[str, Any]:  # noqa: N803
    """Equality: one curvature in every direction."""
    c = A[0, 0]
    g = c * (x - m)
    f = c * torch.dot(x - m, x - m) / 2
    zero = torch.zeros_like(f)
    return {"f": f, "F": zero, "mu": c, "K": c, "g": g, "d": m - x, "G": torch.dot(g, g), "h": zero}


_SYMBOLS = {
    "n": Symbol(domain="dimension", latex="n", meaning="the number of weights"),
    "A": Symbol(("n", "n"), "spd", "A", "a positive definite matrix"),
    "m": Symbol(("n",), latex="x^*", meaning="the minimum"),
    "x": Symbol(("n",), latex="x", meaning="the point"),
    "f": Symbol((), "derived", "f(x)", "the value at the point"),
    "F": Symbol((), "derived", "f^*", "the least value"),
    "h": Symbol((), "derived", "f(x')", "the value after a gradient step of length 1/L"),
    "g": Symbol(("n",), "derived", r"\nabla f(x)", "the gradient at the point"),
    "G": Symbol((), "derived", r"\|\nabla f(x)\|^2", "the squared length of the gradient"),
    "d": Symbol(("n",), "derived", "d", "what leads from the point to the minimum"),
    "mu": Symbol((), "derived", r"\mu", "the least curvature"),
    "K": Symbol((), "derived", "L", "the greatest curvature"),
}
_COMMON: dict[str, Any] = {
    "subject": "optimisation",
    "symbols": _SYMBOLS,
    "truth": _bowl,
    "equality": _exact,
    "settings": _SIZES,
    "source": _SOURCE,
    "kind": "claim",
}

pl_condition = Derivation(
    "strong-convexity-implies-pl",
    "Strong convexity implies the Polyak–Łojasiewicz condition",
    statement="How far above the least value a strongly convex function can be, given its gradient.",
    start=relation("f - F <= sum(-g[i]*d[i] - mu*d[i]**2/2, i)", shapes=_SHAPES),
    opening=_by(
        "strong convexity",
        "A strongly convex function lies above a parabola that touches it at x; read it at the minimum, for d = x* − x.",
    ),
    then=(
        bounded_by(
            expression("sum(g[i]**2/(2*mu), i)", shapes=_SHAPES),
            "the parabola's top",
            "Each summand is a parabola in d_i that opens downwards; its top is at d_i = −g_i/μ.",
            "μ is positive.",
        ),
        ends("Keep the two ends."),
    ),
    form="f(x) - f* ≤ 1/(2 μ) Σ_{i=1}^n ∇f(x)_i²",
    assumptions=("f is strongly convex with μ > 0.", "Attained where the curvature is μ in every direction."),
    **_COMMON,
)
descent = Derivation(
    "gradient-step-descent",
    "How much a gradient step of length 1/L gains",
    statement="A gradient step of length 1/L lowers an L-smooth function by at least the squared gradient over 2L.",
    start=relation("h <= f + sum(g[i]*y[i], i) + K*sum(y[i]**2, i)/2", shapes=_SHAPES),
    opening=_by(
        "smoothness", "A smooth function lies below a parabola that touches it at x; read it after the step y."
    ),
    then=(
        put("y", ("i",), expression("-g[i]/K", shapes=_SHAPES, letters=("i",)), "the step", "The step is −∇f/L."),
        multiply_out("A whole is taken away and a half is added."),
    ),
    form="f(x') ≤ f(x) - 1/(2 L) Σ_{i=1}^n ∇f(x)_i²",
    assumptions=(
        "The gradient is Lipschitz with the constant L.",
        "Attained where the curvature is L in every direction.",
    ),
    **{
        **_COMMON,
        "symbols": _SYMBOLS | {"y": Symbol(("n",), "derived", "y", "the step")},
        "truth": lambda torch, A, m, x: (v := _bowl(torch, A, m, x)) | {"y": -v["g"] / v["K"]},  # noqa: N803
        "equality": lambda torch, A, m, x: (v := _exact(torch, A, m, x)) | {"y": -v["g"] / v["K"]},  # noqa: N803
    },
)
rate = Derivation(
    "pl-linear-rate",
    "Gradient descent under the Polyak–Łojasiewicz condition",
    statement="One gradient step of length 1/L shrinks the distance to the least value by the factor 1 − μ/L.",
    start=relation("h - F <= f - F - G/(2*K)", shapes=_SHAPES),
    opening=_by(
        "descent", "A gradient step of length 1/L gains at least the squared gradient over 2L (derived above)."
    ),
    then=(
        estimate(
            expression("-G/(2*K)"),
            expression("-mu*(f - F)/K"),
            "PL condition",
            "Half of the squared gradient is at least μ times the distance to the least value (derived above).",
        ),
        ends("Keep the two ends."),
        tidy("factor", "Take the distance out.", change="factor"),
    ),
    form="f(x') - f* ≤ ((f(x) - f*) (L - μ))/L",
    lemmas=(pl_condition, descent),
    assumptions=("The Polyak–Łojasiewicz condition, which strong convexity implies.", "Attained where μ = L."),
    **_COMMON,
)
