"""How close stochastic gradient descent with a constant step comes to the minimum: one step, and all of them.

The loss is the mean of n convex functions, each L-smooth, and μ-strongly convex itself. ``d`` leads from the minimum to the
point; ``σ²`` is the mean squared length of the functions' gradients at the minimum.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derive.calculus.affine import Affine
from derive.calculus.inequalities import count_multiplications
from derive.calculus.rules import unroll, use
from derive.calculus.rules_common import on_the_right
from derive.calculus.rules_scalar import collect
from derive.calculus.rules_series import sum_powers
from derive.calculus.rules_terms import estimate, multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Printed, Symbol, axes
from derive.notation.index_language import expression, relation

_SOURCE = "000_46eee05028ac51b3.txt 'Stochastic Gradient Descent', Theorem"
_SHAPES = {"d": "m", "g": "n m", "h": "n m", "G": "m"}


def _text(text: str) -> Any:
    return expression(text, shapes=_SHAPES, letters=("n", "m", "i", "k"))


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _slopes(torch: Any, a: Any, c: Any, x: Any) -> Any:
    """The gradients by autograd of n convex functions at one point: a bowl each, and a log cosh, whose curvature changes."""

    def one(a: Any, c: Any, x: Any) -> Any:
        return torch.dot(a, x * x) / 2 + torch.log(torch.cosh(x - c)).sum()

    return torch.func.vmap(torch.func.grad(one, 2), (0, 0, None))(a, c, x)


def _minimum(torch: Any, a: Any, c: Any) -> Any:
    """Where the mean gradient is 0, by Newton's method on torch's own Jacobian."""
    x = torch.zeros_like(c[0])
    for _ in range(20):
        slope = torch.func.jacrev(lambda at: _slopes(torch, a, c, at).mean(0))(x)
        x = x - torch.linalg.solve(slope, _slopes(torch, a, c, x).mean(0))
    return x


def _constants(torch: Any, a: Any, share: Any) -> dict[str, Any]:
    """The curvatures' bounds, and a step below 1/L."""
    K, mu = a.max() + 1, a.mean(0).min()  # noqa: N806
    return {"K": K, "mu": mu, "eta": share / K, "A": 1 - 2 * share / K * mu * (1 - share)}


def _step(torch: Any, a: Any, c: Any, x: Any, share: Any) -> dict[str, Any]:
    low, found = _minimum(torch, a, c), _constants(torch, a, share)
    g, h = _slopes(torch, a, c, x), _slopes(torch, a, c, low)
    after = x - found["eta"] * g
    near = (after - low).square().sum(1).mean()
    d, G = x - low, g.mean(0)  # noqa: N806
    noise = h.square().sum(1).mean()
    products = {"r": torch.dot(d, d), "p": torch.dot(d, G), "Q": torch.dot(G, G)}
    return found | products | {"g": g, "h": h, "d": d, "G": G, "R": near, "s": noise}


def _tight(torch: Any, x: Any, share: Any, n: int) -> dict[str, Any]:
    """Equality: along d one of the functions has all of the curvature, L, and their gradients at 0 make up for it."""
    K, low = 1 + share, torch.zeros_like(x)  # noqa: N806
    u, first = torch.nn.functional.normalize(x, dim=0), (torch.arange(n) == 0).to(x.dtype)
    h = K * (first - 1 / n)[:, None] * x

    def losses(at: Any) -> Any:
        along = torch.dot(u, at) ** 2
        return K * first * along / 2 + K / n * (torch.dot(at, at) - along) / 2 + h @ at

    slopes = torch.func.jacrev(losses)
    g, h, eta = slopes(x), slopes(low), share / K
    found = {"K": K, "mu": K / n, "eta": eta, "g": g, "h": h, "d": x, "G": g.mean(0), "s": h.square().sum(1).mean()}
    products = {"r": torch.dot(x, x), "p": torch.dot(x, g.mean(0)), "Q": g.mean(0).square().sum()}
    return found | products | {"R": (x - eta * g).square().sum(1).mean()}


