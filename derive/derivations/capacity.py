"""How much Hopfield's and Willshaw's memories hold: what can be proved, and what a simulation shows."""

from __future__ import annotations

from functools import cache
from typing import Any

from derive.calculus.inequalities import bounded_by, ends, turned
from derive.calculus.rules import put, solve_for
from derive.calculus.rules_logarithms import expand_logarithms
from derive.calculus.rules_scalar import take_logarithms
from derive.calculus.trace import Rule
from derive.derivations.associative import crosstalk
from derive.derivations.base import Derivation, Symbol, axes
from derive.derivations.tails import hoeffding
from derive.notation.index_language import expression, relation

_NOTES = "000_46eee05028ac51b3.txt"
_SHAPES = {"x": "T n", "y": "T n", "f": "T"}
_NETWORKS = 50


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _text(formula: str, *letters: str) -> Any:
    return expression(formula, letters=("n", "S", "r", *letters))


def _drowned(torch: Any, n: int, S: int) -> dict[str, Any]:  # noqa: N803
    """How often S·n random signs add up to −n or less: torch's own binomial distribution."""
    signs = S * n
    counts = torch.arange(signs + 1, dtype=torch.float64)
    chances = torch.distributions.Binomial(signs, torch.tensor(0.5, dtype=torch.float64)).log_prob(counts).exp()
    number = torch.tensor(float(signs), dtype=torch.float64)
    return {"M": number, "t": 1 / (2 * number / n), "P": chances[2 * counts - signs <= -n].sum()}


bit_error = Derivation(
    "hopfield-bit-error",
    "How often the other patterns turn a bit of a Hopfield memory round",
    subject="memory",
    statement="A unit that hears n others, with s other patterns stored, hears the wrong sign, or none, with a probability of "
    "at most exp(−n/(2s)).",
    start=relation("P <= exp(-2*M*t**2)"),
    opening=_by(
        "Hoeffding's inequality",
        "The noise is the sum of M random signs (derived above); as variables between 0 and 1 their mean must be t off.",
    ),
    then=(
        put(
            "t", (), _text("1/(2*S)"), "how far", "The signs must add up to −n: half a sign is 1/2, and n over 2M is t."
        ),
        put("M", (), _text("S*n"), "how many", "One sign for every other unit of every other pattern; s cancels once."),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of units that one unit hears"),
        "S": Symbol(domain="dimension", latex="s", meaning="the number of other patterns"),
        "M": Symbol((), "derived", "M", "the number of signs in the noise"),
        "t": Symbol((), "derived", "t", "how far their mean, between 0 and 1, is below one half"),
        "P": Symbol((), "derived", "P", "how often the noise drowns the signal"),
    },
    truth=_drowned,
    settings=({"n": 20, "S": 3}, {"n": 50, "S": 4}, {"n": 100, "S": 30}),
    kind="claim",
    form="P ≤ e^{-n/(2 s) }",
    source=f"{_NOTES} 'Hebb-Hopfield', capacity",
    assumptions=("All patterns are drawn at random, each sign by itself.",),
    lemmas=(crosstalk, hoeffding),
)


def _enough(torch: Any, delta: Any, n: int) -> dict[str, Any]:
    """For how many patterns the union bound over n units is δ, by bisection."""
    low, high = torch.full_like(delta, 1e-3), torch.full_like(delta, 1e3)
    for _ in range(100):
        s = (low + high) / 2
        below = n * torch.exp(-n / (2 * s)) < delta
        low, high = torch.where(below, s, low), torch.where(below, low * 0 + high, s)
    return {"s": low}


patterns = Derivation(
    "hopfield-pattern-count",
    "How many patterns a Hopfield memory holds without an error",
    subject="memory",
    statement="With n/(2 (log n − log δ)) other patterns all units of a stored pattern stay, with probability 1 − δ.",
    start=relation("delta = n*exp(-n/(2*s))", letters=("n",)),
    opening=_by(
        "union bound", "Some one of n units is wrong with at most n times the probability of one (derived above)."
    ),
    then=(
        take_logarithms("Take logarithms.", "Both sides are positive."),
        expand_logarithms("The logarithm undoes the exponential.", frozenset({"n", "delta", "s"})),
        solve_for(expression("s"), "Solve for the number of patterns."),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of units"),
        "delta": Symbol((), "unit", r"\delta", "how often some unit may be wrong"),
        "s": Symbol((), "derived", "s", "the number of other patterns"),
    },
    truth=_enough,
    settings=({"n": 5}, {"n": 30}, {"n": 200}),
    form="s = -n/(2 (log δ - log(n)))",
    source=f"{_NOTES} 'Hebb-Hopfield', capacity",
    lemmas=(bit_error,),
)


