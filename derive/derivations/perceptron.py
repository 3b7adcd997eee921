"""The perceptron: how fast its weights can grow while it makes mistakes."""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.inequalities import count_multiplications
from derive.calculus.rules import put, start_value, unroll, use
from derive.calculus.rules_terms import estimate, multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

STEPS = (Bound(Letter("t"), Affine.of(1), Affine.of("k") + 1),)
SHAPES = {"w": "k+1 n", "x": "k n", "y": "k", "q": "k+1"}


def _run(torch: Any, stream: Any, labels: Any, k: int, n: int) -> dict[str, Any]:
    """The perceptron on a stream of examples until it has made k mistakes, which alone are kept."""
    weights: list[Any] = [torch.zeros(n, dtype=torch.float64)]
    inputs: list[Any] = []
    signs: list[Any] = []
    for x, y in zip(stream, labels, strict=True):
        if len(inputs) < k and float(y * torch.dot(weights[-1], x)) <= 0:
            inputs.append(x)
            signs.append(y)
            weights.append(weights[-1] + y * x)
    x, w = torch.stack(inputs), torch.stack(weights)
    norms = torch.linalg.vector_norm(w, dim=1) ** 2
    return {"x": x, "y": torch.stack(signs), "w": w, "q": norms, "R": torch.linalg.vector_norm(x, dim=1).max()}


def _mistakes(torch: Any, k: int, n: int, seed: Any) -> dict[str, Any]:
    """Random points with random labels: there is always another mistake to come."""
    draw = torch.Generator().manual_seed(int(1e6 * abs(float(seed))))
    stream = torch.randn(60 * k, n, generator=draw, dtype=torch.float64)
    labels = torch.randint(2, (60 * k,), generator=draw).to(torch.float64) * 2 - 1
    return _run(torch, stream, labels, k, n)


def _orthogonal(torch: Any, k: int, n: int, seed: Any) -> dict[str, Any]:
    """Orthogonal inputs of one length: each is a mistake, because the weights know nothing of its direction."""
    radius = 1 + abs(float(seed))
    return _run(torch, radius * torch.eye(n, dtype=torch.float64), -torch.ones(n, dtype=torch.float64), k, n)


norm_growth = Derivation(
    "perceptron-norm-growth",
    "How fast the perceptron's weights grow",
    subject="learning theory",
    statement="A bound on the length of the weights after k mistakes, for inputs no longer than R.",
    start=relation("q[t] = sum(w[t, i]**2, i)", shapes=SHAPES, frame=STEPS),
    opening=Rule("squared length", "Write q for the squared length of the weights after each mistake.", lambda r: r),
    then=(
        put(
            "w",
            ("t", "i"),
            expression("w[t-1, i] + y[t-1]*x[t-1, i]", shapes=SHAPES, letters=("t", "i")),
            "the update",
            "A mistake adds the input to the weights, with the sign of its label.",
        ),
        multiply_out("The square of a sum: two squares and twice the product."),
        use(
            expression("y[t]**2", shapes=SHAPES, letters=("t",)),
            expression("1"),
            "a label is a sign",
            "The label is 1 or −1, its square is 1.",
        ),
        use(
            expression("sum(w[t, i]**2, i)", shapes=SHAPES, letters=("t",)),
            expression("q[t]", shapes=SHAPES, letters=("t",)),
            "the length before",
            "The first sum is the squared length before the update.",
        ),
        estimate(
            expression("2*sum(w[t-1, i]*x[t-1, i]*y[t-1], i)", shapes=SHAPES, frame=STEPS),
            expression("0"),
            "it was a mistake",
            "Only mistakes change the weights, and on a mistake y (w·x) is not positive.",
            "y (w·x) ≤ 0 at every update.",
        ),
        estimate(
            expression("sum(x[t-1, i]**2, i)", shapes=SHAPES, frame=STEPS),
            expression("R**2"),
            "bounded inputs",
            "No input is longer than R.",
        ),
        unroll("q", Affine.of("k"), "t", "Each of the k mistakes adds at most R²."),
        start_value("q", 0, expression("0"), "The weights start at zero."),
        count_multiplications("The same share k times."),
        put(
            "q",
            ("t",),
            expression("sum(w[t, i]**2, i)", shapes=SHAPES, letters=("t",)),
            "in full",
            "q is the squared length of the weights.",
        ),
    ),
    symbols={
        "k": Symbol(domain="dimension", latex="k", meaning="the number of mistakes"),
        "n": Symbol(domain="dimension", latex="n", meaning="the number of weights"),
        "seed": Symbol((), latex="s", meaning="which stream of examples is tried"),
        "x": Symbol(("k", "n"), "derived", "x", "the inputs on which a mistake was made"),
        "y": Symbol(("k",), "derived", "y", "their labels, 1 or −1"),
        "w": Symbol(("0..k", "n"), "derived", "w", "the weights, from zero on, after each mistake"),
        "q": Symbol(("0..k",), "derived", "q", "the squared length of the weights, q = ‖w‖²"),
        "R": Symbol((), "derived", "R", "the length of the longest input"),
    },
    truth=_mistakes,
    equality=_orthogonal,
    settings=({"k": 3, "n": 4}, {"k": 4, "n": 6}, {"k": 6, "n": 7}),
    kind="claim",
    form="Σ_{i=1}^n w_{k,i}² ≤ k R²",
    assumptions=(
        "The weights start at zero and change on mistakes only.",
        "Attained by orthogonal inputs of length R: no better bound holds for all data.",
    ),
    source="000_46eee05028ac51b3.txt, Perceptron, Lemma (Norm Growth)",
)
