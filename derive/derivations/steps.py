"""Steps in closed form: Newton, weight decay, projection onto a ball and clipping."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derive.calculus.chain import adjoint
from derive.calculus.rules import (
    merge_symmetric,
    project,
    put,
    solve_for,
    stationary,
    tidy,
)
from derive.calculus.rules_names import assume
from derive.calculus.rules_scalar import collect
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol, axes
from derive.derivations.quadratic import quadratic_gradient
from derive.notation.index_language import expression, program, relation

_NOTES = "000_46eee05028ac51b3.txt"
_SIZES = ({"n": 2}, {"n": 3}, {"n": 5})
_COUNT = Symbol(domain="dimension", latex="n", meaning="the number of weights")
_SHAPES = {"H": "n n", "P": "n n", "g": "n", "d": "n", "w": "n", "v": "n", "x": "n", "y": "n", "m": "n"}
_WEIGHT = axes(i="n")


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


_model = program("L := f + sum(g[i]*d[i], i) + sum(d[i]*H[i, j]*d[j], i, j)/2", shapes={**_SHAPES, "f": ""})
_MODEL = {
    "n": _COUNT,
    "f": Symbol((), latex="f", meaning="the value at the point"),
    "g": Symbol(("n",), latex="g", meaning="the gradient at the point"),
    "H": Symbol(("n", "n"), "spd", "H", "the Hessian at the point, symmetric and positive definite"),
    "d": Symbol(("n",), latex=r"\Delta", meaning="the step"),
    "L": Symbol((), "derived", "q", "the quadratic model"),
}
model_gradient = Derivation(
    "quadratic-model-gradient",
    "The gradient of the second-order model",
    subject="optimisation",
    statement="How the second-order Taylor model changes with the step.",
    of=_model,
    wrt="d",
    letters=("i",),
    then=(merge_symmetric("H", "A Hessian is symmetric: the two sums are the same, and two halves make one."),),
    symbols=_MODEL,
    truth=lambda torch, f, g, d, H: f + torch.dot(g, d) + torch.dot(d, torch.mv(H, d)) / 2,  # noqa: N803
    settings=_SIZES,
    form="∂q/∂Δ_i = g_i + Σ_{j=1}^n H_{i,j} Δ_j",
    source=f"{_NOTES} 'Quadratic Model'",
)


def _newton(torch: Any, g: Any, P: Any) -> dict[str, Any]:  # noqa: N803
    """Torch's own solution of the linear equations, and the model's slope there."""
    H = torch.linalg.inv(P)  # noqa: N806
    d = torch.linalg.solve(H, -g)
    slope = torch.func.grad(lambda at: g @ at + at @ H @ at / 2)(d)
    return {"d": d, "H": H, adjoint("d"): slope}


newton = Derivation(
    "newton-step",
    "Newton's step",
    subject="optimisation",
    statement="The step to the minimum of the second-order model.",
    start=lambda: model_gradient.result,
    opening=_by("model", "The gradient of the second-order model in the step (derived above)."),
    then=(
        stationary(
            expression(f"{adjoint('d')}[i]", shapes={adjoint("d"): "n"}, frame=_WEIGHT),
            "At the minimum of the model its gradient is zero.",
            "H is positive definite, so the stationary point is the minimum.",
        ),
        Rule("turn round", "Read the equation from the right.", lambda r: replace(r, sides=r.sides[::-1])),
        project(
            expression("P[k, i]", shapes=_SHAPES, frame=axes(k="n", i="n")),
            axes(i="n")[0],
            "Multiply by the inverse of the Hessian and add up.",
            axes(k="n"),
        ),
        assume(
            expression("sum(P[k, i]*H[i, j], i)", shapes=_SHAPES, letters=("k", "j")),
            expression("[k = j]", letters=("k", "j")),
            "The inverse times the Hessian is the identity, which keeps one term.",
            "The Hessian is invertible.",
        ),
        multiply_out("The bracket keeps one term."),
        solve_for(expression("d[k]", shapes=_SHAPES, frame=axes(k="n")), "Leave the step alone."),
    ),
    symbols={n: s for n, s in _MODEL.items() if n not in ("d", "f")}
    | {
        "H": Symbol(("n", "n"), "derived", "H", "the Hessian at the point, symmetric and positive definite"),
        "d": Symbol(("n",), "derived", r"\Delta", "the step to the model's minimum"),
        "P": Symbol(("n", "n"), "spd", "H^{-1}", "the inverse of the Hessian"),
    },
    truth=_newton,
    settings=_SIZES,
    form="Δ_k = -Σ_{i=1}^n H⁻¹_{k,i} g_i",
    source=f"{_NOTES} 'Quadratic Model'; 003_a2d52afd229cfba6.txt §11.2",
    lemmas=(model_gradient,),
)


def _one_step(torch: Any, H: Any, w: Any, m: Any) -> dict[str, Any]:  # noqa: N803
    """Autograd's gradient, and torch's own least-squares minimiser of the quadratic."""
    slope = torch.func.grad(lambda at: (at - m) @ H @ (at - m) / 2)(w)
    lowest = torch.linalg.lstsq(H, torch.mv(H, m)[:, None]).solution[:, 0]
    return {"g": slope, "P": torch.linalg.inv(H), "y": lowest}


one_step = Derivation(
    "newton-one-step",
    "Newton's method is exact on a quadratic",
    subject="optimisation",
    statement="On a quadratic one Newton step leads to the minimum from anywhere.",
    start=relation("y[k] = w[k] - sum(P[k, i]*g[i], i)", shapes=_SHAPES, frame=axes(k="n")),
    opening=_by("Newton step", "Go on by the step to the model's minimum (derived above)."),
    then=(
        put(
            "g",
            ("i",),
            expression("sum(H[i, j]*(w[j] - m[j]), j)", shapes=_SHAPES, letters=("i",)),
            "the gradient of a quadratic",
            "The gradient at w is H(w − w*) (derived above).",
        ),
        assume(
            expression("sum(P[k, i]*H[i, j], i)", shapes=_SHAPES, letters=("k", "j")),
            expression("[k = j]", letters=("k", "j")),
            "The inverse times the Hessian is the identity, which keeps one term.",
            "The Hessian is invertible.",
        ),
        multiply_out("Where the step came from cancels."),
    ),
    symbols={
        "n": _COUNT,
        "H": _MODEL["H"],
        "w": Symbol(("n",), latex="w", meaning="the weights before"),
        "m": Symbol(("n",), latex="w^*", meaning="the minimum"),
        "g": Symbol(("n",), "derived", "g", "the gradient at the weights before"),
        "P": Symbol(("n", "n"), "derived", "H^{-1}", "the inverse of the Hessian"),
        "y": Symbol(("n",), "derived", "w'", "the weights after"),
    },
    truth=_one_step,
    settings=_SIZES,
    form="w'_k = w_k*",
    source=f"{_NOTES} 'Quadratic Model'",
    lemmas=(newton, quadratic_gradient),
)


def _decayed(torch: Any, w: Any, g: Any, rho: Any, mu: Any) -> dict[str, Any]:
    """One step of torch.optim.SGD with weight_decay."""
    at = w.clone().requires_grad_()
    at.grad = g.clone()
    torch.optim.SGD([at], lr=float(rho), weight_decay=float(mu)).step()
    penalty = torch.func.grad(lambda v: torch.dot(g, v) + mu * torch.dot(v, v) / 2)(w)
    return {"y": at.detach(), "L_bar": penalty}


_decay = program("L := sum(g[i]*w[i], i) + mu*sum(w[i]**2, i)/2", shapes={"g": "n", "w": "n", "mu": ""})
_DECAY = {
    "n": _COUNT,
    "g": Symbol(("n",), latex=r"\nabla R", meaning="the gradient of the loss without the penalty"),
    "mu": Symbol((), "positive", r"\mu", "the strength of the penalty"),
    "w": Symbol(("n",), latex="w", meaning="the weights"),
}
penalty_gradient = Derivation(
    "l2-penalty-gradient",
    "The gradient with an L2 penalty",
    subject="regularisation",
    statement="Half of μ times the squared length adds μ times the weights to the gradient.",
    of=_decay,
    wrt="w",
    symbols=_DECAY | {"L": Symbol((), "derived", "L", "the loss, linear near the weights, and the penalty")},
    truth=lambda torch, g, w, mu: torch.dot(g, w) + mu * torch.square(w).sum() / 2,
    settings=_SIZES,
    form="∂L/∂w_i = ∇R_i + μ w_i",
    source=f"{_NOTES} 'Weight decay'",
)
weight_decay = Derivation(
    "weight-decay-step",
    "Why an L2 penalty is called weight decay",
    subject="regularisation",
    statement="A gradient step with an L2 penalty first shrinks the weights and then goes on without it.",
    start=relation("y[i] = w[i] - rho*L_bar[i]", shapes=_SHAPES | {"L_bar": "n"}, frame=_WEIGHT),
    opening=_by("step", "A step against the gradient of the loss with its penalty."),
    then=(
        lambda: put(
            "L_bar", ("i",), penalty_gradient.result.result, "lemma", "The gradient with the penalty (derived above)."
        ),
        collect([expression("w[i]", shapes=_SHAPES, frame=_WEIGHT)], "Gather what stands with the weight."),
    ),
    symbols=_DECAY
    | {
        "rho": Symbol((), "positive", r"\eta", "the learning rate"),
        "L_bar": Symbol(("n",), "derived", r"\nabla L", "the gradient of the loss with the penalty"),
        "L": Symbol((), "derived", "L", "the loss with the penalty"),
        "y": Symbol(("n",), "derived", "w'", "the weights after the step"),
    },
    truth=_decayed,
    settings=_SIZES,
    form="w'_i = (1 - μ η) w_i - η ∇R_i",
    source=f"{_NOTES} 'Weight decay'",
    lemmas=(penalty_gradient,),
)


def _projected(torch: Any, v: Any, r: Any) -> dict[str, Any]:
    """The nearest point of the ball by bisection on the multiplier, for a point outside of it."""
    v = v * (1 + 2 * r / torch.linalg.vector_norm(v))
    low, high = torch.zeros((), dtype=torch.float64), torch.linalg.vector_norm(v) / r
    for _ in range(200):
        lam = (low + high) / 2
        outside = torch.linalg.vector_norm(torch.linalg.solve((1 + lam) * torch.eye(len(v), dtype=v.dtype), v)) > r
        low, high = torch.where(outside, lam, low), torch.where(outside, high, lam)
    x = torch.linalg.solve((1 + lam) * torch.eye(len(v), dtype=v.dtype), v)
    return {"v": v, "x": x, "lam": lam, "s": torch.linalg.vector_norm(v), adjoint("x"): torch.zeros_like(v)}


_BALL = {
    "n": _COUNT,
    "v": Symbol(("n",), latex="v", meaning="the point"),
    "r": Symbol((), "positive", "r", "the radius"),
    "lam": Symbol((), latex=r"\lambda", meaning="the multiplier of the constraint"),
    "x": Symbol(("n",), latex="x", meaning="a point of the ball"),
    "L": Symbol((), "derived", r"\mathcal{L}", "half the squared distance, and λ times what must not be positive"),
}
distance_gradient = Derivation(
    "projection-lagrangian-gradient",
    "The gradient of the Lagrangian of a projection",
    subject="optimisation",
    statement="How the Lagrangian of the nearest point of a ball changes with the point.",
    of=program(
        "L := sum((x[i] - v[i])**2, i)/2 + lam*(sum(x[i]**2, i) - r**2)/2",
        shapes={"x": "n", "v": "n", "lam": "", "r": ""},
    ),
    wrt="x",
    symbols=_BALL,
    truth=lambda torch, x, v, lam, r: torch.dist(x, v) ** 2 / 2 + lam * (torch.dot(x, x) - r**2) / 2,
    settings=_SIZES,
    form="∂L/∂x_i = x_i - v_i + λ x_i",
    source=f"{_NOTES} 'Constrained optimization view'",
)
projection = Derivation(
    "projection-onto-ball",
    "Projection onto a ball",
    subject="optimisation",
    statement="The nearest point of a ball around 0 to a point outside: that point, shortened. Clipping does it to gradients.",
    start=lambda: distance_gradient.result,
    opening=_by("Lagrangian", "Its gradient in the point (derived above)."),
    then=(
        stationary(
            expression(f"{adjoint('x')}[i]", shapes={adjoint("x"): "n"}, frame=_WEIGHT),
            "At the nearest point the Lagrangian is stationary.",
            "Distance and ball are convex.",
        ),
        solve_for(expression("x[i]", shapes=_SHAPES, frame=_WEIGHT), "Leave x alone: it lies on the way to v."),
        put("lam", (), expression("s/r - 1"), "on the sphere", "The point lies on the sphere: ‖v‖/(1 + λ) = r."),
        tidy("simplify", "What is added and taken away cancels.", change="cancel"),
    ),
    symbols={n: s for n, s in _BALL.items() if n not in ("v", "x", "lam")}
    | {
        "v": Symbol(("n",), "real", "v", "the point, moved outside of the ball"),
        "x": Symbol(("n",), "derived", "x", "the nearest point of the ball"),
        "lam": Symbol((), "derived", r"\lambda", "the multiplier of the constraint"),
        "s": Symbol((), "derived", r"\|v\|", "the length of v"),
    },
    truth=_projected,
    settings=_SIZES,
    form="x_i = (r v_i)/‖v‖",
    assumptions=("v lies outside of the ball; a point inside is its own projection.",),
    source=f"{_NOTES} 'Constrained optimization view', 'Gradient clipping'",
    lemmas=(distance_gradient,),
)
