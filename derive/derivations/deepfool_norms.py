"""DeepFool in any p-norm, by Hölder duality, and with many classes."""

from __future__ import annotations

from typing import Any

from derive.calculus.inequalities import bounded_by, ends
from derive.calculus.rules import put, solve_for, use
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

_SOURCE = "000_46eee05028ac51b3.txt, Unconstrained Perturbations - DeepFool"
_SHAPES = {"w": "n", "r": "n", "f": "m", "N": "m"}
_ONE = {"w": "n", "r": "n"}
_SIZES = ({"n": 2}, {"n": 3}, {"n": 5})


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _text(formula: str, *letters: str) -> Any:
    return expression(formula, shapes=_SHAPES, letters=letters)


def _reaching(torch: Any, w: Any, f: Any, s: Any, a: Any) -> dict[str, Any]:
    """A step along s onto the boundary, and torch's own norms."""
    power = 1 + 2 * a
    r = -f / torch.dot(w, s) * s
    norm = torch.linalg.vector_norm
    return {"r": r, "M": norm(r, ord=float(power)), "D": norm(w, ord=float(power / (power - 1)))}


def _nearest(torch: Any, w: Any, f: Any, a: Any) -> dict[str, Any]:
    """The step along the slopes to the power q − 1, with their signs."""
    return _reaching(torch, w, f, torch.sign(w) * torch.abs(w) ** (1 / (2 * a)), a)


_COMMON = {
    "n": Symbol(domain="dimension", latex="n", meaning="the number of inputs"),
    "w": Symbol(("n",), "nonzero", "w", "the gradient of f, constant because f is linear"),
    "f": Symbol((), "nonzero", "f(x)", "the classifier's value at the point, the difference of two scores"),
}
distance = Derivation(
    "deepfool-distance-bound",
    "How far a linear classifier's boundary is, in any p-norm",
    subject="robustness",
    statement="No step onto the boundary is shorter in the p-norm than |f| over the dual norm of the gradient; the DeepFool "
    "step is that short.",
    start=relation("abs(f) = abs(sum(w[i]*r[i], i))", shapes=_ONE),
    opening=_by("on the boundary", "After the step f + w·r is 0."),
    then=(
        bounded_by(
            expression("D*M"),
            "Hölder's inequality",
            "An inner product is at most the dual norm of one factor times the p-norm of the other.",
            "1/p + 1/q = 1; equality if |r|^p is proportional to |w|^q.",
        ),
        ends("Keep the two ends."),
    ),
    symbols=_COMMON
    | {
        "s": Symbol(("n",), "nonzero"),
        "a": Symbol((), "unit", "a", "half of what p is above 1"),
        "r": Symbol(("n",), "derived", "r", "a step onto the boundary"),
        "M": Symbol((), "derived", r"\|r\|_p", "its length in the p-norm"),
        "D": Symbol((), "derived", r"\|w\|_q", "the dual norm of the gradient"),
    },
    truth=_reaching,
    equality=_nearest,
    settings=_SIZES,
    kind="claim",
    form="| f(x) | ≤ ‖w‖_q ‖r‖_p",
    source=_SOURCE,
    assumptions=("f is linear (DeepFool linearises it at each step) and w is not zero.", "p is above 1."),
)


def _scaled(torch: Any, w: Any, f: Any, q: Any) -> dict[str, Any]:
    """How far the step along sign(w)|w|^(q−1) has to go, by bisection of the classifier's value there."""
    along = torch.copysign(torch.pow(torch.abs(w), q - 1), w)
    low, high = torch.tensor(-1e3, dtype=w.dtype), torch.tensor(1e3, dtype=w.dtype)
    for _ in range(200):
        c = (low + high) / 2
        above = f - c * torch.dot(w, along) > 0
        low, high = torch.where(above, c, low), torch.where(above, high, c)
    return {"c": low, "r": -low * along}


