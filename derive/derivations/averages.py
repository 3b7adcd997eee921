"""Moving averages of gradients: the weights of the past, what they add up to, and momentum's two conventions."""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine
from derive.calculus.rules import both_sides, positive_first, put, solve_for, start_value, tidy, unroll
from derive.calculus.rules_index import telescope
from derive.calculus.rules_scalar import collect
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Printed, Symbol, axes
from derive.notation.index_language import expression, relation

SHAPES = {"g": "T", "m": "T+1", "v": "T+1", "w": "T+1", "y": "T+1", "b": "T+1"}
STEPS = axes(t="1..T")
BETWEEN = axes(t="1..T-1")
SIZES = ({"T": 3}, {"T": 4}, {"T": 6})
SHEET = "001_9baaf7fce9703606.txt §2.2.1"
NOTES = "000_46eee05028ac51b3.txt 'Momentum', 'Adaptivity'"
EXERCISE = "003_a2d52afd229cfba6.txt §11.1"
SYMBOLS = {
    "T": Symbol(domain="dimension", latex="T", meaning="the number of steps"),
    "g": Symbol(("T",), latex="g", meaning="the gradients, one for each step"),
    "beta": Symbol((), "unit", r"\beta", "the share of the past that is kept"),
    "rho": Symbol((), "positive", r"\eta", "the learning rate"),
    "m": Symbol(("0..T",), "derived", "m", "the moving average after each step, 0 at first"),
    "v": Symbol(("0..T",), "derived", "v", "the velocity after each step, 0 at first"),
    "w": Symbol(("0..T",), "derived", "w", "the weight after each step"),
}


def some(*names: str) -> dict[str, Symbol]:
    """The symbols of these names."""
    return {n: SYMBOLS[n] for n in names}


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def turned(sentence: str) -> Rule:
    """A minus sign in front moved into a difference."""
    return Rule("sign", sentence, lambda r: r.map(positive_first))


def _fed(torch: Any, optimiser: Any, w: Any, gradients: Any) -> tuple[Any, Any]:
    """The weight and torch's momentum buffer before and after each step, for given gradients.

    The buffer is put at 0: torch starts it at the first gradient, without its dampening.
    """
    optimiser.state[w]["momentum_buffer"] = torch.zeros_like(w)
    path, buffers = [w.detach().clone()], [torch.zeros_like(w).detach()]
    for gradient in gradients:
        w.grad = gradient.clone()
        optimiser.step()
        path.append(w.detach().clone())
        buffers.append(optimiser.state[w]["momentum_buffer"].detach().clone())
    return torch.stack(path), torch.stack(buffers)


def _weight(torch: Any) -> Any:
    return torch.tensor(0.5, dtype=torch.float64, requires_grad=True)


def _average(torch: Any, g: Any, beta: Any) -> dict[str, Any]:
    """The buffer of torch.optim.SGD with dampening: an exponential moving average."""
    w = _weight(torch)
    _, m = _fed(torch, torch.optim.SGD([w], lr=0.1, momentum=float(beta), dampening=float(beta)), w, g)
    return {"m": m}


average = Derivation(
    "moving-average-weights",
    "What an exponential moving average is an average of",
    subject="optimisation",
    statement="The moving average after T steps as a weighted sum of the past: the weights fall off geometrically.",
    start=relation("m[t] = beta*m[t-1] + (1 - beta)*g[t-1]", shapes=SHAPES, frame=STEPS),
    opening=_by("moving average", "A share β of what was, and a share 1 − β of what is new."),
    then=(
        unroll("m", Affine.of("T"), "t", "Each step multiplies everything before it by β."),
        start_value("m", 0, expression("0"), "The average starts at 0."),
    ),
    symbols=some("T", "g", "beta", "m"),
    truth=_average,
    settings=SIZES,
    form="m_T = (1 - β) Σ_{t=1}^T β^{T - t} g_t",
    assumptions=("The average starts at 0, not at the first value.",),
    source=f"{SHEET}; {NOTES}; {EXERCISE}",
)

