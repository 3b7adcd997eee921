"""How far gradients reach in time: a bound that vanishes or explodes, and why eigenvalues of the steps do not tell."""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine
from derive.calculus.rules import put, start_value, unroll
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Printed, Symbol, axes
from derive.notation.index_language import expression, relation

_STEPS = axes(t="1..T")
_T = Symbol(domain="dimension", latex="T", meaning="the number of steps that the gradient goes back")


def _norms(torch: Any, steps: Any, v: Any) -> Any:
    """The lengths of a vector that is multiplied by one matrix after another."""
    found = [torch.linalg.vector_norm(v)]
    for step in steps:
        v = step @ v
        found.append(torch.linalg.vector_norm(v))
    return torch.stack(found)


def _tanh_steps(torch: Any, W: Any, z: Any, v: Any) -> dict[str, Any]:  # noqa: N803
    """Backward steps of a tanh network, its largest slope, and the largest singular value of its weights."""
    slopes = torch.func.vmap(torch.func.vmap(torch.func.grad(torch.tanh)))(z)
    lengths = _norms(torch, [W.mT @ torch.diag(s) for s in slopes], v)
    return {"q": lengths, "g": slopes.max(), "w": torch.linalg.matrix_norm(W, 2)}


def _even_steps(torch: Any, W: Any, z: Any, v: Any) -> dict[str, Any]:  # noqa: N803
    """Linear units of one slope and weights that only turn and stretch: every step is as long as it may be."""
    turn, _ = torch.linalg.qr(W)
    slope, stretch = torch.exp(z[0, 0] / 4), torch.exp(v[0] / 4)
    return {"q": _norms(torch, [slope * stretch * turn.mT] * len(z), v), "g": slope, "w": stretch}


gradient_bound = Derivation(
    "rnn-gradient-bound",
    "How fast the gradient of an RNN may vanish or explode",
    subject="recurrence",
    statement="T steps back the gradient is at most (γσ)^T times as long: γ is the largest slope, σ the largest singular "
    "value.",
    start=relation("q[t] <= g*w*q[t-1]", shapes={"q": "T+1"}, frame=_STEPS),
    opening=Rule(
        "one step",
        "One step back multiplies by diag(f′) and Wᵀ: a vector gets longer by the factor of their norms at most: the "
        "largest slope and the largest singular value.",
        lambda r: r,
        "Norms are submultiplicative: ‖Av‖ ≤ ‖A‖‖v‖.",
    ),
    then=(
        unroll(
            "q",
            Affine.of("T"),
            "t",
            "Put each line into the next: T times the same factor.",
            "Slopes and singular values are not negative.",
        ),
    ),
    symbols={
        "T": _T,
        "m": Symbol(domain="dimension", latex="m", meaning="the number of units"),
        "W": Symbol(("m", "m"), latex="W", meaning="the weights of the state"),
        "z": Symbol(("T", "m"), latex="z", meaning="the pre-activations"),
        "v": Symbol(("m",), latex="v", meaning="the gradient in the last state"),
        "q": Symbol(("0..T",), "derived", "q", "the length of the gradient after so many steps back"),
        "g": Symbol((), "derived", r"\gamma", "the largest slope of an activation"),
        "w": Symbol((), "derived", r"\sigma", "the largest singular value of W"),
    },
    truth=_tanh_steps,
    equality=_even_steps,
    settings=({"T": 3, "m": 2}, {"T": 4, "m": 3}, {"T": 5, "m": 4}),
    boundary=({"T": 1, "m": 2}, {"T": 2, "m": 1}),
    kind="claim",
    form="q_T ≤ (γ σ)^T q_0",
    assumptions=(
        "With γσ < 1 the gradient vanishes with T; with γσ > 1 it may explode, and need not.",
        "Attained by linear units whose weights are σ times an orthogonal matrix: no better bound holds for all networks.",
    ),
    source="000_46eee05028ac51b3.txt 'Exploding/Vanishing gradients'",
)


def _least_steps(torch: Any, W: Any, z: Any, v: Any) -> dict[str, Any]:  # noqa: N803
    """The same with the least slope and the least singular value."""
    found = _tanh_steps(torch, W, z, v)
    slopes = torch.func.vmap(torch.func.vmap(torch.func.grad(torch.tanh)))(z)
    return found | {"g": slopes.min(), "w": torch.linalg.svdvals(W)[-1]}


