"""Adam's and AMSGrad's steps with their averages written out."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules import put, use
from derive.calculus.trace import Rule
from derive.derivations.adaptive import (
    EXERCISE,
    NOTES,
    PATH,
    SHAPES,
    SHEET,
    SIZES,
    SYMBOLS,
    by,
    lemma,
    run,
    some,
    square_average,
)
from derive.derivations.averages import average, weight_total
from derive.derivations.base import Derivation, Printed, Symbol
from derive.notation.index_language import expression, relation

_SOURCE = f"{SHEET}.3; {NOTES}; {EXERCISE}.3"
_KEPT = {"m": "exp_avg", "v": "exp_avg_sq"}


def _adam(torch: Any, g: Any, rho: Any, eps: Any, alpha: Any, beta: Any) -> dict[str, Any]:
    return run(torch, "Adam", g, _KEPT, lr=rho, eps=eps, betas=(beta, alpha))


def _amsgrad(torch: Any, u: Any, rho: Any, eps: Any, alpha: Any, beta: Any) -> dict[str, Any]:
    g = u * torch.where(u[0] > 0, 0.4, 2.5) ** torch.arange(len(u))
    kept = _KEPT | {"h": "max_exp_avg_sq"}
    return {"g": g, **run(torch, "Adam", g, kept, lr=rho, eps=eps, betas=(beta, alpha), amsgrad=True)}


def _averaged() -> Rule:
    return lemma("m", average.result, "The average of the gradients (derived above).")


adam = Derivation(
    "adam-step",
    "Adam's step",
    subject="optimisation",
    statement="Adam's last of T steps in terms of the gradients alone: an average over the root of an average of squares.",
    start=relation("w[T] = w[T-1] - rho*(m[T]/(1 - beta**T))/(sqrt(v[T]/(1 - alpha**T)) + eps)", shapes=SHAPES),
    opening=by(
        "step", "Both averages over the sum of their weights, so that they are averages from the first step on."
    ),
    then=(_averaged, lambda: lemma("v", square_average.result, "The average of their squares (derived above).")),
    symbols=some(*PATH, "alpha", "beta", "m", "v"),
    truth=_adam,
    settings=SIZES,
    form="w_T = w_{T-1} - (η (1 - β))/((1 - β^T) (√((1 - α)/(1 - α^T) Σ_{t=1}^T α^{T - t} g_t²) + ε)) Σ_{t=1}^T β^{T - t} g_t",
    source=_SOURCE,
    lemmas=(average, square_average, weight_total),
)
amsgrad = Derivation(
    "amsgrad-step",
    "AMSGrad's step",
    subject="optimisation",
    statement="AMSGrad's last of T steps as torch takes it: over the largest average of squares, corrected by the last factor.",
    start=relation(
        "w[T] = w[T-1] - rho*(m[T]/(1 - beta**T))/(sqrt(h[T]/(1 - alpha**T)) + eps)", shapes=SHAPES | {"h": "T+1"}
    ),
    opening=by("step", "Adam's step, with h in place of the average of squares."),
    then=(
        _averaged,
        put(
            "h",
            ("t",),
            expression("amax(v[k], k=1..T)", shapes=SHAPES),
            "the largest",
            "h is the largest of all averages of squares up to now: it never falls.",
        ),
    ),
    symbols=some(*PATH, "alpha", "beta", "m", "v")
    | {
        "u": Symbol(("T",), latex="u", meaning="the gradients before they are made to fall off, or to rise"),
        "g": Symbol(("T",), "derived", "g", "the gradients, one for each step"),
        "h": Symbol(("0..T",), "derived", "h", "the largest average of squares after each step"),
    },
    truth=_amsgrad,
    settings=SIZES,
    form="w_T = w_{T-1} - (η (1 - β))/((1 - β^T) (√((max_{k=1}^T v_k)/(1 - α^T)) + ε)) Σ_{t=1}^T β^{T - t} g_t",
    assumptions=("torch corrects the maximum of the averages; the method as published corrects neither average.",),
    source=_SOURCE,
    lemmas=(average,),
    printed=(
        Printed(
            relation(
                "w[T] = w[T-1] - rho*(m[T]/(1 - beta**T))/(sqrt(amax(v[t]/(1 - alpha**t), t=1..T)) + eps)",
                shapes=SHAPES,
            ),
            "The pseudocode takes the maximum of the corrected averages; torch.optim.Adam corrects the maximum of the "
            "averages, by the last step's factor. They differ as soon as the largest one is not the last.",
            r"\widehat{v}_t^{max} \leftarrow \max(\widehat{v}_t^{max}, \widehat{v}_t)",
        ),
    ),
)


def _without_memory(torch: Any, g: Any, rho: Any) -> dict[str, Any]:
    return {"w": run(torch, "Adam", g, {}, lr=rho, eps=0.0, betas=(0.0, 0.0))["w"]}


sign_step = Derivation(
    "adam-without-memory",
    "Adam without memory is sign descent",
    subject="optimisation",
    statement="With β = α = ε = 0, Adam steps by the learning rate against the sign of the gradient.",
    start=relation("w[T] = w[T-1] - rho*g[T-1]/abs(g[T-1])", shapes=SHAPES),
    opening=by("step", "The averages are the last gradient and its square, and the root of a square is the size."),
    then=(
        use(
            expression("g[t]/abs(g[t])", shapes=SHAPES, letters=("t",)),
            expression("sign(g[t])", shapes=SHAPES, letters=("t",)),
            "sign",
            "A number over its size is its sign.",
            "No gradient is 0.",
        ),
    ),
    symbols=some("T", "rho", "w") | {"g": Symbol(("T",), "nonzero", "g", SYMBOLS["g"].meaning)},
    truth=_without_memory,
    settings=SIZES,
    form="w_T = w_{T-1} - η sign(g_T)",
    source="000_46eee05028ac51b3.txt 'Compressed stochastic gradients'",
)
