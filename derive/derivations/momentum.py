"""The heavy-ball method on a quadratic: its iteration matrix, when it oscillates, how fast it converges."""

from __future__ import annotations

from typing import Any

from derive.calculus.inequalities import between
from derive.calculus.rules import both_sides, put, tidy, use
from derive.calculus.rules_scalar import collect, factor_roots, negative_discriminant, square_below
from derive.calculus.trace import Line, Rule, replay
from derive.derivations.base import Derivation, Symbol
from derive.derivations.eigenvectors import along_eigenvector
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

_SOURCE = "000_46eee05028ac51b3.txt, Polyak's Heavy ball method"


_SYMBOLS = RATES | {
    "d": Symbol(domain="dimension", latex="d", meaning="the number of weights"),
    "T": Symbol(domain="dimension", latex=r"\tau", meaning="the number of steps"),
    "H": Symbol(("d", "d"), "spd", "H", "the Hessian, symmetric and positive definite"),
    "m": Symbol(("d",), latex="w^*", meaning="the minimum"),
    "v": Symbol(("0..T", "d"), "derived", "w", "the weights after each step"),
    "g": Symbol(("0..T", "d"), "derived", r"\nabla E", "the gradient at the weights of each step"),
    "u": Symbol(("d",), "derived", "u", "an eigenvector of the Hessian, of length 1"),
    "eta": Symbol((), "derived", r"\eta", "the eigenvalue that belongs to u"),
    "c": Symbol(("0..T",), "derived", "c", "the component of the weights along u"),
    "a": Symbol((), "derived", "c^*", "the component of the minimum along u"),
    "e": Symbol(("0..T",), "derived", "e", "the component of the error that is left"),
}

ALONG_EIGENVECTOR = (
    put(
        "g",
        ("t", "i"),
        expression("sum(H[i, j]*(v[t, j] - m[j]), j)", shapes=SHAPES, frame=(DIM,), letters=("t",)),
        "the gradient of a quadratic",
        "The gradient at w is H(w − w*) (derived above).",
    ),
    *along_eigenvector(DIM),
    use(
        expression("sum(u[i]*v[t, i], i)", shapes=SHAPES, letters=("t",)),
        expression("c[t]", shapes=SHAPES, letters=("t",)),
        "name the component",
        "Call the component of the weights c.",
    ),
    use(
        expression("sum(u[i]*m[i], i)", shapes=SHAPES),
        expression("a"),
        "name the goal",
        "Call the component of the minimum c*.",
    ),
    put(
        "c",
        ("t",),
        expression("e[t] + a", shapes=SHAPES, letters=("t",)),
        "name the error",
        "Measure from the minimum: put c = e + c*.",
    ),
    both_sides("subtract", expression("a"), "Take c* away on both sides."),
    tidy("multiply out", "On the right every c* cancels.", change="expand"),
    collect(
        [expression(f"e[t-{k}]", shapes=SHAPES, frame=(STEPS,)) for k in (1, 2)],
        "Gather what stands with the last error and with the one before.",
    ),
)

recurrence = Derivation(
    "heavy-ball-recurrence",
    "The heavy-ball method on a quadratic, along one eigenvector",
    subject="optimisation",
    statement="How the component of the error along an eigenvector of the Hessian goes on from step to step.",
    start=relation(
        "v[t, i] = v[t-1, i] - rho*g[t-1, i] + beta*(v[t-1, i] - v[t-2, i])", shapes=SHAPES, frame=(STEPS, DIM)
    ),
    opening=Rule(
        "heavy ball",
        "A step against the gradient, and a share β of the step before: the ball keeps rolling.",
        lambda r: r,
    ),
    then=ALONG_EIGENVECTOR,
    symbols=_SYMBOLS,
    truth=lambda torch, H, m, rho, beta, T: descent(torch, H, m, rho, beta, T, nesterov=False),  # noqa: N803
    settings=({"d": 2, "T": 4}, {"d": 3, "T": 5}, {"d": 4, "T": 7}),
    form="e_{t+1} = (1 + β - ρ η) e_t - β e_{t-1}",
    source=_SOURCE,
    lemmas=(quadratic_gradient,),
)


