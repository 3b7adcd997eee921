"""Gradient descent on a quadratic, seen along the eigenvectors of its Hessian."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.inequalities import between, bounded_by
from derive.calculus.rules import both_sides, merge_symmetric, put, start_value, tidy, unroll, use
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.derivations.eigenvectors import along_eigenvector
from derive.notation.index_language import expression, program, relation

DIM = Bound(Letter("i"), Affine.of(0), Affine.of("d"))
STEPS = Bound(Letter("t"), Affine.of(1), Affine.of("T") + 1)
SHAPES = {"H": "d d", "m": "d", "u": "d", "v": "d"}

bowl = program(
    "E := E0 + sum((w[i] - m[i])*H[i, j]*(w[j] - m[j]), i, j)/2",
    shapes={"w": "d", "m": "d", "H": "d d", "E0": ""},
)
quadratic_gradient = Derivation(
    "quadratic-gradient",
    "The gradient of a quadratic",
    subject="optimisation",
    statement="The gradient of a quadratic error with a symmetric Hessian.",
    of=bowl,
    wrt="w",
    letters=("p",),
    then=(merge_symmetric("H", "A Hessian is symmetric: the two sums are the same, and two halves make one."),),
    symbols={
        "d": Symbol(domain="dimension", latex="d", meaning="the number of weights"),
        "w": Symbol(("d",), latex="w", meaning="the weights"),
        "m": Symbol(("d",), latex="w^*", meaning="the minimum"),
        "H": Symbol(("d", "d"), "spd", "H", "the Hessian, symmetric and positive definite"),
        "E0": Symbol((), latex="E_0", meaning="the error at the minimum"),
        "E": Symbol((), "derived", "E", "the error"),
    },
    truth=lambda torch, w, m, H, E0: E0 + torch.dot(w - m, torch.mv(H, w - m)) / 2,  # noqa: N803
    settings=({"d": 2}, {"d": 3}, {"d": 5}),
    form="∂E/∂w_p = Σ_{j=1}^d H_{p,j} (w_j - w_j*)",
    source="003_a2d52afd229cfba6.txt §12",
)


def _descent(torch: Any, H: Any, m: Any, rho: Any, d: int, T: int) -> dict[str, Any]:  # noqa: N803
    """torch.optim.SGD on the quadratic from the origin, and torch's own eigenvectors."""
    values, vectors = torch.linalg.eigh(H)
    eta, u = values[-1], vectors[:, -1]
    step = float(rho) / float(values[-1])
    w = torch.zeros(d, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([w], lr=step)
    path, grads = [w.detach().clone()], []
    for _ in range(T):
        optimiser.zero_grad()
        (torch.dot(w - m, torch.mv(H, w - m)) / 2).backward()
        grads.append(w.grad.detach().clone())
        optimiser.step()
        path.append(w.detach().clone())
    v = torch.stack(path)
    return {
        "rho": torch.tensor(step, dtype=torch.float64),
        "u": u,
        "eta": eta,
        "v": v,
        "g": torch.stack(grads),
        "c": v @ u,
        "a": m @ u,
        "e": v @ u - m @ u,
    }


_SYMBOLS = {
    "d": Symbol(domain="dimension", latex="d", meaning="the number of weights"),
    "T": Symbol(domain="dimension", latex=r"\tau", meaning="the number of steps"),
    "H": Symbol(("d", "d"), "spd", "H", "the Hessian, symmetric and positive definite"),
    "m": Symbol(("d",), latex="w^*", meaning="the minimum"),
    "rho": Symbol((), "unit", r"\rho", "the learning rate"),
    "v": Symbol(("0..T", "d"), "derived", "w", "the weights after each step"),
    "g": Symbol(("0..T-1", "d"), "derived", r"\nabla E", "the gradient at the weights of each step"),
    "u": Symbol(("d",), "derived", "u", "an eigenvector of the Hessian, of length 1"),
    "eta": Symbol((), "derived", r"\eta", "the eigenvalue that belongs to u"),
    "c": Symbol(("0..T",), "derived", "c", "the component of the weights along u"),
    "a": Symbol((), "derived", "c^*", "the component of the minimum along u"),
    "e": Symbol(("0..T",), "derived", "e", "the component of the error that is left"),
}

gd_eigen_component = Derivation(
    "gd-eigen-component",
    "Gradient descent on a quadratic, along one eigenvector",
    subject="optimisation",
    statement="The component of the weights along an eigenvector of the Hessian after τ steps from the origin.",
    start=relation("v[t, i] = v[t-1, i] - rho*g[t-1, i]", shapes={**SHAPES, "v": "T+1 d"}, frame=(STEPS, DIM)),
    opening=Rule("gradient descent", "One step goes against the gradient, times the learning rate.", lambda r: r),
    then=(
        put(
            "g",
            ("t", "i"),
            expression("sum(H[i, j]*(v[t, j] - m[j]), j)", shapes={**SHAPES, "v": "T+1 d"}, frame=(DIM,)),
            "the gradient of a quadratic",
            "The gradient at w is H(w − w*) (derived above).",
        ),
        *along_eigenvector(DIM),
        use(
            expression("sum(u[i]*v[t, i], i)", shapes={**SHAPES, "v": "T+1 d"}, frame=(STEPS,)),
            expression("c[t]", frame=(STEPS,)),
            "name the component",
            "Call the component of the weights c.",
        ),
        use(
            expression("sum(u[i]*m[i], i)", shapes=SHAPES),
            expression("a"),
            "name the goal",
            "Call the component of the minimum c*.",
        ),
        put("c", ("t",), expression("e[t] + a"), "name the error", "Measure from the minimum: put c = e + c*."),
        both_sides("subtract", expression("a"), "Take c* away on both sides."),
        tidy(
            "factor",
            "On the left the error remains; on the right, a multiple of the old error.",
            change="factor",
        ),
        unroll(
            "e",
            Affine.of("T"),
            "t",
            "Every step multiplies by the same factor, so τ steps multiply by its power.",
        ),
        put("e", ("t",), expression("c[t] - a"), "back to the weights", "Put e = c − c* back."),
        start_value("c", 0, expression("0"), "The start is the origin: c₀ = 0."),
        both_sides("add", expression("a"), "Bring the goal to the right."),
        tidy("factor", "Take c* out; on the left only the component remains.", change="factor"),
    ),
    symbols=_SYMBOLS,
    truth=_descent,
    settings=({"d": 2, "T": 3}, {"d": 3, "T": 4}, {"d": 4, "T": 6}),
    form="c_τ = c* (1 - (1 - ρ η)^τ)",
    assumptions=(
        "The weights start at the origin.",
        "The component tends to c* as τ grows if |1 − ρη| < 1.",
    ),
    source="003_a2d52afd229cfba6.txt §12",
    lemmas=(quadratic_gradient,),
)


@lru_cache(maxsize=256)
def _scalar_descent(torch: Any, rate: float, curvature: float, steps: int, least: float = 0.0) -> list[float]:
    """What is left of a unit error after each step of torch.optim.SGD, until less than ``least`` or far too much is."""
    w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([w], lr=rate)
    left = [1.0]
    for _ in range(steps):
        optimiser.zero_grad()
        (curvature * (w - 1) ** 2 / 2).sum().backward()
        optimiser.step()
        left.append(1.0 - float(w.detach()))
        if least and not least < abs(left[-1]) < 1e3:
            break
    return left


def _rate(name: str, judge: Callable[[list[float]], bool]) -> Callable[..., dict[str, Any]]:
    def truth(torch: Any, k: int) -> dict[str, Any]:
        x, size = k / 16 - 1, (0.5, 1.0, 2.0)[k % 3]
        rate, curvature = abs(x) / size, size if x >= 0 else -size
        return {
            "rho": torch.tensor(rate, dtype=torch.float64),
            "eta": torch.tensor(curvature, dtype=torch.float64),
            "truth": judge(_scalar_descent(torch, rate, curvature, 250, 1e-7)),
        }

    truth.__name__ = name
    return truth


_RATES = {
    "rho": Symbol((), "derived", r"\rho", "the learning rate"),
    "eta": Symbol((), "derived", r"\eta", "the eigenvalue"),
}
_SCAN = tuple({"k": k} for k in range(52))

gd_converges = Derivation(
    "gd-converges",
    "When gradient descent on a quadratic converges",
    subject="optimisation",
    statement="The learning rates for which a component of the error tends to zero.",
    start=relation("-1 < 1 - rho*eta < 1"),
    opening=Rule(
        "a power tends to zero",
        "The error is multiplied by 1 − ρη at each step; its powers tend to zero exactly if its size is below 1.",
        lambda r: r,
    ),
    then=(between(expression("rho*eta"), "Take ρη to the middle: subtract 1 and turn the signs round."),),
    symbols=_RATES,
    truth=_rate("converges", lambda left: abs(left[-1]) < 1e-6),
    mode="iff",
    settings=_SCAN,
    form="0 < ρ η < 2",
    source="003_a2d52afd229cfba6.txt §12",
)

gd_monotone = Derivation(
    "gd-monotone",
    "When gradient descent on a quadratic never overshoots",
    subject="optimisation",
    statement="The learning rates for which a component of the weights moves to its goal without passing it.",
    start=relation("0 <= 1 - rho*eta < 1"),
    opening=Rule(
        "no change of sign",
        "The error keeps its sign if its factor is not negative, and shrinks if the factor is below 1.",
        lambda r: r,
    ),
    then=(between(expression("rho*eta"), "Take ρη to the middle: subtract 1 and turn the signs round."),),
    symbols=_RATES,
    truth=_rate("monotone", lambda left: min(left) >= -1e-12 and left[-1] < 1e-6),
    mode="iff",
    settings=_SCAN,
    form="0 < ρ η ≤ 1",
    source="003_a2d52afd229cfba6.txt §12",
)


def _powers(torch: Any, x: Any, T: int) -> dict[str, Any]:  # noqa: N803
    left = _scalar_descent(torch, float(x), 1.0, T)
    return {"q": torch.tensor(left[-1], dtype=torch.float64), "b": torch.exp(-x * T), "s": x * T}


_LIMIT = {
    "T": Symbol(domain="dimension", latex=r"\tau", meaning="the number of steps"),
    "x": Symbol((), "unit", r"\rho\eta", "the learning rate times the eigenvalue, in (0, 1]"),
    "q": Symbol((), "derived", "q", "what is left of the error after all steps, as a share"),
}

gd_first_limit = Derivation(
    "gd-first-limit",
    "Stiff directions are learnt",
    subject="optimisation",
    statement="What is left of the error falls at least as fast as an exponential in ρητ.",
    start=relation("q = (1 - x)**T", shapes={"z": "T"}),
    opening=Rule("the error that is left", "Each step multiplies the error by 1 − ρη (derived above).", lambda r: r),
    then=(
        bounded_by(
            expression("exp(-x*T)", shapes={"z": "T"}),
            "exponential bound",
            "1 − x ≤ e^{−x} for every x; both sides are at least 0 here, so their powers keep the order. With ρητ large, "
            "nothing is left: w_j is close to its goal.",
            "0 < ρη ≤ 1: with a negative factor the power need not be small.",
        ),
    ),
    symbols=_LIMIT,
    truth=_powers,
    settings=({"T": 3}, {"T": 5}, {"T": 12}),
    kind="claim",
    form="q = (1 - ρη)^τ ≤ e^{-ρη τ}",
    source="003_a2d52afd229cfba6.txt §12",
    lemmas=(gd_eigen_component,),
)

gd_second_limit = Derivation(
    "gd-second-limit",
    "Flat directions stay where they were",
    subject="optimisation",
    statement="The share of the way that has been covered is at most ρητ.",
    start=relation("1 - q = 1 - (1 - x)**T", shapes={"z": "T"}),
    opening=Rule("the way covered", "What is not left of the error has been covered (derived above).", lambda r: r),
    then=(
        bounded_by(
            expression("x*T", shapes={"z": "T"}),
            "Bernoulli's inequality",
            "(1 − x)^τ ≥ 1 − τx. With ρητ small, hardly anything has been covered: w_j is still small beside its goal.",
            "0 < ρη ≤ 1 and τ ≥ 1.",
        ),
    ),
    symbols=_LIMIT,
    truth=_powers,
    settings=({"T": 3}, {"T": 5}, {"T": 12}),
    kind="claim",
    form="1 - q = 1 - (1 - ρη)^τ ≤ ρη τ",
    source="003_a2d52afd229cfba6.txt §12",
    lemmas=(gd_eigen_component,),
)
