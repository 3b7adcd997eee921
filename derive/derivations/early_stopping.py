"""Early stopping and weight decay on a quadratic: which number of steps does what which penalty does."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.chain import adjoint
from derive.calculus.inequalities import bounded_by
from derive.calculus.rules import both_sides, merge_symmetric, solve_for, stationary, tidy, use
from derive.calculus.rules_scalar import limit, take_logarithms
from derive.calculus.trace import Relation, Rule
from derive.derivations.base import Derivation, Symbol
from derive.derivations.eigenvectors import along_eigenvector
from derive.derivations.quadratic import gd_eigen_component
from derive.notation.index_language import expression, program

DIM = Bound(Letter("p"), Affine.of(0), Affine.of("d"))
SHAPES = {"w": "d", "m": "d", "H": "d d", "u": "d"}
_SOURCE = "000_46eee05028ac51b3.txt, Early stopping; 003_a2d52afd229cfba6.txt §12"

penalised = program(
    "L := E0 + sum((w[i] - m[i])*H[i, j]*(w[j] - m[j]), i, j)/2 + alpha*sum(w[i]**2, i)/2",
    shapes={"w": "d", "m": "d", "H": "d d", "E0": "", "alpha": ""},
)
_BOWL = {
    "d": Symbol(domain="dimension", latex="d", meaning="the number of weights"),
    "w": Symbol(("d",), latex="w", meaning="the weights"),
    "m": Symbol(("d",), latex="w^*", meaning="the minimum without a penalty"),
    "H": Symbol(("d", "d"), "spd", "H", "the Hessian, symmetric and positive definite"),
    "alpha": Symbol((), "positive", r"\alpha", "the strength of the penalty"),
}

penalty_gradient = Derivation(
    "weight-decay-gradient",
    "The gradient of a quadratic with weight decay",
    subject="regularisation",
    statement="The gradient of a quadratic error with half of α times the squared length of the weights added.",
    of=penalised,
    wrt="w",
    letters=("p",),
    then=(merge_symmetric("H", "A Hessian is symmetric: the two sums are the same, and two halves make one."),),
    symbols=_BOWL
    | {
        "E0": Symbol((), latex="E_0", meaning="the error at the minimum"),
        "L": Symbol((), "derived", "L", "the error with the penalty"),
    },
    truth=lambda torch, w, m, H, E0, alpha: (  # noqa: N803
        E0 + torch.dot(w - m, torch.mv(H, w - m)) / 2 + alpha * torch.dot(w, w) / 2
    ),
    settings=({"d": 2}, {"d": 3}, {"d": 5}),
    form="∂L/∂w_p = Σ_{j=1}^d H_{p,j} (w_j - w_j*) + α w_p",
    source=_SOURCE,
)


def _ridge(torch: Any, H: Any, m: Any, alpha: Any) -> dict[str, Any]:  # noqa: N803
    """The minimiser of the penalised error, and torch's own eigenvectors."""
    values, vectors = torch.linalg.eigh(H)
    w = torch.linalg.solve(H + alpha * torch.eye(len(m), dtype=torch.float64), H @ m)
    u = vectors[:, -1]
    slope = torch.func.grad(lambda v: (v - m) @ H @ (v - m) / 2 + alpha * v @ v / 2)(w)
    return {"w": w, "u": u, "eta": values[-1], "c": w @ u, "a": m @ u, adjoint("w"): slope}


