"""Learning rates of their own for every weight: AdaGrad and RMSProp, with what they divide by written out.

One weight is followed; the optimizers treat every weight alike. ``g`` are the gradients of the steps.
"""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine
from derive.calculus.rules import put, start_value, unroll
from derive.calculus.trace import Relation, Rule
from derive.derivations.averages import STEPS
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

SHAPES = {"g": "T", "m": "T+1", "v": "T+1", "s": "T+1", "w": "T+1"}
SIZES = ({"T": 3}, {"T": 4}, {"T": 6})
NOTES = "000_46eee05028ac51b3.txt 'Adaptivity'"
SHEET = "001_9baaf7fce9703606.txt §2.2"
EXERCISE = "003_a2d52afd229cfba6.txt §11"
SYMBOLS = {
    "T": Symbol(domain="dimension", latex="T", meaning="the number of steps"),
    "g": Symbol(("T",), latex="g", meaning="the gradients, one for each step"),
    "beta": Symbol((), "unit", r"\beta", "the share of the past that is kept in the average of gradients"),
    "alpha": Symbol((), "unit", r"\alpha", "the share of the past that is kept in the average of squares"),
    "rho": Symbol((), "positive", r"\eta", "the learning rate"),
    "eps": Symbol((), "positive", r"\epsilon", "a small number that keeps the denominator from 0"),
    "m": Symbol(("0..T",), "derived", "m", "the average of the gradients after each step, 0 at first"),
    "v": Symbol(("0..T",), "derived", "v", "the average of their squares after each step, 0 at first"),
    "s": Symbol(("0..T",), "derived", "s", "the sum of their squares after each step"),
    "w": Symbol(("0..T",), "derived", "w", "the weight after each step"),
}
PATH = ("T", "g", "rho", "eps", "w")


def some(*names: str) -> dict[str, Symbol]:
    """The symbols of these names."""
    return {n: SYMBOLS[n] for n in names}


def by(name: str, sentence: str) -> Rule:
    """A first line, for a reason."""
    return Rule(name, sentence, lambda r: r)


def lemma(name: str, line: Relation, sentence: str) -> Rule:
    """Put in what a sequence is after the last step; its other values do not occur."""
    return put(name, ("t",), line.result, "lemma", sentence)


def run(torch: Any, kind: str, g: Any, states: dict[str, str], **options: Any) -> dict[str, Any]:
    """A torch optimizer fed with given gradients: the weight, and what it keeps, before and after each step."""
    w = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    optimiser = getattr(torch.optim, kind)([w], **{k: _plain(v) for k, v in options.items()})
    kept: dict[str, list[Any]] = {"w": [w.detach().clone()]} | {n: [torch.zeros_like(w.detach())] for n in states}
    for gradient in g:
        w.grad = gradient.clone()
        optimiser.step()
        kept["w"].append(w.detach().clone())
        for name, key in states.items():
            kept[name].append(optimiser.state[w][key].detach().clone())
    return {name: torch.stack(values) for name, values in kept.items()}


def _plain(value: Any) -> Any:
    return tuple(map(float, value)) if isinstance(value, tuple) else value if isinstance(value, bool) else float(value)


def _adagrad(torch: Any, g: Any, rho: Any, eps: Any) -> dict[str, Any]:
    return run(torch, "Adagrad", g, {"s": "sum"}, lr=rho, eps=eps)


squares = Derivation(
    "adagrad-sum",
    "What AdaGrad divides by",
    subject="optimisation",
    statement="AdaGrad's accumulator after T steps: the sum of all squared gradients, which only grows.",
    start=relation("s[t] = s[t-1] + g[t-1]**2", shapes=SHAPES, frame=STEPS),
    opening=by("accumulate", "Each step adds the square of its gradient."),
    then=(
        unroll("s", Affine.of("T"), "t", "Nothing is forgotten."),
        start_value("s", 0, expression("0"), "The accumulator starts at 0."),
    ),
    symbols=some(*PATH, "s"),
    truth=_adagrad,
    settings=SIZES,
    form="s_T = Σ_{t=1}^T g_t²",
    source=f"{NOTES}; {EXERCISE}.1.2",
)
adagrad = Derivation(
    "adagrad-step",
    "AdaGrad's step",
    subject="optimisation",
    statement="AdaGrad's last of T steps in terms of the gradients alone.",
    start=relation("w[T] = w[T-1] - rho*g[T-1]/(sqrt(s[T]) + eps)", shapes=SHAPES),
    opening=by("step", "A step against the gradient, over the root of the accumulator."),
    then=(lambda: lemma("s", squares.result, "The accumulator is the sum of the squares (derived above)."),),
    symbols=some(*PATH, "s"),
    truth=_adagrad,
    settings=SIZES,
    form="w_T = w_{T-1} - (η g_T)/(√(Σ_{t=1}^T g_t²) + ε)",
    assumptions=("ε stands beside the root, as in torch.optim.Adagrad; the notes have it under the root.",),
    source=f"{NOTES}; {EXERCISE}.1.2",
    lemmas=(squares,),
)


def _rmsprop(torch: Any, g: Any, rho: Any, eps: Any, alpha: Any) -> dict[str, Any]:
    return run(torch, "RMSprop", g, {"v": "square_avg"}, lr=rho, eps=eps, alpha=alpha)


square_average = Derivation(
    "rmsprop-average",
    "What RMSProp divides by",
    subject="optimisation",
    statement="RMSProp's average of squared gradients after T steps: the past is forgotten geometrically.",
    start=relation("v[t] = alpha*v[t-1] + (1 - alpha)*g[t-1]**2", shapes=SHAPES, frame=STEPS),
    opening=by("moving average", "A share α of what was, and a share 1 − α of the new square."),
    then=(
        unroll("v", Affine.of("T"), "t", "Each step multiplies everything before it by α."),
        start_value("v", 0, expression("0"), "The average starts at 0."),
    ),
    symbols=some(*PATH, "alpha", "v"),
    truth=_rmsprop,
    settings=SIZES,
    form="v_T = (1 - α) Σ_{t=1}^T α^{T - t} g_t²",
    source=f"{SHEET}.2; {NOTES}",
)
rmsprop = Derivation(
    "rmsprop-step",
    "RMSProp's step",
    subject="optimisation",
    statement="RMSProp's last of T steps in terms of the gradients alone.",
    start=relation("w[T] = w[T-1] - rho*g[T-1]/(sqrt(v[T]) + eps)", shapes=SHAPES),
    opening=by("step", "A step against the gradient, over the root of the average of squares."),
    then=(lambda: lemma("v", square_average.result, "The average of the squares (derived above)."),),
    symbols=some(*PATH, "alpha", "v"),
    truth=_rmsprop,
    settings=SIZES,
    form="w_T = w_{T-1} - (η g_T)/(√((1 - α) Σ_{t=1}^T α^{T - t} g_t²) + ε)",
    source=f"{SHEET}.2; {NOTES}",
    lemmas=(square_average,),
)
