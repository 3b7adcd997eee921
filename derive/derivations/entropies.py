"""Convexity: Jensen's inequality, the greatest entropy, Donsker and Varadhan's bound and the bound of PAC-Bayes from it."""

from __future__ import annotations

from typing import Any

from derive.calculus.inequalities import count_multiplications, ends
from derive.calculus.rules import both_sides, use
from derive.calculus.rules_names import assume
from derive.calculus.rules_terms import estimate, multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

_NOTES = "000_46eee05028ac51b3.txt"
_SHAPES = {"p": "n", "q": "n", "f": "n", "g": "n", "x": "n", "D": "n", "r": "n"}
_SIZES = ({"n": 2}, {"n": 3}, {"n": 5})
_COUNT = Symbol(domain="dimension", latex="n", meaning="the number of outcomes")


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _text(formula: str, *letters: str) -> Any:
    return expression(formula, shapes=_SHAPES, letters=("n", *letters))


def _one(name: str, sentence: str) -> Rule:
    return assume(_text(f"sum({name}[i], i)"), expression("1"), sentence, f"Σ {name} = 1.")


def _convex(torch: Any, p: Any, x: Any) -> dict[str, Any]:
    """A convex function: its value and tangent (by autograd) at the mean, and its values."""

    def curve(z: Any) -> Any:
        return torch.nn.functional.softplus(3 * z) + z**4

    m = torch.dot(p, x)
    return {"m": m, "F": curve(m), "f": curve(x), "r": curve(x) - curve(m) - torch.func.grad(curve)(m) * (x - m)}


def _straight(torch: Any, p: Any, x: Any) -> dict[str, Any]:
    """A straight line."""
    m = torch.dot(p, x)
    return {"m": m, "F": 3 * m + 2, "f": 3 * x + 2, "r": torch.zeros_like(x)}


jensen = Derivation(
    "jensen-inequality",
    "Jensen's inequality",
    subject="probability",
    statement="A convex function of a mean is at most the mean of the function.",
    start=relation("F = sum(p[i]*(f[i] - r[i]), i)", shapes=_SHAPES),
    opening=_by(
        "tangent", "f less r is the tangent at μ: a straight line, whose mean is its value at μ, and there it meets f."
    ),
    then=(
        multiply_out("Two means."),
        estimate(
            _text("-sum(p[i]*r[i], i)"),
            expression("0"),
            "convex",
            "The function lies nowhere below its tangent.",
            "f is convex.",
        ),
        ends("Keep the two ends."),
    ),
    symbols={
        "n": _COUNT,
        "p": Symbol(("n",), "prob", "p", "the probabilities"),
        "x": Symbol(("n",), "real", "x", "the values"),
        "m": Symbol((), "derived", r"\mu", "the mean of x"),
        "F": Symbol((), "derived", r"f_{\mu}", "the convex function at the mean"),
        "f": Symbol(("n",), "derived", "f", "the convex function at the values"),
        "r": Symbol(("n",), "derived", "r", "how far it lies above its tangent at the mean there"),
    },
    truth=_convex,
    equality=_straight,
    settings=_SIZES,
    kind="claim",
    form="f_μ ≤ Σ_{i=1}^n p_i f_i",
    source=f"{_NOTES} 'Jensen's inequality'",
    assumptions=("f is convex: it lies above each of its tangents.",),
)


def _spread(torch: Any, p: Any) -> dict[str, Any]:
    return {"H": torch.distributions.Categorical(probs=p).entropy()}


def _uniform(torch: Any, p: Any) -> dict[str, Any]:
    even = torch.full_like(p, 1 / len(p))
    return {"p": even, **_spread(torch, even)}


entropy = Derivation(
    "entropy-maximum",
    "No distribution has more entropy than the uniform one",
    subject="probability",
    statement="The entropy of n outcomes is at most log n, and reaches it where all are equally likely.",
    start=relation("H - log(n) = sum(p[i]*log(1/(n*p[i])), i)", shapes=_SHAPES, letters=("n",)),
    opening=_by(
        "entropy", "The mean of −log p; log n, the same at every outcome, goes inside: probabilities add up to 1."
    ),
    then=(
        estimate(
            _text("sum(p[i]*log(1/(n*p[i])), i)"),
            _text("sum(p[i]*(1/(n*p[i]) - 1), i)"),
            "tangent of the logarithm",
            "log x is at most x − 1.",
        ),
        multiply_out("p cancels in the first sum: n shares of one n-th."),
        count_multiplications("n equal terms."),
        _one("p", "Probabilities add up to 1."),
        ends("Keep the two ends."),
        both_sides("add", _text("log(n)"), "Take log n to the other side."),
    ),
    symbols={
        "n": _COUNT,
        "p": Symbol(("n",), "prob", "p", "the probabilities"),
        "H": Symbol((), "derived", "H", "the entropy, the mean of −log p"),
    },
    truth=_spread,
    equality=_uniform,
    settings=_SIZES,
    kind="claim",
    form="H ≤ log(n)",
    source=f"{_NOTES} 'Entropy'",
)


def _gibbs(torch: Any, p: Any, q: Any, f: Any) -> dict[str, Any]:
    """Torch's own divergence of q from p, and the distribution p exp(f)/Z by its softmax."""
    logits = torch.log(p) + f
    return {
        "K": torch.nn.functional.kl_div(torch.log(p), q, reduction="sum"),
        "Z": torch.exp(torch.logsumexp(logits, 0)),
        "g": torch.softmax(logits, 0),
    }


