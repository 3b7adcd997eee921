"""Steps that do not trust the gradient's length: signs, clipping by norm and by value, and averages of the weights."""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine
from derive.calculus.inequalities import bounded_by
from derive.calculus.rules import put, start_value, unroll, use
from derive.calculus.rules_series import sum_powers
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol, axes
from derive.derivations.steps import projection
from derive.notation.index_language import expression, relation

_NOTES = "000_46eee05028ac51b3.txt"
_SIZES = ({"n": 2}, {"n": 3}, {"n": 5})
_SHAPES = {"g": "n", "d": "n", "x": "n", "v": "n", "y": "n"}
_COUNT = Symbol(domain="dimension", latex="n", meaning="the number of weights")
_GRADIENT = Symbol(("n",), latex="g", meaning="the gradient")


def _text(text: str) -> Any:
    return expression(text, shapes=_SHAPES, letters=("i", "n"))


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _signed(torch: Any, g: Any, rho: Any) -> dict[str, Any]:
    """The first step of torch.optim.Rprop, which goes against the sign, and the first-order change that it makes."""
    w = torch.zeros_like(g, requires_grad=True)
    w.grad = g.clone()
    torch.optim.Rprop([w], lr=float(rho), step_sizes=(1e-9, 1e9)).step()
    d = w.detach()
    return {"d": d, "D": torch.dot(g, d)}


sign_gain = Derivation(
    "sign-descent-gain",
    "What a step of sign descent gains",
    subject="optimisation",
    statement="A step η against the gradient's signs lowers the linearised loss by η times the sum of the sizes.",
    start=relation("D = sum(g[i]*d[i], i)", shapes=_SHAPES),
    opening=_by("first order", "To first order a step changes the loss by its product with the gradient."),
    then=(
        put("d", ("i",), _text("-rho*sign(g[i])"), "sign descent", "Every weight moves by η against its sign."),
        use(_text("g[i]*sign(g[i])"), _text("abs(g[i])"), "size", "A number times its sign is its size."),
    ),
    symbols={
        "n": _COUNT,
        "g": _GRADIENT,
        "rho": Symbol((), "positive", r"\eta", "the step size"),
        "d": Symbol(("n",), "derived", r"\Delta", "the step"),
        "D": Symbol((), "derived", r"\Delta L", "the change of the linearised loss"),
    },
    truth=_signed,
    settings=_SIZES,
    form="Δ L = -η Σ_{i=1}^n | g_i |",
    source=f"{_NOTES} 'Compressed stochastic gradients'",
)


def _any_step(torch: Any, g: Any, rho: Any, e: Any) -> dict[str, Any]:
    d = rho * e
    return {"d": d, "D": torch.dot(g, d)}


sign_best = Derivation(
    "sign-descent-steepest",
    "Sign descent is the steepest descent for the largest entry",
    subject="optimisation",
    statement="No step whose entries are at most η lowers the linearised loss by more than sign descent does.",
    start=relation("-D = sum(-g[i]*d[i], i)", shapes=_SHAPES),
    opening=_by("first order", "What a step gains to first order."),
    then=(
        bounded_by(
            _text("sum(abs(g[i])*rho, i)"),
            "Hölder",
            "No product is larger than that of the sizes, and no entry of the step than η.",
            "Every entry of the step has at most the size η.",
        ),
    ),
    symbols={
        "n": _COUNT,
        "g": _GRADIENT,
        "rho": Symbol((), "positive", r"\eta", "the greatest size of an entry of the step"),
        "e": Symbol(("n",), "unit_sym"),
        "d": Symbol(("n",), "derived", r"\Delta", "a step"),
        "D": Symbol((), "derived", r"\Delta L", "the change of the linearised loss"),
    },
    truth=_any_step,
    settings=_SIZES,
    kind="claim",
    form="-Δ L = -Σ_{i=1}^n g_i Δ_i ≤ η Σ_{i=1}^n | g_i |",
    lemmas=(sign_gain,),
    assumptions=("Attained by sign descent.",),
    source=f"{_NOTES} 'Compressed stochastic gradients'",
)