weight_total = Derivation(
    "moving-average-total-weight",
    "The weights of a moving average add up to 1 − β^T",
    subject="optimisation",
    statement="What the weights of the past add up to: the factor by which a moving average that starts at 0 is too small.",
    start=relation("S = sum((1 - beta)*beta**(T-t), t=1..T)", shapes=SHAPES),
    opening=_by("weights", "The weights of the moving average (derived above)."),
    then=(
        multiply_out("Multiply out: each weight is a difference of two powers that follow each other."),
        telescope("Each power but the first and the last comes once with either sign."),
        tidy("simplify", "The zeroth power is 1."),
    ),
    symbols=some("T", "beta") | {"S": Symbol((), "derived", "S", "the sum of the weights")},
    truth=lambda torch, beta, T: {  # noqa: N803
        "S": _average(torch, torch.ones(T, dtype=torch.float64), beta)["m"][-1],
    },
    settings=SIZES,
    form="S = 1 - β^T",
    source="003_a2d52afd229cfba6.txt §11.3; 000_46eee05028ac51b3.txt 'Adam'",
    lemmas=(average,),
)


def _constant(torch: Any, c: Any, beta: Any, T: int) -> dict[str, Any]:  # noqa: N803
    """Torch's velocity after T equal gradients."""
    w = _weight(torch)
    _, v = _fed(torch, torch.optim.SGD([w], lr=0.1, momentum=float(beta)), w, c.expand(T))
    return {"v": v, "g": c.expand(T)}


velocity = Derivation(
    "momentum-velocity",
    "What momentum adds up",
    subject="optimisation",
    statement="The velocity after T steps: every past gradient, those further back with less weight.",
    start=relation("v[t] = beta*v[t-1] + g[t-1]", shapes=SHAPES, frame=STEPS),
    opening=_by("velocity", "A share β of the velocity is kept, and the gradient is added."),
    then=(
        unroll("v", Affine.of("T"), "t", "Each step multiplies everything before it by β."),
        start_value("v", 0, expression("0"), "The weight starts at rest."),
    ),
    symbols=some("T", "g", "beta", "v"),
    truth=lambda torch, g, beta: {
        "v": _fed(torch, torch.optim.SGD([w := _weight(torch)], lr=0.1, momentum=float(beta)), w, g)[1]
    },
    settings=SIZES,
    form="v_T = Σ_{t=1}^T β^{T - t} g_t",
    source=f"{SHEET}; {NOTES}",
)
constant_velocity = Derivation(
    "momentum-constant-gradient",
    "Momentum where the gradient stays the same",
    subject="optimisation",
    statement="The velocity after T equal gradients; it tends to 1/(1 − β) of them, ten for β = 0.9.",
    start=lambda: velocity.result,
    opening=_by("velocity", "Momentum adds up the past gradients (derived above)."),
    then=(
        put("g", ("t",), expression("c"), "equal gradients", "Let every gradient be c."),
        both_sides("multiply", expression("1 - beta"), "Multiply by 1 − β, to make differences of powers."),
        multiply_out("Multiply out."),
        telescope("Each power but the first and the last comes once with either sign."),
        tidy("simplify", "The zeroth power is 1."),
        solve_for(expression("v[T]", shapes=SHAPES, letters=("T",)), "Divide by 1 − β.", condition="β is not 1."),
    ),
    symbols=some("T", "beta", "v")
    | {
        "g": Symbol(("T",), "derived", "g", "the gradients"),
        "c": Symbol((), latex="c", meaning="the gradient, the same at every step"),
    },
    truth=_constant,
    settings=SIZES,
    form="v_T = (c (β^T - 1))/(β - 1)",
    assumptions=("β is not 1.",),
    source=SHEET,
    lemmas=(velocity,),
)


def _dampened(torch: Any, g: Any, beta: Any, alpha: Any) -> dict[str, Any]:
    """torch.optim.SGD with dampening: the velocity is an average of the gradients."""
    w = _weight(torch)
    path, v = _fed(torch, torch.optim.SGD([w], lr=float(alpha), momentum=float(beta), dampening=float(beta)), w, g)
    return {"w": path, "v": v}


