"""What the heavy ball and Nesterov's method on a quadratic have in common: torch's steps, their matrix, its eigenvalues."""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.expr import power
from derive.calculus.rules_scalar import companion, determinant, take_root
from derive.calculus.trace import Line, Relation, Rule, replay
from derive.derivations.base import Symbol
from derive.notation.index_language import expression

DIM = Bound(Letter("i"), Affine.of(0), Affine.of("d"))
STEPS = Bound(Letter("t"), Affine.of(2), Affine.of("T") + 1)
SHAPES = {"H": "d d", "m": "d", "u": "d", "v": "T+1 d", "g": "T+1 d", "c": "T+1", "e": "T+1"}
RATES = {
    "rho": Symbol((), "unit", r"\rho", "the learning rate"),
    "beta": Symbol((), "unit", r"\beta", "the momentum"),
    "eta": Symbol((), "positive", r"\eta", "the curvature: an eigenvalue of the Hessian"),
}
MATRIX = RATES | {
    "z": Symbol((), latex="z", meaning="where the polynomial is taken"),
    "M": Symbol((2, 2), "derived", "M", "the matrix of a step: from the last two errors to the next two"),
    "P": Symbol((), "derived", "P(z)", "the characteristic polynomial, det(zI − M)"),
}
RADIUS = {
    "rho": Symbol((), "derived", r"\rho", "the learning rate"),
    "beta": RATES["beta"],
    "eta": RATES["eta"],
    "share": Symbol((), "unit", "s", "where the learning rate lies between its bounds"),
    "M": Symbol((2, 2), "derived", "M", "the matrix of a step"),
    "S": Symbol((), "derived", "|z|", "the size of the eigenvalues, the spectral radius"),
}


def descent(torch: Any, H: Any, m: Any, rho: Any, beta: Any, T: int, *, nesterov: bool) -> dict[str, Any]:  # noqa: N803
    """torch.optim.SGD with momentum on the quadratic from the origin, and torch's own eigenvectors."""
    values, vectors = torch.linalg.eigh(H)
    u = vectors[:, 0]
    w = torch.zeros(len(m), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([w], lr=float(rho), momentum=float(beta), nesterov=nesterov)
    path, gradients = [], []
    for _ in range(T + 1):
        optimiser.zero_grad()
        (torch.dot(w - m, torch.mv(H, w - m)) / 2).backward()
        path.append(w.detach().clone())
        gradients.append(w.grad.detach().clone())
        optimiser.step()
    v = torch.stack(path)
    components = {"c": v @ u, "a": m @ u, "e": v @ u - m @ u}
    return {"u": u, "eta": values[0], "v": v, "g": torch.stack(gradients), **components}


def iteration(torch: Any, rho: Any, beta: Any, eta: Any, *, nesterov: bool) -> Any:
    """The matrix of one step, read off torch.optim.SGD's own update of a one-dimensional bowl.

    The optimiser's buffer is what the last step left, which two errors in a row determine.
    """

    def step(state: Any) -> Any:
        w = state[0].detach().clone().requires_grad_()
        optimiser = torch.optim.SGD([w], lr=float(rho), momentum=float(beta), nesterov=nesterov)
        w.grad = float(eta) * w.detach()
        moved = (state[1] - state[0]) / float(rho)
        if nesterov:
            moved = (moved - float(eta) * state[1]) / float(beta)
        optimiser.state[w]["momentum_buffer"] = moved
        optimiser.step()
        return torch.stack([w.detach(), state[0]])

    return torch.stack([step(row) for row in torch.eye(2, dtype=torch.float64)], dim=1)


def spectrum(torch: Any, matrix: Any, z: Any) -> dict[str, Any]:
    """A matrix, and torch's own value of its characteristic polynomial at z."""
    return {"M": matrix, "P": torch.linalg.det(z * torch.eye(2, dtype=torch.float64) - matrix)}


def radius(torch: Any, matrix: Any, rho: Any) -> dict[str, Any]:
    """A matrix, and the largest size of torch's own eigenvalues."""
    return {"rho": rho, "M": matrix, "S": torch.linalg.eigvals(matrix).abs().max()}


def on_matrix(recurrence: Relation, method: str) -> tuple[Line, ...]:
    """From the recurrence to the matrix, and from there to its characteristic polynomial."""
    return replay(
        recurrence,
        Rule(method, "The error along an eigenvector follows this recurrence (derived above).", lambda r: r),
        (
            companion("e", "t", "M", "Two errors in a row are the state; one step is a matrix."),
            determinant(
                expression("P"), "The eigenvalues are the zeros z of the determinant of zI − M.", minus=expression("z")
            ),
        ),
    )[1:]


def sizes(matrix: Relation, step: str, *between: Rule, root: str) -> tuple[Line, ...]:
    """From the matrix to the size of its eigenvalues."""
    size = expression("S")
    return replay(
        matrix,
        Rule("one step", f"The matrix of a {step} step (derived above).", lambda r: r),
        (
            determinant(
                power(size, 2),
                "The determinant is the product of the eigenvalues. Two that are complex are conjugate: their product is the "
                "square of the size that they share.",
            ),
            *between,
            take_root(size, f"The size is not negative. {root}"),
        ),
    )
