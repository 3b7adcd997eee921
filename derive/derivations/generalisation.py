"""How far risks lie above shares of errors: the union bound, finite classes, the gap at a stated confidence."""

from __future__ import annotations

from typing import Any

from derive.calculus.inequalities import count_multiplications, ends
from derive.calculus.rules import put, solve_for, use
from derive.calculus.rules_logarithms import expand_logarithms
from derive.calculus.rules_scalar import take_logarithms, take_root
from derive.calculus.rules_sums import join_logarithms
from derive.calculus.rules_terms import estimate, multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.derivations.tails import hoeffding
from derive.notation.index_language import expression, relation

_NOTES = "000_46eee05028ac51b3.txt"
_SHAPES = {"A": "m n", "p": "n", "u": "n", "a": "m"}


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _text(formula: str, *letters: str) -> Any:
    return expression(formula, shapes=_SHAPES, letters=("n", "m", *letters))


def _events(torch: Any, A: Any, p: Any) -> dict[str, Any]:  # noqa: N803
    some = A.any(dim=0).to(p.dtype)
    return {"A": A, "u": some, "a": A @ p, "P": torch.dot(some, p)}


def _apart(torch: Any, A: Any, p: Any) -> dict[str, Any]:  # noqa: N803
    """Events that exclude one another."""
    rows = torch.arange(len(A))[:, None] == torch.arange(len(p))[None, :] % (len(A) + 1)
    return _events(torch, rows.to(p.dtype), p)


union = Derivation(
    "union-bound",
    "The union bound",
    subject="probability",
    statement="Some one of several events happens with at most the sum of their probabilities; events that exclude one another "
    "attain it.",
    start=relation("P = sum(p[k]*u[k], k)", shapes=_SHAPES),
    opening=_by("count", "The outcomes at which some event happens."),
    then=(
        estimate(
            _text("sum(p[k]*u[k], k)"),
            _text("sum(p[k]*A[i, k], i, k)"),
            "counted at least once",
            "Where some event happens, at least one of them counts.",
        ),
        use(
            _text("sum(p[k]*A[i, k], k)", "i"),
            _text("a[i]", "i"),
            "probability",
            "What each event's outcomes add up to.",
        ),
        ends("Keep the two ends."),
    ),
    symbols={
        "m": Symbol(domain="dimension", latex="m", meaning="the number of events"),
        "n": Symbol(domain="dimension", latex="n", meaning="the number of outcomes"),
        "A": Symbol(("m", "n"), "binary", "A", "1 where event i happens at outcome k"),
        "p": Symbol(("n",), "prob", "p", "the probabilities of the outcomes"),
        "u": Symbol(("n",), "derived", "u", "1 where some event happens"),
        "a": Symbol(("m",), "derived", "a", "the probability of each event"),
        "P": Symbol((), "derived", "P", "the probability that some event happens"),
    },
    truth=_events,
    equality=_apart,
    settings=({"m": 2, "n": 4}, {"m": 3, "n": 5}, {"m": 4, "n": 7}),
    kind="claim",
    form="P ≤ Σ_{i=1}^m a_i",
    source=f"{_NOTES} 'Background', Boole's inequality",
)


def _class(torch: Any, E: Any, t: Any, n: int) -> dict[str, Any]:  # noqa: N803
    """Every sample of n examples from a few equally likely ones, and each classifier's gap at it."""
    chosen = torch.cartesian_prod(*(torch.arange(E.shape[1]),) * n)
    gaps = E.mean(dim=1)[:, None] - E[:, chosen].mean(dim=2)
    far = torch.ge(gaps, t - 1e-12)
    return {"a": far.to(t.dtype).mean(dim=1), "P": far.any(dim=0).to(t.dtype).mean()}


finite = Derivation(
    "finite-class-bound",
    "How far risks lie above shares of errors, for finitely many classifiers",
    subject="learning theory",
    statement="That some one of m classifiers has a risk t above its share of errors among n examples has a probability of at "
    "most m exp(−2nt²).",
    start=relation("P <= sum(a[i], i)", shapes=_SHAPES),
    opening=_by("union bound", "At most the sum over the classifiers (derived above)."),
    then=(
        estimate(
            _text("sum(a[i], i)"),
            _text("sum(exp(-2*n*t**2), i = 0..m-1)"),
            "Hoeffding's inequality",
            "Errors are variables between 0 and 1 (derived above).",
        ),
        ends("Keep the two ends."),
        count_multiplications("m equal terms."),
    ),
    symbols={
        "m": Symbol(domain="dimension", latex="m", meaning="the number of classifiers"),
        "n": Symbol(domain="dimension", latex="n", meaning="the number of examples of a sample"),
        "d": Symbol(domain="dimension"),
        "E": Symbol(("m", "d"), "binary"),
        "t": Symbol((), "unit", "t", "how far the risk is above"),
        "a": Symbol(("m",), "derived", "a", "how often each classifier's risk is that far above"),
        "P": Symbol((), "derived", "P", "how often some classifier's is"),
    },
    truth=_class,
    settings=({"m": 2, "n": 5, "d": 3}, {"m": 3, "n": 4, "d": 5}, {"m": 5, "n": 6, "d": 3}),
    kind="claim",
    form="P ≤ m e^{-2 n t²}",
    source=f"{_NOTES} 'VC Theory'",
    assumptions=("The examples are drawn independently of one another and of the classifiers.",),
    lemmas=(union, hoeffding),
)


def _confident(torch: Any, delta: Any, m: int, n: int) -> dict[str, Any]:
    """The gap at which the bound is δ, by bisection."""
    low, high = torch.zeros_like(delta), torch.full_like(delta, 30.0)
    for _ in range(80):
        t = (low + high) / 2
        above = m * torch.exp(-2 * n * t**2) > delta
        low, high = torch.where(above, t, low), torch.where(above, high, t)
    return {"t": low, "q": low**2}


confidence = Derivation(
    "confidence-width",
    "How far risks lie above shares of errors, at a stated confidence",
    subject="learning theory",
    statement="With probability 1 − δ no one of m classifiers has a risk more than √(log(m/δ)/(2n)) above its share of errors.",
    start=relation("delta = m*exp(-2*n*q)", letters=("m", "n")),
    opening=_by("finite class", "At a gap t with t² = q the bound is δ (derived above)."),
    then=(
        take_logarithms("Take logarithms.", "Both sides are positive."),
        expand_logarithms("The logarithm undoes the exponential.", frozenset({"m", "delta"})),
        solve_for(expression("q"), "Solve for q."),
        multiply_out("One fraction for each."),
        join_logarithms(),
        put("q", (), expression("t**2"), "the gap", "q is the square of the gap."),
        take_root(expression("t"), "The gap is not negative."),
    ),
    symbols={
        "m": Symbol(domain="dimension", latex="m", meaning="the number of classifiers"),
        "n": Symbol(domain="dimension", latex="n", meaning="the number of examples"),
        "delta": Symbol((), "unit", r"\delta", "how often the bound may fail"),
        "q": Symbol((), "derived", "q", "the square of the gap"),
        "t": Symbol((), "derived", "t", "the gap"),
    },
    truth=_confident,
    settings=({"m": 2, "n": 5}, {"m": 3, "n": 40}, {"m": 100, "n": 30}),
    form="t = √((log(m/δ))/(2 n))",
    source=f"{_NOTES} 'VC Theory'",
    lemmas=(finite,),
)