dampened = Derivation(
    "momentum-conventions",
    "Momentum as an average is the heavy ball with another learning rate",
    subject="optimisation",
    statement="Steps α along a moving average of gradients are heavy-ball steps with the learning rate α(1 − β).",
    start=relation("w[t+1] = w[t] - alpha*v[t+1]", shapes=SHAPES, frame=BETWEEN),
    opening=_by("step", "A step against the velocity."),
    then=(
        put(
            "v",
            ("t",),
            expression("beta*v[t-1] + (1 - beta)*g[t-1]", shapes=SHAPES, letters=("t",)),
            "average",
            "The velocity is a moving average of the gradients.",
        ),
        put(
            "v",
            ("t",),
            expression("(w[t-1] - w[t])/alpha", shapes=SHAPES, letters=("t",)),
            "the step before",
            "The last step was −αv: read the velocity off it.",
        ),
        multiply_out("Multiply out."),
        collect(
            [expression("g[t]", shapes=SHAPES, frame=BETWEEN), expression("beta", shapes=SHAPES)],
            "Gather what stands with the gradient, and with β.",
        ),
    ),
    symbols=some("T", "g", "beta", "v", "w") | {"alpha": Symbol((), "positive", r"\alpha", "the learning rate")},
    truth=_dampened,
    settings=SIZES,
    form="w_{t+1} = β (w_t - w_{t-1}) + w_t - α (1 - β) g_{t+1}",
    assumptions=("The velocity starts at 0; torch.optim.SGD starts it at the first gradient.",),
    source=f"{EXERCISE}; 000_46eee05028ac51b3.txt, Polyak's Heavy ball method",
)


def _look_ahead(torch: Any, a: Any, beta: Any, rho: Any, T: int) -> dict[str, Any]:  # noqa: N803
    """Nesterov's method by its two lines, and torch.optim.SGD(nesterov=True) on the same function; g is autograd's slope."""
    w = _weight(torch)

    def slope(at: Any) -> Any:
        return torch.func.grad(lambda z: torch.logaddexp(a * z, -z) + z**2 / 4)(at.detach())

    x, y = [w.detach().clone()], w.detach().clone()
    for _ in range(T):
        x.append(y - rho * slope(y))
        y = x[-1] + beta * (x[-1] - x[-2])
    optimiser = torch.optim.SGD([w], lr=float(rho), momentum=float(beta), nesterov=True)
    path, gradients, buffers = [w.detach().clone()], [], [torch.zeros_like(w).detach()]
    for _ in range(T):
        w.grad = slope(w)
        gradients.append(w.grad.clone())
        optimiser.step()
        path.append(w.detach().clone())
        buffers.append(optimiser.state[w]["momentum_buffer"].detach().clone())
    return {"x": torch.stack(x), "y": torch.stack(path), "g": torch.stack(gradients), "b": torch.stack(buffers)}


nesterov = Derivation(
    "nesterov-as-momentum",
    "Nesterov's method without the point in between",
    subject="optimisation",
    statement="The points y at which Nesterov's method takes gradients follow a momentum step that looks one step ahead.",
    start=relation(
        "y[t+1] = y[t] - rho*g[t] + beta*(y[t] - rho*g[t] - x[t])", shapes=SHAPES | {"x": "T+1"}, frame=axes(t="0..T-1")
    ),
    opening=_by("extrapolate", "A gradient step from y leads to the next x; from the last two of them go on straight."),
    then=(
        put(
            "x",
            ("t",),
            expression("y[t] + rho*beta*b[t]", shapes=SHAPES, letters=("t",)),
            "velocity",
            "Call the steps of x, over −η, the velocity b: y lies −ηβb beyond x.",
        ),
        collect([expression("y[t]", shapes=SHAPES, frame=axes(t="0..T-1"))], "Gather what stands with the point."),
    ),
    symbols=some("T", "g", "beta", "rho")
    | {
        "a": Symbol((), "positive", "a", "a parameter of the function that is minimised"),
        "x": Symbol(("0..T",), "derived", "x", "the points after the gradient steps"),
        "y": Symbol(("0..T",), "derived", "y", "the points at which gradients are taken"),
        "b": Symbol(("0..T",), "derived", "b", "the velocity, (x_{t−1} − x_t)/η"),
    },
    truth=_look_ahead,
    settings=SIZES,
    form="y_t = y_{t-1} - η (g_t + β² b_{t-1} + β g_t)",
    source=f"{NOTES}; {EXERCISE}.1",
    printed=(
        Printed(
            relation("y[t] = x[t] - rho*b[t]", shapes=SHAPES | {"x": "T+1"}, frame=axes(t="0..T")),
            "Without the coming gradient the coming step is −ηβb: the velocity is damped before it is used. θ_t − αv_t, where "
            "the exercise takes the gradient, lies farther.",
            r"\nabla f(\theta_t - \alpha v_t)",
        ),
    ),
)