_COUNTS = {
    "n": Symbol(domain="dimension", latex="n", meaning="the number of functions whose mean is the loss"),
    "m": Symbol(domain="dimension", latex="m", meaning="the number of weights"),
    "a": Symbol(("n", "m"), "positive"),
    "c": Symbol(("n", "m")),
    "x": Symbol(("m",)),
    "share": Symbol((), "unit"),
    "K": Symbol((), "derived", "L", "the greatest curvature of a function"),
    "mu": Symbol((), "derived", r"\mu", "the least curvature of the loss"),
    "eta": Symbol((), "derived", r"\eta", "the step size, below 1/L"),
    "s": Symbol((), "derived", r"\sigma^2", "the mean squared length of the gradients at the minimum"),
}
_COMMON: dict[str, Any] = {
    "subject": "optimisation",
    "kind": "claim",
    "source": _SOURCE,
    "assumptions": (
        "Each function is convex with an L-Lipschitz gradient, their mean is strongly convex with μ > 0, and ηL ≤ 1.",
    ),
}
_KEPT = Rule(
    "first and last",
    "Keep what the distance is, and the last bound on it.",
    lambda r: replace(r, sides=(*r.sides[:2], r.sides[-1]), ops=(r.ops[0], "<=")),
)
sgd_step = Derivation(
    "sgd-step-bound",
    "What one step of stochastic gradient descent does to the distance",
    statement="A step shrinks the expected squared distance to the minimum by 1 − 2ημ(1 − ηL) − η²μ², up to 2η²σ² of noise.",
    start=relation("R = sum((d[k] - eta*g[i, k])**2, i, k)/n", shapes=_SHAPES, letters=("n",)),
    opening=_by("mean over the draws", "Each function is drawn with probability 1/n; its gradient is the step."),
    then=(
        on_the_right(multiply_out("Multiply the square out.")),
        count_multiplications("The distance before is the same for every draw."),
        use(_text("sum(g[i, k], i)"), _text("n*G[k]"), "unbiased", "The gradients' mean is the gradient of the loss."),
        use(_text("sum(d[k]**2, k)"), _text("r"), "distance", "Call the squared distance before r."),
        use(_text("sum(d[k]*G[k], k)"), _text("p"), "along d", "Call the gradient along d, times its length, p."),
        estimate(
            _text("eta**2*sum(g[i, k]**2, i, k)/n"),
            _text("2*eta**2*sum((g[i, k] - h[i, k])**2, i, k)/n - eta**2*Q + 2*eta**2*s"),
            "split off the noise",
            "A gradient is what it is at the minimum, h, and the rest Δ. The h add up to 0, so the mean of Δ·h is that of "
            "(Δ − ∇f)·h, at most half the squares of both; and the mean of |Δ − ∇f|² is that of |Δ|² less |∇f|².",
        ),
        estimate(
            _text("2*eta**2*sum((g[i, k] - h[i, k])**2, i, k)/n"),
            _text("2*eta**2*K*p"),
            "co-coercivity",
            "The change of a convex L-smooth function's gradient, squared, is at most L times the change along d; at the "
            "minimum the gradients add up to 0.",
            "Each function is convex and L-smooth.",
        ),
        _KEPT,
        collect([_text("p")], "Gather what stands with p."),
        estimate(
            _text("p*(2*K*eta**2 - 2*eta)"),
            _text("2*eta*mu*(eta*K - 1)*r"),
            "strong convexity",
            "The gradient along d is at least μ times the squared distance, and what stands with it is not positive.",
            "ηL ≤ 1 and the loss is μ-strongly convex.",
        ),
        _KEPT,
        estimate(
            _text("-eta**2*Q"),
            _text("-eta**2*mu**2*r"),
            "strong convexity",
            "The gradient is at least as long as what it is along d: μ times the distance.",
            "The loss is μ-strongly convex.",
        ),
        _KEPT,
        collect([_text("r")], "Gather what stands with the distance."),
    ),
    symbols=_COUNTS
    | {
        "g": Symbol(("n", "m"), "derived", "g", "the functions' gradients at the point"),
        "h": Symbol(("n", "m"), "derived", "g^*", "their gradients at the minimum"),
        "G": Symbol(("m",), "derived", r"\nabla f", "the gradient of the loss"),
        "d": Symbol(("m",), "derived", "d", "what leads from the minimum to the point"),
        "r": Symbol((), "derived", r"\|d\|^2", "the squared distance before"),
        "p": Symbol((), "derived", "p", "the gradient along d"),
        "Q": Symbol((), "derived", r"\|\nabla f\|^2", "the gradient's squared length"),
        "R": Symbol((), "derived", r"\mathbb{E}\|d'\|^2", "the expected squared distance after the step"),
    },
    truth=_step,
    equality=_tight,
    settings=({"n": 2, "m": 3}, {"n": 3, "m": 2}, {"n": 4, "m": 5}),
    boundary=({"n": 1, "m": 1},),
    form="E‖d'‖² = ‖d‖² + η²/n Σ_{i=1}^n Σ_{k=1}^m g_{i,k}² - 2 η p ≤ ‖d‖² (1 + 2 L μ η² - μ² η² - 2 μ η) + 2 σ² η²",
    **_COMMON,
)