def _clipped(torch: Any, v: Any, r: Any) -> dict[str, Any]:
    """Torch's own clipping of a gradient that is longer than the threshold."""
    v = v * (1 + 2 * r / torch.linalg.vector_norm(v))
    w = torch.zeros_like(v, requires_grad=True)
    w.grad = v.clone()
    torch.nn.utils.clip_grad_norm_([w], float(r))
    s = torch.linalg.vector_norm(v)
    exact = w.grad * (1 + 1e-6 / s)  # torch adds 1e-6 to the length
    return {"v": v, "s": s, "x": exact, "q": torch.dot(exact, exact), "D": -torch.dot(v, exact)}


_CLIP: dict[str, Any] = {
    "subject": "optimisation",
    "symbols": {
        "n": _COUNT,
        "v": Symbol(("n",), "real", "g", "the gradient, longer than the threshold"),
        "r": Symbol((), "positive", "r", "the threshold"),
        "s": Symbol((), "derived", r"\|g\|", "the length of the gradient"),
        "x": Symbol(("n",), "derived", r"\hat{g}", "the clipped gradient"),
        "q": Symbol((), "derived", r"\|\hat{g}\|^2", "the squared length of the clipped gradient"),
        "D": Symbol((), "derived", r"\Delta", "what a unit step against it changes, to first order"),
    },
    "truth": _clipped,
    "settings": _SIZES,
    "assumptions": ("The gradient is longer than the threshold; a shorter one is left as it is.",),
    "source": f"{_NOTES} 'Gradient clipping'",
    "lemmas": (projection,),
}
_PROJECTED = put(
    "x", ("i",), _text("r*v[i]/s"), "projection", "The nearest point of the ball of radius r (derived above)."
)
_LENGTH = use(_text("sum(v[i]**2, i)"), _text("s**2"), "length", "The squares add up to the squared length.")
clipped_length = Derivation(
    "gradient-clipping-length",
    "How long a clipped gradient is",
    statement="Clipping by the norm leaves a gradient of the threshold's length.",
    start=relation("q = sum(x[i]**2, i)", shapes=_SHAPES),
    opening=_by("squared length", "The squares of the entries, added up."),
    then=(_PROJECTED, _LENGTH),
    form="‖ĝ‖² = r²",
    **_CLIP,
)
clipped_descent = Derivation(
    "gradient-clipping-descent",
    "A clipped gradient is still a direction of descent",
    statement="A step against the clipped gradient falls by the threshold times the gradient's length, to first order.",
    start=relation("D = -sum(v[i]*x[i], i)", shapes=_SHAPES),
    opening=_by("first order", "To first order a step changes the loss by its product with the gradient."),
    then=(_PROJECTED, _LENGTH),
    form="Δ = -r ‖g‖",
    **_CLIP,
)


def _boxed(torch: Any, v: Any, r: Any) -> dict[str, Any]:
    """Torch's own clipping by value, and the squared distance to it, found entry by entry."""
    w = torch.zeros_like(v, requires_grad=True)
    w.grad = v.clone()
    torch.nn.utils.clip_grad_value_([w], float(r))
    return {"x": w.grad.clone()}


value_clipping = Derivation(
    "gradient-clipping-by-value",
    "Clipping by value as two rectified linear units",
    subject="optimisation",
    statement="Each entry is cut to the range from −r to r: it changes direction, unlike clipping by the norm.",
    start=relation("x[i] = min(max(v[i], -r), r)", shapes=_SHAPES, frame=axes(i="n")),
    opening=_by("nearest point of a box", "Each entry by itself goes to the nearest number of the range."),
    then=(
        use(
            _text("min(max(v[i], -r), r)"),
            _text("max(v[i], -r) - max(v[i] - r, 0)"),
            "what is above",
            "The smaller of two numbers is the first, less what it has above the second; the lower end raises nothing there.",
            "r is not negative.",
        ),
        use(
            _text("max(v[i], -r)"),
            _text("v[i] + max(-v[i] - r, 0)"),
            "what is below",
            "The larger of two numbers is the first, and what it lacks of the second.",
        ),
    ),
    symbols={
        "n": _COUNT,
        "v": Symbol(("n",), "real", "g", "the gradient"),
        "r": Symbol((), "positive", "r", "the threshold"),
        "x": Symbol(("n",), "derived", r"\hat{g}", "the clipped gradient"),
    },
    truth=_boxed,
    settings=_SIZES,
    form="ĝ_i = g_i + max(-g_i - r, 0) - max(g_i - r, 0)",
    source=f"{_NOTES} 'Gradient clipping'",
)