step = Derivation(
    "deepfool-p-norm-step",
    "The DeepFool step in any p-norm",
    subject="robustness",
    statement="The shortest step onto a linear boundary in the p-norm: against the signs of the gradient, its slopes to the "
    "power q − 1, as far as the boundary asks.",
    start=relation("f + sum(w[i]*r[i], i) = 0", shapes=_ONE),
    opening=_by("constraint", "After the step the classifier's value is zero."),
    then=(
        put(
            "r",
            ("i",),
            _text("-c*sign(w[i])*abs(w[i])**(q - 1)", "i"),
            "Hölder's equality case",
            "The shortest step has |r|^p proportional to |w|^q, and goes against w (derived above).",
        ),
        use(
            _text("w[i]*sign(w[i])*abs(w[i])**(q - 1)", "i"),
            _text("abs(w[i])**q", "i"),
            "size",
            "A number times its sign is its size: one power more.",
        ),
        solve_for(expression("c"), "One linear equation for its length.", condition="w is not zero."),
    ),
    symbols=_COMMON
    | {
        "q": Symbol((), "positive", "q", "the dual exponent, p/(p − 1)"),
        "c": Symbol((), "derived", "c", "how far the step goes"),
        "r": Symbol(("n",), "derived", "r", "the step, −c sign(w)|w|^(q−1)"),
    },
    truth=_scaled,
    settings=_SIZES,
    form="c = f(x)/(Σ_{i=1}^n (| w_i |)^q)",
    source=_SOURCE,
    lemmas=(distance,),
)


def _classes(torch: Any, W: Any, f: Any, x: Any) -> dict[str, Any]:  # noqa: N803
    """A step along x to where some class has caught up, and every class's distance."""
    slopes, lengths = W @ x, torch.linalg.vector_norm(W, dim=1)
    k = torch.argmin(f / slopes.abs())
    return {"N": lengths, "R": torch.linalg.vector_norm(f[k] / slopes[k] * x), "D": torch.min(f / lengths)}


def _to_the_nearest(torch: Any, W: Any, f: Any) -> dict[str, Any]:  # noqa: N803
    """Straight to the nearest boundary."""
    k = torch.argmin(f / torch.linalg.vector_norm(W, dim=1))
    return {"x": W[k], **_classes(torch, W, f, W[k])}


many = Derivation(
    "deepfool-many-classes",
    "How far the nearest boundary is, with many classes",
    subject="robustness",
    statement="No step after which some class has caught up is shorter than the least of the distances to the classes' "
    "boundaries; the step onto the nearest one is that short.",
    start=relation("D = amin(f[j]/N[j], j)", shapes=_SHAPES),
    opening=_by(
        "distances", "Each class's lead over the length of its gradient: how far its boundary is (derived above)."
    ),
    then=(
        bounded_by(
            expression("R"),
            "some class",
            "The step crosses some class's boundary, and is at least as long as its distance, which is at least the least.",
            "After the step some class has caught up.",
        ),
    ),
    symbols={
        "m": Symbol(domain="dimension", latex="m", meaning="the number of other classes"),
        "n": Symbol(domain="dimension", latex="n", meaning="the number of inputs"),
        "W": Symbol(("m", "n"), "nonzero", "W", "the gradients of the leads over the other classes"),
        "x": Symbol(("n",), "nonzero"),
        "f": Symbol(("m",), "positive", "f", "the leads over the other classes"),
        "N": Symbol(("m",), "derived", r"\|w\|", "the lengths of their gradients"),
        "R": Symbol((), "derived", r"\|r\|", "the length of the step"),
        "D": Symbol((), "derived", "D", "the least distance"),
    },
    truth=_classes,
    equality=_to_the_nearest,
    settings=({"m": 3, "n": 2}, {"m": 2, "n": 4}, {"m": 5, "n": 3}),
    kind="claim",
    form="D = min_{j=1}^m f_j/‖w‖_j ≤ ‖r‖",
    source=_SOURCE,
    assumptions=("The scores are linear; lengths are Euclidean.",),
    lemmas=(distance,),
)