def _paths(torch: Any, a: Any, c: Any, x: Any, share: Any, T: int) -> dict[str, Any]:  # noqa: N803
    """The mean squared distance after every step, over every sequence of draws, from a start near the minimum."""
    low, found = _minimum(torch, a, c), _constants(torch, a, share)
    ends, distances = (low + x / 10)[None], [torch.dot(x, x) / 100]
    for _ in range(T):
        ends = torch.func.vmap(lambda at: at - found["eta"] * _slopes(torch, a, c, at))(ends).flatten(0, 1)
        distances.append((ends - low).square().sum(1).mean())
    return found | {"r": torch.stack(distances), "s": _slopes(torch, a, c, low).square().sum(1).mean()}


def _worst(torch: Any, a: Any, c: Any, x: Any, share: Any, T: int) -> dict[str, Any]:  # noqa: N803
    """Equality: distances of which each is as large as the step before allows."""
    found = _paths(torch, a, c, x, share, 0)
    distances = [found["r"][0]]
    for _ in range(T):
        distances.append(found["A"] * distances[-1] + 2 * found["eta"] ** 2 * found["s"])
    return found | {"r": torch.stack(distances)}


sgd_neighbourhood = Derivation(
    "sgd-neighbourhood",
    "Stochastic gradient descent with a constant step comes near the minimum",
    statement="The expected squared distance after T steps: A^T of what it was, and a share of ησ²/(μ(1 − ηL)), which "
    "does not go away.",
    start=relation("r[t] <= A*r[t-1] + 2*eta**2*s", shapes={"r": "T+1"}, frame=axes(t="1..T")),
    opening=_by(
        "one step",
        "A step shrinks the distance by A = 1 − 2ημ(1 − ηL), and by η²μ² more, which is left out, and adds noise (derived "
        "above).",
    ),
    then=(
        unroll("r", Affine.of("T"), "t", "Put each line into the next.", "A is not negative: ημ ≤ 1 and ηL ≤ 1."),
        sum_powers("The noise of earlier steps has shrunk since: a geometric sum."),
        use(
            expression("1 - A"),
            expression("2*eta*mu*(1 - eta*K)"),
            "the factor",
            "What a step takes away of the distance.",
        ),
    ),
    symbols=_COUNTS
    | {
        "T": Symbol(domain="dimension", latex="T", meaning="the number of steps"),
        "A": Symbol((), "derived", "A", "what a step leaves of the distance, 1 − 2ημ(1 − ηL)"),
        "r": Symbol(("0..T",), "derived", "r", "the expected squared distance after each step"),
    },
    truth=_paths,
    equality=_worst,
    settings=({"n": 2, "m": 3, "T": 4}, {"n": 3, "m": 2, "T": 4}, {"n": 4, "m": 2, "T": 3}),
    boundary=({"n": 1, "m": 1, "T": 1},),
    form="r_T ≤ A^T r_0 + (σ² η (1 - A^T))/(μ (1 - η L))",
    lemmas=(sgd_step,),
    printed=(
        Printed(
            relation("r[T] <= A**T*r[0] + eta*s/(mu - eta*K)", shapes={"r": "T+1"}, letters=("T",)),
            "B must be a squared distance, as σ² over a squared curvature is: ηL has no unit and μ is a curvature, so "
            "that μ − ηL adds unlike things. It is μ(1 − ηL); the printed B is negative where ηL is above μ.",
            r"B = \frac{\eta\sigma^2}{\mu - \eta L}",
        ),
    ),
    **_COMMON,
)