explosion_bound = Derivation(
    "rnn-gradient-explosion",
    "When the gradient of an RNN must explode",
    subject="recurrence",
    statement="T steps back the gradient is at least (γσ)^T times as long: γ is the least slope, σ the least singular value.",
    start=relation("q[t] >= g*w*q[t-1]", shapes={"q": "T+1"}, frame=_STEPS),
    opening=Rule(
        "one step",
        "One step back multiplies by diag(f′) and Wᵀ: no vector gets shorter than by the least slope and the least singular "
        "value.",
        lambda r: r,
        "‖Av‖ is at least the least singular value of A times ‖v‖.",
    ),
    then=(
        unroll(
            "q",
            Affine.of("T"),
            "t",
            "Put each line into the next: T times the same factor.",
            "Slopes and singular values are not negative.",
        ),
    ),
    symbols=dict(gradient_bound.symbols)
    | {
        "g": Symbol((), "derived", r"\gamma", "the least slope of an activation"),
        "w": Symbol((), "derived", r"\sigma", "the least singular value of W"),
    },
    truth=_least_steps,
    equality=_even_steps,
    settings=gradient_bound.settings,
    boundary=gradient_bound.boundary,
    kind="claim",
    form="q_T ≥ (γ σ)^T q_0",
    assumptions=(
        "With γσ > 1 the gradient explodes whatever it is; a tanh, whose slope is at most 1, needs σ above 1 for that.",
        "Attained by linear units whose weights are σ times an orthogonal matrix: no better bound holds for all networks.",
    ),
    source=gradient_bound.source,
)


def _alternating(torch: Any, e: Any, T: int) -> dict[str, Any]:  # noqa: N803
    """Two nilpotent steps by turns: torch's eigenvalues of each, and where they take the first unit vector."""
    a = 1 + e
    up = a * torch.tensor([[0.0, 1.0], [0.0, 0.0]], dtype=e.dtype)
    down = up.T
    states, between = [torch.tensor([1.0, 0.0], dtype=e.dtype)], []
    for _ in range(T):
        between.append(down @ states[-1])
        states.append(up @ between[-1])
    radius = torch.linalg.eigvals(torch.stack([up, down])).abs().max()
    return {"a": a, "u": torch.stack(states)[:, 0], "c": torch.stack(between)[:, 1], "rho": radius}


stable_eigenvalues = Derivation(
    "stable-eigenvalues-counterexample",
    "Steps with stable eigenvalues whose product explodes",
    subject="recurrence",
    statement="Two Jacobians whose eigenvalues are all 0, taken by turns, stretch a vector by a² in every two steps.",
    start=relation("u[t] = a*c[t-1]", shapes={"u": "T+1", "c": "T"}, frame=_STEPS),
    opening=Rule(
        "an even step",
        "The matrix with the one entry a above its diagonal takes the second coordinate, times a, to the first one. It is "
        "nilpotent: both of its eigenvalues are 0.",
        lambda r: r,
    ),
    then=(
        put(
            "c",
            ("t",),
            expression("a*u[t]", letters=("t",), shapes={"u": "T+1"}),
            "an odd step",
            "The transposed matrix takes the first coordinate, times a, to the second one; its eigenvalues are 0 too.",
        ),
        unroll("u", Affine.of("T"), "t", "Put each line into the next: T times the same factor."),
        start_value("u", 0, expression("1"), "The perturbation starts with length 1."),
    ),
    symbols={
        "T": Symbol(domain="dimension", latex="T", meaning="how often the two steps are taken"),
        "e": Symbol((), "positive", "e", "how much a is above 1"),
        "a": Symbol((), "derived", "a", "the one entry of both matrices, 1 + e"),
        "u": Symbol(("0..T",), "derived", "u", "the first coordinate of the perturbation after so many double steps"),
        "c": Symbol(
            ("T",), "derived", "c", "the perturbation's second coordinate between the two steps of a double step"
        ),
        "rho": Symbol((), "derived", r"\rho", "the largest size of an eigenvalue of a step, 0"),
    },
    truth=_alternating,
    settings=({"T": 2}, {"T": 3}, {"T": 5}),
    boundary=({"T": 1},),
    form="u_T = (a²)^T",
    printed=(
        Printed(
            relation("u[t] <= rho*u[t-1]", shapes={"u": "T+1"}, frame=_STEPS),
            "Eigenvalues of single steps below 1 do not make perturbations decay: the product of matrices may grow although "
            "each has the eigenvalue 0 only. Singular values below 1 do (see rnn-gradient-bound).",
            "If all eigenvalues are less than 1 in magnitude, the RNN is stable and small perturbations will decay",
        ),
    ),
    source="003_a2d52afd229cfba6.txt §14.1",
)