ridge_component = Derivation(
    "weight-decay-component",
    "What weight decay leaves of a component",
    subject="regularisation",
    statement="The component of the penalised minimum along an eigenvector of the Hessian.",
    start=lambda: penalty_gradient.result,
    opening=Rule("weight decay", "The gradient of the error with its penalty (derived above).", lambda r: r),
    then=(
        stationary(
            expression(f"{adjoint('w')}[p]", shapes={adjoint("w"): "d"}, frame=(DIM,)),
            "At the minimum the gradient is zero.",
            condition="H is positive definite and α is not negative, so the stationary point is the minimum.",
        ),
        *along_eigenvector(DIM),
        use(
            expression("sum(u[i]*w[i], i)", shapes=SHAPES),
            expression("c"),
            "name the component",
            "Call the component of the weights c.",
        ),
        use(
            expression("sum(u[i]*m[i], i)", shapes=SHAPES),
            expression("a"),
            "name the goal",
            "Call the component of the unpenalised minimum c*.",
        ),
        solve_for(expression("c"), "One linear equation for c.", condition="η + α is positive."),
    ),
    symbols={n: s for n, s in _BOWL.items() if n != "w"}
    | {
        "w": Symbol(("d",), "derived", "w", "the weights at the penalised minimum"),
        "u": Symbol(("d",), "derived", "u", "an eigenvector of the Hessian, of length 1"),
        "eta": Symbol((), "derived", r"\eta", "the eigenvalue that belongs to u"),
        "c": Symbol((), "derived", "c", "the component of the weights along u"),
        "a": Symbol((), "derived", "c^*", "the component of the unpenalised minimum along u"),
        "L": Symbol((), "derived", "L", "the error with the penalty"),
    },
    truth=_ridge,
    settings=({"d": 2}, {"d": 3}, {"d": 5}),
    form="c = (c* η)/(α + η)",
    source=_SOURCE,
    lemmas=(penalty_gradient,),
)


def _matched(torch: Any, rho: Any, eta: Any, a: Any, T: int) -> dict[str, Any]:  # noqa: N803
    """T steps of torch.optim.SGD, and the penalty (by bisection) whose minimum is where they stop."""
    bowl = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([bowl], lr=float(rho) / float(eta))
    for _ in range(T):
        optimiser.zero_grad()
        (eta * (bowl - a) ** 2 / 2).sum().backward()
        optimiser.step()
    share = bowl.detach()[0] / a
    low, high = torch.tensor(-60.0, dtype=torch.float64), torch.tensor(60.0, dtype=torch.float64)
    for _ in range(200):
        middle = (low + high) / 2
        still = torch.linalg.solve((eta + middle.exp())[None, None], eta[None])[0] > share
        low, high = torch.where(still, middle, low), torch.where(still, high, middle)
    return {"rho": rho / eta, "alpha": middle.exp()}


_MATCH = {
    "T": Symbol(domain="dimension", latex=r"\tau", meaning="the number of steps"),
    "rho": Symbol((), "unit", r"\rho", "the learning rate, with 0 < ρη < 1"),
    "eta": Symbol((), "positive", r"\eta", "the curvature: an eigenvalue of the Hessian"),
    "a": Symbol((), "nonzero", "c^*", "the component of the unpenalised minimum"),
    "alpha": Symbol((), "derived", r"\alpha", "the strength of the penalty that has the same effect"),
}
_STEPS = {"z": "T"}


def _both(first: Relation, second: Relation) -> Relation:
    """The equation between two results."""
    return Relation((first.result, second.result))


stopping_time = Derivation(
    "early-stopping-time",
    "How many steps do what weight decay does",
    subject="regularisation",
    statement="The number of gradient steps from the origin that ends where a penalty α has its minimum, in one direction.",
    start=lambda: _both(gd_eigen_component.result, ridge_component.result),
    opening=Rule(
        "the same component",
        "Ask that both end at the same place: on the left gradient descent after τ steps, on the right the minimum with "
        "weight decay (both derived above).",
        lambda r: r,
    ),
    then=(
        both_sides("divide", expression("a"), "The goal c* is on both sides.", "c* is not zero."),
        both_sides("subtract", expression("1"), "Take 1 away on both sides: the power is left alone."),
        tidy("one fraction", "Each side as one fraction.", "cancel"),
        both_sides(
            "multiply",
            expression("-1"),
            "Turn the signs round: what gradient descent has not yet covered is what the penalty holds back.",
        ),
        take_logarithms("The steps stand in the exponent: take logarithms.", "0 < ρη < 1."),
        both_sides("divide", expression("log(1 - eta*rho)"), "Divide by the logarithm.", "0 < ρη < 1."),
    ),
    symbols=_MATCH,
    truth=_matched,
    settings=({"T": 3}, {"T": 5}, {"T": 12}),
    form="τ = (log(α/(α + η)))/(log(1 - ρ η))",
    source=_SOURCE,
    lemmas=(gd_eigen_component, ridge_component),
)