def _averaged(torch: Any, w: Any, beta: Any) -> dict[str, Any]:
    """Torch's own averaged model, which starts as the weights themselves."""
    model = torch.nn.Linear(1, 1, bias=False, dtype=torch.float64)

    def put_in(value: Any) -> None:
        with torch.no_grad():
            model.weight.fill_(float(value))

    rule = torch.optim.swa_utils.get_ema_multi_avg_fn(float(beta))
    average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=rule)
    kept = []
    for value in w:
        put_in(value)
        average.update_parameters(model)
        kept.append(average.module.weight.detach().clone()[0, 0])
    return {"m": torch.stack(kept)}


_EMA: dict[str, Any] = {
    "subject": "optimisation",
    "settings": ({"T": 3}, {"T": 4}, {"T": 6}),
    "boundary": ({"T": 1},),
    "source": "Polyak, Juditsky (1992); 001_9baaf7fce9703606.txt §2.2; 000_46eee05028ac51b3.txt 'SGD', averaged parameters",
}
_TIMES = {
    "T": Symbol(domain="dimension", latex="T", meaning="the number of steps"),
    "beta": Symbol((), "unit", r"\beta", "the share of the average that is kept"),
}
weight_average = Derivation(
    "ema-weights",
    "The exponential moving average of the weights",
    statement="An average that starts at the first weights: its shares add up to 1 from the start, without a correction.",
    start=relation("m[t] = beta*m[t-1] + (1 - beta)*w[t]", shapes={"m": "T+1", "w": "T+1"}, frame=axes(t="1..T")),
    opening=_by("moving average", "A share β of the average, and a share 1 − β of the new weights."),
    then=(
        unroll("m", Affine.of("T"), "t", "Each step multiplies everything before it by β."),
        start_value("m", 0, expression("w[0]", shapes={"w": "T+1"}), "The average starts at the first weights."),
    ),
    symbols=_TIMES
    | {
        "w": Symbol(("0..T",), latex="w", meaning="the weight after each step"),
        "m": Symbol(("0..T",), "derived", r"\bar{w}", "the moving average of the weights"),
    },
    truth=_averaged,
    form="w̄_T = β^T w_0 + (1 - β) Σ_{t=1}^T β^{T - t} w_t",
    **_EMA,
)


def _noisy(torch: Any, beta: Any, s: Any, T: int) -> dict[str, Any]:  # noqa: N803
    """The variance of the average of independent signs, over all of them."""
    signs = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0], dtype=torch.float64)] * T).reshape(-1, T)
    average = torch.zeros(len(signs), dtype=torch.float64)
    for column in signs.T:
        average = torch.lerp(s.sqrt() * column, average, beta)
    return {"V": torch.var(average, correction=0)}


average_variance = Derivation(
    "moving-average-variance",
    "How much noise a moving average keeps",
    statement="Of independent noise a moving average that starts at 0 keeps (1 − β)/(1 + β), after many steps.",
    start=relation("V = sum((1 - beta)**2*(beta**2)**(T - t)*s, t=1..T)", letters=("T",)),
    opening=_by(
        "variance of a sum", "Independent values: the variance is the sum of the squared shares times the variances."
    ),
    then=(
        sum_powers("The squares of the shares fall off geometrically."),
        use(expression("1 - beta**2"), expression("(1 - beta)*(1 + beta)"), "factor", "A difference of two squares."),
    ),
    symbols=_TIMES
    | {
        "s": Symbol((), "positive", r"\sigma^2", "the variance of each value"),
        "V": Symbol((), "derived", r"\operatorname{Var}", "the variance of the average"),
    },
    truth=_noisy,
    form="Var = (σ² (1 - β) (1 - (β²)^T))/(1 + β)",
    **_EMA,
)
