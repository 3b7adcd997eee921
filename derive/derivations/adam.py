"""Adam's running averages: why they start too small, and why the correction is right."""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.rules import start_value, unroll, use
from derive.calculus.rules_chance import expect, outcomes
from derive.calculus.rules_series import sum_powers
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

CHANCE = outcomes("o", "Omega")
FRAME = (CHANCE, Bound(Letter("k"), Affine.of(1), Affine.of("T") + 1))
SHAPES = {"m": "Omega T+1", "g": "Omega T", "h": "Omega"}


def _averages(torch: Any, noise: Any, mu: Any, beta: Any) -> dict[str, Any]:
    """torch.optim.Adam fed with gradients whose mean over the outcomes is the same at every step."""
    gradients = noise - noise.mean(dim=0) + mu
    weights = torch.zeros(len(noise), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.Adam([weights], betas=(float(beta), 0.999))
    averages = [torch.zeros(len(noise), dtype=torch.float64)]
    for gradient in gradients.T:
        weights.grad = gradient.clone()
        optimiser.step()
        averages.append(optimiser.state[weights]["exp_avg"].clone())
    steps = float(optimiser.state[weights]["step"])
    return {"g": gradients, "m": torch.stack(averages, dim=1), "h": averages[-1] / (1 - beta**steps)}


_SYMBOLS = {
    "T": Symbol(domain="dimension", latex="t", meaning="the number of steps"),
    "Omega": Symbol(
        domain="outcomes", latex=r"\Omega", meaning="what chance may bring (finitely many cases when checked)"
    ),
    "noise": Symbol(("Omega", "T")),
    "beta": Symbol((), "unit", r"\beta_1", "how much of the average is kept"),
    "mu": Symbol((), latex=r"\mathbb{E}[g]", meaning="the gradient's expectation, the same at every step"),
    "g": Symbol(("Omega", "T"), "derived", "g", "the gradient of each step, a random number"),
    "m": Symbol(("Omega", "0..T"), "derived", "m", "the running average after each step"),
    "h": Symbol(("Omega",), "derived", r"\hat m_t", "the corrected average"),
}
_SETTINGS = ({"T": 3, "Omega": 4}, {"T": 5, "Omega": 2}, {"T": 8, "Omega": 6})
_SOURCE = "003_a2d52afd229cfba6.txt §11.3; 001_9baaf7fce9703606.txt §2.2.3"

average = Derivation(
    "adam-average",
    "Adam's running average, unrolled",
    subject="optimisation",
    statement="The running average of the gradients after t steps.",
    start=relation("m[o, k] = beta*m[o, k-1] + (1 - beta)*g[o, k-1]", shapes=SHAPES, frame=FRAME),
    opening=Rule(
        "running average", "Keep a share β₁ of the old average and fill up with the new gradient.", lambda r: r
    ),
    then=(
        unroll(
            "m", Affine.of("T"), "k", "Put each line into the next: each step scales what came before by β₁ once more."
        ),
        start_value("m", 0, expression("0"), "The average starts at zero."),
    ),
    symbols={n: s for n, s in _SYMBOLS.items() if n != "h"},
    truth=_averages,
    settings=_SETTINGS,
    form="m_t = (1 - β_1) Σ_{k=1}^t β_1^{t - k} g_k",
    source=_SOURCE,
)

expectation = Derivation(
    "adam-bias",
    "The bias of Adam's running average",
    subject="optimisation",
    statement="The expectation of the running average after t steps.",
    start=lambda: average.result,
    opening=Rule("unrolled", "The average is a weighted sum of all gradients so far (derived above).", lambda r: r),
    then=(
        expect(CHANCE, "Expectation is linear: only the gradients are random."),
        use(
            expression("expectation(g[o, k], o)", shapes=SHAPES, letters=("k",)),
            expression("mu"),
            "stationary",
            "The gradient has the same expectation at every step.",
            "The gradients' expectation does not change from step to step.",
        ),
        sum_powers(
            "The weights are a geometric sum. They do not add up to 1: what is missing is the share β₁ᵗ of the start, 0."
        ),
    ),
    symbols={n: s for n, s in _SYMBOLS.items() if n != "h"},
    truth=_averages,
    settings=_SETTINGS,
    form="E[m_t] = E[g] (1 - β_1^t)",
    assumptions=("The gradients' expectation is the same at every step; they need not be independent.",),
    source=_SOURCE,
    lemmas=(average,),
)

correction = Derivation(
    "adam-bias-correction",
    "Adam's bias correction is right",
    subject="optimisation",
    statement="The expectation of the corrected average.",
    start=relation("h[o] = m[o, T]/(1 - beta**T)", shapes=SHAPES, frame=(CHANCE,)),
    opening=Rule("correction", "Divide by the weights' sum.", lambda r: r),
    then=(
        expect(CHANCE, "The divisor is a number: it comes out of the expectation."),
        lambda: use(
            expectation.result.left,
            expectation.result.result,
            "the average's expectation",
            "What is too small is the factor 1 − β₁ᵗ (derived above), and it cancels.",
        ),
    ),
    symbols=_SYMBOLS,
    truth=_averages,
    settings=_SETTINGS,
    form="E[m̂_t] = E[g]",
    assumptions=expectation.assumptions,
    source=_SOURCE,
    lemmas=(expectation,),
)
