"""Bounds that hold with a stated probability, by simulation: Vapnik and Chervonenkis's for half-lines, McAllester's.

Each is checked at a hundred samples from a seeded generator, and holds at every one. Where it failed with a probability of
5 % or more, that would happen with a probability of at most 0.95¹⁰⁰ < 0.6 %.
"""

from __future__ import annotations

from typing import Any

from derive.calculus.inequalities import bounded_by, ends
from derive.calculus.rules import put
from derive.calculus.rules_terms import estimate
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol, axes
from derive.derivations.entropies import pac_bayes
from derive.derivations.generalisation import finite
from derive.notation.index_language import expression, relation

_NOTES = "000_46eee05028ac51b3.txt"
_SHAPES = {"q": "T n", "D": "T n", "Z": "T", "K": "T", "g": "T", "R": "G", "r": "T G"}
_SAMPLES = 100


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _text(formula: str) -> Any:
    return expression(formula, shapes=_SHAPES, letters=("n",))


def _half_lines(torch: Any, n: int, G: int) -> dict[str, Any]:  # noqa: N803
    """A hundred samples: points on a line, labels that a threshold gives and noise turns round, thresholds in between."""
    draw = torch.Generator().manual_seed(n)
    x = torch.rand(_SAMPLES, n, generator=draw, dtype=torch.float64)
    turned = torch.rand(_SAMPLES, n, generator=draw, dtype=torch.float64) < 0.2
    places = (torch.arange(G, dtype=torch.float64) + 0.5) / G
    wrong = (x[:, None, :] > places[:, None]) ^ ((x > 0.5) ^ turned)[:, None, :]
    risks, shares = 0.2 + 0.6 * (places - 0.5).abs(), wrong.double().mean(dim=2)
    return {"R": risks, "r": shares, "g": (risks - shares).amax(dim=1), "delta": torch.tensor(0.05, dtype=x.dtype)}


half_lines = Derivation(
    "vc-bound",
    "The bound of Vapnik and Chervonenkis, for half-lines",
    subject="learning theory",
    statement="With probability 1 − δ no half-line has a risk above its share of errors by more than "
    "2√(2(log S + log(2/δ))/n), where 2n points have S = 2n + 1 labellings: seen at each of a hundred samples, which a bound "
    "that fails with probability 5 % or more would pass with less than 0.6 %.",
    start=relation("g[t] = amax(R[k] - r[t, k], k)", shapes=_SHAPES, frame=axes(t="T")),
    opening=_by("worst half-line", "Of all half-lines the one whose risk is furthest above its share of errors."),
    then=(
        bounded_by(
            _text("2*sqrt(2*(log(S) + log(2/delta))/n)"),
            "Vapnik and Chervonenkis",
            "Where the sample is compared with a second one, only the labellings of 2n points count, with the union bound over "
            "them and Hoeffding's inequality for each (both derived above).",
            "With probability 1 − δ over the sample.",
        ),
        put("S", (), _text("2*n + 1"), "labellings", "A half-line cuts 2n points at one of 2n + 1 places."),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of examples of a sample"),
        "T": Symbol(domain="dimension", latex="T", meaning="the number of samples that are tried"),
        "G": Symbol(domain="dimension", latex="G", meaning="the number of half-lines that are tried"),
        "R": Symbol(("G",), "derived", "R", "the risk of each half-line"),
        "r": Symbol(("T", "G"), "derived", "r", "its share of errors at each sample"),
        "g": Symbol(("T",), "derived", "g", "the greatest gap at each sample"),
        "S": Symbol((), "derived", "S", "the number of labellings of 2n points"),
        "delta": Symbol((), "derived", r"\delta", "how often the bound may fail"),
    },
    truth=lambda torch, n, G: {**_half_lines(torch, n, G), "S": torch.tensor(2.0 * n + 1, dtype=torch.float64)},  # noqa: N803
    settings=({"n": 30, "T": 100, "G": 19}, {"n": 80, "T": 100, "G": 25}, {"n": 200, "T": 100, "G": 31}),
    kind="claim",
    form="g_t = max_{k=1}^G (R_k - r_{t,k}) ≤ 2 √(2/n (log(2n + 1) + log(2/δ)))",
    source=f"{_NOTES} 'VC Theory', Vapnik-Chervonenkis Theorem",
    assumptions=("The examples are independent.", "By simulation: a hundred samples from a seeded generator."),
    lemmas=(finite,),
)


