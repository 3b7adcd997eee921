"""Memories of bits: what Willshaw's recalls and how full it is, and how loud the other patterns are in Hopfield's."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

from derive.calculus.affine import Affine
from derive.calculus.inequalities import count_multiplications, ends, turned
from derive.calculus.rules import put, start_value, unroll, use
from derive.calculus.rules_chance import linearity
from derive.calculus.rules_terms import estimate, multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol, axes
from derive.notation.index_language import expression, relation

_NOTES = "000_46eee05028ac51b3.txt"
_STORED = {"x": "S n", "y": "S m", "A": "m n", "z": "S m"}
_FRAME = axes(t="S", j="m")


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _willshaw(torch: Any, x: Any, y: Any) -> dict[str, Any]:
    """The binary memory of all pairs, and what it sends to each output when a stored input is shown."""
    memory = torch.einsum("tj,ti->ji", y, x).clamp(max=1)
    return {"A": memory, "z": x @ memory.mT, "r": x.sum(dim=1)}


def _apart(torch: Any, x: Any, y: Any) -> dict[str, Any]:
    """Inputs that do not overlap: nothing else is heard."""
    which = torch.arange(x.shape[1]) % len(x)
    x = (which[None, :] == torch.arange(len(x))[:, None]).to(x.dtype)
    return {"x": x, **_willshaw(torch, x, y)}


def _out(formula: str, *letters: str) -> Any:
    return expression(formula, shapes={**_STORED, "r": "S"}, frame=_FRAME, letters=letters)


willshaw = Derivation(
    "willshaw-monotone-recall",
    "A Willshaw memory forgets nothing",
    subject="memory",
    statement="Where a stored pattern wants a 1 the output hears all of the input's ones: it gets at least what was asked for.",
    start=relation("-z[t, j] = -sum(A[j, i]*x[t, i], i)", shapes=_STORED, frame=_FRAME),
    opening=_by(
        "recall", "What the memory sends to output j when input t is shown; with a minus sign, for an upper bound."
    ),
    then=(
        estimate(
            _out("-sum(A[j, i]*x[t, i], i)"),
            _out("-sum(y[t, j]*x[t, i]*x[t, i], i)"),
            "stored once is stored",
            "Each connection is at least what this pair alone would have made it: further pairs only add.",
            "x and y are 0 or 1.",
        ),
        ends("Keep the two ends."),
        use(_out("x[t, i]**2", "i", "t"), _out("x[t, i]", "i", "t"), "idempotent", "A bit is its own square."),
        use(_out("sum(x[t, i], i)", "t"), _out("r[t]", "t"), "ones", "The number of the input's ones."),
        turned("Turn the signs round."),
    ),
    symbols={
        "S": Symbol(domain="dimension", latex="s", meaning="the number of stored pairs"),
        "n": Symbol(domain="dimension", latex="n", meaning="the number of inputs"),
        "m": Symbol(domain="dimension", latex="m", meaning="the number of outputs"),
        "x": Symbol(("S", "n"), "binary", "x", "the inputs"),
        "y": Symbol(("S", "m"), "binary", "y", "the outputs"),
        "A": Symbol(("m", "n"), "derived", r"\Theta", "the memory: 1 where some pair has both a 1"),
        "z": Symbol(("S", "m"), "derived", "z", "what each output hears"),
        "r": Symbol(("S",), "derived", "r", "the number of ones of each input"),
    },
    truth=_willshaw,
    equality=_apart,
    settings=({"S": 2, "n": 5, "m": 3}, {"S": 3, "n": 7, "m": 2}, {"S": 4, "n": 9, "m": 3}),
    kind="claim",
    form="z_{t,j} ≥ y_{t,j} r_t",
    source=f"{_NOTES} 'Willshaw Memory', Monotonicity",
)


def _sparse(torch: Any, n: int, r: int) -> Any:
    """All patterns of n bits with r ones."""
    rows = [[float(i in ones) for i in range(n)] for ones in combinations(range(n), r)]
    return torch.tensor(rows, dtype=torch.float64)


def _filled(torch: Any, n: int, r: int, S: int) -> dict[str, Any]:  # noqa: N803
    """How often one connection is still unmade, over all ways of drawing up to S pairs of patterns."""
    words = _sparse(torch, n, r)
    made = torch.outer(words[:, 0], words[:, 1]).flatten()
    unmade, shares = torch.ones(1, dtype=torch.float64), [torch.ones((), dtype=torch.float64)]
    for _ in range(S):
        unmade = torch.outer(unmade, 1 - made).flatten()
        shares.append(unmade.mean())
    return {"u": torch.stack(shares), "q": torch.full((), (r / n) ** 2, dtype=torch.float64)}


load = Derivation(
    "willshaw-load",
    "How full a Willshaw memory gets",
    subject="memory",
    statement="After s random pairs of patterns with r ones among n a connection is unmade with the probability (1 − r²/n²)^s.",
    start=relation("u[t] = (1 - q)*u[t-1]", shapes={"u": "S+1"}, frame=axes(t="1..S")),
    opening=_by(
        "not yet", "A connection stays unmade if it was and the next pair, which is independent, does not make it."
    ),
    then=(
        unroll("u", Affine.of("S"), "t", "The same for every pair."),
        start_value("u", 0, expression("1"), "At first no connection is made."),
        put(
            "q",
            (),
            expression("r**2/n**2", letters=("n", "r")),
            "both ones",
            "An input has a 1 there with the probability r/n, and so, independently, has an output.",
        ),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of bits of a pattern"),
        "S": Symbol(domain="dimension", latex="s", meaning="the number of pairs"),
        "r": Symbol(domain="dimension", latex="r", meaning="the number of ones of a pattern"),
        "q": Symbol((), "derived", "q", "how often one pair makes a connection"),
        "u": Symbol(("0..S",), "derived", "u", "how often a connection is still unmade"),
    },
    truth=_filled,
    settings=({"n": 4, "S": 3, "r": 2}, {"n": 5, "S": 2, "r": 3}, {"n": 6, "S": 2, "r": 4}),
    form="u_s = (1 - r²/n²)^s",
    source=f"{_NOTES} 'Willshaw Memory', Maximal capacity",
)

_NOISE = {"e": "Omega S n", "c": "Omega"}


def _others(torch: Any, S: int, n: int) -> dict[str, Any]:  # noqa: N803
    """What the other patterns send to one unit of the pattern of all ones, over all choices of those patterns."""
    x = torch.tensor(list(product((-1.0, 1.0), repeat=S * (n + 1))), dtype=torch.float64).reshape(-1, S, n + 1)
    weights = torch.einsum("oti,ot->oi", x, x[:, :, 0])
    return {"e": x[:, :, 1:] * x[:, :, :1], "v": torch.var(weights[:, 1:].sum(dim=1), correction=0)}


crosstalk = Derivation(
    "hopfield-crosstalk",
    "How loud the other patterns are in a Hopfield memory",
    subject="memory",
    statement="A unit that hears n others gets the signal n from its own pattern, and noise of variance s n from s others: "
    "they drown it where s is not small against n.",
    start=relation("v = expectation(sum(e[o, t, i], t, i)**2, o)", shapes=_NOISE),
    opening=_by("noise", "Every pattern sends from every unit the product of its own signs there, 1 or −1 at random."),
    then=(
        linearity("Multiply the square out: each pair of places and patterns gives an expectation."),
        use(
            expression("expectation(e[o, t, i]*e[o, u, j], o)", shapes=_NOISE),
            expression("[t = u]*[i = j]", letters=("t", "u", "i", "j")),
            "independence",
            "Each sign is drawn by itself: a product has mean 0 unless it is a square.",
            "The patterns are random.",
        ),
        multiply_out("The brackets keep each place of each pattern with itself.", "collapse"),
        count_multiplications("As many as there are places in patterns."),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of units that one unit hears"),
        "S": Symbol(domain="dimension", latex="s", meaning="the number of other patterns"),
        "Omega": Symbol(domain="outcomes", latex=r"\Omega", meaning="all choices of the patterns"),
        "e": Symbol(("Omega", "S", "n"), "derived", "e", "the sign that a pattern sends from a unit, their product"),
        "v": Symbol((), "derived", r"\sigma^2", "the noise's variance"),
    },
    truth=_others,
    settings=({"S": 3, "n": 2, "Omega": 512}, {"S": 2, "n": 3, "Omega": 256}, {"S": 2, "n": 4, "Omega": 1024}),
    form="σ² = s n",
    assumptions=("All patterns are drawn at random, each sign by itself.",),
    source=f"{_NOTES} 'Hebb-Hopfield', capacity",
)
