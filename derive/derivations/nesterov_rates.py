"""Nesterov's method on a quadratic: its iteration along one eigenvector, its eigenvalues, its rate at the best momentum."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules import put, tidy, use
from derive.calculus.rules_scalar import take_root
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Line, Rule, replay
from derive.derivations.base import Derivation, Symbol
from derive.derivations.momentum import ALONG_EIGENVECTOR
from derive.derivations.momentum import recurrence as heavy_ball
from derive.derivations.momentum_steps import (
    DIM,
    MATRIX,
    RADIUS,
    RATES,
    SHAPES,
    STEPS,
    descent,
    iteration,
    on_matrix,
    radius,
    sizes,
    spectrum,
)
from derive.derivations.quadratic import quadratic_gradient
from derive.notation.index_language import expression, relation

_SOURCE = "000_46eee05028ac51b3.txt, Nesterov acceleration; 003_a2d52afd229cfba6.txt §11.1"
_X = SHAPES | {"x": "T+1 d"}


def _descent(torch: Any, H: Any, m: Any, rho: Any, beta: Any, T: int) -> dict[str, Any]:  # noqa: N803
    """torch.optim.SGD(nesterov=True), and the ends of the gradient steps."""
    found = descent(torch, H, m, rho, beta, T, nesterov=True)
    v = found["v"]
    return {**found, "x": torch.cat([v[:1], (v - rho * found["g"])[:-1]])}


nesterov_recurrence = Derivation(
    "nesterov-recurrence",
    "Nesterov's method on a quadratic, along one eigenvector",
    subject="optimisation",
    statement="How the component of the error along an eigenvector of the Hessian goes on: momentum is damped by 1 − ρη too.",
    start=relation("v[t, i] = x[t, i] + beta*(x[t, i] - x[t-1, i])", shapes=_X, frame=(STEPS, DIM)),
    opening=Rule("extrapolate", "From the last two gradient steps' ends go on straight.", lambda r: r),
    then=(
        put(
            "x",
            ("t", "i"),
            expression("v[t-1, i] - rho*g[t-1, i]", shapes=_X, letters=("t", "i")),
            "gradient step",
            "Each of them is a step against the gradient from the point before.",
        ),
        multiply_out("Multiply out."),
        *ALONG_EIGENVECTOR,
    ),
    symbols=dict(heavy_ball.symbols)
    | {
        "v": Symbol(("0..T", "d"), "derived", "w", "the points at which gradients are taken"),
        "x": Symbol(("0..T", "d"), "derived", "x", "the ends of the gradient steps"),
    },
    truth=_descent,
    settings=heavy_ball.settings,
    form="e_{t+1} = (1 + β) (1 - ρ η) e_t - β (1 - ρ η) e_{t-1}",
    source=_SOURCE,
    lemmas=(quadratic_gradient,),
)


def _matrix(torch: Any, rho: Any, beta: Any, eta: Any) -> Any:
    return iteration(torch, rho, beta, eta, nesterov=True)


characteristic = Derivation(
    "nesterov-characteristic",
    "The eigenvalues of a Nesterov step",
    subject="optimisation",
    statement="The matrix of a Nesterov step along one eigenvector, and its characteristic polynomial.",
    replayed=lambda: on_matrix(nesterov_recurrence.result, "Nesterov"),
    symbols=MATRIX,
    truth=lambda torch, rho, beta, eta, z: spectrum(torch, _matrix(torch, rho, beta, eta), z),
    settings=({},),
    form="P(z) = z² + z (ρ η + ρ β η - β - 1) - (ρ β η - β)",
    source=_SOURCE,
    lemmas=(nesterov_recurrence,),
)


def _radius(torch: Any, beta: Any, share: Any, eta: Any) -> dict[str, Any]:
    """A learning rate with complex eigenvalues, and the largest size of torch's own."""
    low = ((1 - beta) / (1 + beta)) ** 2
    rho = (low + share * (1 - low)) / eta
    return radius(torch, _matrix(torch, rho, beta, eta), rho)


def _sizes() -> tuple[Line, ...]:
    return sizes(
        characteristic.lines[0].relation,
        "Nesterov",
        tidy("factor", "Take β out.", change="factor"),
        root="Unlike the heavy ball's it falls with the curvature.",
    )


nesterov_radius = Derivation(
    "nesterov-radius",
    "How fast Nesterov's method converges along one eigenvector",
    subject="optimisation",
    statement="The size of the eigenvalues of a Nesterov step, where they are complex.",
    replayed=_sizes,
    symbols=RADIUS,
    truth=_radius,
    settings=({},),
    form="|z| = √(β (1 - ρ η))",
    assumptions=("The eigenvalues are complex: (1 − β)²/(1 + β)² < ρη < 1.",),
    source=_SOURCE,
    lemmas=(characteristic,),
)


def _best(torch: Any, q: Any, eta: Any) -> dict[str, Any]:
    """The momentum with a double eigenvalue, by bisection on the least curvature for which torch's ones are complex."""
    rho = q**2 / eta
    low, high = torch.tensor(1e-9, dtype=q.dtype), torch.tensor(1.0, dtype=q.dtype)
    for _ in range(100):
        beta = (low + high) / 2
        m = _matrix(torch, rho, beta, eta)
        complex_ = torch.trace(m) ** 2 < 4 * torch.linalg.det(m)
        low, high = torch.where(complex_, low, beta), torch.where(complex_, beta, high)
    m = _matrix(torch, rho, beta, eta)
    return {"rho": rho, "beta": beta, "S": torch.linalg.det(m).sqrt()}


def _at_best() -> tuple[Line, ...]:
    s = expression("S")
    return replay(
        _sizes()[1].relation,
        Rule("size", "The square of the size that the eigenvalues share (derived above).", lambda r: r),
        (
            put("rho", (), expression("q**2/eta"), "the curvature", "Write ρη as the square of some q."),
            put(
                "beta",
                (),
                expression("(1 - q)/(1 + q)"),
                "the best momentum",
                "The least momentum for which both eigenvalues have that size: they are about to become real.",
            ),
            tidy("cancel", "1 + q cancels.", change="factor"),
            take_root(s, "The size is not negative."),
            use(
                expression("sqrt((q - 1)**2)"),
                expression("1 - q"),
                "root of a square",
                "The root of a square is the size, and q is below 1.",
                "0 < q < 1.",
            ),
        ),
    )


best_rate = Derivation(
    "nesterov-best-rate",
    "Nesterov's rate with the best momentum",
    subject="optimisation",
    statement="With the best momentum a step leaves 1 − √(ρη) of the error: 1 − 1/√κ for the step 1/L and the least curvature.",
    replayed=_at_best,
    symbols={
        "q": Symbol((), "unit", "q", "the root of ρη, 1/√κ for the least curvature and the step 1/L"),
        "eta": RATES["eta"],
        "rho": Symbol((), "derived", r"\rho", "the learning rate"),
        "beta": Symbol((), "derived", r"\beta", "the momentum for which the two eigenvalues are one"),
        "S": Symbol((), "derived", "|z|", "the size of the eigenvalues"),
    },
    truth=_best,
    settings=({},),
    form="|z| = 1 - q",
    source=_SOURCE,
    lemmas=(nesterov_radius,),
)
