"""Nesterov's method on a quadratic: its iteration along one eigenvector, its eigenvalues, its rate at the best momentum."""

from __future__ import annotations

from typing import Any

from derive.calculus.expr import power
from derive.calculus.rules import put, tidy, use
from derive.calculus.rules_scalar import companion, determinant, take_root
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Line, Rule, replay
from derive.derivations.base import Derivation, Symbol
from derive.derivations.momentum import ALONG_EIGENVECTOR, DIM, SHAPES, STEPS
from derive.derivations.momentum import recurrence as heavy_ball
from derive.derivations.quadratic import quadratic_gradient
from derive.notation.index_language import expression, relation

_SOURCE = "000_46eee05028ac51b3.txt, Nesterov acceleration; 003_a2d52afd229cfba6.txt §11.1"
_X = SHAPES | {"x": "T+1 d"}


def _descent(torch: Any, H: Any, m: Any, rho: Any, beta: Any, d: int, T: int) -> dict[str, Any]:  # noqa: N803
    """torch.optim.SGD(nesterov=True) on the quadratic from the origin, and torch's own eigenvectors."""
    values, vectors = torch.linalg.eigh(H)
    u, eta = vectors[:, 0], values[0]
    w = torch.zeros(d, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([w], lr=float(rho), momentum=float(beta), nesterov=True)
    path, gradients = [], []
    for _ in range(T + 1):
        optimiser.zero_grad()
        (torch.dot(w - m, torch.mv(H, w - m)) / 2).backward()
        path.append(w.detach().clone())
        gradients.append(w.grad.detach().clone())
        optimiser.step()
    v, g = torch.stack(path), torch.stack(gradients)
    x = torch.cat([v[:1], (v - rho * g)[:-1]])
    return {"u": u, "eta": eta, "v": v, "g": g, "x": x, "c": v @ u, "a": m @ u, "e": v @ u - m @ u}


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
    form="e_{t+1} = e_t (β + 1) (1 - η ρ) + β e_{t-1} (η ρ - 1)",
    source=_SOURCE,
    lemmas=(quadratic_gradient,),
)


def _iteration(torch: Any, rho: Any, beta: Any, eta: Any) -> Any:
    """The matrix of one step: torch.optim.SGD(nesterov=True) on a one-dimensional bowl, from the last two errors.

    Its buffer is the last gradient steps' difference over −ρ, which two errors in a row determine.
    """

    def step(state: Any) -> Any:
        before = state[1] - rho * eta * state[1]
        buffer = ((before - state[0]) / (rho * beta)).detach()
        w = state[0].detach().clone().requires_grad_()
        optimiser = torch.optim.SGD([w], lr=float(rho), momentum=float(beta), nesterov=True)
        w.grad = float(eta) * w.detach()
        optimiser.state[w]["momentum_buffer"] = buffer
        optimiser.step()
        return torch.stack([w.detach(), state[0]])

    return torch.stack([step(row) for row in torch.eye(2, dtype=torch.float64)], dim=1)


def _spectrum(torch: Any, rho: Any, beta: Any, eta: Any, z: Any) -> dict[str, Any]:
    matrix = _iteration(torch, rho, beta, eta)
    return {"M": matrix, "P": torch.linalg.det(z * torch.eye(2, dtype=torch.float64) - matrix)}


_RATES = {n: s for n, s in heavy_ball.symbols.items() if n in ("rho", "beta")} | {
    "eta": Symbol((), "positive", r"\eta", "the curvature: an eigenvalue of the Hessian")
}


def _on_matrix() -> tuple[Line, ...]:
    z = expression("z")
    return replay(
        nesterov_recurrence.result,
        Rule("Nesterov", "The error along an eigenvector follows this recurrence (derived above).", lambda r: r),
        (
            companion("e", "t", "M", "Two errors in a row are the state; one step is a matrix."),
            determinant(expression("P"), "The eigenvalues are the zeros z of the determinant of zI − M.", minus=z),
        ),
    )[1:]


characteristic = Derivation(
    "nesterov-characteristic",
    "The eigenvalues of a Nesterov step",
    subject="optimisation",
    statement="The matrix of a Nesterov step along one eigenvector, and its characteristic polynomial.",
    replayed=_on_matrix,
    symbols=_RATES
    | {
        "z": Symbol((), latex="z", meaning="where the polynomial is taken"),
        "M": Symbol((2, 2), "derived", "M", "the matrix of a step: from the last two errors to the next two"),
        "P": Symbol((), "derived", "P(z)", "the characteristic polynomial, det(zI − M)"),
    },
    truth=_spectrum,
    settings=({},),
    form="P(z) = z² + z (η ρ + β η ρ - β - 1) - (β η ρ - β)",
    source=_SOURCE,
    lemmas=(nesterov_recurrence,),
)


def _radius(torch: Any, beta: Any, share: Any, eta: Any) -> dict[str, Any]:
    """A learning rate with complex eigenvalues, and the largest size of torch's own."""
    low = ((1 - beta) / (1 + beta)) ** 2
    rho = (low + share * (1 - low)) / eta
    matrix = _iteration(torch, rho, beta, eta)
    return {"rho": rho, "M": matrix, "S": torch.linalg.eigvals(matrix).abs().max()}


def _sizes() -> tuple[Line, ...]:
    s = expression("S")
    return replay(
        characteristic.lines[0].relation,
        Rule("one step", "The matrix of a Nesterov step (derived above).", lambda r: r),
        (
            determinant(
                power(s, 2),
                "The determinant is the product of the eigenvalues. Two that are complex are conjugate: their product is the "
                "square of the size that they share.",
            ),
            tidy("factor", "Take β out.", change="factor"),
            take_root(s, "The size is not negative. Unlike the heavy ball's it falls with the curvature."),
        ),
    )


radius = Derivation(
    "nesterov-radius",
    "How fast Nesterov's method converges along one eigenvector",
    subject="optimisation",
    statement="The size of the eigenvalues of a Nesterov step, where they are complex.",
    replayed=_sizes,
    symbols={
        "rho": Symbol((), "derived", r"\rho", "the learning rate"),
        "beta": _RATES["beta"],
        "eta": _RATES["eta"],
        "share": Symbol((), "unit"),
        "M": Symbol((2, 2), "derived", "M", "the matrix of a step"),
        "S": Symbol((), "derived", "|z|", "the size of the eigenvalues, the spectral radius"),
    },
    truth=_radius,
    settings=({},),
    form="|z| = √(β (1 - η ρ))",
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
        m = _iteration(torch, rho, beta, eta)
        complex_ = torch.trace(m) ** 2 < 4 * torch.linalg.det(m)
        low, high = torch.where(complex_, low, beta), torch.where(complex_, beta, high)
    m = _iteration(torch, rho, beta, eta)
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
        "eta": _RATES["eta"],
        "rho": Symbol((), "derived", r"\rho", "the learning rate"),
        "beta": Symbol((), "derived", r"\beta", "the momentum for which the two eigenvalues are one"),
        "S": Symbol((), "derived", "|z|", "the size of the eigenvalues"),
    },
    truth=_best,
    settings=({},),
    form="|z| = 1 - q",
    source=_SOURCE,
    lemmas=(radius,),
)
