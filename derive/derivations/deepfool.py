"""DeepFool: the shortest step onto a linear classifier's boundary."""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.chain import adjoint
from derive.calculus.rules import put, solve_for, stationary
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Printed, Symbol
from derive.notation.index_language import expression, program, relation

COORDINATE = (Bound(Letter("i"), Affine.of(0), Affine.of("n")),)
SHAPES = {"w": "n", "r": "n"}
lagrangian = program("L := sum(r[i]**2, i)/2 + lam*(f + sum(w[i]*r[i], i))", shapes={**SHAPES, "f": "", "lam": ""})

_SYMBOLS = {
    "n": Symbol(domain="dimension", latex="n", meaning="the number of inputs"),
    "w": Symbol(("n",), "nonzero", "w", "the gradient of f, constant because f is linear"),
    "f": Symbol((), "nonzero", "f(x)", "the classifier's value at the point, the difference of two scores"),
    "lam": Symbol((), latex=r"\lambda", meaning="the multiplier of the constraint"),
    "r": Symbol(("n",), latex="r", meaning="the step"),
    "L": Symbol((), "derived", r"\mathcal{L}", "the Lagrangian: half the squared length, and λ times what must vanish"),
}
_SETTINGS = ({"n": 2}, {"n": 3}, {"n": 5})
_SOURCE = "000_46eee05028ac51b3.txt, Unconstrained Perturbations - DeepFool"
_ASSUMPTIONS = ("f is linear (DeepFool linearises it at each step) and w is not zero.", "Length is the Euclidean one.")


def _shortest(torch: Any, w: Any, f: Any) -> dict[str, Any]:
    """Torch's own least-norm solution of w·r = −f, and the multiplier that balances the gradients there."""
    r = torch.linalg.pinv(w[None, :]) @ (-f)[None]
    pull = torch.func.grad(lambda at: (at**2).sum() / 2)(r)
    lam = torch.linalg.lstsq(w[:, None], -pull[:, None]).solution[0, 0]
    slope = pull + lam * w
    return {"r": r, "lam": lam, adjoint("r"): slope}


lagrangian_gradient = Derivation(
    "deepfool-lagrangian-gradient",
    "The gradient of the Lagrangian of the shortest step",
    subject="robustness",
    statement="How the Lagrangian of the shortest step onto the boundary changes with the step.",
    of=lagrangian,
    wrt="r",
    letters=("i",),
    symbols=_SYMBOLS,
    truth=lambda torch, w, r, f, lam: torch.dot(r, r) / 2 + lam * (f + torch.dot(w, r)),
    settings=_SETTINGS,
    form="∂L/∂r_i = r_i + λ w_i",
    assumptions=_ASSUMPTIONS,
    source=_SOURCE,
)

_BEST = _SYMBOLS | {
    "r": Symbol(("n",), "derived", "r", "the shortest step onto the boundary"),
    "lam": Symbol((), "derived", r"\lambda", "the multiplier of the constraint"),
}

direction = Derivation(
    "deepfool-direction",
    "The shortest step onto the boundary goes along the gradient",
    subject="robustness",
    statement="The direction of the shortest step onto a linear classifier's boundary.",
    start=lambda: lagrangian_gradient.result,
    opening=Rule("Lagrangian", "Its gradient in the step is the step plus λ times w (derived above).", lambda r: r),
    then=(
        stationary(
            expression(f"{adjoint('r')}[i]", shapes={adjoint("r"): "n"}, frame=COORDINATE),
            "At the shortest step onto the boundary the Lagrangian is stationary.",
            condition="The squared length is convex and the constraint linear, so the stationary point is the minimum.",
        ),
        solve_for(expression("r[i]", shapes=SHAPES, frame=COORDINATE), "Leave r alone: it goes against w."),
    ),
    symbols=_BEST,
    truth=_shortest,
    settings=_SETTINGS,
    form="r_i = -λ w_i",
    assumptions=_ASSUMPTIONS,
    source=_SOURCE,
    lemmas=(lagrangian_gradient,),
)


def _along() -> Rule:
    return put("r", ("i",), direction.result.result, "the direction", "The step is −λw (derived above).")


multiplier = Derivation(
    "deepfool-multiplier",
    "How far the shortest step goes",
    subject="robustness",
    statement="The multiplier for which the step ends on the boundary.",
    start=relation("f + sum(w[i]*r[i], i) = 0", shapes=SHAPES),
    opening=Rule("constraint", "After the step the classifier's value is zero.", lambda r: r),
    then=(_along, solve_for(expression("lam"), "One linear equation for λ.", condition="w is not zero.")),
    symbols={n: s for n, s in _BEST.items() if n != "L"},
    truth=_shortest,
    settings=_SETTINGS,
    form="λ = f(x)/(Σ_{i=1}^n w_i²)",
    assumptions=_ASSUMPTIONS,
    source=_SOURCE,
    lemmas=(direction,),
)

step = Derivation(
    "deepfool-step",
    "The DeepFool step",
    subject="robustness",
    statement="The shortest step from a point onto the boundary of a linear classifier.",
    start=lambda: direction.result,
    opening=Rule("direction", "The step goes against w (derived above).", lambda r: r),
    then=(
        lambda: put(
            "lam", (), multiplier.result.result, "length", "Put λ in (derived above): f over the squared length of w."
        ),
    ),
    symbols={n: s for n, s in _BEST.items() if n != "L"},
    truth=_shortest,
    settings=_SETTINGS,
    form="r_i = -(f(x) w_i)/(Σ_{j=1}^n w_j²)",
    printed=(
        Printed(
            relation("r[i] = f*w[i]/sum(w[j]**2, j)", shapes=SHAPES, frame=COORDINATE),
            "The step goes away from the boundary: where f₁ − f₂ is positive it has to go against its gradient. The sheet's "
            "own linearised constraint, wᵀr + f < 0, fails at its step; a minus sign is missing.",
            r"r^* = \frac{f_1(x) - f_2(x)}{\|\nabla f_1 - \nabla f_2\|_{p^*}^{p^*}} \cdots",
        ),
    ),
    assumptions=_ASSUMPTIONS,
    source=_SOURCE,
    lemmas=(direction, multiplier),
)