_NAMED = {
    "rho": _MATCH["rho"],
    "eta": Symbol((), "unit", r"\eta", "the curvature: an eigenvalue of the Hessian"),
    "alpha": Symbol((), "positive", r"\alpha", "the strength of the penalty"),
    "S": Symbol((), "derived", r"\tau", "the number of steps that does what the penalty does"),
}


def _few_steps(torch: Any, rho: Any, eta: Any, alpha: Any) -> dict[str, Any]:
    """The limit by Richardson's extrapolation of torch's own logarithms, from steps that halve towards zero."""

    def steps(curvature: Any) -> Any:
        return torch.log1p(curvature / alpha) / -torch.log1p(-rho * curvature)

    table = [steps(eta * 2.0**-k) for k in range(2, 14)]
    for order in range(1, len(table)):
        table = [b + (b - a) / (2**order - 1) for a, b in pairwise(table)]
    return {"S": steps(eta), "N": table[-1]}


stopping_limit = Derivation(
    "early-stopping-limit",
    "Early stopping is weight decay, in flat directions",
    subject="regularisation",
    statement="The number of steps that matches a penalty, in the limit of a flat direction: the same for all of them.",
    start=lambda: Relation((expression("S"), stopping_time.result.result)),
    opening=Rule("matching steps", "The number of steps that does what the penalty does (derived above).", lambda r: r),
    then=(
        limit(
            expression("eta"),
            0,
            expression("N"),
            "As η tends to 0 both logarithms tend to 0, and their ratio to the ratio of their slopes. The curvature drops "
            "out: one τ serves every direction with ρη ≪ 1 and η ≪ α. Weight decay α is stopping after 1/(ρα) steps.",
            positive=frozenset({"alpha", "rho", "eta"}),
            condition="ρη ≪ 1 and η ≪ α.",
        ),
    ),
    symbols=_NAMED | {"N": Symbol((), "derived", r"\lim_{\eta \to 0} \tau", "that number for a flat direction")},
    truth=_few_steps,
    settings=({},),
    form="lim_{η → 0} τ = 1/(ρ α)",
    source=_SOURCE,
    lemmas=(stopping_time,),
)

stopping_bound = Derivation(
    "early-stopping-bound",
    "Steeper directions need fewer steps",
    subject="regularisation",
    statement="In every direction, matching a penalty α takes at most 1/(ρα) steps.",
    start=lambda: Relation((expression("S"), stopping_time.result.result)),
    opening=Rule("matching steps", "The number of steps that does what the penalty does (derived above).", lambda r: r),
    then=(
        lambda: bounded_by(
            stopping_limit.result.result,
            "bounds of the logarithm",
            "log(1 + η/α) is at most η/α, and −log(1 − ρη) at least ρη. So after 1/(ρα) steps gradient descent has gone "
            "at least as far as the penalty lets it in every direction; the bound is reached as η tends to 0 (derived above).",
            "0 < ρη < 1.",
        ),
    ),
    symbols=_NAMED,
    truth=_few_steps,
    settings=({},),
    kind="claim",
    form="τ = (log(α/(α + η)))/(log(1 - ρ η)) ≤ 1/(ρ α)",
    source=_SOURCE,
    lemmas=(stopping_time, stopping_limit),
)
