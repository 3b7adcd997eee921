"""Wasserstein's distance on a line, functions of slope at most 1, and the loss of CycleGAN."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from derive.calculus.affine import Affine
from derive.calculus.rules import unroll, use
from derive.calculus.rules_sums import gather
from derive.calculus.rules_terms import estimate, multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol, axes
from derive.derivations.wasserstein import _best_critic as best
from derive.derivations.wasserstein import _programme as programme
from derive.derivations.wasserstein import critic
from derive.notation.index_language import expression, relation

_SHEET = "002_07d594d59fa09095.txt, Wasserstein GANs"
_SHAPES = {"f": "n", "h": "n", "p": "n", "q": "n", "x": "n"}


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _text(formula: str, *letters: str) -> Any:
    return expression(formula, shapes=_SHAPES, letters=("n", *letters))


_TOKENS = 7


def _line(torch: Any, T: Any, x: Any) -> dict[str, Any]:  # noqa: N803
    """Two distributions and the best critic; the least cost by brute force over all plans.

    A few places: all vertices of the polytope of plans. Many: distributions that seven tokens of equal mass make up, and all
    ways to pair the tokens, which are the vertices then (Birkhoff).
    """
    if len(x) < 4:
        found = best(torch, T, x)
        cost = (programme(torch, found["p"], found["q"], found["c"])[0] * found["c"]).sum()
    else:
        cells = torch.topk(T.flatten(), _TOKENS).indices
        found = best(torch, torch.zeros_like(T).flatten().scatter(0, cells, 1 / _TOKENS).reshape(T.shape), x)
        places = torch.arange(len(x))
        before, after = (torch.repeat_interleave(places, (found[m] * _TOKENS).round().long()) for m in "pq")
        pairings = torch.tensor(list(permutations(range(_TOKENS))))
        cost = found["c"][before, after[pairings]].mean(dim=1).min()
    return {**found, "h": torch.cumsum(found["p"] - found["q"], 0), "D": cost}


_LINE = {
    "n": Symbol(domain="dimension", latex="n", meaning="the number of places"),
    "T": Symbol(("n", "n"), "positive"),
    "x": Symbol(("n",), "real", "x", "the places, from left to right"),
    "p": Symbol(("n",), "derived", "p", "one distribution"),
    "q": Symbol(("n",), "derived", "q", "the other"),
    "h": Symbol(("n",), "derived", "h", "how much more of p than of q lies up to each place: F − G"),
    "f": Symbol(("n",), "derived", "f", "the best critic"),
    "D": Symbol((), "derived", "W", "Wasserstein's distance"),
}
on_a_line = Derivation(
    "wasserstein-line",
    "Wasserstein's distance on a line",
    subject="generative",
    statement="On a line the distance is the area between the two distribution functions.",
    start=relation("D = sum(f[k]*(p[k] - q[k]), k)", shapes=_SHAPES),
    opening=_by("duality", "What the best function of slope at most 1 tells apart is the distance (derived above)."),
    then=(
        use(
            _text("p[k] - q[k]", "k"),
            _text("h[k] - h[k-1]", "k"),
            "distribution functions",
            "What lies at a place is the step of the distribution functions there.",
        ),
        multiply_out("Two sums."),
        use(
            _text("sum(f[k]*h[k-1], k=0..n-1)"),
            _text("sum(f[k+1]*h[k], k=0..n-2)"),
            "count one further",
            "The same sum, counted from the other neighbour: h is 0 before the first place.",
        ),
        use(
            _text("sum(f[k]*h[k], k=0..n-1)"),
            _text("sum(f[k]*h[k], k=0..n-2)"),
            "total mass",
            "Up to the last place lies all of both: h is 0 there.",
        ),
        gather("Sum by parts."),
        use(
            _text("h[k]*(f[k] - f[k+1])", "k"),
            _text("abs(h[k])*(x[k+1] - x[k])", "k"),
            "best critic",
            "It falls as steeply as it may where h is positive, and rises so where it is negative.",
        ),
    ),
    symbols=_LINE,
    truth=_line,
    settings=({"n": 2}, {"n": 3}, {"n": 6}, {"n": 8}),
    form="W = Σ_{k=1}^{n-1} | h_k | (x_{k+1} - x_k)",
    source=f"{_SHEET}; Vallender (1974)",
    lemmas=(critic,),
)


def _layers(torch: Any, W: Any, x: Any, y: Any) -> dict[str, Any]:  # noqa: N803
    """Two inputs through a deep network of rectifiers, and torch's own operator norms."""
    gaps = [x - y]
    norms = [torch.zeros((), dtype=x.dtype)]
    for matrix in W:
        x, y = torch.relu(matrix @ x), torch.relu(matrix @ y)
        gaps.append(x - y)
        norms.append(torch.linalg.matrix_norm(matrix, ord=2))
    return {"a": torch.stack(norms), "u": torch.linalg.vector_norm(torch.stack(gaps), dim=1)}


