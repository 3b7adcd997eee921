"""Bounds by duality and by norms, and the propagation matrix of graph convolution."""

from __future__ import annotations

from typing import Any

from derive.calculus.inequalities import bounded_by, ends
from derive.calculus.rules import put
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol, axes
from derive.notation.index_language import expression, relation

_NOTES = "000_46eee05028ac51b3.txt"
_SHAPES = {"g": "n", "r": "n", "A": "n n", "Q": "n n", "E": "n n", "d": "n"}
_SIZES = ({"n": 2}, {"n": 3}, {"n": 5})


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _perturbed(torch: Any, g: Any, s: Any, eps: Any, p: Any) -> dict[str, Any]:
    """Any perturbation of length ε in the p-norm, and torch's own dual norm."""
    power, dual = 1 + 2 * p, (1 + 2 * p) / (2 * p)
    r = eps * s / torch.linalg.vector_norm(s, ord=float(power))
    return {"q": dual, "r": r, "N": torch.linalg.vector_norm(g, ord=float(dual)), "v": torch.dot(g, r)}


def _steepest(torch: Any, g: Any, s: Any, eps: Any, p: Any) -> dict[str, Any]:
    """The projected gradient step: the slopes to the power q − 1, with their signs, on the sphere of radius ε."""
    dual = (1 + 2 * p) / (2 * p)
    return _perturbed(torch, g, torch.sign(g) * torch.abs(g) ** (dual - 1), eps, p)


holder = Derivation(
    "pgd-step-bound",
    "How much a perturbation of bounded length can raise the loss, to first order",
    subject="robustness",
    statement="A perturbation no longer than ε in the p-norm raises a linear loss by at most ε times the gradient's dual norm; "
    "the step sign(g)|g|^(q−1), scaled, attains it.",
    start=relation("v = sum(g[i]*r[i], i)", shapes=_SHAPES),
    opening=_by("to first order", "The loss changes by the inner product of gradient and perturbation."),
    then=(
        bounded_by(
            expression("sum(abs(g[i])*abs(r[i]), i)", shapes=_SHAPES),
            "signs",
            "No product is larger than its magnitude.",
            "Equality if r has the signs of g.",
        ),
        bounded_by(
            expression("eps*N"),
            "Hölder's inequality",
            "A sum of products is at most the p-norm of one factor times the dual norm of the other.",
            "1/p + 1/q = 1; equality if |r|^p is proportional to |g|^q.",
        ),
        ends("Keep the two ends."),
        put("N", (), expression("sum(abs(g[i])**q, i)**(1/q)", shapes=_SHAPES), "dual norm", "Written out."),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of inputs"),
        "g": Symbol(("n",), "nonzero", "g", "the gradient of the loss in the input"),
        "s": Symbol(("n",), "nonzero", "s", "the direction of the perturbation"),
        "eps": Symbol((), "positive", r"\epsilon", "the length of the perturbation in the p-norm"),
        "p": Symbol((), "unit", "a", "half of what p is above 1"),
        "q": Symbol((), "derived", "q", "the dual exponent, p/(p − 1)"),
        "r": Symbol(("n",), "derived", "r", "the perturbation"),
        "N": Symbol((), "derived", r"\|g\|_q", "the dual norm of the gradient"),
        "v": Symbol((), "derived", r"\Delta", "the change of the loss, to first order"),
    },
    truth=_perturbed,
    equality=_steepest,
    settings=_SIZES,
    kind="claim",
    form="Δ ≤ ε (Σ_{i=1}^n (| g_i |)^q)^{1/q }",
    assumptions=("p is above 1; signs of the gradient are the limit of large p.",),
    source=f"{_NOTES} 'Adversarial Robustness'",
)


def _chained(torch: Any, A: Any, B: Any, x: Any) -> dict[str, Any]:  # noqa: N803
    y = torch.mv(B, x)
    norms = {"a": torch.linalg.matrix_norm(A, ord=2), "b": torch.linalg.matrix_norm(B, ord=2)}
    lengths = {"u": torch.linalg.vector_norm(torch.mv(A, y)), "v": torch.linalg.vector_norm(y)}
    return norms | lengths | {"w": torch.linalg.vector_norm(x)}