def _at_gibbs(torch: Any, p: Any, f: Any) -> dict[str, Any]:
    q = torch.softmax(torch.log(p) + f, 0)
    return {"q": q, **_gibbs(torch, p, q, f)}


_POSTERIOR = {
    "n": _COUNT,
    "p": Symbol(("n",), "prob", "p", "the prior P"),
    "q": Symbol(("n",), "prob", "q", "the posterior Q"),
    "f": Symbol(("n",), "real", r"\varphi", "any function"),
    "g": Symbol(("n",), "derived", "g", "Gibbs' distribution, p exp(φ)/Z"),
    "Z": Symbol((), "derived", "Z", "the mean of exp(φ) under P"),
    "K": Symbol((), "derived", r"\mathrm{KL}", "the divergence of Q from P"),
}
donsker_varadhan = Derivation(
    "donsker-varadhan",
    "Donsker and Varadhan's bound",
    subject="learning theory",
    statement="A mean under Q is at most the divergence of Q from P plus the logarithm of the mean exponential under P; Gibbs' "
    "distribution p exp(φ)/Z attains it.",
    start=relation(
        "sum(q[i]*f[i], i) - K - log(Z) = sum(q[i]*(f[i] + log(p[i]) - log(q[i]) - log(Z)), i)", shapes=_SHAPES
    ),
    opening=_by("gap", "The divergence is the mean of log q − log p under Q; log Z is the same at every outcome."),
    then=(
        use(
            _text("f[i] + log(p[i]) - log(q[i]) - log(Z)", "i"),
            _text("log(g[i]/q[i])", "i"),
            "Gibbs' distribution",
            "p exp(φ)/Z is g.",
        ),
        estimate(
            _text("sum(q[i]*log(g[i]/q[i]), i)"),
            _text("sum(q[i]*(g[i]/q[i] - 1), i)"),
            "tangent of the logarithm",
            "log x is at most x − 1.",
        ),
        multiply_out("q cancels in the first sum."),
        _one("g", "Gibbs' distribution adds up to 1."),
        _one("q", "So does q."),
        ends("Keep the two ends."),
        both_sides("add", expression("K + log(Z)"), "Take what is subtracted to the other side."),
    ),
    symbols=_POSTERIOR,
    truth=_gibbs,
    equality=_at_gibbs,
    settings=_SIZES,
    kind="claim",
    form="Σ_{i=1}^n q_i φ_i ≤ KL + log Z",
    source=f"{_NOTES} 'Donsker's Theorem'",
)


def _risks(torch: Any, p: Any, q: Any, x: Any, N: int) -> dict[str, Any]:  # noqa: N803
    """Gaps between risk and share of errors, each between −1 and 1."""
    gaps = 2 * x - 1
    return {
        "D": gaps,
        "d": torch.dot(q, gaps),
        "K": torch.nn.functional.kl_div(torch.log(p), q, reduction="sum"),
        "Z": torch.exp(torch.logsumexp(torch.log(p) + 2 * N * gaps**2, 0)),
    }


def _all_alike(torch: Any, p: Any, x: Any, N: int) -> dict[str, Any]:  # noqa: N803
    """The same gap for all classifiers, and Q = P."""
    x = x[:1].expand(len(x))
    return {"q": p, "x": x, **_risks(torch, p, p, x, N)}


pac_bayes = Derivation(
    "pac-bayes-bound",
    "The bound of PAC-Bayes, but for chance",
    subject="learning theory",
    statement="2N times the square of Q's mean gap between risk and share of errors is at most KL(Q‖P) plus the logarithm of a "
    "mean under P, which does not know the sample's Q.",
    start=relation("2*N*d**2 = 2*N*d**2*sum(q[i], i)", shapes=_SHAPES, letters=("N",)),
    opening=_by("mean", "Probabilities add up to 1."),
    then=(
        estimate(
            expression("2*N*d**2*sum(q[i], i)", shapes=_SHAPES, letters=("N",)),
            expression("sum(q[i]*2*N*D[i]**2, i)", shapes=_SHAPES, letters=("N",)),
            "Jensen's inequality",
            "The square of a mean is at most the mean of the squares (derived above).",
        ),
        estimate(
            expression("sum(q[i]*2*N*D[i]**2, i)", shapes=_SHAPES, letters=("N",)),
            expression("K + log(Z)"),
            "Donsker and Varadhan",
            "A mean under Q is at most the divergence plus log Z (derived above).",
        ),
        ends("Keep the two ends."),
    ),
    symbols={
        **{k: v for k, v in _POSTERIOR.items() if k in ("n", "p", "q", "K")},
        "N": Symbol(domain="dimension", latex="N", meaning="the number of examples"),
        "x": Symbol(("n",), "unit"),
        "D": Symbol(("n",), "derived", r"\Delta", "risk less share of errors of each classifier"),
        "d": Symbol((), "derived", r"\bar{\Delta}", "their mean under Q"),
        "Z": Symbol((), "derived", "Z", "the mean of exp(2NΔ²) under P"),
    },
    truth=_risks,
    equality=_all_alike,
    settings=({"n": 2, "N": 3}, {"n": 3, "N": 5}, {"n": 5, "N": 4}),
    kind="claim",
    form="2 N Δ̄² ≤ KL + log Z",
    source=f"{_NOTES} 'McAllister theorem'",
    lemmas=(jensen, donsker_varadhan),
)