def _scaled(torch: Any, W: Any, r: Any) -> dict[str, Any]:  # noqa: N803
    """Layers that multiply positive inputs by a number: each stretches as much as it may."""
    count, n = W.shape[:2]
    W = (r + torch.arange(count, dtype=r.dtype))[:, None, None] * torch.eye(n, dtype=r.dtype)  # noqa: N806
    y = torch.full((n,), 0.5, dtype=r.dtype)
    return {"W": W, "x": 2 * y + r, "y": y, **_layers(torch, W, 2 * y + r, y)}


_DEPTH = {"u": "T+1", "a": "T+1"}
lipschitz = Derivation(
    "lipschitz-product",
    "How far a deep network can take two inputs apart",
    subject="robustness",
    statement="The distance of two outputs is at most the product of the layers' operator norms times that of the inputs.",
    start=relation("u[t] <= a[t]*u[t-1]", shapes=_DEPTH, frame=axes(t="1..T")),
    opening=_by(
        "one layer", "A matrix stretches nothing by more than its operator norm, and a rectifier nothing at all."
    ),
    then=(unroll("u", Affine.of("T"), "t", "The same for every layer.", "Operator norms are not negative."),),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the size of the layers"),
        "T": Symbol(domain="dimension", latex="L", meaning="the number of layers"),
        "W": Symbol(("T", "n", "n"), latex="W", meaning="the weights"),
        "x": Symbol(("n",), latex="x", meaning="one input"),
        "y": Symbol(("n",), latex="y", meaning="another"),
        "r": Symbol((), "positive"),
        "a": Symbol(("0..T",), "derived", "a", "the operator norm of each layer's weights, from layer 1 on"),
        "u": Symbol(("0..T",), "derived", "u", "the distance of the two behind each layer"),
    },
    truth=_layers,
    equality=_scaled,
    settings=({"n": 2, "T": 3}, {"n": 3, "T": 4}, {"n": 4, "T": 3}),
    kind="claim",
    form="u_L ≤ u_0 Π_{t=1}^L a_t",
    source=f"{_SHEET}, 1-Lipschitz; 000_46eee05028ac51b3.txt 'operator norm regularization'",
)

_CLIP = {"w": "n", "x": "n", "y": "n"}


def _clipped(torch: Any, v: Any, c: Any, x: Any, y: Any) -> dict[str, Any]:
    """Weights clipped to a box, and the city-block distance of two inputs."""
    w = torch.clamp(v, -c, c)
    return {"w": w, "d": torch.dot(w, x) - torch.dot(w, y), "N": torch.linalg.vector_norm(x - y, ord=1)}


def _corner(torch: Any, c: Any, x: Any, y: Any) -> dict[str, Any]:
    """Weights in the corner that the difference points to."""
    v = 2 * c * torch.sign(x - y)
    return {"v": v, **_clipped(torch, v, c, x, y)}


clipping = Derivation(
    "clipping-lipschitz",
    "How weight clipping bounds the slope of a linear critic",
    subject="generative",
    statement="With weights clipped to ±c a linear critic tells two inputs apart by at most c times their city-block distance.",
    start=relation("d = sum(w[i]*(x[i] - y[i]), i)", shapes=_CLIP),
    opening=_by("critic", "The critic at one input less at the other."),
    then=(
        estimate(
            expression("sum(w[i]*(x[i] - y[i]), i)", shapes=_CLIP),
            expression("sum(c*abs(x[i] - y[i]), i)", shapes=_CLIP),
            "clipping",
            "No weight is larger than c.",
            "|w| ≤ c.",
        ),
        use(
            expression("sum(abs(x[i] - y[i]), i)", shapes=_CLIP),
            expression("N"),
            "distance",
            "The city-block distance.",
        ),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of inputs"),
        "v": Symbol(("n",), "real"),
        "c": Symbol((), "positive", "c", "where weights are clipped"),
        "x": Symbol(("n",), latex="x", meaning="one input"),
        "y": Symbol(("n",), latex="y", meaning="another"),
        "w": Symbol(("n",), "derived", "w", "the weights, clipped"),
        "N": Symbol((), "derived", r"\|x - y\|_1", "the city-block distance"),
        "d": Symbol((), "derived", "d", "what the critic tells apart"),
    },
    truth=_clipped,
    equality=_corner,
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
    kind="claim",
    form="d = Σ_{i=1}^n w_i (x_i - y_i) ≤ c ‖x - y‖_1",
    source=f"{_SHEET}, weight clipping",
)