def _matrix(torch: Any, rho: Any, beta: Any, eta: Any) -> Any:
    return iteration(torch, rho, beta, eta, nesterov=False)


characteristic = Derivation(
    "heavy-ball-characteristic",
    "The eigenvalues of a heavy-ball step",
    subject="optimisation",
    statement="The matrix of a heavy-ball step along one eigenvector, and its characteristic polynomial.",
    replayed=lambda: on_matrix(recurrence.result, "heavy ball"),
    symbols=MATRIX,
    truth=lambda torch, rho, beta, eta, z: spectrum(torch, _matrix(torch, rho, beta, eta), z),
    settings=({},),
    form="P(z) = z² - z (1 + β - ρ η) + β",
    source=_SOURCE,
    lemmas=(recurrence,),
)

_BOUNDED = {
    "rho": Symbol((), "derived", r"\rho"),
    "beta": Symbol((), "derived", r"\beta"),
    "eta": Symbol((), "derived", r"\eta"),
}


def _oscillates(torch: Any, k: int, b: int) -> dict[str, Any]:
    """Whether torch finds complex eigenvalues; ρη runs over a grid that holds no boundary point."""
    beta, eta = b / 9, (1 + (k + b) % 3) / 2
    rho = (k / 16 + 1 / 37) / eta
    values = torch.linalg.eigvals(_matrix(torch, rho, beta, eta))
    numbers = {"rho": rho, "beta": beta, "eta": eta}
    return {n: torch.tensor(v, dtype=torch.float64) for n, v in numbers.items()} | {
        "truth": bool((values.imag.abs() > 1e-6).any())
    }


def _range() -> tuple[Line, ...]:
    """From the characteristic polynomial to the range of ρη."""
    return replay(
        characteristic.result,
        Rule("characteristic polynomial", "The eigenvalues are its zeros (derived above).", lambda r: r),
        (
            negative_discriminant(
                expression("z"),
                "The eigenvalues are the zeros of the characteristic polynomial (derived above); a quadratic has complex "
                "zeros exactly if its discriminant is negative.",
            ),
            square_below("A square is below a number if what is squared lies between the number's two roots."),
            between(expression("rho*eta"), "Take ρη to the middle."),
            factor_roots("Both ends are squares."),
        ),
        "iff",
    )[1:]


complex_range = Derivation(
    "heavy-ball-complex",
    "When the heavy ball oscillates",
    subject="optimisation",
    statement="The learning rates for which the eigenvalues of a heavy-ball step are complex.",
    replayed=_range,
    symbols=_BOUNDED,
    truth=_oscillates,
    mode="iff",
    settings=tuple({"k": k, "b": b} for k in range(64) for b in range(1, 9)),
    form="(1 - √β)² < ρ η < (1 + √β)²",
    source=_SOURCE,
    lemmas=(characteristic,),
)


def _radius(torch: Any, beta: Any, share: Any, eta: Any) -> dict[str, Any]:
    """A learning rate between the two bounds, and the largest size of torch's own eigenvalues."""
    low, high = (1 - beta**0.5) ** 2, (1 + beta**0.5) ** 2
    rho = (low + share * (high - low)) / eta
    return radius(torch, _matrix(torch, rho, beta, eta), rho)


spectral_radius = Derivation(
    "heavy-ball-radius",
    "How fast the heavy ball converges",
    subject="optimisation",
    statement="The size of the eigenvalues of a heavy-ball step, where they are complex.",
    replayed=lambda: sizes(
        characteristic.lines[0].relation,
        "heavy-ball",
        root="The learning rate and the curvature do not occur: every direction that oscillates shrinks at the same speed.",
    ),
    symbols=RADIUS,
    truth=_radius,
    settings=({},),
    form="|z| = √β",
    assumptions=("The eigenvalues are complex: (1 − √β)² < ρη < (1 + √β)².",),
    source=_SOURCE,
    lemmas=(characteristic, complex_range),
)