def _aligned(torch: Any, A: Any, B: Any, x: Any) -> dict[str, Any]:  # noqa: N803
    """Equality: the second matrix stretches most what the first one gives most of."""
    *_, rows = torch.linalg.svd(B)
    x = 3 * rows[0]
    return {"A": B.T, "x": x, **_chained(torch, B.T, B, x)}


norms = Derivation(
    "operator-norm-product",
    "The stretch of two layers one after the other",
    subject="robustness",
    statement="‖ABx‖ ≤ ‖A‖ ‖B‖ ‖x‖: a network's Lipschitz constant is at most the product of its layers' operator norms.",
    start=relation("u <= a*v"),
    opening=_by("operator norm", "A stretches no vector more than its operator norm, and Bx neither."),
    then=(
        bounded_by(
            expression("a*b*w"),
            "operator norm",
            "B stretches x by at most its own.",
            "Operator norms are not negative.",
        ),
        ends("Keep the two ends."),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the size of the layers"),
        "A": Symbol(("n", "n"), latex="A", meaning="the second layer's weights"),
        "B": Symbol(("n", "n"), latex="B", meaning="the first layer's weights"),
        "x": Symbol(("n",), latex="x", meaning="the input"),
        "a": Symbol((), "derived", r"\|A\|", "the operator norm of A"),
        "b": Symbol((), "derived", r"\|B\|", "the operator norm of B"),
        "u": Symbol((), "derived", r"\|A B x\|", "the length of the output"),
        "v": Symbol((), "derived", r"\|B x\|", "the length in between"),
        "w": Symbol((), "derived", r"\|x\|", "the length of the input"),
    },
    truth=_chained,
    equality=_aligned,
    settings=_SIZES,
    kind="claim",
    form="‖A B x‖ ≤ ‖A‖ ‖B‖ ‖x‖",
    source=f"{_NOTES} 'Adversarial training and operator norm regularization'",
)


def _graph(torch: Any, W: Any) -> dict[str, Any]:  # noqa: N803
    """A graph with weights on its edges, one-way streets among them, and torch's own product of the three matrices."""
    A = W - torch.diag(torch.diag(W))  # noqa: N806
    d = 1 + A.sum(dim=1)
    root = torch.diag(torch.rsqrt(d))
    return {"A": A, "d": d, "E": root, "Q": torch.linalg.multi_dot([root, A + torch.eye(len(A), dtype=A.dtype), root])}


propagation = Derivation(
    "gcn-propagation",
    "The entries of graph convolution's propagation matrix",
    subject="graphs",
    statement="Every node hears its neighbours and itself, each over the roots of both degrees.",
    start=relation(
        "Q[i, j] = sum(E[i, k]*(A[k, l] + [k = l])*E[l, j], k, l)", shapes=_SHAPES, frame=axes(i="n", j="n")
    ),
    opening=_by("normalise", "A self-loop at every node, and the root of the degrees taken off on both sides."),
    then=(
        put(
            "E",
            ("i", "k"),
            expression("[i = k]/sqrt(d[i])", shapes=_SHAPES, letters=("i", "k")),
            "diagonal",
            "The matrix of the roots is diagonal.",
        ),
        multiply_out("Each bracket keeps one term."),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of nodes"),
        "W": Symbol(("n", "n"), "nonnegative", "W", "the weights of the edges, those beside the diagonal"),
        "A": Symbol(("n", "n"), "derived", "a", "the adjacency matrix"),
        "d": Symbol(("n",), "derived", r"\tilde{d}", "the degrees, the sums of the rows, self-loops included"),
        "E": Symbol(("n", "n"), "derived", r"\tilde{D}^{-1/2}", "the diagonal matrix of one over the degrees' roots"),
        "Q": Symbol(("n", "n"), "derived", "q", "the propagation matrix"),
    },
    truth=_graph,
    settings=({"n": 3}, {"n": 4}, {"n": 5}),
    form="q_{i,j} = a_{i,j}/(√d̃_i √d̃_j) + ([i = j])/(√d̃_i √d̃_j)",
    source=f"{_NOTES} 'Learning on Graphs'",
)
