"""Novikov's theorem: on separable data the perceptron makes a bounded number of mistakes."""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine
from derive.calculus.expr import expr
from derive.calculus.inequalities import bounded_by, count_multiplications, ends, turned
from derive.calculus.rules import both_sides, put, start_value, unroll, use
from derive.calculus.rules_terms import estimate, multiply_out
from derive.calculus.trace import Relation, Rule
from derive.derivations.base import Derivation, Symbol
from derive.derivations.perceptron import STEPS, norm_growth
from derive.notation.index_language import expression, relation

_SHAPES = {"w": "k+1 n", "x": "k n", "y": "k", "u": "n", "d": "k+1"}
_MARGIN = 0.1


def _updates(torch: Any, xs: Any, ys: Any, u: Any, k: int) -> dict[str, Any]:
    """The perceptron on a stream until it has made k mistakes, which alone are kept, with their margin and length."""
    weights = [torch.zeros_like(u)]
    kept: list[int] = []
    while len(kept) < k:
        wrong = (ys * (xs @ weights[-1]) <= 0).nonzero()[:, 0].tolist()
        kept.append(wrong[len(kept) % len(wrong)])
        weights.append(weights[-1] + ys[kept[-1]] * xs[kept[-1]])
    x, y, w = xs[kept], ys[kept], torch.stack(weights)
    return {
        "x": x,
        "y": y,
        "w": w,
        "u": u,
        "d": -(w @ u),
        "q": torch.linalg.vector_norm(w, dim=1) ** 2,
        "R": torch.linalg.vector_norm(x, dim=1).max(),
        "gamma": (y * (x @ u)).min(),
    }


def _separable(torch: Any, k: int, n: int, seed: Any) -> dict[str, Any]:
    """Random points that a random direction separates with a small margin: the perceptron goes wrong often enough."""
    draw = torch.Generator().manual_seed(int(1e6 * abs(float(seed))))
    u = torch.nn.functional.normalize(torch.randn(n, generator=draw, dtype=torch.float64), dim=0)
    xs = torch.randn(400 * k, n, generator=draw, dtype=torch.float64)
    ys = torch.sign(xs @ u)
    return _updates(torch, xs + _MARGIN * ys[:, None] * u, ys, u, k)


def _orthogonal(torch: Any, k: int, n: int, seed: Any) -> dict[str, Any]:
    """Orthogonal inputs of one length and the direction between them: each is a mistake, with the same margin."""
    xs = (1 + abs(float(seed))) * torch.eye(n, dtype=torch.float64)[:k]
    return _updates(torch, xs, torch.ones(k, dtype=torch.float64), xs.sum(0) / torch.linalg.vector_norm(xs.sum(0)), k)


_SYMBOLS = {n: s for n, s in norm_growth.symbols.items() if n != "q"} | {
    "u": Symbol(("n",), "derived", r"\theta^*", "a separator of length 1"),
    "gamma": Symbol((), "derived", r"\gamma", "its margin: every example is on its side by that much"),
    "d": Symbol(("0..k",), "derived", "d", "minus how far the weights reach along the separator"),
}
_SOURCE = "000_46eee05028ac51b3.txt 'Perceptron', Novikov's convergence theorem"
_SEPARABLE = "The data are separable: y (x·θ*) ≥ γ > 0 for every example, for some θ* of length 1."

alignment = Derivation(
    "perceptron-alignment",
    "How far the perceptron turns towards a separator",
    subject="learning theory",
    statement="After k mistakes the weights reach at least kγ along any separator of margin γ.",
    start=relation("d[t] = -sum(w[t, i]*u[i], i)", shapes=_SHAPES, frame=STEPS),
    opening=Rule(
        "against the separator", "Write d for minus how far the weights reach along the separator.", lambda r: r
    ),
    then=(
        put(
            "w",
            ("t", "i"),
            expression("w[t-1, i] + y[t-1]*x[t-1, i]", shapes=_SHAPES, letters=("t", "i")),
            "the update",
            "A mistake adds the input to the weights, with the sign of its label.",
        ),
        multiply_out("Multiply out."),
        use(
            expression("-sum(u[i]*w[t, i], i)", shapes=_SHAPES, letters=("t",)),
            expression("d[t]", shapes=_SHAPES, letters=("t",)),
            "the reach before",
            "The first sum belongs to the weights before the update.",
        ),
        estimate(
            expression("-sum(u[i]*x[t-1, i]*y[t-1], i)", shapes=_SHAPES, frame=STEPS),
            expression("-gamma"),
            "margin",
            "The separator has every example on its side by the margin at least.",
            "y (x·θ*) ≥ γ.",
        ),
        unroll("d", Affine.of("k"), "t", "Each of the k mistakes takes away at least γ."),
        start_value("d", 0, expression("0"), "The weights start at zero."),
        count_multiplications("The same share k times."),
        put(
            "d",
            ("t",),
            expression("-sum(w[t, i]*u[i], i)", shapes=_SHAPES, letters=("t",)),
            "in full",
            "d is minus the reach.",
        ),
        turned("Turn the signs round."),
    ),
    symbols=_SYMBOLS,
    truth=_separable,
    equality=_orthogonal,
    settings=norm_growth.settings,
    kind="claim",
    form="Σ_{i=1}^n w_{k,i} θ_i* ≥ k γ",
    assumptions=(_SEPARABLE, "The weights start at zero and change on mistakes only."),
    source=_SOURCE,
)


def _reach() -> Relation:
    known = alignment.result
    return Relation((known.result**2, expr(known.left) ** 2), ("<=",))


novikov = Derivation(
    "novikov-bound",
    "Novikov's bound on the perceptron's mistakes",
    subject="learning theory",
    statement="On data of length at most R and margin γ the perceptron makes at most R²/γ² mistakes.",
    start=_reach,
    opening=Rule(
        "reach",
        "After k mistakes the weights reach at least kγ along the separator (derived above). Neither is negative: square.",
        lambda r: r,
    ),
    then=(
        bounded_by(
            expression("sum(w[k, i]**2, i)*sum(u[i]**2, i)", shapes=_SHAPES),
            "Cauchy–Schwarz",
            "The square of a scalar product is at most the product of the squared lengths.",
            "",
        ),
        use(
            expression("sum(u[i]**2, i)", shapes=_SHAPES),
            expression("1"),
            "a direction",
            "The separator has length 1.",
        ),
        lambda: bounded_by(
            norm_growth.result.result,
            "norm growth",
            "The squared length is at most kR² (derived above).",
            "No input is longer than R.",
        ),
        ends("The first and the last of the chain."),
        both_sides("divide", expression("k*gamma**2", letters=("k",)), "Divide by kγ².", "There was a mistake; γ > 0."),
    ),
    symbols={n: s for n, s in _SYMBOLS.items() if n != "d"},
    truth=_separable,
    equality=_orthogonal,
    settings=norm_growth.settings,
    kind="claim",
    form="k ≤ R²/γ²",
    assumptions=(_SEPARABLE, "Attained by orthogonal inputs of length R: no better bound holds for all data."),
    source=_SOURCE,
    lemmas=(alignment, norm_growth),
)