@cache
def _at_rest(torch: Any, n: int, S: int) -> tuple[Any, Any]:  # noqa: N803
    """The first patterns of fifty networks, and where one unit after the other leads from there."""
    draw = torch.Generator().manual_seed(n)
    stored = 2.0 * torch.randint(0, 2, (_NETWORKS, S, n), generator=draw) - 1
    weights = torch.einsum("tsi,tsj->tij", stored, stored)
    weights.diagonal(dim1=1, dim2=2).zero_()
    x, before = stored[:, 0].clone(), torch.zeros(_NETWORKS, n)
    while not torch.equal(x, before):
        before = x.clone()
        for i in range(n):
            heard = (weights[:, i] * x).sum(dim=1)
            x[:, i] = torch.where(heard == 0, x[:, i], torch.sign(heard))
    return stored[:, 0].double(), x.double()


def _recalled(torch: Any, n: int, S: int) -> dict[str, Any]:  # noqa: N803
    stored, rest = _at_rest(torch, n, S)
    return {"x": stored, "y": rest, "f": torch.ne(stored, rest).double().mean(dim=1)}


_RECALL: dict[str, Any] = {
    "subject": "memory",
    "symbols": {
        "n": Symbol(domain="dimension", latex="n", meaning="the number of units"),
        "S": Symbol(domain="dimension", latex="s", meaning="the number of stored patterns"),
        "T": Symbol(domain="dimension", latex="T", meaning="the number of networks that are tried"),
        "x": Symbol(("T", "n"), "derived", "x", "a stored pattern of each network"),
        "y": Symbol(("T", "n"), "derived", "y", "where the network comes to rest, from there"),
        "f": Symbol(("T",), "derived", "f", "the share of wrong bits"),
    },
    "truth": _recalled,
    "kind": "claim",
    "source": f"{_NOTES} 'Hebb-Hopfield', capacity; Amit, Gutfreund, Sompolinsky (1985): 0.138",
    "assumptions": (
        "Random patterns; units are updated one after the other.",
        "By simulation: fifty networks from a seeded generator.",
    ),
}
_WRONG = "(1/2 - sum(x[t, i]*y[t, i], i)/(2*n))"
below = Derivation(
    "hopfield-recall-below-capacity",
    "A Hopfield memory below its capacity recalls",
    statement="With n/10 patterns each of fifty networks comes to rest with at most one bit in twenty wrong; if one network in "
    "ten did not, fifty would with a probability of at most 0.9⁵⁰ < 0.6 %.",
    start=relation(f"f[t] = {_WRONG}", shapes=_SHAPES, frame=axes(t="T"), letters=("n",)),
    opening=_by("share", "A product of signs is 1 where they agree and −1 where they do not."),
    then=(bounded_by(expression("1/20"), "simulation", "So it is at each of the networks.", "s is n/10."),),
    settings=({"n": 200, "S": 20, "T": 50}, {"n": 220, "S": 22, "T": 50}, {"n": 240, "S": 24, "T": 50}),
    form="f_t = 1/2 - 1/(2 n) Σ_{i=1}^n x_{t,i} y_{t,i} ≤ 1/20",
    **_RECALL,
)
above = Derivation(
    "hopfield-recall-above-capacity",
    "A Hopfield memory above its capacity forgets",
    statement="With 2n/5 patterns each of fifty networks comes to rest with more than one bit in twenty wrong; if one network "
    "in ten did not, fifty would with a probability of at most 0.9⁵⁰ < 0.6 %.",
    start=relation(f"-f[t] = -{_WRONG}", shapes=_SHAPES, frame=axes(t="T"), letters=("n",)),
    opening=_by("share", "A product of signs is 1 where they agree and −1 where they do not; with a minus sign."),
    then=(
        bounded_by(expression("-1/20"), "simulation", "So it is at each of the networks.", "s is 2n/5.", "<"),
        ends("Keep the two ends."),
        turned("Turn the signs round."),
    ),
    settings=({"n": 200, "S": 80, "T": 50}, {"n": 220, "S": 88, "T": 50}, {"n": 240, "S": 96, "T": 50}),
    form="f_t > 1/20",
    **_RECALL,
)