def _posteriors(torch: Any, p: Any, E: Any, N: int) -> dict[str, Any]:  # noqa: N803
    """A hundred samples; at each the posterior p exp(λΔ)/Z that the sample makes worst for the bound, among many λ."""
    draw = torch.Generator().manual_seed(N)
    bits = torch.rand(_SAMPLES, len(p), N, generator=draw, dtype=torch.float64) < E[:, None]
    gaps = E - bits.double().mean(dim=2)
    rates = torch.linspace(0, 4 * N, 81, dtype=torch.float64)[:, None, None]
    q = torch.softmax(torch.log(p) + rates * gaps, dim=-1)
    apart = torch.nn.functional.kl_div(torch.log(p).expand_as(q), q, reduction="none").sum(dim=-1)
    worst = (2 * N * (q * gaps).sum(dim=-1) ** 2 - apart).argmax(dim=0)
    rows = torch.arange(_SAMPLES)
    return {
        "q": q[worst, rows],
        "D": gaps,
        "K": apart[worst, rows],
        "Z": torch.exp(2 * N * gaps**2) @ p,
        "delta": torch.tensor(0.05, dtype=p.dtype),
        "g": (q[worst, rows] * gaps).sum(dim=1),
    }


mcallester = Derivation(
    "mcallester-bound",
    "McAllester's bound",
    subject="learning theory",
    statement="With probability 1 − δ, for every Q at once: 2N times the squared mean gap is at most KL(Q‖P) + log(2√N/δ). "
    "Seen at each of a hundred samples, with a Q that the sample makes bad, which a bound that fails "
    "with probability 5 % or more would pass with less than 0.6 %.",
    start=relation("2*N*g[t]**2 = 2*N*sum(q[t, i]*D[t, i], i)**2", shapes=_SHAPES, frame=axes(t="T"), letters=("N",)),
    opening=_by("mean gap", "The mean under Q of what risks lie above shares of errors."),
    then=(
        estimate(
            expression("2*N*sum(q[t, i]*D[t, i], i)**2", shapes=_SHAPES, letters=("N", "t")),
            expression("K[t] + log(Z[t])", shapes=_SHAPES, letters=("t",)),
            "Donsker and Varadhan",
            "At most the divergence and the logarithm of the mean of exp(2NΔ²) under P (derived above).",
        ),
        estimate(
            expression("log(Z[t])", shapes=_SHAPES, letters=("t",)),
            expression("log(2*sqrt(N)/delta)", letters=("N",)),
            "Markov's inequality",
            "Over the samples Z has a mean of at most 2√N (Maurer): it is above 2√N/δ with a probability of at most δ.",
            "With probability 1 − δ over the sample.",
        ),
        ends("Keep the two ends."),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of classifiers"),
        "N": Symbol(domain="dimension", latex="N", meaning="the number of examples of a sample"),
        "T": Symbol(domain="dimension", latex="T", meaning="the number of samples that are tried"),
        "p": Symbol(("n",), "prob", "p", "the prior P, chosen before the sample"),
        "E": Symbol(("n",), "unit", "R", "the risk of each classifier"),
        "q": Symbol(("T", "n"), "derived", "q", "the posterior Q at each sample, chosen by it"),
        "D": Symbol(("T", "n"), "derived", r"\Delta", "risk less share of errors of each classifier"),
        "g": Symbol(("T",), "derived", r"\bar{\Delta}", "the mean gap under Q"),
        "K": Symbol(("T",), "derived", r"\mathrm{KL}", "the divergence of Q from P"),
        "Z": Symbol(("T",), "derived", "Z", "the mean of exp(2NΔ²) under P"),
        "delta": Symbol((), "derived", r"\delta", "how often the bound may fail"),
    },
    truth=_posteriors,
    settings=({"n": 3, "N": 20, "T": 100}, {"n": 5, "N": 60, "T": 100}, {"n": 8, "N": 12, "T": 100}),
    kind="claim",
    form="2 N Δ̄_t² ≤ KL_t + log((2 √N)/δ)",
    source=f"{_NOTES} 'McAllister theorem'; Maurer: A Note on the PAC Bayesian Theorem (2004)",
    assumptions=("The examples are independent.", "By simulation: a hundred samples from a seeded generator."),
    lemmas=(pac_bayes,),
)
